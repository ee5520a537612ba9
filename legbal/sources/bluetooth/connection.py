"""One connection to one meter, from connecting to its end; never used twice.

The Linux stack may deliver values to the callbacks of an earlier connection, so every connection has its
own client and stops listening for good when it is over.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Literal, TypeVar

import msgspec
from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakCharacteristicNotFoundError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from legbal.errors import BluetoothError
from legbal.gatt.uuids import CONTROL_POINT, MEASUREMENT, long_form
from legbal.sources.bluetooth.discovery import SERVICE_S
from legbal.sources.bluetooth.errors import FAULTS, failure, hung_up, translate_faults, unanswered

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)

# measurements without power, after which a meter that sends only while the crank turns may fall silent; what sends
# more of them sends at rest, too
_LAST_AT_REST = range(1, 4)


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """How long the Bluetooth source waits for what, in seconds, with the reason beside each."""

    # meters advertise every 0.1 to 1 s when awake; five see every one in the room, weak signals too
    scan_s: float = 5.0
    # so long the usual meter is waited for before the only other one is taken: time to get on the bike
    remembered_s: float = 15.0
    # a meter that listens answers within seconds, through other traffic too; bleak's own 30 s is a long stare
    connect_s: float = 20.0
    # all that a meter says about itself takes two connection events a value, under 2 s; a ride waits no longer for
    # it, for it needs the measurements alone
    describe_s: float = 2.0
    # so long an answer may still come beside the ride; at 30 s the system itself gives the link up
    read_s: float = 10.0
    # until what was not answered is asked again; the last repeats
    again_s: tuple[float, ...] = (20.0, 120.0, 600.0)
    # a control point request: the procedures of the Cycling Power Service have as long as an ATT transaction
    answer_s: float = 30.0
    # pairing: the system gives the rider half a minute for the passkey, after what may be a connection
    pair_s: float = 90.0
    service_s: float = SERVICE_S
    # pedalling meters send once a second or faster, slow ones every 4 s; twice that after power is a dead link
    stall_s: float = 8.0
    # silence with no power before it is mostly rest: some meters send only while the crank turns, and a
    # dead link looks the same. Each reconnection that brings nothing makes the next wait longer, so that a
    # long break does not cost the meter's battery; the last repeats
    rest_s: tuple[float, ...] = (60.0, 120.0, 300.0, 600.0)
    # before the next attempt: at once after a short drop, slower while the meter is away, and never so slow
    # that a rider back from a break waits; the last repeats
    retry_s: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
    # so often what is beside the meters asks whether they are connected
    accessory_s: float = 1.0
    # before a device beside the meters is looked for again: each search takes time on the radio that they measure over
    accessory_retry_s: tuple[float, ...] = (5.0, 10.0, 30.0, 60.0, 120.0)
    # closing a link takes under 2 s; the rider who pressed Ctrl-C does not wait longer than this
    close_s: float = 3.0


def step(table: tuple[float, ...], number: int) -> float:
    """The entry of a table of `Timings` for the attempt of that number, from 0 on; the last one repeats."""
    return table[min(number, len(table) - 1)]


class MeterConnection:
    """The link to a meter while it lasts.

    Args:
        device: the handle from the scan.
        label: how errors name the meter.
        deliver: gets every value with its characteristic's short UUID, in the callback in which it arrives.
        timings: how long to wait for what.
        clock: seconds, monotonic.
        measurement: the characteristic that it is followed for: power, or what an accessory measures.

    Attributes:
        latest: the newest measurement; None before the first one.
    """

    def __init__(
        self,
        device: BLEDevice,
        label: str,
        deliver: Callable[[str, bytes], None],
        timings: Timings,
        clock: Callable[[], float],
        measurement: str = MEASUREMENT,
    ) -> None:
        self._measurement = measurement
        self.label, self._deliver, self._timings, self._clock = label, deliver, timings, clock
        self._device = device
        self._over = asyncio.Event()
        self._client = BleakClient(
            device,
            disconnected_callback=lambda _client: self._over.set(),
            timeout=timings.connect_s,
        )
        self._active_at = clock()
        self.latest: bytes | None = None
        self._measured = asyncio.Event()
        self._at_rest = 0  # measurements without power, since the last with some
        self._beside: set[asyncio.Task[None]] = set()
        self._indications: asyncio.Queue[bytes] | None = None  # while a request waits for its answer
        self._indicates = False

    async def connect(self) -> None:
        """Makes the link and learns what the meter offers.

        Raises:
            BluetoothError: if the meter cannot be reached or offers no power.
        """
        with translate_faults(self.label, self._device.address):
            async with asyncio.timeout(self._timings.connect_s + self._timings.service_s):
                await self._client.connect()
            if self._client.services.get_characteristic(long_form(self._measurement)) is None:
                raise BleakCharacteristicNotFoundError(self._measurement)

    async def follow(self) -> None:
        """Has the measurements delivered from here on; the first one to arrive is as good as the meter's answer.

        Raises:
            BluetoothError: the meter refuses them or does not answer, the link is lost, or the radio fails.
        """
        subscribing = self.beside(self._subscribe(self._measurement))
        others = [asyncio.create_task(event.wait()) for event in (self._measured, self._over)]
        try:
            await asyncio.wait((subscribing, *others), return_when=asyncio.FIRST_COMPLETED)
            if self._measured.is_set():
                return
            if not subscribing.done():
                raise hung_up(self.label, self._device.address)
            with translate_faults(self.label, self._device.address):
                try:
                    await subscribing
                except TimeoutError as error:
                    if self._is_paired:
                        raise
                    raise unanswered(self.label, self._device.address) from error
        finally:
            for waiting in others:
                waiting.cancel()

    @property
    def _is_paired(self) -> bool:
        """Whether the system knows the meter as paired, where it says so with what was scanned."""
        details = self._device.details
        properties = details.get("props") if isinstance(details, dict) else None
        return bool(properties and properties.get("Paired"))

    def beside(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Does it beside all else, until the connection is closed."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        return task

    async def read(self, uuid: str) -> BluetoothError | None:
        """Delivers a characteristic's value; gives why there is none, None where it came."""
        try:
            with translate_faults(self.label, self._device.address):
                async with asyncio.timeout(self._timings.read_s):
                    self._deliver(uuid, bytes(await self._client.read_gatt_char(long_form(uuid))))
        except BluetoothError as error:
            _log.debug("%s does not give %s: %s", self.label, uuid, error)
            return error
        return None

    async def subscribe(self, uuids: Sequence[str]) -> None:
        """Has the changes of these delivered from here on, but for those that the meter does not tell."""
        for uuid in uuids:
            try:
                await self._subscribe(uuid)
            except FAULTS as fault:
                _log.debug("%s does not tell %s: %s", self.label, uuid, fault)

    async def ask(self, request: bytes, understand: Callable[[bytes], Answer | None]) -> Answer:
        """Writes a request to the control point, and gives what `understand` makes of the answer.

        `understand` is shown one indication after the other until it gives something: some meters indicate
        what nobody asked for. All are delivered too. One request at a time.

        Raises:
            BluetoothError: the meter has no control point, refuses, does not answer in time, or the link
                is lost; or a request is running already.
        """
        if self._over.is_set():
            raise failure("link lost", self.label)
        if self._indications is not None:
            raise BluetoothError(
                f"{self.label} is still busy with the last request",
                reason="request refused",
                hint="Wait for its answer.",
            )
        self._indications, self._active_at = asyncio.Queue(), self._clock()
        try:
            with translate_faults(self.label, self._device.address):
                return await self._while_up(self._exchange(request, understand, self._indications))
        finally:
            self._indications, self._active_at = None, self._clock()

    async def ends(
        self, rest_s: float, silent: Callable[[float], None] = lambda _seconds: None
    ) -> Literal["lost", "stalled"]:
        """Waits until the link is lost, or silent for too long.

        A meter that reported power last and falls silent is stalled after `stall_s`; one that reported
        none, or has not sent anything yet, after `rest_s`. That one is `silent` after `stall_s` and as many seconds,
        unless it may send only while the crank turns.
        """
        while True:
            working = self.latest is not None and self._is_work(self.latest)
            busy = self._indications is not None  # some meters send nothing while they set their zero
            patience = self._timings.stall_s if working and not busy else rest_s
            elapsed = self._clock() - self._active_at
            if elapsed >= patience and not self._over.is_set():
                return "stalled"
            if elapsed >= self._timings.stall_s and not busy and self._at_rest not in _LAST_AT_REST:
                silent(elapsed)
            # looks again ten times within it: a first packet, or power, shortens the patience
            with suppress(TimeoutError):
                async with asyncio.timeout(min(patience - elapsed, self._timings.stall_s / 10)):
                    await self._over.wait()
                return "lost"

    def _is_work(self, data: bytes) -> bool:
        """Whether this measurement is followed by another one soon: of power any but one of no watts."""
        return self._measurement != MEASUREMENT or data[2:4] != b"\0\0"

    async def close(self) -> None:
        """Ends the connection, in `close_s` at most; nothing is delivered from here on."""
        self._over.set()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        try:
            async with asyncio.timeout(self._timings.close_s):
                await self._client.disconnect()
        except FAULTS as fault:  # link, device or bus are gone already: nothing is left to close
            _log.debug("closing the link to %s: %r", self.label, fault)

    async def _subscribe(self, uuid: str) -> None:
        self._active_at = self._clock()
        async with asyncio.timeout(self._timings.service_s):
            await self._client.start_notify(long_form(uuid), partial(self._arrived, uuid))

    async def _exchange(
        self, request: bytes, understand: Callable[[bytes], Answer | None], indications: asyncio.Queue[bytes]
    ) -> Answer:
        if self._client.services.get_characteristic(long_form(CONTROL_POINT)) is None:
            raise BluetoothError(
                f"{self.label} takes no requests over Bluetooth: it has no control point",
                reason="request refused",
                hint="Use the maker's app or a head unit for this.",
            )
        if not self._indicates:
            await self._subscribe(CONTROL_POINT)
            self._indicates = True
        write = partial(self._client.write_gatt_char, long_form(CONTROL_POINT), request, response=True)
        async with asyncio.timeout(self._timings.answer_s):
            try:
                await write()
            except BleakGATTProtocolError as fault:
                if fault.code != BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED:
                    raise
                # the system took the subscription as made, the meter did not: it is made anew, once
                await self._client.stop_notify(long_form(CONTROL_POINT))
                await self._subscribe(CONTROL_POINT)
                await write()
            while (answer := understand(await indications.get())) is None:
                pass
            return answer

    async def _while_up(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """What `work` gives; the link's end ends it, too, for the radio may never answer then."""
        task, over = asyncio.create_task(work), asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait((task, over), return_when=asyncio.FIRST_COMPLETED)
            done = task.done() and not task.cancelled() and task.exception() is None
            if self._over.is_set() and not done:
                raise failure("link lost", self.label)
            return await task
        finally:
            for running in (task, over):
                running.cancel()
            await asyncio.gather(task, over, return_exceptions=True)

    def _arrived(self, uuid: str, _characteristic: BleakGATTCharacteristic, value: bytearray) -> None:
        if self._over.is_set():
            return
        data = bytes(value)
        if uuid == self._measurement:
            self._active_at = self._clock()
            self.latest = data
            self._at_rest = 0 if self._is_work(data) else self._at_rest + 1
            self._measured.set()
        elif uuid == CONTROL_POINT and self._indications is not None:
            self._indications.put_nowait(data)
        self._deliver(uuid, data)
