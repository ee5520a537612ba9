"""What the fold tells of simulated rides is what it told: each event, and each figure of the view twice a minute."""

from __future__ import annotations

import difflib

import pytest

from tests.ride.frozen_rides import FROZEN, RIDES, told


@pytest.mark.parametrize("name", RIDES)
def test_a_ride_tells_what_it_told(name: str) -> None:
    """Where it is meant to tell something else: `python -m tests.ride`, and look at what changed."""
    kept = (FROZEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    difference = "\n".join(difflib.unified_diff(kept, [*told(*RIDES[name]())], "kept", "now", lineterm=""))
    assert not difference, f"\n{difference}"


def test_no_ride_is_kept_that_is_not_ridden() -> None:
    assert {file.stem for file in FROZEN.iterdir()} == set(RIDES)
