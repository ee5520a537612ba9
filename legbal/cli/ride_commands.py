"""What is typed to ride, to watch a ride, and with the meter at hand: the commands with their arguments and options."""

import math
from pathlib import Path

import click

from legbal.cli.options import (
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    RIDE_OPTIONS,
    command,
    json_array_option,
    url_argument,
    values,
)

# as in legbal.sources.bluetooth.control, which is loaded only when it is needed
_SHORTEST_MM, _LONGEST_MM, _STEP_MM = 110.0, 220.0, 0.5


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


_meter_option = click.option(
    "--meter",
    metavar="NAME",
    shell_complete=values("meters"),
    help="Name or address of the meter, or how it begins.",
)

ride = command(
    "ride",
    _meter_option,
    *RIDE_OPTIONS,
    *PAIR_OPTIONS,
    help="Ride with your power meter over Bluetooth: balance live, alerts, recording.",
    run="ride:run_ride",
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
        help="Another rider, another day.",
    ),
    help="Ride with a simulated rider: no hardware needed.",
    run="ride:run_demo",
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
    run="ride:run_replay",
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

scan = command(
    "scan",
    click.option(
        "--seconds",
        type=click.FloatRange(min=0, min_open=True, max=3600),
        default=5.0,
        show_default=True,
        metavar="N",
        help="How long to listen.",
    ),
    json_array_option,
    help="List the power meters in range. Turn the cranks to wake yours.",
    run="meter:scan",
)

zero = command(
    "zero",
    _meter_option,
    click.option("--yes", is_flag=True, help="Do not wait for Enter: the bike stands ready."),
    help="Set the zero offset of your power meter: bike upright, no weight on the pedals.",
    run="meter:zero",
)


def _whole_steps(_context: click.Context, _parameter: click.Parameter, length: float | None) -> float | None:
    if length is not None and length % _STEP_MM:
        raise click.BadParameter(
            f"{length:g} is not in steps of {_STEP_MM} mm, which is all that a meter can be told."
        )
    return length


crank_length = command(
    "crank-length",
    click.argument(
        "length",
        metavar="[MM]",
        required=False,
        type=click.FloatRange(_SHORTEST_MM, _LONGEST_MM),
        callback=_whole_steps,
    ),
    _meter_option,
    click.option("--yes", is_flag=True, help="Set it without asking."),
    help="Show the crank length stored in your power meter, or set it to MM.",
    run="meter:crank_length",
)

capture = command(
    "capture",
    _meter_option,
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Where to; by default a new file here, named after meter and time.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace FILE if it is there already."),
    click.option(
        "--seconds",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="End after N seconds of connection; by default with Ctrl-C.",
    ),
    click.option("--with-serial", is_flag=True, help="Put the meter's serial number in, too."),
    help="Record the raw packets of any power meter to a file, for a bug report or a profile.",
    run="meter:capture",
)
