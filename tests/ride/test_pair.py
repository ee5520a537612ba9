"""Two one-sided meters ridden on as one, through their bytes: the share, the drills, and every way to read a ride."""

from __future__ import annotations

import pytest

from legbal.files import capture
from legbal.gatt.measurement import Measurement, encode
from legbal.outlets.jsonlines import encode as line
from legbal.present.remarks import remark
from legbal.ride.events import Alert
from legbal.ride.inputs import Input, Notification, Setup, ThresholdRule
from legbal.ride.ride import Ride, fold
from legbal.ride.view import RideView
from legbal.sources.recorded_ride import with_ticks
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from legbal.sources.simulator.workout import demonstration
from tests.ride.companioned import companioned
from tests.ride.halves import PROFILES, SRM, TWO, UNEVEN, Crank, steady, texts, truth, viewed
from tests.shared import shared
from tests.sources.dropping import dropping

PAIRS = sorted(profile.id for profile in PROFILES.values() if profile.peripherals == 2)


@pytest.mark.parametrize("profile_id", PAIRS)
def test_the_share_is_the_riders_and_the_power_both_legs(profile_id: str) -> None:
    profile = PROFILES[profile_id]
    ride = SimulatedRide(profile=profile, seed=4, workout=UNEVEN)
    events, view = fold(Setup(profile=profile), ride.timeline())
    told = ride.truth
    power = float((told.power_w * told.pedalled_s).sum() / told.pedalled_s.sum())
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.5)
    assert view.ride.power_w == pytest.approx(power, rel=0.04)
    assert (view.balance, view.reference, view.one_sided) == ("measured", "left", None)
    assert view.meter_name == " + ".join(device.name for device in ride.devices)
    assert any("two devices" in said for said in map(remark, view.limits))
    assert not any("Not counted in" in said for said in map(remark, view.limits))
    assert len([link for link in view.links if link.battery_percent is not None]) == 2
    assert texts(events) == []
    turns = view.counts.revolutions + view.counts.not_seen
    assert turns == pytest.approx(told.t.size, rel=0.05)


def test_a_drop_of_the_weak_leg_is_told_as_of_one_meter() -> None:
    fade = Fade(points=8.0, shape="step", intervals=(1,), onset_s=120.0)
    ride = SimulatedRide(profile=SRM, seed=2, workout=demonstration(None), fade=fade, seconds=900.0)
    setup = Setup(ftp_w=ride.rider.ftp_w, weak_leg="left", profile=SRM)
    events, view = fold(setup, ride.timeline())
    (drop,) = ride.truth.drops
    told = [event for event in events if isinstance(event, Alert)]
    assert told
    assert drop.start <= told[0].t <= drop.end
    assert view.intervals


def test_a_one_leg_drill_is_legal_and_shown() -> None:
    """The resting leg's pedal says 0 W; its count goes on with the crank."""
    drill = (60.0, 90.0)
    shown = []
    for item, ride, _ in viewed(
        TWO, steady(150, lambda _t: 120, lambda t: 0 if drill[0] <= t < drill[1] else 120)
    ):
        view = ride.view()
        if drill[0] + 12 < item.t < drill[1]:
            shown.append((view.one_leg, view.last_10s.left_percent))
            assert view.one_sided is None
    assert set(shown) == {("left", None)}
    (told,) = view.drills
    assert told.side == "left"
    assert told.power_w == pytest.approx(120.0, abs=0.1)
    assert (told.start_s, told.end_s, told.seconds) == pytest.approx((60.0, 90.0, 30.0), abs=2.5)
    assert view.ride.left_percent == pytest.approx(50.0, abs=0.3)
    assert view.last_10s.left_percent == pytest.approx(50.0, abs=0.3)
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)


def test_a_one_leg_drill_is_shown_where_the_resting_pedal_counts_nothing() -> None:
    still = Crank("right", count=12, clock=3.0, behind=0.5)
    inputs = [
        still.packet(item.t, 60 / 0.7, 0)
        if isinstance(item, Notification) and item.meter == "right" and 60 <= item.t < 100
        else item
        for item in steady(160, lambda _t: 120, lambda _t: 120)
    ]
    shares = {}
    for item, ride, _ in viewed(TWO, inputs):
        shares[item.t] = ride.view()
    assert {view.one_leg for t, view in shares.items() if 76 < t < 100} == {"left"}
    assert all(view.one_sided is None for view in shares.values())
    assert ride.view().last_10s.left_percent == pytest.approx(50.0, abs=0.3)


