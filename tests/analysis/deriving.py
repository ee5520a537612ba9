"""Rides of which nothing is derived yet, and how many there are in a library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from legbal.app.meters import profiles
from legbal.library.derived import basis, stale_rides
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Input, Setup
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped

PEDALS = shipped()["favero-assioma-duo"]
BEGIN = datetime(2026, 5, 1, 18, tzinfo=UTC)
WORKOUT = Workout("short", (Step(180.0, 0.6, 0.8),))


def ridden(seed: int = 1) -> list[Input]:
    return list(SimulatedRide(profile=PEDALS, seed=seed, workout=WORKOUT).timeline())


def recorded(path: Path, rides: int) -> None:
    """So many rides with no summary, as a library of an older legbal has them."""
    inputs = ridden()
    for number in range(rides):
        ride = NewRide(setup=Setup(ftp_w=250.0, profile=PEDALS), started=BEGIN + timedelta(days=number))
        keep(path, ride, inputs)


def left(path: Path) -> int:
    return len(stale_rides(path, basis(profiles())))
