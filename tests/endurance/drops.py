"""Links that are lost, again and again, in one ride."""

from __future__ import annotations

import random
import signal
from asyncio import wait_for
from asyncio.subprocess import DEVNULL
from pathlib import Path

from legbal.library.rides import Library
from legbal.ride.inputs import Link
from tests.bluetooth.bluetoothd import bluetoothd
from tests.bluetooth.command import running
from tests.endurance import Figure, at_most, exactly
from tests.endurance.meter import NAME, NumberedMeter, numbers

_MOST_GROWN_MIB = 5.0


async def drops(count: int, seed: int) -> list[Figure]:
    """Drops the link of one ride so many times, each time after some packets."""
    chance = random.Random(seed)
    async with bluetoothd() as radio:
        meter = NumberedMeter(radio)
        async with running(
            "ride", "--headless", "--no-sound", "--no-awake", "--meter", NAME, stdout=DEVNULL
        ) as process:
            before = (0, 0, 0.0)
            for number in range(count):
                await meter.peripheral.subscribed(seconds=60.0)
                await meter.send_for(chance.uniform(0.3, 1.0))
                if number == count // 10:  # all that is made once has been made
                    before = _held(process.pid)
                meter.peripheral.drop()
            await meter.peripheral.subscribed(seconds=60.0)
            await meter.send_for(0.5)
            after = _held(process.pid)
            process.send_signal(signal.SIGINT)
            _, complaints = await wait_for(process.communicate(), 60)
            code = process.returncode
    with Library() as library:
        rides = library.rides()
        kept = numbers(library, rides[0])
        connected = sum(isinstance(x, Link) and x.state == "connected" for x in library.inputs(rides[0]))
        states = [ride.state for ride in rides]
    name = f"of {count} drops"
    leaked = max(2, count // 20)  # the loop's pool may still have grown; a leak would be one each
    return [
        exactly(f"{name}, rides", states, ["done"]),
        exactly(f"{name}, times connected", connected, count + 1),
        exactly(f"{name}, packets kept in order", kept == list(range(len(meter.sent_at))), wanted=True),
        exactly(f"{name}, exit code and complaints", (code, complaints.decode()), (0, "")),
        at_most(f"{name}, more files open at the end", after[0] - before[0], leaked, "files", 0),
        at_most(f"{name}, more threads at the end", after[1] - before[1], leaked, "threads", 0),
        at_most(f"{name}, more memory at the end", after[2] - before[2], _MOST_GROWN_MIB, "MiB"),
    ]


def _held(process: int) -> tuple[int, int, float]:
    """Open files, threads and resident MiB of a process."""
    place = Path(f"/proc/{process}")
    resident = int((place / "statm").read_text().split()[1]) * 4096 / 2**20
    return len(list((place / "fd").iterdir())), len(list((place / "task").iterdir())), resident
