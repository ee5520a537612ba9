"""`python -m tests.benchmarks.fit_noise`: the figures of real rides and of simulated ones, side by side.

Real rides are files of `t,power,left,cadence` in `../shared/bench/alert/real`, or in the folder that is
named. It prints the table of `docs/noise.md`, and the fractional noise fitted to each ride.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from legbal.sources.simulator import SimulatedRide
from tests.benchmarks.noise_figures import Fitted, Floats, figures, fit, percentiles
from tests.benchmarks.seconds import told
from tests.meters.profiles import shipped
from tests.sources.workouts import FAMILIES

REAL = Path(__file__).resolve().parents[3] / "shared" / "bench" / "alert" / "real"
SIMULATED = 120
FIRST_SEED = 5000


def real_rides(folder: Path = REAL) -> Iterator[tuple[str, Floats, Floats]]:
    """Name, power and left share of every real ride in a folder."""
    for file in sorted(folder.glob("*.csv")):
        _, power, left, _ = np.genfromtxt(file, delimiter=",", skip_header=1).T
        yield file.stem, power, left


def simulated_rides(count: int = SIMULATED, first_seed: int = FIRST_SEED) -> Iterator[tuple[Floats, Floats]]:
    """Power and left share of healthy rides, each of another rider, on a meter of whole percents."""
    workouts = list(FAMILIES.values())
    for number in range(count):
        workout = workouts[number % len(workouts)]()
        yield told(
            SimulatedRide(profile=shipped()["favero-assioma-duo"], seed=first_seed + number, workout=workout)
        )


def table(folder: Path = REAL) -> str:
    """Median (10th to 90th percentile) of every figure over real and over simulated rides, as Markdown."""
    real = percentiles([figures(power, left) for _, power, left in real_rides(folder)])
    simulated = percentiles([figures(power, left) for power, left in simulated_rides()])
    lines = ["| figure | real rides | simulated rides |", "|---|---|---|"]
    for name, found in real.items():
        cells = [f"{middle:.2f} ({low:.2f}–{high:.2f})" for low, middle, high in (found, simulated[name])]
        lines.append("| " + " | ".join((name, *cells)) + " |")
    return "\n".join(lines)


def fitted(name: str, ride: Fitted) -> str:
    """One line on the fractional noise of one ride."""
    values = "  ".join(f"{key} {value:6.3f}" for key, value in msgspec.structs.asdict(ride).items())
    return f"{name:20s} {values}"


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL
    for ride_name, watts, percent in real_rides(where):
        print(fitted(ride_name, fit(watts, percent)))
    print(table(where))
