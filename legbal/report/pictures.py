"""Small pictures: what a ride comes to at a glance, shares beside their numbers in a table, and power phases."""

from collections.abc import Sequence

import msgspec

from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
from legbal.analysis.summary import Summary
from legbal.present import tables
from legbal.present.document import Block, Column, Paragraph, Table
from legbal.present.headline import pedalling, power
from legbal.present.html import Markup, short, tag
from legbal.present.numbers import clock, number, plus_minus, reliable_share, share, watts
from legbal.present.sentences import say
from legbal.report.page import figure, picture
from legbal.report.plot import EVEN, Axis, Scale
from legbal.ride.share import Z_95, Share

_BAR = (880.0, 58.0)
_LEAST_REACH = 5.0  # points of share from the middle to either end of the bar
_CRANK, _RADIUS, _PEAK_RADIUS = 240.0, 78.0, 66.0
# labels beside the circle, each with its place
_ANGLES = (("0°", 120, 24), ("90°", 220, 124), ("180°", 120, 224), ("270°", 20, 124))
_ROW = (150.0, 20.0)
_ROW_INSET = 6.0
_LEAST_SPREAD = 4.0  # points of share from end to end of a row


def header(summary: Summary) -> Markup:
    """Both shares, power, what the balance is worth; and the bar between the shares."""
    ride = summary.ride
    much, _, what = pedalling(summary).partition(" ")
    facts = (
        ("time", clock(ride.duration_s)),
        (say("report.power"), power(summary)),
        (what, much if ride.share.revolutions else ""),
    )
    middle = tag("dl", *(tag("div", tag("dt", what), tag("dd", value)) for what, value in facts if value))
    shown = reliable_share(ride.share)
    if shown is None:
        return tag(
            "section",
            middle,
            class_="header bare",
        )
    percent, error = shown
    return tag(
        "section",
        tag(
            "div",
            _leg("left", percent, error, ride.share.left_w),
            middle,
            _leg("right", 100 - percent, error, ride.share.right_w),
            class_="legs",
        ),
        _bar(percent, error),
        class_="header",
    )


def _leg(side: str, percent: float, error: float, power_w: float | None) -> Markup:
    sure = plus_minus(error) if power_w is None else f"{plus_minus(error)} · {watts(power_w)}"
    return tag(
        "div",
        tag("span", side, class_="who"),
        tag("span", f"{share(percent)} %", class_="share"),
        tag("span", sure, class_="sure"),
        class_=f"leg {side}",
    )


def _bar(percent: float, error: float) -> Markup:
    """A bar from even legs towards the leg that does more, with the 95 % interval of its end."""
    off = EVEN - percent  # what leans left on the bar is a left share above 50 %
    reach = max(_LEAST_REACH, abs(off) + Z_95 * error + 0.5)
    at = Scale(Axis(-reach, reach), 0.0, _BAR[0])
    even, start, end = at(0.0), *sorted((at(0.0), at(off)))
    low, high = short(at(off - Z_95 * error)), short(at(off + Z_95 * error))
    labels = []
    for x in range(-int(reach), int(reach) + 1):
        if x % (1 if reach < 8 else 5) == 0 and abs(at(x) - even) < even - 10:
            side = "left" if x < 0 else "right" if x else None  # the leg's on whose side of the bar it stands
            labels.append(tag("text", f"{50 + abs(x)}", x=at(x), y=54, class_=side))
    does_more = "left" if off < 0 else "right"
    return picture(
        "balance-bar",
        say("chart.balance", side=does_more),
        say(
            "chart.balance_described",
            left=share(percent),
            right=share(100 - percent),
            error=plus_minus(error),
        ),
        _BAR,
        tag("path", d=f"M0 20H{short(_BAR[0])}", class_="rail"),
        tag("rect", x=start, y=8, width=max(end - start, 1.0), height=24, class_=f"{does_more} fill"),
        tag("path", d=f"M{low} 20H{high}M{low} 14v12M{high} 14v12", class_="reach"),
        tag("path", d=f"M{short(even)} 2V38", class_="even"),
        *labels,
        class_="balance-bar",
    )


