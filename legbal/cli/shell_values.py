"""What a half-typed ride, meter or setting can become; nothing is said where the library cannot be read."""

from contextlib import suppress

import click
from click.shell_completion import CompletionItem

from legbal import config
from legbal.errors import LegbalError
from legbal.library.rider import read_meters
from legbal.library.rides import LAST, Library
from legbal.present.numbers import timestamp
from legbal.present.text import printable

_MOST_RIDES = 50


def rides(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Ids of recorded rides, the newest first, with their day and meter; else files."""
    items: list[CompletionItem] = []
    with suppress(LegbalError):
        with Library() as library:
            recorded = library.rides()
        if recorded and LAST.startswith(typed):
            items.append(CompletionItem(LAST, help="the newest ride"))
        for ride in [ride for ride in recorded if ride.id.startswith(typed.lower())][:_MOST_RIDES]:
            what = ride.title or ", ".join(ride.meters) or ride.source
            items.append(CompletionItem(ride.id, help=f"{timestamp(ride.started)}  {printable(what)[:40]}"))
    return items or [CompletionItem(typed, type="file")]


def meters(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Names of the meters that were ridden with, and the rider's own names for them.

    Of a name with blanks what stands before the first: the beginning of a name will do.
    """
    names: list[str] = []
    with suppress(LegbalError):
        names = [*config.load().aliases, *(meter.name for meter in read_meters())]
    starts = dict.fromkeys(name.split()[0] for name in names if name.split() and name.isprintable())
    return [CompletionItem(name) for name in starts if name.lower().startswith(typed.lower())]


def choices(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The words among which a setting chooses: the one that was named before, or else that of the option's name."""
    key = config.KEYS.get(str(context.params.get("name", parameter.name)))
    return [CompletionItem(word) for word in (key.choices if key else ()) if word.startswith(typed)]


def settings(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of settings."""
    return [
        CompletionItem(key.name, help=key.text.split(". ")[0])
        for key in config.KEYS.values()
        if key.name.startswith(typed)
    ]
