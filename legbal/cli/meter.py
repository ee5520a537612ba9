"""`legbal zero` and `legbal crank-length`; and how any command is connected with the rider's meter."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import click

from legbal.app.meter_choice import Chooser
from legbal.app.meter_session import MeterSession, meter_session
from legbal.cli.options import settings
from legbal.cli.stdio import complain
from legbal.cli.terminal import answered, choose, show, waiting
from legbal.errors import UsageError
from legbal.present.meter import zero_offset
from legbal.present.text import printable
from legbal.ride.inputs import Input
from legbal.sources.bluetooth import control


def say(text: str) -> None:
    """Tells the rider something that is not the command's result."""
    if sys.stderr.isatty():
        show("")  # a line that counts stands there perhaps
    click.echo(printable(text), err=True)


def _waited(seconds: float | None) -> None:
    """Counts on the terminal's line."""
    if sys.stderr.isatty():
        show("" if seconds is None else f"{seconds:.0f} s …")


def connected(
    meter: str | None,
    *,
    ask: bool,
    both: bool = False,
    reads: Sequence[str] = (),
    follows: Sequence[str] = (),
    take: Callable[[Input], None] = lambda _item: None,
) -> AbstractAsyncContextManager[MeterSession]:
    """The meter of that name, as `meter_session`; `ask`: whether the rider may be asked which of several it is."""
    chooser = Chooser(choose) if ask and sys.stdin.isatty() else None
    return meter_session(
        settings({"meter": meter}),
        meter,
        say=say,
        waited=_waited,
        complain=complain,
        chooser=chooser,
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
        if not yes and await answered("Press Enter when it is so.") is None:
            raise UsageError("nobody is there to press Enter", hint="With --yes nothing is asked.")
        await link.up()  # it may have slept meanwhile
        several = len(link.meters) > 1
        for found in link.meters:
            say(f"{found.label} sets its zero offset …")
            with waiting("Touch nothing: the meter answers within half a minute …"):
                result = await link.source.zero(found)
            said = zero_offset(result.offset_raw, result.measures)
            click.echo(f"{printable(found.label)}: {said}." if several else f"{said}.")
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
            answer = await answered(f"Change it from {present:g} to {length:g} mm? [y/N]")
            if answer is None:
                raise UsageError("nobody is there to answer", hint="With --yes nothing is asked.")
            if answer.casefold() not in ("y", "yes"):
                say("Nothing was changed.")
                return present
        await link.up()  # it may have slept meanwhile
        return await control.set_crank_length(link.source.connection(), length)
