"""The simulated meter's bytes: they decode, and have the habits of its family."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest

from legbal.meters.identify import side_of
from legbal.meters.profile import Profile
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.benchmarks.seconds import told
from tests.meters.profiles import identify
from tests.sources.simulated import (
    ASSIOMA,
    EVERY,
    ONE_DEVICE,
    PROFILES,
    SRM,
    STAGES,
    STOP_AND_GO,
    counted,
    measured,
    notifications,
    standing,
)


@pytest.mark.parametrize("name", EVERY)
def test_the_simulated_meter_is_known_by_what_it_says(name: str) -> None:
    ride = SimulatedRide(profile=PROFILES[name], seed=5, seconds=10.0)
    read = {one.uuid: one.data for one in notifications(ride)}
    found = identify(
        PROFILES.values(),
        name=ride.devices[0].name,
        manufacturer=read["2a29"].decode() if "2a29" in read else None,
        model=read["2a24"].decode() if "2a24" in read else None,
        features=int.from_bytes(read["2a65"], "little"),
    )
    assert found.id == name


@pytest.mark.parametrize("name", EVERY)
def test_the_fields_are_those_of_the_profile(name: str) -> None:
    profile = PROFILES[name]
    for _, value in measured(SimulatedRide(profile=profile, seed=2, seconds=60.0)):
        assert (value.balance_raw is not None) == ("balance" in profile.fields)
        assert (value.accumulated_torque_raw is not None) == ("accumulated_torque" in profile.fields)
        assert (value.crank_revolutions is not None) == ("crank" in profile.fields)


def test_flags_are_those_of_the_captures() -> None:
    flags = {
        name: measured(SimulatedRide(profile=PROFILES[name], seed=2, seconds=20.0))[0][1].flags
        for name in EVERY
    }
    assert flags["favero-assioma-duo"] == 0x23
    assert flags["stages-lr"] == flags["srm-pm9"] == 0x2F
    assert flags["powertap-p1"] == 0x20


@pytest.mark.parametrize("name", EVERY)
def test_notifications_come_at_the_profiles_rate(name: str) -> None:
    profile = PROFILES[name]
    times = [t for t, _ in measured(SimulatedRide(profile=profile, seed=3, seconds=300.0))]
    assert 1.0 / np.diff(times).mean() == pytest.approx(profile.rate_hz, rel=0.03)


def test_one_notification_a_second_skips_revolutions_at_90_rpm_and_repeats_them_at_50() -> None:
    def moves(rpm: float) -> set[int]:
        steady = Workout("steady", (Step(300.0, 0.8, 0.8, rpm),))
        events = counted(measured(SimulatedRide(profile=ASSIOMA, seed=3, workout=steady)))
        return {(after[0] or 0) - (before[0] or 0) & 0xFFFF for before, after in pairwise(events)}

    assert moves(92.0) >= {1, 2}
    assert moves(50.0) >= {0, 1}


def test_a_repeat_is_the_same_frame() -> None:
    values = measured(SimulatedRide(profile=STAGES, seed=3, seconds=120.0))
    events = counted(values)
    same = [number for number, (before, after) in enumerate(pairwise(events)) if before == after]
    assert len(same) > len(values) / 3
    moving = [number for number in same if values[number][1].power_w and values[number + 1][1].power_w]
    assert all(values[number][1] == values[number + 1][1] for number in moving)


def test_a_meter_that_does_not_repeat_is_silent_until_the_next_revolution() -> None:
    profile = msgspec.structs.replace(STAGES, repeats=False)
    values = measured(SimulatedRide(profile=profile, seed=3, seconds=120.0))
    moving = [event for event, (_, value) in zip(counted(values), values, strict=True) if value.power_w]
    assert len(moving) == len(set(moving))


def test_a_meter_that_skips_none_tells_the_share_of_all_revolutions_since_the_last() -> None:
    """The octets of whole seconds scatter less than those of single revolutions; both mean the same."""
    steady = Workout("steady", (Step(900.0, 0.8, 0.8, 110.0),))
    single, whole = (
        SimulatedRide(profile=msgspec.structs.replace(ASSIOMA, skips=skips), seed=4, workout=steady)
        for skips in (True, False)
    )
    truth = single.truth
    mean = np.average(truth.left_percent, weights=truth.power_w * truth.pedalled_s)
    (_, skipping), (power, seconds) = told(single), told(whole)
    assert np.average(seconds, weights=power) == pytest.approx(mean, abs=0.1)
    assert seconds.std() < 0.95 * skipping.std()


@pytest.mark.parametrize("name", ONE_DEVICE)
def test_the_balance_comes_in_the_profiles_steps(name: str) -> None:
    profile = PROFILES[name]
    step = round(profile.resolution_percent * 2)
    octets = {
        value.balance_raw
        for _, value in measured(SimulatedRide(profile=profile, seed=2, seconds=600.0))
        if value.balance_raw is not None
    }
    assert all(octet % step == 0 for octet in octets)
    assert any(octet % (2 * step) for octet in octets) == profile.has_balance


@pytest.mark.parametrize(
    ("placeholder", "octet"),
    [("fifty", 100), ("unknown", 100), ("zero", 0), ("hundred", 200), ("absent", None)],
)
def test_a_standing_meter_sends_its_placeholder(placeholder: str, octet: int | None) -> None:
    profile = msgspec.structs.replace(ASSIOMA, placeholder=placeholder)
    still = standing(measured(SimulatedRide(profile=profile, seed=1, workout=STOP_AND_GO)))
    assert len(still) > 10
    assert {value.balance_raw for value in still} == {octet}
    assert all(bool(value.flags & 1) == (octet is not None) for value in still)


def test_a_standing_stages_freezes_its_last_balance() -> None:
    values = measured(SimulatedRide(profile=STAGES, seed=1, workout=STOP_AND_GO))
    pairs = [(before, after) for (_, before), (_, after) in pairwise(values) if after.power_w == 0]
    assert len(pairs) > 20
    assert all(before.balance_raw == after.balance_raw for before, after in pairs)


def test_a_standing_srm_counts_on_while_time_and_torque_stand_still() -> None:
    values = measured(SimulatedRide(profile=SRM, seed=1, workout=STOP_AND_GO))
    still = [(a, b) for (_, a), (_, b) in pairwise(values) if a.power_w == 0 and b.power_w == 0]
    alike = [(a, b) for a, b in still if a.crank_event_time_raw == b.crank_event_time_raw]
    assert len(alike) > 10
    assert any(a.crank_revolutions != b.crank_revolutions for a, b in alike)
    assert all(a.accumulated_torque_raw == b.accumulated_torque_raw for a, b in alike)


def test_torque_over_a_revolution_is_its_work() -> None:
    """Power = 2π × torque / time (Cycling Power Service), as in the Stages capture."""
    values = [value for _, value in measured(SimulatedRide(profile=STAGES, seed=6, seconds=80.0))]
    compared = 0
    for before, after in pairwise(values):
        assert before.accumulated_torque_raw is not None
        assert after.accumulated_torque_raw is not None
        seconds = ((after.crank_event_time_raw or 0) - (before.crank_event_time_raw or 0) & 0xFFFF) / 1024
        if 0.4 < seconds < 1.0:
            newton_metres = (after.accumulated_torque_raw - before.accumulated_torque_raw & 0xFFFF) / 32
            assert 2 * np.pi * newton_metres / seconds == pytest.approx(after.power_w, rel=0.03)
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("name", [name for name in EVERY if "crank" in PROFILES[name].fields])
def test_counters_wrap_and_go_on(name: str) -> None:
    values = measured(SimulatedRide(profile=PROFILES[name], seed=6, seconds=600.0))
    raw = np.array(counted(values), dtype=np.int64)
    turns, ticks = np.diff(raw, axis=0).T
    assert (ticks < 0).any()  # the event time wraps every 64 s
    assert ((turns & 0xFFFF) < 10).all()
    moving = np.array([value.power_w > 0 for _, value in values])[1:] & ((turns & 0xFFFF) == 1)
    rpm = 60.0 / np.median((ticks & 0xFFFF)[moving] / 1024)
    assert 75.0 < rpm < 105.0


def test_a_pair_is_two_devices_with_half_the_power_and_counters_of_their_own() -> None:
    profile = PROFILES["powertap-p1"]
    ride = SimulatedRide(profile=profile, seed=3, seconds=300.0)
    left, right = (np.mean([value.power_w for _, value in measured(ride, half)]) for half in (0, 1))
    truth = ride.truth
    now = truth.t < 300.0
    work = truth.power_w[now] * truth.pedalled_s[now]
    share = np.average(truth.left_percent[now], weights=work)
    assert 100 * left / (left + right) == pytest.approx(share, abs=0.8)
    assert left + right == pytest.approx(work.sum() / 300.0, rel=0.05)
    assert measured(ride, 0)[0][1].crank_revolutions != measured(ride, 1)[0][1].crank_revolutions
    assert [side_of(profile, device.name) for device in ride.devices] == ["left", "right"]


def test_a_bridge_always_sends_zero_and_a_doubled_side_hides_the_balance() -> None:
    bridge = Profile(id="b", name="Bridge", kind="bridge", fields=("balance", "crank"))
    assert {v.balance_raw for _, v in measured(SimulatedRide(profile=bridge, seed=1, seconds=60.0))} == {0}
    single = Profile(id="d", name="Single", kind="doubled", fields=("crank",))
    whole = Profile(id="w", name="Whole", kind="measured", fields=("crank",))
    watts = {
        profile.id: np.mean([v.power_w for _, v in measured(SimulatedRide(profile=profile, seed=1))])
        for profile in (single, whole)
    }
    share = np.mean(SimulatedRide(profile=whole, seed=1).truth.left_percent)
    assert watts["d"] / watts["w"] == pytest.approx(2 * share / 100, abs=0.02)


@pytest.mark.parametrize(("swapped", "reference"), [(True, "flag"), (False, "right")])
def test_a_meter_with_exchanged_sides_sends_the_other_share(swapped: bool, reference: str) -> None:
    other = msgspec.structs.replace(ASSIOMA, swapped=swapped, reference=reference)
    plain = measured(SimulatedRide(profile=ASSIOMA, seed=1, seconds=60.0))
    for (_, before), (_, after) in zip(
        plain, measured(SimulatedRide(profile=other, seed=1, seconds=60.0)), strict=True
    ):
        assert (before.balance_raw or 0) + (after.balance_raw or 0) == 200
        assert after.balance_reference == ("left" if reference == "flag" else "unknown")


def test_a_spider_that_sets_its_zero_anew_shifts_after_a_stop() -> None:
    steady = msgspec.structs.replace(PROFILES["power2max-ngeco"], rezeroes=False)
    rides = [
        SimulatedRide(profile=p, seed=1, workout=STOP_AND_GO) for p in (steady, PROFILES["power2max-ngeco"])
    ]
    told = [
        np.array([v.balance_percent for _, v in measured(ride) if v.power_w > 0], float) for ride in rides
    ]
    shift = told[1] - told[0]
    assert len(set(np.rint(shift[:100] * 2))) <= 2
    assert shift[:100].mean() != pytest.approx(shift[-100:].mean(), abs=0.05)


def test_the_right_pedals_crank_event_is_half_a_turn_after_the_left_ones() -> None:
    """At 50 notifications a second an event arrives as it happens."""
    quick = msgspec.structs.replace(PROFILES["powertap-p1"], rate_hz=50.0)
    ride = SimulatedRide(profile=quick, seed=3, seconds=60.0)
    truth = ride.truth
    for half, part in ((0, 0.0), (1, 0.5)):
        values = measured(ride, half)
        fresh = [
            after[0]
            for before, after in pairwise(values)
            if before[1].crank_revolutions != after[1].crank_revolutions
        ]
        happened = truth.t + part * truth.pedalled_s
        first = int(np.searchsorted(happened, values[0][0]))
        late = np.array(fresh) - happened[first : first + len(fresh)]
        assert ((late >= 0) & (late < 0.03)).all()
