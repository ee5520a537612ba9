"""What clients call of org.bluez: each call answered or refused, or left without an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dbus_fast import Message, MessageType, Variant

from tests.bluetooth.objects import ADAPTER, CHARACTERISTIC, DEVICE, OBJECT_MANAGER, PROPERTIES
from tests.bluetooth.peripheral import Peripheral

if TYPE_CHECKING:
    from tests.bluetooth.bluetoothd import Bluetoothd

_BUS_ERROR = "org.freedesktop.DBus.Error"
_LATER = True  # what a handler gives when the answer is sent later, or never


class _RefusedError(Exception):
    """A D-Bus error reply: its name and text."""

    def __init__(self, name: str, text: str = "") -> None:
        super().__init__(name, text)
        self.name, self.text = name, text


class Calls:
    """The methods of org.bluez, on what a radio has in range."""

    def __init__(self, radio: Bluetoothd) -> None:
        self._radio = radio
        self._hanging: dict[str, Message] = {}
        self._unanswered: list[Message] = []  # reads
        self._agents: dict[str, tuple[str, str]] = {}  # path and capability, by the client that registered it
        self._pairing: set[asyncio.Task[None]] = set()

    def answer(self, message: Message) -> Message | bool | None:
        """The answer to a call; None where there is no such method."""
        method = self._methods.get((message.interface or "", message.member or ""))
        if method is None:
            return None
        try:
            return method(self, message)
        except _RefusedError as refused:
            return Message.new_error(message, refused.name, refused.text)

    def _start_discovery(self, message: Message) -> Message | bool:
        scan = self._powered(message)
        if scan in self._radio.scanning:
            raise _RefusedError("org.bluez.Error.InProgress", "Operation already in progress")
        self._radio.scanning.add(scan)
        for meter in self._radio.meters:
            self._radio.advertise(meter)
        self._radio.settle()
        return Message.new_method_return(message)

    def _stop_discovery(self, message: Message) -> Message | bool:
        self._radio.scanning.discard(self._powered(message))
        for path, interfaces in self._radio.objects.items():
            here = path.startswith(f"{message.path}/")
            if here and DEVICE in interfaces and "RSSI" in interfaces[DEVICE]:
                self._radio.objects.lose(path, DEVICE, "RSSI")
        return Message.new_method_return(message)

    def _set_filter(self, message: Message) -> Message | bool:
        self._radio.filters[self._powered(message)] = message.body[0]
        return Message.new_method_return(message)

    def _connect(self, message: Message) -> Message | bool:
        meter = self._meter(message)
        try:
            self._powered(message)
        except _RefusedError as off:  # a device does not say what its adapter says
            raise _RefusedError("org.bluez.Error.Failed", "Input/output error") from off
        if meter.refusal is not None:
            raise _RefusedError("org.bluez.Error.Failed", meter.refusal)
        if meter.connect_hangs:
            self._hanging[meter.path] = message
            self._radio.settle()
            return _LATER
        self._radio.link_up(meter)
        if meter.drops_at_connect:
            self._radio.link_down(meter)
            raise _RefusedError("org.bluez.Error.Failed", "le-connection-abort-by-remote")
        self._radio.objects.bus.send(Message.new_method_return(message))
        self._resolve(meter)
        return _LATER

    def _resolve(self, meter: Peripheral) -> None:
        for path, (interface, properties) in meter.objects.items():
            if path not in self._radio.objects:
                self._radio.objects.add(path, {interface: dict(properties)})
        self._radio.objects.change(meter.path, DEVICE, {"ServicesResolved": Variant("b", True)})

    def _protects(self, meter: Peripheral, uuid: str) -> bool:
        """Whether the meter withholds that from a stranger without a word; refuses where it says so."""
        if meter.paired or uuid not in meter.protected:
            return False
        if meter.hangs_up:
            self._radio.link_down(meter)
            return True
        if meter.unpaired_error is not None:
            raise _RefusedError(*meter.unpaired_error)
        meter.spoilt = True
        self._radio.settle()
        return True

    def _register_agent(self, message: Message) -> Message | bool:
        if message.sender in self._agents:
            raise _RefusedError("org.bluez.Error.AlreadyExists", "Already Exists")
        self._agents[message.sender or ""] = tuple(message.body)
        return Message.new_method_return(message)

    def _pair(self, message: Message) -> Message | bool:
        """As BlueZ: connects first, and asks the agent of the client that wants it paired."""
        self._powered(message)
        meter = self._meter(message)
        if meter.paired:
            raise _RefusedError("org.bluez.Error.AlreadyExists", "Already Exists")
        if meter.spoilt and meter.passkey is None:
            return _LATER
        task = asyncio.create_task(self._paired(meter, message))
        self._pairing.add(task)
        task.add_done_callback(self._pairing.discard)
        return _LATER

    async def _paired(self, meter: Peripheral, message: Message) -> None:
        bus, (agent, capability) = self._radio.objects.bus, self._agents.get(message.sender or "", ("", ""))
        if not meter.connected:
            self._radio.link_up(meter)
            self._resolve(meter)
        if meter.passkey is not None:
            reply = None
            if agent and "Keyboard" in capability:
                ask = Message(message.sender, agent, "org.bluez.Agent1", "RequestPasskey", signature="o")
                ask.body = [meter.path]
                reply = await bus.call(ask)
            wrong = reply is None or reply.message_type is MessageType.ERROR or reply.body != [meter.passkey]
            if wrong or meter.spoilt:
                self._radio.link_down(meter)
                error = "org.bluez.Error.AuthenticationFailed"
                bus.send(Message.new_error(message, error, "Authentication Failed"))
                return
        meter.paired = True
        self._radio.objects.change(meter.path, DEVICE, {"Paired": Variant("b", True)})
        bus.send(Message.new_method_return(message))

    def _cancel_pairing(self, message: Message) -> Message | bool:
        for task in self._pairing:
            task.cancel()
        return Message.new_method_return(message)

    def _set(self, message: Message) -> Message | bool:
        interface, name, value = message.body
        self._radio.objects.change(self._meter(message).path, interface, {name: value})
        return Message.new_method_return(message)

    def _disconnect(self, message: Message) -> Message | bool:
        meter = self._meter(message)
        pending = self._hanging.pop(meter.path, None)
        if pending is not None:
            self._radio.objects.bus.send(
                Message.new_error(pending, "org.bluez.Error.Failed", "Operation was cancelled")
            )
        self._radio.link_down(meter)
        return Message.new_method_return(message)

    def _read(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        meter.reads.append(uuid)
        self._radio.settle()
        if self._protects(meter, uuid):
            return _LATER
        if uuid in meter.silent_reads:
            self._unanswered.append(message)
            return _LATER
        if uuid in meter.unreadable or uuid not in meter.values:
            raise _RefusedError("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
        meter.emit(meter.values[uuid], uuid)  # what was read is the property's new value
        return Message.new_method_return(message, "ay", [meter.values[uuid]])

    def answer_reads(self, meter: Peripheral) -> None:
        """Answers those of this meter that wait."""
        for message in [x for x in self._unanswered if (x.path or "").startswith(meter.path)]:
            self._unanswered.remove(message)
            uuid = meter.uuid_at(message.path or "")
            answer = Message.new_method_return(message, "ay", [meter.values[uuid or ""]])
            self._radio.objects.bus.send(answer)

    def _write(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        if self._protects(meter, uuid):
            return _LATER
        if not meter.subscribers.get(uuid):
            raise _RefusedError("org.bluez.Error.Failed", "Operation failed with ATT error: 0xfd")
        if meter.control_errors:
            error = meter.control_errors.pop(0)
            raise _RefusedError("org.bluez.Error.Failed", f"Operation failed with ATT error: 0x{error:02x}")
        request = bytes(message.body[0])
        meter.writes.append(request)
        self._radio.settle()
        if meter.control_hangs:
            return _LATER
        answer = meter.on_control(request)
        if answer is not None:
            meter.emit(answer, uuid)
        return Message.new_method_return(message)

    def _start_notify(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        if self._protects(meter, uuid):
            return _LATER
        meter.subscribers.setdefault(uuid, set()).add(message.sender or "")
        if uuid == "2a63":
            for payload in meter.before_answer:
                meter.emit(payload, uuid)
            meter.before_answer = []
        self._radio.settle()
        if uuid in meter.silent_subscriptions:
            return _LATER
        return Message.new_method_return(message)

    def _stop_notify(self, message: Message) -> Message | bool:
        meter, uuid = self._characteristic(message)
        meter.subscribers.get(uuid, set()).discard(message.sender or "")
        return Message.new_method_return(message)

    def client_left(self, client: str) -> None:
        """Its agent is gone."""
        self._agents.pop(client, None)

    def _managed(self, message: Message) -> Message | bool:
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._radio.objects])

    def _powered(self, message: Message) -> tuple[str, str]:
        """The adapter's path and the caller; refuses where there is no such adapter, or it is off."""
        path = "/".join((message.path or "").split("/")[:4])
        adapter = self._radio.objects.get(path)
        if adapter is None:
            raise _RefusedError(f"{_BUS_ERROR}.UnknownObject", "no such adapter")
        if not adapter[ADAPTER]["Powered"].value:
            raise _RefusedError("org.bluez.Error.NotReady", "Resource Not Ready")
        return path, message.sender or ""

    def _meter(self, message: Message) -> Peripheral:
        for meter in self._radio.meters:
            if meter.path == message.path and meter.path in self._radio.objects:
                return meter
        raise _RefusedError(f"{_BUS_ERROR}.UnknownObject", f"no object {message.path}")

    def _characteristic(self, message: Message) -> tuple[Peripheral, str]:
        path = message.path or ""
        for meter in self._radio.meters:
            uuid = meter.uuid_at(path)
            if uuid is not None and path in self._radio.objects:
                if not meter.connected:
                    raise _RefusedError("org.bluez.Error.Failed", "Not connected")
                return meter, uuid
        raise _RefusedError(f"{_BUS_ERROR}.UnknownObject", f"no object {path}")

    _methods = {  # noqa: RUF012 - a table, never changed
        (OBJECT_MANAGER, "GetManagedObjects"): _managed,
        (ADAPTER, "StartDiscovery"): _start_discovery,
        (ADAPTER, "StopDiscovery"): _stop_discovery,
        (ADAPTER, "SetDiscoveryFilter"): _set_filter,
        (DEVICE, "Connect"): _connect,
        (DEVICE, "Disconnect"): _disconnect,
        (DEVICE, "Pair"): _pair,
        (DEVICE, "CancelPairing"): _cancel_pairing,
        (PROPERTIES, "Set"): _set,
        ("org.bluez.AgentManager1", "RegisterAgent"): _register_agent,
        (CHARACTERISTIC, "ReadValue"): _read,
        (CHARACTERISTIC, "WriteValue"): _write,
        (CHARACTERISTIC, "StartNotify"): _start_notify,
        (CHARACTERISTIC, "StopNotify"): _stop_notify,
    }
