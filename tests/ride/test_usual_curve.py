"""A baseline's curve between its nodes, what an unknown rider begins with, and which seconds teach, to the octet."""

from __future__ import annotations

from array import array

import msgspec
import pytest

from legbal.ride.baseline import (
    MEMORIES_S,
    NODES,
    RPM_NODES,
    TYPICAL_NOISE,
    TYPICAL_SHARES,
    RideSample,
    unknown_rider,
)
from legbal.ride.baseline_fit import columns
from legbal.ride.revolution import Bin
from tests.ride.pedalling import sample_of

# At each node another share, so that it shows which two a power lies between: 10 % at 0.2 of 200 W, 11 % at 0.3 …
CURVE = msgspec.structs.replace(
    unknown_rider(200.0),
    left_percent=tuple(10.0 + i for i in range(NODES)),
    cadence_points=tuple(float(i * i) for i in range(RPM_NODES)),
)


@pytest.mark.parametrize(
    ("power_w", "percent"),
    [
        (0.0, 10.0),
        (40.0, 10.0),
        (45.0, 10.25),
        (60.0, 11.0),
        (150.0, 15.5),
        (200.0, 18.0),
        (350.0, 25.5),
        (360.0, 25.999),
        (2000.0, 25.999),
    ],
)
def test_between_two_nodes_the_usual_share_is_a_line(power_w: float, percent: float) -> None:
    assert CURVE.usual(power_w) == pytest.approx(percent, abs=1e-9)


@pytest.mark.parametrize(
    ("rpm", "points"),
    [
        (None, 0.0),
        (20.0, 0.0),
        (40.0, 0.0),
        (45.0, 0.5),
        (50.0, 1.0),
        (85.0, 20.5),
        (119.0, 62.5),
        (200.0, 63.985),
    ],
)
def test_cadence_adds_its_part_between_40_and_120(rpm: float | None, points: float) -> None:
    assert CURVE.usual(200.0, rpm) == pytest.approx(18.0 + points, abs=1e-9)


def test_an_unknown_rider_has_even_legs_within_wide_limits() -> None:
    unknown = unknown_rider(250.0)
    assert unknown.reference_w == 250.0
    assert unknown_rider(None).reference_w == 200.0
    assert unknown.left_percent == (50.0,) * 17
    assert unknown.error == (0.0,) * 17
    assert unknown.cadence_points == (0.0,) * 9
    assert (unknown.offset_sd, unknown.slope_sd, unknown.cadence_sd) == (4.0, 3.0, 0.4)
    assert (unknown.cadence_rpm, unknown.rides) == (85.0, 0)
    assert unknown.usual(123.0, 97.0) == 50.0


def test_a_typical_rider_s_single_seconds_scatter_by_2_6_points() -> None:
    assert sum(TYPICAL_SHARES) == pytest.approx(1.0)
    assert TYPICAL_NOISE.white + sum(TYPICAL_NOISE.slow) == pytest.approx(2.6**2)
    assert (len(TYPICAL_NOISE.slow), TYPICAL_NOISE.seconds) == (len(MEMORIES_S), 0)
    assert TYPICAL_NOISE.white == pytest.approx(0.62 * 2.6**2)
    assert TYPICAL_NOISE.slow == pytest.approx([x * 2.6**2 for x in (0.18, 0.10, 0.06, 0.04)])


@pytest.mark.parametrize(
    ("power_w", "left", "teaches"),
    [
        (0.0, 48.0, False),
        (0.5, 48.0, True),
        (-5.0, 48.0, False),
        (200.0, None, False),
        (200.0, 0.0, False),
        (200.0, 0.5, True),
        (200.0, 99.5, True),
        (200.0, 100.0, False),
    ],
)
def test_a_second_teaches_that_has_power_and_work_of_both_legs(
    power_w: float, left: float | None, teaches: bool
) -> None:
    assert bool(sample_of([Bin(1.0, power_w, left, 1, 90.0)]).t) is teaches


def test_what_is_kept_of_a_second_fits_its_octets() -> None:
    told = [
        Bin(7.9, 200.9, 48.126, 1, 88.4),
        Bin(8.0, 65_535.0, 0.004, 1, 88.6),
        Bin(9.0, 1e6, 99.999, 1, None),
        Bin(10.0, 1.0, 50.0, 1, 255.0),
        Bin(11.0, 1.0, 50.0, 1, 299.0),
    ]
    sample = sample_of(told)
    assert columns(sample).tolist() == [
        [7, 8, 9, 10, 11],
        [200, 65_535, 65_535, 1, 1],
        [48.13, 0.0, 100.0, 50.0, 50.0],
        [88, 89, 0, 255, 255],
    ]
    assert sample.t == array("I", [7, 8, 9, 10, 11]).tobytes()
    assert sample_of([]) == RideSample()
