"""`legbal zero`: sets the zero offset of the meter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from legbal.errors import DecodeError, UsageError

if TYPE_CHECKING:
    from legbal.meters.profile import Profile

_LET_GO = "Turn the cranks until they stand vertical, or as the maker's manual says, and let go."
_POSTURES = {
    "pedals": f"Unclip: no foot and no weight on either pedal. {_LET_GO}",
    "cranks": f"Take your feet off, the meter's crank down. {_LET_GO}",
    "spider": "Take your feet off. Leave the cranks still, in the position that the maker's manual names; "
    "nothing may press on pedals or chain.",
}


@click.command(
    name="zero", help="Set the zero offset of your power meter: bike upright, no weight on the pedals."
)
@click.option("--meter", metavar="NAME", help="Name or address of the meter, or how it begins.")
@click.option("--yes", is_flag=True, help="Do not wait for Enter: the bike stands ready.")
def command(meter: str | None, yes: bool) -> None:
    """Sets the zero offset and says what came of it."""
    import asyncio

    asyncio.run(_zero(meter, yes))


async def _zero(meter: str | None, yes: bool) -> None:
    from legbal.cli.answer import answered
    from legbal.cli.linked import linked, say

    async with linked(meter, ask=not yes) as link:
        await link.up()
        told = link.told.get("2a5d")
        for line in instructions(link.profile, told.data if told else None):
            say(line)
        if not yes and await answered("Press Enter when it is so.") is None:
            raise UsageError("nobody is there to press Enter", hint="With --yes nothing is asked.")
        await link.up()  # it may have slept meanwhile
        say(f"{link.label} sets its zero offset …")
        result = await link.source.zero()
    click.echo(f"{result.text}.")
    if result.company_data:
        company = "" if result.company is None else f" (company {result.company})"
        click.echo(f"The maker adds{company}: {result.company_data}")


def instructions(profile: Profile, location: bytes | None) -> list[str]:
    """What the rider does before the zero offset of such a meter is set.

    Args:
        profile: the meter's family.
        location: the value of characteristic 0x2A5D, None where it was not read.
    """
    lines = [
        "Stand the bike upright, and let it come to the temperature that you ride in.",
        _POSTURES[_place(profile, location)],
    ]
    if profile.zero_offset == "none":
        lines.append(f"{profile.name} is not known to set its zero over Bluetooth; it is asked all the same.")
    if profile.rezeroes:
        lines.append("This meter also sets its zero by itself, whenever pedalling stops.")
    return [*lines, "Then touch nothing until the answer is here; it takes up to half a minute."]


def _place(profile: Profile, location: bytes | None) -> str:
    """Where the sensor sits, as far as it matters here; many pedals and cranks say no more than "other"."""
    from legbal.gatt.location import decode

    try:
        said = "other" if location is None else decode(location)
    except DecodeError:
        said = "other"
    if profile.kind == "estimated" or said in ("spider", "chain ring"):
        return "spider"
    return "cranks" if said in ("left crank", "right crank") else "pedals"
