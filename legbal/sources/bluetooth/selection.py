"""Which of the power meters in range is the rider's: the named, the usual, the only or the chosen one.

The other half of a meter of two devices is known by its family's names, and by the number in them.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from legbal.errors import UsageError
from legbal.meters.identify import profile_by
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile, Side
from legbal.ride.one_sided import OTHER
from legbal.sources.bluetooth.power_meter import Choose, PowerMeter, named, only_one, whole_meters


class MeterSelection:
    """What is looked for: the meter that the rider names, else the one used last, else the only one in range.

    Args:
        name: a name or address, or the beginning of one; None: not said.
        remembered: name or address of the meter that was used last; None: there is none.
        patience_s: how long the remembered one is waited for before another will do.
        choose: asks the rider which of several it is; without it several are an error.
        profiles: the families by whose names two halves of one meter count once.
        as_typed: it is one side of a pair that the rider named: the ride calls it so, that it is known by that.

    Attributes:
        name: what is known of its name.
    """

    def __init__(
        self,
        name: str | None,
        remembered: str | None,
        patience_s: float,
        choose: Choose | None,
        profiles: Sequence[Profile] = (),
        *,
        as_typed: bool = False,
    ) -> None:
        self._typed, self._remembered = (name or "").strip(), (remembered or "").strip()
        self._patience_s, self._as_typed = patience_s, as_typed
        self._choose, self._profiles = choose, profiles
        self.name = self._typed or self._remembered

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it: by its own name; else, for an address of a pair, by what was typed."""
        own = meter.label.casefold().startswith(self.name.casefold()) or not self._as_typed
        return meter.label if own else self.name

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it."""
        return self.name != "" and meter.name is not None and self.name.casefold() in meter.names

    async def single(self, meters: Sequence[PowerMeter], waited_s: float) -> PowerMeter | None:
        """The one that is meant, after so many seconds of looking; None while it is not there.

        Raises:
            BluetoothError: several may be meant and nobody can choose.
        """
        usual = [meter for meter in meters if self._remembered and self._remembered.casefold() in meter.names]
        if self._remembered and not self._typed and (usual or waited_s < self._patience_s):
            return await only_one(usual, self._choose)
        return await only_one(whole_meters(named(meters, self._typed), self._profiles), self._choose)

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none yet, and what to do."""
        if not self.name:
            return Remark("link.none_in_range")
        if not meters:
            return Remark("link.not_in_range", {"meter": self.name})
        others = tuple(meter.label for meter in meters[:3])
        return Remark("link.others_in_range", {"meter": self.name, "others": others})


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
        return self._fits(meter) and meter.number == self._of.number

    async def single(self, meters: Sequence[PowerMeter], _waited_s: float) -> PowerMeter | None:
        """The one of the same number; else the only one; else the one that the rider chooses."""
        fitting = [meter for meter in meters if self._fits(meter)]
        candidates = [meter for meter in fitting if self.is_clear(meter)] or fitting
        if len(candidates) <= 1 or self._choose is not None:
            with suppress(UsageError):
                return await only_one(candidates, self._choose)
            self._choose = None  # nobody is there, and nobody is asked again
        return None  # `missing` says how to name it

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none."""
        several = tuple(meter.label for meter in meters if self._fits(meter))
        if several:
            return Remark("link.side_unclear", {"side": self.side, "meters": several})
        return Remark("link.side_not_in_range", {"side": self.side, "meter": self._of.label})

    def _fits(self, meter: PowerMeter) -> bool:
        return meter.address != self._of.address and meter.side(self._profile) == self.side


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
    side = meter.side(profile)
    return None if side is None else SecondSide(profile, OTHER[side], meter, choose)
