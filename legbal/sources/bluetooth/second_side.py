"""The other half of a meter of two devices: known by its family's names, and by the number in them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from legbal.meters.identify import profile_by, side_of
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile, Side
from legbal.sources.bluetooth.discovery import PowerMeter
from legbal.sources.bluetooth.selection import Choose, single

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


class SecondSide:
    """What is looked for when one half is connected: the half of the other side, of the same family."""

    def __init__(self, profile: Profile, side: Side, of: PowerMeter, choose: Choose | None) -> None:
        self.side, self._profile, self._of, self._choose = side, profile, of, choose
        self.name = f"the {side} side of {of.label}"

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it."""
        return meter.label

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant: it has the same number."""
        return self._fits(meter) and _number(meter) == _number(self._of)

    async def single(self, meters: Sequence[PowerMeter], _waited_s: float) -> PowerMeter | None:
        """The one of the same number; else the only one; else the one that the rider chooses."""
        fitting = [meter for meter in meters if self._fits(meter)]
        candidates = [meter for meter in fitting if self.is_clear(meter)] or fitting
        if len(candidates) > 1 and self._choose is None:
            return None  # `missing` says how to name it
        return await single(candidates, self._choose)

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none."""
        several = tuple(meter.label for meter in meters if self._fits(meter))
        if several:
            return Remark("link.side_unclear", {"side": self.side, "meters": several})
        return Remark("link.side_not_in_range", {"side": self.side, "meter": self._of.label})

    def _fits(self, meter: PowerMeter) -> bool:
        return meter.address != self._of.address and _side(self._profile, meter) == self.side


def second_side_of(
    meter: PowerMeter, values: Mapping[str, bytes], profiles: Iterable[Profile], choose: Choose | None
) -> SecondSide | None:
    """The other half to look for, once a meter is connected; None where it is whole.

    Args:
        meter: which is connected.
        values: what was read from it, by characteristic. A pedal that says that it sends the balance itself
            needs no other.
        profiles: the families.
        choose: asks the rider which of several it is.
    """
    profile = profile_by(profiles, meter.name, values)
    side = _side(profile, meter)
    return None if side is None else SecondSide(profile, _OTHER[side], meter, choose)


def without_second_sides(meters: Sequence[PowerMeter], profiles: Sequence[Profile]) -> list[PowerMeter]:
    """The meters, but for right halves whose left half is there too: the two are one meter to choose."""

    def belongs_to_another(meter: PowerMeter) -> bool:
        profile = profile_by(profiles, meter.name, {})
        if _side(profile, meter) != "right":
            return False
        lefts = [x for x in meters if _side(profile, x) == "left"]
        rights = [x for x in meters if _side(profile, x) == "right"]
        return any(_number(x) == _number(meter) for x in lefts) or len(lefts) == len(rights) == 1

    return [meter for meter in meters if not belongs_to_another(meter)]


def _side(profile: Profile, meter: PowerMeter) -> Side | None:
    return None if meter.name is None else side_of(profile, meter.name)


def _number(meter: PowerMeter) -> str:
    return "".join(re.findall(r"\d+", meter.name or ""))
