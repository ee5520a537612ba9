"""Months of rides: the balance per meter and power band, and whether it changes by more than rides scatter.

Only like is put with like: rides on one meter, measured or estimated alike, with the same leg behind the number and the
same word of the rider on its sides, in one power band. Through each such row of rides goes a straight line over time;
the test of its slope is the one of `legbal.analysis.meta_regression`. A month is one by the rider's clock on the day on
which the ride started, as the ride itself recorded its zone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
import numpy as np

from legbal.analysis.meta_regression import Effect, effect, mean
from legbal.analysis.months import Change, DatedRide
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD
from legbal.ride.share import BalanceQuality, BandShare, Reference, Share
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


class BandTrend(msgspec.Struct, frozen=True, kw_only=True):
    """One power band on one meter; bounds are fractions of FTP, percentages left shares, errors points.

    `slope` is in points in `DAYS_A_MONTH` days; None with too few rides.
    """

    band: str
    low_ftp: float
    high_ftp: float | None
    rows: tuple[RideShare, ...]  # the earliest first
    months: tuple[Month, ...]  # the earliest first; those with a ride
    slope: Effect | None
    verdict: Verdict


class MeterTrend(msgspec.Struct, frozen=True, kw_only=True):
    """Rides that can be compared: one meter, measured or estimated alike, the same side read the same way."""

    meter: str  # as the ride names it, "left + right" for a pair; "" where nothing named it
    balance: BalanceQuality
    reference: Reference
    swapped: bool  # whether the rider said that left is right
    bands: tuple[BandTrend, ...]  # the lowest power first; those with a ride


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
    in_order = sorted(rides, key=lambda ride: ride.started)
    series = {alike: _series(kin, band) for alike, kin in alike_rides(in_order).items()}
    return tuple(
        MeterTrend(**alike._asdict(), bands=tuple(map(_band_trend, bands)))
        for alike, bands in series.items()
        if bands
    )


class Alike(NamedTuple):
    """What rides that can be compared have in common; see `MeterTrend`."""

    meter: str
    balance: BalanceQuality
    reference: Reference
    swapped: bool


Series = tuple[tuple[DatedRide, BandShare], ...]
"""One power band of rides that are alike, the earliest first."""


def alike_rides(rides: Sequence[DatedRide]) -> dict[Alike, list[DatedRide]]:
    """The rides, the earliest first, by what they have in common, the most first; within it in the order given.

    A meter rides once at a time: of rides that begin in the same second only the longest is taken. They are one ride
    that came in as several files, such as a head unit's before and after it was finished, or one exported here.
    """
    groups: defaultdict[Alike, list[DatedRide]] = defaultdict(list)
    for ride in rides:
        rows = ride.rows
        kin = groups[Alike(rows.meter, rows.balance, rows.reference, rows.swapped)]
        if rows.meter and kin and ride.started - kin[-1].started <= _SAME_START:
            kin[-1] = max(kin[-1], ride, key=_pedalled_s)
        else:
            kin.append(ride)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _pedalled_s(ride: DatedRide) -> float:
    return sum(row.share.seconds for row in ride.rows.bands)


def by_band(rides: Sequence[DatedRide]) -> list[Series]:
    """The rides in each power band with `LEAST_SECONDS` in it, the lowest power first."""
    found: defaultdict[tuple[float, float], list[tuple[DatedRide, BandShare]]] = defaultdict(list)
    for ride in rides:
        for row in ride.rows.bands:
            if row.share.seconds >= LEAST_SECONDS:
                high = math.inf if row.high_ftp is None else row.high_ftp
                found[row.low_ftp, high].append((ride, row))
    return [tuple(found[bounds]) for bounds in sorted(found)]


def arrays(series: Sequence[tuple[DatedRide, BandShare]]) -> tuple[Floats, Floats]:
    """Left shares and their standard errors, each of shape (n,)."""
    return (
        np.array([row.share.left_percent for _, row in series], float),
        np.array([row.share.standard_error for _, row in series], float),
    )


def _series(rides: Sequence[DatedRide], band: str | None) -> list[Series]:
    wanted = None if band is None else _plain(band)
    return [series for series in by_band(rides) if wanted in (None, _plain(series[0][1].name))]


def _plain(band: str) -> str:
    """A band's name as it can be typed: "75–90 %" is "75-90"."""
    return band.replace("–", "-").replace("%", "").replace(" ", "")


def _band_trend(series: Series) -> BandTrend:
    percent, error = arrays(series)
    started = np.array([ride.started.timestamp() for ride, _ in series])
    days = (started - started[0]) / 86400
    enough = len(series) >= LEAST_RIDES and days[-1] >= LEAST_DAYS
    found = effect(days / DAYS_A_MONTH, percent, error) if enough else None
    band = series[0][1]
    return BandTrend(
        band=band.name,
        low_ftp=band.low_ftp,
        high_ftp=band.high_ftp,
        rows=tuple(RideShare(ride=ride.ride, started=ride.started, share=row.share) for ride, row in series),
        months=_months(series, ASSUMED_BETWEEN_SD if found is None else found.between_sd),
        slope=found,
        verdict="too_few" if found is None else "change" if found.real else "no_change",
    )


def _months(series: Series, between_sd: float) -> tuple[Month, ...]:
    """The months with a ride; days are the rider's own, so a ride that began before midnight is of that day."""
    months: defaultdict[date, list[tuple[DatedRide, BandShare]]] = defaultdict(list)
    for ride, row in series:
        months[ride.started.date().replace(day=1)].append((ride, row))
    return tuple(
        Month(first_day=first_day, rides=len(rides), share=mean_share(rides, between_sd))
        for first_day, rides in sorted(months.items())
    )


def mean_share(series: Sequence[tuple[DatedRide, BandShare]], between_sd: float) -> Share:
    """The weighted mean of some rides in one power band, given how far days lie apart; empty for none."""
    left, error = mean(*arrays(series), between_sd) if series else (None, None)
    shares = [row.share for _, row in series]
    return Share(left, error, sum(x.seconds for x in shares), sum(x.revolutions or 0 for x in shares))
