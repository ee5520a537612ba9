"""Which meter: the one ridden last, or the rider is asked; and what is remembered of it for the next ride."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Literal

import click
import msgspec

from legbal.cli.answer import answered
from legbal.cli.streams import complain
from legbal.config import Settings
from legbal.errors import LibraryError, UsageError
from legbal.library.meters import KnownMeter, MeterChoices, known_meters, remember
from legbal.ride.ride import Ride
from legbal.ride.view import Reference
from legbal.sources.bluetooth import Found

Ask = Callable[[str, Sequence[str]], Awaitable[int]]


def last_used() -> str | None:
    """The address of the meter that was ridden with last, None if there is none or the library cannot tell."""
    try:
        known = known_meters()
    except LibraryError as error:
        complain(str(error))
        return None
    return known[0].address if known else None


def with_pair(settings: Settings, options: Mapping[str, object]) -> Settings:
    """The settings with the two one-sided meters to ride with, if they are two.

    Those that were typed, or else stand in the settings, or else were ridden with last. A meter that was typed alone is
    ridden on alone.
    """
    typed = {name for name in ("meter", "left_meter", "right_meter") if options.get(name) is not None}
    if typed == {"meter"}:
        return msgspec.structs.replace(settings, left_meter=None, right_meter=None)
    if settings.meter is not None or settings.pair is not None:
        return settings
    with suppress(LibraryError):  # `last_used` has said it
        known = known_meters()
        if known and known[0].choices.pair is not None:
            left, right = known[0].choices.pair
            return msgspec.structs.replace(settings, left_meter=left, right_meter=right)
    return settings


class Chooser:
    """Asks the rider which of several meters it is; `ask` is set by whoever shows the question."""

    def __init__(self) -> None:
        self.ask: Ask = _on_terminal

    async def __call__(self, meters: Sequence[Found]) -> Found:
        """The meter that the rider means."""
        strongest = sorted(meters, key=lambda found: -(found.rssi or -999))
        listed = [f"{found.label}   {_signal(found)}" for found in strongest]
        return strongest[await self.ask("Several power meters are in range. Which one is yours?", listed)]


def _signal(found: Found) -> str:
    return "no signal strength" if found.rssi is None else f"{found.rssi} dBm"


async def _on_terminal(question: str, choices: Sequence[str]) -> int:
    for number, choice in enumerate(choices, 1):
        click.echo(f"{number}  {choice}", err=True)
    while (typed := await answered(f"{question} [1–{len(choices)}]")) is not None:
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
            return int(typed) - 1
    raise UsageError("nobody is there to choose a meter", hint="Say which one with --meter NAME.")


# the view's reference → which side the rider said it is; nothing where the meter says so itself, or nobody did
_SAID: dict[Reference, Literal["left", "right"]] = {"assumed_left": "left", "right": "right"}


def remember_meter(found: Found, ride: Ride, options: Mapping[str, object]) -> None:
    """Keeps the meter of this ride, with what the rider said about it; what prevents that is only said.

    Args:
        found: the meter.
        ride: the ride, which is over.
        options: what was typed for it, by a setting's name.
    """
    view = ride.view()
    try:
        known = next((k for k in known_meters() if k.address == found.address), None)
        choices = known.choices if known else MeterChoices()
        said = choices.reference
        if view.ride.revolutions:  # a ride without a balance says nothing of whose it is
            said = _SAID.get(view.reference)
        swapped = choices.swap_sides if options.get("swap_sides") is None else ride.setup.swap_sides
        choices = msgspec.structs.replace(
            choices,
            profile=ride.setup.profile.id,
            swap_sides=swapped,
            reference=said,
            pair=ride.setup.pair,
        )
        remember(KnownMeter(address=found.address, name=found.label, choices=choices))
    except LibraryError as error:
        complain(f"the meter could not be remembered: {error}")
