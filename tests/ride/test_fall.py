"""When a leg that had dropped off was back, told from the seconds until that was sure."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.ride.fall import Fall
from legbal.ride.revolution import Bin

SINCE, TOLD, BACK, CLEARED = 300, 330, 375, 395


def seconds(fallen: float, *, seed: int = 1) -> list[Bin]:
    """From the onset to the all-clear: the left share lies so far off 50 until the leg is back."""
    noise = np.random.default_rng(seed).normal(0.0, 1.0, CLEARED - SINCE)
    left = [50.0 + float(x) - (fallen if t < BACK else 0.0) for t, x in enumerate(noise, SINCE)]
    return [Bin(float(t), 250.0, x, 1) for t, x in enumerate(left, SINCE)]


@pytest.mark.parametrize("points", [5.0, -5.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_leg_was_back_before_that_was_sure(points: float, seed: int) -> None:
    told = seconds(points, seed=seed)
    fall = Fall("left" if points > 0 else "right")
    fall.begin(points, told[: TOLD - SINCE])
    for second in told[TOLD - SINCE :]:
        fall.feed(second)
    assert fall.back_s == pytest.approx(BACK, abs=2.0)


def test_seconds_without_a_share_and_those_in_which_it_sets_in_say_nothing() -> None:
    fall = Fall("left")
    fall.begin(5.0, seconds(5.0)[:20])
    before = fall.back_s
    fall.feed(Bin(400.0, 250.0, None, 0))
    fall.feed(Bin(SINCE + 5.0, 250.0, 20.0, 1))
    assert fall.back_s == before
