"""Single questions of `legbal doctor`, asked with settings and a system of the test's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from legbal import config
from legbal.app import activity_folders
from legbal.app.checks import QUESTIONS
from legbal.app.question import Check
from tests.brokers.mosquitto import free_port


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home, and no system bus."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")


def answer(what: str) -> Check:
    check = next(x for x in QUESTIONS if x.what == what).check(config.load())
    assert check is not None
    return check


@pytest.mark.parametrize(
    ("environment", "state", "words"),
    [
        ({"LEGBAL_AWAKE": "false"}, "not applicable", "the settings turn it off"),
        ({"WAKEPY_FAKE_SUCCESS": "1"}, "works", "WakepyFakeSuccess will keep the computer awake"),
        (
            {"WAKEPY_FAKE_SUCCESS": "0"},
            "fails",
            "The computer may sleep while you ride: no login service answers",
        ),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems are asked otherwise")
def test_it_says_whether_the_computer_stays_awake(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], state: str, words: str
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    check = answer("awake")
    assert (check.state, check.needed) == (state, False)
    assert words in check.text
    assert ("Turn that off in the system's settings" in check.text) == (state == "fails")


@pytest.mark.parametrize(
    ("page", "host", "state", "words"),
    [
        ("off", None, "not applicable", "w on the ride's screen opens one"),
        ("here", None, "works", "a ride is shown at 127.0.0.1, port "),
        ("network", "192.168.1.20", "works", "a ride is shown at 192.168.1.20, port "),
        ("network", None, "fails", "on no network that a phone could reach"),
    ],
)
def test_it_says_whether_a_page_can_be_served(
    monkeypatch: pytest.MonkeyPatch, page: str, host: str | None, state: str, words: str
) -> None:
    monkeypatch.setattr("legbal.app.checks.network_host", lambda: host)
    monkeypatch.setenv("LEGBAL_PAGE", page)
    monkeypatch.setenv("LEGBAL_PAGE_PORT", str(free_port()))
    check = answer("page")
    assert (check.state, check.needed) == (state, False)
    assert words in check.text


def test_it_says_which_folders_are_watched_and_which_were_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(activity_folders, "_MOUNTS", {})
    check = answer("files")
    assert (check.state, check.text, check.hint) == (
        "not applicable", "no folder is watched for new rides", "",
    )  # fmt: skip
    zwift = tmp_path / "Documents" / "Zwift" / "Activities"
    zwift.mkdir(parents=True)
    check = answer("files")
    assert check.state == "not applicable"
    assert "Rides were found in Zwift (~/Documents/Zwift/Activities)" in check.hint
    monkeypatch.setenv("LEGBAL_IMPORT_FOLDERS", f"{zwift}; ~/GARMIN")
    check = answer("files")
    assert (check.state, check.needed, check.hint) == ("works", False, "")
    assert check.text == ("new rides come in from ~/Documents/Zwift/Activities; not there just now: ~/GARMIN")
    monkeypatch.setenv("LEGBAL_IMPORT_FOLDERS", "~/GARMIN")
    check = answer("files")
    assert (check.state, check.text) == ("fails", "not there just now: ~/GARMIN")
    assert "Put the head unit in" in check.hint
