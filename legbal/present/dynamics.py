"""The cycling dynamics of a ride and of its intervals as tables."""

from collections.abc import Callable, Iterable

from legbal.analysis.dynamics import Dynamics, LegDynamics
from legbal.present.document import Column, Table
from legbal.present.numbers import DASH, number, signed

# what a leg has, over the ride and in an interval
_LEG: tuple[tuple[str, str, Callable[[LegDynamics], str]], ...] = (
    ("torque effectiveness, %", "TE %", lambda leg: number(leg.torque_effectiveness_percent)),
    ("pedal smoothness, %", "PS %", lambda leg: number(leg.pedal_smoothness_percent)),
    ("platform centre offset, mm (+ outwards)", "PCO mm", lambda leg: signed(leg.platform_centre_offset_mm)),
    ("power phase", "power phase", lambda leg: phase(leg.power_phase_start_deg, leg.power_phase_end_deg)),
    ("peak power phase", "peak phase", lambda leg: phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)),
)


def phase(start_deg: float | None, end_deg: float | None) -> str:
    """An arc of the crank's circle: where it starts and ends, and how long it is.

    >>> phase(350.0, 190.4), phase(None, 10.0)
    ('350° to 190° (200°)', '—')
    """
    if start_deg is None or end_deg is None:
        return DASH
    return f"{start_deg:.0f}° to {end_deg:.0f}° ({(end_deg - start_deg) % 360:.0f}°)"


def ride_table(ride: Dynamics) -> Table:
    """Both legs' cycling dynamics over a ride; what nobody measured is left out."""
    of_both = (
        ("pedal smoothness of both, %", number(ride.combined_pedal_smoothness_percent)),
        ("top dead spot", number(ride.top_dead_spot_deg, unit="°")),
        ("bottom dead spot", number(ride.bottom_dead_spot_deg, unit="°")),
    )
    rows = [
        *((name, of(ride.left), of(ride.right)) for name, _, of in _LEG),
        *((name, both, both) for name, both in of_both),
    ]
    columns = (
        Column("cycling dynamics", "left"),
        Column("left", tone="left"),
        Column("right", tone="right"),
    )
    return Table(columns, [row for row in rows if row[1:] != (DASH, DASH)], "Cycling dynamics of the ride")


def interval_table(numbered: Iterable[tuple[int, Dynamics]]) -> Table:
    """A row for each leg of each interval, by its number; columns only of what some of them have."""
    rows = [
        (str(number), side, *(of(leg) for _, _, of in _LEG))
        for number, both in numbered
        for side, leg in (("left", both.left), ("right", both.right))
        if leg.seconds
    ]
    nowhere = [name for i, (_, name, _) in enumerate(_LEG, 2) if all(row[i] == DASH for row in rows)]
    columns = (Column("int."), Column("leg", "left"), *(Column(name) for _, name, _ in _LEG))
    some = rows if len(nowhere) < len(_LEG) else []
    return Table(columns, some, "Cycling dynamics of each interval").without(*nowhere)
