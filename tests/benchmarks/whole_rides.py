"""Whole rides of riders whose truth is known: ridden by the simulator, as bytes, and kept in a real library.

What `tests.benchmarks.six_answers` plants in rows is planted here in each revolution of the legs, and comes back by
way of all of the program: the meter's bytes, the fold and its alerts, the library, what a ride derives, and the days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from legbal.analysis.course import DAYS_A_MONTH
from legbal.analysis.rider_answers import RiderAnswers
from legbal.app.meters import profiles
from legbal.app.ride_setup import learn_from_library
from legbal.app.ride_values import keep_summary
from legbal.app.trends import TrendService
from legbal.library.rider import add_change
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Setup
from legbal.ride.view import Floats
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import SimulatedPedalling, SimulatedRider, rider
from legbal.sources.simulator.workout import Step, Workout, cool_down, easy
from tests.benchmarks.simulated_days import ride_days
from tests.benchmarks.truth import BEGIN, EDGES, Truth

_FTP_W = 250.0
_SPRINT_FTP, _SPRINTED = 1.9, 0.4  # parts of FTP; of the rides
_DEPTH, _RAMP_S, _HOLD_S = (3.5, 6.0), 6.0, (50.0, 90.0)  # points and seconds of a deficit


@dataclass(kw_only=True, eq=False)
class PlantedRide(SimulatedRide):
    """A ride in whose left share a truth is planted.

    Attributes:
        planted: whose.
        level: the left share of all bands alike on this day, percent.
    """

    planted: Truth
    level: float

    @cached_property
    def rider(self) -> SimulatedRider:
        """The rider of the seed, whose days and power say nothing of the share beside what is planted."""
        drawn = rider(self.seed, "left", _FTP_W)
        return replace(drawn, left_percent=self.level, power_slope=0.0, day_points=0.0)

    def _pedal(self, time: int) -> SimulatedPedalling:
        ridden, random = super()._pedal(time), self._generator(3, time)
        powers = np.array([(x.start_ftp + x.end_ftp) / 2 for x in self.workout.steps])
        ends = np.cumsum([x.seconds for x in self.workout.steps])
        power = powers[np.minimum(np.searchsorted(ends, ridden.t), len(ends) - 1)]
        off = self.planted.profile[np.searchsorted(EDGES, power, "right") - 1]
        off = np.where(power == _SPRINT_FTP, self.planted.sprints, off)
        effort = np.concatenate([[0.0], np.cumsum([x.end - x.start for x in self.workout.intervals])])
        edges = [moment for x in self.workout.intervals for moment in (x.start, x.end)]
        worked = np.interp(ridden.t, edges, np.repeat(effort, 2)[1:-1])
        off = off + self.planted.drift * (worked - effort[-1] / 2) / 3600
        taken = _deficits(worked, effort[-1], self.planted.deficits, random)
        return replace(
            ridden, left_percent=np.clip(ridden.left_percent + off - taken, 0.0, 100.0), drop_points=taken
        )


def _deficits(worked: Floats, seconds: float, an_hour: float, random: np.random.Generator) -> Floats:
    """Points that the left leg falls, at seconds of effort; deficits come at some rate, in effort alone."""
    taken, at = np.zeros(len(worked)), random.exponential(3600 / an_hour)
    while at < seconds:
        hold = random.uniform(*_HOLD_S)
        rise, fall = (worked - at) / _RAMP_S, (at + 2 * _RAMP_S + hold - worked) / _RAMP_S
        taken = np.maximum(taken, random.uniform(*_DEPTH) * np.clip(np.minimum(rise, fall), 0.0, 1.0))
        at += 2 * _RAMP_S + hold + random.exponential(3600 / an_hour)
    return taken


def workout(random: np.random.Generator) -> Workout:
    """An hour in all bands: long intervals at tempo and threshold, shorter ones above, now and then two sprints."""
    long = [0.82, 0.98, 0.98, 1.12]
    random.shuffle(long)
    steps = [Step(360.0, 0.65, 0.65)]
    if random.random() < _SPRINTED:
        for _ in range(2):
            steps += [Step(12.0, _SPRINT_FTP, _SPRINT_FTP, 100.0), easy(80.0)]
    for power in long:
        steps += [Step(480.0 if power < 1 else 300.0, power, power, 90.0, True), easy(120.0)]
    for _ in range(3):
        steps += [Step(100.0, 1.3, 1.3, 95.0, True), easy(120.0)]
    return Workout("all bands", (*steps, cool_down(120.0)))


def answer(truth: Truth, seed: int, number: int, rides: int, folder: Path) -> RiderAnswers:
    """Rides them, keeps them in a library in a folder, and asks it; 24 rides take about a minute.

    Args:
        truth: what is planted.
        seed, number: which rider.
        rides: how many.
        folder: for the library.
    """
    random, path = np.random.default_rng([seed, number, 1]), folder / f"{number}.sqlite"
    days = ride_days(random, rides)
    days -= days[0]
    half = rides // 2
    days[half:] += 2 if truth.change else 0
    known = profiles()
    profile = next(x for x in known if x.id == "favero-assioma-duo")
    for i, day in enumerate(days.tolist()):
        level = truth.level + truth.slope * day / DAYS_A_MONTH + (truth.change if i >= half else 0.0)
        planted = PlantedRide(
            profile=profile,
            seed=seed + number,
            day=i,
            workout=workout(random),
            planted=truth,
            level=level + float(random.normal(0, truth.day)),
        )
        started = BEGIN + timedelta(days=day)
        setup = Setup(profile=profile, ftp_w=_FTP_W, weak_leg="left")
        if i:
            with Library(path) as library:
                setup = learn_from_library(library, planted.devices[0].name, started, setup)
        made = NewRide(setup=setup, started=started, id=f"ride{i:04}")
        keep(path, made, planted.timeline())
        with Library(path) as library:
            keep_summary(library, library.find(made.id), known, teaches=True)
        if truth.change and i == half - 1:
            noted = started.date() + timedelta(days=1)
            add_change("left cleat 2° in", noted, None, "fit", path=path)
    (found,), pending = TrendService(path).answers()
    assert not pending
    return found
