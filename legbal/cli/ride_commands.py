"""What is typed to ride, or to watch a ride: the commands with their arguments and options."""

import click

from legbal.cli.declaration import command, values
from legbal.cli.options import PAIR_OPTIONS, RECORDED_OPTIONS, RIDE_OPTIONS, meter_option, speed, url_argument

ride = command(
    "ride",
    meter_option,
    *RIDE_OPTIONS,
    *PAIR_OPTIONS,
    help="Ride with your power meter over Bluetooth: balance live, alerts, recording.",
    run="ride:run_ride",
)

demo = command(
    "demo",
    *RIDE_OPTIONS,
    click.option(
        "--speed", type=speed, default=1.0, metavar="N|max", help="N times as fast, or as fast as it goes."
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
        type=speed,
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
