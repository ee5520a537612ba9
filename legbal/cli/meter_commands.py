"""What is typed to find a power meter, set it, record what it sends, and ask what is known of its family."""

from pathlib import Path

import click

from legbal.cli.options import (
    adapter_option,
    command,
    group,
    json_array_option,
    meter_option,
    option_of_meter,
    values,
)

# as in legbal.sources.bluetooth.control, which is loaded only when it is needed
_SHORTEST_MM, _LONGEST_MM, _STEP_MM = 110.0, 220.0, 0.5

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
    adapter_option,
    json_array_option,
    help="List the power meters in range. Turn the cranks to wake yours.",
    run="meter:scan",
)

zero = command(
    "zero",
    meter_option,
    adapter_option,
    click.option("--yes", is_flag=True, help="Do not wait for Enter: the bike stands ready."),
    help="Set the zero offset of your power meter: bike upright, no weight on the pedals.",
    run="meter:zero",
)


pair = command(
    "pair",
    meter_option,
    adapter_option,
    click.option(
        "--passkey",
        type=click.IntRange(0, 999_999),
        metavar="N",
        help="Its passkey, if it has one; without this it is asked for.",
    ),
    help="Pair your power meter with this computer. Only needed where a ride says that it must be.",
    run="meter:pair",
)


def _whole_steps(_context: click.Context, _parameter: click.Parameter, length: float | None) -> float | None:
    if length is not None and length % _STEP_MM:
        raise click.BadParameter(
            f"{length:g} mm is not in steps of {_STEP_MM} mm, the finest that a meter takes."
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
    adapter_option,
    click.option("--yes", is_flag=True, help="Set it without asking."),
    help="Show the crank length stored in your power meter, or set it to MM.",
    run="meter:crank_length",
)

capture = command(
    "capture",
    meter_option,
    adapter_option,
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

_two_meters = tuple(
    click.argument(name, metavar=metavar, shell_complete=values("meters"))
    for name, metavar in (("meter", "NAME"), ("other", "OTHER"))
)
meters = group(
    "meters",
    json_array_option,
    help="List the meters that you rode with, under each name that rides have for them, and which may be one.",
    run="meters:list_meters",
    commands=(
        command(
            "zeros",
            click.argument("name", metavar="[NAME]", required=False, shell_complete=values("meters")),
            json_array_option,
            click.option(
                "--remove",
                type=click.IntRange(min=1),
                metavar="N",
                help="Forget zero offset N, which was set without a ride. Those of a ride go with the ride.",
            ),
            help="List the zero offsets that were set, the earliest first; of one meter those of NAME, which may be "
            "the beginning of its name.",
            run="meters:zeros",
        ),
        command(
            "same",
            *_two_meters,
            help="Say that NAME and OTHER are one meter, as over Bluetooth and in files: history, trend and changes "
            "count their rides together. The beginning of a name will do.",
            run="meters:same",
        ),
        command(
            "different",
            *_two_meters,
            help="Say that NAME and OTHER are two meters, so that you are not asked.",
            run="meters:different",
        ),
        command(
            "forget",
            *_two_meters,
            help="Take back what you said of NAME and OTHER.",
            run="meters:forget",
        ),
    ),
)

profiles = group(
    "profiles",
    json_array_option,
    help="What legbal knows about each meter family.",
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
            option_of_meter(
                help="The meter to draft for, where several were recorded: its name, or yours for it."
            ),
            click.option(
                "--save", is_flag=True, help="Put the draft among your own profiles instead of showing it."
            ),
            help="Draft a profile from what a meter did. RIDE is the id of a ride, or a capture file.",
            run="profiles:draft",
        ),
    ),
)
