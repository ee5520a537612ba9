"""A power meter made of software: Bumble's host on a controller in the same air as the adapter."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable

from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service
from bumble.hci import Address, HCI_ErrorCode
from bumble.host import Host
from bumble.pairing import PairingConfig, PairingDelegate

from tests.bluetooth.packets import READABLE
from tests.qemu.air import Air, RadioController

Packets = list[tuple[float, bytes]]

NAME = "ASSIOMA17039L"
# random, static; each its own, for bluetoothd remembers what it was paired with
_ADDRESSES = (f"E0:0D:5C:00:00:{number:02X}" for number in itertools.count(1))
_CCCD = UUID.from_16_bits(0x2902)
_NOTIFY, _READ = Characteristic.Properties.NOTIFY, Characteristic.Properties.READ
_OPEN = Characteristic.READABLE | Characteristic.WRITEABLE


class Meter:
    """A pair of pedals in range.

    Args:
        air: in which it is heard.
        locked: its measurement is sent only over an encrypted link, and only to whom it is paired with.
        passkey: is printed on it, and asked for when it is paired.

    Attributes:
        sent: every measurement that went out to a subscriber.
        links: how often somebody connected.
        pairings: how often it was paired.
    """

    def __init__(self, air: Air, *, locked: bool = False, passkey: int | None = None) -> None:
        self.controller = RadioController("meter", None, None, air)
        host = Host(self.controller, self.controller)
        self._device = Device(name=NAME, address=Address(next(_ADDRESSES)), host=host)
        self._device.pairing_config_factory = lambda _connection: _pairing(passkey)
        self.sent: list[bytes] = []
        self.links = self.pairings = 0
        self._link: Connection | None = None
        self._changed = asyncio.Event()
        self._awake = True
        self._measurement = self._add_services(locked, passkey)
        self._device.on(Device.EVENT_CONNECTION, self._connected)

    async def switch_on(self) -> None:
        """Advertises from now on, whenever nobody is connected."""
        await self._device.power_on()
        await self._advertise()

    @property
    def subscribed(self) -> bool:
        """Whether somebody is connected and wants its measurements."""
        cccd = self._device.gatt_server.subscribers.get(self._link, {}).get(self._measurement.handle, b"\0\0")
        return self._link is not None and bool(cccd[0] & 1)

    async def until(self, holds: Callable[[], bool], seconds: float = 120.0) -> None:
        """Waits until `holds()`; looked at whenever something happens here."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def play(self, packets: Iterable[tuple[float, bytes]]) -> None:
        """Sends measurements, each at its second; those without a subscriber are lost, as on a real meter."""
        begin = asyncio.get_running_loop().time()
        for t, value in packets:
            await asyncio.sleep(begin + t - asyncio.get_running_loop().time())
            if self.subscribed:
                await self._device.notify_subscriber(self._link, self._measurement, value)
                self.sent.append(value)

    async def hang_up(self) -> None:
        """It ends the link itself, as pedals that fall asleep do, and says so."""
        assert self._link is not None
        await self._link.disconnect(HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR)

    def _add_services(self, locked: bool, passkey: int | None) -> Characteristic:
        measurement = Characteristic(UUID.from_16_bits(0x2A63), _NOTIFY, Characteristic.Permissions(0), b"")
        if locked:
            needed = Descriptor.WRITE_REQUIRES_ENCRYPTION
            if passkey is not None:
                needed |= Descriptor.WRITE_REQUIRES_AUTHENTICATION
            value = self._device.gatt_server.make_descriptor_value(measurement)
            measurement.descriptors = [Descriptor(_CCCD, _OPEN | needed, value)]
        measurement.on(Characteristic.EVENT_SUBSCRIPTION, lambda *_: self._changed.set())
        power = [measurement, self._readable("2a65"), self._readable("2a5d"), _control_point()]
        information = [self._readable(uuid) for uuid in ("2a29", "2a24", "2a25", "2a26", "2a27")]
        battery = self._readable("2a19", _READ | _NOTIFY)
        for uuid, characteristics in ((0x1818, power), (0x180A, information), (0x180F, [battery])):
            self._device.add_service(Service(UUID.from_16_bits(uuid), characteristics))
        return measurement

    @staticmethod
    def _readable(uuid: str, properties: Characteristic.Properties = _READ) -> Characteristic:
        value = READABLE[uuid]
        octets = bytes.fromhex(value) if isinstance(value, str) else value
        return Characteristic(UUID.from_16_bits(int(uuid, 16)), properties, Characteristic.READABLE, octets)

    async def _advertise(self) -> None:
        heard = AdvertisingData(
            [
                (AdvertisingData.FLAGS, b"\x06"),
                (AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x18\x18"),
                (AdvertisingData.COMPLETE_LOCAL_NAME, NAME.encode()),
            ]
        )
        await self._device.start_advertising(
            advertising_data=bytes(heard), advertising_interval_min=200, advertising_interval_max=200
        )

    def _connected(self, link: Connection) -> None:
        self._link, self.links = link, self.links + 1
        link.on(Connection.EVENT_DISCONNECTION, self._disconnected)
        link.on(Connection.EVENT_PAIRING, self._paired)
        self._changed.set()

    def _paired(self, _keys: object) -> None:
        self.pairings += 1
        self._changed.set()

    def _disconnected(self, _reason: int) -> None:
        self._link = None
        self._changed.set()
        self._again = asyncio.create_task(self._advertise())


def _control_point() -> Characteristic:
    properties = Characteristic.Properties.WRITE | Characteristic.Properties.INDICATE
    return Characteristic(
        UUID.from_16_bits(0x2A66),
        properties,
        Characteristic.WRITEABLE,
        CharacteristicValue(write=lambda *_: None),
    )


def _pairing(passkey: int | None) -> PairingConfig:
    class Printed(PairingDelegate):
        """Shows the number that is printed on it."""

        async def generate_passkey(self) -> int:
            assert passkey is not None
            return passkey

    shows = PairingDelegate.DISPLAY_OUTPUT_ONLY if passkey is not None else PairingDelegate.NO_OUTPUT_NO_INPUT
    return PairingConfig(sc=True, mitm=passkey is not None, bonding=True, delegate=Printed(shows))
