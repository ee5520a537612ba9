"""A review as a rider reads it: sentences and tables within 80 columns of a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from legbal.analysis.summary import RideSummary, Summary
from legbal.present import findings, tables
from legbal.present.meter import reference
from legbal.present.numbers import clock, number, share_error, watts
from legbal.present.plain import table_lines
from legbal.present.text import printable, wrapped

_WIDTH = 80


def lines(summary: Summary) -> Iterator[str]:
    """The review line by line, an empty one between its parts."""
    parts = (
        _ride(summary.ride),
        _intervals(summary),
        _bands(summary),
        _dropoffs(summary),
        *_dynamics(summary),
        _worth(summary),
    )
    for position, part in enumerate(filter(None, map(list, parts))):
        if position:
            yield ""
        yield from part


def _ride(ride: RideSummary) -> Iterator[str]:
    whose = "" if ride.left_percent is None else f", {reference(ride.reference)}"
    yield f"left {share_error(ride.left_percent, ride.left_standard_error, ride.revolutions)}   {ride.balance}{whose}"
    power = watts(ride.power_w)
    if ride.left_w is not None and ride.right_w is not None:
        power += f" (left {number(ride.left_w)}, right {number(ride.right_w)})"
    yield f"{power} over {ride.revolutions} revolutions in {clock(ride.duration_s)}"


def _intervals(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.intervals(summary.intervals), _WIDTH)
    if any(x.share.standard_error is not None for x in summary.intervals):
        yield "± is one standard error."
    if summary.drift is not None:
        yield from wrapped(findings.of_drift(summary.drift), _WIDTH)
    if summary.first_last is not None:
        yield from wrapped(findings.of_first_last(summary.first_last), _WIDTH)


def _bands(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.bands(summary.bands), _WIDTH)
    for said in findings.of_contrasts(summary.contrasts):
        yield from wrapped(said, _WIDTH)


def _dropoffs(summary: Summary) -> Iterator[str]:
    yield from table_lines(tables.dropoffs(summary.dropoffs), _WIDTH)
    for position, dropoff in enumerate(summary.dropoffs, 1):
        when, covered = findings.of_dropoff(dropoff)
        yield from wrapped(f"Drop-off {position}: {when}. {covered}", _WIDTH, "  ")


def _dynamics(summary: Summary) -> Iterator[list[str]]:
    """Both legs over the ride, then the same of each interval; what nobody measured is left out."""
    if summary.ride.dynamics is not None:
        intervals = [(x.number, x.dynamics) for x in summary.intervals if x.dynamics is not None]
        yield table_lines(tables.dynamics(summary.ride.dynamics), _WIDTH)
        yield table_lines(tables.interval_dynamics(intervals), _WIDTH)


def _worth(summary: Summary) -> Iterator[str]:
    """What this can show at all."""
    said = findings.of_smallest(summary)
    if said is not None:
        yield from wrapped(said, _WIDTH)
    for limit in summary.limits:
        yield from wrapped(printable(limit), _WIDTH)
