"""`legbal review`: what happened in a ride: its balance, where, whether it moved, and each drop-off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from legbal.cli.options import pair_options, recorded_options, review_options, settings
from legbal.cli.shell_values import rides
from legbal.cli.stdio import complain
from legbal.errors import UsageError


@click.command(
    name="review",
    help="Say what the balance of a ride was (its id, a capture, a .fit file or -); without RIDE, show all rides "
    "on the screen, to look at, import and export.",
)
@click.argument("ride", required=False, shell_complete=rides)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
@review_options
@pair_options
@recorded_options
def command(ride: str | None, as_json: bool, history: Path | None, plan: Path | None, **options: Any) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    import msgspec

    from legbal.analysis.read import read_summary
    from legbal.app.ride_setup import read_again
    from legbal.cli.review_text import lines
    from legbal.sources.open_ride import all_inputs, open_ride

    recorded = open_ride(ride, complain)
    inputs = all_inputs(recorded)
    setup = read_again(recorded, inputs, settings(options), options, history, plan, complain)
    summary = read_summary(setup, inputs)
    if as_json:
        click.echo(msgspec.json.encode(summary))
    else:
        for line in lines(summary):
            click.echo(line)


def _screen(as_json: bool, options: dict[str, Any]) -> None:
    """The list of rides, until the rider leaves it."""
    from legbal.cli.stdio import need_terminal

    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    from legbal.app.rides import Shelf
    from legbal.tui.base_app import ScreenApp
    from legbal.tui.screens.rides import RidesScreen

    shelf = Shelf(settings({}))
    ScreenApp(lambda: RidesScreen(shelf), settings(options), options).run()
