"""TLS, passwords and the keyring, at a real broker; and that no password is told to anybody."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import msgspec
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

from legbal.app.checks import QUESTIONS
from legbal.app.supervisor import Supervisor
from legbal.config import Mqtt, Settings
from legbal.errors import OutletError
from legbal.outlets.mqtt import broker as broker_module
from legbal.outlets.mqtt.broker import Broker, parse
from legbal.outlets.mqtt.connection import check
from legbal.outlets.mqtt.publisher import Publisher
from legbal.paths import install_command
from tests.brokers.certificates import Authority
from tests.brokers.ear import ear
from tests.brokers.mosquitto import Mosquitto, free_port, mosquitto
from tests.outlets.access import Access, Teller
from tests.outlets.mqtt.publishing import RECORDING, SOON
from tests.programs import require_program
from tests.tui.views import ride

SECRET = "ge heim"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that nobody but the test trusts."""
    return Authority(tmp_path, "authority")


@pytest.fixture
def guarded(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    """A broker with TLS that asks for a client's certificate."""
    certificate, key = authority.issue("broker")
    settings = (
        "allow_anonymous true",
        f"cafile {authority.ca}",
        f"certfile {certificate}",
        f"keyfile {key}",
        "require_certificate true",
    )
    with mosquitto(tmp_path, settings) as broker:
        yield broker


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that asks for a password, of the user anna."""
    passwords = tmp_path / "passwords"
    passwords.touch(mode=0o700)
    program = require_program("mosquitto_passwd")
    subprocess.run([program, "-b", str(passwords), "anna", SECRET], check=True, capture_output=True)
    with mosquitto(tmp_path, ("allow_anonymous false", f"password_file {passwords}")) as broker:
        yield broker


def at(broker: Mosquitto, host: str = "127.0.0.1", **files: Path) -> Broker:
    """The broker over TLS, with these files."""
    return parse(
        f"mqtts://{host}:{broker.port}",
        msgspec.convert({name: str(path) for name, path in files.items()}, Mqtt),
    )


async def problem(broker: Broker) -> str:
    """Why a broker cannot be had."""
    with pytest.raises(OutletError) as caught:
        await asyncio.to_thread(check, broker)
    return str(caught.value)


async def advice(broker: Broker) -> str:
    """What the rider is told to do about a broker that cannot be had."""
    with pytest.raises(OutletError) as caught:
        await asyncio.to_thread(check, broker)
    return str(caught.value.hint)


async def test_with_the_right_certificates_a_ride_is_published(
    guarded: Mosquitto, authority: Authority
) -> None:
    certificate, key = authority.issue("rider")
    publisher = Publisher(
        at(guarded, ca=authority.ca, certificate=certificate, key=key), "anna", backoff=SOON
    )
    publisher.start(Access())
    publisher.view(ride(), RECORDING)
    context = at(guarded, ca=authority.ca, certificate=certificate, key=key).ssl_context()
    async with ear(guarded.port, tls_context=context) as listening:
        assert (await listening.hears("legbal/anna/state")).fields["v"] == 1
    assert await asyncio.to_thread(publisher.close)


async def test_a_broker_that_nobody_vouches_for_is_not_trusted(guarded: Mosquitto) -> None:
    assert "its certificate is not trusted" in await problem(at(guarded))


async def test_a_broker_of_another_authority_is_not_trusted(guarded: Mosquitto, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    assert "its certificate is not trusted" in await problem(at(guarded, ca=other.ca))


async def test_what_can_be_done_is_said_with_what_is_wrong(guarded: Mosquitto, locked: Mosquitto) -> None:
    assert "ca below [mqtt]" in await advice(at(guarded))
    assert await advice(parse(locked.url)) == "Set username and password below [mqtt] in the settings."
    wrong = parse(locked.url, Mqtt(username="anna", password="wrong"))
    assert await advice(wrong) == "Check username and password below [mqtt] in the settings."


async def test_a_port_without_tls_is_told_from_a_broker_that_is_away(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        assert "it may not speak TLS" in await problem(at(broker))


def test_where_there_is_no_keyring_another_place_is_named(ring: InMemory) -> None:
    ring.raises = NoKeyringError("no recommended backend")
    with pytest.raises(OutletError, match="this system has no keyring") as caught:
        parse("mqtt://h", Mqtt(username="anna", keyring=True)).password()
    assert "LEGBAL_MQTT_PASSWORD" in str(caught.value.hint)
    ring.raises = KeyringLocked(SECRET)
    with pytest.raises(OutletError, match="KeyringLocked") as caught:
        parse("mqtt://h", Mqtt(username="anna", keyring=True)).password()
    assert SECRET not in f"{caught.value} {caught.value.hint}"


async def test_a_broker_under_another_name_is_not_trusted(guarded: Mosquitto, authority: Authority) -> None:
    text = await problem(at(guarded, "localhost", ca=authority.ca))
    assert "its certificate is not trusted" in text
    assert "localhost" in text


async def test_a_certificate_that_has_run_out_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("old", until=datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC))
    with mosquitto(tmp_path, (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous true")) as broker:
        text = await problem(at(broker, ca=authority.ca))
    assert text.endswith("its certificate is not trusted: certificate has expired")


@pytest.mark.parametrize(("host", "trusted"), [("localhost", True), ("broker.example", False)])
async def test_no_password_goes_to_a_broker_that_shows_the_certificate_of_another(
    authority: Authority, tmp_path: Path, host: str, trusted: bool
) -> None:
    """One of the same authority, as a stolen name in the network could show."""
    certificate, key = authority.issue("other", host=host)
    settings = (f"certfile {certificate}", f"keyfile {key}", "allow_anonymous false", "log_type all")
    with mosquitto(tmp_path, settings) as broker:
        text = await problem(
            parse(
                f"mqtts://localhost:{broker.port}",
                Mqtt(ca=str(authority.ca), username="anna", password=SECRET),
            )
        )
    # without a user of that name the broker refuses whoever comes so far as to say it
    assert ("refused: " in text) == trusted
    assert ("its certificate is not trusted: hostname mismatch" in text.lower()) == (not trusted)
    assert SECRET not in text


class Changing(Access):
    """Notices that an outlet has something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.something = threading.Event()

    def changed(self) -> None:
        self.something.set()


async def test_that_a_password_goes_to_another_machine_in_clear_is_told_once(
    locked: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """During a ride, and by doctor."""
    monkeypatch.setattr(broker_module, "_is_here", lambda _host: False)
    credentials = Mqtt(url=locked.url, username="anna", password=SECRET)
    notes: list[tuple[str, str]] = []
    publisher = Publisher(parse(locked.url, credentials), "anna", backoff=SOON)
    beside = Supervisor([publisher], lambda _name, change, status: notes.append((change, status.text)))
    access = Changing()
    beside.start(access)
    assert await asyncio.to_thread(access.something.wait, 30)
    for _ in range(5):
        beside.view(ride(), RECORDING)
    await beside.close()
    warning = f"The password goes to {locked.url} unencrypted: mqtts:// hides it."
    assert notes == [("note", warning)]
    (question,) = (question for question in QUESTIONS if question.what == "broker")
    answer = await asyncio.to_thread(question.check, Settings(mqtt=credentials))
    assert answer is not None
    assert (answer.state, answer.hint) == ("works", warning)


async def test_a_broker_that_asks_for_a_certificate_and_gets_none_is_away(
    guarded: Mosquitto, authority: Authority
) -> None:
    assert "it may want a certificate of ours" in await problem(at(guarded, ca=authority.ca))


async def test_a_certificate_of_a_stranger_is_not_accepted(
    guarded: Mosquitto, authority: Authority, tmp_path: Path
) -> None:
    certificate, key = Authority(tmp_path, "other").issue("rider")
    text = await problem(at(guarded, ca=authority.ca, certificate=certificate, key=key))
    assert "it may not accept our certificate" in text


async def test_no_tls_where_tls_is_spoken_and_the_other_way_round(guarded: Mosquitto, tmp_path: Path) -> None:
    assert "it may want TLS" in await problem(parse(f"mqtt://127.0.0.1:{guarded.port}"))
    with mosquitto(tmp_path) as plain:
        await problem(parse(f"mqtts://127.0.0.1:{plain.port}"))


async def test_a_key_with_a_passphrase_is_told_and_nobody_is_asked(
    guarded: Mosquitto, authority: Authority
) -> None:
    certificate, key = authority.issue("rider", passphrase=SECRET)
    text = await problem(at(guarded, ca=authority.ca, certificate=certificate, key=key))
    assert "the key is encrypted" in text


@pytest.mark.parametrize("what", ["ca", "certificate"])
async def test_a_file_that_is_none_is_named(authority: Authority, tmp_path: Path, what: str) -> None:
    missing, wrong = tmp_path / "missing.pem", tmp_path / "wrong.pem"
    wrong.write_text("no certificate", encoding="utf-8")
    pipe = tmp_path / "pipe.pem"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    for path in (missing, wrong, pipe):
        files = {"ca": str(authority.ca)} | {what: str(path)}
        text = await problem(parse(f"mqtts://127.0.0.1:{free_port()}", msgspec.convert(files, Mqtt)))
        assert str(path) in text


@pytest.mark.parametrize(("username", "password"), [(None, None), ("anna", "wrong"), ("ben", SECRET)])
async def test_a_broker_that_refuses_says_so_without_the_password(
    locked: Mosquitto,
    username: str | None,
    password: str | None,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("legbal.mqtt").setLevel(logging.DEBUG)
    teller = Teller()
    broker = parse(locked.url, Mqtt(username=username, password=password))
    publisher = Publisher(broker, "anna", backoff=SOON)
    teller.start(publisher)
    text = await teller.tells("refused")
    assert "not authori" in text.lower()
    assert await asyncio.to_thread(publisher.close)
    told = f"{text} {publisher.status} {caplog.text} {capfd.readouterr()}"
    assert not password or password not in told


async def test_the_right_password_lets_in(locked: Mosquitto) -> None:
    await asyncio.to_thread(check, parse(locked.url, Mqtt(username="anna", password=SECRET)))


class InMemory(KeyringBackend):
    """A keyring of the test's own."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's has no types
        self.kept: dict[tuple[str, str], str] = {}
        self.raises: KeyringError | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.raises is not None:
            raise self.raises
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def ring() -> Iterator[InMemory]:
    """What the keyring package asks."""
    before = keyring.get_keyring()
    own = InMemory()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


async def test_the_keyring_s_password_lets_in(locked: Mosquitto, ring: InMemory) -> None:
    broker = parse(locked.url, Mqtt(username="anna", keyring=True))
    text = await problem(broker)
    assert "the keyring has no password for anna@127.0.0.1" in text
    ring.set_password("legbal", "anna@127.0.0.1", SECRET)
    await asyncio.to_thread(check, broker)


def test_the_keyring_is_asked_only_where_it_is_wanted(ring: InMemory) -> None:
    ring.set_password("legbal", "anna@h", SECRET)
    assert parse("mqtt://h", Mqtt(username="anna")).password() is None
    assert parse("mqtt://h", Mqtt(keyring=True)).password() is None
    given = Mqtt(username="anna", password="given", keyring=True)
    assert parse("mqtt://h", given).password() == "given"


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(OutletError) as caught:
        parse("mqtt://h", Mqtt(username="anna", keyring=True)).password()
    assert str(caught.value.hint).endswith(f"Install it with: {install_command('keyring>=25.6,<26')}")
