"""`legbal` alone: the start screen, and then what the rider chose there."""

from functools import partial

import click

from legbal.app.bluetooth_meters import nearby_meters
from legbal.app.review import ReviewService
from legbal.cli import ride_commands
from legbal.cli.terminal import complain
from legbal.config import load, resolve
from legbal.tui.base_app import BaseApp
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.start import StartScreen


def start(context: click.Context) -> None:
    """Shows the start screen; a demonstration leads back to it, a ride ends the program."""
    while True:
        begin = BaseApp(
            lambda: StartScreen(partial(nearby_meters, complain), lambda: RidesScreen(ReviewService(load()))),
            resolve().settings,
        ).run()
        if begin is None:
            return
        if begin.what == "ride":
            context.invoke(ride_commands.ride, meter=begin.meter)
            return
        context.invoke(ride_commands.demo)
