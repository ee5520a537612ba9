"""How a healthy rider's balance scatters: the figures of one ride, and the fractional noise that has them.

A ride is arrays of one length, a row a second: power in watts, left share in percent (NaN where none was
told). What counts is pedalling above 0.3 FTP, row after row, whatever lies between; the share's dependence
on power is taken out first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from tests.benchmarks.seconds import efforts

Floats = npt.NDArray[np.float64]

BLOCKS = (1, 3, 10, 30, 60, 100, 180, 300)
LAGS = (1, 2, 5, 10, 30, 100)
REFERENCE_FTP = 0.8  # power at which a scatter is stated, as the simulator does
REVOLUTIONS_A_ROW = 1.5  # at 90 rpm
_EASY_FTP = 0.3
_NODES_FTP = np.arange(0.2, 1.9, 0.2)
_PULL_S = 600.0  # a node of the curve is pulled towards its neighbours as by so many seconds
_ROUNDING = 1.0 / 12.0  # variance that whole percents add
_BANDS_FTP = ((0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.1), (1.1, 1.4))
_SETTLING_ROWS = (5, 35, 65)  # of an effort: the first thirty seconds after the start, and the next


class Fitted(msgspec.Struct, frozen=True):
    """The fractional noise of one ride, at 0.8 FTP, and the straight drift under it.

    Attributes:
        points: standard deviation of single revolutions.
        memory: d of fractional noise: means of m revolutions spread as m to the power of d − ½.
        power_exponent: the spread goes with (power / 0.8 FTP) to this power.
        drift: how far the share goes from the ride's first second to its last, points.
    """

    points: float
    memory: float
    power_exponent: float
    drift: float


def functional_threshold(power: Floats) -> float:
    """0.95 of the best twenty minutes, or of the best half where the ride is shorter, watts."""
    window = min(1200, len(power) // 2)
    total = np.cumsum(np.insert(power, 0, 0.0))
    return float(0.95 * (total[window:] - total[:-window]).max() / window)


def apart(relative: Floats, left: Floats) -> Floats:
    """Points off a smooth curve over power (of FTP), single outliers kept from bending it."""
    place = np.clip((relative - _NODES_FTP[0]) / 0.2, 0.0, len(_NODES_FTP) - 1.001)
    node, row = place.astype(np.intp), np.arange(len(relative))
    design = np.zeros((len(relative), len(_NODES_FTP)))
    design[row, node], design[row, node + 1] = 1.0 - (place - node), place - node
    stiff = np.diff(np.eye(len(_NODES_FTP)), axis=0)
    normal = design.T @ design + _PULL_S * stiff.T @ stiff + 1e-6 * np.eye(len(_NODES_FTP))
    kept = np.clip(left, *np.percentile(left, (1, 99)))
    for _ in range(3):
        curve = design @ np.linalg.solve(normal, design.T @ kept)
        kept = curve + np.clip(left - curve, -3 * core(left - curve), 3 * core(left - curve))
    off: Floats = left - curve
    return off


def core(points: Floats) -> float:
    """A standard deviation that outliers do not reach: a half of all lies within 0.674 of it."""
    low, high = np.percentile(points, (25, 75))
    return float(high - low) / 1.349


def pedalled(power: Floats, left: Floats, ftp_w: float) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Power (of FTP) and points off usual of the rows that count, and which they are."""
    counts = np.isfinite(left) & (power > _EASY_FTP * ftp_w) & (left > 0) & (left < 100)
    relative = power[counts] / ftp_w
    return relative, apart(relative, left[counts]), counts


