"""`legbal meters`: the meters that were ridden with, and the zero offsets that they were set to."""

import shutil
import sys

from legbal.app.rides import RideService
from legbal.cli.terminal import print_json, print_lines
from legbal.config import load
from legbal.errors import UsageError
from legbal.present.document import Column, Table, table_text
from legbal.present.meter import zero_jump
from legbal.present.numbers import timestamp
from legbal.present.objects import zero_fields
from legbal.present.tables import zeros_table
from legbal.present.text import printable

_COLUMNS = tuple(Column(x, "left") for x in ("name", "maker and model", "last ridden", "address"))


def list_meters(as_json: bool) -> None:
    """Prints the meters, the last used first."""
    meters = RideService().remembered_meters()
    if as_json:
        print_json(meters)
    elif meters:
        rows = [
            (x.name, f"{x.manufacturer} {x.model}".strip(), timestamp(x.last_used.astimezone()), x.address)
            for x in meters
        ]
        _print(Table(_COLUMNS, [tuple(map(printable, row)) for row in rows]))
    else:
        print_lines("No meters yet. `legbal ride` remembers the one that you ride with.")


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