def with_drawings(table: Table, rows: Sequence[tuple[Share, float | None]]) -> list[Block]:
    """The table with its shares and what is usual drawn beside them, and what that means; without any as it was.

    Share and drawing stand in front of all else: on a phone the rest is off the screen.

    Every row is a point with its 95 % interval, on one axis for all.
    """
    ends = [EVEN]
    for of, usual in rows:
        if _bounds(of):
            ends += [*_bounds(of), EVEN if usual is None else usual]
    if len(ends) == 1:
        return [table]
    spare = max(0.0, _LEAST_SPREAD - (max(ends) - min(ends))) / 2
    axis = Axis(min(ends) - spare, max(ends) + spare)
    table = with_second(table, "left %")
    drawn = msgspec.structs.replace(
        table,
        columns=[*table.columns[:2], Column(say("chart.range"), "left"), *table.columns[2:]],
        rows=[
            [*cells[:2], _drawing(*row, axis), *cells[2:]]
            for cells, row in zip(table.rows, rows, strict=True)
        ],
    )
    tick = say("chart.drawn_usual") if any(usual is not None for _, usual in rows) else ""
    legend = say("chart.drawn", low=number(axis.low, 1), high=number(axis.high, 1), tick=tick)
    return [drawn, Paragraph(legend, "quiet")]


def with_second(table: Table, heading: str) -> Table:
    """The table with that column behind its first one, where a phone shows it."""
    at = [column.heading for column in table.columns].index(heading)
    order = [0, at, *(i for i in range(1, len(table.columns)) if i != at)]
    return msgspec.structs.replace(
        table,
        columns=[table.columns[i] for i in order],
        rows=[[cells[i] for i in order] for cells in table.rows],
    )


def _bounds(of: Share) -> tuple[float, ...]:
    shown = reliable_share(of)
    return () if shown is None else (shown[0] - Z_95 * shown[1], shown[0] + Z_95 * shown[1])


def _drawing(of: Share, usual: float | None, axis: Axis) -> Markup:
    if of.left_percent is None or not _bounds(of):
        return Markup()
    width, height = _ROW
    at = Scale(axis, _ROW_INSET, width - 2 * _ROW_INSET)
    low, high = (short(at(bound)) for bound in _bounds(of))
    side = "left" if of.left_percent >= EVEN else "right"
    return tag(
        "svg",
        tag("path", d=f"M{short(at(EVEN))} 0V{short(height)}", class_="even"),
        None
        if usual is None
        else tag("path", d=f"M{short(at(usual))} 3V{short(height - 3)}", class_="usual"),
        tag("path", d=f"M{low} {short(height / 2)}H{high}", class_="reach"),
        tag("circle", cx=at(of.left_percent), cy=height / 2, r=4.0, class_=f"{side} point"),
        viewBox=f"0 0 {short(width)} {short(height)}",
        class_="row",
        aria_hidden="true",  # the number stands beside it
    )


def power_phases(ride: Dynamics) -> list[Markup]:
    """Each crank's circle with its power phase, below what it shows; nothing where a head unit measured none."""
    circles = [
        _circle(side, leg)
        for side, leg in (("left", ride.left), ("right", ride.right))
        if leg.power_phase_start_deg is not None and leg.power_phase_end_deg is not None
    ]
    return [figure(say("chart.phases"), *circles, class_="dynamics")] if circles else []


def _circle(side: str, leg: LegDynamics) -> Markup:
    """One crank's circle; 0° is at the top, and angles go clockwise."""
    phase = tables.phase(leg.power_phase_start_deg, leg.power_phase_end_deg)
    peak = tables.phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)
    middle = _CRANK / 2
    tick = f"M{short(middle)} {short(middle - _RADIUS - 5)}v10"
    return picture(
        f"crank-{side}",
        say("chart.phase", side=side),
        say("chart.phase_described", phase=phase, peak=peak),
        (_CRANK, _CRANK),
        tag("circle", cx=middle, cy=middle, r=_RADIUS, class_="round"),
        *(tag("path", d=tick, class_="round", transform=_turned(angle)) for angle in (0, 90, 180, 270)),
        *(tag("text", label, x=x, y=y, class_="angle") for label, x, y in _ANGLES),
        _arc(leg.power_phase_start_deg, leg.power_phase_end_deg, _RADIUS, f"phase {side}"),
        _arc(leg.peak_phase_start_deg, leg.peak_phase_end_deg, _PEAK_RADIUS, f"peak {side}"),
        tag("text", side, x=middle, y=middle - 4, class_=f"who {side}"),
        tag("text", phase.partition(" (")[0], x=middle, y=middle + 15),
        class_="crank",
    )


def _turned(angle: float) -> str:
    return f"rotate({short(angle)} {short(_CRANK / 2)} {short(_CRANK / 2)})"


def _arc(start: float | None, end: float | None, radius: float, style: str) -> Markup | None:
    """A part of a circle, drawn as its one dash; without one a circle begins at the right."""
    if start is None or end is None:
        return None
    return tag(
        "circle",
        cx=_CRANK / 2,
        cy=_CRANK / 2,
        r=radius,
        pathLength=360,
        stroke_dasharray=f"{short((end - start) % 360)} 360",
        transform=_turned(start - 90),
        class_=style,
    )
