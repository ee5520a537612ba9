"""The families of workouts that coaches set, for simulated riders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from legbal.sources.simulator.workout import Step, Workout, cool_down, easy, repeats, warm_up


def thirty_fifteen() -> Workout:
    """Three sets of thirteen times 30 s hard, 15 s easy."""
    steps = [warm_up(600.0)]
    for number in (1, 2, 3):
        for _ in range(13):
            steps.append(Step(30.0, 1.2, 1.2, 96.0, True, 0.05))
            steps.append(Step(15.0, 0.55, 0.55, 86.0, True, 0.08, 0.3))
        steps.append(easy(180.0) if number < 3 else cool_down(360.0))
    return Workout("3×13×30/15", tuple(steps))


def endurance() -> Workout:
    """An hour and a quarter of easy riding with a sprint of 12 s every ten minutes."""
    steps = [warm_up(480.0)]
    for _ in range(6):
        steps.append(Step(588.0, 0.66, 0.68, 86.0, False, 0.10, 0.5))
        steps.append(Step(12.0, 2.0, 1.7, 108.0, True, 0.08))
    steps.append(cool_down(300.0))
    return Workout("endurance with sprints", tuple(steps))


def ramp() -> Workout:
    """From easy to the end of strength in steps of a minute."""
    levels = [0.45 + 0.06 * number for number in range(14)]
    steps = [Step(60.0, level, level, 86.0 + number / 2, True) for number, level in enumerate(levels)]
    return Workout("ramp", (warm_up(300.0), *steps, cool_down(300.0)))


FAMILIES: dict[str, Callable[[], Workout]] = {
    "threshold": partial(repeats, "5×5 threshold", 5, 300.0, 1.0, 120.0, 90.0, 600.0),
    "2x20": partial(repeats, "2×20", 2, 1200.0, 0.92, 300.0, 89.0, 600.0),
    "vo2": partial(repeats, "4×4 VO2", 4, 240.0, 1.13, 210.0, 95.0, 720.0),
    "30/15": thirty_fifteen,
    "endurance": endurance,
    "ramp": ramp,
}
"""The families by the name under which a benchmark or a test asks for one."""
