"""A rider of plain numbers for the tests of the drop-off alert: seconds of pedalling with seeded noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from legbal.ride.baseline import RideSample
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import Alert, Clear, MeterChange
from legbal.ride.inputs import Setup
from legbal.ride.meter import Meter
from legbal.ride.moment import FreshStart, Moment
from legbal.ride.revolution import Bin, Revolution, SecondBins
from legbal.ride.taught_seconds import TaughtSeconds

METER = Meter("meter", Setup())
USUAL = 48.0
FTP = 250.0
Told = Alert | Clear | MeterChange


def noise(seconds: int, seed: int) -> np.ndarray:
    """White noise of 2 points and a slow component of 0.7 points over 30 s."""
    random = np.random.default_rng(seed)
    slow, x = np.zeros(seconds), 0.0
    for i in range(seconds):
        x += -x / 30 + 0.18 * random.standard_normal()
        slow[i] = x
    return 2.0 * random.standard_normal(seconds) + slow


def sample_of(seconds: Iterable[Bin]) -> RideSample:
    """What these seconds teach."""
    taught = TaughtSeconds()
    for second in seconds:
        taught.append(second)
    return taught.sample()


def sample(seed: int, seconds: int = 3000, usual: float = USUAL) -> RideSample:
    """A quiet ride: easy pedalling, then work."""
    return sample_of(
        Bin(float(i), 140.0 if i < 600 else 240.0, round(usual + apart), 1, 88.0)
        for i, apart in enumerate(noise(seconds, seed))
    )


def ride(
    dropoff: DropOff,
    left: Callable[[int, float], float | None],
    *,
    seconds: int = 1500,
    start: int = 300,
    seed: int = 7,
    power: Callable[[int], float] = lambda i: 140.0 if i < 300 else 240.0,
    over: Callable[[], bool] = lambda: False,
    work: Callable[[int], bool] | None = None,
    wrong: Callable[[int], bool] = lambda _: False,
) -> list[Told]:
    """Rides once a second; `left` gives the share of second i from its noise, `wrong` says when the meter looks wrong.

    Work is from `start` until it is over, or as `work` says of each second.
    """
    told: list[Told] = []
    bins = SecondBins()
    for i, apart in enumerate(noise(seconds, seed)):
        watts, share = power(i), left(i, float(apart))
        turned = (
            Revolution(i + 0.5, 60 / 88, watts * 60 / 88, watts, share, 0, "crank") if watts > 0 else None
        )
        at_work = i >= start and not over() if work is None else work(i)
        second = bins.feed(i + 0.5, watts, turned)
        wrong_since = float(i) if wrong(i) else None
        fresh = FreshStart(0.0, 0.0) if i and wrong(i - 1) and not wrong(i) else None
        moment = Moment(
            i + 0.5, watts, turned, at_work, METER, second=second, wrong_since=wrong_since, fresh_start=fresh
        )
        events = dropoff.feed(moment)
        told += [event for event in events if isinstance(event, Alert | Clear | MeterChange)]
    return told
