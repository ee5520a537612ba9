"""The threshold alert: a rule with a window, a margin, a dwell, hysteresis and a gate."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from legbal.ride import alerts
from legbal.ride.drill import OneLegDetector
from legbal.ride.events import Alert, Clear
from legbal.ride.inputs import Setup, ThresholdRule, WeakLeg
from legbal.ride.meter import Meter
from legbal.ride.moment import Moment
from legbal.ride.revolution import Revolution
from legbal.ride.threshold_alert import Threshold
from legbal.ride.usual import UsualBalance

RULE = ThresholdRule(target_percent=50.0, margin_points=3.0, clear_points=1.0, window_s=15.0, dwell_s=5.0)


class Turning(Meter):
    """A meter whose cranks turn as told."""

    def __init__(self, cadence_rpm: float | None) -> None:
        super().__init__("meter", Setup())
        self._stated_rpm = cadence_rpm


def watch(rule: ThresholdRule, weak_leg: WeakLeg) -> Threshold:
    setup = Setup(threshold=rule, weak_leg=weak_leg)
    return Threshold(setup, UsualBalance(setup))


def second(
    t: float,
    left: float,
    power: float = 200.0,
    cadence: float | None = 90.0,
    in_interval: bool = True,
    one_leg: OneLegDetector | None = None,
) -> Moment:
    one_leg = one_leg or OneLegDetector()
    turned = one_leg.feed(Revolution(float(t), 1.0, power, power, left, 0, "crank"))
    return Moment(float(t), power, turned, in_interval, Turning(cadence), alone=one_leg.running)


def ride(
    lefts: list[float],
    rule: ThresholdRule = RULE,
    weak_leg: WeakLeg = "left",
    power: float = 200.0,
    cadence: float | None = 90.0,
    in_interval: bool = True,
) -> list[Alert | Clear]:
    """One revolution a second with these shares."""
    threshold, told, one_leg = watch(rule, weak_leg), list[Alert | Clear](), OneLegDetector()
    for t, left in enumerate(lefts):
        told += threshold.feed(second(t, left, power, cadence, in_interval, one_leg))
    return told


def test_a_sign_is_that_of_a_leg() -> None:
    (leg, _) = get_args(get_type_hints(alerts)["SIGNS"])
    assert get_args(leg) == tuple(alerts.SIGNS)


def test_a_leg_that_stays_below_is_told_once_after_the_dwell() -> None:
    (alert,) = ride([46.0] * 60)
    assert isinstance(alert, Alert)
    assert (alert.kind, alert.side, alert.points) == ("threshold", "left", 4.0)
    assert (alert.present_percent, alert.reference_percent) == (46.0, 50.0)
    assert alert.t - alert.since == RULE.dwell_s
    assert alert.t >= 9 + RULE.dwell_s - 1, "a window must first be filled"


@pytest.mark.parametrize(
    ("left", "side", "present", "reference"), [(44.0, "left", 44.0, 49.0), (54.0, "right", 46.0, 51.0)]
)
def test_each_leg_has_its_own_share_of_the_target(
    left: float, side: str, present: float, reference: float
) -> None:
    (alert,) = ride([left] * 60, ThresholdRule(target_percent=49.0), weak_leg="unknown")
    assert isinstance(alert, Alert)
    assert (alert.side, alert.points) == (side, 5.0)
    assert (alert.present_percent, alert.reference_percent) == (present, reference)


@pytest.mark.parametrize(("power", "cadence", "told"), [(60.0, 40.0, 1), (59.9, 40.0, 0), (60.0, 39.9, 0)])
def test_it_watches_from_60_watts_and_40_turns_a_minute_on(power: float, cadence: float, told: int) -> None:
    assert len(ride([46.0] * 60, ThresholdRule(target_percent=50.0), power=power, cadence=cadence)) == told


@pytest.mark.parametrize(("left", "dwell_s"), [(40.5, 5.0), (20.0, 12.0)])
def test_what_is_so_far_below_that_a_drill_may_begin_is_told_later(left: float, dwell_s: float) -> None:
    (alert,) = ride([50.0] * 20 + [left] * 60)
    assert isinstance(alert, Alert)
    assert alert.t - alert.since == dwell_s


def test_within_the_margin_nothing_is_told() -> None:
    assert ride([47.0] * 120) == []


def test_a_short_dip_is_not_told() -> None:
    assert ride([50.0] * 30 + [30.0] * 2 + [50.0] * 30) == []


@pytest.mark.parametrize("resting", [0.0, 100.0])
def test_a_drill_with_one_leg_is_not_told_at_its_beginning_within_it_or_after_it(resting: float) -> None:
    assert ride([50.0] * 30 + [resting] * 60 + [50.0] * 60, weak_leg="unknown") == []


@pytest.mark.parametrize("resting", [0.0, 100.0])
def test_a_drill_whose_beginning_and_end_a_meter_smooths_is_not_told(resting: float) -> None:
    mixed = [50.0 + part * (resting - 50.0) for part in (0.25, 0.5, 0.75)]
    shares = [50.0] * 30 + mixed + [resting] * 60 + mixed[::-1] + [50.0] * 60
    assert ride(shares, weak_leg="unknown") == []


def test_after_a_drill_the_leg_is_watched_again() -> None:
    """As from the start: two turns are still mixed, and nine of fifteen seconds fill the window."""
    told = ride([50.0] * 30 + [0.0] * 30 + [46.0] * 60)
    assert [(type(x), x.t) for x in told] == [(Alert, 60 + 2 + 8 + RULE.dwell_s)]


def test_what_holds_ends_with_a_drill() -> None:
    told = ride([46.0] * 40 + [0.0] * 30)
    assert [(type(x), x.t) for x in told] == [(Alert, 13.0), (Clear, 42.0)]
    assert isinstance(told[1], Clear)
    assert told[1].reason == "gap"


def test_two_stray_values_do_not_silence_it() -> None:
    told = ride([46.0] * 8 + [0.0] * 2 + [46.0] * 50)
    assert [x.t for x in told] == [pytest.approx(15.0, abs=2.0)]


@pytest.mark.parametrize(("turns", "told_t"), [(2, 15.0), (3, 18.0)])
def test_with_three_turns_of_one_leg_the_window_begins_anew(turns: int, told_t: float) -> None:
    """And two more are mixed; then the leg that is too low is told after the dwell."""
    (alert,) = ride([0.0] * turns + [46.0] * 50)
    assert isinstance(alert, Alert)
    assert (alert.since, alert.t) == (told_t - 5.0, told_t)


@pytest.mark.parametrize(("left", "back"), [(49.0, True), (48.99, False)])
def test_a_leg_is_back_within_one_point_of_the_target(left: float, back: bool) -> None:
    assert len(ride([46.0] * 40 + [left] * 60)) == 1 + back


@pytest.mark.parametrize(("left", "told"), [(47.0, 0), (46.99, 1)])
def test_a_leg_is_too_low_beyond_the_margin(left: float, told: int) -> None:
    assert len(ride([left] * 60)) == told


def test_a_leg_must_be_too_low_without_a_break_for_the_dwell() -> None:
    assert ride([46.0] * 13 + [80.0]) == []
    assert len(ride([46.0] * 14)) == 1


def test_it_clears_with_hysteresis() -> None:
    told = ride([46.0] * 40 + [48.0] * 60 + [50.0] * 40)
    assert [type(x) for x in told] == [Alert, Clear]
    assert told[1].t > 100
    assert isinstance(told[1], Clear)
    assert told[1].reason == "back"


def test_the_strong_leg_is_not_watched() -> None:
    assert ride([56.0] * 60) == []


@pytest.mark.parametrize(("left", "side"), [(46.0, "left"), (54.0, "right")])
def test_with_the_weak_leg_unknown_either_side_is_told(left: float, side: str) -> None:
    (alert,) = ride([left] * 60, weak_leg="unknown")
    assert isinstance(alert, Alert)
    assert (alert.side, alert.points, alert.present_percent) == (side, 4.0, 46.0)


def test_it_is_off_until_a_target_is_set() -> None:
    assert not Threshold.watches(Setup())
    assert Threshold.watches(Setup(threshold=RULE))


def test_outside_intervals_it_speaks_only_if_asked_to() -> None:
    assert ride([46.0] * 60, in_interval=False) == []
    always = msgspec.structs.replace(RULE, when="always")
    assert len(ride([46.0] * 60, rule=always, in_interval=False)) == 1


@pytest.mark.parametrize("gate", [{"power": 40.0}, {"cadence": 30.0}])
def test_soft_pedalling_is_not_judged(gate: dict[str, Any]) -> None:
    assert ride([46.0] * 60, **gate) == []


@pytest.mark.parametrize("left", [0.0, 100.0])
def test_one_leg_drills_are_not_told(left: float) -> None:
    assert ride([left] * 60, weak_leg="unknown") == []


def test_silence_clears_an_alert() -> None:
    threshold = watch(RULE, "left")
    assert any(threshold.feed(second(t, 45.0)) for t in range(40))
    silence = Moment(60.0, 0.0, None, True, Turning(0.0))
    assert threshold.feed(silence) == (Clear(60.0, "threshold", "left", "gap"),)
