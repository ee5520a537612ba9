"""`legbal rides` and `legbal change`: what the library lists, as tables or as JSON; noted and removed."""

import shlex
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import get_args

import click
import msgspec

from legbal.analysis.efforts import Efforts
from legbal.analysis.months import LONGEST_WORDS, Kind
from legbal.app.reindex_process import update
from legbal.app.rides import ListItem, RideService
from legbal.app.stored_rides import stored_summary
from legbal.cli.terminal import complain, confirm, print_json, print_lines
from legbal.errors import ProfileError, UsageError
from legbal.present.document import Column, Paragraph, Table, document_text, table_text
from legbal.present.headline import headline
from legbal.present.interval_words import (
    BACK_AFTER,
    BELOW,
    FIRST_DEFICIT,
    in_brief,
    of_deficits,
    vs_usual,
)
from legbal.present.meter import has_balance, ride_share, ride_state, same_meter
from legbal.present.numbers import clock, count, meter_names, timestamp
from legbal.present.sentences import say
from legbal.present.tables import AN_HOUR, changes_table, estimate
from legbal.present.text import cut, printable
from legbal.ride.inputs import Side

COLUMNS = (
    Column("ride", "left"),
    Column("started", "left"),
    Column("time"),
    Column("left %"),
    Column("vs usual", drop=3),
    Column("what happened", "left", drop=4),
    Column(AN_HOUR, drop=5),
    *(Column(heading, drop=6) for heading in (FIRST_DEFICIT, BELOW, BACK_AFTER)),
    Column("meter", "left", overflow="cut"),
    Column("source", "left"),
    Column("state", "left"),
    Column("title", "left", overflow="cut"),
)
NO_CHANGES = 'No changes yet. `legbal change add "left cleat 2° in" --date 2026-05-01` notes one.'
MOST_QUESTIONS = 3  # at a time
_WIDEST = 40  # characters of a name or title in the table
# need not be said on a narrow terminal where it holds for every ride
_USUAL = {"state": {say("state.done")}, "source": {"ride", "import"}}


def rides(as_json: bool, limit: int | None, remove: str | None, yes: bool) -> None:
    """Prints the rides of the library, or removes one."""
    if remove is not None:
        if as_json or limit is not None:
            raise UsageError("--remove lists nothing", hint="Leave out --json and --limit.")
        _remove(remove, ask=not yes)
        return
    if yes:
        raise UsageError("--yes goes with --remove", hint="`legbal rides --remove RIDE --yes`.")
    service = RideService()
    items = service.items(limit, complain, lambda: update(service.path, _say_updated, complain))
    if as_json:
        print_json([_object(item) for item in items])
    elif items:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        with suppress(ProfileError):  # it was told above; the list is there all the same
            print_lines(*_newest(service.path, items[0]))
        print_lines(*table_text(table([_cells(item) for item in items]), width))
        with suppress(ProfileError):
            tell_questions(service)
    else:
        print_lines("No rides yet. `legbal ride` records one; `legbal demo` shows how it looks.")


def _newest(path: Path, item: ListItem) -> list[str]:
    """The newest ride in the sentence that it has everywhere; nothing where it has no summary yet."""
    summary = stored_summary(path, item.ride)
    if summary is None:
        return []
    return [*document_text([Paragraph(f"{headline(summary)} ({item.ride.id})")]), ""]


def tell_questions(service: RideService) -> None:
    """Says which names may be of one meter, and what to type."""
    for question in service.same_meter_questions()[:MOST_QUESTIONS]:
        names = shlex.join((question.meter, question.other))
        print_lines(same_meter(question), err=True)
        print_lines(say("meters.answer", names=printable(names)), err=True)


def _remove(name: str, *, ask: bool) -> None:
    service = RideService()
    ride = service.find(name)
    identity, started, time, *_, meter, _, _, title = _cells(ListItem(ride))
    removed = "  ".join((identity, started, time, meter, title)).rstrip()
    if ask:
        import asyncio  # which a list does without

        print_lines(removed, err=True)
        if not asyncio.run(confirm("Remove this ride for good?")):
            print_lines("Nothing was removed.", err=True)
            return
    service.remove(ride)
    print_lines(f"removed {removed}")


