"""Remembered meters: the last used first, with the rider's choices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from legbal.library.rider import LONGEST_NAME, KnownMeter, MeterChoices, read_meters, remember


def meter(address: str, name: str, day: int, choices: MeterChoices | None = None) -> KnownMeter:
    used = datetime(2026, 1, day, 8, 0, tzinfo=UTC)
    return KnownMeter(address=address, name=name, last_used=used, choices=choices or MeterChoices())


def test_the_last_used_meter_comes_first(path: Path) -> None:
    first, second = meter("AA:01", "Pedals", 3), meter("AA:02", "Spider", 5)
    remember(second, path)
    remember(first, path)
    assert read_meters(path) == [second, first]
    again = meter("AA:01", "Pedals", 7, MeterChoices(swap_sides=True, reference="left", alias="road bike"))
    remember(again, path)
    assert read_meters(path) == [again, second]


def test_no_library_remembers_no_meter(path: Path) -> None:
    assert read_meters(path) == []
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("asked", "answers"), [("pedals", True), ("aa:01", True), ("ROAD", True), ("Ped", False), ("", False)]
)
def test_a_meter_answers_to_its_alias_name_and_address(asked: str, answers: bool) -> None:
    assert meter("AA:01", "Pedals", 1, MeterChoices(alias="road")).answers_to(asked) is answers
    assert not meter("AA:01", "Pedals", 1).answers_to("")


def test_a_device_may_call_itself_anything(path: Path) -> None:
    remember(meter("AA:01", "\ud800\x1b]0;" + "ü" * 300, 1), path)
    (kept,) = read_meters(path)
    assert kept.name.startswith("?\x1b]0;üü")
    assert len(kept.name.encode()) <= LONGEST_NAME
