"""The simulated rider scatters as real rides do, by the table of `docs/noise.md`, which is what they give."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from legbal.sources.simulator import SimulatedRide
from tests.benchmarks import fit_noise
from tests.benchmarks.noise_figures import BLOCKS, LAGS, figures, fit, percentiles, variances
from tests.benchmarks.seconds import told
from tests.meters.profiles import shipped
from tests.shared import shared
from tests.sources.workouts import FAMILIES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "noise.md"
ROW = re.compile(r"^\| ([^|]+) \| (-?[\d.]+) \((-?[\d.]+)–(-?[\d.]+)\) \|", re.MULTILINE)


def real() -> dict[str, tuple[float, float, float]]:
    """10th percentile, median and 90th percentile over real rides, as the document has them."""
    rows = ROW.findall(DOCUMENT.read_text("utf-8"))
    return {name: (float(low), float(middle), float(high)) for name, middle, low, high in rows}


@pytest.fixture(scope="module")
def crowd() -> dict[str, tuple[float, float, float]]:
    """The same of 60 simulated riders whom nobody was fitted to."""
    return percentiles([figures(power, left) for power, left in fit_noise.simulated_rides(60, 9000)])


@pytest.mark.parametrize("name", [f"sd {m} s" for m in BLOCKS] + ["core", "percent beyond 3 sd"])
def test_a_simulated_crowd_spreads_as_real_rides_do(
    crowd: dict[str, tuple[float, float, float]], name: str
) -> None:
    low, middle, high = real()[name]
    assert crowd[name][1] == pytest.approx(middle, rel=0.2)
    assert crowd[name][0] > 0.5 * low
    assert crowd[name][2] < 1.5 * high


@pytest.mark.parametrize("name", [f"correlation {k} s" for k in LAGS])
def test_a_simulated_crowd_remembers_as_real_rides_do(
    crowd: dict[str, tuple[float, float, float]], name: str
) -> None:
    assert crowd[name][1] == pytest.approx(real()[name][1], abs=0.06)


def test_a_simulated_crowd_shrinks_with_power_and_drifts_as_real_rides_do(
    crowd: dict[str, tuple[float, float, float]],
) -> None:
    table = real()
    assert crowd["power exponent"][1] == pytest.approx(table["power exponent"][1], abs=0.15)
    assert crowd["first 40 %"][1] == pytest.approx(table["first 40 %"][1], abs=0.3)
    assert crowd["start of efforts"][1] == pytest.approx(table["start of efforts"][1], abs=0.3)


def test_the_table_is_what_the_real_rides_and_the_simulator_give() -> None:
    assert fit_noise.table(shared("bench/alert/real")) in DOCUMENT.read_text("utf-8")


def test_white_noise_is_fitted_without_memory() -> None:
    rng = np.random.default_rng(1)
    white = 50 + 4 * rng.standard_normal(6000)
    assert fit(np.full(6000, 200.0), white, 250.0).memory < 0.05
    assert variances(0.0, 50) == pytest.approx(1 / np.arange(1, 51))


def test_the_fit_finds_what_a_simulated_rider_was_given() -> None:
    meter, workout = shipped()["favero-assioma-duo"], FAMILIES["2x20"]()
    rides = [SimulatedRide(profile=meter, seed=seed, workout=workout) for seed in range(300, 312)]
    given = [ride.rider.scatter for ride in rides]
    found = [fit(*told(ride)) for ride in rides]
    assert np.median([a.memory - b.memory for a, b in zip(found, given, strict=True)]) == pytest.approx(
        0, abs=0.05
    )
    assert np.median([a.points / b.points for a, b in zip(found, given, strict=True)]) == pytest.approx(
        1.0, abs=0.2
    )
