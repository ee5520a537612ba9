"""Which of the meters in range is the rider's: the named, the usual, the only or the chosen one.

And the other half of a meter of two devices: known by its family's names, and by the number in them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

from legbal.errors import BluetoothError, BluetoothReason
from legbal.gatt.uuids import CYCLING_POWER
from legbal.meters.identify import identify, profile_by, side_of
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile, Side
from legbal.sources.bluetooth.scan import Found

Choose = Callable[[Sequence[Found]], Awaitable[Found]]
"""Asks the rider which of several meters it is."""

_MOST_LISTED = 8  # in an error message; a race start has dozens in range
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


class MeterSelection:
    """What is looked for: the meter that the rider names, else the one used last, else the only one in range.

    Args:
        name: a name or address, or the beginning of one; None: not said.
        remembered: name or address of the meter that was used last; None: there is none.
        patience_s: how long the remembered one is waited for before another will do.
        choose: asks the rider which of several it is; without it several are an error.
        fold: takes out of the meters in range those that belong to another of them.
    """

    def __init__(
        self,
        name: str | None,
        remembered: str | None,
        patience_s: float,
        choose: Choose | None,
        fold: Callable[[Sequence[Found]], Sequence[Found]] = lambda meters: meters,
    ) -> None:
        self._wanted = (name or "").strip() or None
        self._remembered = (remembered or "").strip() or None
        self._patience_s, self._choose, self._fold = patience_s, choose, fold

    @property
    def name(self) -> str:
        """What is known of its name."""
        return self._wanted or self._remembered or ""

    def label(self, found: Found) -> str:
        """How the ride calls it: by its own name."""
        return found.label

    def is_clear(self, found: Found) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it."""
        return self.name != "" and found.name is not None and is_named(found, self.name)

    async def single(self, meters: Sequence[Found], waited_s: float) -> Found | None:
        """The one that is meant, after so many seconds of looking; None while it is not there.

        Raises:
            BluetoothError: AMBIGUOUS, if several may be meant and nobody can choose.
        """
        if self._wanted is not None:
            return await single(self._fold(named(meters, self._wanted)), self._choose)
        if self._remembered is not None:
            usual = [found for found in meters if is_named(found, self._remembered)]
            if usual or waited_s < self._patience_s:
                return await single(usual, self._choose)
        return await single(self._fold(meters), self._choose)

    def missing(self, meters: Sequence[Found]) -> Remark:
        """Why there is none yet, and what to do."""
        if not self.name:
            return Remark("link.none_in_range")
        if not meters:
            return Remark("link.not_in_range", {"meter": self.name})
        others = tuple(found.label for found in meters[:3])
        return Remark("link.others_in_range", {"meter": self.name, "others": others})


class SideSelection(MeterSelection):
    """One side of a pair that the rider named; the ride calls it so that it is known by what was typed."""

    def label(self, found: Found) -> str:
        """Its own name where that begins as was typed; else, for an address, what was typed."""
        return found.label if found.label.casefold().startswith(self.name.casefold()) else self.name


def is_named(found: Found, wanted: str) -> bool:
    """Whether the meter's name or address is exactly `wanted`, in any case of letters."""
    return wanted.casefold() in _names(found)


def named(meters: Sequence[Found], wanted: str) -> list[Found]:
    """The meters that `wanted` may mean: those of that name or address, else those that begin so."""
    exact = [found for found in meters if is_named(found, wanted)]
    start = wanted.casefold()
    return exact or [found for found in meters if any(name.startswith(start) for name in _names(found))]


async def single(meters: Sequence[Found], choose: Choose | None) -> Found | None:
    """The only one of these, or the one that is chosen; None where there is none.

    Raises:
        BluetoothError: AMBIGUOUS, listing them, if there are several and nobody to choose.
    """
    if len(meters) <= 1:
        return meters[0] if meters else None
    if choose is not None:
        return await choose(meters)
    listed = ", ".join(f"{found.label} ({found.address})" for found in meters[:_MOST_LISTED])
    more = f" and {len(meters) - _MOST_LISTED} more" if len(meters) > _MOST_LISTED else ""
    raise BluetoothError(
        f"{len(meters)} power meters are in range: {listed}{more}",
        reason=BluetoothReason.AMBIGUOUS,
        hint="Say which one with --meter NAME; the beginning of its name or its address will do.",
    )


def _names(found: Found) -> tuple[str, ...]:
    names = (found.name or "", found.label, found.address)
    return tuple(name.casefold() for name in names if name)


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
        if len(candidates) > 1 and self._choose is None:
            return None  # `missing` says how to name it
        return await single(candidates, self._choose)

    def missing(self, meters: Sequence[Found]) -> Remark:
        """Why there is none."""
        several = tuple(found.label for found in meters if self._fits(found))
        if several:
            return Remark("link.side_unclear", {"side": self.side, "meters": several})
        return Remark("link.side_not_in_range", {"side": self.side, "meter": self._of.label})

    def _fits(self, found: Found) -> bool:
        return found.address != self._of.address and _side(self._profile, found) == self.side


def second_side_of(
    found: Found, told: Mapping[str, bytes], profiles: Iterable[Profile], choose: Choose | None
) -> SecondSide | None:
    """The other half to look for, once a meter is connected; None where it is whole.

    Args:
        found: the meter.
        told: what was read from it, by characteristic. A pedal that says that it sends the balance itself
            needs no other.
        profiles: the families.
        choose: asks the rider which of several it is.
    """
    profile = profile_by(profiles, found.name, told)
    side = _side(profile, found)
    return None if side is None else SecondSide(profile, _OTHER[side], found, choose)


def without_second_sides(meters: Sequence[Found], profiles: Sequence[Profile]) -> list[Found]:
    """The meters, but for right halves whose left half is there too: the two are one meter to choose."""

    def belongs_to_another(found: Found) -> bool:
        profile = identify(profiles, name=found.name, services=(CYCLING_POWER,))
        if _side(profile, found) != "right":
            return False
        lefts = [x for x in meters if _side(profile, x) == "left"]
        rights = [x for x in meters if _side(profile, x) == "right"]
        return any(_number(x) == _number(found) for x in lefts) or len(lefts) == len(rights) == 1

    return [found for found in meters if not belongs_to_another(found)]


def _side(profile: Profile, found: Found) -> Side | None:
    return None if found.name is None else side_of(profile, found.name)


def _number(found: Found) -> str:
    return "".join(re.findall(r"\d+", found.name or ""))
