"""`legbal trend` and `legbal change`, as a rider and as a program meet them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from legbal import paths
from legbal.app import background, reindex_process
from legbal.app.meters import profiles
from legbal.library.connection import open_writing
from legbal.library.derived import basis, stale_rides
from legbal.library.rider import add_change, changes
from legbal.library.writer import NewRide, RideWriter
from legbal.ride.inputs import Setup, Tick
from tests.analysis.shares import EASY, THRESHOLD, Bounds, fill, kept, summary
from tests.terminal import legbal

BEGIN = datetime(2026, 1, 5, 18, tzinfo=UTC)
EVERY_BAND: tuple[Bounds, ...] = (
    (0.0, 0.55),
    (0.55, 0.75),
    (0.75, 0.90),
    (0.90, 1.05),
    (1.05, 1.20),
    (1.20, None),
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return paths.library_file()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would run in the background."""
    commands: list[str] = []
    monkeypatch.setattr(reindex_process, "start", lambda: commands.append("start"))
    return commands


def rides(path: Path, count: int, meter: str = "Pedals", change: float = 0.0) -> None:
    random = np.random.default_rng(count)
    for number in range(count):
        day = random.normal(0, 0.3)
        share = 48.0 + (change if number >= count // 2 else 0.0) + day
        bands = {EASY: (49.5 + day, 0.2), THRESHOLD: (share, 0.3)}
        kept(path, BEGIN + timedelta(days=3 * number), summary(bands), meter=meter)


def test_the_rider_s_own_name_for_a_meter_names_it(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rides(path, 6, "Pedals 7")
    rides(path, 4, "Spider")
    fill(path)
    monkeypatch.setenv("LEGBAL_ALIASES", "race = pedals 7")
    code, out, _ = legbal(capsys, "trend", "--meter", "Race", "--json")
    assert code == 0
    assert [meter["meter"] for meter in json.loads(out)["meters"]] == ["Pedals 7"]


def test_the_trend_is_a_table_of_months_and_a_sentence_a_band(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rides(path, 20)
    fill(path)
    code, out, err = legbal(capsys, "trend")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Pedals"
    assert lines[1].startswith("20 rides. Balance measured: each side has a sensor.")
    assert re.search(r"\nendurance +55–75 % +20 +4[89]\.\d  not known yet\n", out)
    assert re.search(r"\nthreshold +90–105 % +20 +4[78]\.\d  not known yet\n", out)
    (head,) = (row for row in range(len(lines)) if lines[row].startswith("month"))
    assert lines[head].split() == ["month", "endurance", "threshold"]
    assert re.fullmatch(r"2026-01 +49\.\d \(9\) +4[78]\.\d \(9\)", lines[head + 1])
    answer = " ".join(" ".join(lines[2:4]).split())
    assert re.match(r"All bands since 5 Jan 2026: not known yet \(.* more rides like the last\): −", answer)
    assert answer.endswith(" points a month.")


def test_text_fits_eighty_columns(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_change(
        "left cleat two degrees in, and both shoes on new soles of " + "x" * 120, date(2026, 1, 20), path=path
    )
    for number in range(12):
        bands = dict.fromkeys(EVERY_BAND, (49.25 + 0.01 * number, 0.3))
        kept(path, BEGIN + timedelta(days=3 * number), summary(bands))
    fill(path)
    _, trend, _ = legbal(capsys, "trend")
    _, report, _ = legbal(capsys, "change", "report")
    assert max(map(len, (trend + report).splitlines())) <= 80


@pytest.mark.parametrize("typed", ["90-105", "Threshold"])
def test_json_gives_every_ride_month_and_the_test(
    path: Path, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    rides(path, 20)
    fill(path)
    code, out, _ = legbal(capsys, "trend", "--json", "--band", typed, "--since", "2026-02")
    assert code == 0
    found = json.loads(out)
    ((band,),) = [meter["bands"] for meter in found["meters"]]
    assert band["band"] == "90–105 %"
    assert {"slope_per_month", "slope_error", "low", "high", "probability", "verdict", "words"} <= band.keys()
    assert min(row["started"] for row in band["rows"]) >= "2026-02"
    assert band["months"][0]["first_day"] == "2026-02-01"
    assert (found["pending"], found["failed"]) == (0, [])


def test_rides_not_yet_derived_are_said_and_derived_in_the_background(
    path: Path, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    rides(path, 2)
    code, out, err = legbal(capsys, "trend")
    assert (code, out) == (0, "")
    assert "2 rides are being updated and not counted yet; `legbal trend --wait` waits for that." in err
    assert started == ["start"]


def test_who_waits_gets_all_rides(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 2)
    code, out, err = legbal(capsys, "trend", "--wait")
    assert (code, err) == (0, "")
    assert "Pedals" in out


def test_the_background_process_brings_the_library_up_to_date(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_started", [])  # other tests may have started theirs
    rides(path, 2)
    reindex_process.start()
    (process,) = background._started
    assert process.wait(60) == 0
    assert stale_rides(path, basis(profiles())) == {}


KILLED = """
import os
from legbal.app import reindex
reindex._write = lambda *_: os._exit(9)
reindex._run()
"""


def test_a_background_process_that_was_killed_is_told_once_and_begun_again(
    path: Path, capsys: pytest.CaptureFixture[str], started: list[str]
) -> None:
    rides(path, 2)
    assert subprocess.run([sys.executable, "-c", KILLED], check=False).returncode == 9
    said = "Rides could not be updated: its process ended without a word. Trying again."
    assert [legbal(capsys, "trend")[2].count(said) for _ in range(2)] == [1, 0]
    assert started == ["start", "start"]


def test_a_background_process_that_does_not_begin_is_told(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rides(path, 2)
    monkeypatch.setattr("sys.executable", "/no/such/program")
    assert "Rides could not be updated: no process starts (" in legbal(capsys, "trend")[2]


def test_an_interrupted_ride_is_closed_and_derived(
    path: Path, capsys: pytest.CaptureFixture[str], started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = open_writing(path)
    RideWriter(NewRide(setup=Setup())).write(connection, [Tick(7.0)])
    connection.close()
    legbal(capsys, "trend")
    assert started == ["start"]
    monkeypatch.undo()
    monkeypatch.setenv("LEGBAL_HOME", str(path.parent))
    legbal(capsys, "trend", "--wait")
    assert stale_rides(path, basis(profiles())) == {}


def test_no_rides_are_no_error(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = legbal(capsys, "trend")
    assert (code, err) == (0, "")
    assert out.startswith("No rides with a balance yet; those of the demo do not count.")
    assert (
        legbal(capsys, "trend", "--since", "1 Aug 2026")[1] == "No rides with a balance since 1 Aug 2026.\n"
    )
    assert legbal(capsys, "change", "report")[1].startswith("No changes yet.")
    assert legbal(capsys, "change", "list")[1].startswith("No changes yet.")
    assert list(path.parent.iterdir()) == []


def test_names_and_words_from_outside_are_escaped(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(path, BEGIN, summary({EASY: (49.0, 0.2)}), meter="Pe\x1b[2Jdals\x07")
    fill(path)
    add_change("cleat\x1b[31m in", date(2026, 1, 6), path=path)
    for command in (["trend"], ["change", "list"], ["change", "report"]):
        _, out, _ = legbal(capsys, *command)
        assert "\x1b" not in out
        assert "\x07" not in out
    assert r"cleat\x1b[31m in" in out


def test_a_change_is_noted_listed_reported_and_forgotten(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rides(path, 20, change=1.5)
    fill(path)
    code, out, _ = legbal(capsys, "change", "add", "left cleat 2° in", "--date", "2026-02-03")
    assert (code, out) == (0, "Change 1 is noted: left cleat 2° in\n")
    assert "3 Feb 2026" in legbal(capsys, "change", "list")[1]
    (listed,) = json.loads(legbal(capsys, "change", "list", "--json")[1])
    assert (listed["kind"], listed["first_day"], listed["last_day"]) == ("fit", "2026-02-03", "2026-02-03")
    code, out, err = legbal(capsys, "change", "report")
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [
        "Change 1, 3 Feb 2026, fit: left cleat 2° in",
        "Before: rides of 5 Nov 2025 to 2 Feb 2026.",
        "After: rides of 4 Feb 2026 to 4 May 2026.",
    ]
    assert "All bands: " in out
    assert re.search(r"\nthreshold .* (clear|likely): up\n", out)
    (found,) = json.loads(legbal(capsys, "change", "report", "1", "--json")[1])
    assert found["meters"][0]["bands"][1]["verdict"] in ("clear", "likely")
    assert "1  3 Feb 2026  fit   left cleat 2° in" in legbal(capsys, "trend")[1]
    assert legbal(capsys, "change", "remove", "1")[1] == "Change 1 is forgotten: left cleat 2° in\n"
    assert changes(paths.library_file()) == []


def test_a_block_has_days_of_which_no_ride_counts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rides(path, 20)
    fill(path)
    block = ["--date", "2026-01-20", "--until", "2026-02-10", "--kind", "training"]
    legbal(capsys, "change", "add", "single-leg drills", *block)
    _, out, _ = legbal(capsys, "change", "report", "1")
    assert out.startswith("Change 1, 20 Jan 2026 to 10 Feb 2026, training: single-leg drills")
    assert "5 / 7" in out  # of 20 rides, every third day from 5 January on


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "x"],
        ["add", " ", "--date", "2026-01-01"],
        ["add", "x" * 201, "--date", "2026-01-01"],
        ["add", "x", "--date", "1 Mai"],
        ["add", "x", "--date", "2999-01-01"],
        ["add", "x", "--date", "1969-12-31"],
        ["add", "x", "--date", "2026-01-02", "--until", "2026-01-01"],
        ["add", "x", "--date", "2026-01-02", "--kind", "shoes"],
        ["report", "0"],
        ["remove"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("path")
def test_what_is_typed_wrong_is_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = legbal(capsys, "change", *arguments)
    assert (code, out) == (2, "")
    assert "Error" in err or "Usage" in err
    assert changes(paths.library_file()) == []


@pytest.mark.usefixtures("path")
def test_a_change_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("remove", "report"):
        code, _, err = legbal(capsys, "change", command, "3")
        assert code == 1
        assert err == "legbal: there is no change 3\n`legbal change list` lists them.\n"
