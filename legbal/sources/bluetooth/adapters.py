"""The Bluetooth adapters of this computer, and which of them are used. On Linux alone there may be several.

bleak takes an adapter's name and lists none, so BlueZ is asked for them here.
"""

import asyncio
import sys
from typing import Any

import msgspec

from legbal.errors import BluetoothError

if sys.platform == "linux":
    from dbus_fast import BusType, Message, MessageType, unpack_variants
    from dbus_fast.aio import MessageBus


class Adapter(msgspec.Struct, frozen=True):
    """A Bluetooth adapter.

    Attributes:
        name: as the system calls it: "hci0".
        address: its Bluetooth address.
        label: the name that others see of it.
        powered: whether it is switched on.
    """

    name: str
    address: str
    label: str
    powered: bool

    def answers_to(self, name: str) -> bool:
        """Whether the rider means this one: by its name or address, in whatever case."""
        return name.casefold() in (self.name.casefold(), self.address.casefold())


async def adapters(service_s: float) -> list[Adapter]:
    """Those of this computer, by name; none where the system shows none, or chooses by itself.

    What is wrong with Bluetooth says the search, which comes next.
    """
    if sys.platform != "linux":
        return []
    call = Message("org.bluez", "/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    try:
        async with asyncio.timeout(service_s):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                reply = await bus.call(call)
            finally:
                bus.disconnect()
    except Exception:  # without a bus, or one that hangs up: whatever it is, the search meets it, too
        return []
    if reply is None or reply.message_type is MessageType.ERROR:
        return []
    by_name: dict[str, dict[str, Any]] = {
        path.rpartition("/")[2]: unpack_variants(interfaces["org.bluez.Adapter1"])
        for path, interfaces in reply.body[0].items()
        if "org.bluez.Adapter1" in interfaces
    }
    return [
        Adapter(name, str(x.get("Address", "")), str(x.get("Alias") or x.get("Name", "")), bool(x["Powered"]))
        for name, x in sorted(by_name.items())
        if "central" in x.get("Roles", ["central"])  # what is of no use to Bluetooth LE is none
    ]


async def searched(chosen: str | None, service_s: float, platform: str = sys.platform) -> list[str | None]:
    """The names of those that search: the chosen one, else all that are on; None: the one that the system takes.

    Raises:
        BluetoothError: the chosen one is not there or off, or the system lets nobody choose.
    """
    there = await adapters(service_s)
    if chosen is None:
        on = [adapter.name for adapter in there if adapter.powered]
        return [*on] if len(on) > 1 else [None]
    if platform != "linux":
        raise BluetoothError(
            "Which Bluetooth adapter is used, only the system can choose here",
            reason="no adapter",
            hint="Leave out --adapter and the setting adapter, and choose in the system's settings.",
        )
    named = next((adapter for adapter in there if adapter.answers_to(chosen)), None)
    if named is None and there:
        listed = ", ".join(f"{adapter.name} ({adapter.address})" for adapter in there)
        raise BluetoothError(
            f"There is no Bluetooth adapter {chosen}; there is {listed}",
            reason="no adapter",
            hint="Plug it in, or choose another with --adapter NAME.",
        )
    if named is not None and not named.powered:
        raise BluetoothError(
            f"The Bluetooth adapter {named.name} is switched off",
            reason="adapter off",
            hint="Switch it on: “rfkill unblock bluetooth”, then in “bluetoothctl” type “select "
            f"{named.address}” and “power on”; or choose another with --adapter NAME.",
        )
    return [named.name if named is not None else None]
