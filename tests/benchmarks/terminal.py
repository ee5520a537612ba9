"""A command on a terminal of its own: keys go in, what it paints comes out, each with its time."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Terminal:
    """A running command, or another module, on 40 lines of 120 columns; `pid` is its process."""

    def __init__(self, arguments: list[str], home: Path, module: str = "legbal") -> None:
        import fcntl  # which Windows has not
        import termios

        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LEGBAL_HOME": str(home),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self._seen = b""

    @property
    def pid(self) -> int:
        """The command's process."""
        return self._process.pid

    def until(self, text: str, timeout_s: float = 30.0) -> None:
        """Reads until the text is painted, whatever came before; what follows is left for the next wait."""
        wanted = text.encode()
        end = time.monotonic() + timeout_s
        while wanted not in self._seen:
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} was not painted within {timeout_s} s; last: {self._seen[-300:]!r}"
            self._seen = (self._seen + os.read(self._master, 65536))[-1_000_000:]
        self._seen = self._seen.split(wanted, 1)[1]

    def forget(self, quiet_s: float = 0.0) -> None:
        """Takes in what is painted and not yet read, until nothing came for `quiet_s`."""
        while select.select([self._master], [], [], quiet_s)[0]:
            os.read(self._master, 65536)
        self._seen = b""

    def press(self, keys: str) -> None:
        """Types."""
        os.write(self._master, keys.encode())

    def cpu_s(self) -> float:
        """Processor seconds that the command has used, all its threads together."""
        return time.clock_gettime((~self.pid << 3) | 2)  # clock_getcpuclockid(3) of Linux

    def resident_mib(self) -> float:
        """Memory that the command occupies now, what it shares with others included."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(kib) / 1024

    def end(self) -> None:
        """Kills the command and closes the terminal."""
        self._process.kill()
        self._process.wait()
        os.close(self._master)


@contextmanager
def terminal(arguments: list[str], home: Path, module: str = "legbal") -> Iterator[Terminal]:
    """A command, or another module, that runs until the block ends."""
    running = Terminal(arguments, home, module)
    try:
        yield running
    finally:
        running.end()
