"""`legbal crank-length`: the crank length that the meter reckons with."""

from __future__ import annotations

import click

from legbal.cli.shell_values import meters
from legbal.errors import UsageError

# as in legbal.sources.bluetooth.control, which is loaded only when it is needed
_SHORTEST, _LONGEST, _STEP = 110.0, 220.0, 0.5


def _whole_steps(_context: click.Context, _parameter: click.Parameter, length: float | None) -> float | None:
    if length is not None and length % _STEP:
        raise click.BadParameter(
            f"{length:g} is not in steps of {_STEP} mm, which is all that a meter can be told."
        )
    return length


@click.command(
    name="crank-length", help="Say the crank length that your power meter reckons with, or set it to MM."
)
@click.argument(
    "length",
    metavar="[MM]",
    required=False,
    type=click.FloatRange(_SHORTEST, _LONGEST),
    callback=_whole_steps,
)
@click.option(
    "--meter", metavar="NAME", shell_complete=meters, help="Name or address of the meter, or how it begins."
)
@click.option("--yes", is_flag=True, help="Set it without asking.")
def command(length: float | None, meter: str | None, yes: bool) -> None:
    """Prints the crank length in mm, after setting it where one is given."""
    import asyncio

    click.echo(f"{asyncio.run(_crank_length(length, meter, yes)):g} mm")


async def _crank_length(length: float | None, meter: str | None, yes: bool) -> float:
    from legbal.cli.meter import connected, say
    from legbal.cli.prompt import answered

    async with connected(meter, ask=not yes) as link:
        await link.up()
        present = await link.source.crank_length()
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
        return await link.source.set_crank_length(length)
