"""Where a level goes: it stays, it follows a line, or it approaches a plateau, as after an injury.

The three are weighed by how well each foretells the rides, with all wander that a rider's days have. A line through a
recovery would go on rising when the leg has long recovered; a recovery has a time constant, of which some are tried.
"""

import math

import msgspec
import numpy as np

from legbal.analysis.posterior import Answer, CredibleInterval, Mixture, log_sum, normalised
from legbal.analysis.rider_days import Candidates, DaysFit
from legbal.ride.view import Floats

DAYS_A_MONTH = 30.4375
LINE_ODDS, RECOVERY_ODDS = 0.02, 0.02  # prior, against staying
_SLOPES = (0.1, 0.5)  # points a month
_RECOVERIES = (4.0,)  # points from a segment's first day to its plateau
RECOVERY_DAYS = (14.0, 20.0, 28.0, 40.0, 56.0, 80.0)  # time constants
_PLATEAU = 0.9  # of its interval
_LINE, _RECOVERY = slice(0, 1), slice(1, None)  # of `course_columns`


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Where the level goes since its last change.

    Attributes:
        since: the first day.
        constant, line, recovery: their posterior probabilities.
        slope: points a month, over the segment in the mean; of the line or of a recovery.
        plateau: of the recovery, percent, 90 %.
        recovery_days: the time constant.
    """

    since: float
    constant: float
    line: float
    recovery: float
    slope: Answer
    plateau: CredibleInterval
    recovery_days: float

    @property
    def recovers(self) -> bool:
        """Whether a recovery is told, and not a line."""
        return self.slope.certainty != "unknown" and self.recovery > self.line


def course_columns(days: Floats, since: float) -> Floats:
    """The line, in months, and the recoveries from a day on, shape (n, 1 + time constants)."""
    after = days - since
    decays = [np.where(after >= 0, np.exp(-np.maximum(after, 0) / tau), 0.0) for tau in RECOVERY_DAYS]
    return np.column_stack([np.maximum(after, 0) / DAYS_A_MONTH, *decays])


def course_evidence(fit: DaysFit, candidates: Candidates) -> tuple[Floats, Floats]:
    """Log evidence, with the prior odds, of the line and of the recoveries, shapes (sizes, k, …)."""
    line = candidates.some(_LINE).log_factors(_SLOPES) + math.log(LINE_ODDS)
    recoveries = candidates.some(_RECOVERY).log_factors(_RECOVERIES) + math.log(
        RECOVERY_ODDS / len(RECOVERY_DAYS)
    )
    base = fit.log_evidence[:, None]
    return line + base, recoveries + base


def course_of(
    fit: DaysFit, candidates: Candidates, row: Floats, since: float, day: float, others: float = -math.inf
) -> Course:
    """Where the level goes from a day to another.

    Args:
        fit: to all rides, with the steps at changes.
        candidates: of the `course_columns` from that day.
        row: of the columns for a ride now and as usual.
        since, day: the days, of the last change or of the first ride, and of the last ride.
        others: the log evidence of what else may be.
    """
    line, recovery = course_evidence(fit, candidates)
    total = log_sum(np.array([log_sum(fit.log_evidence), others, log_sum(line), log_sum(recovery)]))
    p_line, p_recovery = math.exp(log_sum(line) - total), math.exp(log_sum(recovery) - total)
    way, variance = candidates.some(_RECOVERY).posterior(_RECOVERIES)
    line_slope, line_variance = candidates.some(_LINE).posterior(_SLOPES)
    a_month = _recovered(day - since)
    slope = Mixture.of(
        np.concatenate([line.ravel(), recovery.ravel()]),
        np.concatenate([line_slope.ravel(), (a_month * way).ravel()]),
        np.concatenate([line_variance.ravel(), (a_month**2 * variance).ravel()]),
    )
    weight = normalised(recovery)
    return Course(
        since=since,
        constant=max(0.0, 1 - p_line - p_recovery),
        line=p_line,
        recovery=p_recovery,
        slope=Answer.of(p_line + p_recovery, slope),
        plateau=_plateau(fit, row, candidates.some(_RECOVERY).shared, way, variance, recovery),
        recovery_days=math.exp(float(weight.sum((0, 1)) @ np.log(RECOVERY_DAYS))),
    )


def level_now(fit: DaysFit, row: Floats, days: Floats, course: Course) -> Mixture:
    """The level on the last day, less 50, whichever way it went there; arguments as of `course_of`."""
    candidates = fit.candidates(course_columns(days, course.since))
    now = course_columns(days[-1:], course.since)[0]
    level = (fit.mean @ row)[:, None]
    spread = np.einsum("p,kpq,q->k", row, fit.covariance, row)[:, None]
    weights, means, variances = [fit.log_evidence], [level[:, 0]], [spread[:, 0]]
    for some, sizes, log_weight in zip(
        (_LINE, _RECOVERY), (_SLOPES, _RECOVERIES), course_evidence(fit, candidates), strict=True
    ):
        column = candidates.some(some)
        size, variance = column.posterior(sizes)
        by = now[some] - np.einsum("p,kpq->kq", row, column.shared)
        weights.append(log_weight.ravel())
        means.append((level + by * size).ravel())
        variances.append((spread + by**2 * variance).ravel())
    return Mixture.of(*map(np.concatenate, (weights, means, variances)))


def _recovered(days: float) -> Floats:
    """What a recovery's coefficient of 1 is in points a month, in the mean of so many days, by its time constant."""
    days = max(days, 1.0)
    return np.array([math.expm1(-days / constant) for constant in RECOVERY_DAYS]) * (DAYS_A_MONTH / days)


def _plateau(
    fit: DaysFit, row: Floats, shared: Floats, way: Floats, variance: Floats, log_weight: Floats
) -> CredibleInterval:
    """The level with the recovery's remainder taken out."""
    level = (fit.mean @ row)[:, None]
    spread = np.einsum("p,kpq,q->k", row, fit.covariance, row)[:, None]
    by = np.einsum("p,kpq->kq", row, shared)
    mixture = Mixture.of(log_weight, level - by * way, spread + by**2 * variance)
    return mixture.interval(_PLATEAU).shifted(50.0)
