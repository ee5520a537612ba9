"""The rider's meter as a source of a ride's inputs, for as long as the ride lasts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence

from legbal.errors import BluetoothError, BluetoothReason
from legbal.ride.inputs import Input
from legbal.sources.bluetooth.choice import Choose, is_named, named, single
from legbal.sources.bluetooth.connection import Connection
from legbal.sources.bluetooth.control import ZeroResult, crank_length, set_crank_length, set_zero
from legbal.sources.bluetooth.faults import explained, failure
from legbal.sources.bluetooth.inbox import Inbox
from legbal.sources.bluetooth.scan import Found, Sighting, look
from legbal.sources.bluetooth.timings import Timings
from legbal.sources.bluetooth.uuids import BATTERY_LEVEL, FEATURES, READ_AT_CONNECT

# before the first connection these end the ride: waiting does not heal them. Once a ride runs, nothing ends
# it: adapters go and services restart when a laptop sleeps
_LASTING = frozenset(
    {
        BluetoothReason.NO_ADAPTER,
        BluetoothReason.NO_PERMISSION,
        BluetoothReason.NO_SERVICE,
        BluetoothReason.AMBIGUOUS,
        BluetoothReason.NOT_A_POWER_METER,
    }
)


class BluetoothSource:
    """Finds the meter, connects, and comes back after every drop until its consumer stops.

    Which meter: the one `meter` names; else the `remembered` one, or after a while without it the only
    other one in range; else the only one; else the one that `choose` gives. A link that brings nothing is
    treated as a drop.

    Args:
        meter: a name or address, or the beginning of one, in any case of letters.
        remembered: name or address of the meter that was used last.
        choose: asks the rider which of several meters it is; without it several are an error.
        also_read: characteristics that are read at each connection besides what a ride needs.
        also_follow: those whose notifications are wanted besides what a ride needs.
        timings: how long to wait for what.
        clock: seconds, monotonic; inputs are stamped with it.
    """

    def __init__(
        self,
        *,
        meter: str | None = None,
        remembered: str | None = None,
        choose: Choose | None = None,
        also_read: Sequence[str] = (),
        also_follow: Sequence[str] = (),
        timings: Timings = Timings(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted = (meter or "").strip() or None
        self._remembered = (remembered or "").strip() or None
        self._choose, self._timings, self._clock = choose, timings, clock
        self._reads, self._follows = (*READ_AT_CONNECT, *also_read), (BATTERY_LEVEL, *also_follow)
        self._found: Found | None = None
        self._connection: Connection | None = None  # while it is up
        self._features: bytes | None = None

    @property
    def found(self) -> Found | None:
        """The meter of this ride, once it is chosen: what to remember for the next."""
        return self._found

    async def zero(self) -> ZeroResult:
        """Has the connected meter set its zero offset; measurements go on coming in meanwhile.

        The meter's answer comes in as a notification of its control point (2a66), too.

        Raises:
            BluetoothError: no meter is connected, it refuses or fails, does not answer, or the link is lost.
        """
        return await set_zero(self._up(), self._features)

    async def crank_length(self) -> float:
        """The crank length in mm that the connected meter reckons with. Raises BluetoothError."""
        return await crank_length(self._up())

    async def set_crank_length(self, length_mm: float) -> float:
        """Gives the connected meter a crank length in mm, and reads back what it then reckons with.

        Raises BluetoothError.
        """
        return await set_crank_length(self._up(), length_mm)

    def _up(self) -> Connection:
        if self._connection is None:
            name = self._found.label if self._found else "the meter"
            raise BluetoothError(
                f"{name[:1].upper()}{name[1:]} is not connected just now",
                reason=BluetoothReason.LOST,
                hint="Turn the cranks to wake it, and try again when it is back.",
            )
        return self._connection

    async def inputs(self) -> AsyncGenerator[Input, None]:
        """The ride's links and notifications, with seconds since this call.

        What can be read from the meter comes first, as notifications of their characteristics.

        Raises:
            BluetoothError: before the first connection only, if waiting cannot help.
        """
        inbox = Inbox(self._clock)
        ride = asyncio.create_task(self._ride(inbox), name="bluetooth")
        ride.add_done_callback(lambda _task: inbox.close())
        try:
            while (item := await inbox.take()) is not None:
                yield item
            await ride
        finally:
            ride.cancel()
            # the link is closed in there; a second Ctrl-C, or a service that hangs, does not have to wait
            # for it
            await asyncio.wait({ride}, timeout=2 * self._timings.close_s)
            if ride.done() and not ride.cancelled():
                ride.exception()  # seen: told above, unless the consumer had left already

    async def _ride(self, inbox: Inbox) -> None:
        """Connects again and again, until it is cancelled."""
        picked = await self._pick(inbox)
        sighting: Sighting | None = picked
        self._found = found = picked.found

        def deliver(uuid: str, data: bytes) -> None:
            if uuid == FEATURES:
                self._features = data
            inbox.notify(found.label, uuid, data)

        ridden, failures, fruitless = False, 0, 0
        while True:
            try:
                sighting = sighting or await self._sight(found)
                inbox.tell("connecting", found.label, rssi=sighting.found.rssi)
                connection = Connection(sighting.device, found.label, deliver, self._timings, self._clock)
                try:
                    await self._open(connection, inbox, sighting.found, first=not ridden)
                    ridden = True
                    end = await connection.ends(_step(self._timings.rest_s, fruitless))
                    text = "looking for it again" if end == "lost" else "nothing arrives: connecting again"
                    inbox.tell(end, found.label, text)
                finally:
                    self._connection = None
                    await connection.close()
                failures = 0 if connection.delivered else failures + 1
                fruitless = 0 if connection.delivered else fruitless + 1
            except BluetoothError as error:
                if error.reason in _LASTING and not ridden:
                    raise
                inbox.tell("searching", found.label, _told(error))
                failures += 1
            sighting = None
            await asyncio.sleep(_step(self._timings.retry_s, max(failures - 1, 0)))

    async def _pick(self, inbox: Inbox) -> Sighting:
        """Waits until it is clear which meter is the rider's, and in range."""
        begin, failures = self._clock(), 0
        inbox.tell("searching", self._wanted or self._remembered or "")
        while True:
            try:
                with explained():
                    sightings = await look(self._timings.scan_s, self._is_clear, self._timings.service_s)
                meters = [sighting.found for sighting in sightings]
                found = await self._single(meters, self._clock() - begin)
                if found is not None:
                    return next(sighting for sighting in sightings if sighting.found.address == found.address)
                text, failures = self._missing(meters), 0
            except BluetoothError as error:
                if error.reason in _LASTING:
                    raise
                text, failures = _told(error), failures + 1
                await asyncio.sleep(_step(self._timings.retry_s, failures - 1))
            inbox.tell("searching", self._wanted or self._remembered or "", text)

    async def _open(self, connection: Connection, inbox: Inbox, found: Found, *, first: bool) -> None:
        """Makes the link. First, what the meter says about itself comes before its measurements.

        Later in the ride that is known already, and the measurements come first.
        """
        await connection.connect()
        if first:
            await connection.read(self._reads)
        self._connection = connection
        inbox.tell("connected", found.label, rssi=found.rssi)
        await connection.subscribe()
        if not first:
            await connection.read(self._reads)
        await connection.follow(self._follows)

    async def _sight(self, found: Found) -> Sighting:
        """Scans for the ride's own meter."""
        with explained(found.label):
            sightings = await look(
                self._timings.scan_s, lambda other: other.address == found.address, self._timings.service_s
            )
        for sighting in sightings:
            if sighting.found.address == found.address:
                return sighting
        raise failure(BluetoothReason.NOT_FOUND, found.label)

    def _is_clear(self, found: Found) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it."""
        wanted = self._wanted or self._remembered
        return wanted is not None and found.name is not None and is_named(found, wanted)

    async def _single(self, meters: Sequence[Found], waited_s: float) -> Found | None:
        if self._wanted is not None:
            return await single(named(meters, self._wanted), self._choose)
        if self._remembered is not None:
            usual = [found for found in meters if is_named(found, self._remembered)]
            if usual or waited_s < self._timings.remembered_s:
                return await single(usual, self._choose)
        return await single(meters, self._choose)

    def _missing(self, meters: Sequence[Found]) -> str:
        wanted = self._wanted or self._remembered
        others = ", ".join(found.label for found in meters[:3])
        if wanted is None:
            return "No power meter in range yet: turn the cranks to wake it"
        seen = f"; in range: {others}" if others else ""
        return f"{wanted} is not in range yet: turn the cranks to wake it{seen}"


def _told(error: BluetoothError) -> str:
    """The error as one text for the screen."""
    return f"{error}. {error.hint}" if error.hint else str(error)


def _step(table: tuple[float, ...], step: int) -> float:
    """The entry for a step; the last one repeats."""
    return table[min(step, len(table) - 1)]
