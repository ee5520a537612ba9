"""`legbal review`: what happened in a ride: its balance, where, whether it moved, and each drop-off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from legbal.analysis.ride_analysis import summarise_ride
from legbal.analysis.summary import Summary
from legbal.app.derivation import SUMMARY, Derivation
from legbal.app.meter_profiles import profiles
from legbal.app.ride_setup import read_again
from legbal.app.rides import RideService
from legbal.cli.options import settings
from legbal.cli.review_text import lines
from legbal.cli.stdio import complain, need_terminal
from legbal.errors import UsageError
from legbal.library.rides import Library
from legbal.sources.open_ride import Recorded, open_ride


def review(ride: str | None, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    recorded = open_ride(ride, complain)
    typed = (history, plan, *options.values())
    if recorded.setup is not None and all(value is None for value in typed):
        summary = _kept(recorded.name)
    else:
        summary = _read(recorded, history, plan, options)
    if as_json:
        click.echo(msgspec.json.encode(summary))
    else:
        for line in lines(summary):
            click.echo(line)


def _kept(name: str) -> Summary:
    """The summary of a ride of the library, on its meter's profile as it is now: the one that is kept, or is now."""
    with Library() as library:
        return Derivation.current(library, library.find(name), profiles()).get_kept(SUMMARY)


def _read(recorded: Recorded, history: Path | None, plan: Path | None, options: dict[str, Any]) -> Summary:
    """The summary of a file, or of a ride of the library that is read otherwise than it was ridden."""

    inputs = list(recorded.inputs)
    return summarise_ride(
        read_again(recorded, inputs, settings(options), options, history, plan, complain), inputs
    )


def _screen(as_json: bool, options: dict[str, Any]) -> None:
    """The list of rides, until the rider leaves it."""
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    # the screen, which a ride that is printed does not need
    from legbal.tui.base_app import ScreenApp
    from legbal.tui.screens.rides import RidesScreen

    service = RideService(settings({}))
    ScreenApp(lambda: RidesScreen(service), settings(options), options).run()
