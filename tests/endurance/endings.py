"""Rude ends on a real terminal: it is closed, SIGQUIT, Ctrl-C twice. The ride is done, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from legbal.library.rides import Library
from tests.bluetooth.bluetoothd import bluetoothd
from tests.endurance import Figure, exactly
from tests.endurance.meter import NAME, NumberedMeter, numbers
from tests.terminal import Terminal, on_terminal

# as a login does: the terminal is the session's, so that its keys and its end are signals
_CONTROLLED = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    " os.execv(sys.executable, [sys.executable, '-m', 'legbal', *sys.argv[1:]])"
)
ENDS = ("closed", "SIGQUIT", "Ctrl-C twice")
ALL = tuple((end, screen) for screen in (True, False) for end in ENDS)


async def endings(
    folder: Path, seconds: float = 2.0, cases: Sequence[tuple[str, bool]] = ALL
) -> list[Figure]:
    """Rides so long for each end, with the screen (True) or without."""
    async with bluetoothd() as radio:
        meter = NumberedMeter(radio)
        return [
            await _end(meter, folder / str(number), end, seconds, screen=screen)
            for number, (end, screen) in enumerate(cases)
        ]


async def _end(meter: NumberedMeter, home: Path, end: str, seconds: float, *, screen: bool) -> Figure:
    meter.sent_at.clear()
    typed = ("ride", "--no-sound", "--meter", NAME, *(() if screen else ("--headless",)))
    async with on_terminal(
        *typed, program=(sys.executable, "-c", _CONTROLLED), environment={"LEGBAL_HOME": str(home)}
    ) as terminal:
        await meter.peripheral.subscribed(seconds=60.0)
        await meter.send_for(seconds)
        await _give(terminal, end)
        try:
            code: object = await terminal.ended()
        except TimeoutError:
            code = "never ended"
    if end == "Ctrl-C twice" and code == -signal.SIGINT:
        code = 0  # the second came when the ride was over already; what counts is below
    if meter.peripheral.connected:  # a killed program says goodbye to nobody
        meter.peripheral.drop()
    with Library(home / "library.sqlite") as library:
        rides = library.rides()
        states = [ride.state for ride in rides]
        lost = len(meter.sent_at) - len(numbers(library, rides[0])) if rides else len(meter.sent_at)
    name = f"{end}, {'on the screen' if screen else 'without the screen'}: exit code, rides, packets lost"
    return exactly(name, (code, states, lost), (0, ["done"], 0))


async def _give(terminal: Terminal, end: str) -> None:
    match end:
        case "closed":
            terminal.close()
        case "SIGQUIT":
            os.kill(terminal.process.pid, signal.SIGQUIT)
        case _:
            terminal.press("\x03")
            await asyncio.sleep(0.05)  # a rider's second press comes when the first has arrived
            terminal.press("\x03")
