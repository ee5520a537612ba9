"""The charts of one ride: over time, each drop-off from near, and the left share against power.

Against power are half minutes as points, their means by steps of power, and what is usual there.
"""

from collections.abc import Sequence

import numpy as np

from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import DropOffSummary, RideComparison
from legbal.present import headline
from legbal.present.html import Markup, join, shortened, tag
from legbal.present.numbers import count, leg_watts, number, share, share_error, watts
from legbal.present.sentences import alert_sentence, say
from legbal.report.chart import Chart, Group, Readout
from legbal.report.drawing import svg
from legbal.report.page import figure, key, linked
from legbal.report.plot import Axis, Marker, Series, Span
from legbal.report.ride_columns import (
    LEAST_POINTS,
    MOST_ERROR,
    Columns,
    by_power,
    finite,
    half_minutes,
    share_axis,
    share_series,
    thin_out,
)
from legbal.ride.events import Event, LinkChange, ended_alerts
from legbal.ride.pauses import pauses_among
from legbal.ride.share import Period, Share
from legbal.ride.view import Floats

_MOST_MARKED = 300  # intervals, alerts, notes, losses of the link, each
_LONGEST_NOTE = 300  # characters, of one on the chart
_NEAR_A_NOTE = 0.01  # of the ride: as near to it as it is told
_LEAST_SHOWN_S = 20.0
_PEDALLED_RPM = 40.0  # where a ride never falls below it, the axis need not begin at 0
_BEFORE_S, _AFTER_S = 120.0, 150.0  # a drop-off, on its charts
_HALF_WIDTH, _HALF_HEIGHT = 432.0, 190.0
_LEAST_RIDES = 8.0  # along an axis of rides, for it to have whole numbers

Note = tuple[float, str]  # what the rider wrote at a second of the ride


def time_charts(reading: RideAnalysis, columns: Columns, notes: Sequence[Note]) -> tuple[Markup, Group]:
    """Balance, power and cadence above each other in their box, with intervals, alerts and notes; and their group."""
    columns = {name: thin_out(values) for name, values in columns.items()}
    seconds = columns["x"]
    end = max(float(seconds[-1]) if len(seconds) else 0.0, 1.0)
    intervals = [
        Span(x.start_s, x.end_s, "interval", say("interval.number", number=x.number), str(x.number))
        for x in reading.summary.intervals[:_MOST_MARKED]
    ]
    drills = [
        Span(x.start_s, x.end_s or end, "gone", say("drill.alone", side=x.side))
        for x in reading.summary.drills[:_MOST_MARKED]
    ]
    pauses = [_paused(x, end) for x in pauses_among(reading.events)[:_MOST_MARKED]]
    stretches = [*intervals, *drills, *pauses, *_without_link(reading.events, end)[:_MOST_MARKED]]
    described = [
        (
            alert,
            end if clear is None else clear.over_s,
            say("chart.alert_told", sentence=alert_sentence(alert), at=alert.t),
        )
        for alert, clear in ended_alerts(reading.events)[:_MOST_MARKED]
    ]
    alerts = [Span(alert.since, until, "alert", text) for alert, until, text in described]
    notes = [(t, shortened(text, _LONGEST_NOTE)) for t, text in notes[:_MOST_MARKED]]
    marks = [
        *(Marker(alert.t, "alert", text) for alert, _, text in described),
        *(Marker(t, "note", text) for t, text in notes),
    ]
    near_a_note = max(2.0, _NEAR_A_NOTE * end)
    has_share, has_usual = (len(finite(columns[name])) > 0 for name in ("left", "usual"))
    group = Group(
        name="time",
        x=Axis(0.0, end, "clock"),
        columns=columns,
        readout=_readout(columns, has_share=has_share),
        spans=[
            *stretches,
            *alerts,
            *(Span(t - near_a_note, t + near_a_note, "", f"“{text}”") for t, text in notes),
        ],
        rest=say("chart.whole_ride", duration_s=reading.summary.ride.duration_s),
        least=min(_LEAST_SHOWN_S, end),
        near=1.0 if len(seconds) < 2 else float(seconds[1] - seconds[0]),
    )
    charts = []
    if has_share:
        charts.append(_balance(columns, len(intervals), stretches, alerts, marks))
    charts.append(_mean_and_range("power", " W", columns["power"], stretches, 170.0))
    if len(finite(columns["cadence"])):
        charts.append(_mean_and_range("cadence", " rpm", columns["cadence"], stretches, 130.0))
    keys = (
        (has_share, "left", say("chart.more_left")),
        (has_share, "right", say("chart.more_right")),
        (has_share, "sure", say("chart.error", most=MOST_ERROR)),
        (has_usual, "usual", say("chart.usual")),
        (intervals, "interval", "interval"),
        (alerts, "alert", "alert"),
        (notes, "note", "note"),
    )
    legend = [key(style, label) for there, style, label in keys if there]
    drawn = tag("div", *(svg(chart, group) for chart in charts), class_="charts")
    return linked(group.name, legend, drawn, label=say("chart.over_time")), group


