"""What a meter's balance octets mean, and what it can and cannot know: remarks, which `present` says.

Coasting placeholders need no rule of their own here: a balance is asked for only where a revolution was
counted (time moved, power above zero), and no placeholder survives that.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.characteristics import decode_location
from legbal.gatt.fields import BALANCE_GREATEST, BALANCE_PER_PERCENT
from legbal.meters.profile import Kind, Profile

Reference = Literal["left", "right", "assumed_left", "unknown"]


class BalanceOctets(NamedTuple):
    """What balance octets mean: the side that they name, on whose word, and the left share of each octet, percent.

    The share is None above 200, and for a meter that measures no balance.
    """

    reference: Reference
    left_percent: tuple[float | None, ...]


def balance_octets(
    profile: Profile, swap_sides: bool = False, assume_left: bool = False
) -> tuple[BalanceOctets, BalanceOctets]:
    """How one meter's octets are read: while the measurement's reference bit is clear, and while it is set.

    Args:
        profile: the meter's family; it says what the octet names while the bit is clear, else that is left.
        swap_sides: the rider says that left and right are exchanged.
        assume_left: the rider agreed that the octet is the left share where the meter does not say.
    """
    unflagged: Reference = "assumed_left" if assume_left else "unknown"
    if profile.reference != "flag":
        unflagged = profile.reference
    swapped = profile.swapped != swap_sides
    return (
        BalanceOctets(unflagged, _shares(profile.has_balance, swapped != (profile.reference == "right"))),
        BalanceOctets("left", _shares(profile.has_balance, swapped)),
    )


@cache
def _shares(has_balance: bool, swapped: bool) -> tuple[float | None, ...]:
    if not has_balance:
        return (None,) * 256
    shares = [raw / BALANCE_PER_PERCENT for raw in range(BALANCE_GREATEST + 1)]
    return (*(reversed(shares) if swapped else shares), *(None,) * (255 - BALANCE_GREATEST))


class ConstantBalance:
    """Tells a balance that never moves while power does: then the meter measures none.

    Fed once per revolution. The share must stay exactly the same for `REVOLUTIONS` of them, over which
    power spans at least `POWER_SPAN_W`; that outlasts a one-leg drill and a coarse, smoothed reading at
    steady power. A stray value does not end it, but a share that begins to move does, within seconds to a
    few minutes.
    """

    REVOLUTIONS = 200
    POWER_SPAN_W = 25.0
    _DECAY = 0.99  # of the evidence of movement, each revolution
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
            self._moved = self._moved * self._DECAY + moved
            if self._moved >= self._MOVES:
                self.constant = False
                self._begin(power_w)
        elif moved:
            self._begin(power_w)
        else:
            self._count += 1
            self._lowest_w, self._highest_w = min(self._lowest_w, power_w), max(self._highest_w, power_w)
            if self._count >= self.REVOLUTIONS and self._highest_w - self._lowest_w >= self.POWER_SPAN_W:
                self.constant, self._moved, self.percent = True, 0.0, left_percent
        return self.constant


class Remark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that the rider should know: a code, and the values that its sentence takes (`present.remarks`).

    A value is a number in the unit that its name ends with, a name, a side, or several names.
    """

    code: str
    values: Mapping[str, float | int | str | tuple[str, ...]] = {}


# A remark; or a sentence as another legbal put it, in a message over MQTT or in a value kept by older code.
RemarkOrText = Remark | str


def applicable(*remarks: tuple[bool, Remark]) -> tuple[Remark, ...]:
    """Those of the remarks whose condition holds."""
    return tuple(remark for holds, remark in remarks if holds)


_OF_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    "measured": ("measured", "error_of_both_sides", "same_meter"),
    "estimated": ("estimated", "change_matters", "same_meter"),
    "doubled": ("doubled", "doubled_error"),
    "bridge": ("bridge",),
    "total": ("total",),
    "unknown": ("unlisted", "same_meter"),
}


def limits(
    profile: Profile, *, reference: Reference = "left", absent: bool = False, stated: bool | None = None
) -> tuple[Remark, ...]:
    """What this meter can and cannot know, the most important first.

    Args:
        profile: the meter's family.
        reference: on what ground the shares are called left ones (`BalanceOctets.reference`).
        absent: no balance arrives from this meter, whatever its family can send.
        stated: whether the meter itself says that it can send one (bit 0 of 0x2A65); None where that was not read.
    """
    if absent and profile.has_balance:
        if profile.peripherals == 2:
            return (Remark("limit.half_missing"),)
        return applicable(
            (True, Remark("limit.no_balance_stated" if stated is False else "limit.no_balance")),
            (profile.unlock != "", Remark("limit.unlock", {"text": profile.unlock})),
        )
    remarks = [Remark(f"limit.{code}") for code in _OF_KIND[profile.kind]]
    if profile.kind == "doubled" and profile.side is not None:
        remarks[0] = Remark("limit.doubled_side", {"side": profile.side})
    if not profile.has_balance:
        return tuple(remarks)
    if reference in ("unknown", "assumed_left"):
        remarks.insert(1, Remark(f"limit.reference_{reference}"))
    return (
        *remarks,
        *applicable(
            (profile.peripherals == 2, Remark("limit.two_devices")),
            (
                profile.resolution_percent > 0.5,
                Remark("limit.steps", {"step_percent": profile.resolution_percent}),
            ),
            (profile.rezeroes, Remark("limit.rezeroes")),
            (profile.falls_back, Remark("limit.falls_back")),
        ),
    )


def zero_offset_steps(profile: Profile, location: bytes | None) -> tuple[Remark, ...]:
    """What the rider does before the zero offset of such a meter is set.

    Args:
        profile: the meter's family.
        location: the value of characteristic 0x2A5D, None where it was not read.
    """
    return applicable(
        (True, Remark("zero.upright")),
        (True, Remark(f"zero.{_place(profile, location)}")),
        (profile.zero_offset == "none", Remark("zero.unsupported", {"family": profile.name})),
        (profile.rezeroes, Remark("zero.rezeroes")),
        (True, Remark("zero.wait")),
    )


def _place(profile: Profile, location: bytes | None) -> Literal["pedals", "cranks", "spider"]:
    """Where the sensor sits, as far as it matters here; many pedals and cranks say no more than "other"."""
    try:
        location_name = "other" if location is None else decode_location(location)
    except DecodeError:
        location_name = "other"
    if profile.kind == "estimated" or location_name in ("spider", "chain ring"):
        return "spider"
    return "cranks" if location_name in ("left crank", "right crank") else "pedals"
