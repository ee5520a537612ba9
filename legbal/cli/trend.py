"""`legbal trend`: months of rides, and whether the balance changes by more than rides scatter."""

from __future__ import annotations

from datetime import date, datetime

import click
import msgspec

from legbal.app.meter_profiles import profiles
from legbal.app.months import trend as trend_of
from legbal.cli import reindexing
from legbal.cli.options import settings
from legbal.cli.trend_text import trend_lines
from legbal.library.rides import Library
from legbal.present.trend import trend_object


def trend(as_json: bool, meter: str | None, band: str | None, since: datetime | None, wait: bool) -> None:
    """Answers with what is up to date, and sees to it that the rest will be."""
    first_day: date | None = None if since is None else since.date()
    named = None if meter is None else settings({}).meter_named(meter)
    with Library() as library:
        if wait:
            reindexing.wait_for(library.path)
        found = trend_of(library, profiles(), meter=named, band=band, since=first_day)
    if as_json:
        click.echo(msgspec.json.encode(trend_object(found)))
    else:
        for line in trend_lines(found):
            click.echo(line)
        if not found.meters and not found.pending:
            click.echo("No rides with a balance yet. `legbal ride` records one, `legbal import` adds others.")
    reindexing.say_pending(found.pending, "trend")
    reindexing.catch_up(library.path)
