"""The fake tells things in the order in which the real bluetoothd was seen to tell them (docs/real-stack.md)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
from bleak import BleakClient

from legbal.sources.bluetooth.discovery import look
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.packets import READABLE
from tests.bluetooth.peripheral import full_uuid

if sys.platform == "linux":
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

DEVICE, ADAPTER = "org.bluez.Device1", "org.bluez.Adapter1"


class Listener:
    """A client of the bus, with what it was told of links, adapters and services."""

    def __init__(self, bus: MessageBus, radio: Bluetoothd) -> None:
        self.told: list[str] = []
        self._bus, self._radio, self._owner = bus, radio, ""
        bus.add_message_handler(self._take)

    async def call(self, path: str, interface: str, member: str) -> str:
        """Calls a method; gives the error's name and text, nothing where there is none."""
        reply = await self._bus.call(Message("org.bluez", path, interface, member))
        await self._radio.flush()
        await self._bus.call(Message("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetId"))
        assert reply is not None
        return f"{reply.error_name} {reply.body[0]}" if reply.message_type is MessageType.ERROR else ""

    def _take(self, message: Message) -> None:
        if message.message_type is MessageType.METHOD_RETURN and message.sender == self._owner:
            self.told.append("answered")
        elif message.member == "PropertiesChanged":
            names = ("Connected", "ServicesResolved", "Powered")
            self.told += [f"{name} {value.value}" for name, value in message.body[1].items() if name in names]
        elif message.member in ("InterfacesAdded", "InterfacesRemoved"):
            self.told.append(f"{message.member} {message.body[0].rsplit('/', 1)[-1][:4]}")

    async def attach(self) -> None:
        """Asks for every signal."""
        match = Message("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "AddMatch", signature="s")
        match.body = ["type='signal'"]
        await self._bus.call(match)
        owner = Message("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetNameOwner", signature="s")
        owner.body = ["org.bluez"]
        reply = await self._bus.call(owner)
        assert reply is not None
        self._owner = reply.body[0]


@pytest.fixture
async def listener(radio: Bluetoothd) -> AsyncIterator[Listener]:
    """Somebody else on the bus."""
    bus = await MessageBus(bus_address=radio.address, bus_type=BusType.SYSTEM).connect()
    listening = Listener(bus, radio)
    await listening.attach()
    yield listening
    bus.disconnect()


async def test_a_connection_is_answered_before_its_services_are_known(
    radio: Bluetoothd, listener: Listener
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=READABLE)
    await listener.call(radio.adapter, ADAPTER, "StartDiscovery")
    listener.told.clear()
    assert await listener.call(meter.path, DEVICE, "Connect") == ""
    answered = listener.told.index("answered")
    assert listener.told[:answered] == ["Connected True"]
    assert listener.told[-1] == "ServicesResolved True"
    assert "InterfacesAdded char" in listener.told[answered:]


async def test_an_adapter_that_is_pulled_out_says_that_its_links_are_down_and_goes_with_all_it_found(
    radio: Bluetoothd, listener: Listener
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    await listener.call(radio.adapter, ADAPTER, "StartDiscovery")
    await listener.call(meter.path, DEVICE, "Connect")
    listener.told.clear()
    radio.remove_adapter()
    gone = await listener.call(radio.adapter, ADAPTER, "StartDiscovery")
    assert gone.startswith("org.freedesktop.DBus.Error.UnknownObject")
    assert listener.told[:3] == ["ServicesResolved False", "Connected False", "Powered False"]
    assert listener.told[-1] == "InterfacesRemoved hci0"
    assert "InterfacesRemoved dev_" in listener.told


async def test_a_device_of_an_adapter_that_is_off_fails_in_words_of_its_own(
    radio: Bluetoothd, listener: Listener
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    await listener.call(radio.adapter, ADAPTER, "StartDiscovery")
    radio.power(False)
    assert await listener.call(radio.adapter, ADAPTER, "StartDiscovery") == (
        "org.bluez.Error.NotReady Resource Not Ready"
    )
    assert await listener.call(meter.path, DEVICE, "Connect") == ("org.bluez.Error.Failed Input/output error")


async def test_what_is_read_is_told_to_those_who_follow_it(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", values=READABLE)
    (sighting,) = (await look(0.2)).values()
    heard: list[bytes] = []
    async with BleakClient(sighting.device) as client:
        await client.start_notify(full_uuid("2a19"), lambda _c, value: heard.append(bytes(value)))
        value = bytes(await client.read_gatt_char(full_uuid("2a19")))
        assert heard == [value] == [bytes.fromhex("5a")]
