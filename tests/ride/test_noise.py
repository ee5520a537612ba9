"""The fit of a rider's noise: its spread over block lengths is what was put in, and little data stays typical."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.ride.baseline import MEMORIES_S, TYPICAL_NOISE, TYPICAL_SHARES, Noise
from legbal.ride.noise import clip, fit_noise, percentiles, spread


def _slow(seconds: int, sd: float, memory: float, seed: int) -> np.ndarray:
    random, x = np.random.default_rng(seed), 0.0
    out = np.zeros(seconds)
    keep = np.exp(-1 / memory)
    for i in range(seconds):
        x = keep * x + sd * np.sqrt(1 - keep**2) * random.standard_normal()
        out[i] = x
    return out


@pytest.mark.parametrize("size", [1, 2, 3, 20, 21, 1000])
def test_percentiles_are_those_of_numpy(size: int) -> None:
    numbers = np.random.default_rng(size).standard_t(2, size)
    asked = (0.0, 5.0, 50.0, 68.3, 90.0, 95.0, 100.0)
    assert percentiles(numbers, *asked) == np.percentile(numbers, asked).tolist()


def test_white_noise_is_found_white() -> None:
    found = fit_noise([3 * np.random.default_rng(1).standard_normal(20_000)])
    assert spread(found, 1) == pytest.approx(3, rel=0.05)
    assert spread(found, 100) == pytest.approx(0.3, rel=0.5)


def test_long_memory_is_found() -> None:
    x = 2 * np.random.default_rng(2).standard_normal(30_000) + _slow(30_000, 1.0, 60.0, 3)
    found = fit_noise([x])
    for m in (10, 40, 160):
        seen = x[: len(x) // m * m].reshape(-1, m).mean(axis=1).std()
        assert spread(found, m) == pytest.approx(seen, rel=0.15)


def test_little_data_is_a_typical_rider() -> None:
    assert fit_noise([]) == TYPICAL_NOISE
    assert fit_noise([np.ones(10)]) == TYPICAL_NOISE


def test_stretches_are_not_glued_together() -> None:
    x = 2 * np.random.default_rng(4).standard_normal(6000)
    whole, cut = fit_noise([x]), fit_noise(np.split(x, 60))
    assert spread(cut, 1) == pytest.approx(spread(whole, 1), rel=0.05)
    assert cut.seconds == whole.seconds


def test_half_a_minute_is_enough_to_learn_from() -> None:
    assert fit_noise([np.ones(29)]) == TYPICAL_NOISE
    assert fit_noise([np.ones(30)]).seconds == 30
    assert fit_noise([np.ones(10)] * 3).seconds == 30


def _mean_of(seconds: int, memory: float) -> float:
    """The variance of a mean: that of all pairs of its seconds."""
    at = np.arange(seconds)
    return float(np.exp(-abs(at[:, None] - at) / memory).mean())


@pytest.mark.parametrize("seconds", [1, 2, 7, 60])
def test_the_spread_of_a_mean_is_that_of_all_pairs_of_its_seconds(seconds: int) -> None:
    noise = Noise(4.0, (1.0, 0.7, 0.5, 0.2))
    slow = sum(v * _mean_of(seconds, m) for v, m in zip(noise.slow, MEMORIES_S, strict=True))
    assert spread(noise, seconds) ** 2 == pytest.approx(noise.white / seconds + slow)


def test_the_fit_is_that_of_blocks_of_1_to_160_seconds_with_five_minutes_of_a_typical_rider() -> None:
    """Stretches with a whole block of each length, with one and a second less, and with none."""
    blocks = (1, 2, 5, 10, 20, 40, 80, 160)
    lengths = [length for block in blocks[1:] for length in (block, block - 1, 2 * block - 1)]
    random = np.random.default_rng(5)
    stretches = [2 * random.standard_normal(length) + random.standard_normal() for length in lengths]
    means = [
        [float(x[i : i + m].mean()) for x in stretches for i in range(0, len(x) - m + 1, m)] for m in blocks
    ]
    design = np.array([[1 / m, *(_mean_of(m, memory) for memory in MEMORIES_S)] for m in blocks])
    shares = np.array(TYPICAL_SHARES) * float(np.square(means[0]).mean())
    least = 1e-4 * shares.sum()
    prior = 300.0 / np.array(blocks)
    weight = prior + [len(x) for x in means]
    observed = (design @ shares * prior + [sum(v * v for v in x) for x in means]) / weight
    for _ in range(200):
        model = design @ shares
        shares = shares * (design.T @ (weight * observed / model**2)) / (design.T @ (weight / model))
        shares = np.maximum(shares, least)
    fitted = fit_noise(stretches)
    assert (fitted.white, *fitted.slow) == pytest.approx(tuple(shares), rel=1e-6)
    assert fitted.seconds == sum(lengths)


def test_a_rider_without_any_noise_is_given_a_little() -> None:
    """Nothing is divided by it."""
    fitted = fit_noise([np.zeros(100_000)])
    assert fitted.white >= 1e-4 * 0.05
    assert min(fitted.slow) >= 1e-4 * 0.05


def test_seconds_are_clipped_where_tails_call_for_it() -> None:
    """At 1.7 standard deviations where the 95th percentile is 2.15 times the 68th; within 1.2 and 2.2 of them."""
    for tail, deviations in ((2.15, 1.7), (2.5, 1.7 * 2.15 / 2.5), (9.0, 1.2), (1.2, 2.2)):
        residuals = np.repeat([2.0, 2.0 * tail], [880, 120]) * np.tile([1.0, -1.0], 500)
        clipped, at = clip(residuals, residuals)
        assert at == pytest.approx(deviations)
        assert np.abs(clipped).max() == pytest.approx(2.0 * min(deviations, tail))


def test_of_a_share_that_hardly_moves_the_tails_say_nothing() -> None:
    clipped, at = clip(np.array([0.1, -0.1, 9.0]), np.array([0.1, -0.1] * 50))
    assert (at, clipped.max()) == (1.7, pytest.approx(1.7 * 0.8))
