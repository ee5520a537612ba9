"""The stretches of a planned workout, whatever its file, and the intervals that they are."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from legbal.ride.inputs import PlannedStep, join_steps

Complain = Callable[[str], None]

MOST_STRETCHES = 5000
_WORK = 0.75  # of FTP; planned above it is work
ZONES = (0.45, 0.65, 0.83, 0.98, 1.13, 1.35, 1.70)  # of FTP: middles of the usual seven power zones


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of a workout; power goes from the first to the last of `powers`, fractions of FTP, or is not said."""

    seconds: float
    powers: tuple[float, ...] = ()
    work: bool | None = None  # what the file itself says; None: power decides

    @property
    def is_work(self) -> bool:
        """Whether it belongs to an interval."""
        return sum(self.powers) > _WORK * len(self.powers) if self.work is None else self.work


class EndOfPlanError(Exception):
    """How long something takes is not known: with its line or step, and why."""


def intervals(path: Path, stretches: Iterable[Stretch], complain: Complain) -> tuple[PlannedStep, ...]:
    """The work in a plan, up to where it ends or nobody knows how it goes on; what prevents more is said."""
    steps: list[PlannedStep] = []
    t, count = 0.0, 0
    try:
        for count, stretch in enumerate(stretches, 1):
            end = t + stretch.seconds
            if not end <= 24 * 3600 or count > MOST_STRETCHES:
                raise EndOfPlanError(f": more than a day, or than {MOST_STRETCHES} steps")
            if stretch.seconds > 0 and stretch.is_work:
                powers = stretch.powers
                steps.append(PlannedStep(t, end, min(powers, default=None), max(powers, default=None)))
            t = end
    except EndOfPlanError as problem:
        complain(f"{path}{problem}. The plan ends there.")
        count = max(count, 1)
    if not steps:
        what = f"plans no work above {100 * _WORK:.0f} % of FTP" if count else "holds no steps"
        complain(f"{path}: {what}. Intervals are found from power.")
    return join_steps(steps)
