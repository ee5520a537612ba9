"""A program on a pseudo-terminal, as a rider sees and types it."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import pytest

from legbal.cli import main

CONTROLS = re.compile(
    rb"\x1b(\[[0-9;?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])"
)


class Terminal:
    """What a program has written to its terminal so far, and the keys that it is sent."""

    def __init__(self, descriptor: int, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._descriptor = descriptor
        self._seen = b""
        self._news = asyncio.Event()
        self._open = True
        os.set_blocking(descriptor, False)
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            more = os.read(self._descriptor, 65536)
        except BlockingIOError:
            return
        except OSError:  # how Linux says that the other end has closed
            more = b""
        if not more:
            asyncio.get_running_loop().remove_reader(self._descriptor)
        self._seen += more
        self._news.set()

    @property
    def raw(self) -> bytes:
        """All that was written since the last key."""
        return self._seen

    @property
    def text(self) -> str:
        """The same without what moves and colours it."""
        return CONTROLS.sub(b"", self._seen).decode(errors="replace")

    async def shows(self, words: str, seconds: float = 40.0) -> None:
        """Waits until these words have been written since the last key."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while words not in self.text:
                    self._news.clear()
                    await self._news.wait()
        assert words in self.text, f"never shown: {words!r} in {self.text[-3000:]!r}"

    def press(self, keys: str) -> None:
        """Types, and forgets what was shown before."""
        self._seen = b""
        os.write(self._descriptor, keys.encode())

    async def answers(self, keys: str, words: str) -> None:
        """Types, and waits until these words are the answer."""
        self.press(keys)
        await self.shows(words)

    def close(self) -> None:
        """Closes the terminal's window, whatever runs there."""
        if self._open:
            self._open = False
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)

    async def ended(self, seconds: float = 40.0) -> int:
        """Waits for the program's end; gives its exit code."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()


@asynccontextmanager
async def on_terminal(
    *arguments: str,
    program: Sequence[str] = (sys.executable, "-m", "legbal"),
    columns: int = 80,
    rows: int = 24,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Terminal]:
    """`legbal ARGUMENTS`, or another program, on a terminal of this size; killed at the latest at the block's end."""
    import fcntl
    import struct
    import termios

    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    # a test worker's own size, which would go before the terminal's
    ambient = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = await asyncio.create_subprocess_exec(
        *(*program, *arguments),
        stdin=its,
        stdout=its,
        stderr=its,
        env={**ambient, "TERM": "xterm-256color", **(environment or {})},
        start_new_session=True,
    )
    os.close(its)
    terminal = Terminal(ours, process)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        terminal.close()


def legbal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Runs the command in this process, without a terminal: its exit code, what it wrote to stdout and to stderr."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err
