"""Comparisons within a ride: what they compare, and that their errors are of the size that they say."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from legbal.analysis import effort_analysis
from legbal.analysis.comparisons import RideRevolutions, band_differences, first_last
from legbal.analysis.summary import IntervalSummary
from legbal.ride.baseline import MEMORIES_S
from legbal.ride.share import Estimate, Share
from legbal.ride.view import Floats
from legbal.sources.simulator.rider import SimulatedPedalling as Truth
from tests.analysis.riding import EDGES, bands, judged, ridden, rows
from tests.sources.workouts import FAMILIES

FTP_W = 250.0


def steady(t: Floats, power_w: Floats, left_percent: Floats) -> Floats:
    """Rows of one revolution a second."""
    return np.column_stack([t, np.ones(len(t)), power_w, power_w, left_percent])


def two_powers(seconds: int = 3600) -> tuple[Floats, Floats]:
    """An hour whose second half is ridden harder: seconds and watts."""
    t = np.arange(1.0, seconds + 1)
    return t, np.where(t <= seconds / 2, 150.0, 260.0)


def drift(pedalling: RideRevolutions) -> Estimate | None:
    """Of a ride that is one effort."""
    whole = IntervalSummary(number=1, start_s=0.0, end_s=float(max(pedalling.t, default=0.0)), share=Share())
    return effort_analysis.efforts(pedalling, [whole], (), FTP_W).drift


def test_drift_is_a_line_with_the_bands_kept_apart() -> None:
    t, power = two_powers()
    fallen = 51.0 - 0.9 * t / 3600 - 2.0 * (power > 200)
    found = drift(judged(steady(t, power, fallen), FTP_W))
    assert found is not None
    assert found.value == pytest.approx(-0.9)


def test_what_power_does_to_the_share_is_no_drift() -> None:
    t, power = two_powers()
    found = drift(judged(steady(t, power, np.where(power > 200, 49.0, 51.0)), FTP_W))
    assert found is not None
    assert found.value == pytest.approx(0.0, abs=1e-9)
    assert found.standard_error > 0


def test_what_has_no_share_of_both_legs_is_no_drift() -> None:
    t, power = two_powers()
    left = np.where(t > 3500, np.nan, 50.0)
    found = drift(judged(steady(t, power, left), FTP_W))
    assert found is not None
    assert found.value == pytest.approx(0.0, abs=1e-9)


def test_less_than_twenty_minutes_have_no_drift() -> None:
    t, power = two_powers(1100)
    assert drift(judged(steady(t, power, 50.0 + 0 * t), FTP_W)) is None


def test_a_ride_without_a_balance_has_none() -> None:
    assert drift(judged(np.empty((0, 5)), FTP_W)) is None


def test_the_error_is_that_of_the_noise_with_its_memory() -> None:
    """Against Σ Σ w w′ covariance, written out."""
    rng = np.random.default_rng(4)
    t = np.arange(1.0, 901.0)[rng.permutation(900) < 300]
    power = 225.0 + 125.0 * np.sin(t)
    pedalling = judged(steady(t, power, 49.0 + 3.0 * rng.standard_normal(len(t))), FTP_W)
    weights = rng.normal(0.0, 0.01, len(t))
    apart = np.abs(t[:, None] - t[None, :])
    covariance = pedalling.noise.white * np.eye(len(t))
    for memory, slow in zip(MEMORIES_S, pedalling.noise.slow, strict=True):
        covariance += slow * np.exp(-apart / memory)
    d = weights / np.sqrt(np.clip(power / FTP_W, 0.3, 1.6))
    assert pedalling.error(weights) == pytest.approx(math.sqrt(d @ covariance @ d))
    assert len(pedalling.seconds) == len(t)


def test_bands_ridden_in_turn_compare_better_than_one_after_the_other() -> None:
    rng = np.random.default_rng(5)
    t = np.arange(1.0, 3601.0)
    left = 49.0 + rng.normal(0.0, 4.0, len(t))
    in_turn = steady(t, np.where(t % 240 < 120, 160.0, 260.0), left)
    apart = steady(t, np.where(t <= 1800, 160.0, 260.0), left)
    errors = []
    for told in (in_turn, apart):
        pedalling = judged(told, FTP_W)
        (found,) = band_differences(pedalling, bands(told, FTP_W))
        errors.append(found.difference.standard_error)
    assert errors[0] < errors[1]


def test_each_band_is_compared_with_the_one_below_and_the_highest_with_the_lowest() -> None:
    t = np.arange(1.0, 2401.0)
    power = np.select([t <= 600, t <= 1200, t <= 1800], [100.0, 160.0, 200.0], 250.0)
    power[:30] = 400.0  # half a minute is too little to compare
    left = 51.0 - power / 100 + np.random.default_rng(6).normal(0.0, 2.0, len(t))
    told = steady(t, power, left)
    pedalling = judged(told, FTP_W)
    rows = bands(told, FTP_W)
    found = band_differences(pedalling, rows)
    assert [(x.band, x.against) for x in found] == [
        ("55–75 %", "<55 %"),
        ("75–90 %", "55–75 %"),
        ("90–105 %", "75–90 %"),
        ("90–105 %", "<55 %"),
    ]
    level = {row.name: row.share.left_percent or 0.0 for row in rows}
    for x in found:
        assert x.difference.value == level[x.band] - level[x.against]
        low, high = x.difference.low, x.difference.high
        assert (low, high) == pytest.approx(
            (
                x.difference.value - 1.96 * x.difference.standard_error,
                x.difference.value + 1.96 * x.difference.standard_error,
            )
        )


def interval(number: int, start_s: float, power_w: float, *, seconds: float = 240.0) -> IntervalSummary:
    return IntervalSummary(
        share=Share(50.0 - number, 0.5, revolutions=15, power_w=power_w),
        number=number,
        start_s=start_s,
        end_s=start_s + seconds,
        slope_per_minute=None,
        slope_error=None,
        usual_percent=None,
    )


def a_judge() -> RideRevolutions:
    t, power = two_powers()
    return judged(steady(t, power, 50.0 + np.sin(t)), FTP_W)


def test_first_and_last_are_the_pair_of_equal_power_that_lies_furthest_apart() -> None:
    pedalling = a_judge()
    found = first_last(
        pedalling,
        [
            interval(1, 100.0, 300.0, seconds=30.0),
            interval(2, 600.0, 250.0),
            interval(3, 1200.0, 300.0),
            interval(4, 1800.0, 244.0),
            interval(5, 2400.0, 330.0),
            interval(6, 3000.0, 250.0, seconds=20.0),
        ],
    )
    assert found is not None
    assert (found.first, found.last, found.difference.value) == (2, 4, -2.0)
    assert found.difference.standard_error > 0


def test_intervals_at_other_powers_are_not_compared() -> None:
    pedalling = a_judge()
    assert first_last(pedalling, [interval(1, 600.0, 250.0), interval(2, 1800.0, 280.0)]) is None


RIDERS = 72


def z_scores(*, drifting: bool) -> dict[str, list[float]]:
    """By how many standard errors comparisons miss the truth, over simulated healthy rides.

    Args:
        drifting: whether the rides drift as healthy ones do; the drift is then no noise but what happened.
    """
    found: dict[str, list[float]] = {"drift": [], "contrast": [], "first_last": []}
    kinds = list(FAMILIES.values())
    for seed in range(RIDERS):
        person, truth = ridden(seed, kinds[seed % len(kinds)](), drift=None if drifting else 0.0)
        told = rows(truth)
        pedalling = judged(told, person.ftp_w)
        _, weights, slope = pedalling.line(pedalling.work_j, pedalling.t)
        found["drift"].append(slope / pedalling.error(weights))
        work = told[:, 2]
        band = np.searchsorted([edge * person.ftp_w for edge in EDGES], truth.power_w, "right")
        shares = bands(told, person.ftp_w)
        names = [x.name for x in shares]
        usual = [
            float(np.average(truth.usual_percent, weights=work * (band == i))) if (band == i).any() else 0.0
            for i in range(len(names))
        ]
        for x in band_differences(pedalling, shares):
            true = usual[names.index(x.band)] - usual[names.index(x.against)]
            found["contrast"].append((x.difference.value - true) / x.difference.standard_error)
        worked = efforts(truth, person.ftp_w)
        pair = first_last(pedalling, worked)
        if pair is not None:
            true = usually(truth, worked[pair.last]) - usually(truth, worked[pair.first])
            found["first_last"].append((pair.difference.value - true) / pair.difference.standard_error)
    return found


def efforts(truth: Truth, ftp_w: float) -> list[IntervalSummary]:
    """The stretches above 0.85 of FTP as intervals, numbered from 0."""
    hard = np.concatenate([[False], truth.power_w > 0.85 * ftp_w, [False]])
    edges = np.flatnonzero(np.diff(hard.astype(int))).reshape(-1, 2)
    found: list[IntervalSummary] = []
    for first, end in edges.tolist():
        work, left = truth.power_w[first:end], truth.left_percent[first:end]
        seconds = float(truth.t[end - 1] - truth.t[first])
        plain = interval(len(found), float(truth.t[first]), float(work.mean()), seconds=seconds)
        share = float(np.average(left, weights=work))
        found.append(
            msgspec.structs.replace(plain, share=msgspec.structs.replace(plain.share, left_percent=share))
        )
    return found


def usually(truth: Truth, effort: IntervalSummary) -> float:
    """What the share would have been in an effort but for noise."""
    within = (truth.t >= effort.start_s) & (truth.t <= effort.end_s)
    return float(np.average(truth.usual_percent[within], weights=truth.power_w[within]))


def test_the_errors_of_comparisons_are_of_the_right_size() -> None:
    """Over many riders the misses in standard errors have a standard deviation of about 1."""
    still, drifting = z_scores(drifting=False), z_scores(drifting=True)
    assert len(still["drift"]) > 60
    assert len(drifting["contrast"]) > 200
    assert 0.8 < np.std(still["drift"]) < 1.25
    assert 0.75 < np.std(drifting["contrast"]) < 1.2
    assert len(still["first_last"]) > 20
    assert 0.6 < np.std(still["first_last"]) < 1.2
    assert abs(float(np.mean(still["drift"]))) < 0.3
    assert abs(float(np.mean(drifting["contrast"]))) < 0.2
