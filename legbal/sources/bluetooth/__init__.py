"""The rider's meter over Bluetooth as a source: find it, connect, subscribe, and come back after every drop.

Everything that touches bleak is in this room. Times are stamped in the radio's callbacks and nothing is decoded there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence

from legbal.errors import BluetoothError, BluetoothReason, LegbalError, reason
from legbal.gatt.registry import CHARACTERISTICS
from legbal.gatt.uuids import FEATURES, MEASUREMENT
from legbal.meters.identify import candidates
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input
from legbal.sources.bluetooth.connection import MeterConnection, Timings, step
from legbal.sources.bluetooth.control import ZeroResult, set_zero
from legbal.sources.bluetooth.description import Description
from legbal.sources.bluetooth.discovery import Sighting, look
from legbal.sources.bluetooth.errors import ANY, failure, with_advice
from legbal.sources.bluetooth.pairing import Pairing, PairingQuestions
from legbal.sources.bluetooth.power_meter import Choose, PowerMeter
from legbal.sources.bluetooth.queue import InputQueue, MeterInbox
from legbal.sources.bluetooth.selection import MeterSelection, SecondSide, second_side_of

Selection = MeterSelection | SecondSide

# before the first connection these end the ride: waiting does not heal them. Once a ride runs, nothing ends
# it: adapters go and services restart when a laptop sleeps
_LASTING: frozenset[BluetoothReason] = frozenset(
    {"no adapter", "no permission", "no Bluetooth service", "several meters", "no Cycling Power Service"}
)


class BluetoothSource:
    """Finds the meter, connects, and comes back after every drop until its consumer stops.

    A meter of two devices is connected as both, each with a link of its own: one lost, the other goes on.

    Which meter: the one `meter` names; else the `remembered` one, or after a while without it the only
    other one in range; else the only one; else the one that `choose` gives. A link that brings nothing is
    treated as a drop.

    Args:
        meter: a name or address, or the beginning of one, in any case of letters.
        remembered: name or address of the meter that was used last.
        choose: asks the rider which of several meters it is; without it several are an error.
        pair: of two one-sided meters the left one and the right one, each named as `meter`; then that is
            not looked at.
        pairing: asks the rider what it takes to pair a meter that demands it; without it that is only told.
        profiles: the families by whose names the other half of a meter of two devices is known; with none,
            only the one meter is connected.
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
        remembered: str | None = None,
        choose: Choose | None = None,
        pair: tuple[str, str] | None = None,
        pairing: PairingQuestions | None = None,
        profiles: Sequence[Profile] = (),
        also_read: Sequence[str] = (),
        also_follow: Sequence[str] = (),
        timings: Timings = Timings(),  # noqa: B008 - frozen, so that all may share it
    ) -> None:
        self._profiles = profiles
        self._sought: tuple[MeterSelection, MeterSelection | None] = (
            MeterSelection(meter, remembered, timings.remembered_s, choose, profiles),
            None,
        )
        if pair is not None:
            left, right = (
                MeterSelection(name, None, timings.remembered_s, choose, as_typed=True) for name in pair
            )
            self._sought = left, right
        self._radio = asyncio.Lock()  # one search or connecting at a time: the system refuses two
        self._choose, self._timings = choose, timings
        self._pairing = Pairing(pairing, self._radio, timings)
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
        if self.meter is None:
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
        first = also is not None
        picked = await self._pick(queue, sought, lasting=first)
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
        while True:
            try:
                sighting = sighting or await self._sight(meter)
                queue.tell("connecting", label, rssi=sighting.meter.rssi)
                connection = MeterConnection(
                    sighting.device, label, inbox.deliver, self._timings, time.monotonic
                )
                try:
                    await self._open(connection, inbox, description, sighting, first=not connected_before)
                    if also is not None and not connected_before and self._sought[1] is None:
                        other = self._second_side()
                        if other is not None:
                            also(other)
                    connected_before = True
                    end = await connection.ends(step(self._timings.rest_s, fruitless), inbox.silent)
                    if end == "lost":
                        description.lost()
                    queue.tell(
                        end, label, Remark("link.searched_again" if end == "lost" else "link.connected_again")
                    )
                finally:
                    self._connections.pop(meter.address, None)
                    inbox.open()
                    await connection.close()
                if connection.latest is None:
                    failures += 1
                    fruitless += 1
                else:
                    failures = fruitless = 0
            except Exception as fault:  # a defect, too, is told: the other side and the ride go on
                if first and not connected_before and _is_lasting(fault):
                    raise
                families = candidates(self._profiles, name=meter.name, services=meter.services)

                def tell(failed: Exception, families: Sequence[Profile] = families) -> None:
                    queue.tell("searching", label, _failed(failed, families))

                tell(fault)
                paired = sighting is not None and await self._pairing.offer(
                    sighting.device, label, fault, tell
                )
                failures = 0 if paired else failures + 1
            sighting = None
            await asyncio.sleep(step(self._timings.retry_s, max(failures - 1, 0)))

    async def _pick(self, queue: InputQueue, sought: Selection, *, lasting: bool) -> Sighting:
        """Waits until it is clear which meter is meant, and in range; `lasting`: what waiting cannot heal ends it."""
        begin, failures = time.monotonic(), 0
        queue.tell("searching", sought.name)
        while True:
            try:
                sightings = await self._look(sought.is_clear)
                meters = [sighting.meter for sighting in sightings.values()]
                meter = await sought.single(meters, time.monotonic() - begin)
                if meter is not None:
                    return sightings[meter.address]
                remark, failures = sought.missing(meters), 0 if lasting else failures + 1
            except Exception as fault:  # the same, while it is looked for
                if lasting and _is_lasting(fault):
                    raise
                remark, failures = _failed(fault), failures + 1
            queue.tell("searching", sought.name, remark)
            if failures:  # beside a running ride the radio is not taken up with looking all the time
                await asyncio.sleep(step(self._timings.retry_s, failures - 1))

    async def _open(
        self,
        connection: MeterConnection,
        inbox: MeterInbox,
        description: Description,
        sighting: Sighting,
        *,
        first: bool,
    ) -> None:
        """Makes the link, and has the measurements come.

        The first ones wait a moment for what the meter says about itself, by which the ride is set up. Later in the
        ride that is known already, and nothing waits.
        """
        async with self._radio:
            await connection.connect()
        inbox.hold()
        await connection.follow()
        describing = connection.beside(self._describe(connection, description, inbox, sighting))
        if first:
            await asyncio.wait({describing}, timeout=self._timings.describe_s)
        self._connections[sighting.meter.address] = connection
        inbox.connected(sighting.meter.rssi)
        inbox.open()

    async def _describe(
        self, connection: MeterConnection, description: Description, inbox: MeterInbox, sighting: Sighting
    ) -> None:
        """Reads what the meter says about itself; whatever fails there is told, and costs the ride nothing."""

        def tell(fault: Exception) -> None:
            inbox.tell(_failed(fault))

        async def paired(error: BluetoothError) -> bool:
            tell(error)
            return await self._pairing.offer(sighting.device, connection.label, error, tell)

        try:
            await description.read(connection, paired)
        except Exception as fault:
            tell(fault)

    async def pair(self, seconds: float) -> PowerMeter:
        """Finds the meter within so many seconds, and pairs it with this computer; gives which one it is.

        Raises:
            BluetoothError: it is not found, or not paired.
        """
        sought = self._sought[0]
        try:
            async with asyncio.timeout(seconds):
                sighting = await self._pick(InputQueue(time.monotonic), sought, lasting=True)
        except TimeoutError as error:
            raise failure("meter not found", sought.name or ANY) from error
        await self._pairing.pair(sighting.device, sought.label(sighting.meter))
        return sighting.meter

    async def _sight(self, meter: PowerMeter) -> Sighting:
        sightings = await self._look(lambda other: other.address == meter.address, meter.label)
        if meter.address not in sightings:
            raise failure("meter not found", meter.label)
        return sightings[meter.address]

    async def _look(self, enough: Callable[[PowerMeter], bool], meter: str = ANY) -> dict[str, Sighting]:
        async with self._radio:
            return await look(self._timings.scan_s, enough, self._timings.service_s, meter)


def _is_lasting(fault: Exception) -> bool:
    return not isinstance(fault, BluetoothError) or fault.reason in _LASTING


def _failed(fault: Exception, families: Sequence[Profile] = ()) -> Remark:
    """What failed; of the link to a meter, with what is known of connecting to its `families`."""
    if isinstance(fault, BluetoothError):
        fault = with_advice(fault, families)
    elif not isinstance(fault, LegbalError):
        return Remark("link.defect", {"error": reason(fault)})
    return Remark("link.failed", {"error": f"{fault}. {fault.hint}" if fault.hint else str(fault)})
