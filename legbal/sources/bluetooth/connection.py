"""One connection to one meter, from connecting to its end; never used twice.

The Linux stack may deliver values to the callbacks of an earlier connection, so every connection has its
own client and stops listening for good when it is over. Requests to the control point (zero offset, crank
length) belong here, beside the reads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Literal

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.exc import BleakCharacteristicNotFoundError, BleakError

from legbal.sources.bluetooth.faults import FAULTS, explained
from legbal.sources.bluetooth.timings import Timings
from legbal.sources.bluetooth.uuids import BATTERY_LEVEL, MEASUREMENT, READ_AT_CONNECT, long_form

Deliver = Callable[[str, bytes], None]
"""Takes a characteristic's short UUID and its value; called from the radio's callbacks."""

_log = logging.getLogger(__name__)


class Connection:
    """The link to a meter while it lasts.

    Args:
        device: the handle from the scan.
        label: how errors name the meter.
        deliver: gets every value, in the callback in which it arrives.
        timings: how long to wait for what.
        clock: seconds, monotonic.
    """

    def __init__(
        self, device: BLEDevice, label: str, deliver: Deliver, timings: Timings, clock: Callable[[], float]
    ) -> None:
        self._label, self._deliver, self._timings, self._clock = label, deliver, timings, clock
        self._over = asyncio.Event()
        self._client = BleakClient(
            device,
            disconnected_callback=lambda _client: self._over.set(),
            timeout=timings.connect_s,
        )
        self._heard_at = clock()
        self._latest: bytes | None = None

    @property
    def delivered(self) -> bool:
        """Whether a measurement has arrived over this connection."""
        return self._latest is not None

    async def connect(self) -> None:
        """Makes the link and learns what the meter offers.

        Raises:
            BluetoothError: if the meter cannot be reached or offers no power.
        """
        with explained(self._label):
            async with asyncio.timeout(self._timings.connect_s + self._timings.service_s):
                await self._client.connect()
            if self._client.services.get_characteristic(long_form(MEASUREMENT)) is None:
                raise BleakCharacteristicNotFoundError(MEASUREMENT)

    async def read(self) -> None:
        """Delivers what the meter says about itself; what is missing or refused is left out.

        Raises:
            BluetoothError: if the radio fails.
        """
        with explained(self._label):
            for uuid in READ_AT_CONNECT:
                try:
                    async with asyncio.timeout(self._timings.read_s):
                        value = await self._client.read_gatt_char(long_form(uuid))
                except BleakError as fault:
                    _log.debug("%s does not give %s: %s", self._label, uuid, fault)
                except TimeoutError:
                    # requests to a meter are answered in order: behind this one all others would wait too
                    _log.debug("%s does not answer for %s", self._label, uuid)
                    return
                else:
                    self._deliver(uuid, bytes(value))

    async def subscribe(self) -> None:
        """Has measurements delivered from here on.

        Raises:
            BluetoothError: if the meter refuses.
        """
        with explained(self._label):
            await self._subscribe(MEASUREMENT)

    async def follow_battery(self) -> None:
        """Has the battery's changes delivered too, where the meter tells them.

        Raises:
            BluetoothError: if the radio fails.
        """
        with explained(self._label):
            try:
                await self._subscribe(BATTERY_LEVEL)
            except (BleakError, TimeoutError) as fault:
                _log.debug("%s tells no battery changes: %s", self._label, fault)

    async def ends(self, rest_s: float) -> Literal["lost", "stalled"]:
        """Waits until the link is lost, or silent for too long.

        A meter that reported power last and falls silent is stalled after `stall_s`; one that reported
        none, or has not sent anything yet, after `rest_s`.
        """
        while True:
            working = self._latest is not None and self._latest[2:4] != b"\0\0"  # the power field of 0x2A63
            patience = self._timings.stall_s if working else rest_s
            remaining = self._heard_at + patience - self._clock()
            if remaining <= 0 and not self._over.is_set():
                return "stalled"
            try:
                # looks again ten times within it: a first packet, or power, shortens the patience
                async with asyncio.timeout(min(remaining, self._timings.stall_s / 10)):
                    await self._over.wait()
            except TimeoutError:
                continue
            return "lost"

    async def close(self) -> None:
        """Ends the connection, in `close_s` at most; nothing is delivered from here on."""
        self._over.set()
        try:
            async with asyncio.timeout(self._timings.close_s):
                await self._client.disconnect()
        except FAULTS as fault:  # link, device or bus are gone already: nothing is left to close
            _log.debug("closing the link to %s: %r", self._label, fault)

    async def _subscribe(self, uuid: str) -> None:
        self._heard_at = self._clock()
        async with asyncio.timeout(self._timings.service_s):
            await self._client.start_notify(long_form(uuid), partial(self._arrived, uuid))

    def _arrived(self, uuid: str, _characteristic: BleakGATTCharacteristic, value: bytearray) -> None:
        if self._over.is_set():
            return
        data = bytes(value)
        if uuid == MEASUREMENT:
            self._heard_at, self._latest = self._clock(), data
        self._deliver(uuid, data)
