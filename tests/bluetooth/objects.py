"""The objects of a D-Bus service: their interfaces and properties, and every change of them told on the bus."""

from __future__ import annotations

from collections.abc import Callable

from dbus_fast import Message
from dbus_fast.aio import MessageBus

from tests.bluetooth.peripheral import Properties

OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Objects(dict[str, dict[str, Properties]]):
    """By path the interfaces of each object.

    Args:
        changed: is called after each change but an addition.

    Attributes:
        bus: on which it is told.
    """

    bus: MessageBus

    def __init__(self, changed: Callable[[], None]) -> None:
        super().__init__()
        self._changed = changed

    def add(self, path: str, interfaces: dict[str, Properties]) -> None:
        """An object comes."""
        self[path] = interfaces
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", [path, interfaces])

    def remove(self, path: str) -> None:
        """An object goes."""
        interfaces = self.pop(path)
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", [path, list(interfaces)])
        self._changed()

    def change(self, path: str, interface: str, changed: Properties) -> None:
        """Properties have other values; those of an object that is gone are told all the same."""
        if path in self:
            self[path][interface].update(changed)
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, changed, []])
        self._changed()

    def lose(self, path: str, interface: str, name: str) -> None:
        """A property has no value any more."""
        del self[path][interface][name]
        self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [interface, {}, [name]])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[object]) -> None:
        self.bus.send(Message.new_signal(path, interface, member, signature, body))
