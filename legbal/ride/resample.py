"""A ride second by second, as other programs want it: sampled from the fold, so that nothing is reckoned twice."""

from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from legbal.ride.balance import COLUMNS, Tally
from legbal.ride.events import Event
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.ride.share import Share
from legbal.ride.view import Floats, RideView

_USUAL_OVER_S = 10.0  # of power, as in a view
_HELD_S = 3  # between two revolutions told, the last values stand; longer, and nothing is known


class Second(msgspec.Struct, gc=False):
    """What was told in the second that ends at ride second `t`; None where nothing was.

    `left_percent` is work-weighted over the revolutions told in it, or the latest share told there while one leg
    pedalled alone; `usual_percent` what was usual at the power of the ten seconds before. None while the cranks rest.
    """

    t: int
    power_w: float | None
    cadence_rpm: float | None
    left_percent: float | None = None
    usual_percent: float | None = None


class Segment(msgspec.Struct, frozen=True):
    """A work interval (`number`), or the time before, between and after them (None), in whole ride seconds."""

    start: int
    end: int
    number: int | None
    share: Share


class ResampledRide(msgspec.Struct, frozen=True):
    """A whole ride: every second from 0, its segments without a hole between them, and its last view.

    `events` are all that it told; `rows` all its revolutions, shape (n, 5), columns as in `COLUMNS`: none where the
    balance is no measurement.
    """

    seconds: list[Second]
    segments: list[Segment]
    view: RideView
    events: tuple[Event, ...]
    rows: Floats


def resample(
    setup: Setup,
    inputs: Iterable[Input],
    tell: Callable[[int], None] = lambda _: None,
    *,
    lenient: bool = False,
) -> ResampledRide:
    """Folds a ride and notes every second of it.

    Args:
        setup: what it was ridden with.
        inputs: in order of time.
        tell: is called with 1 for each second, for a progress bar.
        lenient: a view that fails only says so, see `Ride.view`, and a second that does is blank: to be shown, and
            never kept.
    """
    ride = Ride(setup)
    sampler = _Sampler(ride)
    events: list[Event] = []

    def note() -> None:
        try:
            sampler.note()
        except Exception:  # the view asks the same, and says that it fails
            if not lenient:
                raise
            sampler.seconds.append(Second(len(sampler.seconds), None, None))
        tell(1)

    for item in inputs:
        while item.t > len(sampler.seconds):
            note()
        events += ride.feed(item)
    events += ride.close()
    note()
    view = ride.view() if lenient else ride.whole_view()
    if view.balance in ("absent", "constant"):
        sampler.put_aside()
    rows = np.concatenate([np.empty((0, len(COLUMNS))), *sampler.rows])
    rows[np.isin(rows[:, 0], list(ride.statistics.mixed)), 4] = np.nan
    return ResampledRide(
        seconds=sampler.seconds,
        segments=_segments(view, rows, max(len(sampler.seconds) - 1, 1)),
        view=view,
        events=tuple(events),
        rows=rows,
    )


class _Sampler:
    def __init__(self, ride: Ride) -> None:
        self.seconds: list[Second] = []
        self.rows: list[Floats] = []
        self._ride = ride
        self._statistics = ride.statistics
        # When power was last stated, and a share told, and what they were.
        self._power: tuple[int, float | None] = (0, None)
        self._left: tuple[int, float | None] = (0, None)

    def note(self) -> None:
        t, ride = len(self.seconds), self._ride
        if ride.statistics is not self._statistics:
            self._statistics = ride.statistics
            self.put_aside()
        lately = self._statistics.ring.since(t - _USUAL_OVER_S)
        rows = lately[lately[:, 0] > t - 1.0]
        if len(rows):
            self.rows.append(rows)
            left = Tally().add_rows(rows).share().left_percent
            alone_t, alone = ride.statistics.one_leg.latest
            self._left = t, alone if left is None and alone_t > t - 1.0 else left
        power, cadence = ride.stated(t - 1.0)
        if power is not None:
            self._power = t, power
        elif t - self._power[0] <= _HELD_S:
            power = self._power[1]
        second = Second(t, power, None if power is None else cadence)
        if power is not None and power > 0 and t - self._left[0] <= _HELD_S:
            second.left_percent = self._left[1]
            pedalled_s = float(lately[:, 1].sum())
            if pedalled_s:
                second.usual_percent = ride.usual_percent(float(lately[:, 2].sum()) / pedalled_s)
        self.seconds.append(second)

    def put_aside(self) -> None:
        """What was counted so far has no left share that holds."""
        self.rows.clear()
        self._left = self._left[0], None
        for second in self.seconds:
            second.left_percent = second.usual_percent = None


def _segments(view: RideView, rows: Floats, end: int) -> list[Segment]:
    segments: list[Segment] = []
    at = 0
    for interval in view.intervals:
        start = max(at, round(interval.start_s))
        stop = min(end, round(view.t if interval.end_s is None else interval.end_s))
        if stop > start:
            segments += [segment_of(rows, at, start), Segment(start, stop, interval.number, interval.share)]
            at = stop
    segments.append(segment_of(rows, at, end))
    return [segment for segment in segments if segment.end > segment.start]


def segment_of(rows: Floats, start: int, end: int, number: int | None = None) -> Segment:
    """A stretch of a ride, with the share of the revolutions in it; `number` as of a `Segment`."""
    within = rows[(rows[:, 0] > start) & (rows[:, 0] <= end)]
    return Segment(start, end, number, Tally().add_rows(within).share())
