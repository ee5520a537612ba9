"""What a meter can and cannot know, and what is done before its zero is set: remarks, which `present` says."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.characteristics import decode_location
from legbal.meters.balance_octet import Reference
from legbal.meters.profile import Kind, Profile

LOW_BATTERY_PERCENT = 15  # at it and below, the rider is told


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
    profile: Profile,
    *,
    reference: Reference = "left",
    absent: bool = False,
    stated: bool | None = None,
    unexpected: bool = False,
) -> tuple[Remark, ...]:
    """What this meter can and cannot know, the most important first.

    Args:
        profile: the meter's family.
        reference: on what ground the shares are called left ones (`BalanceOctets.reference`).
        absent: no balance arrives from this meter, whatever its family can send.
        stated: whether the meter itself says that it can send one (bit 0 of 0x2A65); None where that was not read.
        unexpected: a balance that moves arrives, though the family has none.
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
    if unexpected:
        remarks = [Remark("limit.unexpected"), Remark("limit.same_meter")]
    elif not profile.has_balance:
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
