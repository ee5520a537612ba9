"""What a ride that is over was, beside the fold alone and beside what another takes to decode its packets.

Run by `pytest --benchmark-only`. What is wanted: a summary in 1.15 times the fold, all of a ride in 1.5 times it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from bluetooth_sig.gatt.characteristics.cycling_power_measurement import CyclingPowerMeasurementCharacteristic
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.analysis.ride_analysis import analyse, summarise_ride
from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.app.ride_values import derive_ride
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Notification, Setup
from legbal.ride.ride import fold
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Workout
from tests.benchmarks.test_fold import interval_ride
from tests.benchmarks.turns import growth, shortest, shortest_readings, table, tell
from tests.sources.simulated import PROFILES, notifications
from tests.sources.workouts import FAMILIES

_ROUNDS = 5
_HOURS = 4

Reading = Callable[[Iterator[Notification]], object]


def readings(setup: Setup) -> dict[str, Reading]:
    return {
        "fold": partial(fold, setup),
        "summary": partial(summarise_ride, setup),
        "analysis": partial(analyse, setup),
    }


# At one notification a second, each is a second to be noted; 2.9 and 3.6 times the fold when each second's shares were
# taken from the fold as it ended, of which a summary reads none.
@pytest.mark.parametrize(
    ("profile_id", "of_summary", "of_analysis"), [("favero-assioma-duo", 2.2, 2.7), ("stages-lr", 1.9, 2.4)]
)
def test_what_a_ride_was_beside_its_fold(
    benchmark: BenchmarkFixture, profile_id: str, of_summary: float, of_analysis: float
) -> None:
    setup, packets = interval_ride(profile_id)
    calls = readings(setup)
    times = dict(
        zip(calls, shortest_readings(_ROUNDS, time.process_time, packets, *calls.values()), strict=True)
    )
    tell(benchmark, **times)
    table(benchmark, lambda: summarise_ride(setup, packets), rounds=1)
    assert times["summary"] < of_summary * times["fold"]
    assert times["analysis"] < of_analysis * times["fold"]


def test_a_ride_of_the_library_beside_bluetooth_sigs_decoding(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    """Out of the file, folded, summarised and made ready to be kept: all that is derived again of each ride."""
    setup, packets = interval_ride("favero-assioma-duo")
    path, families = tmp_path / "library.sqlite", profiles()
    ridden = NewRide(setup=setup, started=datetime(2026, 5, 1, tzinfo=UTC))
    keep(path, ridden, packets)
    theirs, octets = CyclingPowerMeasurementCharacteristic(), [bytearray(x.data) for x in packets]

    def decode() -> None:
        for payload in octets:
            theirs.parse_value(payload)

    def derive() -> None:
        with Library(path) as library:
            ride = Derivation.current(library, library.find(ridden.id), families)
            derive_ride(ride, "", teaches=False)
        assert ride.new

    decoding, derived = shortest(_ROUNDS, time.process_time, decode, derive)
    tell(benchmark, decoding=decoding, derived=derived)
    table(benchmark, derive, rounds=1)
    assert derived < 5 * decoding


def test_a_ride_four_times_as_long_takes_four_times_as_long(benchmark: BenchmarkFixture) -> None:
    """All of it: summary, trace and events; beside its first hour, analysed four times over."""
    profile = PROFILES["favero-assioma-duo"]
    steps = next(iter(FAMILIES.values()))().steps * 5
    ride = SimulatedRide(profile=profile, seed=5, workout=Workout("long", steps))
    setup, packets = Setup(ftp_w=220.0, weak_leg="left", profile=profile), list(notifications(ride))
    first = [x for x in packets if x.t <= 3600]
    whole = packets[: _HOURS * len(first)]

    def hour_by_hour(pace: Iterator[Notification]) -> None:
        """Reads on as the packets of the whole ride come, so that both have the same pieces."""
        for _ in range(_HOURS):
            analyse(setup, (packet for packet, _ in zip(first, pace, strict=False)))

    hours_s, ride_s = shortest_readings(4, time.process_time, whole, hour_by_hour, partial(analyse, setup))
    exponent = growth(_HOURS, hours_s / _HOURS, ride_s)
    benchmark.extra_info["exponent"] = round(exponent, 3)
    print(f"exponent {exponent:.3f}")
    tell(benchmark, **{"1 h": hours_s / _HOURS, f"{_HOURS} h": ride_s})
    table(benchmark, lambda: analyse(setup, packets[:1000]), rounds=1)
    assert exponent < 1.3
