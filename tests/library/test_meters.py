"""Remembered meters: the last used first, with the rider's choices."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from legbal.library.rider import LONGEST_NAME, KnownMeter, read_meters, remember


def meter(address: str, name: str, day: int, **choices: Any) -> KnownMeter:
    used = datetime(2026, 1, day, 8, 0, tzinfo=UTC)
    return KnownMeter(address=address, name=name, last_used=used, **choices)


def test_the_last_used_meter_comes_first(path: Path) -> None:
    first, second = meter("AA:01", "Pedals", 3), meter("AA:02", "Spider", 5)
    remember(second, path)
    remember(first, path)
    assert read_meters(path) == [second, first]
    again = meter("AA:01", "Pedals", 7, swap_sides=True, reference="left", pair=("L", "R"))
    remember(again, path)
    assert read_meters(path) == [again, second]


def test_no_library_remembers_no_meter(path: Path) -> None:
    assert read_meters(path) == []
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("asked", "answers"), [("pedals", True), ("aa:01", True), ("Ped", False), ("", False)]
)
def test_a_meter_answers_to_its_name_and_address(asked: str, answers: bool) -> None:
    assert meter("AA:01", "Pedals", 1).answers_to(asked) is answers
    assert not meter("AA:01", "", 1).answers_to("")


def test_what_an_older_legbal_remembered_besides_is_passed_over(path: Path) -> None:
    remember(meter("AA:01", "Pedals", 1), path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            """UPDATE meters SET choices = '{"profile":"x","alias":"","swap_sides":true,"pair":["L","R"]}'"""
        )
    assert read_meters(path) == [meter("AA:01", "Pedals", 1, swap_sides=True, pair=("L", "R"))]


def test_a_device_may_call_itself_anything(path: Path) -> None:
    remember(meter("AA:01", "\ud800\x1b]0;" + "ü" * 300, 1), path)
    (kept,) = read_meters(path)
    assert kept.name.startswith("?\x1b]0;üü")
    assert len(kept.name.encode()) <= LONGEST_NAME
