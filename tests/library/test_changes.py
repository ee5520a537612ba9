"""What the rider changed: kept, listed, removed, bounded."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from legbal.analysis.months import LONGEST_WORDS, Change
from legbal.errors import LibraryError
from legbal.library.connection import open_writing
from legbal.library.rider import add_change, changes, remove_change

MAY = date(2026, 5, 1)


def test_changes_are_listed_by_their_days(path: Path) -> None:
    late = add_change("saddle", MAY, path=path)
    early = add_change("knee", MAY - timedelta(days=40), MAY - timedelta(days=10), "injury", path=path)
    assert changes(path) == [early, late]
    assert early == Change(
        number=2, kind="injury", first_day=date(2026, 3, 22), last_day=date(2026, 4, 21), words="knee"
    )
    assert late.first_day == late.last_day


def test_a_number_is_given_once(path: Path) -> None:
    assert remove_change(add_change("a", MAY, path=path).number, path).words == "a"
    assert changes(path) == []
    assert add_change("b", MAY, path=path).number == 2
    with pytest.raises(LibraryError, match="there is no change 1"):
        remove_change(1, path)


def test_words_are_one_bounded_line_of_text(path: Path) -> None:
    add_change("left\n  cleat\t2°\udc80 " + "x" * 1000, MAY, path=path)
    (kept,) = changes(path)
    assert kept.words.startswith("left cleat 2°? xxx")
    assert len(kept.words) == LONGEST_WORDS


def test_a_missing_library_has_no_changes(path: Path) -> None:
    assert changes(path) == []
    assert not path.exists()


def test_what_cannot_be_read_is_told(path: Path) -> None:
    add_change("x", MAY, path=path)
    with closing(open_writing(path)) as connection:
        connection.execute("UPDATE changes SET first_day = 'May'")
    with pytest.raises(LibraryError, match="a change cannot be read"):
        changes(path)
