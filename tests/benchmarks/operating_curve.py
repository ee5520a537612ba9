"""`python -m tests.benchmarks.operating_curve`: the drop-off alert at five bars, over simulated hours.

Alerts per hour of effort on healthy rides, against how many steps of 2, 3 and 5 points are found, how soon.
`--accept` keeps the result in `operating_curve.json`, to which a short run is held by the benchmarks.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride import usual
from tests.benchmarks.trial import POINTS, Scored, Told, trial
from tests.sources.workouts import FAMILIES

Floats = npt.NDArray[np.float64]

ACCEPTED = Path(__file__).with_suffix(".json")
FIRST_SEED = 100_000
LEAST_HOURS = 200.0
_AT_ONCE = 2 * len(FAMILIES)
_RESAMPLES = 500
_PERCENTILES = (5.0, 95.0)
_LONGEST_DELAY_S = 120.0  # a drop not found counts as found then, where delays are averaged
_BEYOND = 0.45  # the outermost bars lie so far beyond calm and eager
_SURE_OFF = 0.05  # so far may the sureness that alerts state be off, besides chance
_SURE = 2.33  # standard errors of a difference that one run in a hundred passes by chance


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


def bars() -> dict[str, float]:
    """The five: those of the rider's three sensitivities, and one beyond at either end."""
    eager, normal, calm = (usual.BAR[name] for name in ("eager", "normal", "calm"))
    return {
        "more eager": round(eager - _BEYOND, 2),
        "eager": eager,
        "normal": normal,
        "calm": calm,
        "calmer": round(calm + _BEYOND, 2),
    }


def run(
    first_seed: int,
    chosen: Mapping[str, float],
    *,
    riders: int = 0,
    hours: float = 0.0,
    jobs: int = 2,
    detector: Callable[[], None] | None = None,
) -> Curve:
    """Rides and scores; the same arguments give the same curve, whatever the number of jobs.

    Args:
        first_seed: of the first rider; the others' follow.
        chosen: the bars, by name.
        riders: at least so many, in twelves, each kind of workout once with drops and once without.
        hours: at least so many of effort on healthy rides.
        jobs: processes.
        detector: called in each process first; changes the detector that is tried.
    """
    scored: list[dict[str, Scored]] = []
    spawn = multiprocessing.get_context("spawn")
    some = next(iter(chosen))
    with ProcessPoolExecutor(jobs, spawn, detector) as pool:
        while len(scored) < riders or sum(one[some].effort_s for one in scored) < hours * 3600.0:
            first = first_seed + len(scored)
            scored += pool.map(partial(trial, bars=chosen), range(first, first + _AT_ONCE))
    return curve(first_seed, scored, chosen)


def curve(first_seed: int, scored: Sequence[Mapping[str, Scored]], chosen: Mapping[str, float]) -> Curve:
    """The figures at each bar, from what each rider scored."""
    some = [one[next(iter(chosen))] for one in scored]
    return Curve(
        versions={"legbal": version("legbal"), "numpy": np.__version__, "python": platform.python_version()},
        first_seed=first_seed,
        riders=len(scored),
        hours=round(sum(one.ridden_s for one in some) / 3600.0, 1),
        effort_hours=round(sum(one.effort_s for one in some) / 3600.0, 1),
        at={name: At(bar, _figures([one[name] for one in scored])) for name, bar in chosen.items()},
    )


