"""The rider's meter over Bluetooth as a source: find it, connect, subscribe, and come back after every drop.

Everything that touches bleak is in this room. Times are stamped in the radio's callbacks and nothing is decoded there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence

from legbal.errors import BluetoothError
from legbal.gatt.registry import CHARACTERISTICS
from legbal.gatt.uuids import FEATURES, MEASUREMENT
from legbal.library.rider import KnownMeter, describe_meter
from legbal.meters.identify import candidates
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input
from legbal.sources.bluetooth.connection import MeterConnection, Timings, step
from legbal.sources.bluetooth.control import ZeroResult, set_zero
from legbal.sources.bluetooth.description import Description
from legbal.sources.bluetooth.discovery import Sighting
from legbal.sources.bluetooth.errors import ANY, as_remark, failure, is_lasting
from legbal.sources.bluetooth.link import make_link
from legbal.sources.bluetooth.pairing import Pairing, PairingQuestions
from legbal.sources.bluetooth.power_meter import Choose, Offer, PowerMeter
from legbal.sources.bluetooth.queue import InputQueue, MeterInbox
from legbal.sources.bluetooth.search import MeterSearch
from legbal.sources.bluetooth.selection import MeterSelection, SecondSide, is_other, second_side_of

Selection = MeterSelection | SecondSide


class _PassedOverError(Exception):
    """The meter that was picked turned out not to be the one; the remark says why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark)
        self.remark = remark


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
        timings: how long to wait for what.

    Attributes:
        meter: that of this ride, once it is chosen: what to remember for the next.
        second_meter: the other one of two, once it is chosen.
        values: the newest of each characteristic, by the address of its meter.
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
        timings: Timings = Timings(),  # noqa: B008 - frozen, so that all may share it
    ) -> None:
        self._profiles, self._both, self._adapter = profiles, both, adapter
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
        self.meter: PowerMeter | None = None
        self.second_meter: PowerMeter | None = None
        self._connections: dict[str, MeterConnection] = {}  # those that are up, by the meter's address
        self.values: dict[str, dict[str, bytes]] = {}

    @property
    def meters(self) -> list[PowerMeter]:
        """The meter, or both of two, as far as they are chosen."""
        return [meter for meter in (self.meter, self.second_meter) if meter is not None]

    @property
    def has_two_sides(self) -> bool:
        """Whether two meters are ridden with; known, by what the first says about itself, once that is connected."""
        return self._sought[1] is not None or self._second_side() is not None

    def _second_side(self) -> SecondSide | None:
        if self.meter is None or not self._both:
            return None
        return second_side_of(self.meter, self.values[self.meter.address], self._profiles, self._choose)

    async def zero(self, of: PowerMeter | None = None) -> ZeroResult:
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
        connection = None if meter is None else self._connections.get(meter.address)
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
        try:
            while (item := await queue.get()) is not None:
                yield item
            await ride
        finally:
            ride.cancel()
            # the link is closed in there; a second Ctrl-C, or a service that hangs, does not have to wait
            # for it
            await asyncio.wait({ride}, timeout=2 * self._timings.close_s)
            if ride.done() and not ride.cancelled():
                ride.exception()  # seen: told above, unless the consumer had left already

    async def _ride(self, queue: InputQueue) -> None:
        first, second = self._sought
        try:
            async with asyncio.TaskGroup() as both:

                def also(other: Selection) -> None:
                    both.create_task(self._keep(queue, other, None), name="bluetooth, other side")

                if second is not None:
                    also(second)
                await self._keep(queue, first, also)
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None

    async def _keep(
        self, queue: InputQueue, sought: Selection, also: Callable[[Selection], None] | None
    ) -> None:
        """Connects again and again.

        What fails is told and tried again, a defect too, and ends no ride: neither that of the other one of two, which
        is kept beside the first one, `also` None, nor that of the first, once it has been connected. Before, a defect
        or what waiting cannot heal is raised. What the first says about itself tells `also` whether there is another
        to look for.
        """
        while True:
            picked = await self._search.pick(queue, sought, lasting=also is not None)
            try:
                await self._stay(queue, sought, also, picked)
            except _PassedOverError:
                continue

    async def _stay(
        self,
        queue: InputQueue,
        sought: Selection,
        also: Callable[[Selection], None] | None,
        picked: Sighting,
    ) -> None:
        """Connects to the one that was picked, again and again; raises _PassedOverError where it is not the one."""
        first = also is not None
        sighting: Sighting | None = picked
        meter, label = picked.meter, sought.label(picked.meter)
        if first:
            self.meter = meter
        else:
            self.second_meter = meter
        inbox = MeterInbox(queue, label)
        self.values[meter.address] = inbox.values
        description = Description(self._reads, self._follows, self._timings, time.monotonic)
        connected_before, failures, fruitless = False, 0, 0
        identity, namesakes = KnownMeter(address="", name=""), set[str]()

        def confirm(device: PowerMeter) -> None:
            if not connected_before:
                if against := sought.passes_over(meter, None, inbox.values):
                    raise _PassedOverError(against)
            elif device.address != meter.address and is_other(identity, inbox.values):
                namesakes.add(device.address)
                raise failure("meter not found", label)

        def seek_second() -> None:
            nonlocal also
            if also is not None and self._sought[1] is None and (other := self._second_side()):
                also(other)
                also = None

        def deliver(uuid: str, data: bytes) -> None:
            inbox.deliver(uuid, data)
            if connected_before and uuid != MEASUREMENT:  # what was not answered at first may tell of another
                seek_second()

        def tell(fault: Exception) -> None:
            families = candidates(self._profiles, name=meter.name, services=meter.services)
            queue.tell("searching", label, as_remark(fault, families))

        while True:
            try:
                sighting = sighting or await self._search.sight(meter, namesakes)
                over = sighting.adapter
                queue.tell(
                    "connecting",
                    label,
                    Remark("link.best_heard", {"adapter": over}) if over and self._adapter is None else "",
                    rssi=sighting.meter.rssi,
                )
                connection = MeterConnection(sighting.device, label, deliver, self._timings, time.monotonic)
                try:
                    anew = not connected_before or sighting.meter.address != meter.address
                    await make_link(
                        connection,
                        inbox,
                        sighting,
                        description,
                        self._pairing,
                        radio=self._search.radio,
                        describe_s=self._timings.describe_s,
                        confirm=confirm if anew else None,
                    )
                    self._connections[sighting.meter.address] = connection
                    meter = self._readdress(meter, sighting.meter)
                    if not connected_before:
                        connected_before = True
                        seek_second()
                        identity = describe_meter(meter.address, label, inbox.values)
                    end = await connection.ends(step(self._timings.rest_s, fruitless), inbox.silent)
                    if end == "lost":
                        description.lost()
                    queue.tell(
                        end, label, Remark("link.searched_again" if end == "lost" else "link.connected_again")
                    )
                finally:
                    self._connections.pop(sighting.meter.address, None)
                    inbox.open()
                    await connection.close()
                if connection.latest is None:
                    failures += 1
                    fruitless += 1
                else:
                    failures = fruitless = 0
            except Exception as fault:  # a defect, too, is told: the other side and the ride go on
                against = fault.remark if isinstance(fault, _PassedOverError) else None
                if not connected_before and against is None:
                    against = sought.passes_over(meter, fault, inbox.values)
                if against is not None:
                    self._forget(meter)
                    queue.tell("searching", sought.name, against)
                    raise _PassedOverError(against) from fault
                if first and not connected_before and is_lasting(fault):
                    raise
                tell(fault)
                if sighting is not None and await self._pairing.offer(sighting.device, label, fault, tell):
                    failures = -1  # it is tried at once
                failures += 1
            sighting = None
            await asyncio.sleep(step(self._timings.retry_s, max(failures - 1, 0)))

    def _readdress(self, meter: PowerMeter, device: PowerMeter) -> PowerMeter:
        """The meter as it was heard last: it may have another address than before."""
        if meter.address == device.address:
            return meter
        self.values[device.address] = self.values.pop(meter.address)
        if self.meter is meter:
            self.meter = device
        else:
            self.second_meter = device
        return device

    def _forget(self, meter: PowerMeter) -> None:
        if self.meter is meter:
            self.meter = None
        else:
            self.second_meter = None

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
