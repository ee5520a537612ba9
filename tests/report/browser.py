"""A real Chromium without a window or a network, spoken to over its debugging pipe (no port, no other program).

It runs in a network namespace of its own where the system allows that, so that there is nothing to reach; in any
case through a proxy that is not there.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.programs import require_program

_PATIENCE_S = 60.0
_WITHOUT_NETWORK = ("unshare", "--user", "--map-root-user", "--net")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--proxy-server=127.0.0.1:9",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1280,1000",
    "--remote-debugging-pipe",
)
_LOOPBACK = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"  # in place of that above
)
_ANYWHERE = ("--no-proxy-server", "--host-resolver-rules=")  # in place of those above
_PIPE = 'exec "$@" 3<&{} 4>&{}'  # the descriptors on which Chromium reads and writes


class Browser:
    """One Chromium with one page at a time; `said` holds what the page's console, its errors and its policy said."""

    def __init__(self, process: subprocess.Popen[bytes], write: int, read: int) -> None:
        self._process, self._write, self._read = process, write, read
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []

    def start(self) -> None:
        """Opens an empty page and listens to everything that it says."""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    def open(self, page: Path | str, *, scheme: str = "light", script: bool = True) -> None:
        """Loads a file or an address, in the light or dark scheme, with or without JavaScript."""
        self.events.clear()
        self._send("Emulation.setScriptExecutionDisabled", value=not script)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._send("Emulation.setEmulatedMedia", media="", features=features)
        self._send("Page.navigate", url=page if isinstance(page, str) else page.resolve().as_uri())
        self._await(lambda event: event["method"] == "Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression on the page; a promise is awaited."""
        answer = self._send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def drawn(self) -> None:
        """Waits until the page has been drawn twice: what was asked for is on it."""
        self.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
        )

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """A real event of the mouse: `mouseMoved`, `mousePressed`, `mouseReleased`, `mouseWheel`."""
        self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)
        self.drawn()

    def click(self, x: float, y: float, times: int = 1) -> None:
        """So many clicks of the left button, one after the other."""
        for number in range(1, times + 1):
            self.mouse("mousePressed", x, y, button="left", clickCount=number)
            self.mouse("mouseReleased", x, y, button="left", clickCount=number)

    def touch(self, *frames: tuple[tuple[float, float], ...]) -> None:
        """Fingers put down at the first frame's places, moved to those of each further one, and lifted."""
        self._send("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
        for number, places in enumerate(frames):
            points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
            self._send(
                "Input.dispatchTouchEvent",
                type="touchMove" if number else "touchStart",
                touchPoints=points,
            )
            self.drawn()
        self._send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self._send("Emulation.setTouchEmulationEnabled", enabled=False)
        self.drawn()

    def key(self, key: str, *, shift: bool = False) -> None:
        """A key pressed and let go."""
        text = {"text": key} if len(key) == 1 else {}
        for kind in ("keyDown", "keyUp"):
            modifiers = 8 if shift else 0
            self._send("Input.dispatchKeyEvent", type=kind, key=key, modifiers=modifiers, **text)
        self.drawn()

    def size(self, width: int, height: int) -> None:
        """Makes the window so wide and high, in CSS pixels."""
        self._send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.drawn()

    def picture(self) -> bytes:
        """The whole page as PNG."""
        size = self._send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self._send("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def printed(self) -> bytes:
        """The page as PDF, on the paper that its own style asks for."""
        pdf = self._send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(pdf["data"])

    def complaints(self) -> list[str]:
        """What the page's console, uncaught errors and security policy said since it was opened."""
        self.evaluate("1")  # what was said before the answer has arrived
        found = []
        for event in self.events:
            said = event.get("params", {})
            if event["method"] == "Log.entryAdded":
                found.append(f"{said['entry']['source']}: {said['entry']['text']}")
            elif event["method"] in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                found.append(json.dumps(said))
        return found

    def requested(self) -> list[str]:
        """The addresses that the page asked for since it was opened."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        _write_all(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _await(self, wanted: Any) -> None:
        if any(wanted(event) for event in self.events):
            return
        while True:
            event = self._next()
            self.events.append(event)
            if wanted(event):
                return

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE_S
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            assert ready, "Chromium does not answer"
            octets = os.read(self._read, 1 << 20)
            assert octets, f"Chromium ended, code {self._process.wait()}"
            self._rest += octets
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


def _write_all(descriptor: int, octets: bytes) -> None:
    while octets:
        octets = octets[os.write(descriptor, octets) :]


def _cut() -> tuple[str, ...]:
    """The command that runs another one without any network; nothing where the system has or allows none."""
    if shutil.which(_WITHOUT_NETWORK[0]) is None:
        return ()
    tried = subprocess.run([*_WITHOUT_NETWORK, "true"], capture_output=True, check=False)
    return _WITHOUT_NETWORK if tried.returncode == 0 else ()


@contextmanager
def browser(
    folder: Path, *, reaches_loopback: bool = False, network: Sequence[str] = ()
) -> Iterator[Browser]:
    """A Chromium whose profile lies in `folder`; the calling test skips where none is installed.

    It may reach servers on 127.0.0.1, where that is what a test is about, or whatever is reached from another network:
    `network` is the command that runs another one there.
    """
    program = require_program("chromium")
    reads, to_chromium = os.pipe()
    from_chromium, writes = os.pipe()
    pipe = (
        "bash",
        "-c",
        _PIPE.format(reads, writes),
        "bash",
    )  # other shells know descriptors of one digit only
    more = _ANYWHERE if network else (_LOOPBACK,) if reaches_loopback else ()
    command = [
        *(network or (() if reaches_loopback else _cut())),
        *pipe,
        program,
        *_OPTIONS,
        *more,
        f"--user-data-dir={folder}",
        "about:blank",
    ]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            command, pass_fds=(reads, writes), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    os.close(reads)
    os.close(writes)
    opened = Browser(process, to_chromium, from_chromium)
    try:
        opened.start()
        yield opened
    finally:
        os.close(to_chromium)  # Chromium ends when nobody speaks to it any more
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(from_chromium)
