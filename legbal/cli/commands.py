"""What is typed to ride, with a meter, and about the program itself; with arguments and options."""

from pathlib import Path

import click

from legbal.cli.declaration import command, group, values
from legbal.cli.options import (
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    RIDE_OPTIONS,
    SETTING_OPTIONS,
    meter_option,
    speed,
    url_argument,
)
from legbal.gatt.uuids import MEASUREMENT

# as in legbal.sources.bluetooth.control, which is loaded only when it is needed
_SHORTEST_MM, _LONGEST_MM, _STEP_MM = 110.0, 220.0, 0.5
_json_array = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")

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
    _json_array,
    help="List the power meters in range. Turn the cranks to wake yours.",
    run="scan:scan",
)

zero = command(
    "zero",
    meter_option,
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
    meter_option,
    click.option("--yes", is_flag=True, help="Set it without asking."),
    help="Say the crank length that your power meter reckons with, or set it to MM.",
    run="meter:crank_length",
)

capture = command(
    "capture",
    meter_option,
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
    run="capture:run_capture",
)

# shell → the line that installs it
_SHELLS = {
    "bash": "echo 'eval \"$(legbal completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(legbal completion zsh)\"' >> ~/.zshrc   (after the line that calls compinit)",
    "fish": "legbal completion fish > ~/.config/fish/completions/legbal.fish",
    "powershell": "Add-Content $PROFILE 'legbal completion powershell | Out-String | Invoke-Expression'",
}

_setting = click.argument("name", metavar="SETTING", shell_complete=values("settings"))
config = group(
    "config",
    _json_array,
    *SETTING_OPTIONS,
    help="Every setting, its value and where it comes from; options are taken as on a ride.",
    run="config:list_settings",
    commands=(
        command("path", help="Where the settings file is, or would be.", run="config:path"),
        command(
            "init",
            click.option(
                "--force",
                is_flag=True,
                help="Write over the one there is: what it sets stays set, comments go.",
            ),
            help="Write a settings file in which every setting is explained.",
            run="config:init",
        ),
        command(
            "set",
            _setting,
            click.argument("value", metavar="[VALUE]", required=False, shell_complete=values("choices")),
            help="Set a setting in the file, and leave the rest of it as it is.",
            run="config:set_setting",
        ),
        command(
            "unset",
            _setting,
            help="Take a setting out of the file: its default holds again.",
            run="config:unset",
        ),
    ),
)

profiles = group(
    "profiles",
    _json_array,
    help="What legbal knows of each meter family.",
    run="profiles:list_profiles",
    commands=(
        command(
            "show",
            click.argument("profile_id", metavar="ID"),
            help="Every statement of a profile, and where it comes from.",
            run="profiles:show",
        ),
        command(
            "check",
            click.argument(
                "files", metavar="[FILE]…", nargs=-1, type=click.Path(path_type=Path, dir_okay=False)
            ),
            help="Check profile files: those named, or all that legbal finds, your own included.",
            run="profiles:check",
        ),
        command(
            "draft",
            click.argument("ride"),
            click.option(
                "--meter",
                metavar="NAME",
                shell_complete=values("meters"),
                help="The meter to watch, where several were recorded: its name, or yours for it.",
            ),
            click.option(
                "--save", is_flag=True, help="Put the draft among your own profiles instead of showing it."
            ),
            help="Draft a profile from what a meter did. RIDE is the id of a ride, or a capture file.",
            run="profiles:draft",
        ),
    ),
)

completion = command(
    "completion",
    click.argument("shell", type=click.Choice(list(_SHELLS))),
    help="Print what makes your shell complete commands, options, rides and meters at the Tab key.\n\n\b\n"
    + "\n".join(f"{shell}: {how}" for shell, how in _SHELLS.items()),
    run="completion:print_script",
)

decode = command(
    "decode",
    click.argument("values", metavar="[HEX]...", nargs=-1),
    click.option(
        "--uuid",
        default=MEASUREMENT,
        show_default=True,
        help="2a63 measurement, 2a64 vector, 2a65 feature, 2a5d location or 2a66 control point.",
    ),
    help="""Say what the octets of a characteristic mean, as one JSON object for each HEX.

    Without HEX, reads one value from each line of standard input. A value that cannot be read gives its "hex"
    and an "error", the others are still decoded, and the exit code is 1.
    """,
    run="decode:decode_values",
)

doctor = command(
    "doctor",
    click.option("--json", "as_json", is_flag=True, help="A JSON object instead of lines."),
    click.option("--sound", "only_sound", is_flag=True, help="Play each tone, with its name; nothing else."),
    help="""Check what a ride needs: Bluetooth, sound, library, settings. Says what to do about what does not work.

    The exit code is 0 if a ride is possible, otherwise 1.
    """,
    run="doctor:run_doctor",
)
