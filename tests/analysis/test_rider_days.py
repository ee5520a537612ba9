"""The model of a rider's days: exact against dense algebra, the same however it is looked at, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from legbal.analysis.course import DAYS_A_MONTH, course_columns
from legbal.analysis.pooled_rides import PooledRides, pool_bands
from legbal.analysis.posterior import Answer, Mixture, certainty, log_sum
from legbal.analysis.rider_changes import RiderDays, step, study_days
from legbal.analysis.rider_days import GRID, LEVEL_SD, DaysFit
from legbal.ride.view import Floats

seeds = st.integers(0, 10_000)


def rides(
    seed: int, n: int = 14, spread: float = 0.6, shift: Floats | float = 0.0, apart: float = 4.0
) -> PooledRides:
    """Rides in one band, on irregular days, of a rider whose days have no memory."""
    random = np.random.default_rng(seed)
    error = random.uniform(0.1, 0.5, (n, 1))
    left = 49 + shift + random.normal(0, spread, n) + random.normal(0, error[:, 0])
    return pool_bands(np.cumsum(random.exponential(apart, n)), left[:, None], error)


def covariance(
    rides: PooledRides, columns: Floats, prior_sd: float, k: int, days: Floats | None = None
) -> Floats:
    """Of the rides' shares under one spread of the grid, as a dense matrix."""
    days = rides.days if days is None else days
    wander = GRID.wander[k] ** 2 * np.exp(-np.abs(days[:, None] - days) / GRID.memory[k])
    dense = LEVEL_SD**2 + prior_sd**2 * columns @ columns.T + wander + GRID.day[k] ** 2 * np.eye(len(days))
    return np.asarray(dense, float)


def log_density(y: Floats, covariance: Floats) -> float:
    return float(
        -0.5
        * (y @ np.linalg.solve(covariance, y) + np.linalg.slogdet(covariance)[1] + len(y) * np.log(2 * np.pi))
    )


@given(seeds, st.integers(1, 12))
@settings(deadline=None, max_examples=20)
def test_the_evidence_is_that_of_the_rides_joint_normal_distribution(seed: int, n: int) -> None:
    some = rides(seed, n)
    columns = np.random.default_rng(seed).normal(size=(n, 2))
    fit = DaysFit(some, columns, np.full(2, 1.5))
    for k in range(0, len(GRID.day), 7):
        dense = covariance(some, columns, 1.5, k) + np.diag(some.error**2)
        assert fit.log_evidence[k] == pytest.approx(
            GRID.log_prior[k] + log_density(some.left - 50, dense), abs=1e-6
        )


@given(seeds)
@settings(deadline=None, max_examples=20)
def test_a_bayes_factor_is_the_ratio_of_two_fits_evidence(seed: int) -> None:
    """Both ways: a column more, and one of the fit's columns less."""
    some = rides(seed)
    column = step(some.days, (some.days[6], some.days[6]))[:, None]
    without, fit = DaysFit(some, column[:, :0], np.zeros(0)), DaysFit(some, column, np.array([1.5]))
    (factors,) = without.candidates(column).log_factors([1.5])
    assert without.log_evidence + factors[:, 0] == pytest.approx(fit.log_evidence, abs=1e-6)
    assert fit.log_factor(1) == pytest.approx(
        log_sum(fit.log_evidence) - log_sum(without.log_evidence), abs=1e-6
    )
    mean, variance = without.candidates(column).posterior([1.5])
    assert mean[0, :, 0] == pytest.approx(fit.mean[:, 1], abs=1e-6)
    assert variance[0, :, 0] == pytest.approx(fit.covariance[:, 1, 1], abs=1e-6)


def test_columns_that_begin_in_any_order_are_all_counted() -> None:
    some = rides(3, 30)
    columns = course_columns(some.days, some.days[10])
    both = DaysFit(some, columns[:, :0], np.zeros(0)).candidates(columns)
    for i in range(columns.shape[1]):
        alone = DaysFit(some, columns[:, :0], np.zeros(0)).candidates(columns[:, [i]])
        assert both.score[:, i] == pytest.approx(alone.score[:, 0])
        assert both.precision[:, i] == pytest.approx(alone.precision[:, 0])


