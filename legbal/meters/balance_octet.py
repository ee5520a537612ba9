"""What a profile and the rider's choices make of a balance octet, and what may honestly be said of the
result.

Coasting placeholders need no rule of their own here: a balance is asked for only where a revolution was
counted (time moved, power above zero), and no placeholder survives that.
"""

from __future__ import annotations

from typing import Literal

from legbal.meters.profile import Profile

_OCTETS = 256
_HIGHEST_SHARE = 200  # in half percents; the definition has no meaning for what lies above

Reference = Literal["left", "right", "assumed_left", "unknown"]


class BalanceDecoder:
    """Turns balance octets into left shares for one meter.

    Args:
        profile: the meter's family.
        swap_sides: the rider says that left and right are exchanged.
        assume_left: the rider agreed that the octet is the left share where the meter does not say.
    """

    __slots__ = ("_flagged", "_unflagged", "_unflagged_reference")

    def __init__(self, profile: Profile, swap_sides: bool = False, assume_left: bool = False) -> None:
        swapped = profile.swapped != swap_sides
        self._flagged = _table(swapped) if profile.has_balance else _NOTHING
        self._unflagged = (
            _table(swapped != (profile.reference == "right")) if profile.has_balance else _NOTHING
        )
        self._unflagged_reference: Reference = "right" if profile.reference == "right" else "left"
        if profile.reference == "flag":
            self._unflagged_reference = "assumed_left" if assume_left else "unknown"

    def left_percent(self, balance_raw: int, reference_left: bool) -> float | None:
        """The left share, percent, of an octet in wire units (1/2 %, 0–255).

        None above 200, and for a meter that measures no balance. `reference_left` is the measurement's
        reference bit; while it is clear the octet is read as the profile says, else as left.
        """
        return (self._flagged if reference_left else self._unflagged)[balance_raw]

    def reference(self, reference_left: bool) -> Reference:
        """Which side the octet names, and on whose word, given the measurement's reference bit."""
        return "left" if reference_left else self._unflagged_reference


def _table(swapped: bool) -> tuple[float | None, ...]:
    shares = [(_HIGHEST_SHARE - raw if swapped else raw) / 2 for raw in range(_HIGHEST_SHARE + 1)]
    return (*shares, *[None] * (_OCTETS - len(shares)))


_NOTHING: tuple[float | None, ...] = (None,) * _OCTETS


class ConstantBalance:
    """Tells a balance that never moves while power does: then the meter measures none.

    Fed once per revolution. The share must stay exactly the same for `REVOLUTIONS` of them, over which
    power spans at least `POWER_SPAN_W`; that outlasts a one-leg drill and a coarse, smoothed reading at
    steady power. A stray value does not end it, but a share that begins to move does, within seconds to a
    few minutes.
    """

    REVOLUTIONS = 200
    POWER_SPAN_W = 25.0
    _KEPT = 0.99  # of the evidence of movement, each revolution
    _MOVES = 3.0  # changes within about 100 revolutions: more than one stray value makes (away and back)

    __slots__ = ("_count", "_highest_w", "_last", "_lowest_w", "_moved", "constant", "percent")

    def __init__(self) -> None:
        self.constant = False
        self.percent = 50.0  # where it stood when it was found to be constant
        self._last: float | None = None
        self._moved = 0.0
        self._begin(0.0)

    def _begin(self, power_w: float) -> None:
        self._count = 0
        self._lowest_w = self._highest_w = power_w

    def feed(self, left_percent: float, power_w: float) -> bool:
        """Whether the balance is constant, after one more revolution with this share and power."""
        moved = left_percent != self._last
        self._last = left_percent
        if self.constant:
            self._moved = self._moved * self._KEPT + moved
            if self._moved >= self._MOVES:
                self.constant = False
                self._begin(power_w)
            return self.constant
        if moved:
            self._begin(power_w)
            return False
        self._count += 1
        if power_w < self._lowest_w:
            self._lowest_w = power_w
        elif power_w > self._highest_w:
            self._highest_w = power_w
        if self._count >= self.REVOLUTIONS and self._highest_w - self._lowest_w >= self.POWER_SPAN_W:
            self.constant, self._moved, self.percent = True, 0.0, left_percent
        return self.constant


_COMPARE = "Compare yourself with yourself, on the same meter."

_OF_KIND = {
    "measured": (
        "Measured: each side has a sensor of its own.",
        "Where each side is right to ±1 %, the balance may still be off by up to half a point.",
        _COMPARE,
    ),
    "estimated": (
        "Estimated: one sensor sees both legs together and books each half turn on the leg that"
        " goes down; a pull or dead weight on the other side is booked there too.",
        "A change against your own usual tells more than the figure itself.",
        _COMPARE,
    ),
    "doubled": (
        "No balance: {side} is measured and doubled to stand for both legs.",
        "If the legs differ, the power is wrong by as much, and nothing here can show it.",
    ),
    "bridge": ("No balance: this device passes another meter's power on and fills the balance in.",),
    "total": ("No balance: it knows only what both legs do together.",),
    "unknown": (
        "Nobody has told legbal yet what this meter's balance is worth.",
        _COMPARE,
    ),
}
_ONE_SIDE = {None: "one side", "left": "the left side", "right": "the right side"}


def limits(
    profile: Profile, *, reference: Reference = "left", absent: bool = False, stated: bool | None = None
) -> tuple[str, ...]:
    """What this meter can and cannot know, as sentences for the rider, the most important first.

    Args:
        profile: the meter's family.
        reference: on what ground the shares are called left ones (`BalanceDecoder.reference`).
        absent: no balance arrives from this meter, whatever its family can send.
        stated: whether the meter itself says that it can send one (bit 0 of 0x2A65); None where that was not read.
    """
    if not profile.has_balance:
        return tuple(said.format(side=_ONE_SIDE[profile.side]) for said in _OF_KIND[profile.kind])
    if absent:
        return _absent(profile, stated)
    said = list(_OF_KIND[profile.kind])
    if reference == "unknown":
        said.insert(
            1, "The meter does not say which side it names: it is read as left. Say so if it is right."
        )
    elif reference == "assumed_left":
        said.insert(1, "The meter does not say which side it names: you said that it is left.")
    if profile.peripherals == 2:
        said.append("Left and right are two devices: the balance is put together from their watts.")
    if profile.resolution_percent > 0.5:
        said.append(
            f"It sends steps of {profile.resolution_percent:g} %: averages are finer than a single value."
        )
    if profile.rezeroes:
        said.append("It sets its zero anew when you stop pedalling: a step after a stop may be the meter.")
    if profile.falls_back:
        said.append(
            "If one side falls silent, the other is doubled after a while: no balance until it is back."
        )
    return tuple(said)


def _absent(profile: Profile, stated: bool | None) -> tuple[str, ...]:
    """What may be said of a meter that sends no balance though its family can."""
    if profile.peripherals == 2:
        return ("No balance: this is one of two devices, and the other one is missing.",)
    first = "This meter sends no balance."
    if stated is False:
        first = "This meter sends no balance, and its own features say that it has none to send."
    return tuple(said for said in (first, profile.unlock) if said)
