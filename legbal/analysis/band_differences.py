"""Is the balance another one at threshold than below? Bands against each other, with a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from legbal.analysis.noise_model import NoiseModel, Pedalling
from legbal.analysis.summary import BandDifference
from legbal.ride.share import BandShare, Estimate

_LEAST_S = 120.0  # of pedalling in a band
# A healthy ride drifts so far from its start to its end, points (standard deviation; docs/noise.md). Bands that
# were ridden at different times differ by that too.
_DRIFT = 1.6


def band_differences(
    pedalling: Pedalling, bands: Sequence[BandShare], noise_model: NoiseModel
) -> tuple[BandDifference, ...]:
    """Each band with two minutes of pedalling against the one below it, and at last the highest against the lowest."""
    usable = [
        place
        for place, band in enumerate(bands)
        if band.share.seconds >= _LEAST_S
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
