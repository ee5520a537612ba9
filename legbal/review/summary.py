"""What a ride's balance was: the ride, its intervals and power bands, from the same view that the screen shows."""

from __future__ import annotations

import msgspec

from legbal.ride.view import Balance, Reference, RideView

VERSION = "2"
"""Of the code that derives a summary; raised when it would say something else of the same inputs."""


class RideSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ride; percentages are left shares, None where there is nothing to say."""

    left_percent: float | None
    left_standard_error: float | None
    balance: Balance
    reference: Reference
    power_w: float | None
    duration_s: float
    revolutions: int


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


class BandSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One power band; bounds are fractions of FTP."""

    name: str
    low_ftp: float
    high_ftp: float | None
    left_percent: float | None
    left_standard_error: float | None
    seconds: float


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a ride beside its inputs, and shown by `legbal rides`."""

    ride: RideSummary
    intervals: tuple[IntervalSummary, ...]
    bands: tuple[BandSummary, ...]
    limits: tuple[str, ...] = ()  # what the meter can and cannot know, in sentences


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
        ),
        intervals=tuple(
            IntervalSummary(
                number=x.number,
                start_s=x.start_s,
                end_s=view.t if x.end_s is None else x.end_s,
                left_percent=x.share.left_percent,
                left_standard_error=x.share.standard_error,
                power_w=x.share.power_w,
                slope_per_minute=x.slope_per_minute,
                slope_error=x.slope_error,
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
            )
            for x in view.bands
        ),
        limits=view.limits,
    )
