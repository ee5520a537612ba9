"""Rides go out once: `legbal upload`, the process in the background, what waits, and what `legbal doctor` says."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legbal import config
from legbal.app import background
from legbal.app.checks import QUESTIONS
from legbal.app.outgoing import MOST_TRIES, catch_up, is_due, send_off
from legbal.app.question import Check
from legbal.cli import legbal
from legbal.errors import LibraryError
from legbal.files.exporting import write
from legbal.library import deliveries
from legbal.library.connection import open_writing
from legbal.library.deliveries import Delivery
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.paths import library_file
from legbal.ride.inputs import Setup
from legbal.sources.simulator import demo
from tests.files.fit_files import by_fitdecode
from tests.meters.profiles import shipped
from tests.outlets.ride_service import KEY, RideService, ride_service
from tests.sources.simulated import notifications

DUO = shipped()["favero-assioma-duo"]
DAY = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
SETUP = Setup(profile=DUO, ftp_w=250)


@pytest.fixture
def ride() -> str:
    """A ride of the rider's own that is over."""
    return keep(library_file(), NewRide(setup=SETUP, title='Hill: "repeats"', started=DAY), PACKETS)


PACKETS = list(notifications(demo(DUO, 1, seconds=60)))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RideService]:
    """A service to which the settings upload."""
    with ride_service(tmp_path) as (service, ca):
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        monkeypatch.setenv("LEGBAL_UPLOAD", "true")
        monkeypatch.setenv("LEGBAL_UPLOAD_KEY", KEY)
        monkeypatch.setenv("LEGBAL_UPLOAD_URL", service.url)
        yield service


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to which the settings copy; not there yet."""
    path = tmp_path / "drive"
    monkeypatch.setenv("LEGBAL_COPY_TO", str(path))
    return path


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be started in the background."""
    modules: list[str] = []
    monkeypatch.setattr(background, "start", modules.append)
    return modules


def upload(*arguments: str) -> Result:
    return CliRunner().invoke(legbal, ["upload", *arguments])


def rows() -> list[tuple[str, int, str, bool]]:
    """Destination, tries, outcome and whether it is there, of each delivery."""
    return [
        (x.destination, x.tries, x.outcome, x.done_at is not None) for x in deliveries.read(library_file())
    ]


def answer() -> Check:
    check = next(x for x in QUESTIONS if x.what == "uploads").check(config.load())
    assert check is not None
    return check


def in_background(*, wait: bool = True) -> subprocess.Popen[bytes]:
    """The process that does what is due."""
    process = subprocess.Popen([sys.executable, "-m", "legbal.app.deliveries"])
    if wait:
        assert process.wait(60) == 0
    return process


def test_without_a_setting_no_ride_goes_anywhere(ride: str, started: list[str]) -> None:
    send_off(config.load(), ride)
    catch_up(config.load(), pytest.fail)
    assert (rows(), started) == ([], [])
    result = upload()
    assert "The settings send no ride anywhere" in str(result.exception)
    assert (answer().state, answer().text) == ("not applicable", "the settings send no ride anywhere")


def test_a_ride_that_is_over_goes_up_in_the_background_once(
    ride: str, service: RideService, started: list[str]
) -> None:
    before = keep(library_file(), NewRide(setup=SETUP, started=DAY - timedelta(days=1)), PACKETS)
    send_off(config.load(), ride)
    assert started == ["legbal.app.deliveries"]
    assert service.requests == []
    in_background()
    in_background()
    assert [x["external_id"] for x in service.activities] == [f"legbal-{ride}"]
    assert before not in str(service.activities)
    assert rows() == [("intervals.icu", 1, "i1", True)]
    file = io.BytesIO()
    write(file, "fit", PACKETS, SETUP, DAY)
    assert len(by_fitdecode(service.files[0])["record"]) == len(by_fitdecode(file.getvalue())["record"])
    assert answer().state == "works"
    assert upload().output == "No ride waits.\n"


def test_a_copy_waits_for_the_folder_and_is_made_up_for(ride: str, folder: Path, started: list[str]) -> None:
    send_off(config.load(), ride)
    in_background()
    assert rows() == [
        ("folder", 1, f"there is no folder {folder}. Plug its drive in, or change copy_to", False)
    ]
    told: list[str] = []
    catch_up(config.load(), told.append)
    assert told == [
        f"A ride could not go out yet: there is no folder {folder}. Plug its drive in, or change copy_to. "
        "`legbal upload` tries now."
    ]
    assert len(started) == 1  # it is too soon
    assert answer().text == f"there is no folder {folder}"
    folder.mkdir()
    assert "1 ride could not go out: there is no folder" in answer().text
    result = upload()
    name = f"2026-11-21-Hill-repeats-{ride}.fit"
    assert (result.exit_code, result.stdout) == (0, f"Ride {ride} is in your folder: {name}\n")
    assert [file.name for file in folder.iterdir()] == [name]
    assert by_fitdecode((folder / name).read_bytes())["record"]
    assert rows() == [("folder", 2, name, True)]


def test_a_copy_that_is_there_stays_as_it_is(ride: str, folder: Path) -> None:
    folder.mkdir()
    copy = folder / f"2026-11-21-Hill-repeats-{ride}.fit"
    copy.write_bytes(b"edited")
    send_off(config.load(), ride)
    assert upload().exit_code == 0
    assert copy.read_bytes() == b"edited"


