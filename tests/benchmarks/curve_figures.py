"""The figures of an operating curve, with their uncertainty over riders, from what each rider scored."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version

import msgspec
import numpy as np
import numpy.typing as npt

from tests.benchmarks.trial import POINTS, Scored, Told

Floats = npt.NDArray[np.float64]

_RESAMPLES = 500
_PERCENTILES = (5.0, 95.0)
_LONGEST_DELAY_S = 120.0  # a drop not found counts as found then, where delays are averaged


class Figure(msgspec.Struct, frozen=True):
    """A figure, its 90 % interval and its standard error from a bootstrap over riders; None: infinite."""

    value: float | None
    low: float | None
    high: float | None
    error: float | None


class At(msgspec.Struct, frozen=True):
    """The curve at one bar."""

    bar: float
    figures: dict[str, Figure]


class Curve(msgspec.Struct, frozen=True):
    """A run: with which versions, which riders, how many hours, and the figures at each bar."""

    versions: dict[str, str]

    first_seed: int
    riders: int
    hours: float
    effort_hours: float
    at: dict[str, At]


def curve(first_seed: int, scored: Sequence[Mapping[str, Scored]], chosen: Mapping[str, float]) -> Curve:
    """The figures at each bar, from what each rider scored."""
    some = [one[next(iter(chosen))] for one in scored]
    return Curve(
        versions={"legbal": version("legbal"), "numpy": np.__version__, "python": platform.python_version()},
        first_seed=first_seed,
        riders=len(scored),
        hours=round(sum(one.timer_s for one in some) / 3600.0, 1),
        effort_hours=round(sum(one.effort_s for one in some) / 3600.0, 1),
        at={name: At(bar, _figures([one[name] for one in scored])) for name, bar in chosen.items()},
    )


def _figures(riders: Sequence[Scored]) -> dict[str, Figure]:
    """Every figure with its interval; `times` is how often each rider is in a resample."""
    rng = np.random.default_rng(0)
    many = rng.multinomial(len(riders), np.full(len(riders), 1.0 / len(riders)), _RESAMPLES)
    effort = np.array([one.effort_s for one in riders]) / 3600.0
    counts = np.array([(one.alerts, one.alerts_elsewhere, one.wrong_side) for one in riders], dtype=float)
    watched = np.array([(one.watched, one.watch_led) for one in riders], dtype=float)
    named: dict[str, Callable[[Floats], float]] = {
        "alerts per hour": lambda times: float(times @ counts[:, 0] / (times @ effort)),
        "watch per hour": lambda times: float(times @ watched[:, 0] / (times @ effort)),
        "watch: led to alert": lambda times: _part(times @ watched[:, 1], times @ watched[:, 0]),
        "alerts elsewhere": lambda times: float(times @ counts[:, 1]),
        "wrong side": lambda times: float(times @ counts[:, 2]),
    }
    for points in POINTS:
        told = [(place, x) for place, one in enumerate(riders) for x in _steps(one) if x.points == points]
        who = np.array([place for place, _ in told], dtype=int)
        delay = np.array([x.delay_s for _, x in told])
        named |= {
            f"{points:g} points: found": partial(_mean, who, np.isfinite(delay)),
            f"{points:g} points: median s": partial(_quantile, who, delay, 0.5),
            f"{points:g} points: p90 s": partial(_quantile, who, delay, 0.9),
            f"{points:g} points: mean s": partial(_mean, who, np.minimum(delay, _LONGEST_DELAY_S)),
        }
    large = [
        (place, x) for place, one in enumerate(riders) for x in _steps(one) if x.points >= 3 and x.alerts
    ]
    who = np.array([place for place, _ in large], dtype=int)
    named["alerts per event"] = partial(_mean, who, np.array([x.alerts for _, x in large]))
    named["cleared early"] = partial(_mean, who, np.array([x.cleared_early for _, x in large]))
    back = [(place, x.cleared_s) for place, x in large if x.cleared_s is not None]
    who, cleared = np.array([place for place, _ in back], dtype=int), np.array([x for _, x in back])
    named["clear: median s"] = partial(_quantile, who, cleared, 0.5)
    named["clear: p90 s"] = partial(_quantile, who, cleared, 0.9)
    bursts = [(place, x) for place, one in enumerate(riders) for x in one.drops if x.bursts and x.points == 5]
    who = np.array([place for place, _ in bursts], dtype=int)
    named["5 in bursts: found"] = partial(_mean, who, np.array([x.alerts > 0 for _, x in bursts]))
    said = _Sureness(riders, effort)
    named |= {"sure: said": said.said, "sure: too high by": lambda times: said.said(times) - said.true(times)}
    slow = [(place, one.fade_found) for place, one in enumerate(riders) if one.fade_found is not None]
    who = np.array([place for place, _ in slow], dtype=int)
    named["slow fade: found"] = partial(_mean, who, np.array([x for _, x in slow]))
    return {name: _figure(of, many.astype(float)) for name, of in named.items()}


class _Sureness:
    """What alerts say of their sureness and what is true of it, for riders who drop off once an hour of effort.

    Args:
        riders: what they scored.
        effort: hours of each one's effort on the healthy ride.
    """

    def __init__(self, riders: Sequence[Scored], effort: Floats) -> None:
        self._effort = effort
        self._steps = [(place, x) for place, one in enumerate(riders) for x in _steps(one)]
        self._false = [(place, sure) for place, one in enumerate(riders) for sure in one.sure]

    def _weighed(self, times: Floats) -> tuple[Floats, Floats, int]:
        """The weight and the sureness of every alert; so many of the first are false."""
        hours = float(times @ self._effort)
        rows = [(times[place] / hours, sure) for place, sure in self._false]
        for points in POINTS:
            drops = [(times[place], x.sure) for place, x in self._steps if x.points == points]
            many = len(POINTS) * sum(weight for weight, _ in drops)
            rows += [(weight / many, sure) for weight, sure in drops if many and sure is not None]
        weights, sures = np.array(rows, dtype=float).reshape(-1, 2).T
        return weights, sures, len(self._false)

    def said(self, times: Floats) -> float:
        """Mean sureness of all alerts."""
        weights, sures, _ = self._weighed(times)
        return float(weights @ sures / weights.sum()) if weights.sum() else math.nan

    def true(self, times: Floats) -> float:
        """Part of all alerts that answer a drop."""
        weights, _, false = self._weighed(times)
        return float(weights[false:].sum() / weights.sum()) if weights.sum() else math.nan


def _steps(rider: Scored) -> list[Told]:
    """The drops put into long efforts."""
    return [drop for drop in rider.drops if not drop.bursts]


def _figure(of: Callable[[Floats], float], many: Floats) -> Figure:
    resampled = np.array([of(times) for times in many])
    resampled = resampled[~np.isnan(resampled)]  # some resamples may have nothing of the kind
    if not resampled.size:
        return Figure(None, None, None, None)
    low, high = np.percentile(resampled, _PERCENTILES, method="inverted_cdf")
    error = float(resampled.std()) if np.isfinite(resampled).all() else math.inf
    found = (of(np.ones(many.shape[1])), float(low), float(high), error)
    return Figure(*(round(x, 4) if math.isfinite(x) else None for x in found))


def _part(some: float, of: float) -> float:
    return float(some / of) if of else math.nan


def _mean(who: npt.NDArray[np.int_], values: npt.NDArray[np.generic], times: Floats) -> float:
    weight = times[who]
    return float(weight @ values.astype(float) / weight.sum()) if weight.sum() else math.nan


def _quantile(who: npt.NDArray[np.int_], values: Floats, part: float, times: Floats) -> float:
    """The smallest value up to which so large a part lies; infinite values count as the largest."""
    if not times[who].sum():
        return math.nan
    order = np.argsort(values)
    reached = np.cumsum(times[who][order])
    return float(values[order][int(np.searchsorted(reached, part * reached[-1]))])
