"""Is the library whole, and can it be copied while it is written? Its file, and what stands in its tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from legbal.errors import DamagedError, LibraryError
from legbal.library import REPAIR, translate_errors
from legbal.library.codec import SEQUENCE_BITS
from legbal.library.connection import open_reading
from legbal.library.recorder import is_recorded
from legbal.library.rider import changes, read_meters
from legbal.library.rides import TABLES_OF_RIDES, Library, read_rows
from legbal.library.zero_offsets import read_zeros

_OF_NO_RIDE = "ride NOT IN (SELECT number FROM rides)"
# of each table the rows that belong to no ride; inputs also where it is not said what they are
_ORPHANS = dict.fromkeys(TABLES_OF_RIDES, _OF_NO_RIDE) | {
    "inputs": f"key >> {SEQUENCE_BITS} NOT IN (SELECT number FROM rides)"
    f" OR (key >> {SEQUENCE_BITS}, channel) NOT IN (SELECT ride, channel FROM channels)"
}


class LibraryCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        path: of the library.
        octets: how long its file is.
        schema: how many migrations it has seen.
        rides: how many it has.
        inputs: how many of all rides.
        damage: what SQLite says of the file.
        orphans: by table, how many rows belong to no ride.
        unreadable: by what it is, why it cannot be read.
        recorded: ids of the rides that are being recorded.
        cut_off: ids of those that were, and nobody has closed yet.
    """

    path: str
    octets: int = 0
    schema: int = 0
    rides: int = 0
    inputs: int = 0
    damage: tuple[str, ...] = ()
    orphans: dict[str, int] = {}
    unreadable: dict[str, str] = {}
    recorded: tuple[str, ...] = ()
    cut_off: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether there is nothing to repair."""
        return not (self.damage or self.orphans or self.unreadable)


def check(path: Path) -> LibraryCheck | None:
    """Looks at the whole library, of which nothing is changed; None where there is none yet.

    Raises LibraryError for what is no library, or may not be read.
    """
    with translate_errors(path):
        octets = path.stat().st_size if path.exists() else 0
    try:
        connection = open_reading(path)
        if connection is None:
            return None
        with closing(connection), translate_errors(path):
            report = "\n".join(text for (text,) in connection.execute("PRAGMA integrity_check(10)"))
            damage = [line for line in report.splitlines() if line != "ok" and not line.startswith("***")]
            if not damage:
                return _look_inside(connection, path, octets)
    except DamagedError as error:
        damage = [str(error)]
    return LibraryCheck(path=str(path), octets=octets, damage=tuple(damage))


def _look_inside(connection: sqlite3.Connection, path: Path, octets: int) -> LibraryCheck:
    def number(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    rows = {
        table: number(f"SELECT count(*) FROM {table} WHERE {condition}")
        for table, condition in _ORPHANS.items()
    }
    unclosed = [ride for (ride,) in connection.execute("SELECT id FROM rides WHERE state = 'recording'")]
    recorded = tuple(ride for ride in unclosed if is_recorded(path, ride))
    return LibraryCheck(
        path=str(path),
        octets=octets,
        schema=number("PRAGMA user_version"),
        rides=number("SELECT count(*) FROM rides"),
        # a row may hold many: its key is the last one's
        inputs=number(
            f"SELECT ifnull(sum((max & {(1 << SEQUENCE_BITS) - 1}) + 1), 0)"
            f" FROM (SELECT max(key) AS max FROM inputs GROUP BY key >> {SEQUENCE_BITS})"
        ),
        orphans={table: count for table, count in rows.items() if count},
        unreadable=dict(_unreadable(path)),
        recorded=recorded,
        cut_off=tuple(ride for ride in unclosed if ride not in recorded),
    )


def _unreadable(path: Path) -> Iterator[tuple[str, str]]:
    """What is there and says nothing, and why."""
    for what, read in (
        ("the meters", read_meters),
        ("the changes", changes),
        ("the zero offsets", read_zeros),
    ):
        try:
            read(path)
        except (LibraryError, ValueError) as error:
            yield what, str(error)
    with Library(path) as library:
        for (ride,) in read_rows(path, "SELECT id FROM rides ORDER BY number"):
            try:
                row = library.find(ride)
                library.setup(row)
                library.marks(row)
                library.original(row)
                for _ in library.inputs(row):
                    pass  # reading them is what may fail
            except DamagedError:
                raise
            except (LibraryError, ValueError, KeyError, OverflowError) as error:
                yield f"ride {ride}", f"{error} {getattr(error, 'hint', '')}".rstrip()


def copy(path: Path, new: Path) -> None:
    """Makes `new`, which is not there yet, a copy of the library as it is at one moment, whoever writes meanwhile.

    Raises LibraryError; DamagedError where the library is not whole: such a copy would be none.
    """
    source = open_reading(path)
    if source is None:
        raise LibraryError(f"there is no library yet: the first ride makes {path}")
    with translate_errors(new), closing(source), closing(sqlite3.connect(new)) as target:
        source.backup(target)
        problem = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise DamagedError(f"the library {path}: it is damaged ({problem})", hint=REPAIR)
