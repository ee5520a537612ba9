"""`legbal zero` and `crank-length`: what is set in the rider's meter outside a ride, and how it is connected."""

import asyncio
import sys
from collections.abc import Callable, Sequence

import click

from legbal.app.meter_session import MeterSession
from legbal.app.meters import Chooser
from legbal.cli.options import settings
from legbal.cli.stdio import complain
from legbal.cli.terminal import ask_line, choose, confirm, show, waiting
from legbal.errors import UsageError
from legbal.present.meter import zero_offset
from legbal.present.text import printable
from legbal.ride.inputs import Input
from legbal.sources.bluetooth import control


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
