"""Which of the power meters in range is the rider's: the named, the usual, the only or the chosen one.

The other half of a meter of two devices is known by its family's names, and by the number in them.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from legbal.errors import BluetoothError, DecodeError, UsageError
from legbal.gatt import uuids
from legbal.gatt.characteristics import DISTRIBUTED, decode_feature
from legbal.library.rider import KnownMeter, describe_meter
from legbal.meters.identify import profile_by
from legbal.meters.limits import Remark
from legbal.meters.profile import UNLISTED, Profile, Side
from legbal.ride.one_sided import OTHER
from legbal.sources.bluetooth.power_meter import Choose, Offer, PowerMeter, named, only_one, whole_meters


class MeterSelection:
    """What is looked for: the meter that the rider names, else the one used last, else the only one in range.

    What cannot tell the legs apart is not taken while a meter that can may come: not in place of one that is
    remembered, and a trainer not on a first ride either, unless the rider accepts the offer. Where it is a trainer that
    is remembered, a meter in range that can goes before it; whoever can choose is asked.

    Args:
        name: a name or address, or the beginning of one; None: not said.
        remembered: the meter that was used last; None: there is none.
        patience_s: how long the remembered one is waited for before another will do.
        choose: asks the rider which of several it is; without it several are an error.
        profiles: the families by whose names a trainer and the halves of a meter are known.
        offer: offers a trainer to the rider; None: it is only told.
        sides: whether the rider's aim is to see the legs apart; otherwise a trainer that is alone is taken.
        both: whether two halves of one meter count once.
        as_typed: it is one side of a pair that the rider named: the ride calls it so, that it is known by that.

    Attributes:
        name: what is known of its name.
    """

    def __init__(
        self,
        name: str | None,
        remembered: KnownMeter | None,
        patience_s: float,
        choose: Choose | None,
        profiles: Sequence[Profile] = (),
        *,
        offer: Offer | None = None,
        sides: bool = True,
        both: bool = True,
        as_typed: bool = False,
    ) -> None:
        self._typed = (name or "").strip()
        self._remembered = None if self._typed else remembered
        self._patience_s, self._as_typed = patience_s, as_typed
        self._choose, self._profiles, self._sides = choose, profiles, sides
        self._halves = profiles if both else ()
        self._offer = offer
        self._question: asyncio.Future[PowerMeter | None] | None = None
        self._agreed = ""  # the address of the one that the rider chose or accepted
        self._passed_over: set[str] = set()
        self._totals: set[str] = set()  # addresses of those that say of themselves that they know no sides
        self._looked = self._several = False
        self.name = self._typed or (self._remembered.name if self._remembered else "")

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it: by its own name; else, for an address of a pair, by what was typed."""
        own = meter.label.casefold().startswith(self.name.casefold()) or not self._as_typed
        return meter.label if own else self.name

    @property
    def named(self) -> Callable[[PowerMeter], bool] | None:
        """What is found though it does not advertise power; the remembered one, once it was not found otherwise."""
        if self._typed:
            return lambda meter: bool(named([meter], self._typed, self._profiles))
        return self._is_remembered if self._remembered is not None and self._looked else None

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it.

        On a first ride that is so once all was heard that is in range, and one wakes that tells the legs apart.
        """
        if meter.name is None or meter.address in self._passed_over:
            return False
        if self._typed:
            return self._typed.casefold() in meter.names
        if self._remembered is not None:
            usual = self._is_remembered(meter) or (self._looked and self._has_its_name(meter))
            return usual and not self._is_total(meter)
        return self._looked and meter.knows_sides(self._profiles)

    async def single(self, meters: Sequence[PowerMeter], waited_s: float) -> PowerMeter | None:
        """The one that is meant, after so many seconds of looking; None while it is not there.

        Raises:
            BluetoothError: several may be meant and nobody can choose.
        """
        self._looked = True
        meters = [meter for meter in meters if meter.address not in self._passed_over]
        if self._typed:
            return await self._only(named(meters, self._typed, self._profiles))
        remembered = self._remembered
        sided = [x for x in meters if x.may_know_sides(self._profiles) and x.address not in self._totals]
        if remembered is not None:
            usual = [meter for meter in meters if self._is_remembered(meter)]
            usual = usual or [meter for meter in meters if self._has_its_name(meter)]
            if any(self._is_total(meter) for meter in usual):
                better = [meter for meter in meters if meter.knows_sides(self._profiles)]
                return await self._only([*better, *(usual if self._choose or not better else ())])
            if len(usual) == 1:
                return usual[0]
            others = usual or (meters if remembered.sides is False else sided)
            whole = whole_meters(others, self._halves) if waited_s >= self._patience_s else []
            if len(whole) == 1 and self._question is None:
                return whole[0]
            self._several = len(whole) > 1 and self._choose is None
            return await self._answer(self._choose, whole)
        own = [meter for meter in meters if not (self._sides and self._is_total(meter))]
        return await self._only(sided or own) if own else await self._answer(self._offer, meters)

    def passes_over(
        self, meter: PowerMeter, fault: Exception | None, values: Mapping[str, bytes]
    ) -> Remark | None:
        """Why it turns out not to be the one, so that it is not looked at again; None: it may be.

        It does not measure power, and the rider did not name it; it has the name of the one used last under another
        address, and says of itself that it is another model; or it says that it cannot tell the legs apart, as the one
        used last could, or as is the aim of a first ride: then it is offered.

        Args:
            meter: which was picked.
            fault: why the link did not come about; None: it did.
            values: what was read from it, by characteristic.
        """
        remark, usual = None, self._remembered
        if isinstance(fault, BluetoothError):
            if fault.reason == "no Cycling Power Service" and self._typed.casefold() not in meter.names:
                remark, self._question = Remark("link.passed_over", {"error": str(fault)}), None
        elif self._typed or fault is not None or meter.address == self._agreed:
            return None
        elif usual is None:
            if self._sides and _knows_no_sides(profile_by(self._profiles, meter.name, values), values):
                self._totals.add(meter.address)
                return Remark("link.states_no_balance", {"meter": meter.label})
        elif not self._is_remembered(meter):
            if self._has_its_name(meter):
                remark = (
                    Remark("link.another_model", {"meter": meter.label}) if is_other(usual, values) else None
                )
            elif usual.sides and not _may_have_balance(
                profile_by(self._profiles, meter.name, values), values
            ):
                remark = Remark("link.states_no_balance", {"meter": meter.label})
        if remark is not None:
            self._passed_over.add(meter.address)
        return remark

    def close(self) -> None:
        """Takes back what is asked."""
        if self._question is not None and not self._question.done():
            self._question.cancel()
            self._question = None

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none yet, and what to do."""
        meters = [meter for meter in meters if meter.address not in self._passed_over]
        labels = [meter.label for meter in meters] + [self.name]
        others = tuple(
            x.label if labels.count(x.label) == 1 else f"{x.label} ({x.address})" for x in meters[:3]
        )
        if not self.name:
            return Remark("link.only_totals", {"meters": others}) if others else Remark("link.none_in_range")
        if not meters:
            return Remark("link.not_in_range", {"meter": self.name})
        code = "link.others_to_name" if self._several else "link.others_in_range"
        return Remark(code, {"meter": self.name, "others": others})

    def _is_remembered(self, meter: PowerMeter) -> bool:
        return (
            self._remembered is not None and self._remembered.address.casefold() == meter.address.casefold()
        )

    def _has_its_name(self, meter: PowerMeter) -> bool:
        """Whether it has the name of the one used last, and not its address."""
        usual = self._remembered
        named = usual is not None and meter.name is not None and usual.name == meter.label
        return named and not self._is_remembered(meter)

    async def _only(self, meters: Sequence[PowerMeter]) -> PowerMeter | None:
        self.close()
        whole = whole_meters(meters, self._halves)
        meter = await only_one(whole, self._choose)
        self._agreed = meter.address if meter is not None and len(whole) > 1 else self._agreed
        return meter

    async def _answer(
        self, question: Choose | Offer | None, meters: Sequence[PowerMeter]
    ) -> PowerMeter | None:
        """The one of these on which the rider is content to ride; what is looked for is looked for meanwhile."""
        if question is None or not meters:
            return None
        if self._question is None:
            self._question = asyncio.ensure_future(question(meters))
        if not self._question.done():
            return None
        with suppress(UsageError):  # nobody is there to answer
            chosen = self._question.result()
            self._agreed = chosen.address if chosen is not None else ""
        return next((x for x in meters if x.address == self._agreed), None)

    def _is_total(self, meter: PowerMeter) -> bool:
        """Whether it cannot tell the legs apart: as a trainer, or as it said itself, now or when it was used."""
        usual = self._remembered is not None and self._remembered.sides is False
        silent = usual and self._is_remembered(meter) and not meter.families(self._profiles)
        return meter.is_total(self._profiles) or silent or meter.address in self._totals


