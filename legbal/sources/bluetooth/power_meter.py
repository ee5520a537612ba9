"""A power meter in range, and how several are narrowed down: by name, to whole meters, to the one that is meant."""

import re
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from legbal.errors import BluetoothError
from legbal.gatt.characteristics import clean_text
from legbal.gatt.uuids import CYCLING_POWER
from legbal.meters.identify import candidates, profile_by, side_of
from legbal.meters.profile import Profile, Side

_MOST_LISTED = 8  # in an error message; a race start has dozens in range


class PowerMeter(msgspec.Struct, frozen=True):
    """A power meter in range, as it advertises itself. Nothing in it is to be trusted.

    Attributes:
        name: as advertised, None where there was none.
        address: its Bluetooth address (on macOS, an identifier that the system made up).
        rssi: signal in dBm, 127 where that is not known; None for a meter that is connected to this computer already.
        services: advertised service UUIDs, 16-bit in hex where there is a short form, sorted.
        companies: company numbers of its manufacturer data, sorted.
    """

    name: str | None
    address: str
    rssi: int | None
    services: tuple[str, ...] = ()
    companies: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """A stable name to show: printable, one line, at most 40 characters; else the address."""
        # in an advertisement it has at most 29 octets, but a stored one 248
        return clean_text(self.name or "")[:40].rstrip() or self.address

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by, case folded: its name as advertised and as shown, and its address."""
        return tuple(name.casefold() for name in (self.name, self.label, self.address) if name)

    @property
    def number(self) -> str:
        """The digits in its name, which the two halves of one meter share."""
        return "".join(re.findall(r"\d+", self.name or ""))

    def side(self, family: Profile) -> Side | None:
        """The side of which it is the half by the names of a family; None where it is a whole meter."""
        return None if self.name is None else side_of(family, self.name)

    def families(self, profiles: Sequence[Profile]) -> tuple[Profile, ...]:
        """The families that it may be of, by what it advertises; none where it fits none of them."""
        return candidates(profiles, name=self.name, services=self.services)

    def may_know_sides(self, profiles: Sequence[Profile]) -> bool:
        """Whether it may tell the legs apart; of what is not listed nobody knows."""
        families = self.families(profiles)
        return not families or any(family.has_balance for family in families)

    def knows_sides(self, profiles: Sequence[Profile]) -> bool:
        """Whether it is of a family that tells the legs apart."""
        return any(family.has_balance for family in self.families(profiles))

    def is_total(self, profiles: Sequence[Profile]) -> bool:
        """Whether it is a trainer, or passes on what another meter says: no leg's own meter."""
        families = self.families(profiles)
        return bool(families) and all(family.kind in ("total", "bridge") for family in families)


# Asks the rider which of several meters it is.
Choose = Callable[[Sequence[PowerMeter]], Awaitable[PowerMeter]]
# Offers what cannot tell the legs apart to ride on; None: the rider waits for the meter.
Offer = Callable[[Sequence[PowerMeter]], Awaitable[PowerMeter | None]]


def named(meters: Sequence[PowerMeter], name: str, profiles: Sequence[Profile] = ()) -> list[PowerMeter]:
    """The meters that `name` may mean: those of that name or address, else those that begin so.

    Of the latter those that may tell the legs apart go first: a maker's bike begins as its cranks do. What does not
    advertise that it measures power is meant by its whole name, or by the beginning of a name that is a family's.
    """
    start = name.casefold()
    exact = [meter for meter in meters if start in meter.names]
    beginning = [
        meter
        for meter in meters
        if any(own.startswith(start) for own in meter.names)
        and (CYCLING_POWER in meter.services or meter.knows_sides(profiles))
    ]
    return exact or [meter for meter in beginning if meter.may_know_sides(profiles)] or beginning


def whole_meters(meters: Sequence[PowerMeter], profiles: Sequence[Profile]) -> list[PowerMeter]:
    """The meters, but for right halves whose left half is there too: the two are one meter to choose."""

    def belongs_to_another(meter: PowerMeter) -> bool:
        profile = profile_by(profiles, meter.name, {})
        if meter.side(profile) != "right":
            return False
        lefts = [x for x in meters if x.side(profile) == "left"]
        rights = [x for x in meters if x.side(profile) == "right"]
        return any(x.number == meter.number for x in lefts) or len(lefts) == len(rights) == 1

    return [meter for meter in meters if not belongs_to_another(meter)]


async def only_one(meters: Sequence[PowerMeter], choose: Choose | None) -> PowerMeter | None:
    """The only one of these, or the one that is chosen; None where there is none.

    Raises:
        BluetoothError: lists them, if there are several and nobody to choose.
    """
    if len(meters) <= 1:
        return meters[0] if meters else None
    if choose is not None:
        return await choose(meters)
    listed = ", ".join(f"{meter.label} ({meter.address})" for meter in meters[:_MOST_LISTED])
    more = f" and {len(meters) - _MOST_LISTED} more" if len(meters) > _MOST_LISTED else ""
    raise BluetoothError(
        f"{len(meters)} power meters are in range: {listed}{more}",
        reason="several meters",
        hint="Say which one with --meter NAME; the beginning of its name or its address will do.",
    )
