"""What a ride's balance was: the ride, its intervals and power bands, from the same view that the screen shows.

Percentages are left shares unless a field says otherwise; errors are one standard deviation, in points. None where
there is nothing to say.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from legbal.analysis.dynamics import CyclingDynamics, Dynamics
from legbal.analysis.efforts import Efforts
from legbal.analysis.months import RideBands
from legbal.analysis.power_analysis import MinimumDetectableChange
from legbal.analysis.retrospect import in_retrospect
from legbal.meters.balance_octet import Reference
from legbal.meters.limits import RemarkOrText
from legbal.ride.drill import Drill
from legbal.ride.events import ClearReason
from legbal.ride.inputs import Setup, Side
from legbal.ride.share import EMPTY, BalanceQuality, BandShare, Estimate, Share, WrongStretch
from legbal.ride.view import Interval, RideView

Covered = Literal["other leg", "power fell", "both"]


class RideSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ride; `cadence_rpm` is the mean while both legs pedalled, None where the meter says none."""

    share: Share
    balance: BalanceQuality
    reference: Reference
    duration_s: float
    cadence_rpm: float | None = None
    dynamics: Dynamics | None = None


class IntervalSummary(Interval, frozen=True, kw_only=True):
    """One work interval of a ride that is over; `usual_percent` as believed when it ended."""

    end_s: float
    dynamics: Dynamics | None = None


class FirstLast(msgspec.Struct, frozen=True, kw_only=True):
    """The last interval's left share less that of the first that is comparable with it, by their numbers."""

    first: int
    last: int
    difference: Estimate


class BandDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One power band's left share less another's, by their names."""

    band: str
    against: str
    difference: Estimate


class SpanAverages(msgspec.Struct, frozen=True, kw_only=True):
    """The legs over one stretch around a drop-off."""

    share: Share = EMPTY
    cadence_rpm: float | None = None
    seconds: float = 0.0  # all of it, those without a balance too


class DropOffSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One drop-off that was told: the named leg before, during and after it.

    Attributes:
        told_s: when the alert spoke, ride seconds; `since_s`: when the leg had begun to give less.
        cleared_s: until when the alert held: its interval's end, or the moment when it was cleared; `ended`: why.
        back_after_s: after so many seconds from `since_s` the leg was back; None where the alert ended otherwise.
        points: how far the leg was below its usual when told; `sure`: the chance that this is no noise, 0…1.
        difference: the left share during it less that before it; its error is smaller than those of the two, because
            what wanders over minutes is in both.
        covered: what became of the watts that the leg no longer gave: the other leg gave them, the power fell, or
            both in part; None where this cannot be told from noise.
    """

    side: Side
    told_s: float
    since_s: float
    cleared_s: float | None
    ended: ClearReason | None = None
    points: float
    sure: float | None
    before: SpanAverages
    during: SpanAverages
    after: SpanAverages
    difference: Estimate | None = None
    back_after_s: float | None
    covered: Covered | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a ride beside its inputs, and shown by `legbal rides`."""

    ride: RideSummary
    intervals: tuple[IntervalSummary, ...]
    bands: tuple[BandShare, ...]
    drills: tuple[Drill, ...] = ()  # with one leg; they are in no share, difference or error
    meter_wrong: tuple[WrongStretch, ...] = ()  # in which the meter looked wrong: trends leave the ride out
    limits: tuple[RemarkOrText, ...] = ()  # what the meter can and cannot know
    drift: Estimate | None = None  # of the left share over the ride, bands kept apart: points an hour
    first_last: FirstLast | None = None
    contrasts: tuple[BandDifference, ...] = ()
    dropoffs: tuple[DropOffSummary, ...] = ()
    efforts: Efforts | None = None
    smallest: MinimumDetectableChange | None = None  # in the band that was ridden longest, see `longest_band`


def longest_band(bands: Iterable[BandShare]) -> BandShare | None:
    """The power band with the most pedalling; None where none has an error to reckon with."""
    measured = [band for band in bands if band.share.standard_error is not None]
    return max(measured, key=lambda band: band.share.seconds, default=None)


def bands_of(meters: Sequence[str], setup: Setup, summary: Summary) -> RideBands:
    """What a summary says of the balance in each power band; a band without an error has nothing to compare.

    Neither has a balance that is none: one that never moved, or is not there. `meters` are those that sent something,
    the first to do so first.
    """
    is_one = summary.ride.balance not in ("constant", "absent")
    both = setup.pair is not None or setup.profile.peripherals == 2
    return RideBands(
        meter=" + ".join(sorted(meters) if both else meters[:1]),
        balance=summary.ride.balance,
        reference=summary.ride.reference,
        swapped=setup.swap_sides,
        cadence_rpm=summary.ride.cadence_rpm,
        meter_wrong=bool(summary.meter_wrong),
        efforts=summary.efforts if is_one else None,
        bands=tuple(
            band
            for band in summary.bands
            if is_one and band.share.left_percent is not None and band.share.standard_error
        ),
    )


def summarise(view: RideView, dynamics: CyclingDynamics) -> Summary:
    """The summary of a ride that is over, from its last view and its cycling dynamics."""
    intervals = []
    for x in view.intervals:
        has_share, end_s = x.share.left_percent is not None, view.t if x.end_s is None else x.end_s
        intervals.append(
            IntervalSummary(
                number=x.number,
                start_s=x.start_s,
                end_s=end_s,
                share=x.share,
                usual_percent=x.usual_percent if has_share else None,
                slope_per_minute=x.slope_per_minute if has_share else None,
                slope_error=x.slope_error if has_share else None,
                by=x.by,
                dropoffs=x.dropoffs,
                dynamics=dynamics.over(x.start_s, end_s),
            )
        )
    return Summary(
        ride=RideSummary(
            share=view.ride,
            balance=view.balance,
            reference=view.reference,
            duration_s=view.t,
            dynamics=dynamics.over(),
        ),
        intervals=tuple(intervals),
        bands=view.bands,
        drills=view.drills,
        meter_wrong=view.meter_wrong,
        limits=in_retrospect(view),
    )
