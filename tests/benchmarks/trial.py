"""One simulated rider's trial: healthy and faded rides through the fold, scored under several bars.

An alert counts on a healthy ride where it sounds within an effort (15-s power above 0.75 FTP for 30 s) or up
to 10 s after it. A drop is a step that begins 40 s into an effort; it is found by an alert for the weak leg
before its end or up to 5 s after it, unless the same day without the drop gives that alert too. Where an
alert holds already as it begins, there is nothing left to tell and it does not count.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from legbal.app.ride_setup import contribution
from legbal.ride import usual
from legbal.ride.alerts import KINDS
from legbal.ride.baseline_fit import learn
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import Alert, Clear, Event
from legbal.ride.inputs import Input, Setup
from legbal.ride.moment import Moment
from legbal.ride.ride import fold
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Drop, Fade
from tests.benchmarks.seconds import efforts, true_power
from tests.meters.profiles import shipped
from tests.sources.simulated import intervals
from tests.sources.workouts import FAMILIES

POINTS = (2.0, 3.0, 5.0)
_METERS = ("favero-assioma-duo", "power2max-ngeco", "quarq", "srm-pm9", "stages-lr")
_EARLIER_RIDES = 2
_EFFORT_S, _AFTER_EFFORT_S, _AFTER_DROP_S, _SAME_S = 30, 10.0, 5.0, 3.0
_WATCHED_S = 60.0  # within which a leg that is worth watching is to be told of
_ROOM_S = 60.0  # an interval must go on so long after the leg is back, if clearing is to be judged
_BURSTS = FAMILIES["30/15"]().name
_ONSET_S, _FADE_RAMP_S = 40.0, 30.0

# Where a step is put in, by family: the intervals, when in them, and how long the leg stays down. The ramp is
# an effort from its seventh minute on; endurance has no effort that is long enough.
_STEPS: dict[str, tuple[tuple[int, ...], float, float | None]] = {
    "threshold": ((2, 4), _ONSET_S, None),
    "2x20": ((1, 2), _ONSET_S, 300.0),
    "vo2": ((2, 4), _ONSET_S, None),
    "30/15": ((1, 3), _ONSET_S, 240.0),
    "ramp": ((1,), 360.0 + _ONSET_S, None),
}
_SLOW = ("threshold", "vo2", "30/15")  # with intervals enough for a fade over several


class Told(msgspec.Struct, frozen=True):
    """What one drop led to.

    Attributes:
        points: its size.
        bursts: whether it fell into a set of short bursts with pauses, rather than into one long effort.
        delay_s: from its onset to the alert; infinite where none came.
        alerts: how many came.
        cleared_early: whether one was cleared while the leg was still down.
        cleared_s: from the leg's return to the clear; None where that cannot be judged.
        sure: as the first alert said; None where none came.
    """

    points: float
    bursts: bool
    delay_s: float
    alerts: int
    cleared_early: bool
    cleared_s: float | None
    sure: float | None = None


class Scored(msgspec.Struct, frozen=True):
    """One rider under one bar.

    Attributes:
        timer_s: of the healthy ride.
        effort_s: of it within efforts.
        alerts: on the healthy ride, within efforts.
        sure: as each of these said.
        watched: how often on it a leg became worth watching; `watch_led`: to an alert within a minute.
        alerts_elsewhere: on it, outside.
        wrong_side: for the other leg, on any day.
        drops: what each led to.
        fade_found: whether a slow fade to five points was told; None where none was ridden.
    """

    timer_s: float
    effort_s: float
    alerts: int
    sure: tuple[float, ...]
    watched: int
    watch_led: int
    alerts_elsewhere: int
    wrong_side: int
    drops: tuple[Told, ...]
    fade_found: bool | None


class Day(msgspec.Struct, frozen=True):
    """The drop-off events of one ride."""

    alerts: tuple[Alert, ...]
    clears: tuple[Clear, ...]
    watched: tuple[float, ...] = ()  # when a leg began to be worth watching, ride seconds


def trial(seed: int, bars: Mapping[str, float]) -> dict[str, Scored]:
    """Everything of one rider, under each of the bars; the same arguments give the same answer.

    Six riders in turn ride healthy only, six also with drops.

    Args:
        seed: who rides what on which meter, and how the days go.
        bars: the standard deviations by which a step must stand out, by name.
    """
    family = list(FAMILIES)[seed % len(FAMILIES)]
    rng = np.random.default_rng([seed, 3])
    common: dict[str, Any] = {
        "profile": shipped()[_METERS[int(rng.integers(len(_METERS)))]],
        "seed": seed,
        "weak_leg": "left" if rng.random() < 0.5 else "right",
    }
    healthy = SimulatedRide(**common, workout=FAMILIES[family]())
    setup = Setup(ftp_w=round(healthy.rider.ftp_w), weak_leg=healthy.weak_leg, profile=healthy.profile)
    earlier = [FAMILIES[list(FAMILIES)[i]]() for i in rng.integers(len(FAMILIES), size=_EARLIER_RIDES)]
    days = [SimulatedRide(**common, workout=x, day=number) for number, x in enumerate(earlier, 1)]
    history = learn([contribution(setup, day.timeline()).sample for day in days], setup.ftp_w)
    setup = msgspec.structs.replace(setup, baseline=history)

    faded = [
        SimulatedRide(**common, workout=healthy.workout, fade=fade)
        for fade in (_fades(family) if seed // len(FAMILIES) % 2 == 0 else ())
    ]
    given = [list(ride.timeline()) for ride in (healthy, *faded)]
    return {
        name: _scored(healthy, faded, [_ridden(setup, inputs, bar) for inputs in given])
        for name, bar in bars.items()
    }


def _fades(family: str) -> list[Fade]:
    """What is done to the weak leg in workouts of a family, each on a day of its own."""
    if family not in _STEPS:
        return []
    intervals, onset_s, hold_s = _STEPS[family]
    fades = [Fade(points, "step", intervals, onset_s, hold_s=hold_s) for points in POINTS]
    if family in _SLOW:
        fades.append(Fade(POINTS[-1], "fade", onset_s=_ONSET_S, ramp_s=_FADE_RAMP_S))
    return fades


def _scored(healthy: SimulatedRide, faded: Sequence[SimulatedRide], days: Sequence[Day]) -> Scored:
    """One rider under one bar: the events of the healthy day and of the faded ones, held to the truth."""
    usual, *others = days
    hard = efforts(true_power(healthy.truth), healthy.rider.ftp_w, _EFFORT_S)
    within = [any(start <= x.t <= end + _AFTER_EFFORT_S for start, end in hard) for x in usual.alerts]
    ends = {number: interval.end for number, interval in enumerate(intervals(healthy), 1)}
    drops: list[Told] = []
    fade_found = None
    for ride, day in zip(faded, others, strict=True):
        put_in = ride.truth.drops
        if ride.fade is not None and ride.fade.shape == "fade":
            fade_found = any(answers(drop, day, usual) for drop in put_in)
        else:
            bursts = ride.workout.name == _BURSTS
            drops += [
                told(drop, bursts, ends[drop.interval], day, usual) for drop in put_in if not held(drop, day)
            ]
    return Scored(
        timer_s=healthy.seconds,
        effort_s=float(sum(end - start for start, end in hard)),
        alerts=sum(within),
        sure=tuple(
            x.sure for x, inside in zip(usual.alerts, within, strict=True) if inside and x.sure is not None
        ),
        watched=len(usual.watched),
        watch_led=sum(any(t <= x.t <= t + _WATCHED_S for x in usual.alerts) for t in usual.watched),
        alerts_elsewhere=len(within) - sum(within),
        wrong_side=sum(x.side != healthy.weak_leg for day in days for x in day.alerts),
        drops=tuple(drops),
        fade_found=fade_found,
    )


def _ridden(setup: Setup, inputs: list[Input], bar: float) -> Day:
    """A ride through the fold, with `bar` for the sensitivity of its setup."""
    watched: list[float] = []

    class Watched(DropOff):
        """Remembers when a leg became worth watching."""

        def feed(self, now: Moment) -> Sequence[Event]:
            before = self.watch.side
            events = super().feed(now)
            if self.watch.side is not None and before is None:
                watched.append(now.t)
            return events

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(usual.BAR, setup.sensitivity, bar)
        patch.setitem(KINDS, "dropoff", Watched)
        events, _ = fold(setup, inputs)
    return Day(
        tuple(x for x in events if isinstance(x, Alert) and x.kind == "dropoff"),
        tuple(x for x in events if isinstance(x, Clear) and x.kind == "dropoff"),
        tuple(watched),
    )


def answers(drop: Drop, day: Day, usual: Day) -> list[Alert]:
    """The alerts that answer a drop."""
    return [
        alert
        for alert in day.alerts
        if alert.side == drop.side
        and drop.start <= alert.t <= drop.end + _AFTER_DROP_S
        and not any(abs(alert.t - other.t) <= _SAME_S for other in usual.alerts)
    ]


def held(drop: Drop, day: Day) -> bool:
    """Whether an alert holds as the drop begins."""
    alerts = sum(alert.t < drop.start for alert in day.alerts)
    return alerts > sum(clear.t < drop.start for clear in day.clears)


def told(drop: Drop, bursts: bool, interval_end: float, day: Day, usual: Day) -> Told:
    """What a drop led to on its day, the same day without it being `usual`."""
    came = answers(drop, day, usual)
    if not came:
        return Told(drop.points, bursts, math.inf, 0, False, None)
    first = came[0]
    cleared = [clear.t for clear in day.clears if clear.t > first.t]
    early = any(t < drop.end - 2.0 for t in cleared)
    cleared_s = None
    if interval_end - drop.back >= _ROOM_S and not early:
        cleared_s = next((t - drop.back for t in cleared), math.inf)
    return Told(drop.points, bursts, first.t - drop.start, len(came), early, cleared_s, first.sure)
