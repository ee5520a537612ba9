"""Comparisons within one ride: the drift over it, its last interval against its first, one power band with another.

A share may depend on power by points, and rides begin easily: a plain line over time would call that fatigue. So the
drift is a line with the bands kept apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np

from legbal.analysis.noise_model import NoiseModel, Pedalling
from legbal.analysis.summary import BandDifference, FirstLast, IntervalSummary
from legbal.ride.share import BandShare, Estimate
from legbal.ride.view import Floats

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


class Line:
    """The share as a level for each power band and one slope for all, by weighted least squares.

    Attributes:
        away: how far each revolution lies from it, points, shape (n,).
        slope: points a second; None where there are too few to draw a line.
        weights: by which the shares make the slope, shape (n,).
    """

    def __init__(self, pedalling: Pedalling) -> None:
        p = pedalling
        work = np.where(p.two_legged, p.work_j, 0.0)
        middle = float(work @ p.t / work.sum()) if work.any() else 0.0
        bands = np.flatnonzero(np.bincount(p.band, weights=work) if len(work) else [])
        design = np.column_stack([*(p.band == band for band in bands), p.t - middle]).astype(float)
        weighted = design * work[:, None]
        inverse = np.linalg.pinv(weighted.T @ design)
        levels_and_slope = inverse @ (weighted.T @ p.left_percent)
        self.away: Floats = p.left_percent - design @ levels_and_slope
        self.weights: Floats = weighted @ inverse[-1]
        self.slope = float(levels_and_slope[-1])


def drift(pedalling: Pedalling, line: Line, noise_model: NoiseModel) -> Estimate | None:
    """The drift over the ride, points an hour; None for one of less than twenty minutes."""
    t = pedalling.t[pedalling.two_legged]
    if not len(t) or t[-1] - t[0] < _LEAST_S:
        return None
    return Estimate(_HOUR_S * line.slope, _HOUR_S * noise_model.error(line.weights))


def first_last(
    pedalling: Pedalling, intervals: Sequence[IntervalSummary], noise_model: NoiseModel
) -> FirstLast | None:
    """The last interval against the first: of all pairs of comparable power the one that lies furthest apart.

    Comparable: means within 5 % of each other, both of a minute and more. None where there is no such pair.
    """
    usable = [
        x
        for x in intervals
        if x.share.standard_error is not None
        and x.share.power_w
        and x.end_s - x.start_s >= _LEAST_INTERVAL_S
        and pedalling.within(x.start_s, x.end_s).any()
    ]
    pairs = [
        (a, b)
        for a, b in combinations(usable, 2)
        if _equal(a.share.power_w or math.nan, b.share.power_w or math.nan)
    ]
    if not pairs:
        return None
    first, last = max(pairs, key=lambda pair: pair[1].start_s - pair[0].start_s)
    assert first.share.left_percent is not None
    assert last.share.left_percent is not None
    assert first.share.power_w is not None
    assert last.share.power_w is not None
    weights = [pedalling.mean_of(pedalling.within(x.start_s, x.end_s)) for x in (first, last)]
    error = math.hypot(noise_model.error(weights[1] - weights[0]), _settling(first), _settling(last))
    return FirstLast(
        first=first.number,
        last=last.number,
        power_w=(first.share.power_w, last.share.power_w),
        left_percent=(first.share.left_percent, last.share.left_percent),
        difference=Estimate(last.share.left_percent - first.share.left_percent, error),
    )


def _settling(interval: IntervalSummary) -> float:
    """What an unsettled start adds to the error of an interval's mean, points."""
    seconds = interval.end_s - interval.start_s
    return _SETTLING * _SETTLING_S / seconds * (1 - math.exp(-seconds / _SETTLING_S))


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= _EQUAL * (a + b) / 2


def band_differences(
    pedalling: Pedalling, bands: Sequence[BandShare], noise_model: NoiseModel
) -> tuple[BandDifference, ...]:
    """Each band with two minutes of pedalling against the one below it, and at last the highest against the lowest."""
    usable = [
        place
        for place, band in enumerate(bands)
        if band.share.seconds >= _LEAST_BAND_S
        and band.share.standard_error is not None
        and (pedalling.band == place).any()
    ]
    pairs = [(high, low) for low, high in pairwise(usable)]
    if len(usable) > 2:
        pairs.append((usable[-1], usable[0]))
    return tuple(_difference(pedalling, bands, high, low, noise_model) for high, low in pairs)


def _difference(
    pedalling: Pedalling, bands: Sequence[BandShare], high: int, low: int, noise_model: NoiseModel
) -> BandDifference:
    band, against = bands[high].share.left_percent, bands[low].share.left_percent
    assert band is not None
    assert against is not None
    weights = pedalling.mean_of(pedalling.band == high) - pedalling.mean_of(pedalling.band == low)
    t = pedalling.t
    apart = float(weights @ t) / (t[-1] - t[0])  # how much later in the ride the one was ridden
    return BandDifference(
        band=bands[high].name,
        against=bands[low].name,
        band_percent=band,
        against_percent=against,
        difference=Estimate(band - against, math.hypot(noise_model.error(weights), _DRIFT * apart)),
    )
