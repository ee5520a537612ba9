"""`legbal zero`, `crank-length` and `capture`: what is done with the rider's meter outside a ride.

A capture holds raw packets of any meter, in a file for a bug report or a profile.
"""

import asyncio
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click
import msgspec

from legbal.app.meter_session import MeterSession
from legbal.app.meters import Chooser
from legbal.cli.options import settings
from legbal.cli.stdio import complain
from legbal.cli.terminal import ask_line, choose, confirm, show, until_ended, waiting
from legbal.errors import CaptureError, SourceError, UsageError
from legbal.files import capture
from legbal.gatt.uuids import MEASUREMENT, SERIAL_NUMBER, VECTOR
from legbal.present.meter import zero_offset
from legbal.present.text import printable
from legbal.ride.inputs import Input, Notification
from legbal.sources.bluetooth import control

_EVERY_S = 10  # a line of progress, where it cannot be written over the last one

MOST = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


def say(text: str) -> None:
    """Tells the rider something that is not the command's result."""
    show("")  # a line that counts stands there perhaps
    click.echo(printable(text), err=True)


def connected(
    meter: str | None,
    *,
    ask: bool,
    both: bool = False,
    reads: Sequence[str] = (),
    follows: Sequence[str] = (),
    take: Callable[[Input], None] = lambda _item: None,
) -> MeterSession:
    """The meter of that name, as `MeterSession`; `ask`: whether the rider may be asked which of several it is."""
    return MeterSession(
        settings({"meter": meter}),
        meter,
        say=say,
        waited=lambda seconds: show("" if seconds is None else f"{seconds:.0f} s …"),
        complain=complain,
        chooser=Chooser(choose) if ask and sys.stdin.isatty() else None,
        both=both,
        reads=reads,
        follows=follows,
        take=take,
    )


def zero(meter: str | None, yes: bool) -> None:
    """Sets the zero offset of the meter and says what came of it."""
    asyncio.run(_zero(meter, yes))


async def _zero(meter: str | None, yes: bool) -> None:
    async with connected(meter, ask=not yes, both=True) as link:
        await link.up()
        for line in link.instructions():
            say(line)
        if not yes and await ask_line("Press Enter when it is so.") is None:
            raise UsageError("nobody is there to press Enter", hint="With --yes nothing is asked.")
        await link.up()  # it may have slept meanwhile
        several = len(link.source.meters) > 1
        for device in link.source.meters:
            say(f"{device.label} sets its zero offset …")
            with waiting("Touch nothing: the meter answers within half a minute …"):
                result = await link.source.zero(device)
            text = zero_offset(result.offset_raw, result.measures)
            click.echo(f"{printable(device.label)}: {text}." if several else f"{text}.")
            if result.company_data:
                company = "" if result.company is None else f" (company {result.company})"
                click.echo(f"The maker adds{company}: {result.company_data}")


def crank_length(length: float | None, meter: str | None, yes: bool) -> None:
    """Prints the crank length with which the meter computes, in mm, after setting it where one is given."""
    click.echo(f"{asyncio.run(_crank_length(length, meter, yes)):g} mm")


async def _crank_length(length: float | None, meter: str | None, yes: bool) -> float:
    async with connected(meter, ask=not yes) as link:
        await link.up()
        present = await control.crank_length(link.source.connection())
        if length is None or length == present:
            return present
        if not yes:
            say(f"{link.label} computes power with its crank length, for every app and head unit.")
            if not await confirm(f"Change it from {present:g} to {length:g} mm?"):
                say("Nothing was changed.")
                return present
        await link.up()  # it may have slept meanwhile
        return await control.set_crank_length(link.source.connection(), length)


class Packets:
    """Notifications with seconds since the first one, and without addresses.

    Attributes:
        notifications: in order of arrival.
    """

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        measurements = sum(item.uuid == MEASUREMENT for item in self.notifications)
        others = len(self.notifications) - measurements
        return f"{measurements} measurements and {others} other packets in {seconds:.0f} s"

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or len(self.notifications) >= MOST:
            return
        if not self.notifications:
            self._start = item.t
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
