"""A simulated ride as a source: its inputs in order, the same for the same seed, paced, with links that are lost."""

from __future__ import annotations

import asyncio
import tracemalloc
from itertools import islice, pairwise

import pytest

from legbal.gatt.measurement import decode
from legbal.ride.inputs import Input, Link, Notification, Tick
from legbal.sources.simulator import SimulatedRide, demo
from legbal.sources.simulator.workout import demonstration
from tests.sources.dropping import dropping
from tests.sources.simulated import ASSIOMA, EVERY, PROFILES, STAGES, intervals


@pytest.mark.parametrize("name", EVERY)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_or_day_gives_others(name: str) -> None:
    def whole(seed: int, day: int = 0) -> list[Notification]:
        ride = SimulatedRide(profile=PROFILES[name], seed=seed, seconds=120.0, day=day)
        return [one for one in dropping(ride, 60.0) if isinstance(one, Notification)]

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


def test_a_lost_link_is_told_and_nothing_arrives_until_it_is_back() -> None:
    given = dropping(SimulatedRide(profile=STAGES, seed=2), 40.0)
    lost = [one.t for one in given if isinstance(one, Link) and one.state == "lost"]
    back = [one.t for one in given if isinstance(one, Link) and one.state == "connected"][1:]
    assert len(lost) == len(back) > 2
    for away, again in zip(lost, back, strict=True):
        assert 5.0 <= again - away <= 20.0
        silent = [one for one in given if away < one.t < again]
        assert silent
        assert all(isinstance(one, Tick) for one in silent)


def test_silence_is_filled_with_ticks_a_second_apart() -> None:
    given = dropping(SimulatedRide(profile=ASSIOMA, seed=2), 40.0)
    assert max(after.t - before.t for before, after in pairwise(given)) <= 1.0


def test_the_demonstration_shows_two_drops_that_come_back_and_lasts_as_long_as_asked() -> None:
    ride = demo(ASSIOMA, 1)
    assert [drop.interval for drop in ride.truth.drops] == [2, 3]
    for drop, planned in zip(ride.truth.drops, intervals(ride)[1:3], strict=True):
        assert drop.side == "left"
        assert planned.start < drop.start < drop.end < drop.back < planned.end
    assert ride.truth.drops[0].start < 400
    assert demo(ASSIOMA, 1, seconds=50.0).seconds == 50.0
    assert demo(ASSIOMA, 1, seconds=3600.0).seconds == 3600.0
    assert demonstration(3600.0).seconds >= 3600.0


@pytest.mark.parametrize("name", ["favero-assioma-duo", "powertap-p1", "srm-x-power"])
def test_a_workout_that_is_ridden_again_goes_on_counting(name: str) -> None:
    workout = demonstration()
    again = workout.seconds * 2.5
    ride = SimulatedRide(profile=PROFILES[name], seed=5, workout=workout, seconds=again, repeated=True)
    given = list(ride.timeline())
    once = list(SimulatedRide(profile=PROFILES[name], seed=5, workout=workout).timeline())
    alike = [one for one in once if isinstance(one, Notification)]
    assert [one for one in given if isinstance(one, Notification)][: len(alike) // 2] == alike[
        : len(alike) // 2
    ]
    assert [one.t for one in given] == sorted(one.t for one in given)
    assert given[-1] == Link(again, "ended", ride.devices[-1].name)
    for device in ride.devices:
        mine = [
            (one.t, decode(one.data))
            for one in given
            if isinstance(one, Notification) and one.uuid == "2a63" and one.meter == device.name
        ]
        for (t, before), (then, after) in pairwise(mine):
            assert then - t < 20.0  # coasting, of a meter that is silent then
            if after.crank_revolutions is not None and before.crank_revolutions is not None:
                turned = (after.crank_revolutions - before.crank_revolutions) % 0x10000
                assert turned <= 3 * (then - t + 1.0)
                assert after.crank_event_time_raw is not None
                assert before.crank_event_time_raw is not None
                passed = (after.crank_event_time_raw - before.crank_event_time_raw) % 0x10000 / 1024.0
                assert abs(passed - (then - t)) < 16.0
            if after.accumulated_torque_raw is not None and before.accumulated_torque_raw is not None:
                assert (after.accumulated_torque_raw - before.accumulated_torque_raw) % 0x10000 < 0x4000


def test_a_demonstration_of_eighty_hours_is_made_as_it_is_ridden() -> None:
    tracemalloc.start()
    try:
        inputs = list(islice(demo(ASSIOMA, 1, seconds=288_000.0).timeline(), 9_000))
        held = sum(one.__sizeof__() for one in inputs)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert inputs[-1].t > 3600.0
    assert peak < 40 * 2**20 + held


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
