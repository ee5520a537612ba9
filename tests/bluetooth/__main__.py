"""Plays captures over a fake bluetoothd to whoever connects: ``python -m tests.bluetooth CAPTURE…``.

The first line of its output is ``DBUS_SYSTEM_BUS_ADDRESS=…``, the environment in which another program sees
it; then it tells line by line what happens. It runs until it is interrupted or terminated.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from tests.bluetooth.bluetoothd import bluetoothd
from tests.bluetooth.capture import Packets, put_in_range
from tests.bluetooth.peripheral import Peripheral


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.bluetooth", description=__doc__)
    parser.add_argument(
        "captures", nargs="+", type=Path, metavar="CAPTURE", help="capture files (JSON lines)"
    )
    parser.add_argument("--speed", type=float, default=1.0, help="times real time; inf: at once (default 1)")
    parser.add_argument("--name", help="advertised name; with several meters in a capture, its beginning")
    parser.add_argument(
        "--then",
        choices=("silent", "drop", "vanish", "repeat"),
        default="silent",
        help="what the meter does when all is sent; repeat: drops, and plays again when connected again",
    )
    options = parser.parse_args(arguments)
    asyncio.run(_serve(options.captures, options.speed, options.name, options.then))


async def _serve(captures: list[Path], speed: float, name: str | None, then: str) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with bluetoothd() as radio:
        _say(f"DBUS_SYSTEM_BUS_ADDRESS={radio.address}")
        meters = [pair for capture in captures for pair in put_in_range(radio, capture, name)]
        tasks = [asyncio.create_task(_play(meter, packets, speed, then)) for meter, packets in meters]
        await ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _play(meter: Peripheral, packets: Packets, speed: float, then: str) -> None:
    _say(f"advertising {meter.name}")
    for_ever = float("inf")
    while True:
        await meter.subscribed(seconds=for_ever)
        _say(f"subscribed {meter.name}")
        _say(f"sent {meter.name} {await meter.play(packets, speed)}")
        if then in ("drop", "repeat"):
            meter.drop()
        elif then == "vanish":
            meter.vanish()
        await meter.disconnected(seconds=for_ever)
        _say(f"disconnected {meter.name}")
        if then != "repeat":
            return


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