def _readout(columns: Columns, *, has_share: bool) -> list[Readout]:
    """What the line above the charts over time tells: of the share, and of every ride."""
    left, error, usual, power, cadence = (
        columns[name].tolist() for name in ("share", "share_error", "usual", "power", "cadence")
    )
    shares = (
        Readout(code="chart.at_left", texts=_shares(left, error), style="left"),
        Readout(code="chart.at_right", texts=[share(100 - x) for x in left], style="right", quiet=True),
        Readout(code="chart.at_usual", texts=[number(x, 1) for x in usual], quiet=True),
    )
    return [
        *(shares if has_share else ()),
        Readout(texts=[watts(x) for x in power], quiet=True),
        Readout(texts=[number(x, unit=" rpm") for x in cadence], quiet=True),
    ]


def _shares(left: Sequence[float], error: Sequence[float]) -> list[str]:
    return [share_error(Share(*of, revolutions=None)) for of in zip(left, error, strict=True)]


def _balance(
    columns: Columns,
    intervals: int,
    stretches: Sequence[Span],
    alerts: Sequence[Span],
    marks: Sequence[Marker],
) -> Chart:
    return Chart(
        name="balance",
        title=say("chart.share"),
        description=" ".join(
            [
                say("chart.share_described", intervals=count(intervals, "interval")),
                *(f"{x.tooltip}." for x in alerts[:20]),
            ]
        ),
        y=share_axis(columns),
        height=250.0,
        series=[
            Series("above", "left", "left diverging"),
            Series("below", "left", "right diverging"),
            *share_series(columns),
        ],
        spans=[*stretches, *alerts],
        markers=marks,
        even=True,
    )


