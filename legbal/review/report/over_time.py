"""The ride over time: balance, power and cadence above each other, with intervals, alerts and notes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from legbal.review.read import Reading, RideTrace
from legbal.review.report.chart import Chart, Group, Level, Readout, Series, Sign, Span, Stretch, svg
from legbal.review.report.markup import Markup, join
from legbal.review.report.page import key, linked
from legbal.review.report.scale import Axis, clock
from legbal.review.report.smooth import MOST_ERROR, any_known, rolling, sure_enough, thinned
from legbal.review.words import counted, points
from legbal.ride.events import Alert, Clear, Event, LinkChange, MeterChange
from legbal.ride.inputs import Side
from legbal.ride.view import Floats

NAME = "time"
_LEAST_SHOWN_S = 20.0
_LEAST_POINTS = 3.0  # of share above and below 50 %
_PEDALLED_RPM = 40.0  # where a ride never falls below it, the axis need not begin at 0
_MOST_NUMBERED = 40  # intervals that have their number on the chart


class Told(msgspec.Struct, frozen=True):
    """An alert from when the leg gave less until it was over; `end_s` is the ride's end where it never was."""

    alert: Alert
    end_s: float


class Note(msgspec.Struct, frozen=True):
    """What the rider wrote at a moment of the ride."""

    t: float
    said: str


def told(events: Sequence[Event], end_s: float) -> list[Told]:
    """The alerts of a ride, each with its end."""
    found = []
    for i, event in enumerate(events):
        if isinstance(event, Alert):
            ends = (
                x.t
                for x in events[i:]
                if isinstance(x, Clear) and (x.kind, x.side) == (event.kind, event.side)
            )
            found.append(Told(event, next(ends, end_s)))
    return found


def share_axis(trace: RideTrace) -> Axis:
    """An axis of left share around 50 % that all but the wildest hundredth of the ride's shares fit on."""
    sure = sure_enough(trace).left_percent
    known = sure[np.isfinite(sure)]
    usual = trace.usual_percent[np.isfinite(trace.usual_percent)]
    ends = [50.0 - _LEAST_POINTS, 50.0 + _LEAST_POINTS]
    if len(known):
        ends += np.percentile(known, (0.5, 99.5)).tolist()
    if len(usual):
        ends += [float(usual.min()), float(usual.max())]
    return Axis(float(np.floor(min(ends) - 0.5)), float(np.ceil(max(ends) + 0.5)), label="left share, %")


def over_time(reading: Reading, notes: Sequence[Note]) -> tuple[Markup, Group]:
    """The charts in their box, and their group."""
    whole, summary = reading.trace, reading.summary
    usual = np.where(np.isfinite(sure_enough(whole).left_percent), rolling(whole.usual_percent), np.nan)
    trace = sure_enough(thinned(msgspec.structs.replace(whole, usual_percent=usual)))
    end = max(float(trace.t[-1]) if len(trace.t) else 0.0, 1.0)
    across = Axis(0.0, end, "clock")
    columns = {
        "x": trace.t,
        "left": trace.left_percent,
        "error": trace.left_standard_error,
        "usual": trace.usual_percent,
        "power": trace.power_w,
        "cadence": trace.cadence_rpm,
    }
    alerts = told(reading.events, end)
    intervals = _intervals(reading)
    gone = _links(reading.events, end)
    has_share, has_cadence = any_known(trace.left_percent), any_known(trace.cadence_rpm)
    has_usual = has_share and any_known(trace.usual_percent)
    charts = [
        Chart(
            name="balance",
            title="Left share over the ride",
            description=_described(reading, alerts),
            x=across,
            y=share_axis(trace),
            height=250.0,
            columns=columns,
            series=_share_series(has_usual=has_usual),
            stretches=(*intervals, *gone, *map(_alert_stretch, alerts)),
            signs=(
                *(Sign(x.alert.t, "alert", alert_words(x)) for x in alerts),
                *(Sign(note.t, "note", note.said, "flag") for note in notes),
            ),
            levels=(Level(50.0, "even"),),
            follows=NAME,
        )
        if has_share
        else None,
        _plain("power", "power, W", columns, across, (*intervals, *gone), 170.0),
        _plain("cadence", "cadence, rpm", columns, across, (*intervals, *gone), 130.0)
        if has_cadence
        else None,
    ]
    readout = [
        Readout(label="left", y="left", error="error", unit=" %", style="left"),
        Readout(label="right", y="left", error="error", unit=" %", style="right", rest=True, quiet=True),
        Readout(label="usual left", y="usual", unit=" %", quiet=True),
    ]
    group = Group(
        x=across,
        columns=columns,
        digits={"left": 2, "error": 2, "usual": 2, "cadence": 1},
        readout=(
            *(readout if has_share else ()),
            Readout(label="", y="power", digits=0, unit=" W", quiet=True),
            *((Readout(label="", y="cadence", digits=0, unit=" rpm", quiet=True),) if has_cadence else ()),
        ),
        spans=(
            *(Span(x.low, x.high, x.said) for x in (*intervals, *gone)),
            *(Span(x.alert.since, x.end_s, alert_words(x), "alert") for x in alerts),
        ),
        rest=f"the whole ride, {clock(summary.ride.duration_s)}",
        least=min(_LEAST_SHOWN_S, end),
        near=1.0 if len(trace.t) < 2 else float(trace.t[1] - trace.t[0]),
    )
    shown = [svg(chart) for chart in charts if chart is not None]
    legend = _legend(has_share=has_share, has_usual=has_usual, alerts=bool(alerts), notes=bool(notes))
    return linked(NAME, legend, *shown, label="Charts over the time of the ride"), group


