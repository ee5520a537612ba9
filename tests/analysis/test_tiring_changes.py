"""What a change did to how a leg tires: planted changes are told, and of none hardly anybody hears."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from msgspec.structs import replace

from legbal.analysis.change import report
from legbal.analysis.efforts import Deficit, Efforts
from legbal.analysis.months import Change, DatedRide
from legbal.analysis.tiring import DeficitRate, tiring_of
from legbal.analysis.tiring_changes import TiringEffect, deficit_change
from legbal.present.tiring import of_tiring
from legbal.ride.share import Estimate
from tests.benchmarks.six_answers import ONE, rides_of

TODAY = date(2027, 1, 1)


def rides(
    seed: int, before: float, after: float, *, deficits: bool = False
) -> tuple[list[DatedRide], Change]:
    """Forty rides whose left leg moves by so many points an hour of effort; `deficits`: in each before, none after."""
    random = np.random.default_rng([8, seed])
    made, (change,) = rides_of(ONE, random, 40)
    return [
        replace(
            ride, rows=replace(ride.rows, efforts=efforts(after if i >= 20 else before, i, deficits, random))
        )
        for i, ride in enumerate(made)
    ], change


def efforts(drift: float, place: int, deficits: bool, random: np.random.Generator) -> Efforts:
    falls = (Deficit("left", 900.0, 3.0, 60.0, 50.0),) if deficits and place < 20 else ()
    return Efforts(seconds=3600.0, drift=Estimate(random.normal(drift, 1.1), 0.8), deficits=falls)


def became(some: list[DatedRide], change: Change) -> TiringEffect:
    (meter,) = report(change, [change], some, TODAY, weak="left").meters
    assert meter.tiring is not None
    return meter.tiring


def test_a_leg_that_tires_less_after_a_change_is_told() -> None:
    effect = became(*rides(1, -3.0, 0.0, deficits=True))
    assert effect.drift is not None
    assert effect.drift.low <= 3.0 <= effect.drift.high
    assert effect.before.drift is not None
    assert effect.before.drift.value == pytest.approx(-3.0, abs=0.8)
    assert effect.before.first_minutes is not None
    assert effect.after.first_minutes is None
    said = of_tiring(effect)
    assert said.startswith("Clear: the left leg tires less, by ")
    assert "Clear: drop-offs of 2 points come less often, " in said


def test_the_same_of_a_right_leg_is_of_its_own_share() -> None:
    some, change = rides(1, 3.0, 0.0)
    (meter,) = report(change, [change], some, TODAY, weak="right").meters
    assert meter.tiring is not None
    assert of_tiring(meter.tiring).startswith("Clear: the right leg tires less, by ")


def test_where_nothing_changed_hardly_anybody_hears_of_it() -> None:
    said = [became(*rides(seed, -1.0, -1.0)).drift for seed in range(12)]
    assert sum(x is None or x.certainty != "unknown" for x in said) <= 1


def test_rates_that_are_alike_are_rarely_called_different() -> None:
    random = np.random.default_rng(5)
    words = {1.0: 0, 0.2: 0}
    for times in words:
        for _ in range(100):
            counts = random.poisson((30.0, 30.0 * times))
            rates = [DeficitRate(int(n), 20.0) for n in counts]
            found = deficit_change(*rates)
            words[times] += found.certainty != "unknown"
    assert words[1.0] <= 2
    assert words[0.2] >= 80


def test_months_say_how_the_leg_tired_in_each() -> None:
    some, _ = rides(1, -3.0, 0.0, deficits=True)
    found = tiring_of(some, "left", trend=True)
    assert found is not None
    assert sum(x.rides for x in found.by_month) == found.rides == 40
    assert [x.first_day for x in found.by_month] == sorted({x.started.date().replace(day=1) for x in some})
    first, last = found.by_month[0], found.by_month[-1]
    assert first.drift is not None
    assert last.drift is not None
    assert first.drift.value < last.drift.value - 1
    assert first.below_s == pytest.approx(60.0)
    assert last.back_s is None
