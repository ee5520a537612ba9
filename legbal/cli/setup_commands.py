"""What is typed to set legbal up, to check it and to decode octets: the commands with their arguments and options."""

import click

from legbal.cli.options import SETTING_OPTIONS, command, group, json_array_option, values
from legbal.gatt.uuids import MEASUREMENT

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
    json_array_option,
    *SETTING_OPTIONS,
    help="Every setting, its value and where it comes from; options count as on a ride.",
    run="config:list_settings",
    commands=(
        command("path", help="Where the settings file is, or would be.", run="config:path"),
        command(
            "init",
            click.option(
                "--force",
                is_flag=True,
                help="Replace the one there is: settings stay, comments go.",
            ),
            help="Write a settings file in which every setting is explained.",
            run="config_edit:init",
        ),
        command(
            "set",
            _setting,
            click.argument("value", metavar="[VALUE]", required=False, shell_complete=values("choices")),
            help="Set a setting in the file, and leave the rest of it as it is.",
            run="config_edit:set_setting",
        ),
        command(
            "unset",
            _setting,
            help="Remove a setting from the file: its default applies again.",
            run="config_edit:unset",
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
        help="2a63 measurement, 2a64 vector, 2a65 feature, 2a5d location, 2a66 control point or 2a37 heart rate.",
    ),
    help="""Decode raw values of a Bluetooth characteristic: one JSON object for each HEX.

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
