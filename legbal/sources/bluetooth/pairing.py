"""A meter that must be paired with this computer: asked about, and paired, where the system lets a program do that.

bleak pairs only what needs no passkey. On Linux BlueZ asks the agent of whoever asked it to pair, so here both are on
one connection to the bus; on Windows bleak does it; macOS lets nobody, and asks by itself.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDBusError

from legbal.errors import BluetoothError, UsageError
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.errors import failure, pairing_steps, translate_faults
from legbal.sources.bluetooth.radio import Radio

CAN_PAIR: Final = sys.platform in ("linux", "win32")

_BLUEZ, _DEVICE, _AGENT = "org.bluez", "org.bluez.Device1", "org.bluez.Agent1"
_MANAGER = "org.bluez.AgentManager1"
_AGENT_PATH = "/org/legbal/agent"
# a meter shows nothing and has no keys: where there is a passkey, it is typed here
_CAPABILITY = "KeyboardOnly"
_LARGEST_PASSKEY = 999_999


class PairingQuestions(Protocol):
    """Asks the rider what pairing takes."""

    async def agrees(self, meter: str) -> bool:
        """Whether the meter is to be paired with this computer now."""

    async def passkey(self, meter: str) -> int | None:
        """The meter's passkey, at most six digits; None where there is none to be had."""


class Pairing:
    """Pairs meters with this computer.

    Args:
        rider: is asked what it takes; None: nobody can be asked.
        radio: is held meanwhile.
        timings: how long to wait for what.
    """

    def __init__(self, rider: PairingQuestions | None, radio: Radio, timings: Timings) -> None:
        self._rider, self._radio, self._timings = rider, radio, timings
        self._declined: set[str] = set()  # addresses of meters that the rider does not want to pair

    async def offer(
        self, device: BLEDevice, label: str, fault: Exception, tell: Callable[[Exception], None]
    ) -> bool:
        """Pairs a meter whose `fault` is that it must be, if the rider agrees; gives whether it is paired now.

        A rider who does not is not asked again; what fails is told, and the next time asked again.
        """
        demanded = isinstance(fault, BluetoothError) and fault.reason == "not paired"
        if not demanded or self._rider is None or not CAN_PAIR or device.address in self._declined:
            return False
        try:
            if await self._rider.agrees(label):
                await self.pair(device, label)
                return True
        except UsageError:  # nobody is there to be asked
            pass
        except BluetoothError as error:
            tell(error)
            return False
        self._declined.add(device.address)
        return False

    async def pair(self, device: BLEDevice, label: str, *, anew: bool = False) -> None:
        """Pairs the meter, connected or not.

        Args:
            device: the handle from the scan.
            label: how errors name the meter.
            anew: on a link of its own: one that is up, of a ride in another process, is ended.

        Raises:
            BluetoothError: it is not paired; the message says why, and what the rider can do in the system's own way.
        """
        with translate_faults(label, device.address):
            try:
                async with self._radio, asyncio.timeout(self._timings.pair_s):
                    if sys.platform == "linux":
                        await _pair_by_bluez(device, label, self._rider, anew)
                    elif sys.platform == "win32":
                        async with BleakClient(device, pair=True):
                            pass
                    else:
                        raise failure("not paired", label, address=device.address)
            except BleakDBusError as fault:
                refusals = ("org.bluez.Error.Authentication", "org.bluez.Error.Already")
                if not fault.dbus_error.startswith(refusals):
                    raise
                raise _refused(fault.dbus_error, label, device.address) from fault


def _refused(error: str, label: str, address: str) -> BluetoothError:
    if error.endswith("AlreadyExists"):
        return BluetoothError(
            f"{label} is paired with this computer already, but refuses it: it may have been reset since",
            reason="not paired",
            hint=f"Forget it (“bluetoothctl remove {address}”), turn its cranks, and pair it again.",
        )
    return BluetoothError(
        f"{label} was not paired: it took no passkey, another one, or none was given in time",
        reason="not paired",
        hint=f"Its maker's app or manual has the passkey. Then {pairing_steps(address=address)}.",
    )


if sys.platform == "linux":
    from dbus_fast import BusType, Message, MessageType, Variant
    from dbus_fast.aio import MessageBus

    async def _pair_by_bluez(
        device: BLEDevice, label: str, rider: PairingQuestions | None, anew: bool
    ) -> None:
        path = device.details["path"]
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        agent = _Agent(bus, path, label, rider)
        bus.add_message_handler(agent.on_message)

        async def call(path: str, interface: str, member: str, signature: str = "", *body: Any) -> None:
            reply = await bus.call(
                Message(_BLUEZ, path, interface, member, signature=signature, body=[*body])
            )
            if reply is not None and reply.message_type is MessageType.ERROR:
                raise BleakDBusError(reply.error_name or "", reply.body)

        try:
            if anew:
                # a ride's subscription has made BlueZ try by itself, without an agent; on that link no passkey
                # fits any more, or Pair is never answered
                await call(path, _DEVICE, "Disconnect")
            await call("/org/bluez", _MANAGER, "RegisterAgent", "os", _AGENT_PATH, _CAPABILITY)
            try:
                await call(path, _DEVICE, "Pair")
            except asyncio.CancelledError:
                with suppress(BleakDBusError):
                    await call(path, _DEVICE, "CancelPairing")
                raise
            trusted = (
                _DEVICE,
                "Trusted",
                Variant("b", True),
            )  # it may connect without a question from now on
            await call(path, "org.freedesktop.DBus.Properties", "Set", "ssv", *trusted)
        finally:
            agent.cancel()
            bus.disconnect()  # BlueZ forgets the agent with it

    class _Agent:
        """Answers what BlueZ asks while it pairs one device."""

        def __init__(self, bus: MessageBus, path: str, label: str, rider: PairingQuestions | None) -> None:
            self._bus, self._path, self._label, self._rider = bus, path, label, rider
            self._asking: asyncio.Task[None] | None = None

        def on_message(self, message: Message) -> Message | bool | None:
            """The answer to a call of the agent's; None to any other message."""
            if message.message_type is not MessageType.METHOD_CALL or message.interface != _AGENT:
                return None
            if message.member in ("Cancel", "Release"):
                self.cancel()
                return Message.new_method_return(message)
            if not message.body or message.body[0] != self._path:
                return Message.new_error(message, "org.bluez.Error.Rejected", "another device")
            if message.member in ("RequestPasskey", "RequestPinCode"):
                self.cancel()
                self._asking = asyncio.create_task(self._ask(message))
                return True  # the answer follows
            if message.member in ("RequestAuthorization", "AuthorizeService"):
                return Message.new_method_return(message)  # the rider has agreed to it
            return Message.new_error(message, "org.bluez.Error.Rejected", "cannot be shown")

        def cancel(self) -> None:
            """The question, if there is one, is not to be answered any more."""
            if self._asking is not None:
                self._asking.cancel()

        async def _ask(self, message: Message) -> None:
            passkey = await self._rider.passkey(self._label) if self._rider is not None else None
            if passkey is None or not 0 <= passkey <= _LARGEST_PASSKEY:
                answer = Message.new_error(message, "org.bluez.Error.Canceled", "no passkey")
            elif message.member == "RequestPasskey":
                answer = Message.new_method_return(message, "u", [passkey])
            else:
                answer = Message.new_method_return(message, "s", [f"{passkey:06d}"])
            await self._bus.send(answer)
