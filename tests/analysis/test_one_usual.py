"""A ride that is over has one usual: what its intervals lie off adds up to what the ride does."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.last_rides import with_comparison
from legbal.analysis.one_usual import with_usual
from legbal.analysis.summary import IntervalSummary, RideComparison, Summary, summarise
from legbal.present.headline import headline
from legbal.ride.balance import Tally
from legbal.ride.baseline import NODES, Baseline, unknown_rider
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from legbal.ride.share import Estimate

FTP = 250.0
# a point lower for each 25 W more, 48 % at 250 W
BASELINE = msgspec.structs.replace(
    unknown_rider(FTP), rides=4, left_percent=tuple(48.0 + 8.0 - node for node in range(NODES))
)


def ridden(baseline: Baseline | None) -> tuple[Summary, list[float]]:
    """Ten minutes, of which the first interval falls the left leg by 5 points; and each interval's work."""
    t = np.arange(1.0, 601.0)
    power = np.where(t <= 300, 150.0, 250.0)
    left = 53.0 - (power - 150.0) / 25 - 3.0 - np.where(t <= 100, 5.0, 0.0) + 0.1 * np.sin(t)
    rows = np.column_stack([t, np.ones(600), power, power, left])
    shares = [Tally().add_rows(rows[a:b]).share() for a, b in ((0, 100), (100, 450), (450, 600), (0, 600))]
    intervals = tuple(
        IntervalSummary(number=i, start_s=a, end_s=b, share=share)
        for i, (a, b, share) in enumerate(
            zip((0.0, 100.0, 450.0), (100.0, 450.0, 600.0), shares[:3], strict=True), 1
        )
    )
    bare = summarise(fold(Setup(), [])[1], CyclingDynamics())
    ride = msgspec.structs.replace(bare.ride, share=shares[3], balance="measured", reference="left")
    summary = msgspec.structs.replace(bare, ride=ride, intervals=intervals)
    work = [float(power[a:b].sum()) for a, b in ((0, 100), (100, 450), (450, 600))]
    return with_usual(summary, RideRevolutions(rows, Setup().bands, FTP), baseline), work


def distances(summary: Summary) -> list[float]:
    return [(x.share.left_percent or 0.0) - (x.usual_percent or 0.0) for x in summary.intervals]


def test_with_earlier_rides_the_rows_add_up_to_the_headline() -> None:
    summary, work = ridden(BASELINE)
    usual, left = summary.ride.usual_percent, summary.ride.share.left_percent
    assert usual is not None
    assert left is not None
    first, second, third = distances(summary)
    assert first == pytest.approx(second - 5.0, abs=0.1)
    assert second == pytest.approx(third, abs=0.1), "at equal power, whatever the watts were"
    assert np.average([first, second, third], weights=work) == pytest.approx(left - usual)


def test_without_any_each_row_stands_beside_the_ride_itself_and_the_headline_says_no_distance() -> None:
    summary, work = ridden(None)
    assert summary.ride.usual_percent is None
    assert "usual" not in headline(summary)
    assert np.average(distances(summary), weights=work) == pytest.approx(0.0, abs=1e-9)


def test_the_last_rides_say_what_is_usual_where_the_ride_knew_of_none() -> None:
    comparison = RideComparison(difference=Estimate(-1.4, 0.5), shares=(50.0, 50.2, 48.7))
    known, imported = ridden(BASELINE)[0], ridden(None)[0]
    beside = with_comparison(imported, comparison)
    assert ", 1.4 below your usual" in headline(beside)
    assert np.subtract(distances(beside), distances(imported)) == pytest.approx([-1.4] * 3)
    assert with_comparison(beside, comparison) == beside
    assert with_comparison(known, comparison) == msgspec.structs.replace(known, comparison=comparison)
    assert with_comparison(imported, None) == imported