def _say_updated(rides: int, waits: bool) -> None:
    how = " …" if waits else " in the background: listed as they were."
    print_lines(f"Updating {count(rides, 'ride')}{how}", err=True)


def _object(item: ListItem) -> dict[str, object]:
    ride = item.ride
    return {
        "ride": ride.id,
        "started": ride.started,
        "duration_s": item.duration_s,
        "left_percent": item.share.left_percent,
        "left_standard_error": item.share.standard_error,
        "usual_percent": item.usual_percent,
        "intervals": item.intervals,
        "dropoffs": len(item.dropoffs),
        "tiring": _tiring(item.efforts),
        "meters": ride.meters,
        "source": ride.source,
        "state": say(f"state.{ride.state}"),
        "title": ride.title,
        "note": ride.note,
        "inputs": ride.inputs,
        "lost": ride.lost,
        "meter_wrong": item.meter_wrong,
        "legbal": ride.version,
    }


def _tiring(efforts: Efforts) -> dict[str, object]:
    hours = efforts.seconds / 3600
    return {
        "effort_s": efforts.seconds,
        "left_points_per_hour": efforts.drift and efforts.drift.value,
        "standard_error": efforts.drift and efforts.drift.standard_error,
        **{
            side: {
                "first_deficit_s": efforts.first(side),
                "below_s_per_hour": efforts.below(side) / hours if hours else None,
                "back_s": efforts.back(side),
            }
            for side in get_args(Side)
        },
    }


def _cells(item: ListItem) -> tuple[str, ...]:
    ride = item.ride
    return (
        ride.id,
        timestamp(ride.started),
        clock(item.duration_s),
        ride_share(item.share, item.balance),
        vs_usual(item.share, item.usual_percent),
        ""
        if item.balance is None
        else in_brief(item.intervals, item.dropoffs, balance=has_balance(item.balance)),
        estimate(item.efforts.drift)[0],
        *of_deficits(item.efforts),
        cut(printable(meter_names(ride.meters)), _WIDEST),
        ride.source,
        ride_state(ride.state, ride.lost, item.balance, meter_wrong=item.meter_wrong) or say("state.done"),
        cut(printable(ride.title), _WIDEST),
    )


def table(rows: Sequence[Sequence[str]]) -> Table:
    """Rides as a table; on a narrow terminal the state and then the source go where they are as usual in each."""
    columns = list(COLUMNS)
    for place, column in enumerate(COLUMNS):
        texts = {row[place] for row in rows}
        if len(texts) == 1 and texts <= _USUAL.get(column.heading, set()):
            columns[place] = msgspec.structs.replace(column, drop=2 if column.heading == "state" else 1)
    return Table(columns, rows)


def add_change(words: str, first_day: date, last_day: date | None, kind: Kind) -> None:
    """Keeps the change and says its number."""
    if not words.strip():
        raise click.BadParameter("say in a few words what was changed.", param_hint="WORDS")
    if len(words) > LONGEST_WORDS:
        raise click.BadParameter(f"at most {LONGEST_WORDS} characters.", param_hint="WORDS")
    if last_day is not None and last_day < first_day:
        raise click.BadParameter("lies before --date.", param_hint="--until")
    change = RideService().add_change(words, first_day, last_day, kind)
    print_lines(f"Change {change.number} is noted: {change.words}")


def list_changes(as_json: bool) -> None:
    """Prints the changes."""
    noted = RideService().changes()
    if as_json:
        print_json(noted)
    elif noted:
        print_lines(*document_text([changes_table(noted)]))
    else:
        print_lines(NO_CHANGES)


def remove_change(number: int) -> None:
    """Removes the change; rides stay as they are."""
    print_lines(f"Change {number} is forgotten: {RideService().remove_change(number).words}")
