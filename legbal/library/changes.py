"""What the rider changed, and when: cleats and position, an injury, a block of strength work on one leg."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec

from legbal import paths
from legbal.analysis.months import Change, Kind
from legbal.errors import LibraryError
from legbal.library.codec import as_utf8
from legbal.library.connection import explained, open_writing, read_rows, transaction

LONGEST_WORDS = 200  # characters


def changes(path: Path | None = None) -> list[Change]:
    """The changes of the library (default: the rider's), the earliest first. Raises LibraryError."""
    path = paths.library_file() if path is None else path
    rows = read_rows(
        path,
        "SELECT number, kind, first_day, last_day, words FROM changes ORDER BY first_day, last_day, number",
    )
    names = ("number", "kind", "first_day", "last_day", "words")
    try:
        return [msgspec.convert(dict(zip(names, row, strict=True)), Change) for row in rows]
    except msgspec.ValidationError as error:
        raise LibraryError(
            f"the library {path}: a change cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error


def add_change(
    words: str, first_day: date, last_day: date | None = None, kind: Kind = "fit", path: Path | None = None
) -> Change:
    """Keeps a change and gives it its number.

    Args:
        words: what was changed, in the rider's words; one line of at most `LONGEST_WORDS` characters is kept.
        first_day: on which it was made or began.
        last_day: on which it ended, not before `first_day`; None: it was made on one day.
        kind: what kind of change.
        path: the library file; default: the rider's.

    Raises:
        LibraryError: the library cannot be written.
    """
    path = paths.library_file() if path is None else path
    last_day = first_day if last_day is None else last_day
    if last_day < first_day:
        raise ValueError(f"the last day {last_day} lies before the first, {first_day}")
    kept = as_utf8(" ".join(words.split()), LONGEST_WORDS)
    with explained(path), closing(open_writing(path)) as connection, transaction(connection):
        number = connection.execute(
            "INSERT INTO changes (kind, first_day, last_day, words) VALUES (?, ?, ?, ?) RETURNING number",
            (kind, first_day.isoformat(), last_day.isoformat(), kept),
        ).fetchone()[0]
    return Change(number=number, kind=kind, first_day=first_day, last_day=last_day, words=kept)


def remove_change(number: int, path: Path | None = None) -> Change:
    """Removes the change of that number, and gives what it was. Raises LibraryError where there is none."""
    path = paths.library_file() if path is None else path
    found = next((change for change in changes(path) if change.number == number), None)
    if found is None:
        raise LibraryError(f"there is no change {number}", hint="`legbal change list` lists them.")
    with explained(path), closing(open_writing(path)) as connection, transaction(connection):
        connection.execute("DELETE FROM changes WHERE number = ?", (number,))
    return found
