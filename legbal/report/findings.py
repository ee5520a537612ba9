"""What a ride says, in the sentences of `legbal.analysis.findings`."""

from __future__ import annotations

from collections.abc import Iterator

from legbal.analysis.findings import clock, of_contrasts, of_drift, of_first_last, of_smallest
from legbal.analysis.summary import DropOffSummary, Summary
from legbal.analysis.words import counted, points
from legbal.present.html import Markup, tag


def findings(summary: Summary) -> Markup | None:
    """The section; None where there is nothing to say."""
    said = list(sentences(summary))
    if not said:
        return None
    return tag(
        "section",
        tag("h2", "What it says"),
        tag("ul", *(tag("li", x) for x in said)),
        tag("p", "Shares are the left leg’s; ± is one standard error.", class_="quiet small"),
    )


def sentences(summary: Summary) -> Iterator[str]:
    """A sentence for each finding."""
    if summary.ride.left_percent is None:
        return
    if summary.intervals:
        yield _drop_offs(summary.dropoffs)
    yield from of_contrasts(summary.contrasts)
    if summary.first_last is not None:
        yield of_first_last(summary.first_last)
    if summary.drift is not None:
        yield of_drift(summary.drift)
    smallest = of_smallest(summary)
    if smallest is not None:
        yield smallest


def _drop_offs(known: tuple[DropOffSummary, ...]) -> str:
    if not known:
        return "No drop-off was told: within the intervals no leg fell below its usual by more than noise explains."
    deepest = max(known, key=lambda x: x.points)
    when = f"the {deepest.side} leg was {points(deepest.points)} below its usual from {clock(deepest.since_s)} on"
    if len(known) == 1:
        return f"One drop-off: {when}."
    return f"{counted(len(known), 'drop-off')}; at the deepest {when}."
