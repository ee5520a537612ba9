"""A ride second by second, with the share over the half minute before each: reckoned for all of them at once."""

from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride.balance import COLUMNS, LEAST_REVOLUTIONS, MOST_BATCHES, Batches
from legbal.ride.resample import SampledRide
from legbal.ride.share import EMPTY, Share

Floats = npt.NDArray[np.float64]  # by which what is kept of a trace is read again
Places = npt.NDArray[np.intp]

WINDOW_S = 30  # over which a trace's share reaches, as `RideView.last_30s`

_T, _DURATION, _WORK, _, _LEFT = range(len(COLUMNS))


class RideTrace(msgspec.Struct, frozen=True):
    """A ride second by second: arrays of shape (n,), NaN where nothing can be said.

    Attributes:
        t: the end of each second, ride seconds.
        power_w: as the meter stated it; `cadence_rpm`: at that moment.
        left_percent: the work-weighted left share over the 30 s before, with `left_standard_error` in points; both
            only where as many revolutions stand behind them as behind a share in a table.
        usual_percent: the left share that was usual then, at the power of that moment.
        share_w: mean watts of the revolutions behind `left_percent`.
    """

    t: Floats
    power_w: Floats
    cadence_rpm: Floats
    left_percent: Floats
    left_standard_error: Floats
    usual_percent: Floats
    share_w: Floats


def trace_of(ride: SampledRide, step: float) -> RideTrace:
    """The trace of a ride whose meter sends the share in such a step, percent."""
    t = np.arange(len(ride.power_w), dtype=float)
    measured = np.flatnonzero(~np.isnan(ride.left_percent))
    values = np.full((len(t), 3), np.nan)
    for at, share in zip(measured.tolist(), shares_before(ride.rows, t[measured], step), strict=True):
        if share.rests_on():
            values[at] = share.left_percent, share.standard_error, share.power_w
    left, error, share_w = values.T
    return RideTrace(
        t=t,
        power_w=ride.power_w,
        cadence_rpm=ride.cadence_rpm,
        left_percent=left,
        left_standard_error=error,
        usual_percent=ride.usual_percent,
        share_w=share_w,
    )


def shares_before(rows: Floats, t: Floats, step: float) -> Iterator[Share]:
    """For each of some ride seconds the share over the `WINDOW_S` before it, as a `Tally` of those revolutions says it;
    of those without work or a left share none.

    A tally adds up one revolution after the other; here the batches of all windows are cut from one array, so
    that ten windows over the same revolution cost no ten times as much. Of meters that count in whole watts and 1024ths
    of a second all sums are exact in both; others differ by no more than the last digits of a float.

    Args:
        rows: the ride's revolutions, shape (m, 5), columns as in `COLUMNS`.
        t: the seconds, in order.
        step: in which shares come, percent; 0: not rounded.
    """
    rows = rows[~np.isnan(rows[:, _LEFT])]
    columns = np.stack((rows[:, _WORK], rows[:, _WORK] * rows[:, _LEFT], rows[:, _DURATION]))
    starts, ends = (np.searchsorted(rows[:, _T], at, "right") for at in (t - WINDOW_S, t))
    work, left, seconds = _sums(columns, starts, ends)
    mean = np.divide(left, work, out=np.zeros(len(t)), where=work != 0)
    counts = ends - starts
    # As a tally's batches double whenever so many are full.
    sizes = np.array([1 << (count // MOST_BATCHES).bit_length() for count in counts.tolist()])
    errors: list[float | None] = [None] * len(t)
    enough = (counts >= LEAST_REVOLUTIONS) & (work != 0)
    for size in np.unique(sizes[enough]).tolist():
        some = np.flatnonzero(enough & (sizes == size))
        batches = _batches(columns[:2], starts[some], counts[some], mean[some], size)
        for at, scatter in zip(some.tolist(), batches, strict=True):
            errors[at] = scatter.error(float(seconds[at]), step)
    for *values, error in zip(
        work.tolist(), mean.tolist(), seconds.tolist(), counts.tolist(), errors, strict=True
    ):
        of_work, left_percent, of_seconds, count = values
        yield Share(left_percent, error, of_seconds, count, of_work / of_seconds) if of_work else EMPTY


def _sums(columns: Floats, starts: Places, ends: Places) -> Floats:
    """Σ columns[:, start:end] for each start and end, shape (columns, windows)."""
    closed = np.concatenate((columns, np.zeros((len(columns), 1))), axis=1)
    sums = np.add.reduceat(closed, np.column_stack((starts, ends)).ravel(), axis=1)[:, ::2]
    return np.where(starts < ends, sums, 0.0)


def _batches(columns: Floats, starts: Places, counts: Places, mean: Floats, size: int) -> Iterator[Batches]:
    """Of windows over `counts` revolutions from `starts` on, with these means, their full batches of one size.

    `columns` are each revolution's work, and its work × left.
    """
    work_j, left_j = np.lib.stride_tricks.sliding_window_view(columns, size, axis=1).sum(axis=2)
    full = counts // size
    total, square, lagged, before = np.zeros((4, len(starts)))
    for place in range(full.max(initial=0)):
        is_full = place < full
        at = np.where(is_full, starts + place * size, 0)
        off = np.where(is_full, left_j[at] - work_j[at] * mean, 0.0)
        total += np.where(is_full, work_j[at], 0.0)
        square += off * off
        lagged += off * before
        before = off
    for values in zip(full.tolist(), total.tolist(), square.tolist(), lagged.tolist(), strict=True):
        yield Batches(values[0], size, *values[1:])
