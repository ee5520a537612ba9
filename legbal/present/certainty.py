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
    low, high = effect.low, effect.high
    if effect.certainty == "unknown":
        return f"not known yet: {signed(low, digits)} to {signed(high, digits)} {unit}"
    if effect.value < 0:
        low, high = -high, -low
    return f"{in_a_word(effect)} {number(abs(effect.value), digits)}, {at_most(low, high, digits)} {unit}"


def moved(effect: Effect | Estimate, unit: str = "points") -> str:
    """The same of what is not unknown, as a verb: "clearly rose, by 1.2 points (0.6 to 1.8)"."""
    low, high = (effect.low, effect.high) if effect.value > 0 else (-effect.high, -effect.low)
    verb = "rose" if effect.value > 0 else "fell"
    return (
        f"{ADVERBS[effect.certainty]} {verb}, by {number(abs(effect.value), 1)} {unit} ({at_most(low, high)})"
    )


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


def more_rides(rides: int) -> str:
    """In brackets, how many rides more it takes; nothing for none."""
    return f" ({count(rides, 'more ride', 'more rides')} like the last)" if rides else ""
