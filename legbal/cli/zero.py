"""`legbal zero`: sets the zero offset of the meter."""

from __future__ import annotations

import click

from legbal.cli.shell_values import meters
from legbal.errors import UsageError


@click.command(
    name="zero", help="Set the zero offset of your power meter: bike upright, no weight on the pedals."
)
@click.option(
    "--meter", metavar="NAME", shell_complete=meters, help="Name or address of the meter, or how it begins."
)
@click.option("--yes", is_flag=True, help="Do not wait for Enter: the bike stands ready.")
def command(meter: str | None, yes: bool) -> None:
    """Sets the zero offset and says what came of it."""
    import asyncio

    asyncio.run(_zero(meter, yes))


async def _zero(meter: str | None, yes: bool) -> None:
    from legbal.cli.meter import connected, say
    from legbal.cli.progress import waiting
    from legbal.cli.prompt import answered
    from legbal.cli.table import printable

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
            click.echo(f"{printable(found.label)}: {result.text}." if several else f"{result.text}.")
            if result.company_data:
                company = "" if result.company is None else f" (company {result.company})"
                click.echo(f"The maker adds{company}: {result.company_data}")