def _share_series(*, has_usual: bool) -> tuple[Series, ...]:
    return (
        Series("lean", "left", "left lean", side=1),
        Series("lean", "left", "right lean", side=-1),
        Series("band", "left", "sure", error="error"),
        *((Series("line", "usual", "usual line"),) if has_usual else ()),
        Series("line", "left", "line"),
    )


def _plain(
    name: str,
    label: str,
    columns: dict[str, Floats],
    across: Axis,
    stretches: tuple[Stretch, ...],
    height: float,
) -> Chart:
    """A chart of one column from 0 on: its mean as a line, its lowest and highest behind."""
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
        x=across,
        y=Axis(bottom, max(top, bottom + 10.0), label=label),
        height=height,
        columns=columns,
        series=(Series("range", name, "range"), Series("line", name, "line thin")),
        stretches=stretches,
        follows=NAME,
    )


def _intervals(reading: Reading) -> tuple[Stretch, ...]:
    known = reading.summary.intervals
    return tuple(
        Stretch(
            x.start_s,
            x.end_s,
            "interval",
            f"interval {x.number}",
            str(x.number) if len(known) <= _MOST_NUMBERED else "",
        )
        for x in known
    )


def _links(events: Sequence[Event], end: float) -> tuple[Stretch, ...]:
    """The stretches in which a meter was not heard."""
    found, since = [], None
    for event in events:
        if isinstance(event, LinkChange):
            if event.state in ("lost", "stalled") and since is None:
                since = event.t
            elif event.state == "connected" and since is not None:
                found.append(Stretch(since, event.t, "gone", "no link to the meter"))
                since = None
    if since is not None:
        found.append(Stretch(since, end, "gone", "no link to the meter"))
    return tuple(found)


def _alert_stretch(x: Told) -> Stretch:
    return Stretch(x.alert.since, x.end_s, "alert", alert_words(x))


_BELOW = {"dropoff": "usual", "threshold": "target"}


def alert_words(x: Told) -> str:
    """What an alert said."""
    alert = x.alert
    return f"{alert.side} leg {points(alert.points)} below {_BELOW[alert.kind]}, told at {clock(alert.t)}"


def _described(reading: Reading, alerts: Sequence[Told]) -> str:
    summary = reading.summary
    said = [f"The left share over 30 seconds, {counted(len(summary.intervals), 'interval')} shaded."]
    said += [alert_words(x) + "." for x in alerts[:20]]
    return " ".join(said)


def _legend(*, has_share: bool, has_usual: bool, alerts: bool, notes: bool) -> Markup:
    return join(
        [
            key("left", "left leg does more") if has_share else None,
            key("right", "right leg does more") if has_share else None,
            key("sure", f"left share over 30 s ± its error (not drawn above ± {MOST_ERROR})")
            if has_share
            else None,
            key("usual", "usual at that power") if has_usual else None,
            key("interval", "interval"),
            key("alert", "alert") if alerts else None,
            key("note", "note") if notes else None,
        ]
    )


_SIDES: dict[Side, str] = {"left": "Left leg", "right": "Right leg"}


def what_was_told(reading: Reading, notes: Sequence[Note]) -> list[tuple[float, str, str]]:
    """(ride time, kind, words) of alerts, notes, and what was learnt about the meter, in order."""
    end = float(reading.trace.t[-1]) if len(reading.trace.t) else 0.0
    found = [
        (
            x.alert.t,
            "drop-off" if x.alert.kind == "dropoff" else "target",
            f"{_SIDES[x.alert.side]} {points(x.alert.points)} below {_BELOW[x.alert.kind]}; "
            f"over after {clock(x.end_s - x.alert.since)}",
        )
        for x in told(reading.events, end)
    ]
    found += [(note.t, "note", note.said) for note in notes]
    found += [(x.t, "meter", x.text) for x in reading.events if isinstance(x, MeterChange) and _matters(x)]
    return sorted(found)


def _matters(change: MeterChange) -> bool:
    return change.what in ("may_have_changed", "reference", "battery")
