"""A broker's URL, and that a password is never repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.config import Mqtt
from legbal.errors import UsageError
from legbal.outlets.mqtt.broker import Broker, parse


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://10.0.0.1", Broker("10.0.0.1", 1883)),
        ("mqtt://broker.local:1884/", Broker("broker.local", 1884)),
        ("mqtts://broker.local", Broker("broker.local", 8883, tls=True)),
        ("mqtts://[::1]:1", Broker("::1", 1, tls=True)),
        ("ws://broker", Broker("broker", 80, path="/mqtt")),
        ("wss://broker:9001/way/in", Broker("broker", 9001, tls=True, path="/way/in")),
    ],
)
def test_a_url_names_a_broker(url: str, broker: Broker) -> None:
    assert parse(url) == broker
    assert parse(str(broker)) == broker


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "broker",
            "http://broker",
            "mqtt://",
            "mqtt://h:0",
            "mqtt://h:99999",
            "mqtt://h/x",
            "mqtt://h?a=b",
        ),
        *(
            "mqtt://broker..example",
            "mqtts://.",
            f"ws://{'a' * 64}.example",
        ),  # names that cannot be looked up
    ],
)
def test_what_names_none_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(url)
    assert "mqtt://192.168.1.10" in str(caught.value.hint)


@pytest.mark.parametrize("url", ["mqtt://a..b", "mqtt://a..b:0", "mqtt://a..b/x"])
def test_a_host_that_cannot_be_one_is_named_first(url: str) -> None:
    with pytest.raises(UsageError, match="names a host that cannot be one") as caught:
        parse(url)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "mqtt://me:geheim@h",
        "mqtt://me@h",
        "geheim@h",
        "http://x:geheim@h",
        "mqtt://h:geheim@x:y",
        "mqtt://h?password=geheim",
        "mqtt://h#geheim",
    ],
)
def test_a_url_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(url)
    assert "geheim" not in f"{caught.value} {caught.value.hint}"


@given(st.text(max_size=600))
def test_any_text_is_a_broker_or_refused(url: str) -> None:
    try:
        assert parse(url).host
    except UsageError as error:
        assert error.hint  # noqa: PT017 - either is right


def test_no_repr_shows_the_password() -> None:
    broker = parse("mqtt://h", Mqtt(username="me", password="geheim"))
    assert "geheim" not in f"{broker!r} {broker} {broker.credentials!r}"


def test_certificates_without_tls_are_refused_rather_than_ignored() -> None:
    with pytest.raises(UsageError, match="mqtt:// does not use them"):
        parse("mqtt://h", Mqtt(ca="ca.pem"))
    with pytest.raises(UsageError, match="without its certificate"):
        parse("mqtts://h", Mqtt(key="x.key"))


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("mqtt://broker.example", True),
        ("ws://192.168.1.10/mqtt", True),
        ("mqtts://broker.example", False),
        ("mqtt://localhost", False),
        ("mqtt://127.0.0.1", False),
        ("mqtt://[::1]:1884", False),
    ],
)
def test_a_password_that_others_can_read_on_the_way_is_told(url: str, exposed: bool) -> None:
    assert parse(url).exposure == parse(url, Mqtt(username="anna")).exposure == ""
    text = parse(url, Mqtt(username="anna", password="geheim")).exposure
    assert bool(text) == exposed
    assert "geheim" not in text
    if exposed:
        assert text.endswith(f"{url.split(':')[0]}s:// hides it.")
