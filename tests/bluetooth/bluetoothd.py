"""A fake bluetoothd: org.bluez on a private bus, enough of it to run bleak's real Linux backend.

In a test: ``async with bluetoothd() as radio: meter = radio.add_meter("ASSIOMA17287L")``. Within the block
the environment points every process and library at the private bus. As a program it plays capture files to
whoever subscribes: ``python -m tests.bluetooth CAPTURE… --speed N``.

It copies two habits of the real one. A client that stays on the bus after a drop keeps its subscription, so
that values reach it on the next connection before anybody asks for them. And the control point refuses a
request (ATT error 0xFD) whose client has not subscribed to its answers.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.bluetooth.dbus_daemon import dbus_daemon
from tests.bluetooth.objects import OBJECT_MANAGER, Objects
from tests.bluetooth.peripheral import Peripheral, full_uuid

_BUS = "org.freedesktop.DBus"
_ADAPTER = "org.bluez.Adapter1"
_DEVICE = "org.bluez.Device1"
_CHARACTERISTIC = "org.bluez.GattCharacteristic1"
_LATER = True  # what a handler gives when the answer is sent later, or never
_ADDRESS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"


class _RefusedError(Exception):
    """A D-Bus error reply: its name and text."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name, text)
        self.name, self.text = name, text


