"""`legbal` alone: the start screen, and then what the rider chose there."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import click

from legbal.app.meters import last_used, profiles, with_pair
from legbal.app.rides import RideService
from legbal.cli import ride_commands
from legbal.cli.stdio import complain
from legbal.config import Settings, load, resolve
from legbal.meters.identify import candidates
from legbal.meters.profile import UNLISTED
from legbal.present.profile import expected
from legbal.sources.bluetooth.discovery import PowerMeter, watch
from legbal.tui.base_app import ScreenApp
from legbal.tui.render.start import MeterRow
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.start import StartScreen


def start(context: click.Context) -> None:
    """Shows the start screen; a demonstration leads back to it, a ride ends the program."""
    while True:
        begin = ScreenApp(
            lambda: StartScreen(_look, lambda: RidesScreen(RideService(load()))), resolve().settings
        ).run()
        if begin is None:
            return
        if begin.what == "ride":
            context.invoke(ride_commands.ride, meter=begin.meter)
            return
        context.invoke(ride_commands.demo)


async def _look() -> AsyncGenerator[Sequence[MeterRow], None]:
    settings = await asyncio.to_thread(load)
    usual = settings.meter or await asyncio.to_thread(last_used, complain) or ""
    settings = await asyncio.to_thread(with_pair, settings, {})
    async with aclosing(watch()) as watching:
        async for meters in watching:
            names = Counter(meter.label.casefold() for meter in meters)
            yield [_row(meter, names[meter.label.casefold()] == 1, usual, settings) for meter in meters]


def _row(meter: PowerMeter, alone: bool, usual: str, settings: Settings) -> MeterRow:
    """A meter as the screen lists it; `alone`: no other has its name."""
    families = candidates(profiles(), name=meter.name, services=meter.services) or (UNLISTED,)
    pair = [name.casefold() for name in settings.pair or ()]
    alias = next((own for own, name in settings.aliases.items() if name in (meter.name, meter.address)), "")
    return MeterRow(
        name=f"{alias} ({meter.label})" if alias else meter.label,
        selector=meter.label if meter.name and alone else meter.address,
        rssi=meter.rssi,
        balance=expected(families),
        family=" or ".join(family.name for family in families),
        advice=" ".join(dict.fromkeys(family.connecting for family in families if family.connecting)),
        paired=any(own.casefold().startswith(name) for own in (meter.label, meter.address) for name in pair),
        usual=bool(usual) and usual.casefold() in (meter.address.casefold(), meter.label.casefold()),
    )