def test_a_refusal_is_told_tried_again_later_and_given_up_where_it_is_for_good(
    ride: str, service: RideService
) -> None:
    send_off(config.load(), ride)
    service.mood = 500
    result = upload()
    assert result.exit_code == 1
    assert (
        f"ride {ride} waits for intervals.icu: 127.0.0.1 answers with 500. It is tried again" in result.stderr
    )
    in_background()  # not due
    assert rows() == [("intervals.icu", 1, "127.0.0.1 answers with 500", False)]
    service.mood = 413
    assert "is not taken: 127.0.0.1 takes no such file (413)" in upload().stderr
    assert rows() == [("intervals.icu", MOST_TRIES, "127.0.0.1 takes no such file (413)", False)]
    assert "1 ride could not go out: 127.0.0.1 takes no such file (413)" in answer().text


def test_after_the_last_try_it_is_not_said_that_there_is_another(ride: str, service: RideService) -> None:
    send_off(config.load(), ride)
    (delivery,) = deliveries.read(library_file())
    service.mood, service.looks = 500, 500
    for tries, words in (
        (MOST_TRIES - 2, "It is tried again later."),
        (MOST_TRIES - 1, "It is not tried again by itself."),
    ):
        deliveries.fail(library_file(), delivery, "no", tries=tries)
        assert upload().stderr.endswith(f"127.0.0.1 answers with 500. {words}\n")


def test_a_ride_of_which_the_service_says_nothing_is_there(ride: str, service: RideService) -> None:
    service.mood = 409
    assert upload(ride).stdout == f"Ride {ride} is in intervals.icu\n"


def test_without_a_key_nothing_is_sent_and_it_is_said_where_to_put_one(
    ride: str, service: RideService, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    monkeypatch.delenv("LEGBAL_UPLOAD_KEY")
    monkeypatch.setattr(keyring, "get_password", lambda *_: None)
    send_off(config.load(), ride)
    assert "the keyring has no password for API_KEY@127.0.0.1. Put it there: " in upload().stderr
    assert service.requests == []
    assert answer().state == "fails"
    assert "keyring set legbal API_KEY@127.0.0.1" in answer().hint


def test_a_ride_that_is_named_goes_up_whatever_the_settings_say_and_once(
    ride: str, service: RideService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEGBAL_UPLOAD")
    assert upload(ride).stdout == f"Ride {ride} is in intervals.icu: i1\n"
    assert upload("last").stdout == "It is there already.\n"
    assert len(service.files) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_process_killed_between_sending_and_noting_it_leaves_one_activity(
    ride: str, service: RideService
) -> None:
    send_off(config.load(), ride)
    service.mood = "late"
    process = in_background(wait=False)
    assert service.taken.wait(60)
    process.send_signal(signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    assert rows() == [("intervals.icu", 1, "", False)]
    service.go_on.set()
    service.mood = "well"
    assert upload().stdout == f"Ride {ride} is in intervals.icu: i1\n"
    assert len(service.files) == 1
    assert [method for method, _ in service.requests] == ["POST", "GET"]


def test_while_one_is_at_it_another_leaves_it_alone(ride: str, service: RideService) -> None:
    send_off(config.load(), ride)
    service.mood = "late"
    process = in_background(wait=False)
    assert service.taken.wait(60)
    result = upload()
    assert (result.exit_code, result.stderr) == (1, "legbal: Another legbal is sending rides just now.\n")
    service.go_on.set()
    assert process.wait(60) == 0
    assert rows() == [("intervals.icu", 1, "i1", True)]


def test_what_waits_is_due_after_ever_longer_and_not_for_ever() -> None:
    now = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def due(tries: int, minutes: float) -> bool:
        return is_due(Delivery("a", "folder", tries, now - timedelta(minutes=minutes), None, ""), now)

    assert is_due(Delivery("a", "folder", 0, None, None, ""), now)
    assert [due(1, 4.9), due(1, 5), due(3, 19.9), due(3, 20), due(11, 1439), due(11, 1440)] == [
        *(False, True),
        *(False, True),
        *(False, True),
    ]
    assert due(3, -1)  # the clock was set back
    assert not due(MOST_TRIES, 10_000)
    assert not is_due(Delivery("a", "folder", 1, now, now, "x"), now + timedelta(days=9))


def test_what_was_given_up_long_ago_is_not_told_at_each_ride(ride: str, folder: Path) -> None:
    del folder
    send_off(config.load(), ride)
    (delivery,) = deliveries.read(library_file())
    for tried_at, words in ((datetime.now(UTC), ["no"]), (datetime.now(UTC) - timedelta(days=3), [])):
        deliveries.begin(library_file(), delivery, tried_at)
        deliveries.fail(library_file(), delivery, "no", tries=MOST_TRIES)
        told: list[str] = []
        catch_up(config.load(), told.append)
        assert [text.split(": ")[1].split(".")[0] for text in told] == words


def test_a_removed_ride_waits_for_nothing(ride: str, folder: Path) -> None:
    del folder
    send_off(config.load(), ride)
    with Library() as library:
        library.remove(library.find(ride))
    connection = open_writing(library_file())
    assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    connection.close()


def test_what_cannot_be_started_or_read_costs_no_ride(
    ride: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder

    def refused(_module: str) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(background, "start", refused)
    with pytest.raises(LibraryError, match="no more processes"):
        send_off(config.load(), ride)
    told: list[str] = []
    catch_up(config.load(), told.append)
    assert len(told) == 1
    assert "no more processes" in told[0]
    library_file().write_bytes(b"no library" * 1000)
    catch_up(config.load(), told.append)
    assert len(told) == 2
