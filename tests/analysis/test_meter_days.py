"""What a meter's rides say beside the level: bands that differ, what explains a share, what more rides would show."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from legbal.analysis.band_changes import band_deviations
from legbal.analysis.change import report
from legbal.analysis.meter_days import MOST_RIDES, MeterDays, covariates
from legbal.analysis.months import Change, DatedRide, RideBands, comparable
from legbal.analysis.outlook import rides_needed, smallest_change
from legbal.analysis.pooled_rides import PooledRides, pool_bands
from legbal.analysis.posterior import Answer, Mixture
from legbal.analysis.rider_changes import step, study_days
from legbal.analysis.rider_days import DaysFit
from legbal.analysis.trend import meter_trends
from legbal.ride.share import BandShare, Share
from legbal.ride.view import Floats

BEGIN = datetime(2026, 1, 5, 18, tzinfo=UTC)


def dated(number: int, left: float, cadence: float | None = None, indoors: bool | None = None) -> DatedRide:
    share = Share(left, 0.3, seconds=1800.0, revolutions=2400, power_w=200.0)
    return DatedRide(
        ride=f"ride{number:04}",
        started=BEGIN + timedelta(days=3 * number),
        rows=RideBands(
            "Pedals",
            "measured",
            "left",
            swapped=False,
            cadence_rpm=cadence,
            bands=(BandShare("75–90 %", 0.75, 0.9, share),),
        ),
        indoors=indoors,
    )


def in_bands(changes: tuple[float, ...], n: int = 40, seed: int = 1) -> PooledRides:
    """Rides of which each band changes by so much halfway, days 0.5 points apart."""
    random = np.random.default_rng(seed)
    left = 49 + random.normal(0, 0.5, (n, 1)) + random.normal(0, 0.3, (n, len(changes)))
    left += np.where(np.arange(n)[:, None] >= n // 2, changes, 0.0)
    return pool_bands(
        np.asarray(np.arange(n) * 3.0, float), np.asarray(left, float), np.full(left.shape, 0.3)
    )


def halfway(rides: PooledRides) -> Floats:
    return np.where(np.arange(len(rides.days)) >= len(rides.days) // 2, 1.0, 0.0)


def a_change(size: float, sd: float = 0.2, probability: float = 0.97) -> Answer:
    return Answer.of(probability, Mixture(np.ones(1), np.array([size]), np.array([sd])))


def test_bands_that_change_alike_are_told_alike() -> None:
    rides = in_bands((1.0, 1.0, 1.0, 1.0))
    deviations = band_deviations(rides, halfway(rides), 0.5)
    assert deviations.probability < 0.05
    answers = [deviations.answer(a_change(1.0), band) for band in range(4)]
    for answer in answers:
        assert answer.probability == pytest.approx(0.97, abs=0.01)
        assert answer.size.value == pytest.approx(0.97, abs=0.05)


def test_a_band_that_changes_by_itself_is_told_and_the_others_are_not() -> None:
    rides = in_bands((0.0, 0.0, 0.0, 1.6))
    deviations = band_deviations(rides, halfway(rides), 0.5)
    assert deviations.probability > 0.95
    assert deviations.mean[3] > 0.8
    pooled = a_change(0.4, 0.2, 0.6)
    assert deviations.answer(pooled, 3).certainty == "clear"
    assert deviations.answer(pooled, 3).size.low > 0.7
    assert deviations.answer(pooled, 0).size.low < 0 < deviations.answer(pooled, 0).size.high


def test_six_bands_of_riders_who_do_not_change_hardly_ever_differ() -> None:
    told = [
        band_deviations(x, halfway(x), 0.5).probability >= 0.8
        for x in (in_bands((0.0,) * 6, seed=i) for i in range(200))
    ]
    assert np.mean(told) <= 0.02


def test_bands_that_scatter_more_than_they_should_are_believed_less() -> None:
    rides = in_bands((0.0, 0.0, 0.0, 1.0))
    wild = np.random.default_rng(2).normal(0, 1.5, rides.residual.shape)
    noisy = replace(rides, residual=rides.residual + wild - wild.mean(1, keepdims=True))
    assert (
        band_deviations(noisy, halfway(rides), 0.5).probability
        < band_deviations(rides, halfway(rides), 0.5).probability
    )


def test_what_is_not_known_of_a_ride_explains_nothing() -> None:
    columns = covariates(
        [dated(0, 49, 80.0, indoors=True), dated(1, 49, None, indoors=False), dated(2, 49, 90.0)]
    )
    assert [x.tolist() for x in columns] == [[0.5, -0.5, 0.0], [-0.5, 0.0, 0.5]]
    assert covariates([dated(0, 49), dated(1, 49)]) == []
    assert covariates([dated(0, 49, 85.0, indoors=True), dated(1, 49, 85.0, indoors=True)]) == []


def test_moving_indoors_is_no_change_of_the_legs() -> None:
    """Half a year outside and inside by turns, a point apart; asked in a winter that is all indoors."""
    random = np.random.default_rng(4)
    inside = [bool(random.random() < 0.5) if i < 40 else True for i in range(60)]
    left = [48 + x + random.normal(0, 0.4) for x in inside]
    known = [dated(i, share, indoors=x) for i, (share, x) in enumerate(zip(left, inside, strict=True))]
    unknown = [dated(i, share) for i, share in enumerate(left)]
    aware, blind = (MeterDays(comparable(rides)[0]).answer for rides in (known, unknown))
    assert aware.day_sd < 0.9 * blind.day_sd
    assert aware.unnoted == ()
    assert aware.course.slope.certainty == "unknown"
    # as usual lies between the two
    assert aware.level.low < 48 + float(np.mean(inside)) < aware.level.high


def test_a_ride_on_which_the_meter_was_wrong_makes_no_days_differ() -> None:
    left = [48 + float(np.random.default_rng(i).normal(0, 0.4)) for i in range(40)]
    right = MeterDays(comparable([dated(i, x) for i, x in enumerate(left)])[0]).answer
    left[20:22] = 30.0, 36.0
    wrong = MeterDays(comparable([dated(i, x) for i, x in enumerate(left)])[0]).answer
    assert wrong.day_sd == pytest.approx(right.day_sd, abs=0.1)
    assert wrong.level.value == pytest.approx(right.level.value, abs=0.1)
    assert wrong.unnoted == ()


def test_a_change_larger_than_days_ever_are_is_told_once_it_lasts() -> None:
    left = [48.0 + float(np.random.default_rng(i).normal(0, 0.4)) - (12 if i >= 30 else 0) for i in range(38)]
    answer = MeterDays(comparable([dated(i, x) for i, x in enumerate(left)])[0]).answer
    (change,) = answer.unnoted
    assert change.certainty == "clear"
    assert change.size.low < -12 < change.size.high


def test_rides_of_years_ago_are_left_out() -> None:
    rides = [dated(i, 40.0 if i < 50 else 49.0) for i in range(MOST_RIDES + 50)]
    days = MeterDays(comparable(rides)[0])
    assert len(days.rides.days) == MOST_RIDES
    assert days.answer.unnoted == ()
    assert days.answer.level.value == pytest.approx(49, abs=0.1)


@pytest.mark.parametrize(("before", "after"), [(20, 20), (60, 10)])
def test_a_change_of_the_size_that_would_show_shows_four_times_of_five(before: int, after: int) -> None:
    told = []
    for seed in range(40):
        random = np.random.default_rng([before, seed])
        days = np.cumsum(random.gamma(0.7, 5.0, before + after) + 0.1)
        days[before:] += 2
        day = math.floor(days[before - 1]) + 1.0
        column = step(days, (day, day))
        flat = 49 + random.normal(0, 0.6, (before + after, 1)) + random.normal(0, 0.3, (before + after, 1))
        error = np.full(flat.shape, 0.3)
        calm = DaysFit(pool_bands(days, flat, error), np.empty((before + after, 0)), np.empty(0))
        size = smallest_change(calm, column)
        assert size is not None
        changed = pool_bands(days, flat + size * column[:, None], error)
        (answer,) = study_days(changed, [(day, day)]).noted
        told.append(answer is not None and answer.certainty != "unknown")
    assert np.mean(told) == pytest.approx(0.8, abs=0.15)


def test_so_many_rides_more_are_needed_and_no_fewer() -> None:
    rides = in_bands((0.0,), 44)
    fit = DaysFit(rides, np.empty((44, 0)), np.empty(0))
    now = np.zeros(44)
    needed, less = (rides_needed(fit, rides, now, points, 90) for points in (1.0, 1.5))
    assert needed is not None
    assert less is not None
    assert 2 < less < needed < 40
    assert rides_needed(fit, rides, now, 0.2, 20) is None


def test_bands_that_recover_alike_are_told_as_the_meter_is() -> None:
    rides = [
        dated(i, 48 - 5 * math.exp(-3 * i / 40) + float(np.random.default_rng(i).normal(0, 0.5)))
        for i in range(50)
    ]
    (meter,) = meter_trends(rides)
    (band,) = meter.bands
    assert meter.answer is not None
    assert meter.answer.shape == "recovery"
    assert meter.answer.verdict == band.verdict == "clear"
    assert band.slope is not None
    assert band.slope.value == pytest.approx(meter.answer.slope.value, abs=0.02)


ODD_RIDERS: dict[
    str, tuple[list[float], float, float]
] = {  # days, points from day to day, a ride's own error
    "one ride": ([0], 0.5, 0.3),
    "two rides": ([0, 40], 0.5, 0.3),
    "gaps of an hour and of a year": ([0, 0.1, 0.2, 1, 200, 200.1, 201, 560, 561, 900], 0.5, 0.3),
    "two rides a day": ([i // 2 * 3 + i % 2 * 0.3 for i in range(24)], 0.5, 0.3),
    "last ones first": ([60.0 - 3 * i for i in range(20)], 0.5, 0.3),
    "two in the same second": ([float(i // 2 * 3) for i in range(24)], 0.5, 0.3),
    "errors of none": ([3.0 * i for i in range(20)], 0.5, 0.0),
    "no scatter at all": ([3.0 * i for i in range(20)], 0.0, 0.0),
    "errors of 8 points": ([3.0 * i for i in range(20)], 5.0, 8.0),
    "one leg in most rides": ([3.0 * i for i in range(20)], 40.0, 0.3),
}


@pytest.mark.parametrize("rider", ODD_RIDERS)
def test_riders_whom_nobody_simulated_hear_of_no_change(rider: str) -> None:
    days, spread, error = ODD_RIDERS[rider]
    random = np.random.default_rng(1)
    rides = []
    for i, day in enumerate(days):
        ride = dated(i, float(np.clip(49 + random.normal(0, spread), 0, 100)))
        bands = [replace(x, share=replace(x.share, standard_error=error)) for x in ride.rows.bands]
        started = BEGIN + timedelta(days=day)
        rides.append(replace(ride, started=started, rows=replace(ride.rows, bands=tuple(bands))))
    around = [-20, 0, 3, 30, 1000]  # before the first ride, on a ride's day, after the last one
    on = [(BEGIN + timedelta(days=day)).date() for day in around]
    changes = [Change(number=i, kind="fit", first_day=x, last_day=x, words="") for i, x in enumerate(on)]
    (meter,) = meter_trends(rides, changes=changes)
    assert meter.answer is None or (meter.answer.unnoted, meter.answer.verdict) == ((), "unknown")
    reports = [report(change, changes, rides, on[-1]) for change in changes]
    assert {x.verdict for each in reports for x in each.meters} <= {"unknown", "too_few"}
    shares = [month.share for band in meter.bands for month in band.months]
    assert all(0 <= (x.left_percent or 0) <= 100 and 0 < (x.standard_error or 0) < 50 for x in shares)
