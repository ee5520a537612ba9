"""Decoding 0x2A63 beside pycycling and bluetooth-sig, and beside copying the same octets.

Run by `pytest --benchmark-only`. What is compared takes turns. Of single packets the shortest time counts, since
whatever else the machine does can only lengthen a time; of batches, which are bound by memory, the ratio of turns.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import pytest
from bluetooth_sig.gatt.characteristics.cycling_power_measurement import (
    CyclingPowerMeasurementCharacteristic,
)
from numpy.typing import NDArray
from pycycling.cycling_power_service import _parse_cycling_power_measurement as pycycling_decode
from pytest_benchmark.fixture import BenchmarkFixture

from legbal.gatt.fields import layout
from legbal.gatt.measurement import Columns, decode, decode_batch
from tests.benchmarks.turns import shortest, turns

PACKETS = 1_000_000

# One packet of each kind that real meters send.
REAL = {
    "Stages LR": "2f00870058fe5b400e0f2b",
    "Assioma Duo": "23007100526204f2e5",
    "Assioma Uno": "20002d000200b812",
    "4iiii": "2c0000009f000c00e542",
}
EIGHT_LAYOUTS = (0x2F, 0x23, 0x20, 0x2C, 0x30, 0x03, 0x8FF, 0x1FFF)


def typical_ratio(rounds: int, call: Callable[[], object], measure: Callable[[], object]) -> float:
    """How much longer a call takes than the measure just before it: the median over the rounds.

    Memory is now faster and now slower for both at once. The shortest time of each, from different rounds, would set
    one call's luck against the other's.
    """
    return median(after / before for before, after in turns(rounds, process_time, measure, call))


def repeated(decoder: Callable[[bytearray], object], payload: bytearray) -> None:
    for _ in range(200):
        decoder(payload)


@pytest.mark.parametrize("meter", REAL)
def test_one_packet_takes_a_quarter_of_pycyclings_time(benchmark: BenchmarkFixture, meter: str) -> None:
    payload = bytearray.fromhex(REAL[meter])
    theirs = CyclingPowerMeasurementCharacteristic()
    ours, pycycling, bluetooth_sig = shortest(
        40,
        process_time,
        partial(repeated, decode, payload),
        partial(repeated, pycycling_decode, payload),
        partial(repeated, theirs.parse_value, payload),
    )
    benchmark.extra_info["of pycycling"] = round(ours / pycycling, 3)
    benchmark.extra_info["of bluetooth-sig"] = round(ours / bluetooth_sig, 3)
    benchmark(decode, payload)
    assert ours <= pycycling / 4
    assert ours <= bluetooth_sig / 4


def packed(kinds: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Random packets with these flags, one after the other, and where each begins."""
    sizes = np.array([layout(flags).packed.size for flags in range(0x2000)])[kinds]
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    buffer = np.random.default_rng(7).integers(0, 256, offsets[-1], np.uint8)
    buffer[offsets[:-1]] = kinds & 0xFF
    buffer[offsets[:-1] + 1] = kinds >> 8
    return buffer, offsets


def assert_decoded(columns: Columns, buffer: NDArray[np.uint8]) -> None:
    """The columns are integers in memory of their own: nothing is left to be done when they are used."""
    assert columns.ok.all()
    for name, column in columns.items():
        assert column.dtype.kind in "iu"
        assert column.flags.aligned
        assert not np.shares_memory(column, buffer)
        for index in (0, PACKETS // 2, PACKETS - 1):
            value: Any = getattr(decode(columns.payload(index)), name)
            assert value is None or value == column[index]


@pytest.mark.parametrize(
    ("kinds", "greatest"),
    [
        pytest.param(np.full(PACKETS, 0x2F), 7, id="Stages LR"),
        pytest.param(np.full(PACKETS, 0x23), 7, id="Assioma Duo"),
        pytest.param(
            np.array(EIGHT_LAYOUTS)[np.random.default_rng(3).integers(0, 8, PACKETS)], 80, id="eight layouts"
        ),
    ],
)
def test_a_million_packets_beside_copying_them(
    benchmark: BenchmarkFixture, kinds: NDArray[np.int64], greatest: int
) -> None:
    buffer, offsets = packed(kinds)
    assert_decoded(decode_batch(buffer, offsets), buffer)
    ratio = typical_ratio(25, partial(decode_batch, buffer, offsets), partial(np.copy, buffer))
    benchmark.extra_info["of numpy.copy"] = round(ratio, 2)
    print(f"{ratio:.2f} times numpy.copy")
    benchmark(decode_batch, buffer, offsets)
    assert ratio <= greatest
