"""What a ride makes of one leg alone: whose drill it was, what stands, and that nothing is heard or learnt of it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from legbal.meters.limits import Remark
from legbal.ride.baseline_fit import columns
from legbal.ride.events import Alert, Clear, Cue, Fault, IntervalStart
from legbal.ride.fit_record import FitRecord
from legbal.ride.inputs import FIT_RECORD, Mark, Notification, PlannedStep, Setup, ThresholdRule, WeakLeg
from legbal.ride.ride import Ride, fold
from legbal.ride.view import RideView
from tests.ride.drilling import about, packets


@pytest.mark.parametrize("resting", [0.0, 100.0])
@pytest.mark.parametrize("part", [0.2, 0.3, 0.5])
def test_a_meter_that_smooths_heavily_pulls_no_mean_and_raises_no_alert(part: float, resting: float) -> None:
    """With a part of .2, a share needs ten seconds to come near to 0 or 100 %, and as many to come back."""
    raw, share, smooth = about(48.0, 1800, seed=9), 48.0, list[float]()
    for t, left in enumerate(raw):
        share += part * ((resting if t >= 150 and t % 150 < 50 else left) - share)
        smooth.append(round(2 * share) / 2)
    setup = Setup(
        ftp_w=250,
        sensitivity="eager",
        threshold=ThresholdRule(target_percent=48.0, margin_points=5.0),
        plan=(PlannedStep(60, 1790),),
    )
    events, view = fold(setup, packets(smooth, 220))
    assert len(view.drills) == 11
    assert {x.side for x in view.drills} == {"left" if resting else "right"}
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.6)
    assert [x for x in events if isinstance(x, Alert | Cue | Fault)] == []


@pytest.mark.parametrize(("swap_sides", "side"), [(False, "left"), (True, "right")])
def test_a_drill_is_of_the_leg_that_the_rider_s_choices_name(swap_sides: bool, side: str) -> None:
    _, view = fold(
        Setup(swap_sides=swap_sides), packets(about(48.0, 40) + [100.0] * 40, [200] * 40 + [90] * 40)
    )
    assert [x.side for x in view.drills] == [side]


@pytest.mark.parametrize(
    ("balance", "side"),
    [(0x80, "left"), (0x80 | 100, "right"), (100, "left"), (0, "right"), (0x80 | 3, "left")],
)
def test_a_drill_of_a_fit_file_is_of_the_leg_that_its_record_names(balance: int, side: str) -> None:
    records = [msgspec.json.encode(FitRecord(150, left, 80)) for left in [0x80 | 52] * 40 + [balance] * 40]
    _, view = fold(Setup(), [Notification(float(t), data, FIT_RECORD) for t, data in enumerate(records)])
    assert [(x.side, x.seconds) for x in view.drills] == [(side, 40.0)]


def live(
    lefts: Sequence[float], watts: Sequence[int] | int = 200, setup: Setup | None = None
) -> list[RideView]:
    """A view after each second."""
    ride, views = Ride(setup or Setup()), []
    for item in packets(lefts, watts):
        ride.feed(item)
        views.append(ride.view())
    return views


def test_while_a_drill_runs_the_leg_is_named_and_averages_stand() -> None:
    views = live([48.0, 50.0] * 60 + [100.0] * 60 + [50.0, 48.0] * 20, [200] * 120 + [90] * 60 + [200] * 40)
    assert {view.one_leg for view in views[:124]} == {None}
    assert {view.one_leg for view in views[124:180]} == {"left"}, "from the fifth second on"
    assert {view.one_leg for view in views[183:]} == {None}
    assert {view.ride for view in views[122:182]} == {views[116].ride}, "the three before it are mixed, too"
    assert all(48.0 <= x <= 50.0 for x in (view.last_10s.left_percent for view in views) if x is not None)
    assert views[150].last_10s.left_percent is None
    assert [(x.side, x.start_s, x.end_s) for x in views[150].drills] == [("left", 119.0, None)]
    assert [(x.side, x.start_s, x.end_s) for x in views[-1].drills] == [("left", 119.0, 179.0)]


def test_a_leg_that_has_stopped_pedals_alone_no_more() -> None:
    ride = Ride(Setup())
    for item in packets([100.0] * 30):
        ride.feed(item)
    assert ride.view().one_leg == "left"
    for item in packets([100.0] * 40, [200] * 30 + [0] * 10)[30:]:
        ride.feed(item)
    assert ride.view().one_leg is None


def test_what_was_left_out_is_told_once_and_not_where_there_was_nothing() -> None:
    lefts = about(48.0, 300)
    for t in range(20, 290, 20):
        lefts[t] = 100.0
    _, view = fold(Setup(), packets(lefts))
    assert [x for x in view.limits if isinstance(x, Remark) and x.code == "balance.left_out"] == [
        Remark("balance.left_out", {"seconds": 14.0})
    ]
    _, view = fold(Setup(), packets(about(48.0, 300)))
    assert not [x for x in view.limits if isinstance(x, Remark) and x.code == "balance.left_out"]


def test_a_ride_of_drills_alone_has_no_balance() -> None:
    """Each turn from one leg to the other is mixed."""
    lefts = ([100.0] * 30 + [60.0] + [0.0] * 30 + [40.0]) * 20
    _, view = fold(Setup(ftp_w=250), packets(lefts, [90, 110] * (len(lefts) // 2)))
    assert (view.ride.left_percent, view.balance) == (None, "unknown")
    assert view.ride.power_w == pytest.approx(100.0, abs=0.1)
    assert [band.share.left_percent for band in view.bands] == [None] * len(view.bands)
    assert len(view.drills) == 40


def test_a_balance_that_never_moves_tells_of_no_drill() -> None:
    """A bridge sends 0 all ride."""
    views = live([0.0] * 400, [180, 220] * 200)
    assert (views[-1].balance, views[-1].one_leg, views[-1].drills) == ("constant", None, ())


def test_a_long_drill_after_pedalling_with_both_legs_is_no_constant_balance() -> None:
    lefts = about(48.0, 300) + [100.0] * 500 + about(48.0, 100, seed=2)
    events, view = fold(Setup(), packets(lefts, [180, 220] * 150 + [80, 120] * 250 + [180, 220] * 50))
    assert view.balance == "unknown"
    assert [round(x.seconds) for x in view.drills] == [500]
    assert not [x for x in events if "constant" in repr(x)]


def test_the_rider_s_word_on_the_reference_puts_drills_aside_with_the_shares() -> None:
    ride = Ride(Setup())
    for item in packets(about(48.0, 30) + [100.0] * 30):
        ride.feed(item)
    ride.feed(Mark(60.0, "reference_right"))
    assert (ride.view().drills, ride.view().one_leg) == ((), None)


def _drilled(seed: int, resting: float) -> list[float]:
    """Twenty minutes of which five are drills; a meter smooths the turn from both legs to one over three seconds."""
    plain = np.array(about(48.0, 1200, seed))
    for start in (300, 420, 540, 660, 780):
        plain[start : start + 60] = resting
    smooth = np.convolve(np.pad(plain, 1, "edge"), np.full(3, 1 / 3), "valid")
    smooth[[100, 200, 250]] = resting
    return list(smooth.tolist())


@pytest.mark.parametrize("weak", ["left", "right", "unknown"])
@pytest.mark.parametrize("resting", [0.0, 100.0])
def test_neither_a_drill_nor_a_placeholder_raises_an_alert_or_is_heard(weak: WeakLeg, resting: float) -> None:
    for seed in range(3):
        setup = Setup(
            ftp_w=250,
            weak_leg=weak,
            sensitivity="eager",
            threshold=ThresholdRule(target_percent=48.0, margin_points=5.0),
            plan=(PlannedStep(60, 1190),),
        )
        events, view = fold(setup, packets(_drilled(seed, resting), 220))
        assert [x for x in events if isinstance(x, Alert | Clear | Cue | Fault)] == []
        assert any(isinstance(x, IntervalStart) for x in events)
        assert len(view.drills) == 5
        assert view.ride.left_percent == pytest.approx(48.0, abs=0.5)


def test_while_one_leg_pedals_alone_no_alert_that_holds_is_heard_again() -> None:
    setup = Setup(ftp_w=250, weak_leg="left", plan=(PlannedStep(0, 1000),), cooldown_s=20)
    lefts = about(48.0, 500) + about(41.0, 60, seed=2) + [100.0] * 100 + about(41.0, 60, seed=3)
    events, _ = fold(setup, packets(lefts, 220))
    heard = [x.t for x in events if isinstance(x, Cue)]
    assert [t for t in heard if 500 <= t < 560]
    assert not [t for t in heard if 563 <= t <= 660]


def test_drills_and_placeholders_teach_nothing() -> None:
    usual, drilled = Ride(Setup(ftp_w=250)), Ride(Setup(ftp_w=250))
    both = about(48.0, 600)
    for ride, lefts in ((usual, both), (drilled, both[:300] + [100.0] * 120 + both[300:])):
        for item in packets(lefts, 220):
            ride.feed(item)
    shares = columns(drilled.usual.taught.sample())[2]
    assert all(20 <= x <= 80 for x in shares)
    assert len(usual.usual.taught) - len(shares) <= 16


def test_a_side_that_gave_up_is_the_meter_and_no_drill() -> None:
    """It comes and goes, so that its stretches look like drills; the drill that was before stays one."""
    lefts = about(48.0, 600) + [100.0] * 60 + about(48.0, 240, seed=2)
    lefts += [100.0] * 140 + [50.0, 48.0] * 10 + [100.0] * 60
    watts = [220] * 600 + [90] * 60 + [220] * 460
    events, view = fold(Setup(ftp_w=250), packets(lefts, watts))
    assert [x.code for x in events if isinstance(x, Fault)] == ["meter_wrong"]
    assert [(x.side, x.start_s) for x in view.drills] == [("left", 599.0)]
    assert view.one_leg is None
    (left_out,) = (x for x in view.limits if isinstance(x, Remark) and x.code == "balance.left_out")
    assert left_out.values["seconds"] == pytest.approx(140 + 60, abs=2)


def test_while_the_meter_looks_wrong_no_leg_is_said_to_pedal_alone() -> None:
    views = live(about(48.0, 600) + [100.0] * 300, 220)
    wrong = [view for view in views if view.meter_wrong_since is not None]
    assert wrong
    assert {view.one_leg for view in wrong} == {None}
    assert {view.one_leg for view in views} == {None, "left"}, "until that is known it is a drill"


def test_a_balance_that_turns_out_to_be_none_was_not_wrong_either() -> None:
    views = live([0.0] * 400, 220)
    assert views[150].meter_wrong_since is not None
    last = live([0.0] * 400, [200, 240] * 200)[-1]
    assert (last.balance, last.meter_wrong, last.meter_wrong_since) == ("constant", (), None)
    assert not [x for x in last.limits if isinstance(x, Remark) and x.code.startswith("ride.meter_w")]
