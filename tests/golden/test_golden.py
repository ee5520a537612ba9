"""A small part of the golden outputs, made again: simulated rides on every surface, and a capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.__main__ import differences
from tests.golden.cases import Cases
from tests.shared import shared

FROZEN = Path(__file__).parent / "frozen"


def test_all_that_is_frozen_is_compared() -> None:
    assert sorted(folder.name for folder in FROZEN.iterdir()) == [
        "cases-c20_split_forces",
        "ridden-01",
        "ridden-02",
    ]


@pytest.mark.parametrize("name", ["ridden-01", "ridden-02"])
def test_a_simulated_ride_prints_what_it_did(name: str, tmp_path: Path) -> None:
    _same(name, tmp_path)


def test_a_capture_prints_what_it_did(tmp_path: Path) -> None:
    shared("data/cases/c20_split_forces.jsonl")
    _same("cases-c20_split_forces", tmp_path)


def _same(name: str, scratch: Path) -> None:
    """Where this is meant to differ: `python -m tests.golden freeze tests/golden/frozen --there`."""
    difference = "".join(differences(FROZEN / name, Cases(scratch).texts(name)))
    assert not difference, f"\n{difference}"
