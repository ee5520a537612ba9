"""The tables of a ride's intervals, power bands, drop-offs and dynamics, and of changes, once for all surfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from legbal.present.document import Column, ForeignText, Table
from legbal.present.intensity import intensity
from legbal.present.interval_words import happened, vs_usual
from legbal.present.meter import zero_value
from legbal.present.numbers import (
    DASH,
    clock,
    days,
    leg_watts,
    number,
    share_error,
    signed,
    timestamp,
)
from legbal.present.text import printable
from legbal.ride.share import BandShare, Estimate, Share, band_name

if TYPE_CHECKING:  # nothing is computed here, nor loaded that does
    from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
    from legbal.analysis.meter_days import Effect
    from legbal.analysis.months import Change, DatedZero
    from legbal.analysis.summary import BandDifference, DropOffSummary, HeartRateSummary, SpanAverages
    from legbal.ride.drill import Drill
    from legbal.ride.work_interval import Interval

RUNNING = "▸"  # behind the number of an interval that is not over

LEFT_W = Column("left W", tone="left", drop=5)
RIGHT_W = Column("right W", tone="right", drop=5)
LEFT = Column("left %", tone="strong")
AN_HOUR = "points an hour"  # of effort: a heading


def intervals(
    of_ride: Sequence[Interval],
    now_s: float | None = None,
    *,
    balance: bool = True,
    at: int | None = None,
    heart_rates: Mapping[int, HeartRateSummary | None] = {},
) -> Table:
    """A row for each interval.

    Args:
        of_ride: those of a ride that runs or is over.
        now_s: ride seconds, where the last interval may still run.
        balance: whether the meter measures one; without it the columns about it are empty, and are left out.
        at: the number of the one at the cursor.
        heart_rates: those of a strap, by the interval's number.
    """
    columns = (
        Column("int.", "left", tone="strong"),
        Column("from", drop=4),
        Column("time"),
        Column("watts"),
        LEFT_W,
        RIGHT_W,
        LEFT,
        Column("vs usual", drop=2),
        Column("bpm", drop=6),
        Column("what happened", "left", drop=3, overflow="wrap"),
    )
    rows: list[tuple[str, ...]] = []
    for x in of_ride:
        end_s = now_s if x.end_s is None else x.end_s
        rows.append(
            (
                f"{x.number} {RUNNING}" if x.end_s is None else f"{x.number}",
                clock(x.start_s),
                clock(None if end_s is None else end_s - x.start_s),
                *watts_and_share(x.share, balance),
                vs_usual(x.share, x.usual_percent) if balance else "",
                "" if (heart_rate := heart_rates.get(x.number)) is None else number(heart_rate.mean_bpm),
                happened(x, now_s) if balance else "",
            )
        )
    chosen = next((i for i, x in enumerate(of_ride) if x.number == at), None)
    return Table(columns, rows, "Left share of each interval", chosen)


def has_pedalling(band: BandShare, *, balance: bool = True) -> bool:
    """Whether a power band has a row: one in which both legs pedalled, or anybody where there is no balance."""
    return bool(band.share.seconds or (band.share.power_w and not balance))


def bands(shares: Iterable[BandShare], *, balance: bool = True) -> Table:
    """A row for each power band that was ridden."""
    return Table(
        (
            Column("intensity", "left", tone="strong"),
            Column("of FTP", "left", drop=6),
            Column("time"),
            Column("watts", drop=2),
            LEFT_W,
            RIGHT_W,
            LEFT,
        ),
        [
            (
                intensity(x.low_ftp, x.high_ftp),
                band_name(x.low_ftp, x.high_ftp),
                clock(x.share.seconds) if balance else "",
                *watts_and_share(x.share, balance),
            )
            for x in shares
            if has_pedalling(x, balance=balance)
        ],
        "Left share in each power band",
    )


def drills(of_ride: Sequence[Drill], now_s: float | None = None) -> Table:
    """A row for each drill with one leg; `now_s` as of `intervals`."""
    return Table(
        (
            Column("drill", "left", tone="strong"),
            Column("leg", "left"),
            Column("from"),
            Column("time"),
            Column("watts"),
        ),
        [
            (
                f"{place}",
                x.side,
                clock(x.start_s),
                clock(
                    None if (end_s := now_s if x.end_s is None else x.end_s) is None else end_s - x.start_s
                ),
                number(x.power_w),
            )
            for place, x in enumerate(of_ride, 1)
        ],
        "Time and power of each drill",
    )


def dropoffs(summaries: Sequence[DropOffSummary]) -> Table:
    """Before, during and after each drop-off, and what changed from before it to during it."""
    columns = (
        Column("drop-off", "left"),
        Column("", "left", tone="quiet"),
        LEFT,
        Column("watts"),
        LEFT_W,
        RIGHT_W,
        Column("rpm", drop=1),
        Column("time", drop=2),
    )
    rows: list[tuple[str, ...]] = []
    for i, x in enumerate(summaries, 1):
        for name, around in (("before", x.before), ("during", x.during), ("after", x.after)):
            if around.share.power_w is not None:
                first = f"{i}, {x.side} leg" if name == "before" else f"{i}"
                measured = (
                    share_error(around.share),
                    *map(number, _legs(around)),
                    clock(around.seconds or None),
                )
                rows.append((first, name, *measured))
        moved = (signed(_less(*pair), 0) for pair in zip(_legs(x.during), _legs(x.before), strict=True))
        rows.append((f"{i}", "change", estimate(x.difference)[0], *moved, ""))
    return Table(columns, rows, "Before, during and after each drop-off")


def _legs(x: SpanAverages) -> tuple[float | None, ...]:
    return x.share.power_w, *leg_watts(x.share), x.cadence_rpm


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def watts_and_share(x: Share, balance: bool) -> tuple[str, ...]:
    """The cells of watts, of each leg's, and of the left share; without a balance the watts alone."""
    if not balance:
        return number(x.power_w), "", "", ""
    return number(x.power_w), *map(number, leg_watts(x)), share_error(x)


