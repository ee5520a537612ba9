"""The simulated rider's bytes: they decode, have the meter's habits, scatter as real rides do, and tell the
truth."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from legbal.gatt.measurement import Measurement, decode
from legbal.meters.identify import identify, side_of
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Link, Notification, Tick
from legbal.sources.simulator import FAMILIES, Fade, SimulatedRide, Step, Workout, demo, demonstration
from tests.benchmarks.seconds import told
from tests.meters.profiles import shipped

Floats = npt.NDArray[np.float64]
PROFILES = shipped()
EVERY = tuple(PROFILES)
ONE_DEVICE = tuple(name for name in EVERY if PROFILES[name].peripherals == 1)
ASSIOMA, STAGES, SRM = (PROFILES[name] for name in ("favero-assioma-duo", "stages-lr", "srm-pm9"))

# Pedalling, a long stop, pedalling: what a coasting meter sends is in the middle.
STOP_AND_GO = Workout(
    "stop and go",
    (Step(120.0, 0.8, 0.8), Step(60.0, 0.5, 0.5, coasts_per_minute=60.0), Step(120.0, 0.8, 0.8)),
)


def measured(ride: SimulatedRide, device: int = 0) -> list[tuple[float, Measurement]]:
    """The time and the decoded value of each measurement of one device."""
    name = ride.devices[device].name
    return [
        (given.t, decode(given.data))
        for given in ride.notifications()
        if given.uuid == "2a63" and given.meter == name
    ]


def counted(values: list[tuple[float, Measurement]]) -> list[tuple[int | None, int | None]]:
    return [(value.crank_revolutions, value.crank_event_time_raw) for _, value in values]


def standing(values: list[tuple[float, Measurement]]) -> list[Measurement]:
    return [value for _, value in values if value.power_w == 0]


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_or_day_gives_others(name: str) -> None:
    def whole(seed: int, day: int = 0) -> list[Notification]:
        ride = SimulatedRide(profile=PROFILES[name], seed=seed, seconds=120.0, day=day, drops_per_hour=60.0)
        return list(ride.notifications())

    assert whole(7) == whole(7)
    assert whole(7) != whole(8)
    assert whole(7) != whole(7, day=1)


@pytest.mark.parametrize("name", EVERY)
def test_inputs_come_in_order_from_searching_to_ended(name: str) -> None:
    given = list(SimulatedRide(profile=PROFILES[name], seed=1, seconds=90.0).timeline())
    times = [one.t for one in given]
    assert times == sorted(times)
    assert given[0] == Link(0.0, "searching")
    ride = SimulatedRide(profile=PROFILES[name], seed=1)
    assert [one.meter for one in given if isinstance(one, Link) and one.state == "ended"] == [
        device.name for device in ride.devices
    ]
    for device in ride.devices:
        mine = [one for one in given if isinstance(one, Notification) and one.meter == device.name]
        assert {one.uuid for one in mine} >= {"2a65", "2a5d", "2a19", "2a63"}
        first = next(number for number, one in enumerate(mine) if one.uuid == "2a63")
        assert all(one.uuid == "2a63" for one in mine[first:])


@pytest.mark.parametrize("name", EVERY)
def test_the_simulated_meter_is_known_by_what_it_says(name: str) -> None:
    ride = SimulatedRide(profile=PROFILES[name], seed=5, seconds=10.0)
    read = {one.uuid: one.data for one in ride.notifications()}
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


def test_the_scatter_shrinks_with_power() -> None:
    steps = tuple(Step(900.0, ftp, ftp) for ftp in (0.5, 1.1))
    truth = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("two", steps)).truth
    away = truth.left_percent - truth.usual_percent
    assert away[truth.t < 900].std() > 1.3 * away[truth.t > 900].std()


def test_the_first_seconds_after_a_stop_are_noisier() -> None:
    steps = (Step(3600.0, 0.7, 0.7, coasts_per_minute=2.0),)
    truth = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("stops", steps)).truth
    away = np.abs(truth.left_percent - truth.usual_percent)
    gap = np.diff(truth.t, prepend=0.0) - truth.pedalled_s > 0.5
    first = np.flatnonzero(gap[:-2])
    assert len(first) > 40
    assert np.median(away[np.concatenate((first + 1, first + 2))]) > 2 * np.median(away)


@pytest.mark.parametrize("weak_leg", ["left", "right"])
@pytest.mark.parametrize("points", [2.0, 5.0])
def test_the_decoded_balance_moves_by_the_drop_that_the_record_tells(weak_leg: str, points: float) -> None:
    """The same seed without the fade differs in nothing else, so the difference is the drop (and
    rounding)."""

    def ridden(fade: Fade | None) -> SimulatedRide:
        return SimulatedRide(profile=ASSIOMA, seed=9, weak_leg=weak_leg, fade=fade)  # type: ignore[arg-type]

    faded, healthy = ridden(Fade(points, "step", intervals=(3,))), ridden(None)
    (drop,) = faded.truth.drops
    assert (drop.points, drop.side, drop.interval) == (points, weak_leg, 3)
    interval = faded.intervals[2]
    assert (drop.start, drop.end) == (interval.start + 60.0, interval.end)
    moved = told(faded)[1] - told(healthy)[1]
    times = np.array([t for t, _ in measured(faded)])
    during = (times > drop.start + 2) & (times < drop.end)
    assert moved[during].mean() == pytest.approx(-points if weak_leg == "left" else points, abs=0.15)
    assert not moved[times < drop.start].any()
    assert not moved[times > drop.end + 3].any()


def test_a_ramp_falls_slowly_and_comes_back_as_slowly() -> None:
    ride = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(4.0, "ramp", (2,), 30.0, 20.0, 40.0))
    (drop,) = ride.truth.drops
    assert (drop.end - drop.start, drop.back - drop.end) == (60.0, 20.0)
    t, taken = ride.truth.t, ride.truth.drop_points
    np.testing.assert_allclose(
        np.interp(drop.start + np.array([10, 20, 60, 70]), t, taken), [2, 4, 4, 2], atol=0.2
    )
    assert not taken[(t < drop.start) | (t > drop.back)].any()


def test_a_fade_takes_more_in_every_interval_and_an_intermittent_one_comes_and_goes() -> None:
    later = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(6.0, "fade"))
    assert [(drop.interval, drop.points) for drop in later.truth.drops] == [(2, 2.0), (3, 4.0), (4, 6.0)]
    off = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(6.0, "intermittent", (1,), onset_s=0.0))
    start = off.intervals[0].start
    within = (off.truth.t > start) & (off.truth.t < start + 120)
    assert np.mean(off.truth.drop_points[within] > 0) == pytest.approx(0.5, abs=0.05)


def test_the_usual_share_moves_with_power_as_the_rider_is() -> None:
    steps = tuple(Step(300.0, ftp, ftp) for ftp in (0.6, 1.0))
    ride = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("two", steps))
    low, high = (
        ride.truth.usual_percent[select].mean() for select in (ride.truth.t < 290, ride.truth.t > 310)
    )
    assert high - low == pytest.approx(0.4 * ride.rider.power_slope, abs=0.1)


def test_earlier_rides_are_healthy_days_of_the_same_rider_on_the_same_meter() -> None:
    today = SimulatedRide(profile=ASSIOMA, seed=3, fade=Fade(5.0))
    before = today.earlier(3)
    assert len({ride.day for ride in (today, *before)}) == 4
    assert all(ride.rider == today.rider and ride.devices == today.devices for ride in before)
    assert not any(ride.truth.drops for ride in before)
    means = [ride.truth.usual_percent.mean() for ride in before]
    assert 0.0 < np.ptp(means) < 2.0


def test_nobody_coasts_into_a_hard_interval() -> None:
    steps = (Step(300.0, 0.5, 0.5, coasts_per_minute=30.0), Step(300.0, 1.0, 1.0, interval=1))
    truth = SimulatedRide(profile=ASSIOMA, seed=1, workout=Workout("late", steps)).truth
    pause = np.diff(truth.t, prepend=0.0) - truth.pedalled_s
    assert pause[truth.t < 300.0].sum() > 60.0
    assert pause[truth.t > 302.0].sum() < 0.01


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


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_workout_is_ridden_at_its_power(family: str) -> None:
    ride = SimulatedRide(profile=ASSIOMA, seed=11, workout=FAMILIES[family]())
    truth = ride.truth
    assert ride.intervals
    for planned in ride.intervals:
        assert planned.low is not None
        assert planned.high is not None
        within = (truth.t > planned.start + 3) & (truth.t < planned.end - 1)
        watts = truth.power_w[within].mean() / ride.rider.ftp_w
        assert 0.85 * planned.low < watts < 1.15 * planned.high
    assert truth.t[-1] > ride.seconds - 20


def test_a_lost_link_is_told_and_nothing_arrives_until_it_is_back() -> None:
    ride = SimulatedRide(profile=STAGES, seed=2, drops_per_hour=40.0)
    given = list(ride.timeline())
    lost = [one.t for one in given if isinstance(one, Link) and one.state == "lost"]
    back = [one.t for one in given if isinstance(one, Link) and one.state == "connected"][1:]
    assert len(lost) == len(back) > 2
    for away, again in zip(lost, back, strict=True):
        assert 5.0 <= again - away <= 20.0
        silent = [one for one in given if away < one.t < again]
        assert silent
        assert all(isinstance(one, Tick) for one in silent)


def test_silence_is_filled_with_ticks_a_second_apart() -> None:
    given = list(SimulatedRide(profile=ASSIOMA, seed=2, drops_per_hour=40.0).timeline())
    assert max(after.t - before.t for before, after in pairwise(given)) <= 1.0


def test_the_demonstration_shows_two_drops_that_come_back_and_lasts_as_long_as_asked() -> None:
    ride = demo(ASSIOMA, 1)
    assert [drop.interval for drop in ride.truth.drops] == [2, 3]
    for drop, planned in zip(ride.truth.drops, ride.intervals[1:3], strict=True):
        assert drop.side == "left"
        assert planned.start < drop.start < drop.end < drop.back < planned.end
    assert ride.truth.drops[0].start < 400
    assert demo(ASSIOMA, 1, seconds=50.0).seconds == 50.0
    assert demo(ASSIOMA, 1, seconds=3600.0).seconds == 3600.0
    assert demonstration(3600.0).seconds >= 3600.0


async def collected(ride: SimulatedRide) -> list[Input]:
    return [one async for one in ride.inputs()]


async def test_the_stream_is_the_timeline() -> None:
    ride = SimulatedRide(profile=ASSIOMA, seed=2, seconds=120.0)
    assert await collected(ride) == list(ride.timeline())


async def test_a_speed_paces_the_stream() -> None:
    """At 600 times real time two minutes take a fifth of a second, never less."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    given = await collected(SimulatedRide(profile=ASSIOMA, seed=2, seconds=120.0, speed=600.0))
    assert loop.time() - began >= given[-1].t / 600.0


async def test_closing_the_stream_ends_it() -> None:
    stream = SimulatedRide(profile=ASSIOMA, seed=2, speed=1.0).inputs()
    assert await anext(stream) == Link(0.0, "searching")
    await stream.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
