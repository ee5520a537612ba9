"""The ride over time: balance, power and cadence above each other, with intervals, alerts and notes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from legbal.analysis.ride_analysis import RideAnalysis, RideTrace
from legbal.present.events import alert_name, alert_over, alert_sentence
from legbal.present.html import Markup, join, shortened
from legbal.present.numbers import clock, count, interval_name
from legbal.present.remarks import remark
from legbal.report.chart import Chart, Group, Level, Marker, Readout, ReadoutSpan, Series, Span, svg
from legbal.report.page import key, linked
from legbal.report.resample import MOST_ERROR, any_known, drawable, thinned
from legbal.report.scale import Axis
from legbal.ride.events import Alert, Clear, Event, LinkChange, MeterChange

NAME = "time"
_LEAST_SHOWN_S = 20.0
_LEAST_POINTS = 3.0  # of share above and below 50 %
_PEDALLED_RPM = 40.0  # where a ride never falls below it, the axis need not begin at 0
_MOST_MARKED = 300  # intervals, alerts, notes, losses of the link, each
_LONGEST_NOTE = 300  # characters, of one on the chart
_NEAR_A_NOTE = 0.01  # of the ride: as near to it as it is told


class HeldAlert(msgspec.Struct, frozen=True):
    """An alert from when the leg gave less until it was over; `end_s` is the ride's end where it never was."""

    alert: Alert
    end_s: float


class Note(msgspec.Struct, frozen=True):
    """What the rider wrote at a moment of the ride."""

    t: float
    said: str


class _Marks(msgspec.Struct, frozen=True):
    """What is marked on the charts."""

    intervals: tuple[Span, ...]
    gone: tuple[Span, ...]
    alerts: tuple[HeldAlert, ...]
    notes: tuple[Note, ...]


def held_alerts(events: Sequence[Event], end_s: float) -> list[HeldAlert]:
    """The alerts of a ride, each with its end."""
    found = []
    for i, event in enumerate(events):
        if isinstance(event, Alert):
            ends = (
                x.t
                for x in events[i:]
                if isinstance(x, Clear) and (x.kind, x.side) == (event.kind, event.side)
            )
            found.append(HeldAlert(event, next(ends, end_s)))
    return found


def share_axis(trace: RideTrace) -> Axis:
    """An axis of left share around 50 % that all but the wildest hundredth of a drawable trace fits on."""
    known = trace.left_percent[np.isfinite(trace.left_percent)]
    usual = trace.usual_percent[np.isfinite(trace.usual_percent)]
    ends = [50.0 - _LEAST_POINTS, 50.0 + _LEAST_POINTS]
    if len(known):
        ends += np.percentile(known, (0.5, 99.5)).tolist()
    if len(usual):
        ends += [float(usual.min()), float(usual.max())]
    return Axis(float(np.floor(min(ends) - 0.5)), float(np.ceil(max(ends) + 0.5)), label="left share, %")


def time_charts(reading: RideAnalysis, notes: Sequence[Note]) -> tuple[Markup, Group]:
    """The charts in their box, and their group."""
    trace = thinned(drawable(reading.trace))
    end = max(float(trace.t[-1]) if len(trace.t) else 0.0, 1.0)
    marks = _Marks(
        intervals=_intervals(reading),
        gone=_links(reading.events, end)[:_MOST_MARKED],
        alerts=tuple(held_alerts(reading.events, end)[:_MOST_MARKED]),
        notes=tuple(Note(x.t, shortened(x.said, _LONGEST_NOTE)) for x in notes[:_MOST_MARKED]),
    )
    group = _group(reading, trace, end, marks)
    charts = []
    if any_known(trace.left_percent):
        charts.append(_balance(trace, group, marks))
    charts.append(_plain("power", "power, W", group, marks, 170.0))
    if any_known(trace.cadence_rpm):
        charts.append(_plain("cadence", "cadence, rpm", group, marks, 130.0))
    box = linked(NAME, _legend(trace, marks), *map(svg, charts), label="Charts over the time of the ride")
    return box, group


def _group(reading: RideAnalysis, trace: RideTrace, end: float, marks: _Marks) -> Group:
    """What all three charts have in common."""
    shares = (
        Readout(label="left", y="left", error="error", unit=" %", style="left"),
        Readout(label="right", y="left", error="error", unit=" %", style="right", rest=True, quiet=True),
        Readout(label="usual left", y="usual", unit=" %", quiet=True),
    )
    near_a_note = max(2.0, _NEAR_A_NOTE * end)
    return Group(
        x=Axis(0.0, end, "clock"),
        columns={
            "x": trace.t,
            "left": trace.left_percent,
            "error": trace.left_standard_error,
            "usual": trace.usual_percent,
            "power": trace.power_w,
            "cadence": trace.cadence_rpm,
        },
        digits={"left": 2, "error": 2, "usual": 2, "cadence": 1},
        readout=(
            *(shares if any_known(trace.left_percent) else ()),
            Readout(label="", y="power", digits=0, unit=" W", quiet=True),
            Readout(label="", y="cadence", digits=0, unit=" rpm", quiet=True),
        ),
        spans=(
            *(ReadoutSpan(x.low, x.high, x.said) for x in (*marks.intervals, *marks.gone)),
            *(ReadoutSpan(x.alert.since, x.end_s, _alert(x), "alert") for x in marks.alerts),
            *(ReadoutSpan(x.t - near_a_note, x.t + near_a_note, f"“{x.said}”") for x in marks.notes),
        ),
        rest=f"the whole ride, {clock(reading.summary.ride.duration_s)}",
        least=min(_LEAST_SHOWN_S, end),
        near=1.0 if len(trace.t) < 2 else float(trace.t[1] - trace.t[0]),
    )


