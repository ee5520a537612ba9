"""Rides at another level than most on their meter: marked wherever a wrong meter is, by what the others say now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from legbal import paths
from legbal.app.review import ReviewService
from legbal.app.trends import TrendService
from legbal.cli import legbal
from legbal.config import Settings
from legbal.present.headline import essentials
from legbal.ride.share import Period
from tests.analysis.shares import EASY, THRESHOLD, fill, kept, summary

BEGIN = datetime(2026, 5, 4, 18, tzinfo=UTC)
SENTENCE = (
    "The meter looked wrong: 38 % left, where most rides on it have 49 %. Nothing is learnt from this ride, and trends"
    " leave it out."
)


@pytest.fixture
def path() -> Path:
    """Of the rider's library, which has no rides yet."""
    return paths.library_file()


def ridden(path: Path, levels: Sequence[float], meter: str = "Pedals", first: int = 0) -> list[str]:
    """Keeps rides of these levels, one a day; gives their ids."""
    return [
        kept(
            path,
            BEGIN + timedelta(days=first + day),
            summary({EASY: (left, 0.2), THRESHOLD: (left, 0.2)}),
            meter=meter,
        ).id
        for day, left in enumerate(levels)
    ]


def marked(path: Path) -> list[bool]:
    """Of the rides as they are listed, the earliest first."""
    return [item.meter_wrong for item in reversed(TrendService(path).items())]


def test_it_is_marked_wherever_a_wrong_meter_is(path: Path, tmp_path: Path) -> None:
    rides = ridden(path, [49.0, 48.5, 38.0, 49.5, 49.0])
    fill(path)
    assert marked(path) == [False, False, True, False, False]
    listed = CliRunner().invoke(legbal, ["rides"]).output.splitlines()
    assert [line.split()[0] for line in listed if "meter wrong" in line] == [rides[2]]
    service = ReviewService(Settings(), path)
    assert service.item(rides[2]).meter_wrong
    kept_summary = service.summary(service.find(rides[2]))
    assert kept_summary is not None
    assert essentials(kept_summary)[0] == SENTENCE
    said = json.loads(CliRunner().invoke(legbal, ["review", rides[2], "--json"]).output)
    assert said["meter_wrong"] == [{"since_s": 0.0, "until_s": None}]
    assert said["limits"].count(SENTENCE) == 1
    assert SENTENCE in " ".join(CliRunner().invoke(legbal, ["review", rides[2]]).output.split())
    page = tmp_path / "ride.html"
    assert CliRunner().invoke(legbal, ["report", rides[2], "-o", str(page)]).exit_code == 0
    assert SENTENCE in " ".join(page.read_text(encoding="utf-8").split())
    assert json.loads(CliRunner().invoke(legbal, ["review", rides[1], "--json"]).output)["meter_wrong"] == []


def test_trend_and_changes_leave_it_out_and_name_it(path: Path) -> None:
    rides = ridden(path, [49.0, 48.5, 38.0, 49.5, 49.0])
    fill(path)
    service = TrendService(path)
    trend = service.trend()
    assert trend.meter_wrong == (rides[2],)
    assert rides[2] not in [row.ride for band in trend.meters[0].bands for row in band.rows]
    late = service.trend(since=(BEGIN + timedelta(days=2)).date())
    assert late.meter_wrong == (rides[2],), "the rides before that day still say what is usual"
    service.add_change("cleats", (BEGIN + timedelta(days=3)).date(), None, "fit")
    (report,) = service.change_reports(today=(BEGIN + timedelta(days=20)).date())
    assert report.meter_wrong == (rides[2],)


def test_it_follows_the_rides_that_there_are(path: Path) -> None:
    ridden(path, [38.0])
    fill(path)
    assert marked(path) == [False], "alone it may be the rider's"
    others = ridden(path, [49.0, 48.5, 49.5], "Pedals 12345", first=1)
    fill(path)
    assert marked(path) == [False] * 4, "another meter's rides say nothing of it"
    service = TrendService(path)
    service.answer_same("Pedals 12345", "Pedals", same=True)
    assert marked(path) == [True, False, False, False]
    for ride in others:
        service.remove(service.find(ride))
    assert marked(path) == [False]


def test_legs_that_change_for_good_are_no_wrong_meter(path: Path) -> None:
    ridden(path, [50.0] * 12 + [38.0] * 12)
    fill(path)
    assert not any(marked(path))


def test_a_ride_whose_meter_went_wrong_is_no_measure_for_others(path: Path) -> None:
    ridden(path, [49.0])
    for day in (1, 2):
        wrong = msgspec.structs.replace(summary({EASY: (30.0, 0.2)}), meter_wrong=(Period(9.0, None),))
        kept(path, BEGIN + timedelta(days=day), wrong)
    short = summary({EASY: (30.0, 3.0)}, seconds=50.0)
    kept(path, BEGIN + timedelta(days=3), short)
    fill(path)
    assert marked(path) == [False, True, True, False], "nor is a minute of it a level"
