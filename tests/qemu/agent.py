"""What a desktop answers when a device is to be paired: an org.bluez.Agent1 that agrees, and types a passkey."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dbus_fast import BusType, Message
from dbus_fast.aio import MessageBus

_INTERFACE, _PATH, _MANAGER = "org.bluez.Agent1", "/tests/agent", "org.bluez.AgentManager1"


@asynccontextmanager
async def system_agent(address: str, passkey: int) -> AsyncIterator[list[str]]:
    """On the bus at this address, as the default one; gives what it has been asked so far."""
    asked: list[str] = []

    def answer(message: Message) -> Message | None:
        if message.interface != _INTERFACE:
            return None
        asked.append(str(message.member))
        if message.member == "RequestPasskey":
            return Message.new_method_return(message, "u", [passkey])
        return Message.new_method_return(message)

    bus = await MessageBus(bus_address=address, bus_type=BusType.SYSTEM).connect()
    bus.add_message_handler(answer)
    try:
        for member, signature, body in (
            ("RegisterAgent", "os", [_PATH, "KeyboardDisplay"]),
            ("RequestDefaultAgent", "o", [_PATH]),
        ):
            await bus.call(
                Message("org.bluez", "/org/bluez", _MANAGER, member, signature=signature, body=body)
            )
        yield asked
    finally:
        bus.disconnect()
