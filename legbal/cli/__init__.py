"""What does the rider type? Commands, run in modules of their own; the error → exit-code map.

Exit codes: 0 success (Ctrl-C at the end of a ride too), 1 a failure (one line), 2 wrong usage (with a hint).
"""

import importlib
import os
import sys

import click

from legbal import __version__
from legbal.cli import terminal
from legbal.errors import LegbalError, UsageError

# every command: which of the modules `*_commands` declares it, and what it does
COMMANDS = {
    "ride": ("ride", "Ride with your power meter over Bluetooth: balance live, alerts, recording."),
    "demo": ("ride", "The same with a simulated rider: no hardware needed."),
    "follow": ("ride", "Follow somebody's ride from elsewhere, over MQTT."),
    "coach": ("ride", "Many riders on one screen, over MQTT; the worst drop-off first."),
    "scan": ("meter", "List the power meters in range."),
    "zero": ("meter", "Set the zero offset of your power meter."),
    "meters": ("meter", "List the meters that you rode with, and the zero offsets they were set to."),
    "pair": ("meter", "Pair your power meter with this computer, where it asks for that."),
    "crank-length": ("meter", "Show or set the crank length stored in your power meter."),
    "capture": ("meter", "Record raw packets of any power meter, for a bug report or a profile."),
    "replay": ("ride", "Ride a recorded ride, a capture file or a FIT file again."),
    "review": ("library", "Say what the balance of a ride was: ride, intervals, power bands."),
    "rides": ("library", "List the recorded rides."),
    "trend": ("library", "Show how your balance changed over months, and how sure that is."),
    "change": ("comparison", "Note what you changed, and compare the balance before and after."),
    "report": ("library", "Write a ride, or months of rides, as one HTML page that opens offline."),
    "import": ("library", "Add the FIT files of a head unit, or captures, to the library."),
    "export": ("library", "Write a ride as FIT, CSV, Parquet or a capture."),
    "library": ("library", "Copy, check or repair the library of your rides."),
    "study": ("comparison", "Analyse the files of many riders at once, on all cores or a Dask cluster."),
    "profiles": ("meter", "List, show, check and draft what is known of each meter family."),
    "config": ("setup", "Every setting and where it comes from; write and change the settings file."),
    "completion": ("setup", "Make your shell complete commands, options, rides and meters."),
    "decode": ("setup", "Decode raw values of a Bluetooth characteristic."),
    "doctor": ("setup", "Check adapter, permissions, sound and library, and say what to do."),
}


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
            from difflib import get_close_matches  # 3 ms that only a slip of the hand needs

            near = get_close_matches(args[0], COMMANDS, n=1, cutoff=0.65)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]}?", ctx) from error

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True
)
@click.version_option(__version__, prog_name="legbal")
@click.pass_context
def legbal(context: click.Context) -> None:
    """A live companion for cyclists who watch their left/right leg balance.

    Without a command it opens the start screen: your meter, your threshold power, the sound, and off you go.
    """
    if context.invoked_subcommand is None and terminal.has_terminal():
        importlib.import_module("legbal.cli.ride").start(context)  # with all that a ride needs
    elif context.invoked_subcommand is None:
        terminal.print_lines(*context.get_help().split("\n"))


def main(arguments: list[str] | None = None) -> None:
    """Runs legbal with `arguments` (default: the process's own) and exits with its code."""
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
