"""What earlier rides teach: only the rider's own, earlier ones, on the same meter, each folded once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from legbal import paths
from legbal.app import ride_setup, ride_values
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.ride_setup import RideContribution, contribution, with_contributions
from legbal.errors import LibraryError
from legbal.files import capture
from legbal.library import derived
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideSource, keep
from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride, fold
from legbal.sources.simulator import SimulatedRide, demo
from tests.sources.simulated import notifications
from tests.sources.workouts import FAMILIES

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")
SETUP = Setup(ftp_w=250.0, profile=ASSIOMA)
RIDE = demo(ASSIOMA, 2, seconds=600)
(METER,) = (device.name for device in RIDE.devices)
NOW = datetime(2026, 5, 1, 18, 0, tzinfo=UTC)
WORKOUTS = [FAMILIES[name] for name in ("vo2", "endurance", "threshold")]


def kept(days_ago: int, *, source: RideSource = "ride", day: int = 0) -> str:
    """A ride in the library, so many days before NOW."""
    ride = RIDE.earlier(day + 1)[day]
    started = NOW - timedelta(days=days_ago)
    return keep(paths.library_file(), NewRide(setup=SETUP, source=source, started=started), ride.timeline())


def learnt(**more: int) -> Setup:
    with Library() as library:
        return ride_setup.learn_from_library(library, METER, NOW, SETUP, **more)


def test_without_rides_there_is_no_usual() -> None:
    assert learnt().baseline is None


def test_earlier_rides_on_the_meter_teach_the_usual() -> None:
    kept(3, day=0)
    kept(2, day=1)
    setup = learnt(folds=2)
    assert setup.baseline is not None
    assert setup.baseline.rides == 2
    _, view = fold(SETUP, RIDE.earlier(1)[0].timeline())
    assert setup.baseline.usual(view.ride.power_w or 0.0) == pytest.approx(view.ride.left_percent, abs=1.0)


def test_what_was_stated_then_is_the_ftp_where_none_is_stated_now() -> None:
    kept(3)
    nothing_stated = Setup(profile=ASSIOMA)
    with Library() as library:
        assert ride_setup.learn_from_library(library, METER, NOW, nothing_stated).earlier_ftp_w == 250.0


@pytest.mark.parametrize(("wrong", "word"), [(0.8, "low"), (1.0, None), (1.2, "high")])
def test_a_stated_ftp_is_held_against_three_long_rides(wrong: float, word: str | None) -> None:
    days = [SimulatedRide(profile=ASSIOMA, seed=2, workout=x(), day=n) for n, x in enumerate(WORKOUTS)]
    right = days[0].rider.ftp_w
    setup = Setup(ftp_w=round(wrong * right), profile=ASSIOMA)
    rides = [contribution(setup, day.timeline()) for day in days]
    assert with_contributions(setup, rides[:2]).earlier_ftp_w is None
    today = Ride(with_contributions(setup, rides))
    assert today.setup.earlier_ftp_w == pytest.approx(right, rel=0.08)
    for item in islice(days[0].timeline(), 300):
        today.feed(item)
    said = [limit for limit in map(remark, today.view().limits) if "FTP" in limit]
    assert said == [] if word is None else f"looks too {word}" in said[0]


@pytest.mark.parametrize(("days_ago", "source"), [(-1, "ride"), (3, "demo")])
def test_later_rides_and_demonstrations_teach_nothing(days_ago: int, source: RideSource) -> None:
    kept(days_ago, source=source)
    assert learnt().baseline is None


def test_another_meter_teaches_nothing_of_this_one() -> None:
    kept(3)
    with Library() as library:
        assert ride_setup.learn_from_library(library, "Quarq 1", NOW, SETUP).baseline is None


def test_a_ride_is_folded_once_and_few_before_a_ride_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    folded = []

    def counted(setup: Setup, inputs: Iterable[Input]) -> RideContribution:
        folded.append(setup)
        return contribution(setup, inputs)

    monkeypatch.setattr(ride_setup, "contribution", counted)
    for day in range(3):
        kept(3 - day, day=day)
    first, second, third = (learnt(folds=2).baseline for _ in range(3))
    assert (first.rides if first else 0, second.rides if second else 0) == (2, 3)
    assert third == second
    assert len(folded) == 3


def test_a_library_that_cannot_be_written_teaches_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LibraryError("the library may not be written")

    kept(3)
    monkeypatch.setattr(derived, "write_derived", refuse)
    baseline = learnt().baseline
    assert baseline is not None
    assert baseline.rides == 1
    with Library() as library:
        (ride,) = library.rides()
        assert library.versions(ride, "contribution") == []


def test_what_newer_code_learns_otherwise_is_learnt_again_from_all_rides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the summaries, so that after an update the usual rests on as many rides as before."""
    for day in range(2):
        kept(9 - day, day=day)
    kept(1, source="demo")
    with Library() as library:
        assert bring_up_to_date(library.path, profiles())
        taught = [library.versions(ride, "contribution") for ride in library.rides()]
    assert [len(versions) for versions in taught] == [0, 1, 1]
    baseline = learnt(folds=0).baseline
    assert baseline is not None
    assert baseline.rides == 2
    monkeypatch.setitem(derived.CODES, "contribution", "newer")
    assert learnt(folds=0).baseline is None
    with Library() as library:
        assert bring_up_to_date(library.path, profiles())
    assert learnt(folds=0).baseline == baseline


def test_of_each_meter_the_newest_rides_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ride_values, "MOST_RIDES", 2)
    for day in range(3):
        kept(9 - day, day=day)
    with Library() as library:
        rides = library.rides()
        other = msgspec.structs.replace(rides[-1], id="other222", meters=("Strap",))
    assert ride_values.contributing_rides([*rides, other]) == {rides[0].id, rides[1].id, "other222"}


def test_a_folder_teaches_and_what_is_no_ride_in_it_is_said(tmp_path: Path) -> None:
    capture.write(tmp_path / "h1.jsonl", notifications(RIDE.earlier(1)[0]))
    (tmp_path / "bad.fit").write_bytes(b"nothing")
    (tmp_path / "h1.meta.json").write_text('{"ftp": 240}')
    said: list[str] = []
    setup = ride_setup.learn_from_folder(tmp_path, Setup(profile=ASSIOMA), said.append)
    assert setup.baseline is not None
    assert setup.earlier_ftp_w == 240.0
    assert len(said) == 1
    assert "bad.fit" in said[0]
