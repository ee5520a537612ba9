"""`legbal trend` and `legbal change`: months of rides, what the rider changed, and what became of the balance."""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from legbal.analysis.months import LONGEST_WORDS, Kind
from legbal.app import reindex_process
from legbal.app.trends import TrendService
from legbal.cli.terminal import bar, complain
from legbal.config import load
from legbal.present.document import Block, document_text
from legbal.present.numbers import count
from legbal.present.objects import with_words
from legbal.present.text import printable
from legbal.present.trend import change_blocks, changes_table, trend_blocks

_NO_CHANGES = 'No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.'


def trend(as_json: bool, meter: str | None, band: str | None, since: datetime | None, wait: bool) -> None:
    """Answers with what is up to date, and sees to it that the rest will be."""
    named = None if meter is None else load().meter_named(meter)
    service = service_of_months(wait=wait)
    result = service.trend(meter=named, band=band, since=since and since.date())
    if as_json:
        click.echo(msgspec.json.encode(with_words(result)))
    else:
        _print(trend_blocks(result))
        if not result.meters and not result.pending:
            click.echo("No rides with a balance yet. `legbal ride` records one, `legbal import` adds others.")
    _derive_pending(service.path, result.pending, "trend")


def add(words: str, first_day: date, last_day: date | None, kind: Kind) -> None:
    """Keeps the change and says its number."""
    if not words.strip():
        raise click.BadParameter("say in a few words what was changed.", param_hint="WORDS")
    if len(words) > LONGEST_WORDS:
        raise click.BadParameter(f"at most {LONGEST_WORDS} characters are kept.", param_hint="WORDS")
    if last_day is not None and last_day < first_day:
        raise click.BadParameter("lies before --date.", param_hint="--until")
    change = TrendService().add_change(words, first_day, last_day, kind)
    click.echo(f"Change {change.number} is noted: {printable(change.words)}")


def list_changes(as_json: bool) -> None:
    """Prints the changes."""
    noted = TrendService().changes()
    if as_json:
        click.echo(msgspec.json.encode(noted))
    elif noted:
        _print([changes_table(noted)])
    else:
        click.echo(_NO_CHANGES)


def remove(number: int) -> None:
    """Removes the change; rides stay as they are."""
    click.echo(f"Change {number} is forgotten: {printable(TrendService().remove_change(number).words)}")


def report(number: int | None, as_json: bool, wait: bool) -> None:
    """Prints before against after."""
    service = service_of_months(wait=wait)
    reports = service.change_reports(number)
    if as_json:
        click.echo(msgspec.json.encode([with_words(each) for each in reports]))
    elif reports:
        _print(block for each in reports for block in change_blocks(each))
    else:
        click.echo(_NO_CHANGES)
    if reports:
        _derive_pending(service.path, reports[0].pending, "change report")


def _print(blocks: Iterable[Block]) -> None:
    for line in document_text(blocks):
        click.echo(line)


def _derive_pending(path: Path, pending: int, command: str) -> None:
    if pending:
        click.echo(
            f"{count(pending, 'ride')} {'is' if pending == 1 else 'are'} being derived again and not counted yet; "
            f"`legbal {command} --wait` waits for that.",
            err=True,
        )
    reindex_process.catch_up(path, complain)


def service_of_months(*, wait: bool) -> TrendService:
    """The library, brought up to date if that is waited for, with a progress bar. Raises LibraryError, ProfileError."""
    service = TrendService()
    if wait:
        with bar("Deriving rides again", reindex_process.count_stale(service.path)) as step:
            reindex_process.wait(service.path, step)
    return service
