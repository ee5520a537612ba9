"""Each crank's circle with the part of it in which the leg drove it forward."""

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.present import tables
from legbal.present.html import Markup, short, tag
from legbal.report.drawing import figure, picture

_CRANK, _RADIUS, _PEAK_RADIUS = 240.0, 78.0, 66.0
# labels beside the circle, each with its place
_ANGLES = (("0°", 120, 24), ("90°", 220, 124), ("180°", 120, 224), ("270°", 20, 124))


def power_phases(ride: Dynamics) -> list[Markup]:
    """Each crank's circle with its power phase, below what it shows; nothing where a head unit measured none."""
    circles = [
        _circle(side, leg)
        for side, leg in (("left", ride.left), ("right", ride.right))
        if leg.power_phase_start_deg is not None and leg.power_phase_end_deg is not None
    ]
    caption = (
        "Where each leg drove the crank forward, seen from the right, 0° at the top: thin the whole power phase, "
        "thick the part that does most of the work."
    )
    return [figure(caption, *circles, class_="dynamics")] if circles else []


def _circle(side: str, leg: LegDynamics) -> Markup:
    """One crank's circle; 0° is at the top, and angles go clockwise."""
    phase = tables.phase(leg.power_phase_start_deg, leg.power_phase_end_deg)
    peak = tables.phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)
    middle = _CRANK / 2
    tick = f"M{short(middle)} {short(middle - _RADIUS - 5)}v10"
    return picture(
        f"crank-{side}",
        f"Power phase of the {side} leg",
        f"Power phase {phase}, peak {peak}.",
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