class Bluetoothd:
    """org.bluez with one adapter, hci0, and any number of meters.

    Attributes:
        address: of the bus, what DBUS_SYSTEM_BUS_ADDRESS must be for a process that shall see it.
        filters: the discovery filters that were set, by client.
    """

    adapter = "/org/bluez/hci0"

    def __init__(self, address: str) -> None:
        self.address = address
        self.meters: list[Peripheral] = []
        self.filters: dict[str, dict[str, Variant]] = {}
        self._objects = Objects(self._settle)
        self._scanning: set[str] = set()
        self._hanging: dict[str, Message] = {}
        self._watches: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def start(self, *, present: bool = True) -> None:
        """Comes on the bus, as org.bluez if `present`."""
        self._bus = await MessageBus(bus_address=self.address, bus_type=BusType.SYSTEM).connect()
        self._objects.bus = self._bus
        self._bus.add_message_handler(self._on_message)
        await self.call_bus("AddMatch", f"type='signal',sender='{_BUS}',member='NameOwnerChanged'")
        if present:
            await self._bus.request_name("org.bluez")
        self._add_adapter()

    # what a test does with it

    def add_meter(
        self,
        name: str | None,
        *,
        address: str | None = None,
        values: dict[str, str | bytes] | None = None,
        services: Iterable[str] = ("1818", "180a", "180f"),
        rssi: int = -60,
        manufacturer_data: dict[int, bytes] | None = None,
        advertised: bool = True,
        name_in_scan_response: bool = False,
        control_point: bool = True,
    ) -> Peripheral:
        """Puts a meter in range; `values` (hex or bytes by characteristic) can be read from it."""
        meter = Peripheral(
            self,
            name,
            address or f"E0:0D:5C:00:00:{len(self.meters) + 1:02X}",
            values=values or {},
            services=services,
            rssi=rssi,
            manufacturer_data=manufacturer_data or {},
            name_in_scan_response=name_in_scan_response,
            control_point=control_point,
        )
        self.meters.append(meter)
        meter.advertised = advertised
        return meter

    def power(self, on: bool) -> None:
        """Switches the adapter on or off; off takes all links down."""
        if not on:
            for meter in self.meters:
                self.link_down(meter)
            self._scanning.clear()
        self._objects.change(self.adapter, _ADAPTER, {"Powered": Variant("b", on)})

    def remove_adapter(self) -> None:
        """Pulls the adapter out."""
        for meter in self.meters:
            self.forget(meter)
        self._objects.remove(self.adapter)

    async def until(self, holds: Callable[[], bool], seconds: float = 30.0) -> None:
        """Waits until `holds()`; looked at whenever something changes here."""
        if holds():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watches.append((holds, future))
        await asyncio.wait_for(future, seconds)

    async def scanned(self) -> None:
        """Waits until somebody scans."""
        await self.until(lambda: bool(self._scanning))

    async def stop(self) -> None:
        """Leaves the bus without a word, as a crash does; all links are gone."""
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # it has no types
        self._objects.clear()
        self._scanning.clear()
        for meter in self.meters:
            meter.connected = False
            meter.subscribers.clear()

    async def flush(self) -> None:
        """Waits until the bus has taken everything that was sent."""
        await self.call_bus("GetId")

    async def call_bus(self, member: str, *arguments: str) -> None:
        """Calls a method of the bus itself."""
        path, signature = "/org/freedesktop/DBus", "s" * len(arguments)
        await self._bus.call(Message(_BUS, path, _BUS, member, signature=signature, body=list(arguments)))

    # what meters ask of it

    def advertise(self, meter: Peripheral) -> None:
        """Shows the meter to the clients that scan, if it advertises and fits their filter."""
        wanted = any(self._fits(meter, self.filters.get(client, {})) for client in self._scanning)
        if not (wanted and meter.advertised and not meter.connected):
            return
        if meter.path not in self._objects:
            self._objects.add(meter.path, {_DEVICE: meter.device()})
            if meter.name_in_scan_response:
                self._objects.change(meter.path, _DEVICE, meter.naming())
        else:
            self._objects.change(meter.path, _DEVICE, {"RSSI": Variant("n", meter.rssi)})

    def value(self, path: str, payload: bytes) -> None:
        """Tells a characteristic's new value."""
        self._objects.change(path, _CHARACTERISTIC, {"Value": Variant("ay", payload)})

    def link_down(self, meter: Peripheral) -> None:
        """The link is gone; subscriptions of clients that stay on the bus outlive it."""
        if meter.connected:
            meter.connected = False
            self._objects.change(
                meter.path,
                _DEVICE,
                {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)},
            )
            self.advertise(meter)

    def forget(self, meter: Peripheral) -> None:
        """Removes the meter's objects without saying that the link is gone."""
        meter.connected = False
        meter.subscribers.clear()
        for path in [path for path in self._objects if path.startswith(meter.path)]:
            self._objects.remove(path)

    # the methods of org.bluez

    def _start_discovery(self, message: Message) -> Message | bool:
        client = self._powered(message)
        if client in self._scanning:
            raise _RefusedError("org.bluez.Error.InProgress", "Operation already in progress")
        self._scanning.add(client)
        for meter in self.meters:
            self.advertise(meter)
        self._settle()
        return Message.new_method_return(message)

    def _stop_discovery(self, message: Message) -> Message | bool:
        self._scanning.discard(self._powered(message))
        for path, interfaces in self._objects.items():
            if _DEVICE in interfaces and "RSSI" in interfaces[_DEVICE]:
                self._objects.lose(path, _DEVICE, "RSSI")
        return Message.new_method_return(message)

    def _set_filter(self, message: Message) -> Message | bool:
        self.filters[self._powered(message)] = message.body[0]
        return Message.new_method_return(message)

    def _connect(self, message: Message) -> Message | bool:
        self._powered(message)
        meter = self._meter(message)
        if meter.refusal is not None:
            raise _RefusedError("org.bluez.Error.Failed", meter.refusal)
        if meter.connect_hangs:
            self._hanging[meter.path] = message
            self._settle()
            return _LATER
        meter.connections += 1
        meter.subscriptions_at_connect.append(sum(map(len, meter.subscribers.values())))
        meter.connected = True
        self._objects.change(meter.path, _DEVICE, {"Connected": Variant("b", True)})
        if meter.drops_at_connect:
            self.link_down(meter)
            raise _RefusedError("org.bluez.Error.Failed", "le-connection-abort-by-remote")
        for path, (interface, properties) in meter.objects.items():
            if path not in self._objects:
                self._objects.add(path, {interface: dict(properties)})
        self._objects.change(meter.path, _DEVICE, {"ServicesResolved": Variant("b", True)})
        return Message.new_method_return(message)

    def _disconnect(self, message: Message) -> Message | bool:
        meter = self._meter(message)
        pending = self._hanging.pop(meter.path, None)
        if pending is not None:
            self._bus.send(Message.new_error(pending, "org.bluez.Error.Failed", "Operation was cancelled"))
        self.link_down(meter)
        return Message.new_method_return(message)

    def _read(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        if uuid in meter.silent_reads:
            return _LATER
        if uuid in meter.unreadable or uuid not in meter.values:
            raise _RefusedError("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
        return Message.new_method_return(message, "ay", [meter.values[uuid]])

    def _write(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        if not meter.subscribers.get(uuid):
            raise _RefusedError("org.bluez.Error.Failed", "Operation failed with ATT error: 0xfd")
        if meter.control_errors:
            error = meter.control_errors.pop(0)
            raise _RefusedError("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{error:02x}")
        request = bytes(message.body[0])
        meter.writes.append(request)
        self._settle()
        if meter.control_hangs:
            return _LATER
        answer = meter.on_control(request)
        if answer is not None:
            meter.emit(answer, uuid)
        return Message.new_method_return(message)

    def _start_notify(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        meter.subscribers.setdefault(uuid, set()).add(message.sender or "")
        self._settle()
        return Message.new_method_return(message)

    def _stop_notify(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        meter.subscribers.get(uuid, set()).discard(message.sender or "")
        return Message.new_method_return(message)

    def _managed(self, message: Message) -> Message | bool:
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects])

    _methods = {  # noqa: RUF012 - a table, never changed
        (OBJECT_MANAGER, "GetManagedObjects"): _managed,
        (_ADAPTER, "StartDiscovery"): _start_discovery,
        (_ADAPTER, "StopDiscovery"): _stop_discovery,
        (_ADAPTER, "SetDiscoveryFilter"): _set_filter,
        (_DEVICE, "Connect"): _connect,
        (_DEVICE, "Disconnect"): _disconnect,
        (_CHARACTERISTIC, "ReadValue"): _read,
        (_CHARACTERISTIC, "WriteValue"): _write,
        (_CHARACTERISTIC, "StartNotify"): _start_notify,
        (_CHARACTERISTIC, "StopNotify"): _stop_notify,
    }

    # messages and objects

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _old, new = message.body
            if not new:
                self._client_left(name)
            return None
        method = self._methods.get((message.interface or "", message.member or ""))
        if message.message_type is not MessageType.METHOD_CALL or method is None:
            return None
        try:
            return method(self, message)
        except _RefusedError as refused:
            return Message.new_error(message, refused.name, refused.text)

    def _client_left(self, name: str) -> None:
        """Ends what a client of the bus held, except links: those stay up, as with the real one."""
        self._scanning.discard(name)
        self.filters.pop(name, None)
        for meter in self.meters:
            for clients in meter.subscribers.values():
                clients.discard(name)
        self._settle()

    def _powered(self, message: Message) -> str:
        """The caller; refuses where there is no adapter, or it is off."""
        adapter = self._objects.get(self.adapter)
        if adapter is None:
            raise _RefusedError(f"{_BUS}.Error.UnknownObject", "no such adapter")
        if not adapter[_ADAPTER]["Powered"].value:
            raise _RefusedError("org.bluez.Error.NotReady", "Resource Not Ready")
        return message.sender or ""

    def _meter(self, message: Message) -> Peripheral:
        for meter in self.meters:
            if meter.path == message.path and meter.path in self._objects:
                return meter
        raise _RefusedError(f"{_BUS}.Error.UnknownObject", f"no object {message.path}")

    def _characteristic(self, message: Message) -> tuple[Peripheral, str]:
        path = message.path or ""
        for meter in self.meters:
            uuid = meter.uuid_at(path)
            if uuid is not None and path in self._objects:
                if not meter.connected:
                    raise _RefusedError("org.bluez.Error.Failed", "Not connected")
                return meter, uuid
        raise _RefusedError(f"{_BUS}.Error.UnknownObject", f"no object {path}")

    @staticmethod
    def _fits(meter: Peripheral, rules: dict[str, Variant]) -> bool:
        """Whether a discovery filter lets the meter through: only whole 128-bit UUIDs compare equal."""
        wanted = rules.get("UUIDs")
        return wanted is None or not set(wanted.value).isdisjoint(meter.services)

    def _add_adapter(self) -> None:
        self._objects.add(
            self.adapter,
            {
                _ADAPTER: {
                    "Address": Variant("s", "00:1A:7D:DA:71:13"),
                    "Name": Variant("s", "laptop"),
                    "Powered": Variant("b", True),
                    "Discovering": Variant("b", False),
                    "Roles": Variant("as", ["central", "peripheral"]),
                    "UUIDs": Variant("as", [full_uuid("1801")]),
                }
            },
        )

    def _settle(self) -> None:
        """Wakes who waits for the state that has come about."""
        for watch in list(self._watches):
            holds, future = watch
            if future.done() or holds():
                self._watches.remove(watch)
                if not future.done():
                    future.set_result(None)


@asynccontextmanager
async def bluetoothd(*, present: bool = True, permitted: bool = True) -> AsyncIterator[Bluetoothd]:
    """Runs a private bus with a fake bluetoothd and points DBUS_SYSTEM_BUS_ADDRESS at it.

    Args:
        present: False leaves the bus without org.bluez.
        permitted: False has the bus refuse calls to it.
    """
    async with dbus_daemon(bluez_permitted=permitted) as address:
        before = os.environ.get(_ADDRESS_VARIABLE)
        os.environ[_ADDRESS_VARIABLE] = address
        radio = Bluetoothd(address)
        await radio.start(present=present)
        try:
            yield radio
        finally:
            if before is None:
                del os.environ[_ADDRESS_VARIABLE]
            else:
                os.environ[_ADDRESS_VARIABLE] = before
            await radio.stop()
