"""Cycling dynamics: how each leg turned the crank, where a head unit measured it."""

from __future__ import annotations

import math

from legbal.analysis.dynamics import LegDynamics
from legbal.analysis.summary import Summary
from legbal.present import tables
from legbal.present.html import Markup, short, table, tag
from legbal.report.chart import figure
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
    intervals = [(x.number, x.dynamics) for x in summary.intervals if x.dynamics is not None][
        :_MOST_INTERVALS
    ]
    caption = (
        "Where each leg drove the crank forward, seen from the right, 0° at the top: thin the whole power phase, "
        "thick the part that does most of the work."
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
        table(tables.dynamics(ride)),
        table(tables.interval_dynamics(intervals)) if intervals else None,
    )


def _circle(side: Side, leg: LegDynamics) -> Markup:
    """One crank's circle with its power phase."""
    phase = tables.phase(leg.power_phase_start_deg, leg.power_phase_end_deg)
    peak = tables.phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)
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
