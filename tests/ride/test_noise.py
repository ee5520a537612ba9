"""The fit of a rider's noise: its spread over block lengths is what was put in, and little data stays typical."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.ride.baseline import TYPICAL_NOISE
from legbal.ride.noise import fit_noise, spread


def _slow(seconds: int, sd: float, memory: float, seed: int) -> np.ndarray:
    random, x = np.random.default_rng(seed), 0.0
    out = np.zeros(seconds)
    keep = np.exp(-1 / memory)
    for i in range(seconds):
        x = keep * x + sd * np.sqrt(1 - keep**2) * random.standard_normal()
        out[i] = x
    return out


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
