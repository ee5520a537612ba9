"""Months of rides: where the balance of a meter goes, in all of its power bands and in each, and how sure that is.

Only like is put with like: rides on one meter, measured or estimated alike, with the same leg behind the number and the
same word of the rider on its sides. One model is made of them (`legbal.analysis.rider_days`), and one answer comes from
it; bands are deviations from that. A month is one by the rider's clock on the day on which the ride started, as the
ride itself recorded its zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import compress
from typing import Literal

import msgspec
import numpy as np

from legbal.analysis.band_changes import BAND_STEP_SD
from legbal.analysis.course import DAYS_A_MONTH, Course, course_columns
from legbal.analysis.meter_days import Effect, MeterDays, Verdict, date_of, day_of, verdict_of
from legbal.analysis.months import (
    BandRides,
    Change,
    ComparisonKey,
    DatedRide,
    DatedZero,
    JoinedName,
    MeanShare,
    MeterRides,
    RideShare,
    comparable,
)
from legbal.analysis.outlook import MOST_MORE, WORTH_POINTS, rides_needed
from legbal.analysis.pooled_rides import arrays, mean_share
from legbal.analysis.posterior import Answer, Certainty, CredibleInterval
from legbal.analysis.rider_changes import RiderDays
from legbal.analysis.tiring import Tiring, tiring_of
from legbal.ride.inputs import Side
from legbal.ride.share import Share
from legbal.ride.view import Floats

Shape = Literal["constant", "line", "recovery"]

LEAST_RIDES = 5  # a trend is told from
LEAST_DAYS = 28  # between the first and the last of them
_UNUSUAL = 0.99  # of rides lie within the range beyond which one is unusual
_BAND_SLOPE_SD = 0.2  # points a month by which bands' slopes differ, if they do


class Month(MeanShare, frozen=True, kw_only=True):
    """The rides of a month by the rider's own clock."""

    first_day: date


class UnnotedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A step that nobody noted: about `day`, with 95 % from `first_day` to `last_day`; whether in every band alike."""

    day: date
    first_day: date
    last_day: date
    size: Effect
    every_band: bool


class LastRide(msgspec.Struct, frozen=True, kw_only=True):
    """The last ride's pooled share and, from the rides before it, where 99 of 100 such rides would lie, percent."""

    ride: str
    left_percent: float
    expected: CredibleInterval

    @property
    def unusual(self) -> bool:
        """Whether it lies beyond."""
        return not self.expected.low <= self.left_percent <= self.expected.high


class MeterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What all rides on a meter say together.

    Attributes:
        verdict: of whether the level goes anywhere since `since`, its last change or the first ride.
        shape: how it goes, or stays.
        slope: points a month.
        level: of the share, percent, the bands counting alike, with neither wander nor day.
        plateau: to which a recovery leads, percent, 90 %, and `recovery_days`, its time constant; None for no recovery.
        unnoted: changes that nobody noted, the earliest first.
        last: the last ride against those before it; None without any.
        day_sd, wander_sd: how far days lie apart and the level wanders, points; `memory_days`: how long that lasts.
        rides_needed: rides until a change of `WORTH_POINTS` that is made now would be told; None for more than 90.
    """

    verdict: Certainty
    shape: Shape
    slope: Effect
    since: date
    level: CredibleInterval
    plateau: CredibleInterval | None
    recovery_days: float | None
    unnoted: tuple[UnnotedChange, ...]
    last: LastRide | None
    day_sd: float
    wander_sd: float
    memory_days: float
    rides_needed: int | None


class BandTrend(BandRides, frozen=True, kw_only=True):
    """How the share of one power band went; `slope` is in points in `DAYS_A_MONTH` days, None with too few rides.

    `path` is where the level goes since its last change: days as of `day_of`, and percentages.
    """

    months: tuple[Month, ...]  # the earliest first; those with a ride
    slope: Effect | None
    verdict: Verdict
    path: tuple[tuple[float, float], ...] = ()


class MeterTrend(ComparisonKey, frozen=True, kw_only=True):
    """The trends of rides that can be compared; `answer` None with too few.

    `tiring`: of the weak leg, None without efforts, and of a single power band, which has none of its own.
    """

    answer: MeterAnswer | None
    bands: tuple[BandTrend, ...]  # the lowest power first; those with a ride
    tiring: Tiring | None = None

    @property
    def rides(self) -> dict[str, datetime]:
        """When each ride of any band began."""
        return {row.ride: row.started for band in self.bands for row in band.rows}


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """What months of rides say; `pending` rides are not in it, for they are yet to be derived (again)."""

    meters: tuple[MeterTrend, ...]  # the one with the most rides first
    changes: tuple[Change, ...]  # what the rider changed in that time, the earliest first
    pending: int = 0
    failed: tuple[str, ...] = ()  # ids of rides that could not be derived
    meter_wrong: tuple[str, ...] = ()  # of those left out, for the meter looked wrong in them
    joined: tuple[JoinedName, ...] = ()  # under which other names their rides are
    zeros: tuple[DatedZero, ...] = ()  # set in that time on these meters, the earliest first


class StudiedMeter:
    """The rides on one meter and the model of them, of which trend and answers are made.

    Args:
        meter: its rides in bands, one at least.
        changes: what the rider changed; nothing is drawn across one.
        weak: the leg that the rider calls the weak one; None: the one that gives less.
    """

    def __init__(self, meter: MeterRides, changes: Sequence[Change], weak: Side | None) -> None:
        self.meter, self.changes = meter, changes
        self.days = MeterDays(meter, changes)
        self.weak_side = self.days.weak_side(weak)

    @cached_property
    def answer(self) -> MeterAnswer | None:
        """What all rides say together; None with too few."""
        return _meter_answer(self.days)

    @cached_property
    def tiring(self) -> Tiring | None:
        """How the weak leg tires; None without any effort."""
        return tiring_of(self.days.dated, self.weak_side, trend=_enough(self.days.rides.days))


def study_meters(
    rides: Iterable[DatedRide], changes: Sequence[Change] = (), weak: Side | None = None
) -> Iterator[StudiedMeter]:
    """The meters of one rider's rides in any order, the one with the most rides first; arguments as of it."""
    return (StudiedMeter(meter, changes, weak) for meter in comparable(rides) if meter.bands)


def meter_trends(
    rides: Iterable[DatedRide],
    band: str | None = None,
    changes: Sequence[Change] = (),
    weak: Side | None = None,
) -> tuple[MeterTrend, ...]:
    """The trends of some rides: one for each meter.

    Args:
        rides, changes, weak: as of `study_meters`.
        band: only this power band, by its name, in which - may stand for – and % may be left out.
    """
    if band is not None:
        rides = [_only(ride, _plain(band)) for ride in rides]
    return tuple(meter_trend(x, tiring=band is None) for x in study_meters(rides, changes, weak))


def _only(ride: DatedRide, band: str) -> DatedRide:
    bands = tuple(x for x in ride.rows.bands if _plain(x.name) == band)
    return msgspec.structs.replace(ride, rows=msgspec.structs.replace(ride.rows, bands=bands))


def _plain(band: str) -> str:
    return band.replace("–", "-").replace("%", "").replace(" ", "")


def meter_trend(studied: StudiedMeter, *, tiring: bool = True) -> MeterTrend:
    """The trend of a meter; `tiring`: whether it says how the weak leg tires."""
    meter, days, course = studied.meter, studied.days, studied.days.answer.course
    in_band = days.deviations(course_columns(days.rides.days, course.since)[:, 0], _BAND_SLOPE_SD)
    day = {ride.ride: day_of(ride.started) for ride in meter.rides}
    return MeterTrend(
        **msgspec.structs.asdict(meter.comparison_key),
        answer=studied.answer,
        tiring=studied.tiring if tiring else None,
        bands=tuple(_band_trend(band, day, days.answer, in_band(course.slope, band)) for band in meter.bands),
    )


