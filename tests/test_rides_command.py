"""`legbal rides`, as a rider and as a program meet it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from legbal.analysis.efforts import Deficit, Efforts
from legbal.analysis.summary import RideSummary, Summary
from legbal.app import reindex_process
from legbal.app.ride_values import SUMMARY
from legbal.cli import main
from legbal.cli.rides import table
from legbal.library.connection import open_writing
from legbal.library.derived import version
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.meters.profile import UNLISTED
from legbal.present.document import table_text
from legbal.present.text import printable
from legbal.ride.inputs import Notification, Setup, Tick
from legbal.ride.share import Estimate, Period, Share
from tests.library.values import has, store

SUMMER = timezone(timedelta(hours=2))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path / "library.sqlite"


def rides(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(["rides", *options])
    out, err = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, out, err


def stating(left_percent: float, standard_error: float | None, revolutions: int = 5000) -> bytes:
    """A ride's summary that states this share."""
    ride = RideSummary(
        share=Share(left_percent, standard_error, revolutions=revolutions, power_w=200.0),
        balance="measured",
        reference="left",
        duration_s=3723.5,
    )
    return SUMMARY.encode(Summary(ride=ride, intervals=(), bands=()))


def test_a_ride_in_which_the_meter_looked_wrong_is_marked(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three(path)
    with Library(path) as library:
        ride = library.rides()[-1]
        stored = SUMMARY.decode(library.derived(ride, "summary") or b"")
        wrong = msgspec.structs.replace(stored, meter_wrong=(Period(0.0, 930.0),))
        store(library, ride, "summary", version("summary", UNLISTED), SUMMARY.encode(wrong))
    assert [x["meter_wrong"] for x in json.loads(rides(capsys, "--json")[1])] == [False, False, True]
    assert "meter wrong" in rides(capsys)[1].splitlines()[-1]


def three(path: Path) -> None:
    """A complete ride with a summary, a demo with a hostile title, and one that was interrupted."""
    started = datetime(2026, 7, 1, 18, 5, tzinfo=SUMMER)
    pedals = NewRide(setup=Setup(), id="alpha111", started=started, title="Intervals")
    keep(path, pedals, [Notification(0.0, b"", meter="Pedals"), Tick(3723.5)])
    with Library(path) as library:
        store(
            library, library.find("alpha"), "summary", version("summary", UNLISTED), stating(48.1234, 0.4321)
        )
    title = "bad\x1b[2J\ntitle"
    demo = NewRide(
        setup=Setup(), id="bravo222", started=started + timedelta(days=1), title=title, source="demo"
    )
    keep(path, demo, [Notification(0.0, b"", meter="計測器\x07"), Tick(59.0)])
    connection = open_writing(path)
    cut = NewRide(setup=Setup(), id="charlie3", started=started + timedelta(days=2))
    RideWriter(cut).write(connection, [Tick(7.0)])
    connection.close()


def test_the_table_is_aligned_and_escapes_what_is_not_printable(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three(path)
    code, out, err = rides(capsys)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Too short to say: fewer than 15 revolutions with a balance. (charlie3)",
        "",
        "ride      started              time      left %  vs usual  what happened  points an hour  first 2-point drop"
        "  below per hour  back after  meter       source  state                    title",
        "charlie3  2026-07-03 18:05     0:07           —         —  no interval                 —                   —"
        "               —           —              ride    interrupted, unverified",
        r"bravo222  2026-07-02 18:05     0:59           —         —  no interval                 —                   —"
        r"               —           —  計測器\x07  demo    unverified               bad\x1b[2J\ntitle",
        "alpha111  2026-07-01 18:05  1:02:04  48.1 ± 0.4         —  no interval                 —                   —"
        "               —           —  Pedals      ride    complete                 Intervals",
    ]


def test_a_ride_says_how_the_legs_tired(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three(path)
    deficits = (Deficit("left", 900.0, 3.0, 60.0, 50.0), Deficit("left", 1500.0, 2.5, 90.0))
    tired = Efforts(seconds=3600.0, drift=Estimate(-1.72, 0.6), deficits=deficits)
    with Library(path) as library:
        ride = library.rides()[-1]
        stored = SUMMARY.decode(library.derived(ride, "summary") or b"")
        stated = SUMMARY.encode(msgspec.structs.replace(stored, efforts=tired))
        store(library, ride, "summary", version("summary", UNLISTED), stated)
    assert re.search(r"  −1.7 ± 0.6 +left 15:00 +2:30 +0:50  Pedals", rides(capsys)[1].splitlines()[-1])
    *_, tiring = (x["tiring"] for x in json.loads(rides(capsys, "--json")[1]))
    assert tiring == {
        "effort_s": 3600.0,
        "left_points_per_hour": -1.72,
        "standard_error": 0.6,
        "left": {"first_deficit_s": 900.0, "below_s_per_hour": 150.0, "back_s": 50.0},
        "right": {"first_deficit_s": None, "below_s_per_hour": 0.0, "back_s": None},
    }


def test_json_gives_one_object_a_ride(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three(path)
    code, out, _ = rides(capsys, "--json", "--limit", "3")
    assert code == 0
    charlie, bravo, alpha = json.loads(out)
    assert (charlie["ride"], charlie["state"], charlie["duration_s"]) == ("charlie3", "interrupted", 7.0)
    assert bravo["title"] == "bad\x1b[2J\ntitle"
    assert (alpha["left_percent"], alpha["left_standard_error"]) == (48.123, 0.432)
    assert alpha["started"] == "2026-07-01T18:05:00+02:00"
    assert alpha["meters"] == ["Pedals"]
    assert bravo["left_percent"] is None


def test_limit_gives_the_newest(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three(path)
    _, out, _ = rides(capsys, "--limit", "1")
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["ride", "charlie3"]


@pytest.mark.usefixtures("path")
def test_an_empty_library_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = rides(capsys)
    assert code == 0
    assert out.startswith("No rides yet.")
    code, out, _ = rides(capsys, "--json")
    assert (code, json.loads(out)) == (0, [])
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names only


@pytest.mark.usefixtures("path")
def test_a_limit_that_is_no_number_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = rides(capsys, "--limit", "0")
    assert code == 2
    assert "limit" in err


def test_a_library_that_is_none_is_one_line_and_a_hint(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text("no SQLite " * 500)
    code, out, err = rides(capsys)
    assert (code, out) == (1, "")
    assert re.search(r"^legbal: the library .*no SQLite file", err)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\u202eb", r"a\u202eb"), ("\x9b2J", r"\x9b2J"), ("Zoë 計", "Zoë 計"), ("\ud800", r"\ud800")],
)
def test_what_a_terminal_could_take_for_an_order_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_file_that_is_no_library_is_said_once(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text("no library")
    code, out, err = rides(capsys)
    assert (code, out) == (1, "")
    assert err.count("is no SQLite file") == 1


@pytest.mark.parametrize(("error", "revolutions"), [(None, 5000), (1.4, 14)])
def test_a_share_with_too_little_behind_it_is_a_dash(
    path: Path, capsys: pytest.CaptureFixture[str], error: float | None, revolutions: int
) -> None:
    three(path)
    few = stating(67.8, error, revolutions)
    with Library(path) as library:
        store(library, library.find("alpha"), "summary", version("summary", UNLISTED), few)
    _, out, _ = rides(capsys)
    assert "67.8" not in out
    assert "—" in out


def test_many_rides_to_derive_are_left_to_the_background_and_listed_as_they_were(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(reindex_process, "start", lambda: begun.append("start"))
    for number in range(6):
        started = datetime(2026, 7, 1 + number, tzinfo=SUMMER)
        keep(path, NewRide(setup=Setup(), started=started), [Tick(60.0)])
    with Library(path) as library:
        store(library, library.find("last"), "summary", "of older code", stating(48.1234, 0.4321))
    code, out, err = rides(capsys)
    assert (code, begun) == (0, ["start"])
    assert err == "Updating 6 rides in the background: listed as they were.\n"
    assert "48.1 ± 0.4" in out


@pytest.mark.parametrize("columns", [80, 100, 132])
@pytest.mark.parametrize("state", ["complete", "interrupted"])
def test_on_a_terminal_the_table_is_as_wide_as_it_is_and_says_what_is_unusual(
    columns: int, state: str
) -> None:
    shared = (
        "2025-11-19 14:40",
        "12:48:08",
        "48.9 ± 0.3 %",
        "−0.6",
        "9 intervals, no drop-off",
        "−1.7 ± 0.6",
        "left 12:30",
        "2:30",
        "0:50",
    )
    rows = [
        ("x8xwspqb", *shared, "Favero Electronics Assioma Duo 3340634967", "import", "complete", "Tuesday"),
        (
            "a8xwspqb",
            *shared,
            "計測器の長い名前です",
            "import",
            state,
            "A ride with a title of forty letters …",
        ),
    ]
    lines = table_text(table(rows), columns)
    assert max(len(line) + sum(letter > "\u3000" for letter in line) for line in lines) <= columns
    assert ("interrupted" in lines[2]) == (state == "interrupted")
    assert lines[1].startswith("x8xwspqb  2025-11-19 14:40")


def test_a_table_that_fits_stays_whole() -> None:
    share = ("48.9 ± 0.3 %", "−0.6", "no interval", "—", "none", "—", "—")
    rows = [("x8xwspqb", "2025-11-19 14:40", "0:08:08", *share, "Pedals", "ride", "complete", "Tuesday")]
    assert table_text(table(rows), 190) == table_text(table(rows))


def test_without_rides_the_table_is_empty() -> None:
    assert table_text(table(())) == []


def test_a_ride_is_removed_when_the_rider_says_yes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three(path)
    code, out, _ = rides(capsys, "--remove", "alpha", "--yes")
    assert code == 0
    assert out.rstrip() == "removed alpha111  2026-07-01 18:05  1:02:04  Pedals  Intervals"
    _, out, _ = rides(capsys, "--json")
    assert [ride["ride"] for ride in json.loads(out)] == ["charlie3", "bravo222"]
    code, _, err = rides(capsys, "--remove", "alpha", "--yes")
    assert code == 1
    assert "no ride 'alpha'" in err


def test_a_ride_whose_summary_cannot_be_read_is_removed_all_the_same(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three(path)
    with Library(path) as library:
        store(library, library.find("alpha"), "summary", "of tomorrow", b"{")
    assert rides(capsys, "--remove", "alpha", "--yes")[0] == 0
    with Library(path) as library:
        assert not has(library, "alpha111")


@pytest.mark.parametrize(
    ("typed", "removed"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False)]
)
def test_before_a_ride_is_removed_it_is_shown_and_asked_for(path: Path, typed: str, removed: bool) -> None:
    three(path)
    done = subprocess.run(
        [sys.executable, "-m", "legbal", "rides", "--remove", "bravo"],
        input=typed,
        capture_output=True,
        text=True,
        check=True,
    )
    assert r"bravo222  2026-07-02 18:05  0:59  計測器\x07  bad\x1b[2J\ntitle" in done.stderr
    assert "Remove this ride for good? [y/N]" in done.stderr
    with Library(path) as library:
        assert has(library, "bravo222") is not removed
    assert ("Nothing was removed." in done.stderr) is not removed


def test_where_nobody_answers_nothing_is_removed(path: Path) -> None:
    three(path)
    done = subprocess.run(
        [sys.executable, "-m", "legbal", "rides", "--remove", "bravo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--yes" in done.stderr
    with Library(path) as library:
        assert has(library, "bravo222")


@pytest.mark.parametrize(
    "options", [("--yes",), ("--remove", "alpha", "--json"), ("--remove", "last", "--limit", "1")]
)
def test_what_does_not_go_together_is_wrong_usage(
    path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    three(path)
    assert rides(capsys, *options)[0] == 2
    with Library(path) as library:
        assert len(library.rides()) == 3
