"""What is typed to ride, to ride again and to watch a ride: the commands with their arguments and options."""

import math

import click

from legbal.cli.options import (
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    RIDE_OPTIONS,
    adapter_option,
    command,
    heart_rate_option,
    meter_option,
    url_argument,
    values,
)


def _speed(typed: object) -> float:
    """A positive number, infinite for "max"; an option's type. Raises BadParameter."""
    if typed in ("max", math.inf):
        return math.inf
    try:
        number = float(str(typed))
    except ValueError:
        number = 0.0
    if not 0 < number <= 10_000:
        raise click.BadParameter(f"{typed!r} is neither a number above 0 nor max")
    return number


ride = command(
    "ride",
    meter_option,
    adapter_option,
    *RIDE_OPTIONS,
    *PAIR_OPTIONS,
    heart_rate_option,
    help="Ride with your power meter over Bluetooth: balance live, alerts, recording.",
    run="screen:ride",
)

demo = command(
    "demo",
    *RIDE_OPTIONS,
    click.option(
        "--speed", type=_speed, default=1.0, metavar="N|max", help="N times as fast, or as fast as it goes."
    ),
    click.option(
        "--seconds", type=click.FloatRange(min=10), metavar="N", help="End after N seconds of the ride."
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        # both drop-offs are told, and the leg is back within their intervals
        default=5,
        metavar="N",
        help="Another rider, on another day.",
    ),
    help="Ride with a simulated rider: no hardware needed.",
    run="screen:demo",
)

replay = command(
    "replay",
    click.argument("ride", shell_complete=values("rides")),
    *RIDE_OPTIONS,
    *PAIR_OPTIONS,
    click.option(
        "--speed",
        type=_speed,
        metavar="N|max",
        help="N times as fast as it was (default: 1 on the screen, max without).",
    ),
    *RECORDED_OPTIONS,
    help="Ride a recorded ride, a capture file, a FIT file or - (a capture on standard input) again.",
    run="screen:replay",
)

follow = command(
    "follow",
    url_argument,
    click.option(
        "--rider", metavar="NAME", help="Whom to follow; without it the only one, or you are asked."
    ),
    click.option(
        "--sound/--no-sound", " /--mute", default=None, help="Hear the rider's alerts here, or not."
    ),
    help="Follow a ride from elsewhere: the rider's live screen, from an MQTT broker.",
    run="remote:follow",
)

coach = command(
    "coach",
    url_argument,
    click.option(
        "--sound/--no-sound", " /--mute", default=None, help="Hear the riders' alerts here, or not."
    ),
    help="Many riders on one screen, from an MQTT broker; the worst drop-off first.",
    run="remote:coach",
)
