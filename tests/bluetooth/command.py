"""legbal as a rider calls it, in a process of its own, which sees the fake bluetoothd of the test."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from legbal.app.bluetooth_meters import SEARCH_S

_START = "import sys, legbal.app.bluetooth_meters as session; from legbal.cli import main; "


class Command:
    """A running legbal."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._err = ""

    async def said(self, words: str, seconds: float = 30.0) -> None:
        """Waits until it has said these words on standard error."""
        assert self.process.stderr is not None
        async with asyncio.timeout(seconds):
            while words not in self._err:
                chunk = await self.process.stderr.read(4096)
                assert chunk, f"legbal ended without saying {words!r}: {self._err}"
                self._err += chunk.decode()

    async def ended(self, typed: bytes | None = None, seconds: float = 30.0) -> tuple[int, str, str]:
        """Types what is `typed`, waits for the end, and gives exit code, output and errors."""
        async with asyncio.timeout(seconds):
            out, err = await self.process.communicate(typed)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), self._err + err.decode()


@asynccontextmanager
async def started(
    *arguments: str, folder: Path | None = None, search_s: float = SEARCH_S, stdin: int = PIPE
) -> AsyncIterator[Command]:
    """Starts legbal in `folder`; it gives up its search after `search_s`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{_START}session.SEARCH_S = {search_s}; main(sys.argv[1:])", *arguments),
        stdin=stdin,
        stdout=PIPE,
        stderr=PIPE,
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield Command(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def legbal(
    *arguments: str, typed: bytes | None = None, folder: Path | None = None, search_s: float = SEARCH_S
) -> tuple[int, str, str]:
    """Runs legbal to its end; gives its exit code, output and errors."""
    stdin = DEVNULL if typed is None else PIPE
    async with started(*arguments, folder=folder, search_s=search_s, stdin=stdin) as command:
        return await command.ended(typed)


@asynccontextmanager
async def running(*arguments: str, stdout: int = PIPE) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs legbal as it is, with warnings as errors; it is killed at the latest when the block is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "legbal", *arguments), stdout=stdout, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
