"""Simulated rides on meters of every family, and what their packets say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from legbal.gatt.measurement import Measurement, decode
from legbal.ride.inputs import Notification, PlannedStep
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped

Floats = npt.NDArray[np.float64]
PROFILES = shipped()
EVERY = tuple(PROFILES)
ONE_DEVICE = tuple(name for name in EVERY if PROFILES[name].peripherals == 1)
ASSIOMA, STAGES, SRM = (PROFILES[name] for name in ("favero-assioma-duo", "stages-lr", "srm-pm9"))


# Pedalling, a long stop, pedalling: what a coasting meter sends is in the middle.
STOP_AND_GO = Workout(
    "stop and go",
    (Step(120.0, 0.8, 0.8), Step(60.0, 0.5, 0.5, coasts_per_minute=60.0), Step(120.0, 0.8, 0.8)),
)


def notifications(ride: SimulatedRide) -> Iterator[Notification]:
    """Its notifications alone, in order."""
    return (given for given in ride.timeline() if isinstance(given, Notification))


def measured(ride: SimulatedRide, device: int = 0) -> list[tuple[float, Measurement]]:
    """The time and the decoded value of each measurement of one device."""
    name = ride.devices[device].name
    return [
        (given.t, decode(given.data))
        for given in notifications(ride)
        if given.uuid == "2a63" and given.meter == name
    ]


def counted(values: list[tuple[float, Measurement]]) -> list[tuple[int | None, int | None]]:
    return [(value.crank_revolutions, value.crank_event_time_raw) for _, value in values]


def standing(values: list[tuple[float, Measurement]]) -> list[Measurement]:
    return [value for _, value in values if value.power_w == 0]


def intervals(ride: SimulatedRide) -> tuple[PlannedStep, ...]:
    """The work intervals, in ride seconds; the last may be cut short by `seconds`."""
    return tuple(
        PlannedStep(step.start, min(step.end, ride.seconds), step.low, step.high)
        for step in ride.workout.intervals
        if step.start < ride.seconds
    )
