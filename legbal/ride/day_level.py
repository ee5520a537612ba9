"""Where the next ride will lie: of earlier rides the newer say more, by how far this rider's days lie apart.

The level of a ride is that of all rides, a wander over weeks, and what is the day's alone. On 39 real rides of one
rider over 94 days the last three to five foretell the next best, and all rides ever as badly as one. How far days lie
apart differs from rider to rider (0.6 to 2 points), so it is weighed on a grid, by the rides themselves and by a belief
that is worth a few rides.
"""

import math

import numpy as np

from legbal.ride.view import Floats

_MEMORY_DAYS = 60.0  # of the wander
_WANDER = 1.2  # its standard deviation, for one of a day's own
_ALL_RIDES_SD = 2.0  # how far the mean of all rides may lie from their curve, points
# What is believed of the days' own standard deviation: its median in points, and the spread of its logarithm.
_DAY_SD, _SPREAD = 0.8, 0.4
_PLACES = np.linspace(-2.5, 2.5, 11)  # of the grid, in spreads
_DAY_SDS = _DAY_SD * np.exp(_SPREAD * _PLACES)


def next_level(levels: Floats, errors: Floats, ages_days: Floats) -> tuple[float, float]:
    """How far from the curve a ride of today will lie, points, and the standard deviation of that.

    Args:
        levels: how far earlier rides lay from it, points, shape (n,).
        errors: the standard error of each, points.
        ages_days: how long ago each was.
    """
    apart = np.exp(-np.abs(ages_days[:, None] - ages_days) / _MEMORY_DAYS)
    now = np.exp(-ages_days / _MEMORY_DAYS)
    means, variances, odds = [], [], []
    for place, day_sd in zip(_PLACES, _DAY_SDS, strict=True):
        wander = (_WANDER * day_sd) ** 2
        covariance = wander * apart + _ALL_RIDES_SD**2 + np.diag(day_sd**2 + errors**2)
        with_now = wander * now + _ALL_RIDES_SD**2
        of_levels, of_now = np.linalg.solve(covariance, np.stack([levels, with_now], axis=1)).T
        means.append(with_now @ of_levels)
        variances.append(wander + _ALL_RIDES_SD**2 + day_sd**2 - with_now @ of_now)
        odds.append(-0.5 * (place**2 + levels @ of_levels + np.linalg.slogdet(covariance)[1]))
    weights = np.exp(np.array(odds) - max(odds))
    weights /= weights.sum()
    level = float(weights @ means)
    return level, math.sqrt(float(weights @ (variances + np.square(np.array(means) - level))))
