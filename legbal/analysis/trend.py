"""Months of rides: the balance per meter and power band, and whether it changes by more than rides scatter.

Only like is put with like: rides on one meter, measured or estimated alike, with the same leg behind the number and the
same word of the rider on its sides, in one power band. Through each such row of rides goes a straight line over time;
the test of its slope is the one of `legbal.analysis.meta_regression`. A month is one by the rider's clock on the day on
which the ride started, as the ride itself recorded its zone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal

import msgspec
import numpy as np

from legbal.analysis.meta_regression import Effect, effect, mean
from legbal.analysis.months import (
    BandRides,
    Change,
    ComparisonKey,
    DatedRide,
    DatedZero,
    JoinedName,
    RideShare,
    comparable,
)
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD
from legbal.ride.share import Share
from legbal.ride.view import Floats

Verdict = Literal["change", "no_change", "too_few"]

DAYS_A_MONTH = 30.4375
LEAST_RIDES = 5  # a slope is told from; it leaves three degrees of freedom
LEAST_DAYS = 28  # between the first and the last of them


class MeanShare(msgspec.Struct, frozen=True, kw_only=True):
    """The weighted mean of some rides in one power band; its standard error counts that days differ."""

    rides: int
    share: Share


class Month(MeanShare, frozen=True, kw_only=True):
    """The rides of a month by the rider's own clock."""

    first_day: date


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
    joined: tuple[JoinedName, ...] = ()  # under which other names their rides are
    zeros: tuple[DatedZero, ...] = ()  # set in that time on these meters, the earliest first


def meter_trends(rides: Iterable[DatedRide], band: str | None = None) -> tuple[MeterTrend, ...]:
    """The trends of some rides, in any order: one for each meter, the one with the most rides first.

    Args:
        rides: of one rider.
        band: only this power band, by its name, in which - may stand for – and % may be left out.
    """
    name = None if band is None else _plain(band)
    shown = [(key, [x for x in bands if name in (None, _plain(x.band))]) for key, bands in comparable(rides)]
    return tuple(
        MeterTrend(**msgspec.structs.asdict(key), bands=tuple(map(_band_trend, bands)))
        for key, bands in shown
        if bands
    )


def _plain(band: str) -> str:
    return band.replace("–", "-").replace("%", "").replace(" ", "")


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
        **msgspec.structs.asdict(band),
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
