"""The rider's meter, for commands that ask it or set it; how it goes is said on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager

import click

from legbal.app.meter_choice import Chooser
from legbal.app.meter_session import Linked, linked
from legbal.cli.options import settings
from legbal.cli.progress import show
from legbal.cli.prompt import choose
from legbal.cli.stdio import complain
from legbal.cli.table import printable
from legbal.ride.inputs import Input


class _Terminal:
    """Says on standard error how the meter is looked for."""

    say = staticmethod(lambda text: say(text))
    complain = staticmethod(complain)

    def waited(self, seconds: float | None) -> None:
        """Counts on the terminal's line."""
        if sys.stderr.isatty():
            show("" if seconds is None else f"{seconds:.0f} s …")


def say(text: str) -> None:
    """Tells the rider something that is not the command's result."""
    if sys.stderr.isatty():
        show("")  # a line that counts stands there perhaps
    click.echo(printable(text), err=True)


def connected(
    meter: str | None,
    *,
    ask: bool,
    both: bool = False,
    reads: Sequence[str] = (),
    follows: Sequence[str] = (),
    take: Callable[[Input], None] = lambda _item: None,
) -> AbstractAsyncContextManager[Linked]:
    """The meter of that name, as `linked`; `ask`: whether the rider may be asked which of several it is."""
    chooser = Chooser(choose) if ask and sys.stdin.isatty() else None
    return linked(
        settings({"meter": meter}),
        meter,
        _Terminal(),
        chooser=chooser,
        both=both,
        reads=reads,
        follows=follows,
        take=take,
    )
