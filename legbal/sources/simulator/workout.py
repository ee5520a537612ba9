"""What a simulated rider rides: workouts as lists of steps, and the families that coaches set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from legbal.ride.inputs import PlannedStep


class Step(msgspec.Struct, frozen=True, gc=False):
    """One stretch of a workout; power goes evenly from `start_ftp` to `end_ftp`, fractions of FTP.

    `interval` marks work that counts as one interval (a 30/15 set is one, its pauses included).
    `unsteadiness` is the standard deviation of power within the step as a fraction of it,
    `coasts_per_minute` how often the rider stops pedalling for some seconds.
    """

    seconds: float
    start_ftp: float
    end_ftp: float
    cadence_rpm: float = 88.0
    interval: int | None = None
    unsteadiness: float = 0.04
    coasts_per_minute: float = 0.0


class Workout(msgspec.Struct, frozen=True):
    """Steps in order."""

    name: str
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return sum(step.seconds for step in self.steps)

    @property
    def intervals(self) -> tuple[PlannedStep, ...]:
        """The work intervals, in seconds of the ride, numbered from 1 by their place."""
        found: dict[int, PlannedStep] = {}
        t = 0.0
        for step in self.steps:
            end = t + step.seconds
            if step.interval is not None:
                low, high = sorted((step.start_ftp, step.end_ftp))
                known = found.get(step.interval)
                if known is not None and known.low is not None and known.high is not None:
                    found[step.interval] = PlannedStep(
                        known.start, end, min(known.low, low), max(known.high, high)
                    )
                else:
                    found[step.interval] = PlannedStep(t, end, low, high)
            t = end
        return tuple(found[number] for number in sorted(found))


def _easy(seconds: float) -> Step:
    return Step(seconds, 0.5, 0.5, 84.0, None, 0.07, 0.4)


def _warm_up(seconds: float) -> Step:
    return Step(seconds, 0.45, 0.72, 86.0, None, 0.05, 0.15)


def _cool_down(seconds: float) -> Step:
    return Step(seconds, 0.55, 0.4, 82.0, None, 0.06, 0.5)


def _repeats(
    name: str, times: int, work: float, ftp: float, rest: float, rpm: float, warm_up: float
) -> Workout:
    steps = [_warm_up(warm_up)]
    for number in range(1, times + 1):
        steps.append(Step(work, ftp, ftp, rpm, number))
        steps.append(_easy(rest) if number < times else _cool_down(max(60.0, warm_up / 2)))
    return Workout(name, tuple(steps))


def thirty_fifteen() -> Workout:
    """Three sets of thirteen times 30 s hard, 15 s easy."""
    steps = [_warm_up(600.0)]
    for number in (1, 2, 3):
        for _ in range(13):
            steps.append(Step(30.0, 1.2, 1.2, 96.0, number, 0.05))
            steps.append(Step(15.0, 0.55, 0.55, 86.0, number, 0.08, 0.3))
        steps.append(_easy(180.0) if number < 3 else _cool_down(360.0))
    return Workout("3×13×30/15", tuple(steps))


def endurance() -> Workout:
    """An hour and a quarter of easy riding with a sprint of 12 s every ten minutes."""
    steps = [_warm_up(480.0)]
    for number in range(1, 7):
        steps.append(Step(588.0, 0.66, 0.68, 86.0, None, 0.10, 0.5))
        steps.append(Step(12.0, 2.0, 1.7, 108.0, number, 0.08))
    steps.append(_cool_down(300.0))
    return Workout("endurance with sprints", tuple(steps))


def ramp() -> Workout:
    """From easy to the end of strength in steps of a minute."""
    levels = [0.45 + 0.06 * number for number in range(14)]
    steps = [Step(60.0, level, level, 86.0 + number / 2, 1) for number, level in enumerate(levels)]
    return Workout("ramp", (_warm_up(300.0), *steps, _cool_down(300.0)))


def demonstration(seconds: float | None = None) -> Workout:
    """A short session for showing: warm-up of 90 s, intervals of 165 s with 40 s between.

    Four intervals, or as many as `seconds` need.
    """
    warm_up, work, rest, last = 90.0, 165.0, 40.0, 60.0
    times = 4
    if seconds is not None:
        times = max(times, -int(-(seconds - warm_up - last + rest) // (work + rest)))
    return _repeats("demonstration", times, work, 0.98, rest, 90.0, warm_up)


FAMILIES: dict[str, Callable[[], Workout]] = {
    "threshold": partial(_repeats, "5×5 threshold", 5, 300.0, 1.0, 120.0, 90.0, 600.0),
    "2x20": partial(_repeats, "2×20", 2, 1200.0, 0.92, 300.0, 89.0, 600.0),
    "vo2": partial(_repeats, "4×4 VO2", 4, 240.0, 1.13, 210.0, 95.0, 720.0),
    "30/15": thirty_fifteen,
    "endurance": endurance,
    "ramp": ramp,
}
"""The families by the name under which a benchmark or a test asks for one."""
