"""Before against after: did the cleat, the injury, the block of strength work move the balance?

A change that the rider noted is a step in the model of the meter's rides (`legbal.analysis.rider_days`); what became of
it is one answer a meter, and bands are deviations from that. Every ride of the meter counts, by what it knows of the
level on either side; the neighbouring changes are steps of their own. Shown beside the answer are the rides of at most
`MOST_DAYS` before the change's first day and as many after its last, on the near side of the neighbouring changes. On
the change's own days nobody knows whether a ride came before or after: these are shown on neither side.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from legbal.analysis.band_changes import BAND_STEP_SD
from legbal.analysis.meter_days import Effect, MeterDays, Verdict, verdict_of
from legbal.analysis.months import (
    BandRides,
    Change,
    ComparisonKey,
    DatedRide,
    DatedZero,
    JoinedName,
    MeanShare,
    MeterRides,
    comparable,
)
from legbal.analysis.outlook import MOST_MORE, WORTH_POINTS, rides_needed, smallest_change
from legbal.analysis.pooled_rides import mean_share
from legbal.analysis.posterior import Answer
from legbal.analysis.tiring_changes import TiringEffect, tiring_effect
from legbal.ride.inputs import Side

MOST_DAYS = 90  # on each side, of the rides that are shown

# the first and the last day of a window, both within it
Days = tuple[date, date]


class BandEffect(BandRides, frozen=True, kw_only=True):
    """One power band on one meter, before against after, with the rides shown on either side.

    `difference` is after minus before, in points of left share; None with too few rides on a side. `smallest` is the
    change that the rides so far would tell four times of five, None where none; `needed` says about how many rides more
    it takes until one of `WORTH_POINTS` would be told so (0: none; None: more than `MOST_MORE`). Both are the meter's.
    """

    before: MeanShare
    after: MeanShare
    difference: Effect | None
    smallest: float | None
    needed: int | None
    verdict: Verdict


class MeterEffect(ComparisonKey, frozen=True, kw_only=True):
    """What became of rides that can be compared, in all bands together, as of a band; `before`, `after` count rides.

    `tiring`: of the weak leg; None where a side has no ride with efforts.
    """

    before: int
    after: int
    difference: Effect | None
    smallest: float | None
    needed: int | None
    verdict: Verdict
    bands: tuple[BandEffect, ...]
    tiring: TiringEffect | None = None


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
    meter_wrong: tuple[str, ...] = ()  # ids of rides left out, for the meter looked wrong in them

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
    change: Change,
    changes: Sequence[Change],
    rides: Sequence[DatedRide],
    today: date,
    pending: int = 0,
    weak: Side | None = None,
) -> ChangeReport:
    """What became of a change.

    Args:
        change: which.
        changes: all changes, it among them.
        rides: all of the rider's, the earliest first.
        today: by the rider's clock; windows that end before it get no more rides.
        pending: rides that are yet to be derived and are not in `rides`.
        weak: the leg that the rider calls the weak one; None: the one that gives less.
    """
    before, after = windows(change, changes)
    meters = (_meter_effect(meter, change, changes, (before, after), weak) for meter in comparable(rides))
    return ChangeReport(
        change=change,
        before=before,
        after=after,
        meters=tuple(x for x in meters if x is not None),
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


def _meter_effect(
    meter: MeterRides,
    change: Change,
    changes: Sequence[Change],
    shown: tuple[Days | None, Days | None],
    weak: Side | None,
) -> MeterEffect | None:
    """What became of a change on one meter; None without a ride that is shown."""
    sides = {
        row.ride: place
        for place, days in enumerate(shown)
        for band in meter.bands
        for row in band.rows
        if days is not None and days[0] <= row.started.date() <= days[1]
    }
    if not sides:
        return None
    days = MeterDays(meter, changes)
    pooled, column = days.noted(change), days.step(change)
    fit = days.fit_without(change)
    in_band = days.deviations(column, BAND_STEP_SD)
    smallest = smallest_change(fit, column)
    needed = rides_needed(fit, days.rides, column, WORTH_POINTS, MOST_MORE)

    some = [
        msgspec.structs.replace(band, rows=rows)
        for band in meter.bands
        if (rows := tuple(row for row in band.rows if row.ride in sides))
    ]
    counts = [sum(side == x for x in sides.values()) for side in (0, 1)]
    difference = None if pooled is None else Effect.of(pooled, days.answer.day_sd)
    return MeterEffect(
        **msgspec.structs.asdict(meter.comparison_key),
        before=counts[0],
        after=counts[1],
        bands=tuple(
            _band_effect(
                band,
                sides,
                days.answer.day_sd,
                None if pooled is None else in_band(pooled, band),
                smallest,
                needed,
            )
            for band in some
        ),
        difference=difference,
        smallest=None if difference is None else smallest,
        needed=needed,
        verdict=verdict_of(difference),
        tiring=tiring_effect(days, days.weak_side(weak), change, shown),
    )


def _band_effect(
    band: BandRides,
    sides: Mapping[str, int],
    day_sd: float,
    answer: Answer | None,
    smallest: float | None,
    needed: int | None,
) -> BandEffect:
    """The answer in one band beside its rides on either side; without rides on both it has none."""
    before, after = (
        MeanShare(rides=len(shares), share=mean_share(shares, day_sd))
        for shares in ([row.share for row in band.rows if sides[row.ride] == side] for side in (0, 1))
    )
    two_sided = answer if before.rides and after.rides else None
    difference = None if two_sided is None else Effect.of(two_sided, day_sd)
    return BandEffect(
        **msgspec.structs.asdict(band),
        before=before,
        after=after,
        difference=difference,
        smallest=None if difference is None else smallest,
        needed=needed,
        verdict=verdict_of(difference),
    )
