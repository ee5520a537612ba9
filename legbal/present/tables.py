"""The tables about one ride, built once for all surfaces: intervals, power bands, drop-offs, cycling dynamics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from legbal.present.document import Cell, Column, Table
from legbal.present.numbers import DASH, band, clock, number, share_error, signed
from legbal.ride.share import Z_95

if TYPE_CHECKING:
    from legbal.analysis.dynamics import Dynamics, LegDynamics
    from legbal.analysis.summary import Around, DropOffSummary
    from legbal.ride.share import Share

# Seconds an interval must have lasted before a slope within it is more than its noise.
LEAST_SLOPE_S = 60.0

RUNNING = "▸"  # behind the number of an interval that is not over

_LEFT_W = Column("left W", tone="left", drop=5)
_RIGHT_W = Column("right W", tone="right", drop=5)
_LEFT = Column("left %", tone="strong")


class _Interval(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float | None: ...
    @property
    def share(self) -> Share: ...
    @property
    def usual_percent(self) -> float | None: ...
    @property
    def slope_per_minute(self) -> float | None: ...
    @property
    def slope_error(self) -> float | None: ...


class _Band(Protocol):
    @property
    def low_ftp(self) -> float: ...
    @property
    def high_ftp(self) -> float | None: ...
    @property
    def share(self) -> Share: ...


def share(of: Share) -> str:
    """A share with its standard error, or a dash where too little stands behind it."""
    return share_error(of.left_percent, of.standard_error, of.revolutions)


def intervals(known: Iterable[_Interval], now_s: float | None = None, *, balance: bool = True) -> Table:
    """A row for each interval.

    Args:
        known: of a ride that runs or is over.
        now_s: ride seconds, where the last interval may still run.
        balance: whether the meter measures one; without it the columns about it are empty, and are left out.
    """
    columns = (
        Column("int.", "left", tone="strong"),
        Column("from", drop=4),
        Column("time"),
        Column("watts"),
        _LEFT_W,
        _RIGHT_W,
        _LEFT,
        Column("vs usual", drop=2),
        Column("points/min", drop=3),
    )
    rows = []
    for x in known:
        running, end_s = x.end_s is None, x.end_s if x.end_s is not None else now_s
        rows.append(
            (
                f"{x.number} {RUNNING}" if running else f"{x.number}",
                clock(x.start_s),
                clock(None if end_s is None else end_s - x.start_s),
                *_watts_and_share(x.share, balance),
                against_usual(x) if balance else "",
                slope(x, now_s) if balance else "",
            )
        )
    return Table(columns, rows, "Left share of each interval")


def against_usual(of: _Interval) -> str:
    """An interval's left share less the usual one at its power, in points; a dash where one is not known."""
    if share(of.share) == DASH or of.share.left_percent is None or of.usual_percent is None:
        return DASH
    return signed(of.share.left_percent - of.usual_percent)


def slope(of: _Interval, now_s: float | None = None) -> str:
    """How the left share moved within an interval, points a minute: "level" where that may be noise.

    A dash where it lasted less than `LEAST_SLOPE_S` or its share says nothing.
    """
    value, error, end_s = of.slope_per_minute, of.slope_error, of.end_s if of.end_s is not None else now_s
    if value is None or error is None or share(of.share) == DASH:
        return DASH
    if end_s is not None and end_s - of.start_s < LEAST_SLOPE_S:
        return DASH
    return signed(value, error=error) if abs(value) > Z_95 * error and round(value, 1) else "level"


def bands(known: Iterable[_Band], *, balance: bool = True) -> Table:
    """A row for each power band that was ridden."""
    columns = (
        Column("power band", "left", tone="strong"),
        Column("time"),
        Column("watts", drop=2),
        _LEFT_W,
        _RIGHT_W,
        _LEFT,
    )
    rows = [
        (
            band(x.low_ftp, x.high_ftp),
            clock(x.share.seconds) if balance else "",
            *_watts_and_share(x.share, balance),
        )
        for x in known
        if x.share.seconds or x.share.power_w
    ]
    return Table(columns, rows, "Left share in each power band")


