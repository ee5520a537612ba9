"""A small library of each schema, as the program of that time wrote it: two demonstrations, an import, a change.

`python -m tests.library.schemas` writes the present one's, once, when its migration is about to be released. Those of
schemas 2 to 5 were written by the commits that had them; the first schema never stood alone. Imports came with the
third, changes with the fourth, a FIT file with the eighth.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent


def file_of(number: int) -> Path:
    """Where the library of that schema is kept, compressed."""
    return FOLDER / f"schema_{number}.sqlite.gz"


def unpack(number: int, path: Path) -> None:
    """Puts the library of that schema at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(file_of(number).read_bytes()))


def pack(number: int, path: Path) -> None:
    """Keeps the library at `path` as that schema's."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file_of(number).write_bytes(gzip.compress(path.read_bytes(), mtime=0))
