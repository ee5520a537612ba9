"""`python -m tests.benchmarks.operating_curve`: the drop-off alert at five bars, over simulated hours.

Alerts per hour of effort on healthy rides, against how many steps of 2, 3 and 5 points are found, how soon.
`--accept` keeps the result in `operating_curve.json`, to which a short run is held by the benchmarks.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from legbal.ride import usual, watch
from tests.benchmarks.curve_figures import Curve, Figure, curve
from tests.benchmarks.trial import POINTS, Scored, trial
from tests.sources.workouts import FAMILIES

ACCEPTED = Path(__file__).with_suffix(".json")
FIRST_SEED = 100_000
LEAST_HOURS = 200.0
_AT_ONCE = 2 * len(FAMILIES)
_BEYOND = 0.45  # the outermost bars lie so far beyond calm and eager
_SURE_OFF = 0.05  # so far may the sureness that alerts state be off, besides chance
_WATCH_LEADS, _WATCH_OFTEN = 1 / 3, 6.0  # of moments worth watching at least, and so many an alert at most
_SURE = 2.33  # standard errors of a difference that one run in a hundred passes by chance


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


def unworthy(of: Curve) -> list[str]:
    """Where a leg is said to be worth watching too often, or too rarely before an alert; a sentence each."""
    found = []
    for name, at in of.at.items():
        led, often, alerts = (
            at.figures[x] for x in ("watch: led to alert", "watch per hour", "alerts per hour")
        )
        if led.value is not None and led.error is not None and led.value < _WATCH_LEADS - _SURE * led.error:
            found.append(f"{name}: {led.value} of what is worth watching leads to an alert")
        if often.value is None or often.error is None or alerts.value is None or alerts.error is None:
            continue
        margin = _SURE * math.hypot(often.error, _WATCH_OFTEN * alerts.error)
        if often.value > _WATCH_OFTEN * alerts.value + margin:
            found.append(f"{name}: worth watching {often.value} times an hour, alerts {alerts.value}")
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


def _watch_from(near: float) -> None:
    watch.NEAR = near


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
    parser.add_argument(
        "--near",
        type=float,
        default=watch.NEAR,
        help="standard deviations to the bar from which a leg is worth watching (%(default)g)",
    )
    parser.add_argument("--accept", action="store_true", help=f"keep the curve in {ACCEPTED.name}")
    options = parser.parse_args()
    if options.accept and options.hours < LEAST_HOURS:
        parser.error(f"--accept asks for at least {LEAST_HOURS:g} hours")
    if options.accept and options.near != watch.NEAR:
        parser.error("--accept keeps what legbal does: set NEAR in legbal/ride/watch.py first")
    detector = partial(_watch_from, options.near)
    found = run(options.seed, bars(), hours=options.hours, jobs=options.jobs, detector=detector)
    print(table(found))
    if ACCEPTED.exists():
        print("\nAgainst the accepted curve:", *(worse(found, accepted()) or ["nothing is worse"]), sep="\n")
    if options.accept:
        ACCEPTED.write_text(written(found), "utf-8")
        print(f"\nkept in {ACCEPTED}")


if __name__ == "__main__":
    main()
