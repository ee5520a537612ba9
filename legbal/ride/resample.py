"""A ride second by second, as other programs want it: sampled from the fold, so that nothing is reckoned twice."""

from collections.abc import Callable, Iterable

import msgspec
import numpy as np

from legbal.ride.balance import COLUMNS, Row, Tally
from legbal.ride.events import Event
from legbal.ride.heart_rate import FRESH_S, HeartRateReadings
from legbal.ride.inputs import Input, Setup, is_heart_rate
from legbal.ride.ride import Ride
from legbal.ride.share import Share
from legbal.ride.view import Floats, RideView

_USUAL_OVER_S = 10  # of power, as in a view
_HELD_S = 3  # between two revolutions told, the last values stand; longer, and nothing is known


class Second(msgspec.Struct, gc=False):
    """What was told in the second that ends at ride second `t`; None where nothing was.

    `left_percent` is work-weighted over the revolutions told in it, or the latest share told there while one leg
    pedalled alone; `usual_percent` what was usual at the power of the ten seconds before. None while the cranks rest.
    `heart_rate_bpm` is a strap's, as the second ends.
    """

    t: int
    power_w: float | None
    cadence_rpm: float | None
    left_percent: float | None = None
    usual_percent: float | None = None
    heart_rate_bpm: float | None = None


class Segment(msgspec.Struct, frozen=True):
    """A work interval (`number`), or the time before, between and after them (None), in whole ride seconds."""

    start: int
    end: int
    number: int | None
    share: Share


class SampledRide(msgspec.Struct, frozen=True):
    """What a whole ride told, and its seconds from 0 as arrays of shape (n,), NaN where nothing was told.

    `power_w` to `heart_rate_bpm` are those of a `Second`. `rows` are all its revolutions, shape (m, 5), columns as in
    `COLUMNS`: none where the balance is no measurement.
    """

    power_w: Floats
    cadence_rpm: Floats
    left_percent: Floats
    usual_percent: Floats
    heart_rate_bpm: Floats
    view: RideView
    events: tuple[Event, ...]
    rows: Floats


class ResampledRide(msgspec.Struct, frozen=True):
    """A whole ride: every second from 0, its segments without a hole between them, and its last view.

    `events` are all that it told; `rows` as of a `SampledRide`.
    """

    seconds: list[Second]
    segments: list[Segment]
    view: RideView
    events: tuple[Event, ...]
    rows: Floats


def resample(
    setup: Setup, inputs: Iterable[Input], tell: Callable[[int], None] = lambda _: None
) -> ResampledRide:
    """Folds a ride and notes every second of it, see `sample`."""
    ride = sample(setup, inputs, tell)
    columns = ride.power_w, ride.cadence_rpm, ride.left_percent, ride.usual_percent, ride.heart_rate_bpm
    without_nan = [[None if x != x else x for x in column.tolist()] for column in columns]
    seconds = [Second(t, *values) for t, values in enumerate(zip(*without_nan, strict=True))]
    segments = _segments(ride.view, ride.rows, max(len(seconds) - 1, 1))
    return ResampledRide(seconds, segments, ride.view, ride.events, ride.rows)


def sample(
    setup: Setup,
    inputs: Iterable[Input],
    tell: Callable[[int], None] = lambda _: None,
    *,
    lenient: bool = False,
    balance: bool = True,
) -> SampledRide:
    """Folds a ride and notes every second of it.

    Args:
        setup: what it was ridden with.
        inputs: in order of time.
        tell: is called with 1 for each second, for a progress bar.
        lenient: a view that fails only says so, see `Ride.view`, and a second that does is blank: to be shown, and
            never kept.
        balance: whether each second's left shares are wanted; without them it takes less time.
    """
    ride = Ride(setup)
    sampler = _Sampler(ride, balance)
    events: list[Event] = []
    ended = 0  # seconds

    def note() -> None:
        nonlocal ended
        try:
            sampler.note(ended)
        except Exception:  # the view asks the same, and says that it fails
            if not lenient:
                raise
            sampler.seconds.append((None,) * 4)
        ended += 1
        tell(1)

    for item in inputs:
        if item.t > ended and not is_heart_rate(item):
            while item.t > ended:
                note()
        events += ride.feed(item)
    events += ride.close()
    note()
    view = ride.view() if lenient else ride.whole_view()
    if view.balance in ("absent", "constant"):
        sampler.put_aside()
    return sampler.sampled(view, tuple(events))


