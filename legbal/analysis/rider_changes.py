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

from legbal.analysis.course import Course, course_columns, course_evidence, course_of
from legbal.analysis.pooled_rides import PooledRides
from legbal.analysis.posterior import LIKELY, Answer, CredibleInterval, Mixture, log_sum, normalised
from legbal.analysis.rider_days import GRID, Candidates, DaysFit
from legbal.ride.view import Floats

# Prior odds: that a noted change did something; that the level stepped unnoted, a day.
NOTED_ODDS = 0.2
_UNNOTED_ODDS = 0.5 / 365
# Points: sizes of noted changes, for whom days differ more also more, and of steps that nobody noted, some small, some
# large.
NOTED_SD = 0.8 + 0.8 * GRID.day
_UNNOTED_SD = (0.8, 2.5)
_COVARIATE_SD = 0.5  # points between indoors and outdoors, seen and unseen, ten turns a minute
_STEP_SD = 8.0  # points of a step that is believed: whatever it is, nothing of it is to be left over
LEAST_RIDES = 3  # on either side of a step: two odd days are no change
_MOST_UNNOTED = 4
# A step may be taken back: with what probability, after how many days in the mean, and between how many places this is
# looked for at first.
_RELAPSE, _RELAPSE_DAYS, _PULSE_PLACES = 0.5, 150.0, 10
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
        fit: the model with all steps; `usual`: its columns for a ride now and as usual.
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
    usual: Floats

    def next_ride(self, day: float, error: float, probability: float = 0.95) -> CredibleInterval:
        """The pooled share that a ride like the last will show on a later day, if it is known to `error` points."""
        return self.fit.next_ride(day, self.fit.columns[-1], error).interval(probability).shifted(50.0)


def step(days: Floats, span: Span) -> Floats:
    """A change's part in each ride: 0 before its first day, 1 after its last, along a line in between."""
    first, last = span
    return np.clip((np.floor(days) - first + 1) / (last - first + 2), 0.0, 1.0)


def study_days(
    rides: PooledRides, noted: Sequence[Span] = (), covariates: Sequence[Floats] = ()
) -> RiderDays:
    """What became of noted changes, which others there were, and where the level goes.

    Args:
        rides: one at least.
        noted: the changes' days.
        covariates: what else may explain a ride's share, of each ride, shape (n,); 0 is as usual, or not known.
    """
    days = rides.days
    columns = [*(step(days, span) for span in noted), *covariates]
    covariate_places = slice(len(noted) + 1, len(columns) + 1)
    unnoted: list[UnnotedStep] = []
    while True:
        fit = _fit(rides, columns, covariate_places)
        since = max([days[0], *(x[1] for x in noted if x[1] < days[-1]), *(x.day for x in unnoted)])
        courses = fit.candidates(course_columns(days, since))
        others = [log_sum(x) for x in course_evidence(fit, courses)]
        search = _Search(fit, days)
        probability = search.probability(others)
        if probability < LIKELY or len(unnoted) >= _MOST_UNNOTED:
            break
        if search.relapsed:
            # Either of the two is dated with the other in the model.
            days_of_two = search.best_pulse
            for other in (1, 0):
                both = _fit(rides, [*columns, _since(days, days_of_two[other])], covariate_places)
                unnoted.append(_Search(both, days).best_step(probability))
                days_of_two[1 - other] = unnoted[-1].day
            columns += [_since(days, day) for day in days_of_two]
        else:
            unnoted.append(search.best_step(probability))
            columns.append(_since(days, unnoted[-1].day))
    spreads = fit.spreads()
    usual = fit.columns[-1].copy()
    usual[covariate_places] = 0.0
    return RiderDays(
        rides=len(days),
        noted=tuple(_noted(fit, i + 1, column) for i, column in enumerate(columns[: len(noted)])),
        unnoted=tuple(sorted(unnoted, key=lambda x: x.day)),
        course=course_of(fit, courses, usual, since, float(days[-1]), search.evidence),
        level=fit.combined(usual).interval().shifted(50.0),
        day_sd=spreads[0],
        wander_sd=spreads[1],
        memory_days=spreads[2],
        fit=fit,
        usual=usual,
    )


