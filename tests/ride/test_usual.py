"""What is usual now: which seconds tell something, how they are weighed, and from when on there is a usual share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import pytest

from legbal.ride.baseline import TYPICAL_NOISE, Baseline, unknown_rider
from legbal.ride.baseline_fit import columns
from legbal.ride.inputs import Sensitivity, Setup, WeakLeg
from legbal.ride.revolution import Bin
from legbal.ride.usual import BAR, UsualBalance

FTP = 250.0
WORK_W, EASY_W = 240.0, 140.0


def known(**changed: object) -> Baseline:
    """Of a rider with one earlier ride and even legs, but for what is changed."""
    return msgspec.structs.replace(unknown_rider(FTP), rides=1, **changed)


def usual(baseline: Baseline | None = None, sensitivity: Sensitivity = "normal") -> UsualBalance:
    return UsualBalance(Setup(ftp_w=FTP, baseline=baseline, sensitivity=sensitivity))


class Pedalling:
    """Feeds seconds one after the other, and keeps how many were weighed with each."""

    def __init__(self, followed: UsualBalance) -> None:
        self.usual, self.t, self.weighed = followed, 0.0, list[int]()

    def on(
        self,
        seconds: int,
        watts: float = WORK_W,
        left: float | None = 50.0,
        *,
        interval: bool = True,
        rpm: float | None = 85.0,
    ) -> Pedalling:
        for _ in range(seconds):
            self.t += 1.0
            second = Bin(self.t, watts, left, 1, rpm)
            working = self.usual.is_working(second, interval)
            self.weighed.append(self.usual.feed(second, interval, working))
        return self

    @property
    def taught(self) -> list[float]:
        """The seconds that teach something."""
        return list(columns(self.usual.taught.sample())[0])


@pytest.mark.parametrize(("watts", "interval", "tells"), [
    (100.0, False, True), (99.9, False, False), (75.0, True, True), (74.9, True, False),
])  # fmt: skip
def test_a_second_tells_something_from_40_percent_of_ftp_on_and_in_an_interval_from_30(
    watts: float, interval: bool, tells: bool
) -> None:
    ridden = Pedalling(usual()).on(20, watts, interval=interval)
    assert bool(ridden.taught) is tells


@pytest.mark.parametrize("left", [None, 5.0, 95.0, 0.0, 100.0])
def test_a_second_without_a_share_or_with_one_leg_tells_nothing(left: float | None) -> None:
    assert Pedalling(usual()).on(20, left=left).taught == []


def test_the_first_five_seconds_of_an_effort_tell_nothing() -> None:
    ridden = Pedalling(usual()).on(7)
    assert ridden.taught == [6.0, 7.0]
    ridden.on(2, EASY_W, interval=False).on(6)
    assert ridden.taught[2:] == [8.0, 9.0, 15.0]


def test_easy_pedalling_tells_from_its_first_second_on() -> None:
    assert Pedalling(usual()).on(2, EASY_W, interval=False).taught == [1.0, 2.0]


@pytest.mark.parametrize(("watts", "lost"), [(19.9, 2), (20.0, 0)])
def test_the_two_seconds_after_a_coast_below_20_watts_tell_nothing(watts: float, lost: int) -> None:
    ridden = Pedalling(usual()).on(10, EASY_W, interval=False)
    ridden.on(1, watts, interval=False).on(5, EASY_W, interval=False)
    assert ridden.taught[10:] == [12.0 + lost + i for i in range(5 - lost)]


@pytest.mark.parametrize(("watts", "seconds"), [(300.0, 18), (280.6, 20), (280.5, 21), (180.0, None)])
def test_pedalling_above_72_percent_of_ftp_is_work_once_its_mean_of_late_is(
    watts: float, seconds: int | None
) -> None:
    followed = usual()
    worked = [followed.is_working(Bin(float(i), watts, 50.0, 1), in_interval=False) for i in range(1, 200)]
    assert (worked.index(True) + 1 if True in worked else None) == seconds


def test_a_second_below_72_percent_of_ftp_is_no_work_however_hard_it_was_before() -> None:
    followed = usual()
    for i in range(100):
        followed.is_working(Bin(float(i), 300.0, 50.0, 1), in_interval=False)
    assert not followed.is_working(Bin(100.0, 180.0, 50.0, 1), in_interval=False)
    assert followed.is_working(Bin(101.0, 180.1, 50.0, 1), in_interval=False)


def test_work_is_weighed_four_seconds_together_and_easy_pedalling_twelve() -> None:
    ridden = Pedalling(usual()).on(5 + 12)
    assert ridden.weighed == [0] * 5 + [0, 0, 0, 4] * 3
    ridden = Pedalling(usual()).on(24, EASY_W, interval=False)
    assert ridden.weighed == ([0] * 11 + [12]) * 2


def test_work_and_easy_pedalling_are_not_weighed_together() -> None:
    """Easy seconds that were begun are weighed as such, and what comes then is gathered anew."""
    followed = usual()
    for i in range(1, 8):
        followed.feed(Bin(float(i), WORK_W, 50.0, 1), in_interval=True, working=True)
    assert followed.worked_s == 2
    weighed = [
        followed.feed(Bin(float(i), EASY_W, 50.0, 1), in_interval=False, working=False) for i in range(8, 20)
    ]
    assert weighed == [0] * 11 + [12]


@pytest.mark.parametrize(("gap_s", "weighed"), [(3.0, [0, 4]), (3.1, [0, 0, 0, 4])])
def test_seconds_more_than_three_apart_are_not_weighed_together(gap_s: float, weighed: list[int]) -> None:
    ridden = Pedalling(usual()).on(5 + 2)
    ridden.t += gap_s - 1.0
    assert ridden.on(len(weighed)).weighed[7:] == weighed


def test_the_latest_400_seconds_of_work_are_kept_and_those_that_are_weighed_with_them() -> None:
    ridden = Pedalling(usual()).on(5 + 500)
    assert len(ridden.usual.work) == 408
    assert (ridden.usual.worked_s, ridden.usual.worked_t, ridden.usual.work[-1].t) == (500, 505.0, 505.0)


def test_during_a_drop_off_nothing_is_taught_and_only_an_interval_is_weighed() -> None:
    ridden = Pedalling(usual()).on(5 + 4)
    ridden.usual.drop_points = 4.0
    assert ridden.on(4).weighed[-1] == 4
    assert ridden.on(24, EASY_W, interval=False).weighed[-24:] == [0] * 24
    assert (ridden.taught, len(ridden.usual.work), ridden.usual.worked_s) == ([6.0, 7.0, 8.0, 9.0], 4, 8)


def test_taking_back_forgets_what_came_since_that_second_on() -> None:
    ridden = Pedalling(usual()).on(5 + 6)
    ridden.usual.take_back(9.0)
    assert ridden.taught == [6.0, 7.0, 8.0]
    assert ridden.on(4).weighed[-4:] == [0, 0, 0, 4], "what was gathered is forgotten, too"


def test_taking_back_from_beyond_the_ride_forgets_only_what_is_gathered() -> None:
    ridden = Pedalling(usual()).on(5 + 6)
    ridden.usual.take_back(math.inf)
    assert len(ridden.taught) == 6


@pytest.mark.parametrize(("percent", "leg"), [
    (49.3, "left"), (49.31, "unknown"), (50.0, "unknown"), (50.69, "unknown"), (50.7, "right"),
])  # fmt: skip
def test_an_unknown_weak_leg_is_inferred_from_0_7_points_off_even_on(percent: float, leg: WeakLeg) -> None:
    followed = usual(known(left_percent=(percent,) * 17))
    assert (followed.weak_leg, followed.weak_leg_inferred) == (leg, leg != "unknown")


def test_a_weak_leg_that_is_stated_is_not_inferred_nor_one_without_earlier_rides() -> None:
    uneven = known(left_percent=(45.0,) * 17)
    stated = UsualBalance(Setup(ftp_w=FTP, baseline=uneven, weak_leg="right"))
    assert (stated.weak_leg, stated.weak_leg_inferred) == ("right", False)
    of_nobody = usual(msgspec.structs.replace(uneven, rides=0))
    assert (of_nobody.weak_leg, of_nobody.weak_leg_inferred) == ("unknown", False)


def test_without_earlier_rides_there_is_a_usual_share_after_30_seconds_that_tell_something() -> None:
    ridden = Pedalling(usual()).on(5 + 29)
    assert ridden.usual.at(WORK_W) is None
    at = ridden.on(1).usual.at(WORK_W)
    assert at is not None
    assert (at.rides, round(at.left_percent, 6)) == (0, 50.0)


def test_with_an_earlier_ride_there_is_one_from_the_start_on() -> None:
    at = usual(known()).at(WORK_W)
    assert at is not None
    assert at.rides == 1


def test_the_usual_range_is_two_standard_deviations_of_30_seconds_and_of_the_level() -> None:
    """At four times the reference power noise is smaller by the root of 1.6; of easy power no more than 0.3 counts."""
    noise = msgspec.structs.replace(TYPICAL_NOISE, white=30.0, slow=(0.0, 0.0, 0.0, 0.0))
    followed = usual(known(noise=noise, offset_sd=2.0))
    for power_w, root in ((250.0, 1.0), (1000.0, math.sqrt(1.6)), (25.0, math.sqrt(0.3))):
        at = followed.at(power_w)
        assert at is not None
        width = 2 * math.hypot(1.0, 2.0) / root
        assert (at.uncertainty, at.low, at.high) == pytest.approx((2.0 / root, 50.0 - width, 50.0 + width))


@pytest.mark.parametrize(("sensitivity", "bar"), [("calm", 4.2), ("normal", 3.9), ("eager", 3.6)])
def test_each_sensitivity_has_its_bar(sensitivity: Sensitivity, bar: float) -> None:
    assert BAR[sensitivity] == bar


def _levels(followed: UsualBalance, lefts: Sequence[float], **how: float | None) -> float:
    """Where the usual share lies after easy seconds with these shares, at the reference power."""
    ridden = Pedalling(followed)
    for left in lefts:
        ridden.on(1, EASY_W, left, interval=False, rpm=how.get("rpm", 85.0))
    return followed.left_percent(FTP)


def test_today_s_level_is_followed_in_easy_pedalling() -> None:
    assert 47.0 < _levels(usual(), [47.0] * 600) < 48.0
    assert _levels(usual(), [50.0] * 600) == pytest.approx(50.0)


def test_one_wild_second_counts_for_no_more_than_noise_explains() -> None:
    """Whether it reads 20 or 40 percent; and likewise above."""
    steady = [50.0] * 600
    low, lower, high = (_levels(usual(), [*steady, x, *steady[:11]]) for x in (40.0, 20.0, 60.0))
    assert low == lower
    assert low - 50.0 == pytest.approx(50.0 - high)
    assert 0 > low - 50.0 > -0.2


@pytest.mark.parametrize(("rpm", "same"), [(45.0, 30.0), (125.0, 200.0)])
def test_a_cadence_counts_for_at_most_40_turns_off_the_usual_one(rpm: float, same: float) -> None:
    lefts = [47.0] * 120
    assert _levels(usual(), lefts, rpm=rpm) == _levels(usual(), lefts, rpm=same)
    nearer = rpm + 5 if rpm < 85 else rpm - 5
    assert _levels(usual(), lefts, rpm=rpm) != _levels(usual(), lefts, rpm=nearer)


def test_without_a_cadence_the_usual_one_is_taken() -> None:
    lefts = [47.0] * 120
    assert _levels(usual(), lefts, rpm=None) == _levels(usual(), lefts, rpm=85.0)


@pytest.mark.parametrize(("rest_s", "carried"), [(60, True), (61, False)])
def test_over_a_minute_without_work_evidence_is_carried(rest_s: int, carried: bool) -> None:
    ridden = Pedalling(usual()).on(5 + 200).on(40, left=45.0)
    assert ridden.usual.detector.likeliest(1.0, 0.0)[1] > 0
    ridden.t += rest_s - 12
    ridden.on(12, EASY_W, interval=False)
    assert (ridden.usual.detector.likeliest(1.0, 0.0)[1] > 0) is carried
