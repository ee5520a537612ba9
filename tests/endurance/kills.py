"""SIGKILL at random moments of a ride: how much of it is lost, and what is left of the library."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Iterator
from contextlib import closing, contextmanager
from subprocess import Popen
from time import monotonic

from legbal import paths
from legbal.library.recorder import close_interrupted
from legbal.library.rides import Library
from legbal.ride.ride import fold
from tests.bluetooth.bluetoothd import bluetoothd
from tests.bluetooth.command import running
from tests.endurance import Figure, at_most, exactly
from tests.endurance.meter import NAME, NumberedMeter, numbers

MOST_LOST_S = 1.5
_LATEST_S = 4.0  # after the first packet: beginning, first commit and some later ones


async def kills(count: int, seed: int, *, busy: bool = False, late: bool = False) -> list[Figure]:
    """Kills `legbal ride` so many times, all in one library.

    Args:
        count: how often.
        seed: of the moments.
        busy: every core computes meanwhile.
        late: the moment is counted from when something of the ride is committed.
    """
    chance = random.Random(seed)
    lost: list[float] = []
    holes = 0
    async with bluetoothd() as radio:
        meter = NumberedMeter(radio)
        with _busy_cores(busy):
            for _ in range(count):
                seconds, kept = await _kill(meter, chance.uniform(0.2, _LATEST_S), late=late)
                lost.append(seconds)
                holes += kept != list(range(len(kept)))
    path = paths.library_file()
    closed = close_interrupted(path)
    with closing(sqlite3.connect(path)) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    opened = 0
    with Library(path) as library:
        states = {ride.state for ride in library.rides()}
        for ride in library.rides():
            fold(library.setup(ride), library.inputs(ride))
            opened += 1
    name = f"of {count} kills"
    return [
        at_most(f"{name}, most lost", max(lost), MOST_LOST_S, "s"),
        Figure(f"{name}, usually lost", f"{sorted(lost)[count // 2]:.2f} s", "only told", holds=True),
        exactly(f"{name}, rides with a hole or a packet twice", holes, 0),
        exactly(f"{name}, library sound", sound, wanted=True),
        exactly(f"{name}, states of {opened} rides that were opened again", states, {"interrupted"}),
        at_most(f"{name}, left for the next start to close", len(closed), 1, "rides", 0),
    ]


async def _kill(meter: NumberedMeter, after_s: float, *, late: bool) -> tuple[float, list[int]]:
    """Rides and kills so long after the first packet; gives the seconds lost and the packets that were kept."""
    meter.sent_at.clear()
    with Library() as library:
        before = {ride.id for ride in library.rides()}
    async with running("ride", "--headless", "--no-sound", "--meter", NAME, stdout=DEVNULL) as process:
        await meter.peripheral.subscribed(seconds=120.0)
        riding = asyncio.create_task(meter.send_for(3600.0))
        while late and not any(_kept(before)):  # noqa: ASYNC110 - another process commits
            await asyncio.sleep(0.1)
        await asyncio.sleep(after_s)
        process.kill()
        killed = monotonic()
        riding.cancel()
        await asyncio.gather(riding, return_exceptions=True)
        await process.wait()
    meter.peripheral.drop()
    packets = next(_kept(before), [])
    sent = [t for t in meter.sent_at if t <= killed]
    unkept = sent[len(packets) :]
    return killed - unkept[0] if unkept else 0.0, packets


def _kept(before: set[str]) -> Iterator[list[int]]:
    """The packets that are kept of the rides beside those."""
    with Library() as library:
        yield from [numbers(library, ride) for ride in library.rides() if ride.id not in before]


@contextmanager
def _busy_cores(busy: bool) -> Iterator[None]:
    computing = [
        Popen([sys.executable, "-c", "while True: pass"]) for _ in range((os.cpu_count() or 1) * busy)
    ]
    try:
        yield
    finally:
        for process in computing:
            process.kill()
            process.wait()
