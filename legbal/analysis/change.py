"""Before against after: did the cleat, the injury, the block of strength work move the balance?

Rides that are alike (as for a trend) are compared in each power band: the difference of two weighted means, in which
rides scatter by their own error and from day to day. Its test is the one of `legbal.analysis.meta_regression`.

Which rides count: those of at most `MOST_DAYS` before the change's first day and as many after its last day, and of
them only those on the near side of the neighbouring changes. On the change's own days nobody knows whether a ride came
before or after, so these rides count to neither, as those within a block do; nor do those on its neighbours' days.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from legbal.analysis.meta_regression import Effect, effect
from legbal.analysis.months import (
    BandRides,
    Change,
    ComparisonKey,
    DatedRide,
    DatedZero,
    JoinedName,
    comparable,
)
from legbal.analysis.power_analysis import (
    ASSUMED_BETWEEN_SD,
    VarianceComponents,
    rides_needed,
    smallest_change,
)
from legbal.analysis.trend import MeanShare, Verdict, arrays, mean_share

MOST_DAYS = 90  # on each side: what a leg did a year ago says little about a cleat
WORTH_POINTS = 1.0  # a smaller change is not waited for: two sides of ±1 % are off by half of it
_LEAST_RIDES = 5  # of both sides together, from which the scatter between days is learnt

# the first and the last day of a window, both within it
Days = tuple[date, date]


class BandEffect(BandRides, frozen=True, kw_only=True):
    """One power band on one meter, before against after.

    `difference` is after minus before, in points of left share; None with too few rides. `smallest` is the change that
    these numbers of rides would show four times of five, None where none; `needed` says about how many rides more it
    takes after the change until one of `WORTH_POINTS` would show so (0: none; None: no number within `MOST_DAYS`, at
    one a day).
    """

    before: MeanShare
    after: MeanShare
    difference: Effect | None
    smallest: float | None
    needed: int | None
    verdict: Verdict


class MeterEffect(ComparisonKey, frozen=True, kw_only=True):
    """What became of rides that can be compared."""

    bands: tuple[BandEffect, ...]


class ChangeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change. The windows' days are counted in; None: the window is empty.

    Rides of the change's own days count to neither window. `together` are other changes of some of its days.
    `over`: no more rides can come to count. `joined`: under which other names rides of its meters are. `zeros`: set
    on them on days of either window or of the change.
    """

    change: Change
    before: Days | None
    after: Days | None
    meters: tuple[MeterEffect, ...]
    pending: int = 0
    together: tuple[Change, ...] = ()
    over: bool = False
    joined: tuple[JoinedName, ...] = ()
    zeros: tuple[DatedZero, ...] = ()

    def effect_on(self, rides: ComparisonKey, band: BandRides) -> BandEffect | None:
        """What became of it in the power band of rides that can be compared with these; None without any."""
        bands = (
            x for meter in self.meters if meter.comparison_key == rides.comparison_key for x in meter.bands
        )
        return next((x for x in bands if (x.low_ftp, x.high_ftp) == (band.low_ftp, band.high_ftp)), None)


def windows(change: Change, changes: Iterable[Change]) -> tuple[Days | None, Days | None]:
    """The days before and after a change that its effect is told from; None where its neighbours leave none.

    A change of the very same days bounds nothing: which of the two worked cannot be told.

    Args:
        change: it.
        changes: all changes, it among them or not.
    """
    day = timedelta(days=1)
    first, last = change.first_day - MOST_DAYS * day, change.last_day + MOST_DAYS * day
    for other in changes:
        if other.first_day < change.first_day:
            first = max(first, min(other.last_day, change.first_day) + day)
        if other.last_day > change.last_day:
            last = min(last, max(other.first_day, change.last_day) - day)
    before, after = (first, change.first_day - day), (change.last_day + day, last)
    return (
        before if before[0] <= before[1] else None,
        after if after[0] <= after[1] else None,
    )


def report(
    change: Change, changes: Sequence[Change], rides: Sequence[DatedRide], today: date, pending: int = 0
) -> ChangeReport:
    """What became of a change.

    Args:
        change: which.
        changes: all changes, it among them or not.
        rides: the rider's, the earliest first.
        today: by the rider's clock; windows that end before it get no more rides.
        pending: rides that are yet to be derived and are not in `rides`.
    """
    before, after = windows(change, changes)
    days = [side for side in (before, after) if side is not None]
    sides = [x for x in rides if any(first <= x.started.date() <= last for first, last in days)]
    return ChangeReport(
        change=change,
        before=before,
        after=after,
        meters=tuple(
            MeterEffect(
                **msgspec.structs.asdict(key), bands=tuple(_effect(band, change.first_day) for band in bands)
            )
            for key, bands in comparable(sides)
        ),
        pending=pending,
        together=find_overlapping(change, changes),
        over=after is None or after[1] < today,
    )


def find_overlapping(change: Change, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Finds the other changes of some of its days: which of them did what follows cannot be told."""
    return tuple(
        other
        for other in changes
        if other.number != change.number
        and other.first_day <= change.last_day
        and change.first_day <= other.last_day
    )


def _effect(band: BandRides, first_day: date) -> BandEffect:
    percent, error = arrays(band.rows)
    earlier = [row for row in band.rows if row.started.date() <= first_day]
    later = [row for row in band.rows if row.started.date() > first_day]
    before, after = len(earlier), len(later)
    x = np.repeat((0.0, 1.0), (before, after))
    difference = effect(x, percent, error) if min(before, after) > 1 else None
    within = float(np.sqrt(np.mean(error**2)))
    scatter = VarianceComponents(within_se=within)
    if difference is not None and before + after >= _LEAST_RIDES:
        scatter = VarianceComponents.from_rides(within, difference.between_sd, before + after)
    smallest = smallest_change(scatter, before, after)
    needed = rides_needed(scatter, before, WORTH_POINTS, MOST_DAYS)
    verdict: Verdict = "too_few"
    if difference is not None and smallest is not None and (difference.real or smallest <= WORTH_POINTS):
        verdict = "change" if difference.real else "no_change"
    between = ASSUMED_BETWEEN_SD if difference is None else difference.between_sd
    return BandEffect(
        **msgspec.structs.asdict(band),
        before=MeanShare(rides=before, share=mean_share(earlier, between)),
        after=MeanShare(rides=after, share=mean_share(later, between)),
        difference=difference,
        smallest=smallest,
        needed=None if needed is None else max(needed - after, 0),
        verdict=verdict,
    )
