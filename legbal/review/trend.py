"""Months of rides: the balance per meter and power band, and whether it changes by more than rides scatter."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from legbal.library.changes import Change
from legbal.ride.view import Balance, Reference

Verdict = Literal["change", "no_change", "too_few"]


class RideShare(msgspec.Struct, frozen=True, kw_only=True):
    """The left share of one ride in one power band.

    `started` is aware, in the rider's zone of that day; `standard_error` (points) is what stands within the ride.
    """

    ride: str
    started: datetime
    left_percent: float
    standard_error: float
    seconds: float
    revolutions: int
    power_w: float | None


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month by the rider's own clock: weighted mean and its standard error, which counts that days differ."""

    first_day: date
    left_percent: float
    standard_error: float
    rides: int


class BandTrend(msgspec.Struct, frozen=True, kw_only=True):
    """One power band on one meter; bounds are fractions of FTP, percentages left shares, errors points.

    `slope_per_month` (points in 30.44 days) has the standard error `slope_error`, the 95 % interval `low` to
    `high` and the two-sided `p_value`; all are None with too few rides. `between_sd` is how far one day lies from
    another beside what the rides' own errors explain, one standard deviation.
    """

    band: str
    low_ftp: float
    high_ftp: float | None
    rows: tuple[RideShare, ...]  # the earliest first
    months: tuple[Month, ...]  # the earliest first; those with a ride
    slope_per_month: float | None
    slope_error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    between_sd: float | None
    verdict: Verdict
    words: str


class MeterTrend(msgspec.Struct, frozen=True, kw_only=True):
    """Rides that can be compared: one meter, measured or estimated alike, the same side read the same way."""

    meter: str  # as the ride names it, "left + right" for a pair; "" where nothing named it
    balance: Balance
    reference: Reference
    swapped: bool  # whether the rider said that left is right
    bands: tuple[BandTrend, ...]  # the lowest power first; those with a ride


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """What months of rides say; `pending` rides are not in it, for they are yet to be derived (again)."""

    meters: tuple[MeterTrend, ...]  # the one with the most rides first
    changes: tuple[Change, ...]  # what the rider changed in that time, the earliest first
    pending: int = 0
    failed: tuple[str, ...] = ()  # ids of rides that could not be derived
