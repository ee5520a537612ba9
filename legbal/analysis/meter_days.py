"""The rides on one meter and the rider's changes, as the model of a rider's days has them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import msgspec
import numpy as np

from legbal.analysis.band_changes import BandDeviations, band_deviations
from legbal.analysis.course import level_now
from legbal.analysis.months import BandRides, Change, DatedRide, MeterRides
from legbal.analysis.pooled_rides import PooledRides, pool_bands, share_table
from legbal.analysis.posterior import Answer, Certainty, Mixture, certainty
from legbal.analysis.rider_changes import RiderDays, step, study_days
from legbal.analysis.rider_days import DaysFit
from legbal.median import median
from legbal.ride.inputs import Side
from legbal.ride.view import Floats

MOST_RIDES = 250  # the latest; what a leg did years ago says little, and takes its time
Verdict = Literal[Certainty, "too_few"]
_TEN_RPM = 10.0
# Points off the rides around it from which a ride is no day of the legs: the days of the wildest rider lie 2 apart. The
# median is of so many rides on either side: a lasting change is believed from its fourth ride on.
_FAR, _BESIDE = 8.0, 3


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """A change of the left share, points, or points a month, with its posterior.

    Attributes:
        value: drawn towards zero by how unsure it is that there is one.
        standard_error: its posterior's standard deviation; `low`, `high`: 95 % of it.
        probability: that it changed, and that way.
        between_sd: how far this rider's days lie apart, points.
        p_value: None: no test stands behind it any more.
    """

    value: float
    standard_error: float
    low: float
    high: float
    probability: float
    certainty: Certainty
    between_sd: float
    p_value: None = None

    @classmethod
    def of(cls, answer: Answer, between_sd: float) -> "Effect":
        """An answer with its numbers."""
        return cls(
            value=answer.size.value,
            standard_error=answer.if_any.standard_deviation,
            low=answer.size.low,
            high=answer.size.high,
            probability=answer.probability,
            certainty=answer.certainty,
            between_sd=between_sd,
        )


def verdict_of(effect: Effect | None) -> Verdict:
    """How sure an effect is; None: there are too few rides for one."""
    return "too_few" if effect is None else effect.certainty


class MeterDays:
    """The model fitted to the rides on one meter.

    Args:
        meter: its rides, of which the latest `MOST_RIDES` count.
        changes: what the rider changed; those between the first ride and the last are steps of the model.

    Attributes:
        rides, answer: what was fitted, and what came out; `last_error`: of the last ride, however far off it lies.
        changes, spans: in the order of `answer.noted`, and their days.
    """

    def __init__(self, meter: MeterRides, changes: Sequence[Change] = ()) -> None:
        self._bands = [(band.low_ftp, band.high_ftp) for band in meter.bands]
        self.dated, table = share_table(meter, MOST_RIDES)
        days = days_of(self.dated)
        pooled = pool_bands(days, *table)
        self.last_error = float(pooled.error[-1])
        self.rides: PooledRides = believe_less(pooled)
        first, last = days[0], days[-1]
        self.changes = [
            x for x in changes if first < x.last_day.toordinal() + 1 and x.first_day.toordinal() <= last
        ]
        self.spans = [(float(x.first_day.toordinal()), float(x.last_day.toordinal())) for x in self.changes]
        self._covariates = covariates(self.dated)
        self.answer: RiderDays = study_days(self.rides, self.spans, self._covariates)

    def before_last(self) -> RiderDays | None:
        """The same without the last ride; None without another."""
        if len(self.dated) < 2:
            return None
        earlier = self.rides.before_last()
        spans = [span for span in self.spans if span[0] <= earlier.days[-1]]
        return study_days(earlier, spans, [column[:-1] for column in self._covariates])

    @cached_property
    def level(self) -> Mixture:
        """The level now, points off 50, behind wander and day, whichever way it went there."""
        answer = self.answer
        return level_now(answer.fit, answer.usual, self.rides.days, answer.course)

    def weak_side(self, weak: Side | None) -> Side:
        """The leg that the rider calls the weak one; without that the one that gives less."""
        return weak or ("left" if self.level.middle < 0 else "right")

    def step(self, change: Change) -> Floats:
        """A change's part in each ride, shape (n,)."""
        return step(self.rides.days, (change.first_day.toordinal(), change.last_day.toordinal()))

    def noted(self, change: Change) -> Answer | None:
        """What became of a change; None with too few rides on a side."""
        return self.answer.noted[self.changes.index(change)] if change in self.changes else None

    def fit_without(self, change: Change) -> DaysFit:
        """The model as if a change had not been noted."""
        fit = self.answer.fit
        if change not in self.changes:
            return fit
        place = self.changes.index(change) + 1
        columns, sizes = (np.delete(x, (0, place), 1) for x in (fit.columns, fit.prior_sd))
        return DaysFit(self.rides, columns, sizes)

    def deviations(self, column: Floats, size: float) -> Callable[[Answer, BandRides], Answer]:
        """Gives what becomes of a meter's answer in one band; arguments as of `band_deviations`."""
        deviations: BandDeviations = band_deviations(self.rides, column, size)
        return lambda answer, band: deviations.answer(
            answer, self._bands.index((band.low_ftp, band.high_ftp))
        )

    def differ(self, column: Floats, size: float) -> Certainty:
        """How sure it is that a change is another in one band than in the next."""
        return certainty(band_deviations(self.rides, column, size).probability)


def believe_less(rides: PooledRides) -> PooledRides:
    """Gives rides that lie as far off those around them as only a meter does an error as large as that."""
    left = rides.left.tolist()
    # NumPy's median takes ten times as long for so few, and loads all of its masked arrays
    around = [median(left[max(0, i - _BESIDE) : i + _BESIDE + 1]) for i in range(len(left))]
    off = np.abs(rides.left - around)
    far = off > _FAR
    return msgspec.structs.replace(
        rides,
        error=np.where(far, off, rides.error),
        residual_error=np.where(
            far[:, None], np.maximum(rides.residual_error, off[:, None]), rides.residual_error
        ),
    )


def covariates(rides: Sequence[DatedRide]) -> list[Floats]:
    """What may explain rides' shares, about its mean; 0 where it is not known, and none that is alike for all."""
    values = (
        [ride.indoors for ride in rides],
        [ride.share_shown for ride in rides],
        [ride.rows.cadence_rpm and ride.rows.cadence_rpm / _TEN_RPM for ride in rides],
    )
    columns = []
    for of_rides in values:
        column = np.array([np.nan if x is None else x for x in of_rides], float)
        if not np.isnan(column).all():
            column = np.nan_to_num(column - np.nanmean(column))
            if np.ptp(column) > 0:
                columns.append(column)
    return columns


def day_of(moment: datetime) -> float:
    """The day of the rider's own clock with the part of it that has passed; the whole number is its ordinal."""
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440


def days_of(rides: Sequence[DatedRide]) -> Floats:
    """The days of rides, the earliest first, shape (n,); a zone further west turns none of them back."""
    return np.maximum.accumulate(np.array([day_of(ride.started) for ride in rides], float))


def date_of(day: float) -> date:
    """The date of such a day."""
    return date.fromordinal(int(day))
