"""A mosquitto of the test's own."""

from __future__ import annotations

import contextlib
import secrets
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.programs import require_program

SAYS_IT_RUNS = b" running"


_PORTS = (
    20_000,
    32_768,
)  # below those that systems give to whoever connects: nobody takes one between two starts


def free_port() -> int:
    """A port of the loopback that nobody uses just now, nor tests that run beside this one soon."""
    first, end = _PORTS
    while True:
        port = first + secrets.randbelow(end - first)  # not `random`, which tests that run beside seed alike
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Mosquitto:
    """A broker process that can be killed and started again on the same port.

    Args:
        folder: for its configuration.
        settings: lines of configuration; default: anybody may connect.
    """

    def __init__(self, folder: Path, settings: Sequence[str] = ("allow_anonymous true",)) -> None:
        self.program = require_program("mosquitto")
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", "user root", *settings]
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._drain: threading.Thread | None = None  # takes what it says, lest it waits to be heard

    @property
    def url(self) -> str:
        """Where it listens, without TLS."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it; it listens when this returns."""
        command = [self.program, "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        said = b""
        while SAYS_IT_RUNS not in said:
            line = self._process.stderr.readline()
            if not line:
                self.kill()
                raise AssertionError(f"mosquitto did not start: {said.decode()}")
            said += line
        self._drain = threading.Thread(target=self._process.stderr.read)
        self._drain.start()

    def kill(self) -> None:
        """Kills it in mid-sentence."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if self._drain is not None:
                self._drain.join()
            assert process.stderr is not None
            process.stderr.close()


@contextlib.contextmanager
def mosquitto(folder: Path, settings: Sequence[str] = ("allow_anonymous true",)) -> Iterator[Mosquitto]:
    """A running broker."""
    broker = Mosquitto(folder, settings)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
