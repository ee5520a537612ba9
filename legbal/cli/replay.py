"""`legbal replay`: a recorded ride, a capture or a FIT file goes through the same fold again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from legbal.cli.options import pair_options, recorded_options, ride_options, settings
from legbal.cli.shell_values import rides
from legbal.cli.speed import SPEED, paced


@click.command(
    name="replay",
    help="Ride a recorded ride, a capture file, a FIT file or - (a capture on standard input) again.",
)
@click.argument("ride", shell_complete=rides)
@ride_options
@pair_options
@click.option(
    "--speed",
    type=SPEED,
    metavar="N|max",
    help="N times as fast as it was (default: 1 on the screen, max without).",
)
@recorded_options
def command(
    ride: str,
    headless: bool,
    events: bool,
    speed: float | None,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Replays a ride; nothing is recorded."""
    from legbal.app.companion import Companion
    from legbal.app.ride_setup import replayed
    from legbal.cli.run import outlets_of, run
    from legbal.cli.stdio import complain, keys_apart
    from legbal.sources.open_ride import open_ride
    from legbal.sources.replay import Replay

    silent = headless or events
    pace = paced((float("inf") if silent else 1.0) if speed is None else speed)
    chosen = settings(options)
    recorded = open_ride(ride, complain, keys_apart() if ride == "-" and not silent else 0)
    outlets = outlets_of(chosen, options, heard=pace is not None and not events, events=events)
    companion = Companion(
        Replay(recorded.inputs, speed=pace),
        replayed(recorded, chosen, options, history, plan, complain),
        name="replay" if pace is None or pace == 1 else f"replay {pace:g}×",
        live=False,
        outlets=outlets,
        tell=complain if silent else lambda _: None,
    )
    run(companion, chosen, options, outlets, headless=silent)