def estimate(of: Estimate | Effect | None, digits: int = 1) -> tuple[str, str]:
    """A difference with its error, and its 95 % interval: two cells, or two dashes."""
    if of is None:
        return DASH, DASH
    bounds = f"{signed(of.low, digits)} to {signed(of.high, digits)}"
    return signed(of.value, digits, of.standard_error), bounds


def with_error(of: Estimate, digits: int = 1) -> str:
    """The same in a sentence: "−1.7 ± 0.5 (95 %: −2.7 to −0.7)"."""
    value, bounds = estimate(of, digits)
    return f"{value} (95 %: {bounds})"


def band_differences(differences: Iterable[BandDifference], bands: Iterable[BandShare]) -> Table:
    """One power band against another, of these."""
    named = {band.name: (intensity(band.low_ftp, band.high_ftp), share_error(band.share)) for band in bands}
    return Table(
        (
            Column("intensity", "left"),
            Column("against", "left"),
            Column("left %", drop=4),
            Column("against it %", drop=4),
            Column("difference"),
            Column("95 % range"),
            Column("", "left", drop=5),
        ),
        [
            (
                named[x.band][0],
                named[x.against][0],
                named[x.band][1],
                named[x.against][1],
                *estimate(x.difference),
                "differ" if x.difference.real else "no clear difference",
            )
            for x in differences
        ],
        "One power band against another, in points of left share",
    )


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
    start, end, length = (number(x, unit="°") for x in (start_deg, end_deg, (end_deg - start_deg) % 360))
    return f"{start} to {end} ({length})"


def dynamics(ride: Dynamics) -> Table:
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
    columns = (Column("cycling dynamics", "left"), Column("left", tone="left"), Column("right", tone="right"))
    return Table(columns, [row for row in rows if row[1:] != (DASH, DASH)], "Cycling dynamics of the ride")


def interval_dynamics(numbered: Iterable[tuple[int, Dynamics]]) -> Table:
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


def changes_table(changes: Iterable[Change]) -> Table:
    """What the rider changed, the earliest first."""
    return Table(
        (
            Column("change"),
            Column("days", "left", overflow="wrap"),
            Column("kind", "left"),
            Column("what", "left", overflow="wrap"),
        ),
        [(str(x.number), days(x.first_day, x.last_day), x.kind, ForeignText(x.words)) for x in changes],
        "Changes, the earliest first",
    )


_ORIGIN = {"set": "set without a ride", "ride": "during a ride"}


def zeros_table(ledger: Sequence[DatedZero]) -> Table:
    """Zero offsets, each with its step from the one before; those that jumped are said to."""
    columns = (
        Column("no.", drop=2),
        Column("set", "left"),
        Column("meter", "left", overflow="cut"),
        Column("offset"),
        Column("raw"),
        Column("step"),
        Column("", "left"),
        Column("how", "left", drop=1),
        Column("ride", "left", drop=1),
        Column("the maker adds", "left", drop=3),
    )
    rows = [
        (
            "" if x.number is None else f"{x.number}",
            timestamp(x.set_at),
            printable(x.meter),
            zero_value(x.offset_raw, x.measures) if x.offset_raw is not None else DASH,
            number(x.offset_raw),
            DASH if x.step is None else signed(x.step.step, 0),
            "jump" if x.step is not None and x.step.jump else "",
            _ORIGIN[x.origin],
            x.ride or "",
            x.company_data,
        )
        for x in ledger
    ]
    return Table(columns, rows)
