"""Cycling dynamics: how each leg turned the crank, where a head unit measured it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.analysis.summary import Summary
from legbal.present.html import Markup, join, short, tag
from legbal.report.chart import figure
from legbal.report.tables import Column, table
from legbal.report.words import DASH, signed, tenths, whole
from legbal.ride.inputs import Side

_MOST_INTERVALS = 500
_SIZE, _RADIUS, _PEAK_RADIUS = 240.0, 78.0, 66.0


def cycling_dynamics(summary: Summary) -> Markup | None:
    """The section; None where the ride has none."""
    ride = summary.ride.dynamics
    if ride is None:
        return None
    sides: tuple[tuple[Side, LegDynamics], ...] = (("left", ride.left), ("right", ride.right))
    circles = [
        _circle(side, leg)
        for side, leg in sides
        if leg.power_phase_start_deg is not None and leg.power_phase_end_deg is not None
    ]
    caption = join(
        [
            "Where each leg drove the crank forward, seen from the right, 0° at the top: thin the whole power phase, "
            "thick the part that does most of the work."
        ]
    )
    return tag(
        "section",
        tag("h2", "Cycling dynamics"),
        tag(
            "p",
            "As the head unit measured them, over pedalling. They take no part in the balance.",
            class_="quiet",
        ),
        figure(caption, *circles, class_="dynamics") if circles else None,
        _of_ride(ride),
        _of_intervals(summary),
    )


def _of_ride(ride: Dynamics) -> Markup:
    legs = (ride.left, ride.right)
    rows: list[tuple[str, ...]] = [
        ("torque effectiveness, %", *(tenths(x.torque_effectiveness_percent) for x in legs)),
        ("pedal smoothness, %", *(tenths(x.pedal_smoothness_percent) for x in legs)),
        ("platform centre offset, mm (+ outwards)", *(signed(x.platform_centre_offset_mm) for x in legs)),
        ("power phase", *(_phase(x.power_phase_start_deg, x.power_phase_end_deg) for x in legs)),
        ("peak power phase", *(_phase(x.peak_phase_start_deg, x.peak_phase_end_deg) for x in legs)),
    ]
    if ride.combined_pedal_smoothness_percent is not None:
        both = tenths(ride.combined_pedal_smoothness_percent)
        rows.append(("pedal smoothness of both legs, %", both, both))
    columns = [Column("over the ride", numbers=False), Column("left"), Column("right")]
    return table("Cycling dynamics of the ride", columns, [row for row in rows if row[1:] != (DASH, DASH)])


def _phase(start: float | None, end: float | None) -> str:
    """An arc of the crank's circle: where it starts and ends, and how long it is."""
    if start is None or end is None:
        return DASH
    return f"{start:.0f}° to {end:.0f}° ({(end - start) % 360:.0f}°)"


def _of_intervals(summary: Summary) -> Markup | None:
    known = [(x, x.dynamics) for x in summary.intervals if x.dynamics is not None][:_MOST_INTERVALS]
    if not known:
        return None
    columns = [
        Column("interval"),
        *(
            Column(f"{what} {side}")
            for what in ("effectiveness %", "smoothness %", "offset mm", "phase °")
            for side in ("L", "R")
        ),
    ]
    rows = [(str(x.number), *_both(d.left, d.right)) for x, d in known]
    kept = [0, *(i for i in range(1, len(columns)) if any(row[i] != DASH for row in rows))]
    return table(
        "Cycling dynamics of each interval",
        [columns[i] for i in kept],
        [[row[i] for i in kept] for row in rows],
    )


def _both(left: LegDynamics, right: LegDynamics) -> Sequence[str]:
    legs = (left, right)
    return (
        *(tenths(x.torque_effectiveness_percent) for x in legs),
        *(tenths(x.pedal_smoothness_percent) for x in legs),
        *(signed(x.platform_centre_offset_mm) for x in legs),
        *(_length(x) for x in legs),
    )


def _length(leg: LegDynamics) -> str:
    if leg.power_phase_start_deg is None or leg.power_phase_end_deg is None:
        return DASH
    return whole((leg.power_phase_end_deg - leg.power_phase_start_deg) % 360)


def _circle(side: Side, leg: LegDynamics) -> Markup:
    """One crank's circle with its power phase."""
    phase = _phase(leg.power_phase_start_deg, leg.power_phase_end_deg)
    peak = _phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)
    middle = _SIZE / 2
    labels = ((0, "0°"), (90, "90°"), (180, "180°"), (270, "270°"))
    return tag(
        "svg",
        tag("title", f"Power phase of the {side} leg", id=f"crank-{side}-title"),
        tag("desc", f"Power phase {phase}, peak {peak}.", id=f"crank-{side}-desc"),
        tag("circle", cx=middle, cy=middle, r=_RADIUS, class_="round"),
        *(tag("path", d=_ray(angle), class_="round") for angle, _ in labels),
        *(_angle_label(angle, said) for angle, said in labels),
        tag("path", d=_arc(leg.power_phase_start_deg, leg.power_phase_end_deg, _RADIUS), class_=f"phase {side}"),
        tag("path", d=_arc(leg.peak_phase_start_deg, leg.peak_phase_end_deg, _PEAK_RADIUS), class_=f"peak {side}"),
        tag("text", side, x=middle, y=middle - 4, class_=f"who {side}"),
        tag("text", phase.partition(" (")[0], x=middle, y=middle + 15),
        role="img",
        aria_labelledby=f"crank-{side}-title crank-{side}-desc",
        class_="crank",
        viewBox=f"0 0 {short(_SIZE)} {short(_SIZE)}",
    )  # fmt: skip


def _at(angle: float, radius: float) -> tuple[str, str]:
    """A place on the circle; 0° is at the top, and angles go clockwise."""
    turn = math.radians(angle)
    return short(_SIZE / 2 + radius * math.sin(turn)), short(_SIZE / 2 - radius * math.cos(turn))


def _ray(angle: float) -> str:
    return f"M{' '.join(_at(angle, _RADIUS - 5))}L{' '.join(_at(angle, _RADIUS + 5))}"


def _angle_label(angle: float, said: str) -> Markup:
    x, y = _at(angle, _RADIUS + 22)
    return tag("text", said, x=float(x), y=float(y) + 4, class_="angle")


def _arc(start: float | None, end: float | None, radius: float) -> str | None:
    if start is None or end is None:
        return None
    length = (end - start) % 360
    size, large = short(radius), 1 if length > 180 else 0
    return (
        f"M{' '.join(_at(start, radius))}A{size} {size} 0 {large} 1 {' '.join(_at(start + length, radius))}"
    )
