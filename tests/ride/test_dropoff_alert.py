"""The drop-off alert: told once, soon, with what it rests on; cleared when the leg is back; not fooled by the meter."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from legbal.meters.profile import UNLISTED
from legbal.ride.baseline import TYPICAL_NOISE, Baseline
from legbal.ride.baseline_fit import learn
from legbal.ride.change_detector import ChangeDetector
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import Alert, Clear, MeterChange
from legbal.ride.inputs import Sensitivity, Setup, WeakLeg
from legbal.ride.share import Share, Usual
from legbal.ride.usual import UsualBalance
from tests.ride.pedalling import FTP, USUAL, Told, ride, sample


@pytest.fixture(scope="module", name="baseline")
def _baseline() -> Baseline:
    baseline = learn([sample(1), sample(2)], FTP)
    assert baseline is not None
    return baseline


def _watch(baseline: Baseline | None, weak: WeakLeg = "left", sensitivity: Sensitivity = "normal") -> DropOff:
    setup = Setup(baseline=baseline, weak_leg=weak, sensitivity=sensitivity, ftp_w=FTP)
    return DropOff(setup, UsualBalance(setup))


def _usual(_: int, apart: float) -> float:
    return round(USUAL + apart)


def _dropped(i: int, apart: float) -> float:
    return round(USUAL + apart - (5 if 800 <= i < 1100 else 0))


def test_a_healthy_hour_is_quiet(baseline: Baseline) -> None:
    assert ride(_watch(baseline), _usual, seconds=3900, seed=11) == []


def test_a_drop_is_told_once_and_cleared_when_the_leg_is_back(baseline: Baseline) -> None:
    once = 0
    for seed in range(20):
        told = ride(_watch(baseline), _dropped, seed=seed)
        alert, clear, *more = told
        assert isinstance(alert, Alert)
        assert isinstance(clear, Clear)
        assert alert.side == clear.side == "left"
        assert clear.reason == "back"
        assert 800 < alert.t < 845
        if not more:
            assert 1100 < clear.t < 1140
            once += 1
    assert once >= 19  # noise may look like a leg that is back, now and then


def test_what_begins_in_an_effort_is_told_once_the_interval_is(baseline: Baseline) -> None:
    alert = ride(_watch(baseline), _dropped, start=850)[0]
    assert isinstance(alert, Alert)
    assert 850 < alert.t < 865
    assert alert.since < 850


def test_outside_an_interval_nothing_is_told_however_hard_it_is_ridden(baseline: Baseline) -> None:
    assert ride(_watch(baseline), _dropped, start=1500) == []


def test_an_alert_says_what_it_rests_on(baseline: Baseline) -> None:
    alert = ride(_watch(baseline), _dropped)[0]
    assert isinstance(alert, Alert)
    assert alert.points == pytest.approx(5, abs=2)
    assert alert.reference_percent == pytest.approx(USUAL, abs=1)
    assert alert.reference_percent is not None
    assert alert.present_percent == pytest.approx(alert.reference_percent - alert.points, abs=0.11)
    assert 785 <= alert.since <= 825
    assert 10 <= alert.revolutions <= 60
    assert alert.sure is not None
    assert 0.7 < alert.sure <= 1
    assert alert.pattern == "drop"


def test_the_right_leg_drops_when_the_left_share_rises(baseline: Baseline) -> None:
    told = ride(_watch(baseline, "right"), lambda i, apart: 2 * USUAL - _dropped(i, -apart))
    assert isinstance(told[0], Alert)
    assert told[0].side == "right"
    assert told[0].reference_percent == pytest.approx(100 - USUAL, abs=1)


def test_only_the_weak_leg_is_watched_when_it_is_known(baseline: Baseline) -> None:
    told = ride(_watch(baseline, "right"), lambda i, apart: round(USUAL + apart - (5 if i >= 800 else 0)))
    assert not any(isinstance(x, Alert) for x in told)


def test_an_unknown_weak_leg_is_inferred_and_both_are_watched(baseline: Baseline) -> None:
    left = _watch(baseline, "unknown")
    assert (left.usual.weak_leg, left.usual.weak_leg_inferred) == ("left", True)
    assert {x.side for x in ride(left, _dropped) if isinstance(x, Alert)} == {"left"}
    right = ride(_watch(baseline, "unknown"), lambda i, apart: 2 * USUAL - _dropped(i, -apart))
    assert {x.side for x in right if isinstance(x, Alert)} == {"right"}


def test_even_legs_give_no_weak_leg() -> None:
    even = _watch(learn([sample(3, usual=50.1)], FTP), "unknown")
    assert (even.usual.weak_leg, even.usual.weak_leg_inferred) == ("unknown", False)


def test_without_history_the_ride_starts_from_today() -> None:
    told = ride(_watch(None), _dropped)
    assert isinstance(told[0], Alert)
    assert 800 < told[0].t < 900


def test_outside_intervals_nothing_is_told(baseline: Baseline) -> None:
    assert ride(_watch(baseline), _dropped, start=10_000) == []


@pytest.mark.parametrize(("seconds", "rezeroes"), [(20, False), (10, True)])
def test_a_step_right_after_a_stop_may_be_the_meter(baseline: Baseline, seconds: int, rezeroes: bool) -> None:
    told = _stepped_at_a_stop(baseline, seconds, rezeroes)
    assert [type(x) for x in told] == [MeterChange]


def test_a_short_coast_explains_nothing_away_on_a_meter_that_is_not_known_to_rezero(
    baseline: Baseline,
) -> None:
    told = _stepped_at_a_stop(baseline, 10, rezeroes=False)
    assert [type(x) for x in told] == [Alert]


def _stepped_at_a_stop(baseline: Baseline, seconds: int, rezeroes: bool) -> list[Told]:
    """Nobody pedals for so many seconds, and the left share is 5 points lower afterwards."""
    end = 800 + seconds
    profile = msgspec.structs.replace(UNLISTED, rezeroes=rezeroes)
    setup = Setup(baseline=baseline, weak_leg="left", ftp_w=FTP, profile=profile)
    dropoff = DropOff(setup, UsualBalance(setup))
    return ride(
        dropoff,
        lambda i, apart: round(USUAL + apart - (5 if i >= end else 0)),
        power=lambda i: 0.0 if 800 <= i < end else 240.0 if i >= 300 else 140.0,
    )


def test_a_half_that_falls_silent_is_the_meter_and_no_leg(baseline: Baseline) -> None:
    dropoff = _watch(baseline, "right")  # the right leg is at 52: 50 would be a drop of it
    told = ride(dropoff, lambda i, apart: round(USUAL + apart) if i < 800 else 50.0)
    assert [type(x) for x in told] == [MeterChange]
    assert dropoff.phase == "frozen"


def test_a_share_that_never_moved_has_not_changed(baseline: Baseline) -> None:
    dropoff = _watch(baseline)
    assert ride(dropoff, lambda *_: 45.0) == []
    assert not len(dropoff.usual.taught)


def test_a_meter_that_freezes_ends_an_alert(baseline: Baseline) -> None:
    told = ride(_watch(baseline), lambda i, apart: _dropped(i, apart) if i < 900 else 50.0)
    assert [type(x) for x in told] == [Alert, Clear, MeterChange]
    assert isinstance(told[1], Clear)
    assert told[1].reason == "meter"


def test_one_leg_drills_are_no_drop(baseline: Baseline) -> None:
    told = ride(
        _watch(baseline), lambda i, apart: float(100 * (i // 30 % 2)) if 700 <= i < 900 else _usual(i, apart)
    )
    assert not any(isinstance(x, Alert) for x in told)


def test_an_alert_ends_with_its_interval_and_a_long_rest_forgets_it(baseline: Baseline) -> None:
    dropoff, phases = _watch(baseline), list[str]()

    def over() -> bool:
        phases.append(dropoff.phase)
        return "alerting" in phases

    told = ride(
        dropoff,
        lambda i, apart: round(USUAL + apart - (5 if i >= 800 else 0)),
        power=lambda i: 240.0 if 300 <= i < 900 else 0.0,
        seconds=1400,
        over=over,
    )
    assert [type(x) for x in told] == [Alert, Clear]
    assert isinstance(told[1], Clear)
    assert (told[1].reason, told[1].t - told[0].t < 2) == ("rest", True)
    assert (phases[-1], dropoff.usual.drop_points) == ("idle", None)


@pytest.mark.parametrize("still", [5, 3, 0])
def test_the_next_interval_tells_a_leg_that_is_still_down(baseline: Baseline, still: int) -> None:
    """Three minutes of rest, and two thirds of the drop are as evident as the whole."""
    again = 0
    for seed in range(8):
        told = ride(
            _watch(baseline),
            lambda i, apart: round(USUAL + apart - (5 if 800 <= i < 1000 else still if i >= 1000 else 0)),
            power=lambda i: 240.0 if 300 <= i < 1000 or i >= 1180 else 140.0,
            over=lambda: False,
            work=lambda i: 300 <= i < 1000 or i >= 1188,
            seed=seed,
        )
        assert isinstance(told[0], Alert)
        assert any(isinstance(x, Clear) and 1000 <= x.t < 1002 and x.reason == "rest" for x in told)
        again += any(isinstance(x, Alert) and 1196 <= x.t < 1260 for x in told)
    assert again >= 7 if still else again == 0


def test_what_is_not_clear_within_a_minute_is_today_s_level(baseline: Baseline) -> None:
    """A leg that came back in part: it is rarely told, and not checked for ever."""
    alerts = 0
    for seed in range(8):
        dropoff = _watch(baseline)
        told = ride(
            dropoff,
            lambda i, apart: round(USUAL + apart - (5 if 800 <= i < 1000 else 1.5 if i >= 1000 else 0)),
            power=lambda i: 240.0 if 300 <= i < 1000 or i >= 1180 else 140.0,
            work=lambda i: 300 <= i < 1000 or i >= 1188,
            seed=seed,
        )
        alerts += sum(isinstance(x, Alert) for x in told)
        assert dropoff.phase != "rechecking"
    assert alerts <= 11


def test_gaps_are_survived(baseline: Baseline) -> None:
    told = ride(_watch(baseline), lambda i, apart: None if 810 <= i < 840 else _dropped(i, apart))
    assert [type(x) for x in told] == [Alert, Clear]


def test_evidence_builds_up_to_one(baseline: Baseline) -> None:
    dropoff, seen = _watch(baseline), []

    def left(i: int, apart: float) -> float:
        seen.append(dropoff.evidence)
        return _dropped(i, apart)

    alert = ride(dropoff, left)[0]
    assert all(0 <= x <= 1 for x in seen)
    assert seen[int(alert.t) + 1] == 1
    assert max(seen[400:790]) < 1


@pytest.mark.parametrize("sensitivity", get_args(Sensitivity))
def test_every_sensitivity_tells_a_large_drop(baseline: Baseline, sensitivity: Sensitivity) -> None:
    assert any(isinstance(x, Alert) for x in ride(_watch(baseline, sensitivity=sensitivity), _dropped))


def test_a_drop_off_teaches_nothing(baseline: Baseline) -> None:
    dropoff = _watch(baseline)
    ride(dropoff, _dropped)
    learnt = learn([dropoff.usual.taught.sample()], FTP)
    assert learnt is not None
    assert learnt.usual(240, 88) == pytest.approx(USUAL, abs=0.5)


def test_the_same_ride_is_told_the_same(baseline: Baseline) -> None:
    assert ride(_watch(baseline), _dropped) == ride(_watch(baseline), _dropped)


def test_usual_is_known_from_history_and_not_without(baseline: Baseline) -> None:
    usual = _watch(baseline).usual.at(240)
    assert usual is not None
    assert usual.rides == 2
    assert usual.low < usual.left_percent < usual.high
    assert _watch(None).usual.at(240) is None


def test_a_smooth_rider_on_whole_percents_is_no_frozen_meter(baseline: Baseline) -> None:
    told = ride(_watch(baseline), lambda i, _: 48.0 if i // 20 % 2 else 49.0)
    assert told == []


def test_before_the_first_second_no_step_is_likely() -> None:
    detector = ChangeDetector(TYPICAL_NOISE, 4.0, 1.0, 1.0, 1.0, (1.0, 1.0))
    assert detector.likeliest(1, 0.0) == (None, 0.0)


def test_the_usual_share_is_a_share_that_nobody_counted() -> None:
    usual = Usual(48.0, 0.5, 46.0, 50.0, 3)
    assert usual.share == Share(48.0, 0.5, revolutions=None)
    assert not usual.share.rests_on(1)


def test_on_a_first_ride_what_is_usual_does_not_follow_the_leg_down() -> None:
    apart = []
    for seed in range(12):
        dropoff = _watch(None)
        told = ride(dropoff, lambda i, x: round(USUAL + x - (5 if i >= 800 else 0)), seconds=1000, seed=seed)
        assert isinstance(told[0], Alert)
        apart.append(dropoff.usual.left_percent(240.0) - USUAL)
    assert abs(sum(apart) / len(apart)) < 0.5
