"""Comparisons within one ride, and how sure they are: its drift, its last interval against its first, band with band.

Whatever is compared within a ride is a sum of its seconds, each with a weight that may be negative; the error of such
a sum is that of `legbal.analysis.pedalling`.

A share may depend on power by points, and rides begin easily: a plain line over time would call that fatigue. So the
drift is a line with the bands kept apart.
"""

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from legbal.analysis.pedalling import Pedalling
from legbal.analysis.summary import BandDifference, FirstLast, IntervalSummary
from legbal.ride.share import BandShare, Estimate

_LEAST_S = 1200.0  # from the first revolution to the last; a shorter ride has intervals, but no drift
_HOUR_S = 3600.0
_EQUAL = 0.05  # of the mean power: over so little a share hardly depends on power
_LEAST_INTERVAL_S = 60.0
# The start of an interval is off by so many points (standard deviation over intervals), which wears off with so many
# seconds (docs/noise.md); that is no tiredness.
_SETTLING, _SETTLING_S = 1.5, 20.0
_LEAST_BAND_S = 120.0  # of pedalling in a band
# A healthy ride drifts so far from its start to its end, points (standard deviation; docs/noise.md). Bands that
# were ridden at different times differ by that too.
_DRIFT = 1.6


def drift(pedalling: Pedalling) -> Estimate | None:
    """The drift over the ride, points an hour; None for one of less than twenty minutes."""
    t = pedalling.t[pedalling.two_legged]
    if not len(t) or t[-1] - t[0] < _LEAST_S:
        return None
    return Estimate(_HOUR_S * pedalling.slope, _HOUR_S * pedalling.error(pedalling.slope_weights))


def first_last(pedalling: Pedalling, intervals: Sequence[IntervalSummary]) -> FirstLast | None:
    """The last interval against the first: of all pairs of comparable power the one that lies furthest apart.

    Comparable: means within 5 % of each other, both of a minute and more. None where there is no such pair.
    """
    usable = [
        (x, x.share.power_w, x.share.left_percent)
        for x in intervals
        if x.share.standard_error is not None
        and x.share.left_percent is not None
        and x.share.power_w
        and x.end_s - x.start_s >= _LEAST_INTERVAL_S
        and pedalling.within(x.start_s, x.end_s).any()
    ]
    pairs = [(a, b) for a, b in combinations(usable, 2) if abs(a[1] - b[1]) <= _EQUAL * (a[1] + b[1]) / 2]
    if not pairs:
        return None
    (first, first_w, first_left), (last, last_w, last_left) = max(
        pairs, key=lambda pair: pair[1][0].start_s - pair[0][0].start_s
    )
    weights = [pedalling.mean_of(pedalling.within(x.start_s, x.end_s)) for x in (first, last)]
    return FirstLast(
        first=first.number,
        last=last.number,
        power_w=(first_w, last_w),
        left_percent=(first_left, last_left),
        difference=Estimate(
            last_left - first_left,
            math.hypot(pedalling.error(weights[1] - weights[0]), _settling(first), _settling(last)),
        ),
    )


def _settling(interval: IntervalSummary) -> float:
    """What an unsettled start adds to the error of an interval's mean, points."""
    seconds = interval.end_s - interval.start_s
    return _SETTLING * _SETTLING_S / seconds * (1 - math.exp(-seconds / _SETTLING_S))


def band_differences(pedalling: Pedalling, bands: Sequence[BandShare]) -> tuple[BandDifference, ...]:
    """Each band with two minutes of pedalling against the one below it, and at last the highest against the lowest."""
    usable = [
        (band.name, band.share.left_percent, pedalling.mean_of(pedalling.band == place))
        for place, band in enumerate(bands)
        if band.share.seconds >= _LEAST_BAND_S
        and band.share.standard_error is not None
        and band.share.left_percent is not None
        and (pedalling.band == place).any()
    ]
    pairs = list(pairwise(usable))
    if len(usable) > 2:
        pairs.append((usable[0], usable[-1]))
    differences = []
    for (low, low_left, low_weights), (high, high_left, high_weights) in pairs:
        weights = high_weights - low_weights
        # how much later in the ride the one was ridden
        apart = float(weights @ pedalling.t) / (pedalling.t[-1] - pedalling.t[0])
        differences.append(
            BandDifference(
                band=high,
                against=low,
                band_percent=high_left,
                against_percent=low_left,
                difference=Estimate(
                    high_left - low_left, math.hypot(pedalling.error(weights), _DRIFT * apart)
                ),
            )
        )
    return tuple(differences)
