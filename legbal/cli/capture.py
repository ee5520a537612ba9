"""`legbal capture`: raw packets of any meter, in a file for a bug report or a profile."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import click

from legbal.app.meter_session import MeterSession
from legbal.app.packets import Packets
from legbal.cli.meter import connected, say
from legbal.cli.terminal import show, until_ended
from legbal.gatt.uuids import SERIAL_NUMBER, VECTOR

_EVERY_S = 10  # a line of progress, where it cannot be written over the last one


def run_capture(
    meter: str | None, output: Path | None, overwrite: bool, seconds: float | None, with_serial: bool
) -> None:
    """Records until Ctrl-C, then writes the file at once and whole."""
    packets = Packets(output, overwrite=overwrite)
    asyncio.run(until_ended(_record(packets, meter, seconds, with_serial)))
    click.echo(f"{packets.write()}: {packets.text}")
    serial = "its serial number too" if with_serial else "not its serial number"
    say(f"It holds the name that the meter advertises, its maker, model and versions; {serial}.")


async def _record(packets: Packets, meter: str | None, seconds: float | None, with_serial: bool) -> None:
    async with connected(
        meter,
        ask=True,
        reads=(SERIAL_NUMBER,) if with_serial else (),
        follows=(VECTOR,),
        take=packets.take,
    ) as link:
        await link.up()
        say(f"Recording {link.label}: ride, coast and stand still in turn. Ctrl-C ends it.")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _until_full(packets, link)


async def _until_full(packets: Packets, link: MeterSession) -> None:
    own_line = sys.stderr.isatty()
    try:
        while not packets.are_full:
            await asyncio.sleep(1 if own_line else _EVERY_S)
            if own_line:
                show(packets.text)
            else:
                say(f"{link.label}: {packets.text}")
    finally:
        if own_line:
            click.echo(err=True)
