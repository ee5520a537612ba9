"""How a report says numbers: a share never without how sure it is, a dash where there is nothing to say."""

from __future__ import annotations

from legbal.analysis import words
from legbal.analysis.wander import SURE
from legbal.ride.view import BalanceQuality, Reference

DASH = "—"

BALANCES: dict[BalanceQuality, str] = {
    "measured": "measured: each side has a sensor",
    "estimated": "estimated: one sensor sees both legs",
    "unknown": "of unknown worth: nobody knows this meter yet",
    "constant": "no measurement: the number never moved while power did",
    "absent": "not measured by this meter",
}
REFERENCES: dict[Reference, str] = {
    "left": "the meter names the left leg",
    "right": "the meter names the right leg",
    "assumed_left": "taken as the left leg’s",
    "unknown": "read as the left leg’s: the meter does not say",
}


def share(percent: float | None, error: float | None) -> str:
    """A share with its standard error."""
    return DASH if percent is None or error is None else f"{percent:.1f} ± {error:.1f}"


def whole(value: float | None, unit: str = "") -> str:
    """A number without decimals."""
    return DASH if value is None else f"{value:.0f}{unit}"


def tenths(value: float | None) -> str:
    """A number with one decimal."""
    return DASH if value is None else f"{value:.1f}"


def signed(value: float | None, error: float | None = None) -> str:
    """A difference with its sign, and its standard error where one is given."""
    if value is None:
        return DASH
    return words.signed(value) if error is None else f"{words.signed(value)} ± {error:.1f}"


def moved(change: float, error: float) -> str:
    """What a change of the left share is, in a word: noise unless its 95 % interval keeps clear of none."""
    if abs(change) <= SURE * error:
        return "level"
    return "fell" if change < 0 else "rose"
