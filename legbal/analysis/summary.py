"""What a ride's balance was: the ride, its intervals and power bands, from the same view that the screen shows.

Percentages are left shares unless a field says otherwise; errors are one standard deviation, in points. None where
there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from legbal.analysis.dynamics import Dynamics
from legbal.analysis.power_analysis import MinimumDetectableChange
from legbal.ride.inputs import Side
from legbal.ride.share import BalanceQuality, Reference, Share
from legbal.ride.view import RideView

LEAST_SLOPE_S = 60.0
"""Of an interval whose slope is told: within less its error is many points a minute."""

_ENOUGH = 15  # revolutions


class RideSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ride; `left_w` and `right_w` are each leg's part of the mean power."""

    left_percent: float | None
    left_standard_error: float | None
    balance: BalanceQuality
    reference: Reference
    power_w: float | None
    duration_s: float
    revolutions: int
    left_w: float | None = None
    right_w: float | None = None
    dynamics: Dynamics | None = None


class IntervalSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One work interval."""

    number: int
    start_s: float
    end_s: float
    left_percent: float | None
    left_standard_error: float | None
    power_w: float | None
    slope_per_minute: float | None
    slope_error: float | None
    left_w: float | None = None
    right_w: float | None = None
    usual_percent: float | None = None  # at this power, as believed when it ended
    dynamics: Dynamics | None = None
    revolutions: int | None = None  # that carried a balance; None in summaries of before it was counted

    @property
    def share(self) -> Share:
        """The same as one value; where nobody counted, a known error says that there were revolutions enough."""
        enough = _ENOUGH if self.left_standard_error is not None else 0
        return Share(
            self.left_percent,
            self.left_standard_error,
            self.end_s - self.start_s,
            enough if self.revolutions is None else self.revolutions,
            self.power_w,
        )


class BandSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One power band; bounds are fractions of FTP."""

    name: str
    low_ftp: float
    high_ftp: float | None
    left_percent: float | None
    left_standard_error: float | None
    seconds: float
    revolutions: int = 0
    power_w: float | None = None
    left_w: float | None = None
    right_w: float | None = None

    @property
    def share(self) -> Share:
        """The same as one value; where an error is known, revolutions enough stood behind it."""
        return Share(
            self.left_percent, self.left_standard_error, self.seconds, self.revolutions, self.power_w
        )


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How the left share moved over the ride, with its power bands kept apart: points an hour."""

    slope_per_hour: float
    slope_error: float


class FirstLast(msgspec.Struct, frozen=True, kw_only=True):
    """The last interval less the first that is comparable with it: the `first` and `last` interval's numbers.

    `power_w` and `left_percent` are of (first, last).
    """

    first: int
    last: int
    power_w: tuple[float, float]
    left_percent: tuple[float, float]
    difference: float
    standard_error: float


class BandDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One power band's left share less another's, by their names; `low` and `high` bound the 95 % interval."""

    band: str
    against: str
    band_percent: float
    against_percent: float
    difference: float
    standard_error: float
    low: float
    high: float


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """The legs over one stretch around a drop-off."""

    left_percent: float | None = None
    left_standard_error: float | None = None
    power_w: float | None = None
    left_w: float | None = None
    right_w: float | None = None
    cadence_rpm: float | None = None
    seconds: float = 0.0

    @property
    def share(self) -> Share:
        """The same as one value; where an error is known, revolutions enough stood behind it."""
        return Share(
            self.left_percent,
            self.left_standard_error,
            self.seconds,
            _ENOUGH if self.left_standard_error is not None else 0,
            self.power_w,
        )


class DropOffSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One drop-off that was told: the named leg before, during and after it.

    Attributes:
        told_s: when the alert spoke, ride seconds; `since_s`: when the leg had begun to give less.
        cleared_s: when the alert ended; `back_after_s`: after so many seconds from `since_s` the leg was back, None
            where it ended otherwise (a rest, the ride's end, the meter).
        points: how far the leg was below its usual when told; `sure`: the chance that this is no noise, 0…1.
        difference: the left share during it less that before it, with its `standard_error`: smaller than those of the
            two, because what wanders over minutes is in both.
        covered: what became of the watts that the leg no longer gave: the other leg gave them, the power fell, or
            both in part; None where this cannot be told from noise.
    """

    side: Side
    told_s: float
    since_s: float
    cleared_s: float | None
    points: float
    sure: float | None
    before: Around
    during: Around
    after: Around
    difference: float | None = None
    standard_error: float | None = None
    back_after_s: float | None
    covered: Literal["other leg", "power fell", "both"] | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a ride beside its inputs, and shown by `legbal rides`."""

    ride: RideSummary
    intervals: tuple[IntervalSummary, ...]
    bands: tuple[BandSummary, ...]
    limits: tuple[str, ...] = ()  # what the meter can and cannot know, in sentences
    drift: Drift | None = None
    first_last: FirstLast | None = None
    contrasts: tuple[BandDifference, ...] = ()
    dropoffs: tuple[DropOffSummary, ...] = ()
    smallest: MinimumDetectableChange | None = None  # in the band that was ridden longest, see `longest_band`


def longest_band(bands: Iterable[BandSummary]) -> BandSummary | None:
    """The power band with the most pedalling; None where none has an error to reckon with."""
    known = [band for band in bands if band.left_standard_error is not None]
    return max(known, key=lambda band: band.seconds, default=None)


def summarise(view: RideView) -> Summary:
    """The summary of a ride that is over, from its last view."""
    return Summary(
        ride=RideSummary(
            left_percent=view.ride.left_percent,
            left_standard_error=view.ride.standard_error,
            balance=view.balance,
            reference=view.reference,
            power_w=view.ride.power_w,
            duration_s=view.t,
            revolutions=view.ride.revolutions,
            left_w=view.ride.left_w,
            right_w=view.ride.right_w,
        ),
        intervals=tuple(
            IntervalSummary(
                number=x.number,
                start_s=x.start_s,
                end_s=view.t if x.end_s is None else x.end_s,
                left_percent=x.share.left_percent,
                left_standard_error=x.share.standard_error,
                power_w=x.share.power_w,
                slope_per_minute=None if x.share.left_percent is None else x.slope_per_minute,
                slope_error=None if x.share.left_percent is None else x.slope_error,
                left_w=x.share.left_w,
                right_w=x.share.right_w,
                usual_percent=None if x.share.left_percent is None else x.usual_percent,
                revolutions=x.share.revolutions,
            )
            for x in view.intervals
        ),
        bands=tuple(
            BandSummary(
                name=x.name,
                low_ftp=x.low_ftp,
                high_ftp=x.high_ftp,
                left_percent=x.share.left_percent,
                left_standard_error=x.share.standard_error,
                seconds=x.share.seconds,
                revolutions=x.share.revolutions,
                power_w=x.share.power_w,
                left_w=x.share.left_w,
                right_w=x.share.right_w,
            )
            for x in view.bands
        ),
        limits=view.limits,
    )