def _figures(riders: Sequence[Scored]) -> dict[str, Figure]:
    """Every figure with its interval; `times` is how often each rider is in a resample."""
    rng = np.random.default_rng(0)
    many = rng.multinomial(len(riders), np.full(len(riders), 1.0 / len(riders)), _RESAMPLES)
    effort = np.array([one.effort_s for one in riders]) / 3600.0
    counts = np.array([(one.alerts, one.alerts_elsewhere, one.wrong_side) for one in riders], dtype=float)
    named: dict[str, Callable[[Floats], float]] = {
        "alerts per hour": lambda times: float(times @ counts[:, 0] / (times @ effort)),
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


_HELD_TO: dict[str, int] = {"alerts per hour": 1, "alerts per event": 1, "cleared early": 1} | {
    f"{points:g} points: {what}": sign for points in POINTS for what, sign in (("found", -1), ("mean s", 1))
}
"""Figures by which a run is judged, and whether more (1) or less (-1) is worse."""


def unsure(of: Curve) -> list[str]:
    """Where alerts say that they are surer than comes true, or less sure; a sentence each."""
    found = []
    for name, at in of.at.items():
        off = at.figures["sure: too high by"]
        if off.value is not None and off.error is not None and abs(off.value) > _SURE_OFF + _SURE * off.error:
            found.append(f"{name}: alerts say {at.figures['sure: said'].value}, {off.value:+.2f} too much")
    return found


def worse(now: Curve, accepted: Curve) -> list[str]:
    """Where a run is worse than the accepted one by more than the uncertainty of both; a sentence each."""
    found = []
    for name, at in now.at.items():
        for what, sign in _HELD_TO.items():
            new, old = at.figures[what], accepted.at[name].figures[what]
            if new.value is None or old.value is None or new.error is None or old.error is None:
                continue
            margin = _SURE * math.hypot(new.error, old.error)
            if sign * (new.value - old.value) > margin:
                found.append(
                    f"{name}, {what}: {new.value:.3f}, accepted {old.value:.3f}, chance explains {margin:.3f}"
                )
    return found


def table(of: Curve) -> str:
    """The curve as text, a column a bar; 90 % intervals in brackets."""
    head = (
        f"{of.riders} simulated riders from seed {of.first_seed}: {of.hours:g} h of healthy riding, "
        f"{of.effort_hours:g} h of it effort\n"
    )
    width = 22
    names = list(next(iter(of.at.values())).figures)
    lines = [
        " " * width + "".join(f"{name:>{width}}" for name in of.at),
        f"{'bar':{width}}" + "".join(f"{at.bar:>{width}.2f}" for at in of.at.values()),
    ]
    for name in names:
        cells = [_cell(name, at.figures[name]) for at in of.at.values()]
        lines.append(f"{name:{width}}" + "".join(f"{cell:>{width}}" for cell in cells))
    return head + "\n".join(lines)


def _cell(name: str, of: Figure) -> str:
    digits = 0 if name.endswith((" s", "elsewhere", "side")) else 2
    value, low, high = ("–" if x is None else f"{x:.{digits}f}" for x in (of.value, of.low, of.high))
    return f"{value} ({low}…{high})"


def accepted() -> Curve:
    """The curve that was last accepted."""
    return msgspec.json.decode(ACCEPTED.read_bytes(), type=Curve)


def written(of: Curve) -> str:
    """JSON with a line for each figure, so that what a new curve changes can be read in a diff."""
    parts = msgspec.to_builtins(of)
    blocks = []
    for name, at in parts.pop("at").items():
        lines = (f"   {_json(key)}: {_json(figure)}" for key, figure in at["figures"].items())
        rows = ",\n".join(lines)
        blocks.append(f'  {_json(name)}: {{\n   "bar": {at["bar"]}, "figures": {{\n{rows}\n  }}}}')
    head = "".join(f" {_json(key)}: {_json(value)},\n" for key, value in parts.items())
    return "{\n" + head + ' "at": {\n' + ",\n".join(blocks) + "\n }\n}\n"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.operating_curve",
        description="Alerts per hour of effort against drops found, at five bars.",
    )
    parser.add_argument(
        "--hours", type=float, default=LEAST_HOURS, help="of effort on healthy rides (%(default)g)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (%(default)s)")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first rider (%(default)s)")
    parser.add_argument("--accept", action="store_true", help=f"keep the curve in {ACCEPTED.name}")
    options = parser.parse_args()
    if options.accept and options.hours < LEAST_HOURS:
        parser.error(f"--accept asks for at least {LEAST_HOURS:g} hours")
    found = run(options.seed, bars(), hours=options.hours, jobs=options.jobs)
    print(table(found))
    if ACCEPTED.exists():
        print("\nAgainst the accepted curve:", *(worse(found, accepted()) or ["nothing is worse"]), sep="\n")
    if options.accept:
        ACCEPTED.write_text(written(found), "utf-8")
        print(f"\nkept in {ACCEPTED}")


if __name__ == "__main__":
    main()
