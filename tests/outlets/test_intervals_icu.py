"""A ride's file to a service that takes it, refuses it, hangs, answers late or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from legbal.config import Settings
from legbal.errors import OutletError
from legbal.outlets import credentials, intervals_icu
from legbal.outlets.credentials import Account, account_of
from legbal.outlets.intervals_icu import DeliveryResult, upload
from tests.outlets.ride_service import KEY, Mood, RideService, ride_service

STARTED = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
FIT = b"\x0e some file"
POST = ("POST", {"external_id": "legbal-abcdefgh", "device_name": "legbal"})


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RideService]:
    """A service whose certificate is trusted for this test."""
    with ride_service(tmp_path) as (service, ca):
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        yield service


def sent(service: RideService, *, again: bool = False, key: str = KEY) -> DeliveryResult:
    return upload(Account(service.url, key), FIT, "abcdefgh", STARTED, again=again)


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals_icu, "ANSWER_S", 0.5)


def test_a_ride_is_there_after_one_request(service: RideService) -> None:
    assert sent(service) == DeliveryResult("there", "i1")
    assert service.files == [FIT]
    assert service.requests == [POST]


def test_before_another_try_it_is_looked_up_and_never_sent_twice(service: RideService) -> None:
    assert sent(service, again=True) == DeliveryResult("there", "i1")
    assert sent(service, again=True) == DeliveryResult("there", "i1")
    assert len(service.files) == 1
    around = {"oldest": "2026-05-31", "newest": "2026-06-03", "fields": "id,external_id"}
    assert service.requests == [("GET", around), POST, ("GET", around)]


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (401, "later", "refuses the key (401)"),
        (403, "later", "refuses the key (403)"),
        (404, "later", "answers with 404"),
        (413, "refused", "takes no such file (413)"),
        (422, "refused", "takes no such file (422)"),
        (429, "later", "answers with 429"),
        (500, "later", "answers with 500"),
        (503, "later", "answers with 503"),
    ],
)
def test_a_refusal_is_for_now_or_for_good(service: RideService, status: int, state: str, words: str) -> None:
    service.mood = status
    answer = sent(service)
    assert (answer.state, answer.text) == (state, f"127.0.0.1 {words}")


def test_a_wrong_key_is_refused_and_never_told(service: RideService) -> None:
    answer = sent(service, key="wrong-key")
    assert answer == DeliveryResult("later", "127.0.0.1 refuses the key (401)")
    assert "wrong-key" not in repr(Account(service.url, "wrong-key"))
    assert "wrong-key" not in repr(Settings(upload_key="wrong-key"))


def test_what_is_there_already_counts_as_there(service: RideService) -> None:
    service.mood = 409
    assert sent(service) == DeliveryResult("there", "")


@pytest.mark.parametrize("mood", ["hangs", "late"])
def test_who_does_not_answer_is_left_and_a_late_one_has_the_ride_once(
    service: RideService, monkeypatch: pytest.MonkeyPatch, mood: Mood
) -> None:
    service.mood = mood
    with monkeypatch.context() as patch:
        impatient(patch)
        assert sent(service) == DeliveryResult("later", "127.0.0.1 does not answer within 0.5 s")
    if mood == "late":
        assert service.taken.wait(30)
    service.mood = "well"
    service.go_on.set()
    assert sent(service, again=True) == DeliveryResult("there", "i1")
    assert len(service.files) == 1


def test_a_last_answer_that_trickles_is_cut(service: RideService, monkeypatch: pytest.MonkeyPatch) -> None:
    service.mood = "trickles"
    impatient(monkeypatch)
    sent(service)
    assert service.cut.wait(60)


@pytest.mark.parametrize("mood", ["drops", "drops first"])
def test_one_that_hangs_up_is_tried_again_without_a_second_ride(service: RideService, mood: Mood) -> None:
    service.mood = mood
    answer = sent(service)
    if mood == "drops first":
        assert answer.state == "later"
        assert answer.text.startswith(("127.0.0.1 cannot be reached: ", "the connection to 127.0.0.1"))
    service.mood = "well"
    assert sent(service, again=True) == DeliveryResult("there", "i1")
    assert len(service.files) == 1


def test_the_key_follows_no_redirection(service: RideService) -> None:
    service.mood = "redirects"
    assert sent(service) == DeliveryResult("later", "127.0.0.1 answers with 307")
    assert len(service.requests) == 1


def test_an_answer_that_says_nothing_is_one_and_a_long_one_is_not_read_to_its_end(
    service: RideService,
) -> None:
    service.mood = "garbage"
    assert sent(service) == DeliveryResult("there", "")
    service.mood = "long"
    assert sent(service) == DeliveryResult("there", "")


@pytest.mark.parametrize("status", [401, 500])
def test_nothing_is_sent_where_it_cannot_be_looked_up(service: RideService, status: int) -> None:
    service.looks = status
    assert sent(service, again=True).state == "later"
    assert service.files == []


def test_a_certificate_that_nobody_vouches_for_gets_no_key(tmp_path: Path) -> None:
    with ride_service(tmp_path) as (service, _):
        answer = sent(service)
    assert answer.state == "later"
    assert answer.text.startswith("the connection to 127.0.0.1 is not secure: ")
    assert service.requests == []


def test_one_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    answer = upload(Account(f"https://127.0.0.1:{port}", KEY), FIT, "abcdefgh", STARTED, again=False)
    assert answer.state == "later"
    assert answer.text.startswith("127.0.0.1 cannot be reached: ")


def test_more_than_any_ride_is_not_even_sent(service: RideService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals_icu, "MOST_OCTETS", 2)
    assert sent(service).state == "refused"
    assert service.requests == []


def test_the_key_is_the_settings_or_the_keyrings(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    asked: list[tuple[str, str]] = []

    def password(service: str, account: str) -> str | None:
        asked.append((service, account))
        return "from-keyring" if account == "API_KEY@rides.example" else None

    monkeypatch.setattr(keyring, "get_password", password)
    assert account_of(Settings(upload_key="own")) == Account("https://intervals.icu", "own")
    assert asked == []
    settings = Settings(upload_url="https://rides.example:8443/")
    assert account_of(settings) == Account("https://rides.example:8443", "from-keyring")
    with pytest.raises(OutletError, match="no password for API_KEY@intervals") as raised:
        account_of(Settings())
    assert "keyring set legbal API_KEY@intervals.icu" in str(raised.value.hint)


def test_a_keyring_that_waits_for_a_rider_who_is_not_there_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    unlocked = threading.Event()
    monkeypatch.setattr(credentials, "PATIENCE_S", 0.01)
    monkeypatch.setattr(keyring, "get_password", lambda *_: unlocked.wait(60))
    with pytest.raises(OutletError, match=r"the keyring does not answer within 0\.01 s"):
        account_of(Settings())
    unlocked.set()
