"""`legbal demo`: a simulated rider whose left leg falls behind; everything else is as on a real ride."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from legbal.cli.options import ride_options, settings
from legbal.cli.speed import SPEED, paced

if TYPE_CHECKING:
    from legbal.ride.inputs import Input, Setup

_EARLIER_RIDES = 3  # of the same rider: what is usual is known when the demonstration begins
_CLEAR_SEED = 5  # both drop-offs are told, and the leg is back within their intervals


@click.command(name="demo", help="Ride with a simulated rider: no hardware needed.")
@ride_options
@click.option(
    "--speed", type=SPEED, default=1.0, metavar="N|max", help="N times as fast, or as fast as it goes."
)
@click.option(
    "--seconds", type=click.FloatRange(min=10), metavar="N", help="End after N seconds of the ride."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=_CLEAR_SEED, metavar="N", help="Another rider, another day."
)
def command(
    headless: bool, events: bool, speed: float, seconds: float | None, seed: int, **options: Any
) -> None:
    """Runs the demonstration."""
    from legbal.analysis.history import lesson, with_lessons
    from legbal.app.companion import Companion
    from legbal.app.meter_profiles import profiles
    from legbal.app.ride_recording import Keeping
    from legbal.cli.run import outlets_of, run
    from legbal.cli.stdio import complain
    from legbal.sources.simulator import demo

    chosen = settings(options)
    profile = next(x for x in profiles() if x.id == "favero-assioma-duo")
    setup = chosen.setup(profile=profile)
    ride = demo(  # somebody as strong as you, and with your weak leg: by your settings the story shows, too
        profile,
        seed,
        seconds=seconds,
        speed=paced(speed),
        weak_leg="right" if setup.weak_leg == "right" else "left",
        ftp_w=setup.ftp_w,
    )

    def prepare(_inputs: Sequence[Input]) -> Setup:
        lessons = [lesson(setup, earlier.timeline()) for earlier in ride.earlier(_EARLIER_RIDES)]
        return with_lessons(setup, lessons)

    kept = Keeping("demo", "Demonstration", complain=complain, aloud=headless or events)
    outlets = outlets_of(chosen, options, heard=speed == 1 and not events, events=events)
    companion = Companion(
        ride,
        prepare,
        name="demo",
        live=False,
        record=kept.record,
        outlets=outlets,
        tell=complain if headless or events else lambda _: None,
        keep=kept.keep,
    )
    run(companion, chosen, options, outlets, headless=headless or events)
