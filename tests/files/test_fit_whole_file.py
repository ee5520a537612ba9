"""What a head unit knew of a ride as a whole: FTP, used where the rider states none, laps, turns, out of the saddle."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from legbal.analysis.fit_file import find_file
from legbal.app.ride_files import import_file
from legbal.app.ride_setup import learn_from_library, replay_setup
from legbal.cli import legbal
from legbal.config import Settings
from legbal.files.fit.reading import read
from legbal.library.rides import Library
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.sources.recorded_ride import open_ride
from tests.files.fit_files import START, fit, head, power_meter, records
from tests.shared import shared

# what real files say in session.threshold_power, and in zones_target where that is there
STATED = {
    "degenerate_edge530_indoor_const_right100.fit": 248,
    "edge1000_short_5laps.fit": 200,
    "edge1030plus_lowbattery.fit": 250,
    "fenix6_indoor_turbo_dynamics_te_ps.fit": 275,
    "fr935_indoor_short.fit": 270,
    "hammerhead_karoo_20251119.fit": 330,
    "wahoo_bolt_short.fit": 330,
}


def ride_of(session_w: Any = None, zones_w: Any = None, *, at: int = 0, serial_number: int = 17039) -> bytes:
    """A ride of two minutes, `at` seconds later than usual."""
    session = {"timestamp": START + at + 120, "start_time": START + at, "sport": 2}
    zones = [] if zones_w is None else [("ZONES_TARGET", {"functional_threshold_power": zones_w})]
    if session_w is not None:
        session["threshold_power"] = session_w
    meter = power_meter(serial_number=serial_number)
    return fit(*head(), meter, *records(range(at, at + 120)), *zones, ("SESSION", session))


@pytest.mark.parametrize(
    ("session_w", "zones_w", "ftp_w"),
    [
        (330, 200, 330),
        (None, 275, 275),
        (330, None, 330),
        (None, None, None),
        (0, 240, 240),
        (1000, None, None),
    ],
)
def test_what_the_head_unit_had_is_read(
    path: Path, session_w: int | None, zones_w: int | None, ftp_w: int | None
) -> None:
    path.write_bytes(ride_of(session_w, zones_w))
    assert find_file(read(path, print).inputs).ftp_w == ftp_w


@pytest.mark.parametrize(
    ("options", "settings", "said"),
    [
        ({}, Settings(), ("ftp.recorded", 330.0)),
        ({}, Settings(ftp=280.0), None),
        ({"ftp": 290.0}, Settings(), None),
    ],
)
def test_what_the_rider_states_goes_before_it(
    path: Path, options: dict[str, object], settings: Settings, said: tuple[str, float] | None
) -> None:
    path.write_bytes(ride_of(330))
    recorded = open_ride(str(path), print)
    setup = replay_setup(recorded, settings, options, None, None, print, list(recorded.inputs))
    remark = Ride(setup).intervals.estimate.remark
    assert (None if remark is None else (remark.code, remark.values["ftp_w"])) == said


def test_a_review_rests_on_it_and_says_so(path: Path) -> None:
    path.write_bytes(ride_of(330))
    printed = " ".join(CliRunner().invoke(legbal, ["review", "--all", str(path)]).output.split())
    assert "FTP 330 W, from the head unit." in printed
    assert "guessed" not in printed


def test_without_one_the_guess_says_its_range(path: Path) -> None:
    path.write_bytes(ride_of())
    printed = " ".join(CliRunner().invoke(legbal, ["review", "--all", str(path)]).output.split())
    assert " is guessed from this ride." in printed
    assert "W (" in printed.split(" is guessed")[0].split("No FTP is stated")[1]
    brief = " ".join(CliRunner().invoke(legbal, ["review", str(path)]).output.split())
    assert re.search(r"FTP guessed from this ride: about 240 W \(\d+ to \d+\)", brief)


def test_of_a_library_a_ride_knows_the_ftp_of_its_day(path: Path) -> None:
    month = 30 * 24 * 3600
    with Library(path.parent / "library.sqlite") as library:
        for at, watts in ((2 * month, 290), (0, 250)):  # whatever the order in which they come in
            path.write_bytes(ride_of(watts, at=at))
            assert import_file(library, path, None, Settings(), {}).new
        (newest, _) = library.rides()
        started = datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=START)
        meter = newest.meters[0]
        after = {
            days: learn_from_library(library, meter, started + timedelta(days=days), Setup(), folds=2)
            for days in (40, 80)
        }
    assert {days: setup.earlier_ftp_w for days, setup in after.items()} == {40: 250, 80: 290}


def test_what_was_stated_last_on_whatever_meter_goes_before_a_guess(path: Path) -> None:
    month = 30 * 24 * 3600
    with Library(path.parent / "library.sqlite") as library:
        for at, watts, serial in ((0, 250, 1), (2 * month, 290, 2), (month, None, 3), (-month, None, 3)):
            path.write_bytes(ride_of(watts, at=at, serial_number=serial))
            assert import_file(library, path, None, Settings(), {}).new
        known = [library.setup(ride) for ride in library.rides()]
        began = datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=START)
        new_meter = learn_from_library(library, "another", began + timedelta(days=80), Setup())
    # the newest first: of two months later, of one, of the day, and of one before
    assert [setup.recorded_ftp_w for setup in known] == [290, None, 250, None]
    assert [setup.earlier_ftp_w for setup in known] == [None, 250, None, None]
    assert new_meter.earlier_ftp_w == 290


@pytest.mark.parametrize(("name", "ftp_w"), STATED.items())
def test_an_ftp_that_stands_in_a_real_file_is_not_guessed(name: str, ftp_w: int) -> None:
    inputs = list(open_ride(str(shared(f"data/fit/{name}")), lambda _: None).inputs)
    assert find_file(inputs).ftp_w == ftp_w


def test_laps_turns_and_times_out_of_the_saddle_are_read(path: Path) -> None:
    def event(at: int, position: int, kind: int = 44) -> tuple[str, dict[str, Any]]:
        return "EVENT", {"timestamp": START + at, "event": kind, "event_type": 3, "data": position}

    laps = [
        ("LAP", {"timestamp": START + b, "start_time": START + a, "lap_trigger": 2})
        for a, b in ((-30, 40), (40, 200))
    ]
    changes = [event(10, 3), event(12, 1), event(30, 2), event(32, 0), event(50, 1, kind=0), event(100, 1)]
    session = {"timestamp": START + 119, "start_time": START, "sport": 2, "total_cycles": 173}
    path.write_bytes(fit(*head(), *records(range(120)), *changes, *laps, ("SESSION", session)))
    file = find_file(read(path, print).inputs)
    assert file.turns == 173
    assert file.laps == ((0.0, 40.0), (40.0, 119.0))
    assert file.standing == ((10.0, 30.0), (100.0, 119.0))


def test_a_review_lists_laps_positions_and_turns_of_the_head_unit(path: Path) -> None:
    laps = [
        ("LAP", {"timestamp": START + b, "start_time": START + a, "lap_trigger": 2})
        for a, b in ((0, 60), (60, 119))
    ]
    stands = ("EVENT", {"timestamp": START + 90, "event": 44, "event_type": 3, "data": 1})
    session = {
        "timestamp": START + 119, "start_time": START, "sport": 2, "sub_sport": 6, "total_cycles": 1730
    }  # fmt: skip
    seated = records(range(90), balance=0x80 | 52)
    path.write_bytes(
        fit(
            *head(), *seated, *records(range(90, 120), balance=0x80 | 56), stands, *laps, ("SESSION", session)
        )
    )
    printed = CliRunner().invoke(legbal, ["review", "--all", str(path)]).output
    assert "(1730 turns)" in printed
    assert printed.splitlines()[1].startswith("1:59 indoors at ")
    rows = {line.split()[0]: line.split() for line in printed.splitlines() if line.strip()}
    assert rows["1"][1:3] == ["0:00", "1:00"]
    assert rows["seated"][-3] == "48.0"
    assert rows["standing"][-3] == "44.0"