def test_a_one_leg_drill_is_in_no_mean_where_the_resting_pedal_leaves_its_crank_out() -> None:
    """At rest its packets say 0 W and nothing else."""
    turn_s = 0.7
    left, right = Crank("left"), Crank("right")
    inputs: list[Input] = []
    resting = encode(Measurement(flags=0x0000, power_w=0))
    for turn in range(240):
        t = turn_s * (turn + 1)
        rested = 60 if turn >= 160 else 0
        inputs.append(left.packet(t, turn, 120))
        inputs.append(
            Notification(t + 0.1, resting, meter="right")
            if 100 <= turn < 160
            else right.packet(t + 0.1, turn - rested, 100, rested=rested * turn_s)
        )
    _, view = fold(TWO, with_ticks(inputs))
    assert view.ride.left_percent == pytest.approx(100 * 120 / 220, abs=0.05)
    assert [(drill.side, round(drill.seconds / turn_s)) for drill in view.drills] == [("left", 60)]


def test_setting_off_after_a_stop_shows_no_single_leg() -> None:
    """The one pedal's first packets come before the other one's."""
    cranks = Crank("left"), Crank("right", count=12, clock=3.0, behind=0.5)
    inputs: list[Input] = []
    for second in range(60):
        for crank, phase, late, behind in ((cranks[0], 0.0, 0.0, 0.0), (cranks[1], 0.5, 0.9, 0.5)):
            sent = second + phase
            turns = max(0.0, sent - 20.0) / 0.7 + 40
            power = 110 if sent > 20.7 else 0
            inputs.append(
                crank.packet(
                    sent + late, turns, power, rested=20.0 if turns - behind >= 41 - 2 * behind else 0.0
                )
            )
    inputs.sort(key=lambda item: item.t)
    for _, ride, _ in viewed(TWO, with_ticks(inputs)):
        left = ride.view().last_3s.left_percent
        assert left is None or 40 < left < 60
    assert ride.view().ride.left_percent == pytest.approx(50.0, abs=0.5)


def test_a_side_without_crank_events_is_compared_over_time() -> None:
    inputs = [
        Notification(item.t, encode(Measurement(flags=0, power_w=104)), meter="right")
        if isinstance(item, Notification) and item.meter == "right"
        else item
        for item in steady(120, lambda _t: 96, lambda _t: 104)
    ]
    _, view = fold(TWO, inputs)
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.3)
    assert view.ride.power_w == pytest.approx(200.0, abs=2.0)
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)
    assert any("over short stretches of time" in said for said in map(remark, view.limits))


def test_the_p1_capture_mixes_no_counters() -> None:
    path = shared("data/captures/powertap_p1_two_devices.jsonl")
    inputs = list(with_ticks(capture.read_file(path, lambda _number, problem: pytest.fail(problem))))
    cadences, shares = [], []
    for _, ride, _ in viewed(TWO, inputs):
        view = ride.view()
        cadences.append(view.cadence_rpm)
        shares.append(view.last_3s.left_percent)
    assert max(c for c in cadences if c is not None) < 150
    assert all(0 < share < 100 for share in shares if share is not None)
    assert (view.meter_name, view.balance) == ("left + right", "measured")


@pytest.mark.parametrize("name", ["simulated", "dropping"])
def test_live_replay_and_batch_are_one(name: str) -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=UNEVEN)
    inputs = list(ride.timeline()) if name == "simulated" else dropping(ride, 90.0)
    setup = Setup(ftp_w=220.0, threshold=ThresholdRule(target_percent=50.0, when="always"), profile=SRM)
    events, view = fold(setup, inputs)
    live = Ride(setup)
    told = []
    for number, item in enumerate(inputs):
        told += live.feed(item)
        if number % 7 == 0:
            live.view()
    assert [line(e) for e in told + live.close()] == [line(e) for e in events]
    assert shown(live.view()) == shown(view)
    replayed, view_of_replay = companioned(setup, inputs)
    assert replayed == [line(e) for e in events]
    assert shown(view_of_replay) == shown(view)


def shown(view: RideView) -> tuple[object, ...]:
    return (view.ride, view.intervals, view.bands, view.counts, view.limits, view.links, view.power_w)


def test_the_ride_never_looks_ahead() -> None:
    inputs = list(SimulatedRide(profile=SRM, seed=4, workout=UNEVEN).timeline())
    whole = [ride.view().ride for _, ride, _ in viewed(Setup(profile=SRM), inputs)]
    for cut in (100, 333):
        part = [ride.view().ride for _, ride, _ in viewed(Setup(profile=SRM), inputs[:cut])]
        assert part == whole[:cut]
