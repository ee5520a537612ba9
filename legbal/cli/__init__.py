"""What does the rider type? Commands, run in modules of their own; the error → exit-code map.

Exit codes: 0 success (Ctrl-C at the end of a ride too), 1 a failure (one line), 2 wrong usage (with a hint).
"""

import gc
import importlib
import os
import sys

import click

from legbal import __version__
from legbal.cli import terminal
from legbal.errors import LegbalError, UsageError, nearest

# what commands are for → every command, the module `*_commands` that declares it, and what it does, in one line of help
GROUPS = {
    "Ride": {
        "ride": ("ride", "Ride with your power meter: balance live, alerts, recording."),
        "demo": ("ride", "Try it with a simulated rider: no hardware needed."),
        "replay": ("ride", "Ride a recorded ride, a capture or a FIT file again."),
        "follow": ("ride", "Follow a ride from elsewhere, over MQTT."),
        "coach": ("ride", "Many riders on one screen, over MQTT."),
    },
    "Look back": {
        "review": ("library", "Read what happened on a ride; without RIDE, browse all."),
        "rides": ("library", "List your rides, or remove one."),
        "me": ("library", "Read what all your rides say about your weak leg."),
        "trend": ("library", "See how your balance changed over months."),
        "change": ("comparison", "Note a change (cleat, saddle, training), and see its effect."),
        "report": ("library", "Write a ride, or months of rides, as one HTML page."),
    },
    "Files": {
        "import": ("library", "Add FIT files of a head unit, or captures, to your rides."),
        "export": ("library", "Write a ride as FIT, CSV, Parquet or a capture."),
        "upload": ("library", "Send rides to intervals.icu, or into a folder, now."),
        "capture": ("meter", "Record a meter's raw packets, for a bug report or a profile."),
        "library": ("library", "Back up, check or repair the library of your rides."),
        "study": ("comparison", "Analyse the files of many riders at once."),
        "decode": ("setup", "Decode raw values of a Bluetooth characteristic."),
    },
    "Set up": {
        "scan": ("meter", "List the power meters in range."),
        "zero": ("meter", "Set your power meter's zero offset."),
        "pair": ("meter", "Pair your power meter with this computer, if it asks for that."),
        "crank-length": ("meter", "Show or set the crank length stored in your power meter."),
        "meters": ("meter", "List the meters you rode with, and their zero offsets."),
        "profiles": ("meter", "Show what legbal knows about each meter family; draft more."),
        "config": ("setup", "Show and change settings."),
        "completion": ("setup", "Complete commands, rides and meters at Tab in your shell."),
        "doctor": ("setup", "Check Bluetooth, sound and library, and say what to do."),
    },
}
COMMANDS = {name: declared for commands in GROUPS.values() for name, declared in commands.items()}


class _LazyGroup(click.Group):
    """Loads a command's declaration only when it is asked for, so that --help stays light."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        # of the commands only the one that is called, and those of its module, are declared
        declared = vars(importlib.import_module(f"legbal.cli.{COMMANDS[cmd_name][0]}_commands")).values()
        return next(x for x in declared if isinstance(x, click.Command) and x.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = nearest(args[0], COMMANDS, 0.65)
            if near is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near}?", ctx) from error

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        widest = max(map(len, COMMANDS))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), what) for name, (_, what) in commands.items()])


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True
)
@click.version_option(__version__, prog_name="legbal")
@click.pass_context
def legbal(context: click.Context) -> None:
    """Watch your left/right leg balance while you ride, and read afterwards what it did.

    \b
      legbal demo          see it with a simulated rider, no hardware needed
      legbal review last   read what happened on your newest ride

    Without a command the start screen opens. `legbal COMMAND --help` explains each.
    """
    if context.invoked_subcommand is None and terminal.has_terminal():
        from legbal.cli.screen import start  # with the settings, which --help does without

        start(context)
    elif context.invoked_subcommand is None:
        terminal.print_lines(*context.get_help().split("\n"))


def main(arguments: list[str] | None = None) -> None:
    """Runs legbal with `arguments` (default: the process's own) and exits with its code."""
    if arguments is None:
        gc.disable()  # until a command runs: what is loaded leaves no garbage, and to look took a fifth of its time
    terminal.mend()
    if os.environ.get("_LEGBAL_COMPLETE", "").startswith("powershell"):
        importlib.import_module("legbal.cli.completion")  # it teaches click that shell
    try:
        status = legbal.main(args=arguments, prog_name="legbal", standalone_mode=False)
    except click.ClickException as error:
        terminal.complain_usage(error)
        sys.exit(error.exit_code)  # 2 for wrong usage
    except (click.Abort, KeyboardInterrupt):
        sys.exit(1)
    except LegbalError as error:
        terminal.complain(str(error), error.hint)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except Exception as error:  # one line is said instead of a traceback
        if os.environ.get("LEGBAL_TRACEBACK"):
            raise
        if isinstance(error, OSError):  # a full disk behind standard output, a folder that vanished
            what = f"{error.filename}: " if error.filename else ""
            terminal.complain(f"{what}{error.strerror or error}")
        else:  # a defect of ours: the rider gets one line, whoever looks into it the rest
            terminal.complain(
                f"a defect in legbal itself: {type(error).__name__}: {error}",
                "What was recorded is safe. LEGBAL_TRACEBACK=1 shows where, for a report.",
            )
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)
