"""The whole fold per notification, beside what others take to decode the packet alone; and the hot path's parts.

Run by `pytest --benchmark-only`. Rides and decoders take turns in one run; the shortest time of each counts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from bluetooth_sig.gatt.characteristics.cycling_power_measurement import CyclingPowerMeasurementCharacteristic
from pycycling.cycling_power_service import _parse_cycling_power_measurement as pycycling_decode
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.app.meters import profiles
from legbal.app.ride_setup import contribution, with_contributions
from legbal.ride.inputs import Notification, Setup, ThresholdRule
from legbal.ride.ride import Ride
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from tests.benchmarks.turns import table
from tests.sources.simulated import notifications
from tests.sources.workouts import FAMILIES

_TURNS, _MOST_TURNS = 9, 40


def interval_ride(profile_id: str) -> tuple[Setup, list[Notification]]:
    """The measurements of an hour of threshold work with a drop-off, and its setup with history and target."""
    profile = next(p for p in profiles() if p.id == profile_id)
    workout = next(iter(FAMILIES.values()))()
    fade = Fade(points=4.0, shape="ramp", intervals=(3,), onset_s=60.0, ramp_s=10.0, hold_s=120.0)
    ride = SimulatedRide(profile=profile, seed=5, workout=workout, fade=fade)
    setup = Setup(ftp_w=220.0, weak_leg="left", threshold=ThresholdRule(target_percent=50.0), profile=profile)
    setup = with_contributions(setup, [contribution(setup, ride.earlier(1)[0].timeline())])
    return setup, [x for x in notifications(ride) if x.uuid == "2a63"]


def taken(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


# Less than bluetooth-sig's decoding alone is what is wanted; with the ride's own noise, what came before, drills and a
# meter that went wrong it is 1.1 times that at one notification a second (1.2 on a busy machine), and must get no
# worse. Stages sends three times a second, most of it repeats; of a meter that sends once a second every notification
# is a second of work, gathered and weighed for a drop-off.
@pytest.mark.parametrize(("profile_id", "limit"), [("stages-lr", 0.7), ("favero-assioma-duo", 1.3)])
def test_the_fold_beside_bluetooth_sigs_decoding(
    benchmark: BenchmarkFixture, profile_id: str, limit: float
) -> None:
    """Decoding, revolutions, windows, bands, intervals, both alerts: all of it, per notification."""
    setup, packets = interval_ride(profile_id)
    octets = [bytearray(x.data) for x in packets]
    theirs = CyclingPowerMeasurementCharacteristic()

    def fold() -> None:
        ride = Ride(setup)
        for packet in packets:
            ride.feed(packet)

    def bluetooth_sig() -> None:
        for payload in octets:
            theirs.parse_value(payload)

    def pycycling() -> None:
        for payload in octets:
            pycycling_decode(payload)

    times = dict.fromkeys((fold, bluetooth_sig, pycycling), math.inf)
    for turn in range(_MOST_TURNS):
        if turn >= _TURNS and times[fold] < limit * times[bluetooth_sig]:
            break  # a busy machine needs more turns until each had a quiet one
        for call in times:
            times[call] = min(times[call], taken(call))
    each = {call.__name__: 1e6 * best / len(packets) for call, best in times.items()}
    benchmark.extra_info["µs a notification"] = {name: round(best, 2) for name, best in each.items()}
    benchmark.extra_info["of bluetooth-sig"] = round(each["fold"] / each["bluetooth_sig"], 3)
    benchmark.extra_info["of pycycling"] = round(each["fold"] / each["pycycling"], 2)
    table(benchmark, fold, rounds=1)
    print(benchmark.extra_info)
    assert each["fold"] < limit * each["bluetooth_sig"]


def test_a_view_is_cheap_enough_for_four_a_second(benchmark: BenchmarkFixture) -> None:
    setup, packets = interval_ride("favero-assioma-duo")
    ride = Ride(setup)
    for packet in packets:
        ride.feed(packet)
    best = min(taken(ride.view) for _ in range(200))
    benchmark(ride.view)
    assert 4 * best < 0.02, "a fiftieth of one core at the most"
