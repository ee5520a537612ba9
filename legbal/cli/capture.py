"""`legbal capture`: raw packets of any meter, in a file for a bug report or a profile."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from legbal.app.meter_session import MeterSession
from legbal.app.packets import NAMELESS, Packets
from legbal.cli.meter import connected, say
from legbal.cli.terminal import show, until_ended
from legbal.errors import CaptureError, SourceError
from legbal.files import capture
from legbal.gatt.uuids import SERIAL_NUMBER, VECTOR

_EVERY_S = 10  # a line of progress, where it cannot be written over the last one


def run_capture(
    meter: str | None, output: Path | None, overwrite: bool, seconds: float | None, with_serial: bool
) -> None:
    """Records until Ctrl-C, then writes the file at once and whole."""
    if output is not None:
        _check(output, overwrite)
    packets = Packets()
    asyncio.run(until_ended(_record(packets, meter, seconds, with_serial)))
    if not packets.notifications:
        raise SourceError("nothing was recorded", hint="Turn the cranks to wake the meter, and try again.")
    path = output or _new_file(packets.notifications[0].meter)
    capture.write(path, packets.notifications, overwrite=overwrite)
    click.echo(f"{path}: {packets.text}")
    serial = "its serial number too" if with_serial else "not its serial number"
    say(f"It holds the name that the meter advertises, its maker, model and versions; {serial}.")


async def _record(packets: Packets, meter: str | None, seconds: float | None, with_serial: bool) -> None:
    reads = (SERIAL_NUMBER,) if with_serial else ()
    async with connected(meter, ask=True, reads=reads, follows=(VECTOR,), take=packets.take) as link:
        await link.up()
        say(f"Recording {link.label}: ride, coast and stand still in turn. Ctrl-C ends it.")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _until_full(packets, link)


async def _until_full(packets: Packets, link: MeterSession) -> None:
    """Shows how it goes on, once a second where one line can be written over the other."""
    own_line = sys.stderr.isatty()
    try:
        while not packets.full:
            await asyncio.sleep(1 if own_line else _EVERY_S)
            if own_line:
                show(packets.text)
            else:
                say(f"{link.label}: {packets.text}")
    finally:
        if own_line:
            click.echo(err=True)


def _check(output: Path, overwrite: bool) -> None:
    """Says before the recording what would be said after it."""
    if output.exists() and not overwrite:
        hint = "Choose another name, or replace it with --overwrite."
        raise CaptureError(f"{output} is there already", hint=hint)
    if not output.parent.is_dir():
        raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")


def _new_file(meter: str) -> Path:
    """A file in this folder that is not there yet."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", meter).strip("-") or NAMELESS
    return Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
