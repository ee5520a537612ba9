"""A pair's half that never came, or only for a while, in every reading of the ride, and in none as a measured balance.

Shown live it was always; what is kept, printed, drawn and exported says the same afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from legbal import paths
from legbal.analysis.ride_analysis import analyse
from legbal.app.meters import profiles
from legbal.app.ride_values import keep_summary
from legbal.app.study_files import RideFile, StudyRider, Task, analyse_file
from legbal.cli import legbal
from legbal.files import capture
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Input, Notification
from legbal.ride.ride import Ride
from legbal.tui.render.ride_page import RideContent, head
from tests.present.surfaces import drawn, surfaces
from tests.ride.halves import TWO, steady
from tests.tui.pages import entry

NEVER = "The right side never came: the watts are the left leg's alone, and there is no balance."
ALONE = "Between 0:04 and 2:00 only the left side was heard, over 1:56 of pedalling: 90 W, that leg's alone"
# what would be said of a balance that was measured
CLAIMS = ("Measured", "measured:", "Where each side is right", "put together", "gave none", "gives none")


def pair(right: Callable[[float], int | None] = lambda _: None, seconds: int = 120) -> list[Input]:
    return steady(seconds, lambda _: 90, right)


@pytest.fixture
def alone() -> str:
    """A ride of the library on which only the left half ever came."""
    ride = keep(paths.library_file(), NewRide(setup=TWO), pair())
    with Library() as library:
        keep_summary(library, library.find(ride), profiles(), teaches=True)
    return ride


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(legbal, list(arguments))
    assert result.exit_code == 0, result.stderr
    return result


def whole(text: str | Sequence[str]) -> str:
    """As one line, however it was wrapped."""
    return " ".join((text if isinstance(text, str) else "\n".join(text)).split())


def assert_nothing_is_claimed(text: str) -> None:
    assert not [claim for claim in CLAIMS if claim in text]


def test_review_names_the_half_and_the_leg_whose_watts_there_are(alone: str) -> None:
    text = whole(run("review", alone).stdout)
    assert text.startswith(f"{NEVER} 1:59, left leg alone 90 W.")
    assert text.count(NEVER) == 1
    assert ALONE in text
    assert_nothing_is_claimed(text)


def test_programs_and_lists_are_told_the_same(alone: str) -> None:
    said = json.loads(run("review", alone, "--json").stdout)
    assert said["limits"][0] == NEVER
    assert said["limits"][1].startswith(ALONE)
    assert said["ride"]["balance"] == "absent"
    assert said["ride"]["power_w"] is None, "of both legs nobody knows them"
    assert_nothing_is_claimed(" ".join(said["limits"]))
    assert "no balance" in run("rides").stdout


@pytest.mark.parametrize("kind", ["csv", "fit"])
def test_exporting_says_whose_watts_the_file_has(alone: str, kind: str, tmp_path: Path) -> None:
    said = run("export", alone, "-o", str(tmp_path / f"ride.{kind}")).stderr.splitlines()
    assert said[0] == f"legbal: {NEVER}"
    assert said[1].startswith(f"legbal: {ALONE}")
    packets = tmp_path / "ride.jsonl"
    assert run("export", alone, "-o", str(packets)).stderr == f"wrote {packets}\n", "as they came"


def test_a_capture_of_two_meters_of_which_one_never_came_is_read_alike(tmp_path: Path) -> None:
    """Both named by hand, as they were on the ride; the capture holds one alone."""
    path = tmp_path / "ride.jsonl"
    capture.write(path, [x for x in pair() if isinstance(x, Notification)])
    halves = ("--left-meter", "left", "--right-meter", "right")
    assert NEVER in whole(run("review", str(path), *halves).stdout)
    assert NEVER in whole(run("export", str(path), *halves, "-o", str(tmp_path / "ride.csv")).stderr)


def test_a_study_s_row_says_it(tmp_path: Path) -> None:
    path = tmp_path / "anna" / "ride.jsonl"
    path.parent.mkdir()
    of_srm = [
        msgspec.structs.replace(x, meter="SRM_XP_L_1690") for x in pair() if isinstance(x, Notification)
    ]
    capture.write(path, of_srm)
    file = RideFile("anna", "anna/ride.jsonl", str(path))
    (row,) = analyse_file(Task(file, StudyRider().setup(250), profiles())).rows
    assert row["remarks"].startswith(f"{NEVER}; {ALONE}")
    assert (row["balance"], row["power_w"]) == ("absent", None)


def test_every_surface_says_it_and_none_speaks_of_a_measured_balance() -> None:
    reading, view = analyse(TWO, pair()), Ride(TWO)
    for item in pair():
        view.feed(item)
    shown = surfaces(reading, view.view())
    for name in ("terminal", "after the ride", "ride page", "report"):
        text = whole(shown[name])
        assert NEVER in text, name
        assert_nothing_is_claimed(text)
    assert whole(shown["report"]).index(NEVER) < whole(shown["report"]).index("left leg alone 90 W")
    for rows in (3, 8):
        content = RideContent(entry(balance="absent"), reading.summary)
        assert "left leg alone 90 W pedalling" in whole(drawn(head(content, 100, rows))), rows


@pytest.mark.parametrize(
    ("spans", "sentences"),
    [
        (
            [(0, 60)],
            [
                "From 1:00 on the right side was missing, and there was no balance.",
                "Between 1:03 and 2:00 only the left side was heard, over 57 s of pedalling: 90 W",
            ],
        ),
        ([(60, 120)], ["Between 0:04 and 1:00 only the left side was heard, over 56 s of pedalling: 90 W"]),
    ],
    ids=["the first minutes", "the last minutes"],
)
def test_a_half_that_came_for_a_part_is_told_beside_the_balance_of_that_part(
    spans: list[tuple[int, int]], sentences: list[str], tmp_path: Path
) -> None:
    inputs = pair(lambda t: 100 if any(begin <= t < end for begin, end in spans) else None)
    ride = keep(paths.library_file(), NewRide(setup=TWO), inputs)
    printed, exported = (
        whole(run("review", ride).stdout),
        whole(run("export", ride, "-o", str(tmp_path / "ride.fit")).stderr),
    )
    for sentence in sentences:
        assert sentence in printed
        assert sentence in exported
    assert printed.startswith("Left 47.4 %.")
    assert "190 W (left 90, right 100)" in printed
    assert "has been missing since" not in printed


def test_two_halves_that_were_never_there_together_are_told_each() -> None:
    inputs = steady(180, lambda t: 90 if t < 60 else None, lambda t: 100 if t >= 120 else None)
    ride = keep(paths.library_file(), NewRide(setup=TWO), inputs)
    text = whole(run("review", ride).stdout)
    assert text.startswith(
        "The two sides never sent the same turn of the crank: the watts are one leg's alone"
    )
    assert "3:00, left leg alone 90 W and right leg alone 100 W." in text
    assert_nothing_is_claimed(text)
