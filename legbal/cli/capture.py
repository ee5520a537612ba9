"""`legbal capture`: raw packets of any meter, in a file for a bug report or a profile."""

import asyncio
import re
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
import msgspec

from legbal.app.meter_session import MeterSession
from legbal.cli.meter import connected, say
from legbal.cli.terminal import show, until_ended
from legbal.errors import CaptureError, SourceError
from legbal.files import capture
from legbal.gatt.uuids import MEASUREMENT, SERIAL_NUMBER, VECTOR
from legbal.ride.inputs import Input, Notification

_EVERY_S = 10  # a line of progress, where it cannot be written over the last one

MOST = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


class Packets:
    """Notifications with seconds since the first one, and without addresses.

    Attributes:
        notifications: in order of arrival.
    """

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self._measurements = 0  # counted as they come: `text` is asked each second, in the radio's loop
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        others = len(self.notifications) - self._measurements
        return f"{self._measurements} measurements and {others} other packets in {seconds:.0f} s"

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or len(self.notifications) >= MOST:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        self.notifications.append(
            msgspec.structs.replace(
                item,
                t=round(item.t - self._start, 6),
                meter=NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter,
            )
        )


def run_capture(
    meter: str | None, output: Path | None, overwrite: bool, seconds: float | None, with_serial: bool
) -> None:
    """Records until Ctrl-C, then writes the file at once and whole."""
    if output is not None and output.exists() and not overwrite:  # said before the recording, not after it
        raise CaptureError(
            f"{output} is there already", hint="Choose another name, or replace it with --overwrite."
        )
    if output is not None and not output.parent.is_dir():
        raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")
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
        while len(packets.notifications) < MOST:
            await asyncio.sleep(1 if own_line else _EVERY_S)
            if own_line:
                show(packets.text)
            else:
                say(f"{link.label}: {packets.text}")
    finally:
        if own_line:
            click.echo(err=True)


def _new_file(meter: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9]+", "-", meter).strip("-") or NAMELESS
    return Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
