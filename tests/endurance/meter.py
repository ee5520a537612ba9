"""A meter whose packets are numbered, so that each that is kept, lost or kept twice is known."""

from __future__ import annotations

import asyncio
import struct
from time import monotonic

from legbal.library.rides import Library, RideRow
from legbal.ride.inputs import Notification
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import ASSIOMA, Peripheral

NAME = "ASSIOMA17039L"
RATE_HZ = 8.0
_FLAGS = 0x2F  # balance of the left, torque at the crank, crank revolutions


class NumberedMeter:
    """Pedals in range of the radio, which send numbered packets.

    Attributes:
        sent_at: the monotonic time of each that went out, by its number.
    """

    def __init__(self, radio: Bluetoothd) -> None:
        self.peripheral: Peripheral = radio.add_meter(NAME, values=ASSIOMA)
        self.sent_at: list[float] = []

    async def send(self) -> None:
        """Sends the next packet: 200 W at 90 rpm, its number in the place of the torque."""
        number = len(self.sent_at)
        turns = int(number / RATE_HZ * 1.5)
        moment = int(turns / 1.5 * 1024)
        payload = struct.pack(
            "<HhBHHH", _FLAGS, 200, 98 + number % 5, number & 0xFFFF, turns & 0xFFFF, moment & 0xFFFF
        )
        self.sent_at.append(monotonic())
        await self.peripheral.send(payload)

    async def send_for(self, seconds: float) -> None:
        """Sends at its rate for so long."""
        end = monotonic() + seconds
        begin = monotonic()
        for number in range(round(seconds * RATE_HZ)):
            await asyncio.sleep(max(0.0, min(begin + number / RATE_HZ, end) - monotonic()))
            await self.send()


def numbers(library: Library, ride: RideRow) -> list[int]:
    """The numbers of the packets that a kept ride holds, in its order."""
    return [
        int.from_bytes(item.data[5:7], "little")
        for item in library.inputs(ride)
        if isinstance(item, Notification) and item.uuid == "2a63"
    ]
