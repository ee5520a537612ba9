"""How each leg turned the crank, where the meter told it: effectiveness, smoothness, offset, phases."""

from __future__ import annotations

from collections.abc import Callable

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.present.numbers import number, signed
from legbal.tui.render.document import Column, Document

_ROWS: tuple[tuple[str, Callable[[LegDynamics], str]], ...] = (
    ("torque effectiveness", lambda leg: _percent(leg.torque_effectiveness_percent)),
    ("pedal smoothness", lambda leg: _percent(leg.pedal_smoothness_percent)),
    ("platform centre offset", lambda leg: _millimetres(leg.platform_centre_offset_mm)),
    ("power phase", lambda leg: _angles(leg.power_phase_start_deg, leg.power_phase_end_deg)),
    ("peak power phase", lambda leg: _angles(leg.peak_phase_start_deg, leg.peak_phase_end_deg)),
)


def dynamics(document: Document, told: Dynamics) -> None:
    """A table of both legs; what the meter did not tell is left out."""
    rows = [(name, of(told.left), of(told.right)) for name, of in _ROWS]
    rows = [row for row in rows if row[1] or row[2]]
    if told.combined_pedal_smoothness_percent is not None:
        rows.append(("pedal smoothness of both", _percent(told.combined_pedal_smoothness_percent), ""))
    for name, angle in (
        ("top dead spot", told.top_dead_spot_deg),
        ("bottom dead spot", told.bottom_dead_spot_deg),
    ):
        if angle is not None:
            rows.append((name, f"{number(angle)}°", ""))
    if rows:
        names, left, right = zip(*rows, strict=True)
        document.table(
            [
                Column("", names, False),
                Column("left", left, style="left"),
                Column("right", right, style="right"),
            ]
        )


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} %"


def _millimetres(value: float | None) -> str:
    return "" if value is None else f"{signed(value)} mm"


def _angles(start: float | None, end: float | None) -> str:
    return "" if start is None or end is None else f"{start:.0f}° to {end:.0f}°"
