"""The rider's meter over Bluetooth as a source: find it, connect, subscribe, and come back after every drop.

Everything that touches bleak is in this room. Times are stamped in the radio's callbacks and nothing is decoded there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Literal

from legbal.errors import BluetoothError
from legbal.gatt.registry import CHARACTERISTICS
from legbal.gatt.uuids import FEATURES, MEASUREMENT
from legbal.library.rider import KnownMeter
from legbal.meters.profile import Profile
from legbal.meters.zero_offset import ZeroOffset
from legbal.ride.inputs import Input
from legbal.sources.bluetooth.accessory import Accessory, RideBeside
from legbal.sources.bluetooth.chosen_meter import ChosenMeter, PassedOverError, Selection
from legbal.sources.bluetooth.connection import MeterConnection, Timings
from legbal.sources.bluetooth.control import set_zero
from legbal.sources.bluetooth.description import Description
from legbal.sources.bluetooth.errors import ANY, failure
from legbal.sources.bluetooth.pairing import Pairing, PairingQuestions
from legbal.sources.bluetooth.power_meter import Choose, Offer, PowerMeter
from legbal.sources.bluetooth.queue import InputQueue
from legbal.sources.bluetooth.search import MeterSearch
from legbal.sources.bluetooth.selection import MeterSelection, SecondSide, second_side_of


class BluetoothSource:
    """Finds the meter, connects, and comes back after every drop until its consumer stops.

    A meter of two devices is connected as both, each with a link of its own: one lost, the other goes on.

    Which meter: the one `meter` names; else the `remembered` one, or after a while without it the only
    other one in range; else the only one; else the one that `choose` gives. A link that brings nothing is
    treated as a drop.

    Args:
        meter: a name or address, or the beginning of one, in any case of letters.
        remembered: the meter that was used last.
        choose: asks the rider which of several meters it is; without it several are an error.
        offer: offers the rider a trainer, where nothing else is in range on a first ride; without it that is told.
        sides: whether the rider's aim is to see the legs apart, which a trainer cannot.
        adapter: name or address of the Bluetooth adapter; None: all that are on search.
        pair: of two one-sided meters the left one and the right one, each named as `meter`; then that is
            not looked at.
        pairing: asks the rider what it takes to pair a meter that demands it; without it that is only told.
        profiles: the families by whose names trainers and the halves of a meter of two devices are known.
        both: whether the other half of such a meter is connected, too.
        also_read: characteristics that are read at each connection besides what a ride needs.
        also_follow: those whose notifications are wanted besides what a ride needs.
        accessories: what is connected beside the meters, once these measure; nothing of a ride waits for them.
        timings: how long to wait for what.
    """

    def __init__(
        self,
        *,
        meter: str | None = None,
        remembered: KnownMeter | None = None,
        choose: Choose | None = None,
        offer: Offer | None = None,
        sides: bool = True,
        adapter: str | None = None,
        pair: tuple[str, str] | None = None,
        pairing: PairingQuestions | None = None,
        profiles: Sequence[Profile] = (),
        both: bool = True,
        also_read: Sequence[str] = (),
        also_follow: Sequence[str] = (),
        accessories: Sequence[Accessory] = (),
        timings: Timings = Timings(),  # noqa: B008 - frozen, so that all may share it
    ) -> None:
        self._profiles, self._both, self._accessories = profiles, both, accessories
        self._sought: tuple[MeterSelection, MeterSelection | None] = (
            MeterSelection(
                meter,
                remembered,
                timings.remembered_s,
                choose,
                profiles,
                offer=offer,
                sides=sides,
                both=both,
            ),
            None,
        )
        if pair is not None:
            left, right = (
                MeterSelection(name, None, timings.remembered_s, choose, as_typed=True) for name in pair
            )
            self._sought = left, right
        self._search = MeterSearch(timings, adapter)
        self._choose, self._timings = choose, timings
        self._pairing = Pairing(pairing, self._search.radio, timings)
        self._reads = [*(uuid for uuid, x in CHARACTERISTICS.items() if x.read), *also_read]
        self._follows = [
            *(uuid for uuid, x in CHARACTERISTICS.items() if x.followed and uuid != MEASUREMENT),
            *also_follow,
        ]
        self._chosen: dict[Literal["first", "second"], ChosenMeter] = {}

    @property
    def meter(self) -> PowerMeter | None:
        """That of this ride, once it is chosen: what to remember for the next."""
        return self._chosen["first"].meter if "first" in self._chosen else None

    @property
    def second_meter(self) -> PowerMeter | None:
        """The other one of two, once it is chosen."""
        return self._chosen["second"].meter if "second" in self._chosen else None

    @property
    def meters(self) -> list[PowerMeter]:
        """The meter, or both of two, as far as they are chosen."""
        return [meter for meter in (self.meter, self.second_meter) if meter is not None]

    @property
    def values(self) -> dict[str, dict[str, bytes]]:
        """The newest of each characteristic, by the address of its meter."""
        return {chosen.meter.address: chosen.values for chosen in self._chosen.values()}

    @property
    def has_two_sides(self) -> bool:
        """Whether two meters are ridden with; known, by what the first says about itself, once that is connected."""
        return self._sought[1] is not None or self._second_side() is not None

    def _second_side(self) -> SecondSide | None:
        if self.meter is None or not self._both:
            return None
        return second_side_of(self.meter, self.values[self.meter.address], self._profiles, self._choose)

    async def zero(self, of: PowerMeter | None = None) -> ZeroOffset:
        """Has the connected meter, or that one of two, set its zero offset; measurements go on coming in meanwhile.

        The meter's answer comes in as a notification of its control point (2a66), too.

        Raises:
            BluetoothError: no meter is connected, it refuses or fails, does not answer, or the link is lost.
        """
        meter = of or self.meter
        values = self.values.get(meter.address, {}) if meter else {}
        return await set_zero(self.connection(meter), values.get(FEATURES))

    def connection(self, of: PowerMeter | None = None) -> MeterConnection:
        """The link to the meter, or to that one of two, to ask it something; raises BluetoothError where it is lost."""
        meter = of or self.meter
        chosen = (x for x in self._chosen.values() if meter is not None and x.meter.address == meter.address)
        connection = next((x.connection for x in chosen), None)
        if connection is None:
            name = meter.label if meter else "the meter"
            raise BluetoothError(
                f"{name[:1].upper()}{name[1:]} is not connected just now",
                reason="link lost",
                hint="Turn the cranks to wake it, and try again when it is back.",
            )
        return connection

    async def inputs(self) -> AsyncGenerator[Input, None]:
        """The ride's links and notifications, with seconds since this call.

        What can be read from the meter comes first, as notifications of their characteristics.

        Raises:
            BluetoothError: before the first connection only, if waiting cannot help.
        """
        queue = InputQueue(time.monotonic)
        ride = asyncio.create_task(self._ride(queue), name="bluetooth")
        ride.add_done_callback(lambda _task: queue.put_nowait(None))
        beside = RideBeside(queue, self._search.radio, self._is_underway, self._taken, self._held_since)
        tasks = {ride, *(asyncio.create_task(x.keep(beside), name="accessory") for x in self._accessories)}
        try:
            while (item := await queue.get()) is not None:
                yield item
            await ride
        finally:
            for task in tasks:
                task.cancel()
            # the links are closed in there; a second Ctrl-C, or a service that hangs, does not have to wait
            # for it
            await asyncio.wait(tasks, timeout=2 * self._timings.close_s)
            if ride.done() and not ride.cancelled():
                ride.exception()  # seen: told above, unless the consumer had left already

    def _is_underway(self) -> bool:
        connections = [chosen.connection for chosen in self._chosen.values()]
        return bool(connections) and all(x is not None and x.latest is not None for x in connections)

    def _taken(self) -> set[str]:
        return {meter.address for meter in self.meters}

    def _held_since(self) -> float | None:
        return min((t for x in self._chosen.values() if (t := x.held_since) is not None), default=None)

    async def _ride(self, queue: InputQueue) -> None:
        first, typed = self._sought
        second: Selection | None = typed
        try:
            async with asyncio.TaskGroup() as both:

                def also_keep(other: Selection) -> None:
                    both.create_task(self._keep(queue, other, "second"), name="bluetooth, other side")

                def seek_second() -> None:
                    nonlocal second
                    if second is None and (second := self._second_side()):
                        also_keep(second)

                if second is not None:
                    also_keep(second)
                await self._keep(queue, first, "first", seek_second)
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None

    async def _keep(
        self,
        queue: InputQueue,
        sought: Selection,
        which: Literal["first", "second"],
        described: Callable[[], None] = lambda: None,
    ) -> None:
        """Looks for a meter and keeps it; where it turns out not to be the one, looks for another."""
        while True:
            self._chosen[which] = chosen = ChosenMeter(
                await self._search.pick(queue, sought, lasting=which == "first"),
                sought,
                queue,
                search=self._search,
                pairing=self._pairing,
                description=Description(self._reads, self._follows, self._timings, time.monotonic),
                timings=self._timings,
                profiles=self._profiles,
                described=described,
                first=which == "first",
            )
            try:
                await chosen.keep()
            except PassedOverError:
                del self._chosen[which]

    async def pair(self, seconds: float) -> PowerMeter:
        """Finds the meter within so many seconds, and pairs it with this computer; gives which one it is.

        Raises:
            BluetoothError: it is not found, or not paired.
        """
        sought = self._sought[0]
        try:
            async with asyncio.timeout(seconds):
                sighting = await self._search.pick(InputQueue(time.monotonic), sought, lasting=True)
        except TimeoutError as error:
            raise failure("meter not found", sought.name or ANY) from error
        await self._pairing.pair(sighting.device, sought.label(sighting.meter), anew=True)
        return sighting.meter
