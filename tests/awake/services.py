"""A fake screen saver, session manager and login service, on a private bus that is both the session's and the system's.

They copy what the real ones do with a client that is gone. The screen saver and the session manager forget what it
holds once its name leaves the bus; the login service once nobody has the other end of a pipe open.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from tests.bluetooth.dbus_daemon import dbus_daemon
from tests.watched import Watched

SCREEN_SAVER = "org.freedesktop.ScreenSaver"
SESSION_MANAGER = "org.gnome.SessionManager"
LOGIN = "org.freedesktop.login1"
DESKTOP = (SCREEN_SAVER, SESSION_MANAGER)
_BUS = "org.freedesktop.DBus"


class Services(Watched):
    """Those of them that are there, and what they were called for.

    Attributes:
        refusing: the names of those that refuse, all with "Not today".
        silent: the names of those that do not answer.
        can_suspend: what the login service says of that.
        calls: every call, by interface and method, with what came along.
        cookies: what clients hold of screen saver and session manager: whose each is.
        locks: how many the login service has given that are not given back.
        vanished: how many cookies were forgotten because their holder was gone.
    """

    def __init__(self) -> None:
        self.refusing: set[str] = set()
        self.silent: set[str] = set()
        self.can_suspend = "yes"
        self.calls: list[tuple[str, str, list[object]]] = []
        self.cookies: dict[int, str] = {}
        self.locks = self.vanished = 0
        super().__init__()
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self, address: str, names: tuple[str, ...]) -> None:
        """Comes on the bus under these names."""
        self._bus = await MessageBus(
            bus_address=address, bus_type=BusType.SYSTEM, negotiate_unix_fd=True
        ).connect()
        self._bus.add_message_handler(self._on_message)
        rule = f"type='signal',sender='{_BUS}',member='NameOwnerChanged'"
        await self._bus.call(
            Message(_BUS, "/org/freedesktop/DBus", _BUS, "AddMatch", signature="s", body=[rule])
        )
        for name in names:
            await self._bus.request_name(name)

    async def stop(self) -> None:
        """Leaves the bus."""
        await asyncio.gather(*self._sending)
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # it has no types

    @property
    def held(self) -> bool:
        """Whether somebody keeps the computer awake and its screen on."""
        return bool(self.cookies) and self.locks > 0

    @property
    def is_free(self) -> bool:
        """Whether all that was taken is given back."""
        return not self.cookies and not self.locks

    def _on_message(self, message: Message) -> Message | bool | None:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            client, _old, new = message.body
            if not new:
                left = [cookie for cookie, owner in self.cookies.items() if owner == client]
                self.vanished += len(left)
                for cookie in left:
                    del self.cookies[cookie]
                self.settle()
        if message.message_type is not MessageType.METHOD_CALL or not message.interface:
            return None
        interface, member = message.interface, message.member or ""
        service = LOGIN if interface.startswith(LOGIN) else interface
        if service not in (*DESKTOP, LOGIN):
            return None
        self.calls.append((service, member, list(message.body)))
        answer = self._answer(message, service, member)
        self.settle()
        return answer

    def _answer(self, message: Message, service: str, member: str) -> Message | bool:
        if service in self.silent:
            return True
        if member == "CanSuspend":
            return Message.new_method_return(message, "s", [self.can_suspend])
        if service in self.refusing:
            return Message.new_error(message, f"{_BUS}.Error.AccessDenied", "Not today")
        if service == LOGIN:
            self._give_lock(message)
            return True
        if member == "Inhibit":
            cookie = len(self.calls)
            self.cookies[cookie] = message.sender or ""
            return Message.new_method_return(message, "u", [cookie])
        del self.cookies[message.body[0]]  # UnInhibit, which the session manager writes Uninhibit
        return Message.new_method_return(message)

    def _give_lock(self, message: Message) -> None:
        ours, theirs = os.pipe()
        self.locks += 1
        loop = asyncio.get_running_loop()

        def closed() -> None:
            loop.remove_reader(ours)
            os.close(ours)
            self.locks -= 1
            self.settle()

        async def send() -> None:
            reply = Message.new_method_return(message, "h", [0], unix_fds=[theirs])
            await self._bus.send(reply)
            os.close(theirs)
            loop.add_reader(ours, closed)  # readable once nobody can write any more

        task = loop.create_task(send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


@asynccontextmanager
async def services(*names: str, address: str | None = None) -> AsyncIterator[Services]:
    """Runs those of these names on a bus of their own, or of that address, and points the environment at it."""
    async with _bus(address) as bus:
        running = Services()
        await running.start(bus, names)
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("WAKEPY_FAKE_SUCCESS")
            for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
                patch.delenv(variable, raising=False)
            for variable in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
                patch.setenv(variable, bus)
            try:
                yield running
            finally:
                await running.stop()


@asynccontextmanager
async def _bus(address: str | None) -> AsyncIterator[str]:
    if address is not None:
        yield address
        return
    async with dbus_daemon() as private:
        yield private
