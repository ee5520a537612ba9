"""What is told of simulated riders whose truth is known: `python -m tests.benchmarks.rider_days` prints it.

Each is asked about after every ride, as the program does. `--seed` other than `REPORTING` is for tuning; figures that
are reported come from riders on whom nothing was.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from legbal.analysis.pooled_rides import pool_bands
from legbal.analysis.rider_changes import RiderDays, Span
from legbal.ride.view import Floats
from tests.benchmarks import step_oracle
from tests.benchmarks.simulated_days import (
    AFTER,
    BEFORE,
    INDEPENDENT,
    LEVEL_SD,
    REMEMBERING,
    REPORTING,
    Rider,
    Rides,
    mixed_riders,
    ride_days,
    rides_of,
    stepped_rides,
    unchanged_year,
)

SETTINGS = 200
_OTHERS = 1000  # on whom the oracle's bars are chosen
_COVERED_TIMES = 5  # as many histories of each rider, for how often an interval covers: 1 % of error with 500


def speaks(told: RiderDays) -> bool:
    """Whether a rider hears of any change."""
    words = [told.course.slope.certainty, *(x.certainty for x in told.noted if x is not None)]
    return bool(told.unnoted) or any(word != "unknown" for word in words)


class Heard(NamedTuple):
    """Of an unchanged rider's year: whether anything was heard, and whether a change that nobody noted."""

    anything: bool
    found: bool


def unchanged(rider: Rider, random: np.random.Generator, noted: int = 0, every: int = 1) -> Heard:
    """A year without a change, of which so many were noted all the same; asked after every ride."""
    rides, spans = unchanged_year(rider, random, noted)
    anything = found = False
    for n in range(5, len(rides.days) + 1, every):
        told = rides.study(n, spans)
        anything |= speaks(told)
        found |= bool(told.unnoted)
    return Heard(anything, found)


class Waited(NamedTuple):
    """Rides after a change until it is told (infinite: not in `AFTER`), then its size told over the true one."""

    rides: float
    ratio: float


def _waited(
    rides: Rides, size: float, told: Callable[[RiderDays], float | None], noted: Sequence[Span] = ()
) -> Waited:
    for n in range(BEFORE + 3, len(rides.days) + 1):
        found = told(rides.study(n, noted))
        if found is not None:
            return Waited(n - BEFORE, found / size)
    return Waited(math.inf, math.nan)


def noted_change(rider: Rider, random: np.random.Generator, size: float) -> Waited:
    """How soon a noted change of some points is told."""
    rides, day = stepped_rides(rider, random, size)

    def told(answer: RiderDays) -> float | None:
        (noted,) = answer.noted
        return noted.size.value if noted is not None and noted.certainty != "unknown" else None

    return _waited(rides, size, told, [(day, day)])


def unnoted_change(rider: Rider, random: np.random.Generator, size: float) -> Waited:
    """How soon a change of some points that nobody noted is told."""
    rides, _ = stepped_rides(rider, random, size)
    return _waited(rides, size, lambda answer: answer.unnoted[-1].size.value if answer.unnoted else None)


def change_covered(rider: Rider, random: np.random.Generator) -> bool:
    """Whether the interval of a noted change holds its size, which is as cleats may make it, after some rides."""
    before, after = int(random.integers(5, 60)), int(random.integers(4, 40))
    days = ride_days(random, before + after)
    days[before:] += 2
    day, size = math.floor(days[before - 1]) + 1.0, random.normal(0, 1)
    (told,) = (
        rides_of(random, rider, days, np.where(days > day + 1, size, 0.0))
        .study(before + after, [(day, day)])
        .noted
    )
    return told is not None and told.size.low <= size <= told.size.high


def next_covered(rider: Rider, random: np.random.Generator) -> bool:
    """Whether the range foretold for the next ride holds it."""
    n = int(random.integers(5, 80))
    days = ride_days(random, n + 1)
    rides = rides_of(random, rider, days, level=50 + random.normal(0, LEVEL_SD))
    pooled = pool_bands(rides.days, rides.left, rides.error)
    foretold = rides.study(n).next_ride(float(days[n]), float(pooled.error[n]))
    return bool(foretold.low <= pooled.left[n] <= foretold.high)


