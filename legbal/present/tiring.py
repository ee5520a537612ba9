"""How a leg tires, in sentences and as tables, the same wherever it is shown."""

from collections.abc import Iterator

from legbal.analysis.meter_days import Effect
from legbal.analysis.outlook import MOST_MORE
from legbal.analysis.posterior import LIKELY, certainty
from legbal.analysis.rider_changes import LEAST_RIDES
from legbal.analysis.tiring import Tiring, TiringSpan
from legbal.analysis.tiring_changes import DeficitChange, TiringEffect
from legbal.present.certainty import ADVERBS, WORDS, at_most, bounds, more_rides
from legbal.present.document import Block, Column, Paragraph, Table, section
from legbal.present.interval_words import BACK_AFTER, FIRST_DEFICIT, NO_DEFICIT
from legbal.present.numbers import DASH, clock, duration, number, signed, timestamp
from legbal.present.tables import AN_HOUR, estimate


def tiring_sentence(tiring: Tiring | None) -> str:
    """How fast a leg tires, in a sentence or two."""
    if tiring is None:
        return "Not known yet: no interval so far."
    return " ".join(
        [_drift(tiring), *_deficits(tiring), *_over_months(tiring.drift_trend, tiring.trend_more)]
    )


def _drift(tiring: Tiring) -> str:
    drift = tiring.drift
    if drift is None:
        return "Not known yet (1 more ride with 20 minutes of effort)."
    if tiring.holds >= LIKELY:
        return f"{WORDS[certainty(tiring.holds)]}: it holds, within a point an hour of effort."
    probability, loses = abs(2 * tiring.falls - 1), tiring.falls > 0.5  # that its range leaves none out
    if probability < LIKELY:
        reach = f"{signed(drift.low)} to {signed(drift.high)}"
        return f"Not known yet{more_rides(tiring.more, MOST_MORE)}: {reach} points an hour of effort."
    sure, size = certainty(probability), f"{number(abs(drift.value), 1)} points an hour of effort"
    if loses:
        return f"{WORDS[sure]}: it loses {size}, {at_most(-drift.high, -drift.low)}."
    return f"It does not tire: it {ADVERBS[sure]} gains {size} ({at_most(drift.low, drift.high)})."


def _deficits(tiring: Tiring) -> Iterator[str]:
    minutes = tiring.first_minutes
    if minutes is not None:
        reach = f"{number(minutes.value)} min of effort ({bounds(minutes, 0)})"
        back = "" if tiring.back_s is None else f", and back after {duration(tiring.back_s)}"
        yield f"On half of the rides it is 2 points down within {reach}{back}."
    elif tiring.effort_h >= _LEAST_EFFORT_H:
        yield f"The {tiring.side} leg had no drop-off of 2 points in {_hours(tiring.effort_h)} of effort."


def _hours(hours: float) -> str:
    return f"{number(hours, 1)} h" if hours < 10 else f"{number(hours)} h"


def _over_months(trend: Effect | None, more: int | None) -> Iterator[str]:
    if trend is not None and trend.certainty != "unknown":
        way = "less" if trend.value > 0 else "more"
        size = f"{number(abs(trend.value), 1)} points an hour"
        yield f"{WORDS[trend.certainty]}: it tires {way} than before, by {size} each month."
    elif trend is not None:
        yield f"Whether that changes over months is not known yet{more_rides(more, MOST_MORE)}."


def tiring_blocks(tiring: Tiring) -> list[Block]:
    """How the leg tired on each ride, the newest first."""
    table = Table(
        (
            Column("ride", "left"),
            Column("effort"),
            Column(AN_HOUR),
            Column(FIRST_DEFICIT),
            Column("below", drop=1),
            Column(BACK_AFTER, drop=2),
        ),
        [
            (
                timestamp(x.started),
                clock(x.effort_s),
                estimate(x.drift)[0],
                NO_DEFICIT if x.first_s is None else clock(x.first_s),
                clock(x.below_s) if x.below_s else DASH,
                clock(x.back_s),
            )
            for x in reversed(tiring.by_ride)
        ],
    )
    return section(f"How the {tiring.side} leg tired, in time of effort", [table])


def course_blocks(tiring: Tiring | None, *, answered: bool = False) -> list[Block]:
    """How fast the leg tires, and month by month; `answered`: the sentence stands above, among the six answers."""
    if tiring is None:
        return []
    table = Table(
        (Column("month", "left"), Column("rides"), *_COLUMNS),
        [(f"{x.first_day:%Y-%m}", str(x.rides), *_cells(x)) for x in tiring.by_month],
        "By month, in time of effort",
    )
    return section(
        f"How the {tiring.side} leg tires",
        [Paragraph("" if answered else tiring_sentence(tiring), "strong"), table],
    )


def change_blocks(effect: TiringEffect | None) -> list[Block]:
    """What became of how the leg tires after a change, and the rides on either side that are shown."""
    if effect is None:
        return []
    sides = (("before", effect.before), ("after", effect.after))
    table = Table(
        (Column("", "left"), Column("rides"), *_COLUMNS),
        [(side, str(x.rides), *_cells(x)) for side, x in sides],
    )
    return section(f"How the {effect.side} leg tires", [Paragraph(of_tiring(effect), "strong"), table])


_LEAST_EFFORT_H = 0.1  # hours of effort: of less it says nothing that no leg fell
_COLUMNS = (
    Column("effort", drop=2),
    Column(AN_HOUR),
    Column(FIRST_DEFICIT),
    Column("time below per hour", drop=1),
    Column(BACK_AFTER, drop=4),
)


def _cells(x: TiringSpan) -> tuple[str, ...]:
    within = x.first_minutes
    return (
        _hours(x.effort_h),
        estimate(x.drift)[0],
        NO_DEFICIT if within is None else clock(60 * within.value),
        clock(x.below_s) if x.below_s else DASH,
        clock(x.back_s),
    )


def of_tiring(effect: TiringEffect) -> str:
    """Whether a leg tires less after a change than before it, and whether it falls less often."""
    return " ".join([_less(f"the {effect.side} leg", effect.drift), *_less_often(effect.deficits)])


def _less(leg: str, drift: Effect | None) -> str:
    if drift is None:
        rides = f"{LEAST_RIDES} rides with 20 minutes of effort on either side"
        return f"Whether {leg} tires less is not known yet: {rides} needed."
    unit = "points an hour of effort"
    if drift.certainty == "unknown":
        return (
            f"Whether {leg} tires less is not known yet: {signed(drift.low)} to {signed(drift.high)} {unit}."
        )
    low, high = (drift.low, drift.high) if drift.value > 0 else (-drift.high, -drift.low)
    way = "less" if drift.value > 0 else "more"
    size = f"{number(abs(drift.value), 1)}, {at_most(low, high)} {unit}"
    return f"{WORDS[drift.certainty]}: {leg} tires {way}, by {size}."


def _less_often(deficits: DeficitChange | None) -> Iterator[str]:
    if deficits is None:
        return
    come, reach = "drop-offs of 2 points come", bounds(deficits.times)
    if deficits.certainty == "unknown":
        yield f"Whether {come} less often is not known yet: {reach} times as often."
        return
    way = "more" if deficits.times.value > 1 else "less"
    size = f"{number(deficits.times.value, 1)} times as often, {reach}"
    yield f"{WORDS[deficits.certainty]}: {come} {way} often, {size}."
