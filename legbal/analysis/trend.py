"""Months of rides: the balance per meter and power band, and whether it changes by more than rides scatter.

Only like is put with like: rides on one meter, measured or estimated alike, with the same leg behind the number and the
same word of the rider on its sides, in one power band. Through each such row of rides goes a straight line over time;
the test of its slope is the one of `legbal.analysis.meta_regression`. A month is one by the rider's clock on the day on
which the ride started, as the ride itself recorded its zone.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
import numpy as np
from msgspec.structs import asdict

from legbal.analysis.meta_regression import Effect, effect, mean
from legbal.analysis.months import Change, ComparisonKey, DatedRide
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD
from legbal.ride.share import Share
from legbal.ride.view import Floats

Verdict = Literal["change", "no_change", "too_few"]

DAYS_A_MONTH = 30.4375
LEAST_RIDES = 5  # a slope is told from; it leaves three degrees of freedom
LEAST_DAYS = 28  # between the first and the last of them
_SAME_START = timedelta(seconds=1)  # files name the second, the library is finer
LEAST_SECONDS = 60.0  # in a band; less is a crossing of it, and its error is hardly known


class RideShare(msgspec.Struct, frozen=True, kw_only=True):
    """The share of one ride in one power band; `started` is aware, in the rider's zone of that day."""

    ride: str
    started: datetime
    share: Share


class MeanShare(msgspec.Struct, frozen=True, kw_only=True):
    """The weighted mean of some rides in one power band; its standard error counts that days differ."""

    rides: int
    share: Share


class Month(MeanShare, frozen=True, kw_only=True):
    """The rides of a month by the rider's own clock."""

    first_day: date


class BandRides(msgspec.Struct, frozen=True, kw_only=True):
    """Rides that can be compared, in one power band.

    Bounds are fractions of FTP, percentages left shares, errors points.
    """

    band: str
    low_ftp: float
    high_ftp: float | None
    rows: tuple[RideShare, ...]  # the earliest first


class BandTrend(BandRides, frozen=True, kw_only=True):
    """How the share of one power band went; `slope` is in points in `DAYS_A_MONTH` days, None with too few rides."""

    months: tuple[Month, ...]  # the earliest first; those with a ride
    slope: Effect | None
    verdict: Verdict


class MeterTrend(ComparisonKey, frozen=True, kw_only=True):
    """The trends of rides that can be compared."""

    bands: tuple[BandTrend, ...]  # the lowest power first; those with a ride

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


def meter_trends(rides: Iterable[DatedRide], band: str | None = None) -> tuple[MeterTrend, ...]:
    """The trends of some rides, in any order: one for each meter, the one with the most rides first.

    Args:
        rides: of one rider.
        band: only this power band, by its name, in which - may stand for – and % may be left out.
    """
    name = None if band is None else _plain(band)
    shown = [(key, [x for x in bands if name in (None, _plain(x.band))]) for key, bands in comparable(rides)]
    return tuple(
        MeterTrend(**asdict(key), bands=tuple(map(_band_trend, bands))) for key, bands in shown if bands
    )


def _plain(band: str) -> str:
    return band.replace("–", "-").replace("%", "").replace(" ", "")


def comparable(rides: Iterable[DatedRide]) -> list[tuple[ComparisonKey, list[BandRides]]]:
    """The rides that can be compared, in each power band; the meter with the most rides first.

    A meter rides once at a time: of rides that begin in the same second only the longest is taken. They are one ride
    that came in as several files, such as a head unit's before and after it was finished, or one exported here.
    """
    groups: defaultdict[ComparisonKey, list[DatedRide]] = defaultdict(list)
    for ride in sorted(rides, key=lambda ride: ride.started):
        kin = groups[ride.rows.comparison_key]
        if ride.rows.meter and kin and ride.started - kin[-1].started <= _SAME_START:
            kin[-1] = max(kin[-1], ride, key=lambda x: sum(band.share.seconds for band in x.rows.bands))
        else:
            kin.append(ride)
    return [(key, _by_band(kin)) for key, kin in sorted(groups.items(), key=lambda group: -len(group[1]))]


def _by_band(rides: Sequence[DatedRide]) -> list[BandRides]:
    rows: defaultdict[tuple[float, float], list[RideShare]] = defaultdict(list)
    names: dict[tuple[float, float], str] = {}
    for ride in rides:
        for band in ride.rows.bands:
            if band.share.seconds >= LEAST_SECONDS:
                bounds = band.low_ftp, math.inf if band.high_ftp is None else band.high_ftp
                rows[bounds].append(RideShare(ride=ride.ride, started=ride.started, share=band.share))
                names.setdefault(bounds, band.name)
    return [
        BandRides(
            band=names[low, high],
            low_ftp=low,
            high_ftp=None if math.isinf(high) else high,
            rows=tuple(rows[low, high]),
        )
        for low, high in sorted(rows)
    ]


def arrays(rows: Sequence[RideShare | MeanShare]) -> tuple[Floats, Floats]:
    """Left shares and their standard errors, each of shape (n,)."""
    return (
        np.array([row.share.left_percent for row in rows], float),
        np.array([row.share.standard_error for row in rows], float),
    )


def _band_trend(band: BandRides) -> BandTrend:
    percent, error = arrays(band.rows)
    started = np.array([row.started.timestamp() for row in band.rows])
    days = (started - started[0]) / 86400
    enough = len(days) >= LEAST_RIDES and days[-1] >= LEAST_DAYS
    slope = effect(days / DAYS_A_MONTH, percent, error) if enough else None
    return BandTrend(
        **asdict(band),
        months=_months(band.rows, ASSUMED_BETWEEN_SD if slope is None else slope.between_sd),
        slope=slope,
        verdict="too_few" if slope is None else "change" if slope.real else "no_change",
    )


def _months(rows: Sequence[RideShare], between_sd: float) -> tuple[Month, ...]:
    """The months with a ride; days are the rider's own, so a ride that began before midnight is of that day."""
    months: defaultdict[date, list[RideShare]] = defaultdict(list)
    for row in rows:
        months[row.started.date().replace(day=1)].append(row)
    return tuple(
        Month(first_day=first_day, rides=len(rides), share=mean_share(rides, between_sd))
        for first_day, rides in sorted(months.items())
    )


def mean_share(rows: Sequence[RideShare], between_sd: float) -> Share:
    """The weighted mean of some rides in one power band, given how far days lie apart; empty for none."""
    left, error = mean(*arrays(rows), between_sd) if rows else (None, None)
    shares = [row.share for row in rows]
    return Share(left, error, sum(x.seconds for x in shares), sum(x.revolutions or 0 for x in shares))
