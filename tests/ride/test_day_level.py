"""Where the next ride lies: what earlier rides foretell, beside simulated days and what follows on paper."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.ride.day_level import next_level
from legbal.ride.view import Floats

LONG_AGO = 1e6  # days


def foretold(levels: list[float], ages: list[float], error: float = 0.3) -> tuple[float, float]:
    return next_level(np.array(levels), np.full(len(levels), error), np.array(ages))


def days(random: np.random.Generator, day_sd: float, number: int) -> Floats:
    """Levels of one ride every other day: a wander with a memory of 60 days, and each day's own."""
    wander = np.zeros(number)
    x = 1.2 * day_sd * random.standard_normal()
    for i in range(number):
        wander[i] = x
        fade = math.exp(-2 / 60)
        x = fade * x + 1.2 * day_sd * math.sqrt(1 - fade**2) * random.standard_normal()
    return wander + day_sd * random.standard_normal(number)


def test_one_ride_long_ago_says_where_all_rides_lie() -> None:
    """Of the variance of its level 2² are of all rides; with this day's own 0.8 the rest are its wander, its day."""
    level, sd = foretold([1.0], [LONG_AGO])
    assert 0.6 < level < 0.8
    assert 1.2 < sd < 2.5
    none, _ = foretold([0.0], [LONG_AGO])
    assert none == 0.0


def test_newer_rides_say_more() -> None:
    level, _ = foretold([2.0, 0.0], [4.0, 2.0])
    turned, _ = foretold([0.0, 2.0], [4.0, 2.0])
    older, _ = foretold([2.0, 2.0, 2.0, 0.0, 0.0, 0.0], [260.0, 258.0, 256.0, 6.0, 4.0, 2.0])
    assert level < turned
    assert abs(older) < 0.4


def test_rides_in_another_order_say_the_same() -> None:
    assert foretold([1.0, -0.5, 0.3], [9.0, 4.0, 2.0]) == pytest.approx(
        foretold([0.3, 1.0, -0.5], [2.0, 9.0, 4.0])
    )


def test_a_rider_whose_days_lie_apart_is_known_to_be_uncertain() -> None:
    calm, wild = ([x * (-1) ** i for i in range(10)] for x in (0.3, 2.5))
    ages = [2.0 * (10 - i) for i in range(10)]
    assert foretold(calm, ages)[1] < 0.8
    assert foretold(wild, ages)[1] > 1.5
    assert foretold(calm[:1], ages[:1])[1] > foretold(calm, ages)[1]


@pytest.mark.parametrize("rides", [1, 3, 10])
def test_the_next_ride_lies_within_what_is_foretold_as_often_as_said(rides: int) -> None:
    """Of riders who differ as is believed: their days lie 0.8 points apart, two of three within 0.5 and 1.2."""
    random = np.random.default_rng(3)
    off = []
    for _ in range(1500):
        levels = days(random, 0.8 * math.exp(0.4 * random.standard_normal()), rides + 1)
        levels += 2.0 * random.standard_normal()
        level, sd = next_level(levels[:-1], np.full(rides, 0.05), np.arange(2.0 * rides, 0.0, -2.0))
        off.append((levels[-1] - level) / sd)
    assert np.std(off) == pytest.approx(1.0, abs=0.06)
    assert np.mean(np.abs(off) < 1.96) == pytest.approx(0.95, abs=0.02)
