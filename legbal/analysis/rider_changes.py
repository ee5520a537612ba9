"""What changed a rider's level: what the rider noted, what nobody noted, and where it goes since.

Around the level that a rider's days have (`legbal.analysis.rider_days`) three things may be told, each against nothing
but wander: that a noted change did something; that the level stepped on a day of which nobody spoke; that it goes
somewhere (`legbal.analysis.course`). The steps at noted changes are always in the model, and nothing is drawn across
one. The prior odds bound together how often a rider who has not changed hears of a change.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.analysis.course import Course, course_columns, course_evidence, course_of
from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import LIKELY, Answer, CredibleInterval, Mixture, answer, log_sum, normalised
from legbal.analysis.rider_days import GRID, Candidates, DaysFit
from legbal.ride.view import Floats

# Prior odds: that a noted change did something; that the level stepped unnoted, a day.
NOTED_ODDS = 0.3
_UNNOTED_ODDS = 0.5 / 365
# Points: sizes of noted changes, for whom days differ more also more, and of steps that nobody noted, some small, some
# large.
NOTED_SD = 0.8 + 0.8 * GRID.day
_UNNOTED_SD = (0.8, 2.5)
LEAST_RIDES = 3  # on either side of a step: two odd days are no change
_MOST_UNNOTED = 4
# Days without a ride, beyond which a step in them is no more probable; at least, for two rides of one day.
_MOST_GAP, _LEAST_GAP = 60.0, 0.05

# A change's first and last day, in days as rides have them
Span = tuple[float, float]


class UnnotedStep(Answer, frozen=True, kw_only=True):
    """A step that nobody noted.

    The ride on `day` was the first after it; with 95 % it lies between `first` and `last`.
    """

    day: float
    first: float
    last: float


class RiderDays(msgspec.Struct, frozen=True, kw_only=True):
    """What the rides on one meter say.

    Attributes:
        noted: an answer for each noted change; None with fewer than `LEAST_RIDES` rides on a side.
        unnoted: steps that nobody noted, the earliest first.
        course: since the last change.
        level: of the last ride behind wander and day, percent.
        day_sd, wander_sd: points; `memory_days`: of the wander.
        fit: the model with all steps.
    """

    rides: int
    noted: tuple[Answer | None, ...]
    unnoted: tuple[UnnotedStep, ...]
    course: Course
    level: CredibleInterval
    day_sd: float
    wander_sd: float
    memory_days: float
    fit: DaysFit

    def next_ride(self, day: float, error: float) -> CredibleInterval:
        """The pooled share that a ride on a later day will show with 95 %, if it is known to `error` points."""
        return self.fit.next_ride(day, self.fit.columns[-1], error).interval().shifted(50.0)


def step(days: Floats, span: Span) -> Floats:
    """A change's part in each ride: 0 before its first day, 1 after its last, along a line in between."""
    first, last = span
    return np.clip((np.floor(days) - first + 1) / (last - first + 2), 0.0, 1.0)


def study_days(rides: PooledRides, noted: Sequence[Span] = ()) -> RiderDays:
    """What became of noted changes, which others there were, and where the level goes.

    Args:
        rides: one at least.
        noted: the changes' days.
    """
    days = rides.days
    columns = [step(days, span) for span in noted]
    unnoted: list[UnnotedStep] = []
    while True:
        fit = DaysFit(rides, _table(columns, len(days)), NOTED_SD[:, None])
        since = max([days[0], *(x[1] for x in noted if x[1] < days[-1]), *(x.day for x in unnoted)])
        courses = fit.candidates(course_columns(days, since))
        others = [log_sum(x) for x in course_evidence(fit, courses)]
        one, evidence = _search(fit, days, others) if len(unnoted) < _MOST_UNNOTED else (None, -math.inf)
        if one is None:
            break
        unnoted.append(one)
        columns.append((days >= one.day).astype(float))
    spreads = fit.spreads()
    return RiderDays(
        rides=len(days),
        noted=tuple(_noted(fit, i + 1, column) for i, column in enumerate(columns[: len(noted)])),
        unnoted=tuple(sorted(unnoted, key=lambda x: x.day)),
        course=course_of(fit, courses, since, evidence),
        level=fit.combined(fit.columns[-1]).interval().shifted(50.0),
        day_sd=spreads[0],
        wander_sd=spreads[1],
        memory_days=spreads[2],
        fit=fit,
    )


def _table(columns: Sequence[Floats], n: int) -> Floats:
    return np.column_stack(columns) if columns else np.empty((n, 0))


def _noted(fit: DaysFit, place: int, column: Floats) -> Answer | None:
    if min((column < 0.5).sum(), (column > 0.5).sum()) < LEAST_RIDES:
        return None
    odds = math.log(NOTED_ODDS) + fit.log_factor(place)
    row = np.zeros(len(fit.mean[0]))
    row[place] = 1.0
    return answer(1 / (1 + math.exp(-max(-700.0, min(odds, 700.0)))), fit.combined(row))


def _search(fit: DaysFit, days: Floats, others: Sequence[float]) -> tuple[UnnotedStep | None, float]:
    """The step that nobody noted, if one is likely, and the log evidence that there is one.

    Args:
        fit: with the steps that are known.
        days: of its rides.
        others: log evidence of what may be instead.
    """
    places = np.arange(LEAST_RIDES, len(days) - LEAST_RIDES + 1)
    if not len(places):
        return None, -math.inf
    candidates = fit.candidates((np.arange(len(days))[:, None] >= places).astype(float))
    gaps = np.clip(days[places] - days[places - 1], _LEAST_GAP, _MOST_GAP)
    logs = candidates.log_factors(_UNNOTED_SD) + fit.log_evidence[:, None] + np.log(_UNNOTED_ODDS * gaps)
    one, none = log_sum(logs), log_sum(fit.log_evidence)
    probability = math.exp(one - log_sum(np.array([one, none, *others])))
    if probability < LIKELY:
        return None, one
    return _dated(logs, probability, candidates, days, places), one


def _dated(
    logs: Floats, probability: float, candidates: Candidates, days: Floats, places: npt.NDArray[np.int_]
) -> UnnotedStep:
    weight = normalised(logs)
    by_date = weight.sum((0, 1))
    mean, variance = candidates.posterior(_UNNOTED_SD)
    step_answer = answer(probability, Mixture(weight.ravel(), mean.ravel(), np.sqrt(variance).ravel()))
    first, last = np.searchsorted(np.cumsum(by_date), (0.025, 0.975)).clip(0, len(places) - 1)
    return UnnotedStep(
        probability=step_answer.probability,
        size=step_answer.size,
        day=float(days[places[by_date.argmax()]]),
        first=float(days[places[first] - 1]),
        last=float(days[places[last]]),
    )
