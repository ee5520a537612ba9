"""What goes into a ride: which input begins it, how steps of a plan become intervals, what a setup leaves open."""

from __future__ import annotations

import pytest

from legbal.ride.events import Clear
from legbal.ride.inputs import (
    Input,
    Link,
    Mark,
    Notification,
    PlannedStep,
    Setup,
    ThresholdRule,
    bounded_rssi,
    is_measured,
    join_steps,
    rssi_rank,
)


@pytest.mark.parametrize(
    ("item", "measured"),
    [
        (Notification(1.0, b""), True),
        (Notification(1.0, b"", "fit:record"), True),
        (Notification(1.0, b"", "fit:lap"), False),
        (Notification(1.0, b"", "2a19"), False),
        (Mark(1.0, "lap"), False),
        (Link(1.0, "connected"), False),
    ],
)
def test_a_ride_begins_with_a_measurement_of_the_legs(item: Input, measured: bool) -> None:
    assert is_measured(item) is measured


@pytest.mark.parametrize(
    ("steps", "intervals"),
    [
        ((), ()),
        ((PlannedStep(0, 60, 0.9, 1.0),), (PlannedStep(0, 60, 0.9, 1.0),)),
        (
            (PlannedStep(0, 60, 0.95, 1.0), PlannedStep(60, 120, 0.85, 0.9), PlannedStep(120, 180, 1.05)),
            (PlannedStep(0, 180, 0.85, 1.05),),
        ),
        ((PlannedStep(0, 60), PlannedStep(60, 120)), (PlannedStep(0, 120),)),
        (
            (PlannedStep(0, 60, high=1.0), PlannedStep(61, 120, low=0.5)),
            (PlannedStep(0, 60, 1.0, 1.0), PlannedStep(61, 120, 0.5, 0.5)),
        ),
    ],
)
def test_steps_that_follow_each_other_are_one_interval(
    steps: tuple[PlannedStep, ...], intervals: tuple[PlannedStep, ...]
) -> None:
    assert join_steps(steps) == intervals


def test_without_a_word_of_the_rider_a_ride_asks_for_nothing() -> None:
    setup = Setup()
    assert (setup.ftp_w, setup.earlier_ftp_w, setup.baseline, setup.pair) == (None, None, None, None)
    assert (setup.weak_leg, setup.sensitivity, setup.cooldown_s) == ("unknown", "normal", 60.0)
    assert (setup.swap_sides, setup.assume_left) == (False, False)
    assert setup.bands == (0.55, 0.75, 0.90, 1.05, 1.20)
    assert (setup.plan, setup.doubled) == ((), ())
    assert setup.threshold == ThresholdRule(None, 3.0, 1.0, 15.0, 5.0, 60.0, 40.0, "intervals")


@pytest.mark.parametrize(
    ("said", "kept"),
    [(-127.6, 127), (-127, -127), (-60.6, -61), (20, 20), (20.4, 127), (float("inf"), 127), (None, 127)],
)
def test_a_strength_is_between_minus_127_and_20_or_unknown(said: float | None, kept: int) -> None:
    assert bounded_rssi(said) == kept


def test_an_unknown_strength_ranks_below_the_weakest() -> None:
    assert rssi_rank(None) == rssi_rank(127) < rssi_rank(-127) < rssi_rank(-1) < rssi_rank(20)


def test_an_alert_held_until_its_interval_ended_or_until_it_was_cleared() -> None:
    assert Clear(90.0, "dropoff", "left", "rest", at=80.0).over_s == 80.0
    assert Clear(90.0, "dropoff", "left", "rest", at=0.0).over_s == 0.0
    assert Clear(90.0, "dropoff", "left", at=80.0).over_s == 90.0
    assert Clear(90.0, "dropoff", "left", at=80.0).back_s == 80.0
    assert Clear(90.0, "dropoff", "left", "rest", at=80.0).back_s is None
    assert Clear(90.0, "dropoff", "left").back_s == 90.0
