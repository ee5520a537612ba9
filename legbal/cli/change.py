"""`legbal change`: what the rider changed, and what became of the balance."""

from __future__ import annotations

from datetime import date

import click
import msgspec

from legbal.analysis.months import Kind
from legbal.app.meter_profiles import profiles
from legbal.app.months import change_reports
from legbal.cli import reindexing
from legbal.cli.trend_text import change_lines, report_lines
from legbal.library.changes import LONGEST_WORDS, add_change, changes, remove_change
from legbal.library.rides import Library
from legbal.present.text import printable
from legbal.present.trend import change_objects


def add(words: str, first_day: date, last_day: date | None, kind: Kind) -> None:
    """Keeps the change and says its number."""
    if not words.strip():
        raise click.BadParameter("say in a few words what was changed.", param_hint="WORDS")
    if len(words) > LONGEST_WORDS:
        raise click.BadParameter(f"at most {LONGEST_WORDS} characters are kept.", param_hint="WORDS")
    if last_day is not None and last_day < first_day:
        raise click.BadParameter("lies before --date.", param_hint="--until")
    change = add_change(words, first_day, last_day, kind)
    click.echo(f"Change {change.number} is noted: {printable(change.words)}")


def list_changes(as_json: bool) -> None:
    """Prints the changes."""
    known = changes()
    if as_json:
        click.echo(msgspec.json.encode(known))
    elif known:
        click.echo("\n".join(change_lines(known)))
    else:
        click.echo('No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.')


def remove(number: int) -> None:
    """Removes the change; rides stay as they are."""
    click.echo(f"Change {number} is forgotten: {printable(remove_change(number).words)}")


def report(number: int | None, as_json: bool, wait: bool) -> None:
    """Prints before against after."""
    with Library() as library:
        if wait:
            reindexing.wait_for(library.path)
        found = change_reports(library, profiles(), number)
    if as_json:
        click.echo(msgspec.json.encode(change_objects(found)))
    elif found:
        click.echo("\n\n".join("\n".join(report_lines(each)) for each in found))
    else:
        click.echo('No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.')
    if found:
        reindexing.say_pending(found[0].pending, "change report")
        reindexing.catch_up(library.path)
