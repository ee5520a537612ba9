"""What the rider does before a meter's zero offset is set, so that the zero is one."""

from __future__ import annotations

from typing import Literal

from legbal.errors import DecodeError
from legbal.gatt.characteristics import decode_location
from legbal.meters.profile import Profile

_Place = Literal["pedals", "cranks", "spider"]

_LET_GO = "Turn the cranks until they stand vertical, or as the maker's manual says, and let go."
_POSTURES: dict[_Place, str] = {
    "pedals": f"Unclip: no foot and no weight on either pedal. {_LET_GO}",
    "cranks": f"Take your feet off, the meter's crank down. {_LET_GO}",
    "spider": "Take your feet off. Leave the cranks still, in the position that the maker's manual names; "
    "nothing may press on pedals or chain.",
}


def instructions(profile: Profile, location: bytes | None) -> tuple[str, ...]:
    """What the rider does before the zero offset of such a meter is set.

    Args:
        profile: the meter's family.
        location: the value of characteristic 0x2A5D, None where it was not read.
    """
    lines = [
        "Stand the bike upright, and let it come to the temperature that you ride in.",
        _POSTURES[_place(profile, location)],
    ]
    if profile.zero_offset == "none":
        lines.append(f"{profile.name} is not known to set its zero over Bluetooth; it is asked all the same.")
    if profile.rezeroes:
        lines.append("This meter also sets its zero by itself, whenever pedalling stops.")
    return (*lines, "Then touch nothing until the answer is here; it takes up to half a minute.")


def _place(profile: Profile, location: bytes | None) -> _Place:
    """Where the sensor sits, as far as it matters here; many pedals and cranks say no more than "other"."""
    try:
        said = "other" if location is None else decode_location(location)
    except DecodeError:
        said = "other"
    if profile.kind == "estimated" or said in ("spider", "chain ring"):
        return "spider"
    return "cranks" if said in ("left crank", "right crank") else "pedals"
