"""The whole fold per notification, beside what others take to decode the packet alone; and the hot path's parts.

Run by `pytest --benchmark-only`. Ride and decoders take turns piece by piece; the shortest time of each piece counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

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
from tests.benchmarks.turns import shortest_in_pieces, table
from tests.sources.simulated import notifications
from tests.sources.workouts import FAMILIES

_ROUNDS = 12
_PIECE = 100  # notifications: a few milliseconds


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


# Less than bluetooth-sig's decoding alone is what is wanted. At one notification a second it is 1.1 times that on a
# processor that nothing else runs on, and 1.3 to 1.8 times where others share its caches. A notification takes fewer
# instructions than the decoder's (127,000 beside 164,000), but misses a cache of 512 KiB some 140 times beside 7, as
# cachegrind counts: half of these come with the detector's calls of numpy. It must get no worse. Stages sends three
# times a second, most of it repeats; of a meter that sends once a second every notification is a second of work,
# gathered and weighed for a drop-off.
@pytest.mark.parametrize(("profile_id", "limit"), [("stages-lr", 1.2), ("favero-assioma-duo", 2.2)])
def test_the_fold_beside_bluetooth_sigs_decoding(
    benchmark: BenchmarkFixture, profile_id: str, limit: float
) -> None:
    """Decoding, revolutions, windows, bands, intervals, both alerts: all of it, per notification."""
    setup, packets = interval_ride(profile_id)
    pieces = [packets[start : start + _PIECE] for start in range(0, len(packets), _PIECE)]
    theirs = CyclingPowerMeasurementCharacteristic()

    def fold() -> Iterator[None]:
        ride = Ride(setup)
        for piece in pieces:
            for packet in piece:
                ride.feed(packet)
            yield

    def decoding(decode: Callable[[bytearray], object]) -> Iterator[None]:
        for piece in octets:
            for payload in piece:
                decode(payload)
            yield

    octets = [[bytearray(packet.data) for packet in piece] for piece in pieces]
    names = ("fold", "bluetooth-sig", "pycycling")
    runs = (fold, partial(decoding, theirs.parse_value), partial(decoding, pycycling_decode))
    times = shortest_in_pieces(_ROUNDS, time.process_time, *runs)
    each = {name: 1e6 * best / len(packets) for name, best in zip(names, times, strict=True)}
    benchmark.extra_info["µs a notification"] = {name: round(best, 2) for name, best in each.items()}
    benchmark.extra_info["of bluetooth-sig"] = round(each["fold"] / each["bluetooth-sig"], 3)
    benchmark.extra_info["of pycycling"] = round(each["fold"] / each["pycycling"], 2)
    table(benchmark, lambda: list(fold()), rounds=1)
    print(benchmark.extra_info)
    assert each["fold"] < limit * each["bluetooth-sig"]


def test_a_view_is_cheap_enough_for_four_a_second(benchmark: BenchmarkFixture) -> None:
    setup, packets = interval_ride("favero-assioma-duo")
    ride = Ride(setup)
    for packet in packets:
        ride.feed(packet)
    best = min(taken(ride.view) for _ in range(200))
    benchmark(ride.view)
    assert 4 * best < 0.02, "a fiftieth of one core at the most"
