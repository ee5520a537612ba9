"""Revolutions and packets of a rider who now and then pedals with one leg alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from legbal.gatt.measurement import Measurement, encode
from legbal.ride.inputs import Notification
from legbal.ride.revolution import Revolution


def turns(
    lefts: Iterable[float | None], watts: float = 100.0, begin: float = 0.0, each_s: float = 1.0
) -> list[Revolution]:
    """Revolutions one after the other."""
    return [
        Revolution(begin + each_s * n, each_s, watts * each_s, watts, left, 0, "crank")
        for n, left in enumerate(lefts, 1)
    ]


def packets(lefts: Sequence[float], watts: Sequence[int] | int = 200) -> list[Notification]:
    """A measurement a second, each with a turn of the crank."""
    power = [watts] * len(lefts) if isinstance(watts, int) else watts
    return [
        Notification(
            float(t),
            encode(
                Measurement(
                    0x23,
                    power[t],
                    round(2 * left),
                    crank_revolutions=t & 0xFFFF,
                    crank_event_time_raw=1024 * t & 0xFFFF,
                )
            ),
        )
        for t, left in enumerate(lefts)
    ]


def about(left: float, count: int, seed: int = 1) -> list[float]:
    """Shares as a meter sends them."""
    return list(np.clip(np.rint(np.random.default_rng(seed).normal(left, 4.0, count)), 20, 80).tolist())
