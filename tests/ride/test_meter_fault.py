"""A meter that went wrong is told from legs: by steps, slides and levels that they do not reach, and by no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from legbal.ride.baseline import Baseline, RideSample, unknown_rider
from legbal.ride.baseline_fit import learn
from legbal.ride.meter_fault import MeterFault, level_of
from legbal.ride.revolution import Bin
from legbal.ride.share import Period, at_most_common_level
from tests.ride.pedalling import FTP, USUAL, noise, sample, sample_of

KNOWN = learn([sample(1), sample(2)], FTP)
Left = Callable[[int], float]
Told = tuple[str, int]
HOUR = 3600


def _base(*, known: bool) -> Baseline:
    assert KNOWN is not None
    return KNOWN if known else unknown_rider(FTP)


def _watts(i: int) -> float:
    """Four minutes of work, two of easy pedalling, a freewheel of ten seconds."""
    return 0.0 if i % 360 > 350 else 140.0 if i % 360 > 240 else FTP


def follow(
    left: Left,
    *,
    known: bool = False,
    seconds: int = HOUR,
    seed: int = 7,
    watts: Callable[[int], float] = _watts,
) -> tuple[list[Told], MeterFault]:
    """What is found, and when, where second i has this share beside its noise."""
    fault, told = MeterFault(_base(known=known)), list[Told]()
    for i, apart in enumerate(noise(seconds, seed)):
        share = min(max(round(left(i) + float(apart)), 0), 100)
        finding = fault.feed(Bin(float(i), watts(i), share, 1, 88.0))
        if finding:
            told.append((finding, i))
    return told, fault


def _step(points: float, since: int = 1200, until: int = HOUR, usual: float = USUAL) -> Left:
    return lambda i: usual + (points if since <= i < until else 0.0)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("points", [-30, -15, -12, 12, 15, 30])
def test_a_step_of_more_than_legs_do_is_the_meter_within_three_minutes(points: int, *, known: bool) -> None:
    ((finding, t),), fault = follow(_step(points), known=known)
    assert (finding, fault.wrong_since is not None) == ("wrong", True)
    assert 1200 < t < (1260 if abs(points) > 14 else 1380)
    assert fault.stretches[0].since_s == pytest.approx(1199, abs=6)
    assert fault.percent == pytest.approx(USUAL + points, abs=3)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("points", [2, 3, 5, 8])
def test_a_leg_that_falls_by_up_to_eight_points_is_no_fault(points: int, seed: int, *, known: bool) -> None:
    told, _ = follow(_step(-points), known=known, seed=seed)
    assert told == []


def test_a_slide_over_an_hour_is_the_meter_once_it_is_further_than_legs_go() -> None:
    for known in (False, True):
        ((finding, t),), _ = follow(lambda i: 50 - 22 * i / HOUR, known=known, seconds=HOUR)
        assert finding == "wrong"
        assert 9 < 22 * t / HOUR < 16  # points


@pytest.mark.parametrize("percent", [38, 40, 42, 58, 60, 62])
def test_a_rider_of_whom_nothing_is_known_may_have_such_a_level(percent: int) -> None:
    assert follow(lambda _: percent)[0] == []


@pytest.mark.parametrize("percent", [22, 78])
def test_an_absurd_level_is_the_meter_from_the_start(percent: int) -> None:
    ((finding, t),), fault = follow(lambda _: percent)
    assert finding == "wrong"
    assert t < 180
    assert fault.stretches == [Period(0.0, None)]


def test_a_level_far_from_that_of_earlier_rides_is_the_meter() -> None:
    ((finding, t),), _ = follow(lambda _: USUAL - 16, known=True)
    assert finding == "wrong"
    assert t < 60
    assert follow(lambda _: USUAL - 8, known=True)[0] == []


@pytest.mark.parametrize("percent", [1, 4, 97, 100])
def test_a_side_that_gives_up_at_unchanged_power_is_the_meter(percent: int) -> None:
    ((finding, t),), fault = follow(lambda i: percent if i >= 1200 else USUAL, watts=lambda _: 0.8 * FTP)
    assert finding == "wrong"
    assert fault.stretches[0].since_s == pytest.approx(1199, abs=2)
    assert t < 1340


@pytest.mark.parametrize(
    ("start_s", "end_s", "covered"),
    [
        (0.0, 100.0, False),
        (0.0, 101.0, True),
        (199.0, 300.0, True),
        (200.0, 300.0, False),
        (200.0, 301.0, True),
        (400.0, 500.0, True),
        (0.0, None, True),
    ],
)
def test_a_time_is_covered_where_the_meter_looked_wrong_in_it(
    start_s: float, end_s: float | None, *, covered: bool
) -> None:
    fault = MeterFault(unknown_rider(FTP))
    assert not fault.covers(start_s, end_s)
    fault.stretches.append(Period(100.0, 200.0))
    assert not fault.covers(200.0, None)
    fault.stretches.append(Period(300.0, None))
    assert fault.covers(start_s, end_s) is covered


def test_a_side_that_is_dead_from_the_start_is_the_meter() -> None:
    ((finding, t),), _ = follow(lambda _: 2.0, watts=lambda _: 0.8 * FTP)
    assert finding == "wrong"
    assert t < 180


@pytest.mark.parametrize("known", [False, True])
def test_drills_with_one_leg_are_none(*, known: bool) -> None:
    """Minutes with one leg at half the power; half a minute each in turn; and the last turns before a freewheel."""
    assert follow(lambda i: 100 if 1200 <= i < 1560 else USUAL, known=known, watts=_drill)[0] == []

    def in_turn(i: int) -> float:
        return USUAL if not 1200 <= i < 1560 else 2.0 if i % 60 < 30 else 98.0

    assert follow(in_turn, known=known, watts=_drill)[0] == []
    assert follow(lambda i: 100 if i % 120 < 60 else USUAL, known=known, watts=lambda _: 0.88 * FTP)[0] == []
    assert follow(lambda i: 0.0 if i % 12 < 3 else USUAL, known=known, watts=_soft)[0] == []


@pytest.mark.parametrize("each_s", [20, 30, 60])
def test_drills_of_either_leg_in_turn_all_ride_long_are_none(each_s: int) -> None:
    """All that is known of both legs is a second, mixed, in which they change."""
    told, _ = follow(
        lambda i: 50.0 if i % each_s == 0 else 100.0 if i // each_s % 2 else 0.0,
        seconds=1800,
        watts=lambda _: 0.5 * FTP,
    )
    assert told == []


def _drill(i: int) -> float:
    return 0.5 * FTP if 1200 <= i < 1560 else FTP


def _soft(i: int) -> float:
    return 20.0 if i % 12 < 3 else 150.0


def test_a_drill_without_end_is_the_meter() -> None:
    ((finding, _),), _ = follow(
        lambda i: 100 if i >= 1200 else USUAL, watts=lambda i: FTP * (0.5 if i > 1199 else 1)
    )
    assert finding == "wrong"


def test_a_share_that_jumps_between_the_sides_is_the_meter() -> None:
    """As of one that loses its zero from turn to turn: half the time at an extreme, the other half even."""
    ((finding, t),), _ = follow(lambda i: 2.0 if i >= 1200 and i % 20 < 12 else 48.0)
    assert finding == "wrong"
    assert t < 1390
    ((finding, t),), _ = follow(lambda i: 2.0 if i % 20 < 12 else 48.0)
    assert t < 180


def test_a_meter_that_is_back_is_told_once_and_what_came_before_stays_marked() -> None:
    told, fault = follow(_step(-20, until=1800))
    assert [finding for finding, _ in told] == ["wrong", "back"]
    assert 1800 < told[1][1] < 1960
    (stretch,) = fault.stretches
    assert stretch.since_s == pytest.approx(1199, abs=4)
    assert stretch.until_s == pytest.approx(1799, abs=16)
    assert fault.wrong_since is None
    assert fault.level == pytest.approx(USUAL - 50, abs=1)


def test_a_meter_that_was_wrong_from_the_start_is_back_at_even_legs() -> None:
    told, fault = follow(_step(-30, since=0, until=900))
    assert [finding for finding, _ in told] == ["wrong", "back"]
    assert fault.stretches[0].since_s == 0.0


def test_a_meter_that_is_nearly_right_now_and_then_is_not_back() -> None:
    told, _ = follow(lambda i: 25.0 if i >= 1200 and (i < 1260 or i % 30 < 10) else USUAL)
    assert [finding for finding, _ in told] == ["wrong"]


def test_a_jump_to_what_is_usual_says_that_it_was_wrong_before() -> None:
    told, fault = follow(_step(-14, since=0, until=1500, usual=50))
    assert [finding for finding, _ in told] == ["was_wrong"]
    ((since_s, until_s),) = [(x.since_s, x.until_s) for x in fault.stretches]
    assert (since_s, fault.wrong_since) == (0.0, None)
    assert until_s == pytest.approx(1499, abs=5)
    assert fault.level == pytest.approx(0, abs=1.5)


def test_what_is_put_aside_is_no_level() -> None:
    _, fault = follow(_step(-30, since=0))
    fault.forget()
    assert (fault.wrong_since, fault.stretches, fault.level) == (None, [], 0.0)
    _, fault = follow(_step(-20, until=1800))
    fault.forget()
    assert len(fault.stretches) == 1


def test_seconds_without_a_share_or_work_say_nothing() -> None:
    fault = MeterFault(unknown_rider(FTP))
    for i in range(600):
        for watts, left in ((FTP, None), (10.0, 20.0), (0.1 * FTP, 0.0)):
            assert fault.feed(Bin(float(i), watts, left, 1)) is None


def _ride(percent: float) -> RideSample:
    return sample_of(Bin(float(i), 200.0, percent, 1) for i in range(300))


@pytest.mark.parametrize(
    ("levels", "teach"),
    [
        ((), []),
        ((38.0,), [True]),
        ((38.0, 50.0), [False, True]),
        ((51.0, 49.0, 38.0), [True, True, False]),
        ((42.0, 50.0, 49.0), [True, True, True]),
        ((39.0, 38.0, 50.0), [True, True, False]),
        ((38.0, 50.0, 39.0, 51.0), [False, True, False, True]),
    ],
)
def test_a_ride_at_another_level_than_most_teaches_nothing(
    levels: tuple[float, ...], teach: list[bool]
) -> None:
    rides = [RideSample(), *(_ride(percent) for percent in levels)]
    assert at_most_common_level([level_of(ride) for ride in rides]) == [True, *teach]
    assert at_most_common_level(levels) == teach
