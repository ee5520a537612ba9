"""`legbal meters`: the meters that were ridden with, which of them are one, and the zero offsets they were set to."""

import asyncio
import shutil
import sys
from typing import Any

from legbal.app.rides import RideService
from legbal.cli.rides import MOST_QUESTIONS, tell_questions
from legbal.cli.terminal import choose, print_json, print_lines
from legbal.config import load
from legbal.errors import UsageError
from legbal.present.document import Column, Table, table_text
from legbal.present.meter import same_meter, zero_jump
from legbal.present.numbers import count, timestamp
from legbal.present.objects import zero_fields
from legbal.present.sentences import say
from legbal.present.tables import zeros_table
from legbal.present.text import printable

_COLUMNS = (
    Column("name", "left"),
    Column("rides"),
    Column("last ridden", "left"),
    Column("the same as", "left"),
    Column("maker and model", "left", drop=2),
    Column("address", "left", drop=1),
)


def list_meters(as_json: bool) -> None:
    """Prints the meters, the last ridden first, and which of them may be one."""
    service = RideService()
    entries = _entries(service)
    if as_json:
        print_json(entries)
    elif entries:
        rows = [
            (
                printable(x["name"]),
                str(x["rides"]),
                "" if x["last_ridden"] is None else timestamp(x["last_ridden"]),
                printable(x["same_as"] or ""),
                printable(f"{x['manufacturer']} {x['model']}".strip()),
                printable(x["address"]),
            )
            for x in entries
        ]
        _print(Table(_COLUMNS, rows))
        tell_questions(service)
    else:
        print_lines("No meters yet. `legbal ride` remembers the one that you ride with.")


def _entries(service: RideService) -> list[dict[str, Any]]:
    """An object for each name: of a meter of several names that with the most rides comes first."""
    remembered = {meter.name: meter for meter in service.remembered_meters()}
    may_be: dict[str, list[str]] = {}
    for question in service.same_meter_questions():
        may_be.setdefault(question.meter, []).append(question.other)
        may_be.setdefault(question.other, []).append(question.meter)
    entries: list[dict[str, Any]] = [
        {
            "name": x.name,
            "same_as": None if x is names[0] else names[0].name,
            "may_be": may_be.get(x.name, []),
            "rides": len(x.rides),
            "last_ridden": x.rides[-1].started,
        }
        for names in service.meter_names()
        for x in names
    ]
    with_rides = {x["name"] for x in entries}
    entries += [
        {"name": name, "same_as": None, "may_be": [], "rides": 0, "last_ridden": None}
        for name in remembered
        if name not in with_rides
    ]
    for x in entries:
        meter = remembered.get(x["name"])
        for field in ("address", "manufacturer", "model"):
            x[field] = "" if meter is None else getattr(meter, field)
    return entries


def same(meter: str, other: str) -> None:
    """Counts the rides under both names to one meter."""
    one, two = RideService().answer_same(meter, other, same=True)
    print_lines(say("meters.same", **_answered(one.name, len(one.rides), two.name, len(two.rides))))


def different(meter: str, other: str) -> None:
    """Keeps the rides under both names apart, and asks no more."""
    one, two = RideService().answer_same(meter, other, same=False)
    print_lines(say("meters.different", **_answered(one.name, len(one.rides), two.name, len(two.rides))))


def forget(meter: str, other: str) -> None:
    """Takes the answer back."""
    one, two = RideService().answer_same(meter, other, same=None)
    print_lines(say("meters.forgotten", **_answered(one.name, len(one.rides), two.name, len(two.rides))))


def _answered(meter: str, rides: int, other: str, other_rides: int) -> dict[str, str]:
    return {
        "meter": printable(meter),
        "rides": count(rides, "ride"),
        "other": printable(other),
        "other_rides": count(other_rides, "ride"),
    }


def ask_questions(service: RideService) -> None:
    """Asks the rider which names are of one meter, where somebody is there to answer; else as `tell_questions`."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        tell_questions(service)
        return
    answers = (same, different)
    for question in service.same_meter_questions()[:MOST_QUESTIONS]:
        choices = [say("meters.yes"), say("meters.no"), say("meters.later")]
        try:
            chosen = asyncio.run(choose(same_meter(question), choices))
        except UsageError:  # the terminal was closed: another time
            return
        if chosen < len(answers):
            answers[chosen](question.meter, question.other)


def zeros(name: str | None, as_json: bool, remove: int | None) -> None:
    """Prints the zero offsets, and where the last one of a meter jumped; or forgets one."""
    service = RideService()
    if remove is not None:
        if name is not None or as_json:
            raise UsageError("--remove lists nothing", hint="Leave out NAME and --json.")
        service.remove_zero(remove)
        print_lines(f"Zero offset {remove} is forgotten.")
        return
    ledger = service.zeros(None if name is None else load().meter_named(name))
    if as_json:
        print_json(list(map(zero_fields, ledger)))
    elif ledger:
        _print(zeros_table(ledger))
        for zero in {zero.meter: zero for zero in ledger}.values():  # the last of each
            if jump := zero_jump(zero.step):
                print_lines(f"{printable(zero.meter)}: {jump}")
    else:
        print_lines("No zero offset was set here yet. `legbal zero` sets one, z on the screen of a ride too.")


def _print(table: Table) -> None:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print_lines(*table_text(table, width))
