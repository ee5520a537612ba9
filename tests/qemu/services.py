"""What runs in the guest as on a rider's computer: the system bus, bluetoothd, and legbal itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from dbus_fast import BusType, Message, Variant
from dbus_fast.aio import MessageBus

from legbal.library.rides import Library
from legbal.ride.inputs import Notification

HCI0 = "/org/bluez/hci0"


class BluetoothService:
    """bluetoothd, and what is asked of it."""

    process: Process

    def __init__(self, program: str, bus: MessageBus) -> None:
        self._program, self._bus = program, bus

    async def start(self) -> None:
        """Starts it."""
        self.process = await asyncio.create_subprocess_exec(self._program, "--nodetach")

    async def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends it."""
        self.process.send_signal(by)
        await self.process.wait()

    async def power(self, on: bool) -> None:
        """Switches the adapter on or off, as ``bluetoothctl power`` does."""
        call = ("org.freedesktop.DBus.Properties", "Set", "ssv")
        await self.call(HCI0, *call, "org.bluez.Adapter1", "Powered", Variant("b", on))

    async def powered(self, seconds: float = 60.0) -> None:
        """Waits until there is an adapter, and it is on."""
        async with asyncio.timeout(seconds):
            while True:
                try:
                    call = ("org.freedesktop.DBus.Properties", "Get", "ss")
                    state = await self.call(HCI0, *call, "org.bluez.Adapter1", "Powered")
                except RuntimeError:  # no adapter yet, or no bluetoothd
                    pass
                else:
                    if state.value:
                        return
                await asyncio.sleep(0.2)

    async def call(
        self, path: str, interface: str, member: str, signature: str = "", *arguments: object
    ) -> Variant:
        """Calls a method, and gives the first value of the answer; raises RuntimeError with D-Bus's words."""
        answer = await self._bus.call(
            Message("org.bluez", path, interface, member, signature=signature, body=list(arguments))
        )
        if answer is None or answer.error_name:
            raise RuntimeError(f"{answer.error_name}: {answer.body}" if answer else "no answer")
        return answer.body[0] if answer.body else Variant("b", True)


@asynccontextmanager
async def bluetooth_service(program: str, address: str) -> AsyncIterator[BluetoothService]:
    """bluetoothd, the program, on the bus at this address."""
    bus = await MessageBus(bus_address=address, bus_type=BusType.SYSTEM).connect()
    service = BluetoothService(program, bus)
    await service.start()
    try:
        yield service
    finally:
        if service.process.returncode is None:
            await service.stop()
        bus.disconnect()


class Ride:
    """A running ``legbal ride``.

    Attributes:
        home: legbal's own folder.
        events: what it has told so far.
        complaints: what it has said on standard error so far.
    """

    def __init__(self, process: Process, home: Path) -> None:
        self._process, self.home = process, home
        self.events: list[dict[str, Any]] = []
        self.complaints = ""
        self._more = asyncio.Event()
        self._tasks = (asyncio.create_task(self._listen()), asyncio.create_task(self._complaints()))

    @property
    def links(self) -> list[dict[str, Any]]:
        """The states of the link, in order."""
        return [event for event in self.events if event["event"] == "link"]

    async def connected(self, times: int) -> None:
        """Waits until it has told so many times that the link is up."""
        await self._until(lambda: [link["state"] for link in self.links].count("connected") >= times)

    async def told(self, words: str) -> str:
        """Waits until what it tells of the link holds these words, and gives that."""

        def texts() -> list[str]:
            return [text for link in self.links if words in (text := link.get("text", ""))]

        await self._until(lambda: bool(texts()))
        return texts()[0]

    async def _until(self, holds: Callable[[], bool], seconds: float = 240.0) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                self._more.clear()
                await self._more.wait()

    def recorded(self) -> list[bytes]:
        """The measurements in the library's newest ride."""
        with Library(self.home / "library.sqlite") as library:
            inputs = library.inputs(library.find("last"))
            return [x.data for x in inputs if isinstance(x, Notification) and x.uuid == "2a63"]

    async def end(self, seconds: float = 60.0) -> int:
        """Ctrl-C; gives the exit code."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
        async with asyncio.timeout(seconds):
            code = await self._process.wait()
            await asyncio.gather(*self._tasks)
        return code

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.events.append(json.loads(line))
            self._more.set()

    async def _complaints(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.complaints += line.decode()


async def legbal(home: Path, *arguments: str) -> str:
    """Runs legbal to its end, in `home`; gives what it printed, complaints included."""
    process = await _started(home, *arguments)
    out, err = await process.communicate()
    return (out + err).decode()


async def _started(home: Path, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "legbal", *arguments),
        stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE,
        env={**os.environ, "LEGBAL_HOME": str(home)},
    )  # fmt: skip


@asynccontextmanager
async def legbal_ride(home: Path, *arguments: str) -> AsyncIterator[Ride]:
    """A ride with a library of its own, killed at the latest when the block is left."""
    process = await _started(home, "ride", "--headless", "--events", "--no-sound", *arguments)
    ride = Ride(process, home)
    try:
        yield ride
    except BaseException:
        print(*ride.events[-20:], ride.complaints, sep="\n", file=sys.stderr)
        raise
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