def _mean_and_range(name: str, unit: str, values: Floats, spans: Sequence[Span], height: float) -> Chart:
    numbers = finite(values)
    lowest, top, description = 0.0, 0.0, say("chart.none")
    if len(numbers):
        lowest, top = float(numbers.min()), float(np.percentile(numbers, 99.9)) * 1.05
        description = say("chart.highest", highest=number(float(numbers.max()), unit=unit))
    bottom = 10.0 * (lowest // 10 - 1) if name == "cadence" and lowest >= _PEDALLED_RPM else min(0.0, lowest)
    return Chart(
        name=name,
        title=say(f"chart.{name}"),
        description=description,
        y=Axis(bottom, max(top, bottom + 10.0), label=say(f"chart.{name}_axis")),
        height=height,
        series=[Series("range", name, "range"), Series("line", name, "line thin")],
        spans=spans,
    )


def _paused(pause: Period, end: float) -> Span:
    until, text = end if pause.until_s is None else pause.until_s, say("glance.paused")
    return Span(pause.since_s, until, "gone", text, text)


def _without_link(events: Sequence[Event], end: float) -> list[Span]:
    bounds: list[float] = []  # where it was lost, where it was back, and so on
    for event in events:
        ends = ("connected",) if len(bounds) % 2 else ("lost", "stalled")
        if isinstance(event, LinkChange) and event.state in ends:
            bounds.append(event.t)
    bounds += [end] * (len(bounds) % 2)
    return [
        Span(low, high, "gone", say("chart.no_link"))
        for low, high in zip(bounds[::2], bounds[1::2], strict=True)
    ]


def around_dropoff(
    number: int, x: DropOffSummary, columns: Columns
) -> tuple[Markup, Markup, tuple[float, float]]:
    """The share and each leg's watts around a drop-off; and which part of the ride that is."""
    end = float(columns["x"][-1])
    over = end if x.cleared_s is None else x.cleared_s
    low, high = max(0.0, x.since_s - _BEFORE_S), min(end, over + _AFTER_S)
    group = Group(x=Axis(low, high, "clock"), columns=columns, width=_HALF_WIDTH)
    inside = (columns["x"] >= low) & (columns["x"] <= high)
    both_legs = finite(np.concatenate((columns["left_w"][inside], columns["right_w"][inside])))
    bottom, top = (float(both_legs.min()), float(both_legs.max())) if len(both_legs) else (0.0, 100.0)
    spare = max(5.0, (top - bottom) * 0.08)
    span, marker = Span(x.since_s, over, "alert", say("chart.dropoff")), Marker(x.told_s, "alert", "alert")
    share = Chart(
        name=f"dropoff-{number}-share",
        title=say("chart.dropoff_share", number=number),
        description=say(
            "chart.dropoff_share_described",
            before=share_error(x.before.share),
            during=share_error(x.during.share),
            after=share_error(x.after.share),
        ),
        y=share_axis(columns),
        height=_HALF_HEIGHT,
        series=share_series(columns),
        spans=[span],
        markers=[marker],
        even=True,
    )
    (left_before, right_before), (left_during, right_during) = map(
        leg_watts, (x.before.share, x.during.share)
    )
    legs = Chart(
        name=f"dropoff-{number}-watts",
        title=say("chart.dropoff_watts", number=number),
        description=say(
            "chart.dropoff_watts_described",
            left_before=left_before,
            left_during=left_during,
            right_before=right_before,
            right_during=right_during,
        ),
        y=Axis(max(0.0, bottom - spare), top + spare, label=say("chart.legs_axis")),
        height=_HALF_HEIGHT,
        series=[Series("line", "left_w", "line left"), Series("line", "right_w", "line right")],
        spans=[span],
        markers=[marker],
    )
    return svg(share, group), svg(legs, group), (low, high)


def against_power(columns: Columns) -> tuple[list[Markup], list[Group]]:
    """The chart of half minutes, their means and what is usual, and its group; nothing where there is too little."""
    x, y, usual = half_minutes(columns)
    if len(x) < LEAST_POINTS:
        return [], []
    middle, mean, mean_error, counted = by_power(x, y)
    curve_x, curve = x[:0], x[:0]
    if np.isfinite(usual).any():  # means too: what is usual depends on cadence a little
        curve_x, curve, _, _ = by_power(x[np.isfinite(usual)], finite(usual))
    shares = _shares(mean.tolist(), mean_error.tolist())
    group = Group(
        name="against",
        x=Axis(max(0.0, float(x.min()) - 10), float(x.max()) + 10, unit=" W"),
        columns={
            "x": x,
            "left": y,
            "mean_x": middle,
            "mean": mean,
            "mean_error": mean_error,
            "usual_x": curve_x,
            "usual": curve,
        },
        readout=[
            Readout(code="chart.at_left", texts=shares, x="mean_x", style="left"),
            Readout(code="chart.at_half_minutes", texts=[number(x) for x in counted], x="mean_x", quiet=True),
            Readout(code="chart.at_usual", texts=[number(x, 1) for x in curve], x="usual_x", quiet=True),
        ],
        rest=say("chart.watts_range", low=max(0.0, float(x.min()) - 10), high=float(x.max()) + 10),
        least=20.0,
        near=float(middle[1] - middle[0]) / 2 if len(middle) > 1 else 10.0,
    )
    steps = ", ".join(f"{watts(power)} {of_it} %" for power, of_it in zip(middle, shares, strict=True))
    has_usual = len(curve) > 1
    legend = (
        key("dot", say("chart.half_minute")),
        key("mean", say("chart.mean_at_power")),
        key("usual", say("chart.usual")) if has_usual else None,
    )
    chart = Chart(
        name="against-power",
        title=say("chart.against_power"),
        description=say("chart.against_power_described", count=len(x), steps=len(middle), listing=steps),
        y=share_axis(columns),
        height=300.0,
        series=[
            Series("dots", "left", "dot"),
            *([Series("line", "usual", "usual line", x="usual_x")] if has_usual else []),
            Series("dots", "mean", "whisker", error="mean_error", x="mean_x"),
            Series("dots", "mean", "mean", x="mean_x"),
        ],
        even=True,
    )
    charts = tag("div", svg(chart, group), class_="charts")
    return [linked(group.name, legend, charts, label=say("chart.against_power_label"))], [group]


def against_last(comparison: RideComparison) -> Markup:
    """This ride and the last ones as points, and where one lies that is like those."""
    shares, difference = np.array(comparison.shares), comparison.difference
    before = np.arange(1.0 - len(shares), 1.0)
    expected = shares[-1] - difference.value
    reach = (difference.high - difference.low) / 2
    ends = [*comparison.shares, expected - reach, expected + reach]
    group = Group(
        x=Axis(-max(_LEAST_RIDES, len(shares) - 1.0) - 0.5, 0.5),
        columns={
            "x": before,
            "left": np.where(before < 0, shares, np.nan),
            "this": np.where(before < 0, np.nan, shares),
            "expected": np.full(len(shares), expected),
            "reach": np.full(len(shares), reach),
        },
        width=_HALF_WIDTH,
    )
    chart = Chart(
        name="against-last",
        title=say("chart.against_last"),
        description=headline.against_last(comparison),
        y=Axis(min(ends) - 0.5, max(ends) + 0.5, label=say("chart.left_share")),
        height=_HALF_HEIGHT,
        series=[
            Series("band", "expected", "sure", error="reach"),
            Series("line", "expected", "usual line"),
            Series("dots", "left", "dot ride"),
            Series("dots", "this", "mean"),
        ],
        even=True,
    )
    legend = join(
        [
            key("dot", say("chart.last_ride", rides=count(len(shares) - 1, "ride"))),
            key("mean", say("chart.this_ride")),
            key("sure", say("chart.expected")),
        ]
    )
    return figure(legend, svg(chart, group), class_="pair")
