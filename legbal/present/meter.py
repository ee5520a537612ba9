"""What a meter's balance is worth, and which leg its number names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from legbal.ride.share import BalanceQuality, Reference

# in a word, beside a meter's name
QUALITY: dict[BalanceQuality, str] = {
    "measured": "measured",
    "estimated": "estimated",
    "unknown": "unverified",
    "constant": "no balance",
    "absent": "no balance",
}
_IN_FULL: dict[BalanceQuality, str] = {
    "measured": "measured: each side has a sensor",
    "estimated": "estimated: one sensor measures both legs",
    "unknown": "unverified: the accuracy of this meter is unknown",
    "constant": "no measurement: the number never moved while power did",
    "absent": "not measured by this meter",
}
_REFERENCE: dict[Reference, str] = {
    "left": "reported for the left leg",
    "right": "reported for the right leg",
    "assumed_left": "taken as the left leg's",
    "unknown": "read as the left leg's: the meter does not say",
}


def quality(worth: BalanceQuality) -> str:
    """What a balance is worth, in full.

    >>> quality("estimated")
    'estimated: one sensor measures both legs'
    """
    return _IN_FULL[worth]


def reference(of: Reference) -> str:
    """Which leg a meter's number names.

    >>> reference("assumed_left")
    "taken as the left leg's"
    """
    return _REFERENCE[of]


def has_balance(worth: BalanceQuality) -> bool:
    """Whether there is a percentage at all.

    >>> has_balance("unknown"), has_balance("constant")
    (True, False)
    """
    return worth not in ("absent", "constant")
