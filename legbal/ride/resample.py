"""A ride second by second, as other programs want it: sampled from the fold, so that nothing is reckoned twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from legbal.ride.balance import COLUMNS, Tally
from legbal.ride.events import Event
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.ride.share import Share
from legbal.ride.statistics import Ring
from legbal.ride.view import Floats, RideView

_USUAL_OVER_S = 10.0  # of power, as in a view
_HELD_S = 3  # between two revolutions told, the last values stand; longer, and nothing is known


class Second(msgspec.Struct, gc=False):
    """What was told in the second that ends at ride second `t`; None where nothing was.

    `left_percent` is work-weighted over the revolutions told in it, `usual_percent` what was usual at the power of
    the ten seconds before; None while the cranks rest.
    """

    t: int
    power_w: float | None
    cadence_rpm: float | None
    left_percent: float | None
    usual_percent: float | None = None


class Stretch(msgspec.Struct, frozen=True):
    """A work interval (`number`), or the time before, between and after them (None), in whole ride seconds."""

    start: int
    end: int
    number: int | None
    share: Share


class BySecond(msgspec.Struct, frozen=True):
    """A whole ride: every second from 0, its stretches without a hole between them, and its last view.

    `events` are all that it told; `rows` all its revolutions, shape (n, 5), columns as of a `Ring`: none where the
    balance is no measurement.
    """

    seconds: list[Second]
    stretches: list[Stretch]
    view: RideView
    events: tuple[Event, ...]
    rows: Floats


def by_second(setup: Setup, inputs: Iterable[Input], tell: Callable[[int], None] | None = None) -> BySecond:
    """Folds a ride and notes every second of it.

    Args:
        setup: what it was ridden with.
        inputs: in order of time.
        tell: is called with 1 for each second, for a progress bar.
    """
    ride = Ride(setup)
    sampler = _Sampler(ride, tell or (lambda _: None))
    events: list[Event] = []
    for item in inputs:
        while item.t > sampler.t:
            sampler.note()
        events += ride.feed(item)
    events += ride.close()
    sampler.note()
    view = ride.view()
    if view.balance in ("absent", "constant"):
        sampler.put_aside()
    rows = sampler.rows()
    stretches = _stretches(view, rows, max(sampler.t - 1, 1))
    return BySecond(sampler.seconds, stretches, view, tuple(events), rows)


class _Sampler:
    """Notes one second after the other of a ride that is being folded."""

    def __init__(self, ride: Ride, tell: Callable[[int], None]) -> None:
        self.seconds: list[Second] = []
        self._tell = tell
        self.t = 0  # the second that is noted next
        self._ride = ride
        self._ring: Ring = ride.revolutions
        self._rows: list[Floats] = []
        self._power: tuple[int, float] | None = None  # when it was last stated
        self._left: tuple[int, float | None] = (0, None)

    def note(self) -> None:
        """The second that ends at `t` is over."""
        t, ride = self.t, self._ride
        if ride.revolutions is not self._ring:
            self._ring = ride.revolutions
            self.put_aside()
        rows = self._ring.since(t - 1.0).copy()
        if len(rows):
            self._rows.append(rows)
            self._left = t, Tally().add_rows(rows).share().left_percent
        power, cadence = ride.stated(t - 1.0)
        if power is not None:
            self._power = t, power
        elif self._power is not None and t - self._power[0] <= _HELD_S:
            power = self._power[1]
        pedalling = power is not None and power > 0 and t - self._left[0] <= _HELD_S
        left = self._left[1] if pedalling else None
        usual = self._usual_percent(t) if pedalling else None
        self.seconds.append(Second(t, power, None if power is None else cadence, left, usual))
        self.t += 1
        self._tell(1)

    def _usual_percent(self, t: int) -> float | None:
        """What is usual at the power of the last seconds, as the screen shows it."""
        rows = self._ring.since(t - _USUAL_OVER_S)
        pedalled_s = float(rows[:, 1].sum())
        return self._ride.usual_percent(float(rows[:, 2].sum()) / pedalled_s) if pedalled_s else None

    def put_aside(self) -> None:
        """What was counted so far has no left share that holds."""
        self._rows.clear()
        self._left = self._left[0], None
        for second in self.seconds:
            second.left_percent = second.usual_percent = None

    def rows(self) -> Floats:
        """All revolutions that were not put aside, shape (n, 5), columns as of a `Ring`."""
        return np.concatenate(self._rows) if self._rows else np.empty((0, len(COLUMNS)))


def _stretches(view: RideView, rows: Floats, end: int) -> list[Stretch]:
    """The ride cut at its intervals' boundaries."""
    found: list[Stretch] = []
    at = 0

    def rest(until: int) -> None:
        if until > at:
            told = rows[(rows[:, 0] > at) & (rows[:, 0] <= until)]
            found.append(Stretch(at, until, None, Tally().add_rows(told).share()))

    for interval in view.intervals:
        start = max(at, round(interval.start_s))
        stop = min(end, round(view.t if interval.end_s is None else interval.end_s))
        if stop > start:
            rest(start)
            found.append(Stretch(start, stop, interval.number, interval.share))
            at = stop
    rest(end)
    return found