class _Sampler:
    """Notes, as a second ends, what cannot be told afterwards; the rest follows for all of them at once."""

    def __init__(self, ride: Ride, balance: bool) -> None:
        # Of each: watts, cadence, today's level, and the share of one leg alone.
        self.seconds: list[tuple[float | None, ...]] = []
        self._ride, self._balance = ride, balance
        self._statistics = ride.statistics
        self._rows: list[Row] = []
        self._power: tuple[int, float | None] = (0, None)  # when power was last stated, and what it was

    def note(self, t: int) -> None:
        ride, start = self._ride, t - 1.0
        if ride.statistics is not self._statistics:
            self._statistics = ride.statistics
            self.put_aside()
        self._rows += self._statistics.since(start)
        power, cadence = ride.stated(start)
        if power is not None:
            self._power = t, power
        elif t - self._power[0] <= _HELD_S and ride.pauses.since is None:
            power = self._power[1]
        level = ride.usual.level() if self._balance and power is not None and power > 0 else None
        alone_t, alone = self._statistics.one_leg.latest
        self.seconds.append(
            (power, None if power is None else cadence, level, alone if alone_t > start else None)
        )

    def put_aside(self) -> None:
        """What was counted so far has no left share that holds."""
        self._rows.clear()

    def sampled(self, view: RideView, events: tuple[Event, ...]) -> SampledRide:
        """The whole ride."""
        power, cadence, level, alone = np.array(self.seconds, float).T
        rows = np.array(self._rows, float).reshape(-1, len(COLUMNS))
        left = usual = np.full(len(power), np.nan)
        if self._balance:
            left, usual = self._shares(rows, power, level, alone)
        rows[np.isin(rows[:, 0], list(self._statistics.mixed)), 4] = np.nan
        heart_rate = _heart_rate(self._ride.heart_rate, len(power), view)
        return SampledRide(power, cadence, left, usual, heart_rate, view, events, rows)

    def _shares(self, rows: Floats, power: Floats, level: Floats, alone: Floats) -> tuple[Floats, Floats]:
        """The left share of each second, and the usual one; `rows` as they were told, though some count no more."""
        t, second = np.arange(len(power)), np.ceil(rows[:, 0]).astype(int)
        of_both, work_left = ~np.isnan(rows[:, 4]), rows[:, 2] * rows[:, 4]
        columns = (
            rows[:, 1],
            rows[:, 2],
            np.where(of_both, rows[:, 2], 0.0),
            np.where(of_both, work_left, 0.0),
        )
        seconds, work, work_both, work_left = (np.bincount(second, x, len(t)).astype(float) for x in columns)
        lately = np.ones(_USUAL_OVER_S)
        with np.errstate(invalid="ignore", divide="ignore"):
            left = np.where(work_both != 0, work_left / work_both, alone)
            late_w = np.convolve(work, lately)[: len(t)] / np.convolve(seconds, lately)[: len(t)]
        has_any = np.bincount(second, minlength=len(t)) > 0
        left[~has_any] = np.nan
        latest = np.maximum.accumulate(np.where(has_any, t, 0))
        held = (power > 0) & (t - latest <= _HELD_S)
        usual = np.full(len(t), np.nan)
        for at in np.flatnonzero(held & np.isfinite(late_w) & ~np.isnan(level)).tolist():
            usual[at] = self._ride.usual.left_percent(float(late_w[at]), float(level[at]))
        return np.where(held, left[latest], np.nan), usual


def _heart_rate(readings: HeartRateReadings, seconds: int, view: RideView) -> Floats:
    """Beats a minute as each second ended, as the view showed them then; none in pauses."""
    bpm = np.full(seconds, np.nan)
    if readings.times:
        t, times = np.arange(seconds), np.frombuffer(readings.times)
        latest = np.maximum(np.searchsorted(times, t, "right") - 1, 0)
        since = t - times[latest]
        told = np.frombuffer(readings.bpm, np.uint16)[latest]
        fresh = (told > 0) & (since >= 0) & (since <= FRESH_S)
        bpm[fresh] = told[fresh]
        for pause in view.pauses:
            bpm[(t > pause.since_s) & (t <= (np.inf if pause.until_s is None else pause.until_s))] = np.nan
    return bpm


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
