"""What the efforts of a ride say: planted drifts, drop-offs and sprints are found again, rests do not count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.effort_analysis import efforts
from legbal.analysis.efforts import Efforts
from legbal.analysis.months import RideBands
from legbal.analysis.summary import DropOffSummary, IntervalSummary
from legbal.app.other_level import current_rides
from legbal.library.derived import decode_bands, encode_bands
from legbal.library.rides import Library
from legbal.ride.share import Share
from tests.analysis.dropoffs import dropoff
from tests.tui.libraries import ridden

FTP = 250.0
BANDS = (0.55, 0.75, 0.9, 1.05, 1.2)
# ten minutes of work, five of rest, four times
WORK = [(900.0 * i, 900.0 * i + 600.0) for i in range(4)]


def interval(number: int, start: float, end: float) -> IntervalSummary:
    return IntervalSummary(number=number, start_s=start, end_s=end, share=Share())


INTERVALS = [interval(i + 1, *edges) for i, edges in enumerate(WORK)]


def rows(an_hour: float, seed: int = 1, noise: float = 3.0) -> np.ndarray:
    """A turn a second; the left share falls with effort alone, and lies lower in rests, which are easy."""
    random = np.random.default_rng(seed)
    t = np.arange(1.0, 3601.0)
    working = (t - 0.5) % 900 < 600
    effort_h = np.cumsum(working) / 3600
    left = np.where(working, 49.0, 47.0) + an_hour * effort_h + random.normal(0, noise, len(t))
    power = np.where(working, 240.0, 100.0)
    return np.column_stack([t, np.ones_like(t), power, power, left])


def found(table: np.ndarray, *dropoffs: DropOffSummary) -> Efforts:
    return efforts(RideRevolutions(table, BANDS, FTP), INTERVALS, dropoffs, FTP)


def fallen(since_s: float, points: float, back_after_s: float | None, until_s: float) -> DropOffSummary:
    return dropoff(since_s, points, cleared_s=until_s, back_after_s=back_after_s)


def test_a_drift_is_told_an_hour_of_effort_and_not_of_riding() -> None:
    estimates = [found(rows(-3.0, seed)).drift for seed in range(12)]
    values = np.array([x.value for x in estimates if x is not None])
    assert len(values) == 12
    assert values.mean() == pytest.approx(-3.0, abs=0.5)
    held = [x is not None and x.low <= -3.0 <= x.high for x in estimates]
    assert sum(held) >= 11


def test_a_drop_off_is_no_drift() -> None:
    table, early = rows(0.0), (60.0, 420.0)
    table[60:420, 4] -= 8.0
    gains, holds = (
        efforts(RideRevolutions(table, BANDS, FTP, x), INTERVALS, (), FTP).drift for x in ((), [early])
    )
    assert gains is not None
    assert holds is not None
    assert gains.value > 5.0
    assert holds.low < 0.0 < holds.high
    assert holds.value == pytest.approx(0.0, abs=1.0)


def test_too_little_effort_has_no_drift() -> None:
    few = efforts(RideRevolutions(rows(-3.0), BANDS, FTP), INTERVALS[:1], (), FTP)
    assert (few.seconds, few.drift) == (600.0, None)
    assert found(rows(-3.0)[:0]).drift is None
    assert efforts(RideRevolutions(rows(-3.0), BANDS, FTP), [], (), FTP).seconds == 0.0


def test_a_deficit_stands_in_time_of_effort_and_counts_from_two_points_on() -> None:
    told = found(
        rows(0.0),
        fallen(1000.0, 1.6, 40.0, 1060.0),  # too small
        fallen(1080.0, 4.0, 60.0, 1160.0),  # 180 s into the second interval
        fallen(2300.0, 3.0, None, 2400.0),  # until the third is over
    )
    assert [(x.effort_s, x.below_s, x.back_after_s) for x in told.deficits] == [
        (780.0, 60.0, 60.0),
        (1700.0, 100.0, None),
    ]
    assert (told.first("left"), told.first("right")) == (780.0, None)
    assert (told.below("left"), told.below("right")) == (160.0, 0.0)


def test_sprints_are_short_and_far_above_ftp() -> None:
    table = rows(0.0, noise=0.5)
    for start, seconds, power, left in (
        (100, 10, 600.0, 44.0),
        (1000, 12, 500.0, 44.0),
        (2000, 40, 500.0, 60.0),  # too long
        (2400, 3, 700.0, 60.0),  # too short
        (3000, 10, 330.0, 60.0),  # not hard enough
    ):
        table[start : start + seconds, 2:4], table[start : start + seconds, 4] = power, left
    sprints = found(table).sprints
    assert (sprints.seconds, sprints.revolutions) == (22.0, 22)
    assert sprints.left_percent == pytest.approx(44.0)
    assert sprints.standard_error is not None
    assert sprints.standard_error > 0
    assert efforts(RideRevolutions(table, BANDS, None), INTERVALS, (), None).sprints == Share()


def test_a_simulated_ride_keeps_its_efforts_in_the_library(tmp_path: Path) -> None:
    ridden(tmp_path / "library.sqlite", seconds=2400.0)
    with Library(tmp_path / "library.sqlite") as library:
        (ride,) = current_rides(library)
    kept = ride.rows.efforts
    assert kept is not None
    assert kept.drift is not None
    assert kept.noise is not None
    assert 1500 < kept.seconds < 2400
    first = kept.first("left")
    assert first is not None
    assert 0 < first < kept.seconds
    assert 0 < kept.below("left") < kept.seconds


def test_rows_of_an_early_legbal_have_no_efforts() -> None:
    bands = RideBands(meter="Pedals", balance="measured", reference="left", swapped=False, bands=())
    encoded = encode_bands(bands)
    assert encoded[0] == 0x98  # an array of eight, of which the last is taken off
    assert decode_bands(b"\x97" + encoded[1:-1]) == bands
