"""What more rides will show: the smallest change that so many would tell, and how many it takes.

A change is expected to be told when its Bayes factor, at the spreads that the rider's days have so far, is large enough
four times of five.
"""

import math
from bisect import bisect_left
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import LIKELY, log_sum
from legbal.analysis.rider_changes import NOTED_ODDS, NOTED_SD
from legbal.analysis.rider_days import DaysFit
from legbal.median import median
from legbal.ride.view import Floats

WORTH_POINTS = 1.0  # a smaller change is not waited for: two sides of ±1 % are off by half of it
MOST_MORE = 90  # rides that are waited for
_FOUR_OF_FIVE = 0.84  # standard deviations below the mean
_GREATEST = 50.0  # points


def smallest_change(fit: DaysFit, column: Floats) -> float | None:
    """The smallest change, points, of which the rides would tell; None for none.

    Args:
        fit: to the rides.
        column: the change's part in each ride, shape (n,).
    """
    return _smallest(fit, fit.candidates(column[:, None]).precision[:, 0])


def smallest_later(fit: DaysFit, rides: PooledRides, more: int) -> float | None:
    """The smallest change, points, made now, of which so many more rides would tell; as of `rides_needed`."""
    return _smallest(fit, _later(fit, rides, np.zeros(len(rides.days)), more)(more))


def _smallest(fit: DaysFit, precision: Floats) -> float | None:
    low, high = 0.0, _GREATEST
    if not _shows(fit, precision, high):
        return None
    while high - low > 0.005:
        middle = (low + high) / 2
        low, high = (low, middle) if _shows(fit, precision, middle) else (middle, high)
    return high


def rides_needed(fit: DaysFit, rides: PooledRides, column: Floats, points: float, most: int) -> int | None:
    """How many rides more, at the pace and with the errors so far, would tell of a change of some points.

    None where `most` would not. Arguments as of `smallest_change`; `rides` are those of the fit.
    """
    precision = _later(fit, rides, column, most)

    def shows(more: int) -> bool:
        return _shows(fit, precision(more), points)

    return bisect_left(range(most), True, key=shows) if shows(most) else None


def rides_to_tell(rides: int, sd: float, times: float = 2.0) -> int:
    """How many rides more until `WORTH_POINTS` are so many standard errors; 0: they are, or `MOST_MORE` are too few.

    Args:
        rides: so far.
        sd: of what is estimated from them, points; it falls with the root of their number.
        times: standard errors.
    """
    needed = math.ceil(rides * ((times * sd / WORTH_POINTS) ** 2 - 1))
    return needed if 0 < needed <= MOST_MORE else 0


def _later(fit: DaysFit, rides: PooledRides, column: Floats, most: int) -> Callable[[int], Floats]:
    """Gives what the rides say of a column, shape (k,), after some more, at most so many, in which it is 1."""
    n = len(rides.days)
    pace = float(rides.days[-1] - rides.days[0]) / max(n - 1, 1) if n > 1 else 3.0
    error = median(rides.error.tolist())
    later = rides.days[-1] + max(pace, 0.5) * np.arange(1, most + 1)
    longer = replace(
        rides,
        days=np.concatenate([rides.days, later]),
        left=np.concatenate([rides.left, np.full(most, 50.0)]),
        error=np.concatenate([rides.error, np.full(most, error)]),
    )
    columns = np.concatenate([fit.columns[:, 1:], np.tile(fit.columns[-1, 1:], (most, 1))])
    later_fit = DaysFit(longer, columns, fit.prior_sd[:, 1:])
    after = np.concatenate([column, np.ones(most)])
    precisions = later_fit.precisions(after)
    return lambda more: precisions(n + more)


def _shows(fit: DaysFit, precision: Floats, points: float) -> bool:
    """Whether a change of some points is likely four times of five, given what the rides say of it, shape (k,).

    Spreads under which the rides say little of a change are its rivals: the larger it is, the more they explain of it.
    """
    precision = np.maximum(precision, 1e-9)
    score = np.maximum(precision * points - _FOUR_OF_FIVE * np.sqrt(precision), 0.0)
    gain = 1 + NOTED_SD**2 * precision
    log_factor = 0.5 * (NOTED_SD**2 * score**2 / gain - np.log(gain))
    unexplained = np.log(np.maximum(fit.weight, 1e-300)) - 0.5 * score**2 / precision
    log_odds = math.log(NOTED_ODDS) + log_sum(unexplained + log_factor) - log_sum(unexplained)
    return log_odds >= math.log(LIKELY / (1 - LIKELY))
