"""A review as a rider reads it: sentences and tables within 80 columns of a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.analysis.noise_model import Z_95
from legbal.analysis.summary import (
    LEAST_SLOPE_S,
    Around,
    BandSummary,
    DropOffSummary,
    IntervalSummary,
    RideSummary,
    Summary,
)
from legbal.cli.table import printable, table
from legbal.present import findings
from legbal.present.numbers import clock, signed

_WIDTH = 80
_NOTHING = "—"
_KEPT = "\N{NO-BREAK SPACE}"
_TOGETHER = re.compile(r" (?=±)|(?<=±) |(?<=\d) (?=(?:%|s|W|points?)\b|%)")
Row = tuple[str, ...]


def lines(summary: Summary) -> Iterator[str]:
    """The review line by line, an empty one between its parts."""
    parts = (
        _ride(summary.ride),
        _intervals(summary),
        _bands(summary),
        *_dropoffs(summary.dropoffs),
        _dynamics(summary),
        _worth(summary),
    )
    for number, part in enumerate(filter(None, map(list, parts))):
        if number:
            yield ""
        yield from part


def _ride(ride: RideSummary) -> Iterator[str]:
    whose = "" if ride.left_percent is None else f", {_reference(ride.reference)}"
    yield f"left {_share(ride.left_percent, ride.left_standard_error)}   {ride.balance}{whose}"
    watts = f"{_number(ride.power_w)} W"
    if ride.left_w is not None and ride.right_w is not None:
        watts += f" (left {_number(ride.left_w)}, right {_number(ride.right_w)})"
    yield f"{watts} over {ride.revolutions} revolutions in {clock(ride.duration_s)}"


def _intervals(summary: Summary) -> Iterator[str]:
    if summary.intervals:
        heading = ("int.", "from", "time", "watts", "left", "right", "left %", "usual", "points/min (95 %)")
        yield from table([heading, *map(_interval, summary.intervals)], heading[:6] + heading[7:])
        if any(x.left_standard_error is not None for x in summary.intervals):
            yield "± is one standard error; the 95 % interval reaches twice as far."
    if summary.drift is not None:
        yield from _wrapped(findings.of_drift(summary.drift))
    if summary.first_last is not None:
        yield from _wrapped(findings.of_first_last(summary.first_last))


def _interval(x: IntervalSummary) -> Row:
    slope, seconds = _NOTHING, x.end_s - x.start_s
    if x.slope_per_minute is not None and x.slope_error is not None and seconds >= LEAST_SLOPE_S:
        low, high = (x.slope_per_minute + side * Z_95 * x.slope_error for side in (-1, 1))
        slope = f"{signed(x.slope_per_minute)} ({signed(low)} … {signed(high)})"
    return (
        str(x.number),
        clock(x.start_s),
        clock(seconds),
        *_watts(x),
        _share(x.left_percent, x.left_standard_error),
        _NOTHING if x.usual_percent is None else f"{x.usual_percent:.1f}",
        slope,
    )


def _bands(summary: Summary) -> Iterator[str]:
    bands = [x for x in summary.bands if x.seconds]
    if bands:
        heading = ("power band", "time", "watts", "left", "right", "left %")
        yield from table([heading, *map(_band, bands)], heading[1:5])
    for said in findings.of_contrasts(summary.contrasts):
        yield from _wrapped(said)


def _band(x: BandSummary) -> Row:
    return x.name, clock(x.seconds), *_watts(x), _share(x.left_percent, x.left_standard_error)


def _watts(x: IntervalSummary | BandSummary) -> tuple[str, str, str]:
    return _number(x.power_w), _number(x.left_w), _number(x.right_w)


def _dropoffs(dropoffs: Sequence[DropOffSummary]) -> Iterator[Iterator[str]]:
    for number, dropoff in enumerate(dropoffs, 1):
        yield _dropoff(number, dropoff)


_AROUND: tuple[tuple[str, Callable[[Around], str]], ...] = (
    ("left %", lambda x: _share(x.left_percent, x.left_standard_error)),
    ("watts", lambda x: _number(x.power_w)),
    ("left W", lambda x: _number(x.left_w)),
    ("right W", lambda x: _number(x.right_w)),
    ("rpm", lambda x: _number(x.cadence_rpm)),
    ("over", lambda x: f"{x.seconds:.0f} s" if x.seconds else _NOTHING),
)


def _dropoff(number: int, dropoff: DropOffSummary) -> Iterator[str]:
    when, covered = findings.of_dropoff(dropoff)
    yield from _wrapped(f"Drop-off {number}: {when}.")
    heading = ("", "before", "during", "after")
    three = (dropoff.before, dropoff.during, dropoff.after)
    rows: list[Row] = [(name, *map(of, three)) for name, of in _AROUND]
    yield from (f"  {line}" for line in table([heading, *rows], heading[1:]))
    yield from _wrapped(covered)


_LEG: tuple[tuple[str, Callable[[LegDynamics], str]], ...] = (
    ("torque effectiveness", lambda leg: _unit(leg.torque_effectiveness_percent, " %")),
    ("pedal smoothness", lambda leg: _unit(leg.pedal_smoothness_percent, " %")),
    ("platform centre offset", lambda leg: _unit(leg.platform_centre_offset_mm, " mm", signed)),
    ("power phase", lambda leg: _angles(leg.power_phase_start_deg, leg.power_phase_end_deg)),
    ("peak power phase", lambda leg: _angles(leg.peak_phase_start_deg, leg.peak_phase_end_deg)),
)
_SHORT = ("TE %", "PS %", "PCO mm", "power phase", "peak phase")


def _dynamics(summary: Summary) -> Iterator[str]:
    """Both legs over the ride, then the same of each interval; what nobody measured is left out."""
    whole = summary.ride.dynamics
    if whole is None:
        return
    heading: Row = ("cycling dynamics", "left", "right")
    rows = [(name, of(whole.left), of(whole.right)) for name, of in _LEG]
    if whole.combined_pedal_smoothness_percent is not None:
        rows.append(("smoothness of both", _unit(whole.combined_pedal_smoothness_percent, " %"), ""))
    for name, angle in (
        ("top dead spot", whole.top_dead_spot_deg),
        ("bottom dead spot", whole.bottom_dead_spot_deg),
    ):
        if angle is not None:
            rows.append((name, _unit(angle, "°"), ""))
    yield from table([heading, *(row for row in rows if set(row[1:]) != {_NOTHING})], heading[1:])
    intervals = [(x.number, x.dynamics) for x in summary.intervals if x.dynamics is not None]
    if intervals:
        yield ""
        yield from _dynamics_by_interval(intervals)


def _dynamics_by_interval(intervals: Sequence[tuple[int, Dynamics]]) -> Iterator[str]:
    """A row for each leg of each interval, columns only of what some of them tell."""
    rows = [
        (str(number), side, *(of(leg) for _, of in _LEG))
        for number, both in intervals
        for side, leg in (("left", both.left), ("right", both.right))
        if leg.seconds
    ]
    heading = ("interval", "leg", *_SHORT)
    told = [0, 1, *(i for i in range(2, len(heading)) if any(row[i] != _NOTHING for row in rows))]
    if len(told) > 2:
        yield from table(
            [tuple(row[i] for i in told) for row in (heading, *rows)], ("interval", *heading[2:])
        )


def _worth(summary: Summary) -> Iterator[str]:
    """What this can show at all."""
    said = findings.of_smallest(summary)
    if said is not None:
        yield from _wrapped(said)
    for limit in summary.limits:
        yield from _wrapped(printable(limit))


def _wrapped(text: str) -> list[str]:
    """A sentence within the width; a number keeps its unit and its error on its line."""
    kept = _TOGETHER.sub(_KEPT, text)
    rows = textwrap.wrap(kept, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [row.replace(_KEPT, " ") for row in rows]


def _share(percent: float | None, error: float | None) -> str:
    """A share with what is known of its error; without that it would be a bare number, and says nothing."""
    return _NOTHING if percent is None or error is None else f"{percent:.1f} ± {error:.1f}"


def _reference(reference: str) -> str:
    return {
        "left": "the meter names the left leg",
        "right": "the meter names the right leg",
        "assumed_left": "taken as the left leg's",
        "unknown": "read as the left leg's: the meter does not say",
    }[reference]


def _number(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.0f}"


def _unit(value: float | None, unit: str, said: Callable[[float], str] = "{:.0f}".format) -> str:
    return _NOTHING if value is None else f"{said(value)}{unit}"


def _angles(start: float | None, end: float | None) -> str:
    return _NOTHING if start is None or end is None else f"{start:.0f}° to {end:.0f}°"
