"""How sure an answer is, in one of three words, and how large what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from legbal.present.numbers import count, number, signed

if TYPE_CHECKING:
    from legbal.analysis.meter_days import Effect
    from legbal.analysis.posterior import Certainty, CredibleInterval
    from legbal.ride.share import Estimate

WORDS: dict[Certainty, str] = {"clear": "Clear", "likely": "Likely", "unknown": "Not known yet"}

ADVERBS: dict[Certainty, str] = {"clear": "clearly", "likely": "likely"}


def in_a_word(effect: Effect | Estimate) -> str:
    """Whether there is one and which way it went: "clear: up"."""
    if effect.certainty == "unknown":
        return "not known yet"
    return f"{effect.certainty}: {'up' if effect.value > 0 else 'down'}"


def sized(effect: Effect | Estimate, unit: str = "points", digits: int = 1) -> str:
    """How sure a change is, which way it went and how far: "clear: up 1.2, 0.6 to 1.8 points"."""
    if effect.certainty == "unknown":
        return f"not known yet: {signed(effect.low, digits)} to {signed(effect.high, digits)} {unit}"
    return f"{in_a_word(effect)} {number(abs(effect.value), digits)}, {size_bounds(effect, digits)} {unit}"


def size_bounds(effect: Effect | Estimate, digits: int = 1) -> str:
    """The bounds of how large an effect is, of which it is known which way it went."""
    low, high = (effect.low, effect.high) if effect.value > 0 else (-effect.high, -effect.low)
    return at_most(low, high, digits)


def moved(effect: Effect | Estimate, unit: str = "points") -> str:
    """The same of what is not unknown, as a verb: "clearly rose, by 1.2 points (0.6 to 1.8)"."""
    way, size = "rose" if effect.value > 0 else "fell", f"{number(abs(effect.value), 1)} {unit}"
    return f"{ADVERBS[effect.certainty]} {way}, by {size} ({size_bounds(effect)})"


def of_drift(drift: Estimate, share: str = "left share") -> str:
    """How a share moved over the efforts of a ride."""
    unit = "points an hour of effort"
    if drift.certainty == "unknown":
        return f"No clear change of the {share}: {signed(drift.low)} to {signed(drift.high)} {unit}."
    return f"The {share} {moved(drift, unit)}."


def at_most(low: float, high: float, digits: int = 1) -> str:
    """The bounds of a size whose direction is known.

    >>> at_most(0.6, 1.8), at_most(-0.1, 1.8)
    ('0.6 to 1.8', 'at most 1.8')
    """
    most = number(high, digits)
    return f"{number(low, digits)} to {most}" if low > 0 else f"at most {most}"


def bounds(of: CredibleInterval, digits: int = 1) -> str:
    """The bounds of an interval."""
    return f"{number(of.low, digits)} to {number(of.high, digits)}"


def more_rides(rides: int | None, most: int = 0) -> str:
    """In brackets, how many rides more it takes; with none the `most` that would not do, if it is given."""
    number_of = count(rides, "more ride") if rides else f"more than {most} more rides" if most else ""
    return number_of and f" ({number_of} like the last)"
