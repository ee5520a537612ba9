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
    from legbal.cli.mqtt_options import publisher_of
    from legbal.cli.run import lines_of, run, sound_of, speech_of
    from legbal.cli.stdio import complain, keys_apart
    from legbal.sources.recorded import opened
    from legbal.sources.replay import Replay

    silent = headless or events
    pace = paced((float("inf") if silent else 1.0) if speed is None else speed)
    chosen = settings(options)
    recorded = opened(ride, complain, keys_apart() if ride == "-" and not silent else 0)
    sound = sound_of(chosen, heard=pace is not None and not events)
    companion = Companion(
        Replay(recorded.inputs, speed=pace),
        replayed(recorded, chosen, options, history, plan, complain),
        name="replay" if pace is None or pace == 1 else f"replay {pace:g}×",
        live=False,
        sound=sound,
        speech=speech_of(chosen, sound),
        lines=lines_of(events),
        publisher=publisher_of(chosen, options, aloud=silent),
    )
    run(companion, chosen, options, headless=silent, events=events, sound=sound)