@given(seeds, st.floats(0.1, 60))
@settings(deadline=None, max_examples=20)
def test_the_next_ride_is_foretold_as_the_joint_distribution_does(seed: int, later: float) -> None:
    some = rides(seed)
    column = step(some.days, (some.days[6], some.days[6]))[:, None]
    foretold = DaysFit(some, column, np.array([1.5])).next_ride(some.days[-1] + later, np.ones(2), 0.3)
    days = np.append(some.days, some.days[-1] + later)
    for k in range(0, len(GRID.day), 7):
        joint = covariance(some, np.append(column, [[1.0]], 0), 1.5, k, days)
        joint += np.diag(np.append(some.error, 0.3) ** 2)
        gain = np.linalg.solve(joint[:-1, :-1], joint[:-1, -1])
        assert foretold.mean[k] == pytest.approx(gain @ (some.left - 50), abs=1e-6)
        assert foretold.sd[k] ** 2 == pytest.approx(joint[-1, -1] - gain @ joint[:-1, -1], abs=1e-6)


@given(seeds, st.floats(-400, 400))
@settings(deadline=None, max_examples=10)
def test_the_other_leg_and_another_calendar_say_the_same(seed: int, later: float) -> None:
    some = rides(seed, 20, shift=np.where(np.arange(20) >= 10, 1.5, 0.0))
    span = float(np.floor(some.days[10]))
    this = study_days(some, [(span, span)])
    mirrored = replace(some, left=100 - some.left)
    other = study_days(mirrored, [(span, span)])
    (mine,), (theirs,) = this.noted, other.noted
    assert mine is not None
    assert theirs is not None
    assert mine.probability == pytest.approx(theirs.probability, abs=1e-9)
    assert mine.size.value == pytest.approx(-theirs.size.value, abs=1e-9)
    assert this.course.slope.size.low == pytest.approx(-other.course.slope.size.high, abs=1e-3)
    whole = float(round(later))
    moved = study_days(replace(some, days=some.days + whole), [(span + whole, span + whole)])
    assert moved.course.line == pytest.approx(this.course.line, abs=1e-6)


def test_a_level_far_from_50_is_no_wander() -> None:
    """A leg that was hurt may lie ten points off; what is said of days and changes is the same there."""
    for seed in range(4):
        some = rides(seed, 12)
        near, far = study_days(some), study_days(replace(some, left=some.left - 12))
        assert far.wander_sd < 1.3 * near.wander_sd + 0.05
        assert far.level.high - far.level.low < 1.3 * (near.level.high - near.level.low)


def test_bands_are_pooled_whichever_were_ridden() -> None:
    random = np.random.default_rng(5)
    level, profile = 48 + random.normal(0, 0.6, 40), np.array([1.5, 0.5, 0.0, -0.5, -1.5])
    left = level[:, None] + profile + random.normal(0, 0.2, (40, 5))
    left[random.random((40, 5)) < 0.5] = np.nan
    left[:, 2] = np.where(np.isnan(left).all(1), level, left[:, 2])
    pooled = pool_bands(np.arange(40.0), left, np.where(np.isnan(left), np.nan, 0.2))
    assert pooled.profile - pooled.profile[2] == pytest.approx(profile, abs=0.2)
    assert np.std(pooled.left - level) < 0.3
    assert np.isnan(pooled.residual).sum() == np.isnan(left).sum()
    assert (pooled.error > 0.1).all()


def test_a_bands_error_is_partly_the_rides_and_does_not_average_out_over_bands() -> None:
    pooled = pool_bands(np.zeros(1), np.full((1, 6), 49.0), np.full((1, 6), 0.6))
    assert pooled.error[0] > 0.6 * 0.5**0.5


def test_two_rides_against_two_that_are_known_to_half_a_point_say_nothing() -> None:
    some = pool_bands(
        np.array([0.0, 3, 6, 9, 12, 15]),
        np.array([[48.0, 48.02, 48.01, 48.4, 48.42, 48.41]]).T,
        np.full((6, 1), 0.6),
    )
    (answer,) = study_days(some, [(7.0, 7.0)]).noted
    assert answer is not None
    assert answer.certainty == "unknown"
    assert answer.size.low < -0.4
    assert answer.size.high > 0.8


