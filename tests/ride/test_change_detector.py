"""The change detector: it tells what a regression over all that it was fed tells, and which onsets it keeps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.ride.baseline import Noise
from legbal.ride.change_detector import ChangeDetector, Onset, root_of
from legbal.ride.view import Floats
from tests.ride.regression import USUAL_STEP, USUAL_STEP_SD, Fed, Regression, Sds, rise_s

NOISE = Noise(4.0, (1.0, 0.6, 0.4, 0.3), clip=1.9)
WHITE = Noise(4.0, (0.0, 0.0, 0.0, 0.0))
BAR = 4.35
SDS: Sds = (1.5, 0.7, 0.4, (1.1, 0.6))
OFFSET_SD = SDS[0]
NONE: Sds = (0.0, 0.0, 0.0, (0.0, 0.0))


def random_ride(seed: int) -> list[Fed]:
    """Nine times some seconds, of which the detector keeps every onset; a drop-off from the fifth on."""
    random = np.random.default_rng(seed)
    waits = (4.0, 4.3, 15.4, 15.6, 0.4, 40.0, 1.3, 16.0, 5.0)
    return [
        Fed(
            waits[i],
            int(random.integers(1, 13)),
            float(2 * random.standard_normal() + (6 if i >= 4 else 0)),
            float(random.uniform(0.2, 1.8)),
            float(random.uniform(-4, 4)),
            float(random.uniform(-1, 1)),
            float(random.uniform(-2, 2)),
            working=i not in (0, 3, 6),
        )
        for i in range(9)
    ]


def fed_with(fed: list[Fed], noise: Noise = NOISE, bar: float = BAR, sds: Sds = SDS) -> ChangeDetector:
    detector = ChangeDetector(noise, bar, *sds)
    for x in fed:
        detector.feed(*x)
    return detector


def taken_in(fed: list[Fed], noise: Noise = NOISE) -> tuple[ChangeDetector, Regression]:
    return fed_with(fed, noise), Regression(fed, noise, SDS)


def bar_at(age: int, bar: float = BAR) -> float:
    """Its square falls by 4 with the logarithm of the age from ten seconds on, down to 2.5 deviations."""
    return math.sqrt(bar**2 - math.log(age / 10)) if age >= 10 else math.inf


def stepped(seconds: int, points: float, *, after: int = 0, noise: Noise = WHITE) -> list[Fed]:
    """Seconds of work, four at a time, as usual and then so many points below."""
    memory = rise_s(noise)
    quiet = [Fed()] * (after // 4)
    return [*quiet, *(Fed(below=points * (1 - math.exp(-4 * (i + 1) / memory))) for i in range(seconds // 4))]


@pytest.mark.parametrize("seed", range(6))
def test_the_likeliest_onset_is_that_of_a_regression(seed: int) -> None:
    detector, regression = taken_in(random_ride(seed))
    tries = []
    for onset in (i for i, x in enumerate(regression.fed) if x.working):
        points, information = regression.fit(onset)
        age = regression.age(onset)
        tries.append((points * math.sqrt(information) - bar_at(age), age, points, information))
    beyond, age, points, information = max(tries)
    best, evidence = detector.likeliest(1.0, -math.inf)
    weight = 1 / USUAL_STEP_SD**2
    likely = (points * information + USUAL_STEP * weight) / (information + weight)
    assert best is not None
    assert best.age == age
    assert (best.beyond, best.points, best.likely) == pytest.approx((beyond, points, likely))
    assert evidence == pytest.approx(min(max(1 + beyond / BAR, 0.0), 1.0))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_expected_next_and_today_s_level_are_those_of_a_regression(seed: int) -> None:
    detector, regression = taken_in(random_ride(seed))
    assert (detector.expected, detector.most) == pytest.approx((regression.expected(), regression.most()))
    assert (detector.level(), detector.level_error()) == pytest.approx(regression.level())


@pytest.mark.parametrize("seed", range(3))
def test_more_than_usual_is_a_step_of_the_other_sign(seed: int) -> None:
    fed = random_ride(seed)
    below = fed_with(fed)
    above = fed_with([x._replace(below=-x.below) for x in fed])
    assert above.likeliest(-1.0, 1.0) == below.likeliest(1.0, 1.0)
    assert above.level() == -below.level()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("points", [4.0, -3.0])
def test_a_step_back_is_as_likely_as_a_regression_has_it(seed: int, points: float) -> None:
    detector, regression = taken_in([x._replace(below=x.below - 3) for x in random_ride(seed)])

    def log_likelihood(step: Floats) -> float:
        rest = regression.seen - step
        return -0.5 * float(rest @ regression.inverse @ rest)

    without = log_likelihood(np.zeros(9))
    working = [i for i, x in enumerate(regression.fed) if x.working]
    best = max(log_likelihood(-points * regression.step(i)) - without for i in working)
    ratio, _ = detector.returned(points)
    assert ratio == pytest.approx(max(best, 0.0), abs=1e-9)


@pytest.mark.parametrize("below", [0.0, -3.0, -1.5, 1.0])
@pytest.mark.parametrize("points", [4.0, 2.5])
def test_that_a_leg_is_still_down_is_as_likely_as_its_share_since_the_oldest_onset(
    below: float, points: float
) -> None:
    """Of a leg that is as usual by the whole step again, of one that is still down by as much as drop-offs differ."""
    detector, regression = taken_in(stepped(32, below, after=8), WHITE)
    step, information = regression.fit(0)

    def log_density(mean: float, variance: float) -> float:
        return -0.5 * (math.log(variance) + (step - mean) ** 2 / variance)

    odds = log_density(0.0, 1 / information + USUAL_STEP_SD**2) - log_density(-points, 1 / information)
    assert detector.remains(points) == pytest.approx((odds, points + step, detector.remains(points)[2]))


def test_what_remains_is_judged_by_the_oldest_onset_that_is_kept() -> None:
    """Of 117 onsets it is the 32nd: the 16th was kept for the 100 after it, and has just gone with another."""
    fed = [Fed(below=2.0 if i >= 16 else 0.0) for i in range(117)]
    step, _ = Regression(fed, WHITE, NONE).fit(31)
    assert fed_with(fed, WHITE, BAR, NONE).remains(4.0)[1] == pytest.approx(4.0 + step)


def test_a_step_that_is_believed_is_taken_out_of_today_s_level() -> None:
    """As if there had been none, but for that its size is not certain."""
    with_step, regression = taken_in(stepped(40, 5.0, noise=NOISE))
    without = fed_with([Fed()] * 10)
    onset, _ = with_step.likeliest(1.0, 1.0)
    assert onset is not None
    assert onset.points == pytest.approx(5.0)
    share = (with_step.level() - without.level()) / 5.0  # of the step that was taken for today's level
    error = with_step.level_error()
    assert share > 0.1
    with_step.accept(onset.slot, onset.points)
    _, information = regression.fit(0)
    assert with_step.level() == pytest.approx(without.level(), abs=1e-9)
    assert with_step.level_error() == pytest.approx(
        math.hypot(error, share / math.sqrt(information + 1 / USUAL_STEP_SD**2))
    )
    assert with_step.likeliest(1.0, 0.0) == (None, 0.0)


def test_a_step_of_what_is_usual_moves_today_s_level_and_makes_it_less_certain() -> None:
    detector = fed_with([Fed()] * 10)
    level, error = detector.level(), detector.level_error()
    detector.shift(3.0)
    assert detector.level() == pytest.approx(level + 3.0)
    assert detector.level_error() == pytest.approx(math.hypot(error, 1.0))


def test_dropping_closes_all_tests_and_leaves_the_level() -> None:
    detector = fed_with(stepped(40, 5.0))
    level = detector.level()
    detector.drop()
    assert (detector.likeliest(1.0, 0.0), detector.level()) == ((None, 0.0), level)
    for x in stepped(20, 5.0):
        detector.feed(*x)
    assert detector.remains(0.0)[1] > 0
    best, _ = detector.likeliest(1.0, 0.0)
    assert best is not None
    assert best.age <= 20


def test_before_anything_is_fed_all_counts() -> None:
    detector = fed_with([])
    assert (detector.expected, detector.most, detector.level()) == (0.0, math.inf, 0.0)
    assert detector.level_error() == pytest.approx(math.sqrt(0.4 + 0.3 + OFFSET_SD**2))


def _onset(fed: list[Fed], least_points: float = 0.0, bar: float = BAR) -> tuple[Onset | None, float]:
    return fed_with(fed, WHITE, bar, NONE).likeliest(1.0, least_points)


def test_a_step_younger_than_ten_seconds_is_noise_however_large() -> None:
    young, none = _onset(stepped(8, 50.0))
    assert young is not None
    assert (young.beyond, none) == (-math.inf, 0.0)
    fed = stepped(8, 50.0)
    best, sure = _onset([*fed, Fed(dt=2.0, seconds=2, below=50.0)])
    assert best is not None
    assert (best.age, sure) == (10, 1.0)
    assert 0 < best.beyond < math.inf


@pytest.mark.parametrize("bar", [3.0, 4.35])
@pytest.mark.parametrize("seconds", [12, 24, 32, 36])
def test_the_bar_falls_with_the_age_of_a_step(seconds: int, bar: float) -> None:
    fed = stepped(seconds, 8.0)
    best, _ = _onset(fed, bar=bar)
    points, information = Regression(fed, WHITE, NONE).fit(0)
    assert best is not None
    assert best.age == seconds
    assert best.points == pytest.approx(points)
    assert best.beyond == pytest.approx(points * math.sqrt(information) - bar_at(seconds, bar))


def test_a_step_that_is_too_small_is_none_and_its_evidence_stays_below_one() -> None:
    fed = stepped(400, 1.5)
    best, evidence = _onset(fed, least_points=1.4)
    assert best is not None
    assert (best.beyond > 0, evidence) == (True, 1.0)
    assert _onset(fed, least_points=2.0) == (None, 0.9)
    soon, evidence = _onset(stepped(16, 2.0), least_points=4.0)
    assert soon is None
    assert 0 < evidence < 0.9


def test_where_the_likeliest_step_is_too_small_one_that_is_large_enough_is_told_with_its_own_evidence() -> (
    None
):
    fed = [*stepped(28, 3.0), *(Fed(below=6.0) for _ in range(2))]
    best, _ = _onset(fed)
    larger, evidence = _onset(fed, least_points=best.points + 0.1 if best is not None else 0.0)
    assert best is not None
    assert larger is not None
    assert (larger.points > best.points, larger.age < best.age) == (True, True)
    assert larger.beyond < best.beyond
    assert evidence == 1.0


def test_an_onset_is_kept_for_404_seconds_of_work_at_most() -> None:
    """The sixteenth of them is one of those that are kept so long."""
    fed = stepped(404, 2.0, after=60)
    best, _ = _onset(fed)
    assert best is not None
    assert best.age == 404
    later, _ = _onset([*fed, Fed(below=2.0)])
    assert later is not None
    assert later.age < 400


@pytest.mark.parametrize("after", [0, 4, 20, 60, 124, 252])
def test_an_onset_s_age_is_known_exactly_for_44_seconds_and_to_a_fifth_of_it_later(after: int) -> None:
    """The older, the wider apart are those that are kept."""
    for seconds, apart in ((40, 0), (44, 0), (120, 24), (200, 40)):
        best, _ = _onset(stepped(seconds, 4.0, after=after))
        assert best is not None
        assert abs(best.age - seconds) <= apart


def test_of_each_two_onsets_one_is_kept_for_no_longer() -> None:
    first, _ = _onset(stepped(48, 4.0))
    second, _ = _onset(stepped(48, 4.0, after=4))
    assert first is not None
    assert second is not None
    assert (first.age, second.age) == (44, 48)


@pytest.mark.parametrize(("power", "root"), [
    (1.0, 1.0), (0.5, 0.5**0.5), (0.3, 0.3**0.5), (0.2, 0.3**0.5), (0.0, 0.3**0.5), (1.6, 1.6**0.5), (2.0, 1.6**0.5),
])  # fmt: skip
def test_noise_shrinks_with_the_root_of_power_within_bounds(power: float, root: float) -> None:
    assert root_of(power) == root


@pytest.mark.parametrize("caution", [1.0, 1.2])
def test_a_bar_that_is_raised_is_raised_at_every_age(caution: float) -> None:
    fed = stepped(24, 8.0)
    detector = fed_with([], WHITE, BAR, NONE)
    detector.believe(WHITE, caution)
    for x in fed:
        detector.feed(*x)
    best, _ = detector.likeliest(1.0, 0.0)
    points, information = Regression(fed, WHITE, NONE).fit(0)
    assert best is not None
    assert best.beyond == pytest.approx(points * math.sqrt(information) - caution * bar_at(24))


def test_what_is_believed_of_the_noise_counts_from_then_on() -> None:
    """After a long wait nothing is left of the slow parts as they were believed before."""
    later, at_once = fed_with([], WHITE), fed_with([], NOISE)
    later.believe(NOISE, 1.0)
    for detector in (later, at_once):
        detector.feed(*Fed(dt=1e6, below=0.0))
        for x in random_ride(1):
            detector.feed(*x)
    assert later.most == pytest.approx(at_once.most, rel=0.01)
    assert later.most != pytest.approx(fed_with([Fed(dt=1e6), *random_ride(1)], WHITE).most, rel=0.01)


@pytest.mark.parametrize("points", [5.0, -5.0])
def test_the_wander_before_a_step_is_what_is_left_without_it(points: float) -> None:
    """As in a ride that is the same but for the step; the offset of the day is no wander."""
    quiet = [Fed(below=1.5)] * 40
    step = [x._replace(below=x.below + 1.5) for x in stepped(40, points, noise=NOISE)]
    detector = fed_with([*quiet, *step])
    without = fed_with([*quiet, *[Fed(below=1.5)] * 10])
    best, _ = detector.likeliest(math.copysign(1.0, points), 1.0)
    assert best is not None
    slow = without.level() - float(without._table[-29, 4])
    assert best.age == 40
    assert detector.wander(best.slot, points) == pytest.approx(slow, abs=1e-6)
