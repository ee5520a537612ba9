"""The six answers of `legbal me` for simulated riders whose truth is known: `python -m tests.benchmarks.six_answers`.

It prints what one rider reads after 24 rides, with the truth beside each answer, and for many riders how often the
stated ranges hold the truth, and how often a word is wrong. Days lie apart as in `tests.benchmarks.simulated_days`.
With `--whole` the rides themselves are ridden and kept (`tests.benchmarks.whole_rides`), `--riders 12` say.
What is planted: a level, a profile over power bands, a share of sprints, a noted change or a line, points an hour of
effort, and deficits that come at some rate.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from legbal.analysis.course import DAYS_A_MONTH
from legbal.analysis.efforts import Deficit, Efforts
from legbal.analysis.months import Change, DatedRide, RideBands
from legbal.analysis.posterior import LIKELY, CredibleInterval
from legbal.analysis.rider_answers import RiderAnswers, answers_of
from legbal.analysis.trend import study_meters
from legbal.present.me import answer_texts
from legbal.ride.baseline import TYPICAL_NOISE
from legbal.ride.share import BandShare, Estimate, Share, band_name
from tests.benchmarks.simulated_days import ride_days
from tests.benchmarks.truth import BEGIN, EDGES, Truth, draw
from tests.benchmarks.whole_rides import answer

REPORTING = 9000  # seed
RIDES = 24
_ERROR, _ERROR_SPREAD, _BAND_ERRORS = 0.36, 0.35, np.array([1.7, 1.35, 1.2, 1.07, 1.03, 0.93])
_BAND_DAY, _ABSENT = 0.4, 0.2  # points; part of the bands of a ride
_DRIFT_DAY, _DRIFT_ERROR = 0.8, 1.4  # points an hour: from ride to ride, and the error of one
_BELOW_S, _BACK_S = 70.0, 80.0


def rides_of(
    truth: Truth, random: np.random.Generator, rides: int = RIDES
) -> tuple[list[DatedRide], list[Change]]:
    """The rides as the library has them, and the change that was noted, if one was."""
    days = ride_days(random, rides)
    days -= days[0]
    half = rides // 2
    if truth.change:
        days[half:] += 2
    made = []
    for i, day in enumerate(days):
        level = truth.level + truth.slope * day / DAYS_A_MONTH + (truth.change if i >= half else 0.0)
        level += random.normal(0, truth.day)
        error = _ERROR * math.exp(random.normal(0, _ERROR_SPREAD)) * _BAND_ERRORS
        left = level + truth.profile + random.normal(0, _BAND_DAY, 6)
        left += error * math.sqrt(0.5) * (random.normal() + random.normal(size=6))
        bands = tuple(
            BandShare(band_name(low, high), low, high, Share(float(x), float(e), 900.0, 1200, 250 * low + 30))
            for low, high, x, e in zip(EDGES, (*EDGES[1:], None), left, error, strict=True)
            if low == 0.75 or random.random() > _ABSENT
        )
        rows = RideBands(
            meter="Pedals",
            balance="measured",
            reference="left",
            swapped=False,
            bands=bands,
            efforts=_efforts(truth, level, random),
        )
        started = BEGIN + timedelta(days=float(day))
        made.append(DatedRide(ride=f"ride{i:03}", started=started, rows=rows, duration_s=5400.0))
    changes = []
    if truth.change:
        day = made[half - 1].started.date() + timedelta(days=1)
        changes = [Change(number=1, kind="fit", first_day=day, last_day=day, words="left cleat 2° in")]
    return made, changes


def _efforts(truth: Truth, level: float, random: np.random.Generator) -> Efforts:
    seconds = float(random.uniform(1500, 4500))
    deficits = []
    at = random.exponential(3600 / truth.deficits)
    while at < seconds:
        deficits.append(Deficit("left", at, float(random.uniform(2.5, 5)), _BELOW_S, _BACK_S))
        at += _BACK_S + random.exponential(3600 / truth.deficits)
    error = _DRIFT_ERROR * math.sqrt(3600 / seconds)
    drift = truth.drift + random.normal(0, _DRIFT_DAY) + random.normal(0, error)
    sprinted = random.random() < 0.4
    sprints = (
        Share(level + truth.sprints + random.normal(0, 1.2), 1.2, 30.0, 50, 600.0) if sprinted else Share()
    )
    return Efforts(
        seconds=seconds,
        drift=Estimate(float(drift), error),
        deficits=tuple(deficits),
        sprints=sprints,
        noise=msgspec.structs.replace(TYPICAL_NOISE, seconds=3000),
    )


class Check(NamedTuple):
    """One answer beside its truth; `holds` and `wrong` None where nothing is stated."""

    question: str
    truth: str
    holds: bool | None
    wrong: bool | None = None


def checks(truth: Truth, answers: RiderAnswers) -> Iterator[Check]:
    """Each answer beside its truth."""
    months = (answers.last_day - answers.first_day).days / DAYS_A_MONTH
    level = truth.level_at(months)
    size = answers.size
    wrong = (
        None
        if size.certainty == "unknown"
        else (abs(level - 50) > 1.5 if size.weak is None else (size.weak == "left") != (level < 50))
    )
    yield Check("how large", f"left {level:.1f} %", _holds(size.level, level), wrong)
    yield _check_where(truth, answers)
    sprints = answers.where.sprints
    yield Check("sprints", f"left {level + truth.sprints:.1f} %", _holds(sprints, level + truth.sprints))
    tiring = answers.tiring
    assert tiring is not None
    sign = 1 if tiring.side == "left" else -1
    drift = sign * truth.drift
    assert tiring.drift is not None
    wrong = (tiring.falls > 0.5) != (drift < 0)
    said = abs(2 * tiring.falls - 1) >= LIKELY > tiring.holds
    yield Check(
        "how fast", f"{drift:+.1f} points an hour", _holds(tiring.drift, drift), wrong if said else None
    )
    if sign > 0:
        first = tiring.first_minutes
        yield Check("first deficit", f"{truth.first_minutes:.0f} min", _holds(first, truth.first_minutes))
    course = answers.course
    if course is not None:
        slope = course.slope
        told = course.verdict != "unknown"
        yield Check(
            "getting better",
            f"{truth.slope:+.2f} points a month",
            slope.low <= truth.slope <= slope.high,
            (not truth.slope or (slope.value > 0) != (truth.slope > 0)) if told else None,
        )
    for change in answers.changes:
        effect = change.effect
        assert effect is not None
        yield Check(
            "change",
            f"{truth.change:+.1f} points",
            effect.low <= truth.change <= effect.high,
            (effect.value > 0) != (truth.change > 0) if effect.certainty != "unknown" else None,
        )


def _holds(of: CredibleInterval | None, value: float) -> bool | None:
    return None if of is None else of.low <= value <= of.high


def _check_where(truth: Truth, answers: RiderAnswers) -> Check:
    where, by_low = answers.where, dict(zip(EDGES, truth.profile, strict=True))
    low, high = truth.profile.argmin(), truth.profile.argmax()
    planted = f"{band_name(EDGES[low], None)} to {band_name(EDGES[high], None)}: {np.ptp(truth.profile):.1f}"
    if where.least is None or where.most is None or where.apart is None:
        wrong = None if not where.alike else bool(np.ptp(truth.profile) > 1.5)
        return Check("where", planted, None, wrong)
    apart = abs(by_low[where.most.low_ftp] - by_low[where.least.low_ftp])
    ordered = (by_low[where.most.low_ftp] > by_low[where.least.low_ftp]) == (
        where.most.level.value > where.least.level.value
    )
    return Check(
        "where", f"{apart:.1f} points apart", _holds(where.apart, apart if ordered else -apart), not ordered
    )


def simulate(
    seed: int, number: int, rides: int = RIDES, truth: Truth | None = None
) -> tuple[Truth, RiderAnswers]:
    """One rider of a seed."""
    random = np.random.default_rng([seed, number])
    planted = draw(random) if truth is None else truth
    made, changes = rides_of(planted, random, rides)
    (answers,) = answers_of(study_meters(made, changes), ())
    return planted, answers


def simulate_whole(
    seed: int, number: int, rides: int = RIDES, truth: Truth | None = None
) -> tuple[Truth, RiderAnswers]:
    """The same rider, whose rides are ridden; 24 take about 40 s of a core."""
    planted = draw(np.random.default_rng([seed, number])) if truth is None else truth
    with tempfile.TemporaryDirectory() as folder:
        return planted, answer(planted, seed, number, rides, Path(folder))


ONE = Truth(
    level=47.2,
    profile=np.array([1.1, 0.8, 0.3, -0.5, -0.9, -0.8]),
    sprints=-2.5,
    day=0.5,
    change=1.6,
    slope=0.0,
    drift=-1.4,
    deficits=0.9,
)
"""The rider whose answers are printed: weaker on the left, at high power above all; a cleat change helped."""


class Coverage(NamedTuple):
    """Of one question: ranges that were stated, those that hold the truth, words that were said, wrong ones."""

    question: str
    stated: int
    hold: int
    said: int
    wrong: int

    def __str__(self) -> str:
        part = f"{self.hold / self.stated:.3f}" if self.stated else "–"
        wrong = f"{self.wrong / self.said:.3f}" if self.said else "–"
        return f"| {self.question} | {self.stated} | {part} | {self.said} | {wrong} |"


def coverage(simulated: Iterable[tuple[Truth, RiderAnswers]]) -> list[Coverage]:
    """How often the ranges hold the truth, and the words are right, over some riders."""
    found = [check for one in simulated for check in checks(*one)]
    return [
        Coverage(
            question,
            sum(x.holds is not None for x in some),
            sum(bool(x.holds) for x in some),
            sum(x.wrong is not None for x in some),
            sum(bool(x.wrong) for x in some),
        )
        for question in dict.fromkeys(x.question for x in found)
        for some in ([x for x in found if x.question == question],)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--riders", type=int, default=200)
    parser.add_argument("--rides", type=int, default=RIDES)
    parser.add_argument("--whole", action="store_true", help="whole rides through all of the program")
    parser.add_argument("--seed", type=int, default=REPORTING)
    options = parser.parse_args(arguments)
    by = simulate_whole if options.whole else simulate
    truth, answers = by(options.seed, 0, options.rides, ONE)
    for text in answer_texts(answers):
        print(f"{text.question}\n  {text.answer}")
    print("\n| question | truth | held |\n|---|---|---|")
    for check in checks(truth, answers):
        held = {True: "yes", False: "no", None: "nothing stated"}[check.holds]
        print(f"| {check.question} | {check.truth} | {held} |")
    print("\n| question | ranges stated | hold the truth | words said | wrong |\n|---|---|---|---|---|")
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        riders = pool.map(by, repeat(options.seed), range(options.riders), repeat(options.rides))
        for row in coverage(riders):
            print(row)


if __name__ == "__main__":
    main()