@pytest.mark.parametrize(
    ("probability", "word"), [(0.949, "likely"), (0.95, "clear"), (0.8, "likely"), (0.79, "unknown")]
)
def test_one_of_three_words(probability: float, word: str) -> None:
    assert certainty(probability) == word


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_what_may_be_nothing_has_nothing_within_its_bounds(way: float) -> None:
    size = Mixture(np.ones(1), np.array([way]), np.array([0.2]))
    unknown, sure = (Answer.of(probability, size) for probability in (0.3, 0.9))
    assert unknown.size.low <= 0 <= unknown.size.high
    assert not sure.size.low <= 0 <= sure.size.high
    assert sure.size.low <= sure.size.value <= sure.size.high


def test_a_mixtures_interval_leaves_as_much_on_either_side() -> None:
    mixture = Mixture(np.array([0.7, 0.3]), np.array([0.0, 2.0]), np.array([0.5, 1.0]))
    interval = mixture.interval(0.9)
    assert mixture.above(interval.high) == pytest.approx(0.05, abs=1e-3)
    assert mixture.above(interval.low) == pytest.approx(0.95, abs=1e-3)
    assert interval.value == pytest.approx(0.6)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_a_few_rides_are_no_reason_for_anything(n: int) -> None:
    answer = study_days(rides(1, n), [(0.0, 0.0)])
    assert answer.unnoted == ()
    assert answer.course.slope.certainty == "unknown"
    assert answer.level.low < 49 < answer.level.high


def studied(
    shift: Floats, seed: int = 2, noted: tuple[tuple[float, float], ...] = ()
) -> tuple[RiderDays, Floats]:
    some = rides(seed, len(shift), 0.5, shift)
    return study_days(some, noted), some.days


def test_a_change_that_nobody_noted_is_dated() -> None:
    answer, days = studied(np.where(np.arange(90) >= 50, 1.6, 0.0))
    (found,) = answer.unnoted
    assert found.certainty == "clear"
    assert found.first < days[50] <= found.last
    assert found.size.low < 1.6 < found.size.high
    assert answer.course.since == found.day


def test_a_change_that_was_noted_is_not_found_again_and_no_line_is_drawn_across_it() -> None:
    some = rides(2, 90, 0.5, np.where(np.arange(90) >= 50, 1.6, 0.0))
    day = float(np.floor(some.days[49]))
    answer = study_days(some, [(day, day)])
    (noted,) = answer.noted
    assert noted is not None
    assert noted.certainty == "clear"
    assert noted.size.low < 1.6 < noted.size.high
    assert answer.unnoted == ()
    assert answer.course.since == day
    assert answer.course.slope.certainty == "unknown"


def test_a_rise_and_its_relapse_are_two_changes() -> None:
    place = np.arange(90)
    answer, days = studied(np.where((place >= 30) & (place < 60), 2.0, 0.0), seed=3)
    rise, fall = answer.unnoted
    assert rise.first < days[30] <= rise.last
    assert fall.first < days[60] <= fall.last
    assert rise.size.value > 1
    assert fall.size.value < -1
    assert answer.course.slope.certainty == "unknown"


def test_a_recovery_is_told_from_a_line_and_its_plateau_holds() -> None:
    some = rides(5, 60, 0.5, apart=2.0)
    shift = -6 * np.exp(-(some.days - some.days[0]) / 40)
    course = study_days(replace(some, left=some.left + shift)).course
    assert course.recovers
    assert course.plateau.low < 49 < course.plateau.high
    over = some.days[-1] - some.days[0]
    assert course.slope.size.low < 6 * (1 - np.exp(-over / 40)) * DAYS_A_MONTH / over < course.slope.size.high
    assert course.slope.size.high - course.slope.size.low < 1
    line = study_days(replace(some, left=some.left + 0.03 * (some.days - some.days[0]))).course
    assert line.slope.certainty != "unknown"
    assert line.slope.size.low < 0.03 * DAYS_A_MONTH < line.slope.size.high