def block_means(points: Floats, rows: int) -> Floats:
    """Means of blocks of so many rows."""
    means: Floats = points[: len(points) // rows * rows].reshape(-1, rows).mean(axis=1)
    return means


def figures(power: Floats, left: Floats, ftp_w: float | None = None) -> dict[str, float]:
    """The figures of one ride by name, in points unless the name says otherwise; see `docs/noise.md`."""
    ftp = ftp_w if ftp_w is not None else functional_threshold(power)
    relative, off, counts = pedalled(power, left, ftp)
    centred = off - off.mean()
    found = {f"sd {m} s": float(block_means(off, m).std()) for m in BLOCKS}
    found |= {f"correlation {k} s": float(np.mean(centred[k:] * centred[:-k]) / centred.var()) for k in LAGS}
    found["core"] = core(off)
    found["percent beyond 3 sd"] = 100.0 * float((np.abs(centred) > 3 * centred.std()).mean())
    found["power exponent"] = power_exponent(relative, off)
    early = int(0.4 * len(off))
    found["first 40 %"] = abs(float(off[:early].mean() - off[early:].mean()))
    everywhere = np.full(len(power), np.nan)
    everywhere[counts] = off
    found["start of efforts"], found["within efforts"] = _settling(power, everywhere, ftp)
    return found


def power_exponent(relative: Floats, off: Floats) -> float:
    """How the spread goes with power: the slope of its logarithm over bands of power, by their seconds."""
    most = 4 * core(off)
    rows = []
    for low, high in _BANDS_FTP:
        within = (relative >= low) & (relative < high)
        if within.sum() >= 100:
            spread = np.sqrt((np.clip(off[within], -most, most) ** 2).mean())
            rows.append((np.log(relative[within].mean()), np.log(spread), np.sqrt(within.sum())))
    if len(rows) < 2:
        return float("nan")
    x, y, weight = np.array(rows).T
    return float(np.polyfit(x, y, 1, w=weight)[0])


def _settling(power: Floats, off: Floats, ftp_w: float) -> tuple[float, float]:
    """Spread over efforts of the mean of the first half minute (five seconds left out), and of the second."""
    skip, middle, end = _SETTLING_ROWS
    means = [
        (off[start + skip : start + middle].mean(), off[start + middle : start + end].mean())
        for start, _ in efforts(power, ftp_w, end)
    ]
    held = np.array([pair for pair in means if np.isfinite(pair).all()])
    return (
        (float("nan"), float("nan")) if len(held) < 4 else (float(held[:, 0].std()), float(held[:, 1].std()))
    )


def fit(power: Floats, left: Floats, ftp_w: float | None = None) -> Fitted:
    """The fractional noise whose block means spread as this ride's do.

    Expected variances are those of fractionally differenced noise (J. R. M. Hosking, "Fractional
    differencing", Biometrika 68, 1981), seen at every other revolution or the one after, in whole percents.
    """
    ftp = ftp_w if ftp_w is not None else functional_threshold(power)
    relative, off, _ = pedalled(power, left, ftp)
    exponent = power_exponent(relative, off)
    along = np.linspace(-0.5, 0.5, len(off))
    slope = float((along @ off) / (along @ along))
    usual_exponent = exponent if np.isfinite(exponent) else 0.0
    even = (off - slope * along - off.mean()) * (relative / REFERENCE_FTP) ** -usual_exponent
    blocks = np.array([m for m in BLOCKS if len(even) // m >= 8])
    seen = np.array([block_means(even, m).var() - _ROUNDING / m for m in blocks])
    weight = np.sqrt(len(even) / blocks)
    best = (np.inf, 0.0, 0.0)
    for memory in np.arange(0.0, 0.45, 0.005):
        law = variances(memory, len(even))
        expected = law[blocks - 1] - law[-1]
        scale = np.average(np.log(seen / expected), weights=weight)
        misfit = float(np.average((np.log(seen / expected) - scale) ** 2, weights=weight))
        best = min(best, (misfit, float(np.exp(scale / 2)), float(memory)))
    return Fitted(best[1], best[2], exponent, slope)


def variances(memory: float, most: int) -> Floats:
    """Variance of the mean of 1 … `most` seconds of fractional noise whose revolutions have variance 1."""
    lags = np.arange(1, int(REVOLUTIONS_A_ROW * most) + 2)
    correlation = np.concatenate(([1.0], np.cumprod((lags - 1 + memory) / (lags - memory))))
    seen = np.interp(REVOLUTIONS_A_ROW * np.arange(most), np.arange(len(correlation)), correlation)
    n = np.arange(1, most + 1)
    sums, moments = np.cumsum(seen) - 1.0, np.cumsum(np.arange(most) * seen)
    law: Floats = (n + 2 * (n * sums - moments)) / n**2
    return law


def percentiles(rides: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """The 10th, 50th and 90th percentile over rides of every figure."""
    found = {}
    for name in rides[0]:
        low, middle, high = np.nanpercentile([one[name] for one in rides], (10, 50, 90))
        found[name] = float(low), float(middle), float(high)
    return found
