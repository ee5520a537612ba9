"""A fake bluetoothd: org.bluez on a private bus, enough of it to run bleak's real Linux backend.

In a test: ``async with bluetoothd() as radio: meter = radio.add_meter("ASSIOMA17287L")``. Within the block
the environment points every process and library at the private bus. As a program it plays capture files to
whoever subscribes: ``python -m tests.bluetooth CAPTURE… --speed N``.

It copies two habits of the real one. A client that stays on the bus after a drop keeps its subscription, so
that values reach it on the next connection before anybody asks for them. And the control point refuses a
request (ATT error 0xFD) whose client has not subscribed to its answers.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.bluetooth.calls import Calls
from tests.bluetooth.dbus_daemon import dbus_daemon
from tests.bluetooth.objects import ADAPTER, CHARACTERISTIC, DEVICE, Objects
from tests.bluetooth.peripheral import Peripheral, full_uuid
from tests.watched import Watched

_BUS = "org.freedesktop.DBus"
_ADDRESS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"


class Bluetoothd(Watched):
    """org.bluez with an adapter, hci0, and any number of meters; more adapters come with `add_adapter`.

    Attributes:
        address: of the bus, what DBUS_SYSTEM_BUS_ADDRESS must be for a process that shall see it.
        meters: all that were put in range.
        objects: what is on the bus of the adapter and of the meters that were found.
        scanning: the paths of adapters that scan, each with a client that has it do so.
        filters: the discovery filters that were set, by the same.
    """

    adapter = "/org/bluez/hci0"

    def __init__(self, address: str) -> None:
        self.address = address
        self.meters: list[Peripheral] = []
        self.filters: dict[tuple[str, str], dict[str, Variant]] = {}
        self.objects = Objects(self.settle)
        self.scanning: set[tuple[str, str]] = set()
        self._calls = Calls(self)
        super().__init__()

    async def start(self, *, present: bool = True) -> None:
        """Comes on the bus, as org.bluez if `present`."""
        self._bus = await MessageBus(bus_address=self.address, bus_type=BusType.SYSTEM).connect()
        self.objects.bus = self._bus
        self._bus.add_message_handler(self._on_message)
        await self.call_bus("AddMatch", f"type='signal',sender='{_BUS}',member='NameOwnerChanged'")
        if present:
            await self._bus.request_name("org.bluez")
        self.add_adapter("hci0", "00:1A:7D:DA:71:13")

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
        adapter: str = "hci0",
        measures: bool | None = None,
    ) -> Peripheral:
        """Puts a meter in range of an adapter; `values` (hex or bytes by characteristic) can be read from it.

        It has measurements as far as it advertises them, unless it is said whether it `measures`.
        Another one of the same address is the same meter, in range of another adapter.
        """
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
            adapter=f"/org/bluez/{adapter}",
            measures=measures,
        )
        self.meters.append(meter)
        meter.advertised = advertised
        return meter

    def add_adapter(
        self,
        name: str,
        address: str,
        *,
        powered: bool = True,
        roles: Iterable[str] = ("central", "peripheral"),
    ) -> None:
        """Plugs in an adapter."""
        self.objects.add(
            f"/org/bluez/{name}",
            {
                ADAPTER: {
                    "Address": Variant("s", address),
                    "Name": Variant("s", "laptop"),
                    "Powered": Variant("b", powered),
                    "Discovering": Variant("b", False),
                    "Roles": Variant("as", list(roles)),
                    "UUIDs": Variant("as", [full_uuid("1801")]),
                }
            },
        )

    def power(self, on: bool) -> None:
        """Switches hci0 on or off; off takes all links down."""
        if not on:
            for meter in self.meters:
                self.link_down(meter)
            self.scanning.clear()
        self.objects.change(self.adapter, ADAPTER, {"Powered": Variant("b", on)})

    def remove_adapter(self) -> None:
        """Pulls the adapter out: it goes off, and what it had found goes with it."""
        self.power(on=False)
        for meter in self.meters:
            self.forget(meter)
        self.objects.remove(self.adapter)

    async def scanned(self) -> None:
        """Waits until somebody scans."""
        await self.until(lambda: bool(self.scanning))

    async def stop(self) -> None:
        """Leaves the bus without a word, as a crash does; all links are gone."""
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # it has no types
        self.objects.clear()
        self.scanning.clear()
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
        scans = [scan for scan in self.scanning if scan[0] == meter.adapter]
        wanted = any(self._fits(meter, self.filters.get(scan, {})) for scan in scans)
        linked = any(x.connected for x in self.meters if x.address == meter.address)
        if not (wanted and meter.advertised) or linked:
            return
        if meter.path not in self.objects:
            self.objects.add(meter.path, {DEVICE: meter.device()})
            if meter.name_in_scan_response:
                self.objects.change(meter.path, DEVICE, meter.naming())
        else:
            self.objects.change(meter.path, DEVICE, {"RSSI": Variant("n", meter.rssi)})

    def answer_reads(self, meter: Peripheral) -> None:
        """Answers the meter's reads that wait."""
        self._calls.answer_reads(meter)

    def value(self, path: str, payload: bytes) -> None:
        """Tells a characteristic's new value."""
        self.objects.change(path, CHARACTERISTIC, {"Value": Variant("ay", payload)})

    def link_up(self, meter: Peripheral) -> None:
        """The link is there; what the meter offers is not known yet."""
        meter.connections += 1
        meter.subscriptions_at_connect.append(sum(map(len, meter.subscribers.values())))
        meter.connected = True
        self.objects.change(meter.path, DEVICE, {"Connected": Variant("b", True)})

    def link_down(self, meter: Peripheral) -> None:
        """The link is gone; subscriptions of clients that stay on the bus outlive it."""
        if meter.connected:
            meter.connected = meter.spoilt = False
            self.objects.change(
                meter.path,
                DEVICE,
                {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)},
            )
            for heard in self.meters:
                if heard.address == meter.address:
                    self.advertise(heard)

    def forget(self, meter: Peripheral) -> None:
        """Removes the meter's objects without saying that the link is gone."""
        meter.connected = False
        meter.subscribers.clear()
        for path in [path for path in self.objects if path.startswith(meter.path)]:
            self.objects.remove(path)

    # messages and objects

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _old, new = message.body
            if not new:
                self._client_left(name)
        if message.message_type is MessageType.METHOD_CALL:
            return self._calls.answer(message)
        return None

    def _client_left(self, name: str) -> None:
        """Ends what a client of the bus held, except links: those stay up, as with the real one."""
        self._calls.client_left(name)
        self.scanning = {scan for scan in self.scanning if scan[1] != name}
        self.filters = {scan: rules for scan, rules in self.filters.items() if scan[1] != name}
        for meter in self.meters:
            for clients in meter.subscribers.values():
                clients.discard(name)
        self.settle()

    @staticmethod
    def _fits(meter: Peripheral, rules: dict[str, Variant]) -> bool:
        """Whether a discovery filter lets the meter through: only whole 128-bit UUIDs compare equal."""
        wanted = rules.get("UUIDs")
        return wanted is None or not set(wanted.value).isdisjoint(meter.services)


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
