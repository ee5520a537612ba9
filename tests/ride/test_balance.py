"""Shares are weighed by work, and say honestly how sure they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from legbal.ride.balance import Bands, Tally
from legbal.ride.share import Estimate, band_name

Floats = npt.NDArray[np.float64]


def tally(left: Floats, work: Floats | None = None) -> Tally:
    """Revolutions of one second each."""
    result = Tally()
    works = np.full(len(left), 200.0) if work is None else work
    for i, (value, joules) in enumerate(zip(left, works, strict=True)):
        result.add_rows([(float(i), 1.0, float(joules), float(joules), float(value))])
    return result


def likened(rng: np.random.Generator, n: int, likeness: float, wander: float = 0.0) -> Floats:
    """Shares like real ones: lag-1 correlation, a slow wander, sd 4.6 points."""
    noise = rng.standard_normal(n)
    for i in range(1, n):
        noise[i] = likeness * noise[i - 1] + np.sqrt(1 - likeness**2) * noise[i]
    slow = np.interp(
        np.arange(n), np.arange(0, n + 400, 200), rng.standard_normal(len(range(0, n + 400, 200)))
    )
    return np.asarray(48 + 4.6 * noise + wander * slow)


def test_the_share_is_weighed_by_work() -> None:
    assert tally(np.array([40.0, 60.0]), np.array([300.0, 100.0])).share().left_percent == 45.0


def test_watts_of_each_leg_add_up_to_the_power() -> None:
    share = tally(np.full(20, 48.0)).share()
    assert (share.power_w, share.left_w, share.right_w, share.revolutions) == (200.0, 96.0, 104.0, 20)


def test_pedalling_without_a_share_is_in_none_of_what_a_share_says() -> None:
    result = Tally()
    result.add_rows([(0.0, 1.0, 100.0, 100.0, np.nan), (1.0, 1.0, 200.0, 200.0, 48.0)])
    share = result.share()
    assert (share.left_percent, share.power_w, share.revolutions, share.seconds) == (48.0, 200.0, 1, 1.0)


def test_too_few_revolutions_have_no_standard_error() -> None:
    assert tally(np.arange(7.0)).standard_error() is None
    assert tally(np.arange(8.0)).standard_error() is not None


@pytest.mark.parametrize(("n", "wander"), [(45, 0.0), (300, 0.0), (300, 0.5), (4000, 0.5)])
def test_the_standard_error_is_the_scatter_of_the_mean(n: int, wander: float) -> None:
    """Over many rides with known noise the stated error agrees with the real one; the plain 1/√N does not."""
    rng = np.random.default_rng(7)
    rides = [likened(rng, n, 0.31, wander) for _ in range(200)]
    means = np.array([ride.mean() for ride in rides])
    stated = np.array([tally(ride).standard_error() for ride in rides])
    real = np.sqrt(np.mean((means - 48.0) ** 2))
    assert 0.8 < np.sqrt(np.mean(stated**2)) / real < 1.3
    plain = np.mean([ride.std() / np.sqrt(n) for ride in rides])
    assert plain / real < 0.8


def test_memory_is_constant_and_the_mean_exact_over_a_long_ride() -> None:
    rng = np.random.default_rng(1)
    left, work = rng.uniform(30, 70, 30_000), rng.uniform(50, 400, 30_000)
    result = tally(left, work)
    assert len(result._batches) < 32
    assert result.share().left_percent == pytest.approx(np.average(left, weights=work), abs=1e-9)


def test_a_steady_fall_is_found_with_its_error() -> None:
    rng = np.random.default_rng(3)
    found, errors = [], []
    for _ in range(100):
        slope = tally(likened(rng, 400, 0.31) - np.arange(400) / 60 * 0.9).slope_per_minute()
        if slope is not None:  # noise alone may bend one
            found.append(slope[0])
            errors.append(slope[1])
    assert len(found) > 90
    assert np.mean(found) == pytest.approx(-0.9, abs=0.1)
    assert 0.7 < np.mean(errors) / np.std(found) < 1.5


def test_a_share_that_falls_and_comes_back_has_no_slope() -> None:
    rng = np.random.default_rng(3)
    dip = np.where(np.abs(np.arange(400) - 200) < 90, 5.0, 0.0)
    slopes = [tally(likened(rng, 400, 0.31) - dip).slope_per_minute() for _ in range(100)]
    assert sum(slope is None for slope in slopes) > 70
    assert not any(slope and Estimate(*slope).real for slope in slopes)


def test_each_revolution_goes_to_the_band_of_its_power() -> None:
    bands = Bands((0.55, 0.75, 0.90, 1.05, 1.20), 200.0)
    for power in (50, 110, 149, 150, 180, 209, 210, 240, 700):
        bands.add_rows([(0.0, 1.0, float(power), float(power), 48.0)])
    assert [(b.name, b.share.revolutions) for b in bands.shares()] == [
        ("<55 %", 1),
        ("55–75 %", 2),
        ("75–90 %", 1),
        ("90–105 %", 2),
        ("105–120 %", 1),
        (">120 %", 2),
    ]


def test_bands_are_named_as_riders_say_them() -> None:
    assert [band_name(0, 0.55), band_name(0.55, 0.75), band_name(1.2, None)] == ["<55 %", "55–75 %", ">120 %"]


@pytest.mark.parametrize("step", [0.5, 1.0, 2.0])
def test_averages_gain_back_what_rounding_loses_and_their_error_knows_it(step: float) -> None:
    """The true share lies within about two stated errors of rounded rides' means, scattering or standing still."""
    rng = np.random.default_rng(6)
    for scatter in (0.0, 0.3, 3.0):
        off = []
        for true in rng.uniform(45.0, 52.0, 60):
            rounded = Tally(step)
            for t, left in enumerate(np.rint(rng.normal(true, scatter, 300) / step) * step):
                rounded.add_rows([(float(t), 0.7, 140.0, 200.0, float(left))])
            error = rounded.standard_error()
            assert error is not None
            off.append(abs((rounded.share().left_percent or 0.0) - true) / error)
        assert np.mean(np.array(off) < 2.0) > 0.9


def test_a_share_that_stands_still_is_no_surer_than_its_step() -> None:
    still = [Tally(step) for step in (0.0, 1.0)]
    for tally_ in still:
        for t in range(100_000):
            tally_.add_rows([(float(t), 0.7, 140.0, 200.0, 49.0)])
    fine, coarse = (tally_.standard_error() for tally_ in still)
    assert fine == pytest.approx(0.0, abs=0.03)
    assert coarse == pytest.approx(1 / 12**0.5, abs=0.01)


def test_revolutions_of_one_moment_have_no_slope() -> None:
    moment = Tally().add_rows([(5.0, 1.0, 200.0, 200.0, 45.0 + i % 3) for i in range(20)])
    assert moment.slope_per_minute() is None
    assert moment.standard_error() is not None