def _fit(rides: PooledRides, columns: Sequence[Floats], covariate_places: slice) -> DaysFit:
    sizes = np.repeat(NOTED_SD[:, None], len(columns), 1)
    sizes[:, covariate_places.start - 1 : covariate_places.stop - 1] = _COVARIATE_SD
    sizes[:, covariate_places.stop - 1 :] = _STEP_SD
    return DaysFit(rides, np.column_stack(columns) if columns else np.empty((len(rides.days), 0)), sizes)


def _noted(fit: DaysFit, place: int, column: Floats) -> Answer | None:
    if min((column < 0.5).sum(), (column > 0.5).sum()) < LEAST_RIDES:
        return None
    odds = math.log(NOTED_ODDS) + fit.log_factor(place)
    row = np.zeros(len(fit.mean[0]))
    row[place] = 1.0
    return Answer.of(1 / (1 + math.exp(-max(-700.0, min(odds, 700.0)))), fit.combined(row))


def _since(days: Floats, day: float) -> Floats:
    return (days >= day).astype(float)


class _Search:
    """The evidence that the level stepped once more, on each of the days, or stepped and went back.

    Args:
        fit: with the steps that are known.
        days: of its rides.

    Attributes:
        evidence: the logarithm of all of it, with the prior odds.
        relapsed: whether going back explains more.
    """

    def __init__(self, fit: DaysFit, days: Floats) -> None:
        self._fit, self._days = fit, days
        places = self._places = np.arange(LEAST_RIDES, len(days) - LEAST_RIDES + 1)
        self.evidence, self.relapsed = -math.inf, False
        if not len(places):
            return
        steps = (np.arange(len(days))[:, None] >= places).astype(float)
        gaps = np.clip(days[places] - days[places - 1], _LEAST_GAP, _MOST_GAP)
        self._steps = fit.candidates(steps)
        self._logs = self._weighed(self._steps, _UNNOTED_ODDS * gaps)
        self.evidence = log_sum(self._logs)
        some = np.unique(np.linspace(0, len(places) - 1, _PULSE_PLACES).round().astype(int))
        up, down = some[np.array(np.triu_indices(len(some), 1))]
        far = places[down] - places[up] >= LEAST_RIDES
        self._up, self._down = places[up[far]], places[down[far]]
        if len(self._up):
            self._pulses(steps[:, up[far]] - steps[:, down[far]])

    def _pulses(self, columns: Floats) -> None:
        """Each stands for those that begin and end about then."""
        days, up, down = self._days, self._up, self._down
        each = (days[-1] - days[0]) / _PULSE_PLACES
        back = _RELAPSE * each / _RELAPSE_DAYS * np.exp(-(days[down] - days[up]) / _RELAPSE_DAYS)
        logs = self._weighed(self._fit.candidates(columns), _UNNOTED_ODDS * each * back)
        evidence = log_sum(logs)
        self.relapsed = evidence > self.evidence
        self.evidence = float(np.logaddexp(evidence, self.evidence))
        best = normalised(logs).sum((0, 1)).argmax()
        self.best_pulse = [float(days[up[best]]), float(days[down[best]])]

    def _weighed(self, candidates: Candidates, odds: Floats) -> Floats:
        logs = candidates.log_factors(_UNNOTED_SD) + self._fit.log_evidence[:, None] + np.log(odds)
        return np.asarray(logs, float)

    def probability(self, others: Sequence[float]) -> float:
        """That there was such a step, given the log evidence of what else may be."""
        everything = np.array([self.evidence, log_sum(self._fit.log_evidence), *others])
        return math.exp(self.evidence - log_sum(everything))

    def best_step(self, probability: float) -> UnnotedStep:
        """The step by its most probable day, if one is as probable as that."""
        places, days = self._places, self._days
        by_day = normalised(self._logs).sum((0, 1))
        size = Answer.of(probability, Mixture.of(self._logs, *self._steps.posterior(_UNNOTED_SD)))
        first, last = np.searchsorted(np.cumsum(by_day), (0.025, 0.975)).clip(0, len(places) - 1)
        return UnnotedStep(
            **msgspec.structs.asdict(size),
            day=float(days[places[by_day.argmax()]]),
            first=float(days[places[first] - 1]),
            last=float(days[places[last]]),
        )
