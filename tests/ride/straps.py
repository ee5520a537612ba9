"""What a heart-rate strap sends, as bytes, and rides in which it does."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from legbal.gatt.heart_rate import HeartRate, encode
from legbal.gatt.uuids import HEART_RATE
from legbal.ride.inputs import Input, Notification

STRAP = "HRM-Dual:123456"
CONTACT, NO_CONTACT = 0x06, 0x04


def beat(t: float, bpm: int, flags: int = 0, meter: str = STRAP) -> Notification:
    """A heart rate as it arrives; above 255 in two octets."""
    flags |= bpm > 255
    return Notification(t, encode(HeartRate(flags, bpm)), HEART_RATE, meter)


def interleaved(inputs: Iterable[Input], seed: int = 1) -> Iterator[Input]:
    """The ride with a strap's heart rates anywhere between: right ones, wrong ones, bursts, and none."""
    rng, before = random.Random(seed), 0.0
    for item in inputs:
        for t in sorted(rng.uniform(before, item.t) for _ in range(rng.choice((0, 0, 1, 1, 2, 5)))):
            kind = rng.random()
            if kind < 0.1:
                octets = rng.randbytes(rng.randrange(12))
                # also under the name of the meter itself
                yield Notification(t, octets, HEART_RATE, getattr(item, "meter", STRAP))
            else:
                yield beat(t, rng.choice((0, 61, 142, 188, 999)), rng.choice((0, CONTACT, NO_CONTACT)))
        before = max(before, item.t)
        yield item
    yield from (beat(before + n, 120) for n in range(4))
