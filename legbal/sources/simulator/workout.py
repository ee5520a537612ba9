"""What a simulated rider rides: workouts as lists of steps."""

from itertools import accumulate, pairwise

import msgspec

from legbal.ride.inputs import PlannedStep, join_steps


class Step(msgspec.Struct, frozen=True, gc=False):
    """One stretch of a workout; power goes evenly from `start_ftp` to `end_ftp`, fractions of FTP.

    `interval` marks work: such steps that follow each other are one interval (a 30/15 set, its pauses included).
    `unsteadiness` is the standard deviation of power within the step as a fraction of it,
    `coasts_per_minute` how often the rider stops pedalling for some seconds.
    """

    seconds: float
    start_ftp: float
    end_ftp: float
    cadence_rpm: float = 88.0
    interval: bool = False
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
        times = pairwise(accumulate((step.seconds for step in self.steps), initial=0.0))
        return join_steps(
            PlannedStep(start, end, *sorted((step.start_ftp, step.end_ftp)))
            for step, (start, end) in zip(self.steps, times, strict=True)
            if step.interval
        )


def easy(seconds: float) -> Step:
    """Riding between efforts."""
    return Step(seconds, 0.5, 0.5, 84.0, False, 0.07, 0.4)


def warm_up(seconds: float) -> Step:
    """From easy to brisk."""
    return Step(seconds, 0.45, 0.72, 86.0, False, 0.05, 0.15)


def cool_down(seconds: float) -> Step:
    """Back to easy."""
    return Step(seconds, 0.55, 0.4, 82.0, False, 0.06, 0.5)


def repeats(
    name: str, times: int, work: float, ftp: float, rest: float, rpm: float, warming: float
) -> Workout:
    """Equal intervals with rests between, after a warm-up; times in seconds, power as a fraction of FTP."""
    steps = [warm_up(warming)]
    for number in range(1, times + 1):
        steps.append(Step(work, ftp, ftp, rpm, True))
        steps.append(easy(rest) if number < times else cool_down(max(60.0, warming / 2)))
    return Workout(name, tuple(steps))


def demonstration(seconds: float | None = None, *, warming: float = 90.0) -> Workout:
    """A short session for showing: a warm-up, of 90 s by default, intervals of 165 s with 40 s between.

    Four intervals, or as many as `seconds` need.
    """
    work, rest, last = 165.0, 40.0, 60.0
    needed = -int(-((seconds or 0.0) - warming - last + rest) // (work + rest))
    return repeats("demonstration", max(4, needed), work, 0.98, rest, 90.0, warming)