def dropoffs(known: Sequence[DropOffSummary]) -> Table:
    """Before, during and after each drop-off, and what changed from before it to during it."""
    columns = (
        Column("drop-off", "left"),
        Column("", "left", tone="quiet"),
        _LEFT,
        Column("watts"),
        _LEFT_W,
        _RIGHT_W,
        Column("rpm", drop=1),
        Column("s", drop=2),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for i, x in enumerate(known, 1):
        for name, around in (("before", x.before), ("during", x.during), ("after", x.after)):
            if around.share.power_w is not None:
                rows.append((f"{i}, {x.side} leg" if name == "before" else f"{i}", name, *_around(around)))
        rows.append((f"{i}", "change", *_change(x)))
    return Table(columns, rows, "Before, during and after each drop-off")


def _around(x: Around) -> tuple[str, ...]:
    seconds = number(x.seconds) if x.seconds else DASH
    left, right = number(x.share.left_w), number(x.share.right_w)
    return share(x.share), number(x.share.power_w), left, right, number(x.cadence_rpm), seconds


def _change(x: DropOffSummary) -> tuple[str, ...]:
    before, during = (
        (y.share.power_w, y.share.left_w, y.share.right_w, y.cadence_rpm) for y in (x.before, x.during)
    )
    less = [
        DASH if was is None or now is None else signed(now - was, 0)
        for was, now in zip(before, during, strict=True)
    ]
    return (
        DASH if x.difference is None else signed(x.difference.value, error=x.difference.standard_error),
        *less,
        "",
    )


def _watts_and_share(x: Share, balance: bool) -> tuple[str, str, str, str]:
    """What all tables show of a share: power, each leg's part of it, the left share."""
    if not balance:
        return number(x.power_w), "", "", ""
    return number(x.power_w), number(x.left_w), number(x.right_w), share(x)


_LEG: tuple[tuple[str, str, Callable[[LegDynamics], str]], ...] = (
    ("torque effectiveness", "TE %", lambda leg: number(leg.torque_effectiveness_percent)),
    ("pedal smoothness", "PS %", lambda leg: number(leg.pedal_smoothness_percent)),
    ("platform centre offset", "PCO mm", lambda leg: signed(leg.platform_centre_offset_mm)),
    ("power phase", "power phase", lambda leg: phase(leg.power_phase_start_deg, leg.power_phase_end_deg)),
    ("peak power phase", "peak phase", lambda leg: phase(leg.peak_phase_start_deg, leg.peak_phase_end_deg)),
)
_UNITS = ("%", "%", "mm (+ outwards)", "", "")


def phase(start_deg: float | None, end_deg: float | None) -> str:
    """An arc of the crank's circle: where it starts and ends, and how long it is.

    >>> phase(350.0, 190.4), phase(None, 10.0)
    ('350° to 190° (200°)', '—')
    """
    if start_deg is None or end_deg is None:
        return DASH
    return f"{start_deg:.0f}° to {end_deg:.0f}° ({(end_deg - start_deg) % 360:.0f}°)"


def dynamics(ride: Dynamics) -> Table:
    """Both legs' cycling dynamics over a ride; what nobody measured is left out."""
    rows = [
        (", ".join(filter(None, (name, unit))), of(ride.left), of(ride.right))
        for (name, _, of), unit in zip(_LEG, _UNITS, strict=True)
    ]
    both = (
        ("pedal smoothness of both, %", number(ride.combined_pedal_smoothness_percent)),
        ("top dead spot", number(ride.top_dead_spot_deg, unit="°")),
        ("bottom dead spot", number(ride.bottom_dead_spot_deg, unit="°")),
    )
    rows += [(name, value, value) for name, value in both]
    columns = (Column("cycling dynamics", "left"), Column("left", tone="left"), Column("right", tone="right"))
    return Table(columns, [row for row in rows if row[1:] != (DASH, DASH)], "Cycling dynamics of the ride")


def interval_dynamics(known: Iterable[tuple[int, Dynamics]]) -> Table:
    """A row for each leg of each interval, by its number; columns only of what some of them have."""
    rows = [
        (str(number), side, *(of(leg) for _, _, of in _LEG))
        for number, both in known
        for side, leg in (("left", both.left), ("right", both.right))
        if leg.seconds
    ]
    there = [i for i in range(len(_LEG)) if any(row[2 + i] != DASH for row in rows)]
    columns = (Column("int."), Column("leg", "left"), *(Column(_LEG[i][1]) for i in there))
    told = [(*row[:2], *(row[2 + i] for i in there)) for row in rows] if there else []
    return Table(columns, told, "Cycling dynamics of each interval")
