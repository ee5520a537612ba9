"""`legbal doctor` on a machine without Bluetooth: it runs to its end and tells the truth."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import miniaudio
import pytest

from legbal import paths
from legbal.app.checks import terminal
from legbal.app.ride_values import keep_summary
from legbal.cli import doctor, main
from legbal.errors import OutletError
from legbal.library.connection import open_writing
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.outlets import speakers
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.ride.inputs import Setup, Tick
from legbal.ride.revolution import Revolution
from legbal.ride.statistics import RideStatistics
from tests.programs import require_program
from tests.ride.folding import pedalled


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, no Bluetooth service, and no pause between tones."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    monkeypatch.setattr(doctor, "PAUSE_S", 0.0)
    return tmp_path


@pytest.fixture
def null_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """miniaudio's null device as the default one."""

    opened = speakers.open_speaker

    def null(samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        return opened(samples, lost, backends=[miniaudio.Backend.NULL])

    monkeypatch.setattr(speakers, "open_speaker", null)


@pytest.fixture
def no_speaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sound device."""

    def none(_samples: Samples, _lost: Callable[[], None]) -> CloseSpeaker:
        raise OutletError("no sound device was found")

    monkeypatch.setattr(speakers, "open_speaker", none)


def run(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as caught:
        main(["doctor", *options])
    out, err = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, out, err


def checks(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """What `--json` says, by what was looked at."""
    _, out, err = run(capsys, "--json")
    assert err == ""
    return {check["what"]: check for check in json.loads(out)["checks"]}


@pytest.mark.usefixtures("no_speaker")
def test_without_bluetooth_and_sound_it_runs_to_the_end_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[-1] == "You cannot ride yet: see what fails above."
    sound = next(number for number, line in enumerate(lines) if " sound " in line)
    assert lines[sound].startswith("fails ")
    assert "no sound device was found; alerts ring the terminal's bell" in lines[sound]
    assert "speakers or headphones" in lines[sound + 1]
    assert any(line.startswith("fails ") and "Bluetooth service" in line for line in lines)
    assert any(line.startswith("not applicable ") and "power meters" in line for line in lines)


@pytest.mark.usefixtures("no_speaker")
def test_json_says_the_same_and_which_things_a_ride_needs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--json")
    said = json.loads(out)
    assert code == 1
    assert said["ride_possible"] is False
    failing = {check["what"]: check["needed"] for check in said["checks"] if check["state"] == "fails"}
    assert failing == {"sound": False, "Bluetooth service": True}
    assert [check["needed"] for check in said["checks"] if check["what"] == "screen"] == [False]
    assert all(check["hint"] for check in said["checks"] if check["state"] == "fails")


@pytest.mark.usefixtures("null_speaker")
def test_a_sound_device_that_opens_works_and_a_silenced_one_is_not_applicable(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checks(capsys)["sound"]["state"] == "works"
    (home / "config.toml").write_text("sound = false\n", encoding="utf-8")
    assert checks(capsys)["sound"]["state"] == "not applicable"


def test_speech_is_looked_at_where_it_is_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    require_program("espeak-ng")
    assert checks(capsys)["speech"]["state"] == "not applicable"
    (home / "config.toml").write_text('speech = true\nspeech_language = "de"\n', encoding="utf-8")
    said = checks(capsys)["speech"]
    assert (said["state"], said["text"]) == ("works", "espeak-ng speaks: de, 160 words a minute")
    monkeypatch.setenv("PATH", str(home))
    said = checks(capsys)["speech"]
    assert (said["state"], said["needed"]) == ("fails", False)
    assert said["text"] == "espeak-ng is not installed; alerts are tones only"
    assert said["hint"]


@pytest.mark.parametrize(
    ("size", "encoding", "system", "environment", "text"),
    [
        ((120, 40), "utf-8", "linux", {}, None),
        ((80, 24), "utf-8", "darwin", {}, None),
        ((79, 24), "utf-8", "linux", {}, "79×24 characters: too small for everything"),
        ((120, 40), "ascii", "linux", {}, "the terminal's encoding is ascii"),
        ((120, 40), "utf-8", "win32", {}, "120×40 characters in the old console window"),
        ((120, 40), "utf-8", "win32", {"WT_SESSION": "1"}, None),
    ],
)
def test_a_terminal_that_cannot_show_everything_is_named_with_what_to_do(
    size: tuple[int, int], encoding: str, system: str, environment: dict[str, str], text: str | None
) -> None:
    check = terminal(os.terminal_size(size), encoding, system, environment)
    if text is None:
        assert (check.state, check.hint) == ("works", "")
    else:
        assert (check.state, check.text) == ("fails", text)
        assert check.hint


@pytest.mark.usefixtures("null_speaker")
def test_sound_plays_each_tone_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--sound")
    assert (code, err) == (0, "")
    assert [" ".join(line.split()[:2]) for line in out.splitlines()] == [
        "left alert",
        "right alert",
        "left recovered",
        "right recovered",
    ]


@pytest.mark.usefixtures("no_speaker")
def test_sound_without_a_device_is_a_failure_of_one_line_and_a_hint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, "--sound")
    assert (code, out) == (1, "")
    assert err.splitlines()[0] == "legbal: no sound device was found"
    assert len(err.splitlines()) == 2


def test_sound_and_json_together_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--sound", "--json")[0] == 2


@pytest.mark.usefixtures("no_speaker")
def test_a_wrong_setting_is_shown_with_its_place_and_the_rest_is_still_looked_at(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "config.toml").write_text("ftp = 2\n", encoding="utf-8")
    found = checks(capsys)
    assert found["settings"]["state"] == "fails"
    assert "config.toml, line 1: ftp = 2 is not allowed" in found["settings"]["text"]
    assert found["library"]["state"] == "works"


@pytest.mark.usefixtures("no_speaker")
def test_a_broken_profile_of_the_riders_own_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "profiles").mkdir()
    (home / "profiles" / "mine.toml").write_text("id = 'mine'\n", encoding="utf-8")
    profiles = checks(capsys)["meter profiles"]
    assert profiles["state"] == "fails"
    assert "mine.toml" in profiles["text"]
    assert profiles["hint"]


@pytest.mark.usefixtures("no_speaker")
def test_where_there_is_no_library_none_is_made(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library = checks(capsys)["library"]
    assert library["state"] == "works"
    assert str(home / "library.sqlite") in library["text"]
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("no_speaker")
def test_rides_are_counted_and_an_interrupted_one_is_closed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "library.sqlite"
    keep(path, NewRide(setup=Setup()), [Tick(1.0)])
    connection = open_writing(path)
    RideWriter(NewRide(setup=Setup())).write(connection, [Tick(7.0)])
    connection.close()
    assert "2 rides" in (text := checks(capsys)["library"]["text"])
    assert "1 interrupted (1 closed just now)" in text
    assert checks(capsys)["library"]["text"].endswith("1 interrupted")


@pytest.mark.usefixtures("no_speaker")
def test_a_library_that_is_no_library_or_of_a_newer_legbal_fails(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "library.sqlite"
    path.write_bytes(b"not a database, but long enough to look like one" * 100)
    found = checks(capsys)["library"]
    assert (found["state"], found["needed"]) == ("fails", True)
    assert str(path) in found["text"]
    path.unlink()
    connection = open_writing(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    found = checks(capsys)["library"]
    assert found["state"] == "fails"
    assert "newer legbal" in found["hint"]


@pytest.mark.usefixtures("no_speaker")
def test_a_home_that_is_a_file_fails(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("LEGBAL_HOME", str(home / "file"))
    found = checks(capsys)
    assert found["library"]["state"] == "fails"
    assert f"{home / 'file'} is not a folder" in found["library"]["text"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such mode")
def test_a_password_that_others_can_read_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "config.toml"
    file.write_text('[mqtt]\npassword = "geheim"\n', encoding="utf-8")
    file.chmod(0o644)
    _, out, _ = run(capsys)
    assert "others on this computer can read a password" in out
    assert f"chmod 600 {file}" in out
    assert "geheim" not in out
    file.chmod(0o600)
    assert "others on this computer" not in run(capsys)[1]
    file.write_text("", encoding="utf-8")
    file.chmod(0o644)
    monkeypatch.setenv("LEGBAL_MQTT_PASSWORD", "geheim")
    assert "others on this computer" not in run(capsys)[1]


@pytest.mark.usefixtures("null_speaker")
def test_a_ride_on_which_legbal_failed_is_named_with_all_that_a_report_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ride = keep(paths.library_file(), NewRide(setup=Setup()), pedalled(200))
    with Library() as library:
        keep_summary(library, library.find(ride), [], teaches=True)
    assert "defects" not in checks(capsys)
    add, calls = RideStatistics.add, itertools.count(1)

    def failing(statistics: RideStatistics, revolution: Revolution) -> None:
        if next(calls) == 50:
            raise KeyError("right")
        add(statistics, revolution)

    monkeypatch.setattr(RideStatistics, "add", failing)
    broken = keep(paths.library_file(), NewRide(setup=Setup()), pedalled(200))
    with Library() as library:
        keep_summary(library, library.find(broken), [], teaches=True)
    calls = itertools.count(1)
    said = checks(capsys)["defects"]
    assert (said["state"], said["needed"]) == ("fails", False)
    assert said["text"].startswith(
        f"legbal failed on a part of ride {broken}, which is recorded whole: KeyError at "
    )
    assert said["text"].endswith(", input 51 (unusable_input)")
    assert f"legbal export {broken} -o {broken}.jsonl" in said["hint"]


@pytest.mark.usefixtures("null_speaker")
def test_a_ride_whose_numbers_cannot_be_worked_out_is_named_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(RideStatistics, "bands", failing)
    ride = keep(paths.library_file(), NewRide(setup=Setup()), pedalled(20))
    said = checks(capsys)["defects"]["text"]
    assert f"ride {ride}" in said
    assert "ZeroDivisionError at " in said
    assert "(failed_view)" in said
