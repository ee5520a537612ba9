"""Every drop-off that was told: the legs before it, during it and after, and who did the missing leg's work."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.summary import Covered, DropOffSummary, IntervalSummary, SpanAverages
from legbal.ride.balance import COLUMNS, Tally
from legbal.ride.events import Alert, Clear, Event, ended_alerts
from legbal.ride.inputs import Side
from legbal.ride.share import Estimate, Share
from legbal.ride.view import Floats

_T, _DURATION, _WORK, _POWER, _LEFT = range(len(COLUMNS))
_AROUND_S = 60.0  # of work before and after, that the drop-off is set against
_COMES_OVER_S = 10.0  # a drop-off comes over some seconds: they are neither before nor during
# Power remembers too: means over so many seconds resemble their neighbours by about so much.
_BLOCK_S, _LIKENESS = 10.0, 0.3
_LEAST_FREEDOM = 2  # of the scatter of such means: three of them, or two and two
_IF_COVERED: dict[Covered, float] = {
    "other leg": 1.0,
    "both": 0.5,
    "power fell": 0.0,
}  # part of the missing watts
_LIKELY = 0.8  # that it was so and neither of the other two: told then
_LEAST_ERROR = 0.05  # of the missing watts


class _Stretches:
    def __init__(
        self,
        rows: Floats,
        cadence_rpm: Floats,
        intervals: Sequence[IntervalSummary],
        revolutions: RideRevolutions,
    ) -> None:
        at_work = np.zeros(len(rows), bool)
        for x in intervals:
            at_work |= (rows[:, _T] > x.start_s) & (rows[:, _T] <= x.end_s)
        self.rows = rows[at_work]
        self.revolutions = revolutions
        self._cadence = cadence_rpm

    def between(self, start: float, end: float) -> Floats:
        """Revolutions told after `start`, until `end`."""
        t = self.rows[:, _T]
        return self.rows[np.searchsorted(t, start, "right") : np.searchsorted(t, end, "right")]

    def before(self, end: float, but: Sequence[tuple[float, float]]) -> Floats:
        """Of the last minute at work before `end`, but for some spans."""
        rows = self.between(-math.inf, end)
        for start, stop in but:
            rows = rows[(rows[:, _T] <= start) | (rows[:, _T] > stop)]
        return rows[np.cumsum(rows[::-1, _DURATION])[::-1] <= _AROUND_S]

    def after(self, start: float, end: float) -> Floats:
        """Of the first minute at work after `start`, until `end` at the latest."""
        rows = self.between(start, end)
        return rows[np.cumsum(rows[:, _DURATION]) <= _AROUND_S]

    def around(self, rows: Floats) -> SpanAverages:
        share = Tally().add_rows(rows).share()
        seconds = np.unique(np.ceil(rows[:, _T])).astype(int)
        cadence = self._cadence[seconds[seconds < len(self._cadence)]]
        cadence = cadence[~np.isnan(cadence)]
        if share.standard_error is not None:  # stretches apart differ by what wanders over minutes, too
            share = msgspec.structs.replace(share, standard_error=self.revolutions.error(self.weights(rows)))
        return SpanAverages(
            share=share,
            cadence_rpm=float(cadence.mean()) if len(cadence) else None,
            seconds=float(rows[:, _DURATION].sum()),
        )

    def weights(self, rows: Floats) -> Floats:
        return self.revolutions.mean_of(np.isin(self.revolutions.t, rows[:, _T]))


def dropoffs(
    events: Sequence[Event],
    rows: Floats,
    cadence_rpm: Floats,
    intervals: Sequence[IntervalSummary],
    revolutions: RideRevolutions,
) -> tuple[DropOffSummary, ...]:
    """The ride's drop-offs in order.

    Args:
        events: of the whole ride.
        rows: its revolutions, shape (n, 5), columns as of a `Ring`.
        cadence_rpm: of its seconds, from 0; NaN where it is not known.
        intervals: in which alone drop-offs are told.
        revolutions: the same ones, and their noise.
    """
    stretches = _Stretches(rows, cadence_rpm, intervals, revolutions)
    lasted = spans(events)
    nexts = [*(since for since, _ in lasted[1:]), math.inf]
    return tuple(
        _dropoff(stretches, alert, clear, nexts[place], lasted[:place])
        for place, (alert, clear) in enumerate(_ended_dropoffs(events))
    )


def spans(events: Sequence[Event]) -> list[tuple[float, float]]:
    """From when to when drop-offs lasted, as far as that was told; ride seconds."""
    return [
        (alert.since, math.inf if clear is None else clear.over_s) for alert, clear in _ended_dropoffs(events)
    ]


def _ended_dropoffs(events: Sequence[Event]) -> list[tuple[Alert, Clear | None]]:
    return [(alert, clear) for alert, clear in ended_alerts(events) if alert.kind == "dropoff"]


def _dropoff(
    stretches: _Stretches,
    alert: Alert,
    clear: Clear | None,
    next_since: float,
    earlier: Sequence[tuple[float, float]],
) -> DropOffSummary:
    assert alert.side is not None  # nothing but a leg drops off
    before = stretches.before(alert.since, earlier)
    down = stretches.between(alert.since, math.inf if clear is None else clear.over_s)
    back = None if clear is None else clear.back_s
    if back is not None:
        down = stretches.between(alert.since, back)
    settled = down[down[:, _T] > alert.since + _COMES_OVER_S]
    during = settled if len(settled) else down
    ended = float(down[-1, _T]) if len(down) else alert.t
    was, now = stretches.around(before), stretches.around(during)
    difference = None
    if was.share.standard_error is not None and now.share.standard_error is not None:
        difference = Estimate(
            (now.share.left_percent or 0.0) - (was.share.left_percent or 0.0),
            stretches.revolutions.error(stretches.weights(during) - stretches.weights(before)),
        )
    return DropOffSummary(
        side=alert.side,
        told_s=alert.t,
        since_s=alert.since,
        cleared_s=None if clear is None else clear.over_s,
        ended=None if clear is None else clear.reason,
        points=alert.points,
        sure=alert.sure,
        before=was,
        during=now,
        after=stretches.around(stretches.after(ended, next_since)),
        difference=difference,
        back_after_s=None if back is None else back - alert.since,
        covered=_covered(was.share, now.share, alert.side, _power_error(before, during)),
    )


def _covered(was: Share, now: Share, side: Side, power_error: float) -> Covered | None:
    """Who gave the watts that the leg no longer gave; None where the power scatters too much to tell.

    The part of them that the other leg gave is 1, a half or 0, each as likely beforehand.
    """
    if was.left_w is None or was.right_w is None or now.left_w is None or now.right_w is None:
        return None
    left, right = now.left_w - was.left_w, now.right_w - was.right_w
    fallen, risen = (-left, right) if side == "left" else (-right, left)
    # what the leg lost by its share alone, whatever the whole did
    by_share = abs((was.left_percent or 0) - (now.left_percent or 0)) / 100 * (was.power_w or 0)
    missing = max(fallen, by_share)
    if not missing or math.isnan(power_error):
        return None
    part = min(max(risen / missing, 0.0), 1.0)
    of_other = (100 - (was.left_percent or 0) if side == "left" else was.left_percent or 0) / 100
    error = max(
        of_other * power_error / missing, _LEAST_ERROR
    )  # the other leg's watts vary by its share of power
    likely = {what: math.exp(-0.5 * ((part - if_so) / error) ** 2) for what, if_so in _IF_COVERED.items()}
    best = max(likely, key=lambda what: likely[what])
    total = sum(likely.values())
    if likely["power fell"] < (1 - _LIKELY) * total:
        return best  # it gave some of them, if not all: that the power fell instead is unlikely
    return best if likely[best] > _LIKELY * total else None


def _power_error(before: Floats, during: Floats) -> float:
    """The standard error of the difference of two stretches' mean power; NaN where there is too little of them.

    Both scatter alike, as is assumed, so that a short one has the other's scatter.
    """
    means = [_power_means(before), _power_means(during)]
    freedom = sum(len(x) - 1 for x in means)
    if not all(len(x) for x in means) or freedom < _LEAST_FREEDOM:
        return math.nan
    variance = sum(float(((x - x.mean()) ** 2).sum()) for x in means) / freedom
    return math.sqrt(variance * (1 + _LIKENESS) / (1 - _LIKENESS) * sum(1 / len(x) for x in means))


def _power_means(rows: Floats) -> Floats:
    """The mean power over each ten seconds of some revolutions; as in a `Share`, not of those without a left share."""
    rows = rows[~np.isnan(rows[:, _LEFT])]
    if not len(rows):
        return np.empty(0)
    block = np.floor((rows[:, _T] - rows[0, _T]) / _BLOCK_S).astype(int)
    worked = np.bincount(block, weights=rows[:, _DURATION])
    work = np.bincount(block, weights=rows[:, _WORK])
    whole = worked > _BLOCK_S / 2
    return np.asarray(work[whole] / worked[whole], np.float64)