def _enough(days: Floats) -> bool:
    return len(days) >= LEAST_RIDES and days[-1] - days[0] >= LEAST_DAYS


def _meter_answer(days: MeterDays) -> MeterAnswer | None:
    if not _enough(days.rides.days):
        return None
    answer, course = days.answer, days.answer.course
    slope = Effect.of(course.slope, answer.day_sd)
    recovery = course.recovers
    shape: Shape = "constant" if slope.certainty == "unknown" else "recovery" if recovery else "line"
    now = np.zeros(len(days.rides.days))
    return MeterAnswer(
        verdict=slope.certainty,
        shape=shape,
        slope=slope,
        since=date_of(course.since),
        level=answer.level,
        plateau=course.plateau if recovery else None,
        recovery_days=course.recovery_days if recovery else None,
        unnoted=tuple(
            UnnotedChange(
                day=date_of(x.day),
                first_day=date_of(x.first),
                last_day=date_of(x.last),
                size=Effect.of(x, answer.day_sd),
                every_band=days.differ((days.rides.days >= x.day).astype(float), BAND_STEP_SD) == "unknown",
            )
            for x in answer.unnoted
        ),
        last=_last(days),
        day_sd=answer.day_sd,
        wander_sd=answer.wander_sd,
        memory_days=answer.memory_days,
        rides_needed=rides_needed(answer.fit, days.rides, now, WORTH_POINTS, MOST_MORE),
    )


def _last(days: MeterDays) -> LastRide | None:
    before = days.before_last()
    if before is None:
        return None
    expected = before.next_ride(float(days.rides.days[-1]), days.last_error, _UNUSUAL)
    return LastRide(ride=days.dated[-1].ride, left_percent=float(days.rides.left[-1]), expected=expected)


def _band_trend(band: BandRides, day: Mapping[str, float], whole: RiderDays, answer: Answer) -> BandTrend:
    """One band's trend: `day` is when each ride was, `whole` what all bands say, `answer` the slope of this one."""
    days = np.array([day[row.ride] for row in band.rows])
    slope = Effect.of(answer, whole.day_sd) if _enough(days) else None
    return BandTrend(
        **msgspec.structs.asdict(band),
        months=_months(band.rows, whole.day_sd),
        slope=slope,
        verdict=verdict_of(slope),
        path=() if slope is None else _path(band.rows, days, whole.course, slope),
    )


def _path(
    rows: Sequence[RideShare], days: Floats, course: Course, slope: Effect
) -> tuple[tuple[float, float], ...]:
    """The level, the line or the recovery, through the band's rides since the last change."""
    since = days >= course.since
    if not since.any():
        return ()
    left, error = arrays(list(compress(rows, since)))
    by = 1 / (error**2 + slope.between_sd**2)
    later = days[since]
    at = np.linspace(later[0], later[-1], 30 if course.recovers else 2)
    x, ends = later - course.since, at - course.since
    if course.recovers:
        x, ends = (np.exp(-each / course.recovery_days) for each in (x, ends))
    middle = by @ x / by.sum()
    rise = slope.value / DAYS_A_MONTH
    if course.recovers:
        rise = float(by @ ((x - middle) * left)) / max(float(by @ (x - middle) ** 2), 1e-9)
    level = by @ left / by.sum() + rise * (ends - middle)
    return tuple(zip(at.tolist(), level.tolist(), strict=True))


def _months(rows: Sequence[RideShare], between_sd: float) -> tuple[Month, ...]:
    """The months with a ride; days are the rider's own, so a ride that began before midnight is of that day."""
    months: defaultdict[tuple[int, int], list[Share]] = defaultdict(list)
    for row in rows:
        months[row.started.year, row.started.month].append(row.share)
    return tuple(
        Month(first_day=date(*month, 1), rides=len(shares), share=mean_share(shares, between_sd))
        for month, shares in sorted(months.items())
    )
