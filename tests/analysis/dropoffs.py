"""Made-up drop-offs of the left leg."""

from __future__ import annotations

from typing import Any

import msgspec

from legbal.analysis.summary import DropOffSummary, SpanAverages

_NOTHING = SpanAverages()


def dropoff(
    since_s: float,
    points: float,
    before: SpanAverages = _NOTHING,
    during: SpanAverages = _NOTHING,
    **others: Any,
) -> DropOffSummary:
    """One that was told after half a minute and for which the right leg made up; `others` are its other fields."""
    made = DropOffSummary(
        side="left",
        told_s=since_s + 30.0,
        since_s=since_s,
        cleared_s=since_s + 100.0,
        points=points,
        sure=0.9,
        before=before,
        during=during,
        after=_NOTHING,
        back_after_s=None,
        covered="other leg",
    )
    return msgspec.structs.replace(made, **others)