def is_other(usual: KnownMeter, values: Mapping[str, bytes]) -> bool:
    """Whether what a meter of its name says of itself is not what the usual one said."""
    return not usual.may_be(describe_meter(usual.address, usual.name, values))


def _knows_no_sides(family: Profile, values: Mapping[str, bytes]) -> bool:
    """Whether a meter is no leg's own by its family, or of none that is known and says that it has no balance."""
    return family.kind in ("total", "bridge") or (
        family.id == UNLISTED.id and not _may_have_balance(family, values)
    )


def _may_have_balance(family: Profile, values: Mapping[str, bytes]) -> bool:
    """Whether a meter may send a balance, by its family, else by what its features say; half of a pair has none."""
    if family.id != UNLISTED.id or uuids.FEATURES not in values:
        return family.has_balance
    try:
        feature = decode_feature(values[uuids.FEATURES])
    except DecodeError:
        return True
    return "balance" in feature.features or feature.distributed_system == DISTRIBUTED[2]


class SecondSide:
    """What is looked for when one half is connected: the half of the other side, of the same family."""

    named = None

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

    def passes_over(
        self, _meter: PowerMeter, _fault: Exception | None, _values: Mapping[str, bytes]
    ) -> Remark | None:
        """Never: its name says which it is."""

    def close(self) -> None:
        """Nothing is offered."""

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
