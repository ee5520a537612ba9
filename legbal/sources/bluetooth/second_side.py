"""The other half of a meter of two devices: known by its family's names, and by the number in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from legbal.errors import DecodeError
from legbal.gatt import device_information, feature
from legbal.gatt.uuids import CYCLING_POWER, FEATURES, MANUFACTURER, MODEL
from legbal.meters.identify import identify, side_of
from legbal.meters.profile import Profile, Side
from legbal.sources.bluetooth.scan import Found
from legbal.sources.bluetooth.selection import Choose

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


class SecondSide:
    """What is looked for when one half is connected: the half of the other side, of the same family."""

    def __init__(self, profile: Profile, side: Side, of: Found, choose: Choose | None) -> None:
        self.side, self._profile, self._of, self._choose = side, profile, of, choose
        self.name = f"the {side} side of {of.label}"

    def label(self, found: Found) -> str:
        """How the ride calls it."""
        return found.label

    def is_clear(self, found: Found) -> bool:
        """Whether no other meter can be meant: it has the same number."""
        return self._fits(found) and _number(found) == _number(self._of)

    async def single(self, meters: Sequence[Found], waited_s: float) -> Found | None:
        """The one of the same number; else the only one; else the one that the rider chooses."""
        del waited_s
        fitting = [found for found in meters if self._fits(found)]
        same = [found for found in fitting if self.is_clear(found)]
        candidates = same or fitting
        if len(candidates) > 1 and self._choose is not None:
            return await self._choose(candidates)
        return candidates[0] if len(candidates) == 1 else None

    def missing(self, meters: Sequence[Found]) -> str:
        """Why there is none."""
        several = ", ".join(found.label for found in meters if self._fits(found))
        if several:
            return f"Which of these is the {self.side} side? {several}: say it with --{self.side}-meter NAME"
        return f"The {self.side} side of {self._of.label} is not in range yet: turn the cranks to wake it"

    def _fits(self, found: Found) -> bool:
        other = found.address != self._of.address
        return other and found.name is not None and side_of(self._profile, found.name) == self.side


def second_side_of(
    found: Found, told: dict[str, bytes], profiles: Iterable[Profile], choose: Choose | None
) -> SecondSide | None:
    """The other half to look for, once a meter is connected; None where it is whole.

    Args:
        found: the meter.
        told: what was read from it, by characteristic. A pedal that says that it sends the balance itself
            needs no other.
        profiles: the families.
        choose: asks the rider which of several it is.
    """
    try:
        features = feature.decode(told[FEATURES]).bits if FEATURES in told else None
    except DecodeError:
        features = None
    profile = identify(
        profiles,
        name=found.name,
        services=(CYCLING_POWER,),
        manufacturer=device_information.decode(told[MANUFACTURER]) if MANUFACTURER in told else None,
        model=device_information.decode(told[MODEL]) if MODEL in told else None,
        features=features,
    )
    if profile.peripherals != 2 or found.name is None:
        return None
    side = side_of(profile, found.name)
    return None if side is None else SecondSide(profile, _OTHER[side], found, choose)


def without_second_sides(meters: Sequence[Found], profiles: Sequence[Profile]) -> list[Found]:
    """The meters, but for right halves whose left half is there too: the two are one meter to choose."""

    def belongs_to_another(found: Found) -> bool:
        profile = identify(profiles, name=found.name, services=(CYCLING_POWER,))
        if profile.peripherals != 2 or found.name is None or side_of(profile, found.name) != "right":
            return False
        lefts = [x for x in meters if x.name is not None and side_of(profile, x.name) == "left"]
        rights = [x for x in meters if x.name is not None and side_of(profile, x.name) == "right"]
        return any(_number(x) == _number(found) for x in lefts) or len(lefts) == len(rights) == 1

    return [found for found in meters if not belongs_to_another(found)]


def _number(found: Found) -> str:
    """The digits of its name."""
    return "".join(re.findall(r"\d+", found.name or ""))
