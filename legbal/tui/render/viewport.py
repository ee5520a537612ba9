"""Which part of a ride is looked at, moved and zoomed without leaving the ride; and what there is to look at."""

from __future__ import annotations

import msgspec

from legbal.analysis.summary import IntervalSummary
from legbal.app.ride_values import AnalysedRide
from legbal.ride.events import Alert

SHORTEST_S = 60.0  # of the ride, across the chart


class Viewport(msgspec.Struct, frozen=True, eq=False):
    """What of a ride is shown: from `start` to `end`, the cursor `at`; ride seconds."""

    page: AnalysedRide
    start: float
    end: float
    at: float

    @property
    def length(self) -> float:
        """What the whole ride takes of the chart, seconds: its length, or `SHORTEST_S` where it has less."""
        return max(SHORTEST_S, self.last)

    @property
    def last(self) -> float:
        """The ride's last second: the cursor goes no further."""
        t = self.page.analysis.trace.t
        return float(t[-1]) if t.size else 0.0

    def moved(self, at: float) -> Viewport:
        """With the cursor at another moment of the ride, and that moment in sight."""
        at = max(0.0, min(at, self.last))
        span = self.end - self.start
        start = self.start if self.start <= at <= self.end else at - span / 2
        return self._from(start, span, at)

    def zoomed(self, factor: float) -> Viewport:
        """So many times as much of the ride, about the cursor."""
        old = self.end - self.start
        span = max(SHORTEST_S, min(old * factor, self.length))
        return self._from(self.at - (self.at - self.start) * span / old, span, self.at)

    def panned(self, part: float) -> Viewport:
        """Moved on by a part of what is shown, the cursor with it."""
        span = self.end - self.start
        return self._from(self.start + part * span, span, min(self.at + part * span, self.last))

    def _from(self, start: float, span: float, at: float) -> Viewport:
        start = max(0.0, min(start, self.length - span))
        end = start + span
        return Viewport(self.page, start, end, max(start, min(at, end)))  # rounding may put it an ulp outside


def whole_ride(page: AnalysedRide) -> Viewport:
    """All of the ride, the cursor where a leg first fell, or else in the middle of its longest interval."""
    ride_alerts, intervals = alerts(page), page.analysis.summary.intervals
    whole = Viewport(page, 0.0, 0.0, 0.0)
    at = whole.last / 2
    if ride_alerts:
        at = ride_alerts[0].t
    elif intervals:
        longest = max(intervals, key=lambda x: x.end_s - x.start_s)
        at = (longest.start_s + longest.end_s) / 2
    return Viewport(page, 0.0, whole.length, min(at, whole.last))


def alerts(page: AnalysedRide) -> list[Alert]:
    """The ride's alerts as they were told."""
    return [event for event in page.analysis.events if isinstance(event, Alert)]


def interval_at(viewport: Viewport) -> IntervalSummary | None:
    """The interval at the cursor; None between them."""
    intervals = viewport.page.analysis.summary.intervals
    return next((x for x in intervals if x.start_s <= viewport.at <= x.end_s), None)


def moments(page: AnalysedRide) -> list[float]:
    """Where there is something to look at: beginnings of intervals, alerts, notes; in order."""
    intervals = page.analysis.summary.intervals
    return sorted(
        {*(x.start_s for x in intervals), *(x.t for x in alerts(page)), *(t for t, _ in page.notes)}
    )
