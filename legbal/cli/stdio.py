"""Standard input, output and error as a command can use them, whatever the program was started with."""

import io
import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from legbal.errors import UsageError
from legbal.present.text import printable


def mend() -> None:
    """Opens what was closed onto the null device, and lets output escape what its encoding cannot say.

    A closed stream would leave its descriptor to the next file that is opened, so that what is meant for the
    terminal ended in the library.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - for the program's life
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def complain(text: str, hint: str | None = None) -> None:
    """Says on standard error what is wrong and, on a line of its own, what to do.

    Names of files and what they hold may be anything: what is no visible character is escaped. Where standard error
    cannot be written nobody is left to hear it, and whatever else goes on need not end.
    """
    with suppress(OSError):
        click.echo(f"legbal: {printable(text)}", err=True)
        if hint:
            click.echo(printable(hint), err=True)


def need_terminal(
    hint: str = "Add --headless to ride without it, or --events for JSON lines.",
) -> None:
    """Raises UsageError where the screen could not be seen or no key would reach it; `hint` says what to do."""
    for stream in (sys.__stdin__, sys.__stderr__):  # the screen's own two
        if stream is None or not stream.isatty():
            raise UsageError("there is no terminal for the screen", hint=hint)


def has_terminal() -> bool:
    """Whether somebody sits before a terminal that can show a screen: keys, screen and output are all there."""
    return os.environ.get("TERM") != "dumb" and all(
        stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    )


def keys_apart() -> int:
    """Keeps what is piped in for the command and takes the keys from the terminal instead.

    Gives the descriptor from which the piped data is read. Raises UsageError where nothing is piped in, or where
    there is no terminal.
    """
    if sys.stdin.isatty():
        raise UsageError(
            "a capture on standard input is asked for, and that is the keyboard",
            hint="Pipe one in: legbal replay - < ride.jsonl",
        )
    piped = os.dup(0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        os.close(piped)
        need_terminal()
        raise
    os.dup2(terminal, 0)
    os.close(terminal)
    return piped