def recovery(rider: Rider, random: np.random.Generator, weeks: int) -> tuple[bool, bool]:
    """Whether the plateau's interval holds it so long after an injury, and whether a recovery is told."""
    days = ride_days(random, 90, 3.0)
    days -= days[0]
    constant = 7 * random.choice([3.0, 5.0, 8.0])
    way, plateau = random.uniform(3, 6) * random.choice([-1, 1]), random.normal(0, 2)
    rides = rides_of(random, rider, days, plateau - way * np.exp(-days / constant))
    course = rides.study(int((days < 7 * weeks).sum())).course
    return course.plateau.low <= 50 + plateau <= course.plateau.high, course.recovers


Row = tuple[str, str, str]


def figures(riders: Sequence[Rider], seed: int, every: int = 1) -> Iterable[Row]:
    """What was asked for, the goal, and the figure over some riders, each of whom is one setting."""

    def over(what: Callable[[Rider, np.random.Generator], object], number: int, times: int = 1) -> Floats:
        randoms = (
            (rider, np.random.default_rng([seed, number, i, time]))
            for time in range(times)
            for i, rider in enumerate(riders)
        )
        return np.array([what(rider, random) for rider, random in randoms], float)

    heard = over(lambda rider, random: unchanged(rider, random, every=every), 1)
    yield "unchanged, ever hears of a change", "≤ .05", f"{heard[:, 0].mean():.3f}"
    yield "unchanged, a change that nobody noted is found, a rider-year", "≤ .05", f"{heard[:, 1].mean():.3f}"
    heard = over(lambda rider, random: unchanged(rider, random, 2, every), 2)
    yield (
        "unchanged, two changes noted at which nothing happened, ever hears",
        "≤ .05",
        f"{heard[:, 0].mean():.3f}",
    )
    yield (
        "95 % interval of a noted change covers",
        ".93–.97",
        f"{over(change_covered, 3, _COVERED_TIMES).mean():.3f}",
    )
    yield (
        "95 % range of the next ride covers",
        ".93–.97",
        f"{over(next_covered, 4, _COVERED_TIMES).mean():.3f}",
    )
    waited = over(lambda rider, random: noted_change(rider, random, 1.7 * rider.spread), 5)
    yield "noted change of 1.7 sd told after", "≤ 15 rides", _wait(waited)
    waited = over(lambda rider, random: unnoted_change(rider, random, step_oracle.STEP), 6)
    yield "change of 1.5 points that nobody noted found after", "8 rides", _wait(waited)
    for weeks in (8, 12, 16):
        held, told = over(partial(recovery, weeks=weeks), 7, 2).mean(0)
        yield (
            f"recovery, week {weeks}: 90 % interval of the plateau covers",
            ".85–.95",
            f"{held:.3f} (told: {told:.2f})",
        )


def _wait(waited: Floats) -> str:
    rides, ratio = waited.T
    told = np.isfinite(rides)
    size = f"{np.median(ratio[told]):.2f}" if told.any() else "–"
    return f"{np.median(rides):.0f} rides in the median; {told.mean():.2f} within {AFTER}; size told {size} of it"


def main() -> None:
    """Prints the table for each kind of rider, and for riders of all kinds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--riders", type=int, default=SETTINGS)
    parser.add_argument("--seed", type=int, default=REPORTING)
    parser.add_argument("--every", type=int, default=1, help="ask unchanged riders after so many rides")
    parser.add_argument("--mixed", action="store_true", help="only riders of all kinds")
    parser.add_argument(
        "--oracle", action="store_true", help="how soon an unnoted step could be found at best"
    )
    options = parser.parse_args()
    kinds = [] if options.mixed else [*INDEPENDENT, *REMEMBERING]
    if options.oracle:  # whose likelihood is that of normal days
        kinds = [kind for kind in kinds if not kind.heavy]
    for kind in (None, *kinds):
        print(f"\n{kind or 'riders of all kinds'}", flush=True)
        riders = _riders(kind, options.riders, options.seed)
        rows = figures(riders, options.seed, options.every)
        if options.oracle:
            others = _riders(kind, _OTHERS, options.seed + 1)
            rows = step_oracle.figures(riders, others, options.seed)
        for row in rows:
            print("| " + " | ".join(row) + " |", flush=True)


def _riders(kind: Rider | None, count: int, seed: int) -> list[Rider]:
    """Of one kind, or of all."""
    return mixed_riders(count, seed) if kind is None else [kind] * count


if __name__ == "__main__":
    main()
