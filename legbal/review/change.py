"""Before against after: did the cleat, the injury, the block of strength work move the balance?"""

from __future__ import annotations

from datetime import date

import msgspec

from legbal.library.changes import Change
from legbal.review.trend import Verdict
from legbal.ride.view import Balance, Reference


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The rides of one band before or after a change: weighted mean of the left share and its standard error."""

    rides: int
    revolutions: int
    seconds: float
    left_percent: float | None
    standard_error: float | None


class BandEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One power band on one meter, before against after.

    `difference` is after minus before, in points of left share, with its standard error, the 95 % interval `low` to
    `high` and the two-sided `p_value`; None with too few rides. `smallest` is the change that these numbers of rides
    would show four times of five, None where none; `needed` says about how many rides more it takes after the change
    until one of `WORTH_POINTS` would show so (0: none; None: no number is enough).
    """

    band: str
    low_ftp: float
    high_ftp: float | None
    before: Window
    after: Window
    difference: float | None
    standard_error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    between_sd: float | None
    smallest: float | None
    needed: int | None
    verdict: Verdict
    words: str


class MeterEffect(msgspec.Struct, frozen=True, kw_only=True):
    """Rides that can be compared, as in `legbal.review.trend.MeterTrend`."""

    meter: str
    balance: Balance
    reference: Reference
    swapped: bool
    bands: tuple[BandEffect, ...]


class ChangeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one change. The windows' days are counted in; None: the window is empty.

    Rides of the change's own days count to neither window.
    """

    change: Change
    before: tuple[date, date] | None
    after: tuple[date, date] | None
    meters: tuple[MeterEffect, ...]
    pending: int = 0