def _balance(trace: RideTrace, group: Group, marks: _Marks) -> Chart:
    said = [f"The left share over 30 seconds, {count(len(marks.intervals), 'interval')} shaded."]
    said += [f"{_alert(x)}." for x in marks.alerts[:20]]
    return Chart(
        name="balance",
        title="Left share over the ride",
        description=" ".join(said),
        x=group.x,
        y=share_axis(trace),
        height=250.0,
        columns=group.columns,
        series=_share_series(has_usual=any_known(trace.usual_percent)),
        spans=(
            *marks.intervals,
            *marks.gone,
            *(Span(x.alert.since, x.end_s, "alert", _alert(x)) for x in marks.alerts),
        ),
        markers=(
            *(Marker(x.alert.t, "alert", _alert(x)) for x in marks.alerts),
            *(Marker(note.t, "note", note.said, "flag") for note in marks.notes),
        ),
        levels=(Level(50.0, "even"),),
        follows=NAME,
    )


def _share_series(*, has_usual: bool) -> tuple[Series, ...]:
    return (
        Series("diverging", "left", "left diverging", side=1),
        Series("diverging", "left", "right diverging", side=-1),
        Series("band", "left", "sure", error="error"),
        *((Series("line", "usual", "usual line"),) if has_usual else ()),
        Series("line", "left", "line"),
    )


def _plain(name: str, label: str, group: Group, marks: _Marks, height: float) -> Chart:
    """A chart of one column: its mean as a line, its lowest and highest behind."""
    columns = group.columns
    known = columns[name][np.isfinite(columns[name])]
    top = float(np.percentile(known, 99.9)) * 1.05 if len(known) else 0.0
    lowest = float(known.min()) if len(known) else 0.0
    bottom = 10.0 * (lowest // 10 - 1) if name == "cadence" and lowest >= _PEDALLED_RPM else min(0.0, lowest)
    what = label.split(",")[0]
    return Chart(
        name=name,
        title=f"{what.capitalize()} over the ride",
        description=f"Mean {known.mean():.0f}, highest {known.max():.0f} ({label})."
        if len(known)
        else "None.",
        x=group.x,
        y=Axis(bottom, max(top, bottom + 10.0), label=label),
        height=height,
        columns=columns,
        series=(Series("range", name, "range"), Series("line", name, "line thin")),
        spans=(*marks.intervals, *marks.gone),
        follows=NAME,
    )


def _intervals(reading: RideAnalysis) -> tuple[Span, ...]:
    return tuple(
        Span(x.start_s, x.end_s, "interval", interval_name(x.number), str(x.number))
        for x in reading.summary.intervals[:_MOST_MARKED]
    )


def _links(events: Sequence[Event], end: float) -> tuple[Span, ...]:
    """The spans in which a meter was not heard."""
    found, since = [], None
    for event in events:
        if isinstance(event, LinkChange):
            if event.state in ("lost", "stalled") and since is None:
                since = event.t
            elif event.state == "connected" and since is not None:
                found.append(Span(since, event.t, "gone", "no link to the meter"))
                since = None
    if since is not None:
        found.append(Span(since, end, "gone", "no link to the meter"))
    return tuple(found)


def _alert(x: HeldAlert) -> str:
    return f"{alert_sentence(x.alert)}, alert {clock(x.alert.t)}"


def _legend(trace: RideTrace, marks: _Marks) -> Markup:
    sure = f"left share over 30 s ± its error (not drawn above ± {MOST_ERROR})"
    shares = (key("left", "left leg does more"), key("right", "right leg does more"), key("sure", sure))
    return join(
        [
            *(shares if any_known(trace.left_percent) else ()),
            key("usual", "usual at that power") if any_known(trace.usual_percent) else None,
            key("interval", "interval") if marks.intervals else None,
            key("alert", "alert") if marks.alerts else None,
            key("note", "note") if marks.notes else None,
        ]
    )


def log(reading: RideAnalysis, notes: Sequence[Note]) -> list[tuple[float, str, str]]:
    """(ride time, kind, words) of alerts, notes, and news of the meter, in order."""
    end = float(reading.trace.t[-1]) if len(reading.trace.t) else 0.0
    found = [
        (x.alert.t, alert_name(x.alert.kind), alert_over(x.alert, x.alert.since, x.end_s))
        for x in held_alerts(reading.events, end)
    ]
    found += [(note.t, "note", note.said) for note in notes]
    found += [
        (x.t, "meter", remark(x.remark)) for x in reading.events if isinstance(x, MeterChange) and _matters(x)
    ]
    return sorted(found)


def _matters(change: MeterChange) -> bool:
    return change.what in ("may_have_changed", "reference", "battery")
