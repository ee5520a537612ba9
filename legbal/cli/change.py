"""`legbal change`: what the rider changed, and what became of the balance."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from legbal.library.changes import Kind

_KINDS = ("fit", "injury", "training")
_EARLIEST, _LATEST = date(1970, 1, 1), date(2100, 1, 1)


def _day(context: click.Context, parameter: click.Parameter, typed: datetime | None) -> date | None:
    if typed is None:
        return None
    if not _EARLIEST <= typed.date() < _LATEST:
        raise click.BadParameter("lies before 1970 or after 2099.", context, parameter)
    return typed.date()


_number = click.argument("number", metavar="N", type=click.IntRange(min=1))
_json = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of tables.")


@click.group(
    name="change",
    help="Note what you changed (cleats, an injury, a block of training), and compare the balance before and after.",
)
def command() -> None:
    """Its commands are below."""


@command.command(name="add", help="Note a change, in your own WORDS.")
@click.argument("words")
@click.option(
    "--date",
    "first_day",
    type=click.DateTime(("%Y-%m-%d",)),
    callback=_day,
    required=True,
    metavar="DATE",
    help="The day on which it was made or began, as 2026-05-01.",
)
@click.option(
    "--until",
    "last_day",
    type=click.DateTime(("%Y-%m-%d",)),
    callback=_day,
    metavar="DATE",
    help="The last day, of a change that took more than one: a block of training, an injury.",
)
@click.option(
    "--kind", type=click.Choice(_KINDS), default="fit", show_default=True, help="What kind of change it is."
)
def add(words: str, first_day: date, last_day: date | None, kind: Kind) -> None:
    """Keeps the change and says its number."""
    from legbal.cli.table import printable
    from legbal.library.changes import LONGEST_WORDS, add_change

    if not words.strip():
        raise click.BadParameter("say in a few words what was changed.", param_hint="WORDS")
    if len(words) > LONGEST_WORDS:
        raise click.BadParameter(f"at most {LONGEST_WORDS} characters are kept.", param_hint="WORDS")
    if last_day is not None and last_day < first_day:
        raise click.BadParameter("lies before --date.", param_hint="--until")
    change = add_change(words, first_day, last_day, kind)
    click.echo(f"Change {change.number} is noted: {printable(change.words)}")


@command.command(name="list", help="List the changes, the earliest first.")
@_json
def list_them(as_json: bool) -> None:
    """Prints the changes."""
    import msgspec

    from legbal.cli.trend_lines import change_lines
    from legbal.library.changes import changes

    known = changes()
    if as_json:
        click.echo(msgspec.json.encode(known))
    elif known:
        click.echo("\n".join(change_lines(known)))
    else:
        click.echo('No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.')


@command.command(name="remove", help="Forget change N.")
@_number
def remove(number: int) -> None:
    """Removes the change; rides stay as they are."""
    from legbal.cli.table import printable
    from legbal.library.changes import remove_change

    click.echo(f"Change {number} is forgotten: {printable(remove_change(number).words)}")


@command.command(
    name="report", help="Compare the balance before and after change N, or each of them, per power band."
)
@click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False)
@_json
@click.option("--wait", is_flag=True, help="Wait for rides that are to be derived again.")
def report_them(number: int | None, as_json: bool, wait: bool) -> None:
    """Prints before against after."""
    import msgspec

    from legbal.analysis.change import report
    from legbal.app.meter_profiles import profiles
    from legbal.cli import reindexing
    from legbal.cli.trend_lines import report_lines
    from legbal.library.rides import Library

    with Library() as library:
        if wait:
            reindexing.wait(library.path)
        found = report(library, profiles(), number)
    if as_json:
        click.echo(msgspec.json.encode(found))
    elif found:
        click.echo("\n\n".join("\n".join(report_lines(each)) for each in found))
    else:
        click.echo('No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.')
    if found:
        reindexing.say_pending(found[0].pending, "change report")
        reindexing.catch_up(library.path)
