"""What a ride's balance was: the ride, its intervals and power bands, from the same view that the screen shows.

Percentages are left shares unless a field says otherwise; errors are one standard deviation, in points. None where
there is nothing to say.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from legbal.analysis.efforts import Efforts
from legbal.analysis.leg_dynamics import Dynamics
from legbal.analysis.months import RideBands
from legbal.analysis.power_analysis import MinimumDetectableChange
from legbal.analysis.retrospect import in_retrospect
from legbal.meters.balance_octet import Reference
from legbal.meters.limits import Remark, RemarkOrText
from legbal.ride.drill import Drill
from legbal.ride.events import ClearReason
from legbal.ride.inputs import Setup, Side
from legbal.ride.share import EMPTY, BalanceQuality, BandShare, Estimate, Period, Share
from legbal.ride.work_interval import Interval, IntervalDropOff

if TYPE_CHECKING:  # both bring numpy along, with which a summary is made, not read
    from legbal.analysis.dynamics import CyclingDynamics
    from legbal.ride.view import RideView

Covered = Literal["other leg", "power fell", "both"]


class HeartRateSummary(msgspec.Struct, frozen=True):
    """Beats a minute over some time: the mean of its seconds, and the most of any."""

    mean_bpm: float
    max_bpm: int


class RideSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ride.

    Attributes:
        duration_s: without its pauses.
        cadence_rpm: the mean while both legs pedalled, None where the meter says none.
        usual_percent: the left share that is usual at this ride's powers, by earlier rides; None without any.
        heart_rate: of a strap, without the pauses; None where none was worn.
    """

    share: Share
    balance: BalanceQuality
    reference: Reference
    duration_s: float
    cadence_rpm: float | None = None
    dynamics: Dynamics | None = None
    usual_percent: float | None = None
    heart_rate: HeartRateSummary | None = None


class IntervalSummary(Interval, frozen=True, kw_only=True):
    """One work interval of a ride that is over; `usual_percent` as of the ride, without earlier ones the ride's own."""

    end_s: float
    dynamics: Dynamics | None = None
    heart_rate: HeartRateSummary | None = None


class LapShare(msgspec.Struct, frozen=True):
    """One lap, from when until when, ride seconds."""

    start_s: float
    end_s: float
    share: Share


class HeadUnitSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What it wrote; without a part of it nothing.

    Attributes:
        laps: where it divided the ride in two or more, whatever ended them.
        seated, standing: where a meter noticed how the rider sat.
        turns: of the cranks.
        indoors: whether the ride was ridden indoors.
        ftp_w: functional threshold power as it had it, watts.
    """

    laps: tuple[LapShare, ...] = ()
    seated: Share | None = None
    standing: Share | None = None
    turns: int | None = None
    indoors: bool | None = None
    ftp_w: int | None = None


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


class ShortEfforts(msgspec.Struct, frozen=True, kw_only=True):
    """Many efforts of less than a minute together; `share` is their mean, weighted by work."""

    number: int
    median_s: float
    share: Share


class RideComparison(msgspec.Struct, frozen=True, kw_only=True):
    """A ride against the last ones on the same meter, as if all had been ridden at equal power.

    Attributes:
        difference: its left share less the mean of theirs, points; the error counts that days differ.
        shares: the left shares, percent: of those rides, the earliest first, and of this one.
    """

    difference: Estimate
    shares: tuple[float, ...]

    def usual(self, share: Share) -> float | None:
        """The left share that is usual by those rides, where this one's is `share`."""
        return None if share.left_percent is None else share.left_percent - self.difference.value


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a ride beside its inputs, and shown by `legbal rides`."""

    ride: RideSummary
    intervals: tuple[IntervalSummary, ...]
    bands: tuple[BandShare, ...]
    drills: tuple[Drill, ...] = ()  # with one leg; they are in no share, difference or error
    meter_wrong: tuple[Period, ...] = ()  # in which the meter looked wrong: trends leave the ride out
    limits: tuple[RemarkOrText, ...] = ()  # what the meter can and cannot know
    head_unit: HeadUnitSummary | None = None  # of a FIT file
    drift: Estimate | None = None  # as of its efforts
    first_last: FirstLast | None = None
    contrasts: tuple[BandDifference, ...] = ()
    dropoffs: tuple[DropOffSummary, ...] = ()
    efforts: Efforts | None = None
    comparison: RideComparison | None = None  # worked out when it is shown: other rides come and go
    laps: tuple[float, ...] = ()  # when the rider or the head unit began one, ride seconds
    notes: tuple[tuple[float, str], ...] = ()  # ride seconds, and what the rider wrote
    smallest: MinimumDetectableChange | None = None  # in the band that was ridden longest, see `longest_band`

    @property
    def is_timed(self) -> bool:
        """Whether records of time stand for revolutions, which nobody counted, as in a FIT file."""
        return any(isinstance(x, Remark) and x.code == "limit.by_time" for x in self.limits)


def longest_band(bands: Iterable[BandShare]) -> BandShare | None:
    """The power band with the most pedalling; None where none has an error to reckon with."""
    measured = [band for band in bands if band.share.standard_error is not None]
    return max(measured, key=lambda band: band.share.seconds, default=None)


_SHORT_S, _MANY = 60.0, 10  # of efforts that are gathered: shorter than that, and so many of them


def gather_short(
    intervals: Sequence[IntervalSummary],
) -> tuple[Sequence[IntervalSummary], ShortEfforts | None]:
    """The intervals without the short efforts, and those together, where there are many, as on outdoor rides.

    Those that a lap or a plan drew stay, and those in which something fell.
    """
    short = [x for x in intervals if x.by == "power" and not x.dropoffs and x.end_s - x.start_s < _SHORT_S]
    if len(short) < _MANY:
        return intervals, None
    shares = [x.share for x in short if x.share.left_percent is not None and x.share.standard_error]
    work = [x.seconds * (x.power_w or 0.0) for x in shares]
    left = error = None
    if sum(work) > 0:
        left = sum(x * (share.left_percent or 0.0) for x, share in zip(work, shares, strict=True)) / sum(work)
        parts = (x * (share.standard_error or 0.0) for x, share in zip(work, shares, strict=True))
        error = math.hypot(*parts) / sum(work)
    seconds = [x.end_s - x.start_s for x in short]
    joules = sum(s * (x.share.power_w or 0.0) for s, x in zip(seconds, short, strict=True))
    share = Share(
        left,
        error,
        sum(x.seconds for x in shares),
        sum(x.revolutions or 0 for x in shares),
        joules / sum(seconds),
    )
    gathered = ShortEfforts(number=len(short), median_s=sorted(seconds)[len(seconds) // 2], share=share)
    return [x for x in intervals if x not in short], gathered


def numbered_dropoffs(summary: Summary) -> list[tuple[int, IntervalDropOff]]:
    """The ride's drop-offs, each with the number of the interval that it was told in."""
    of_intervals = [(x.number, dropoff) for x in summary.intervals for dropoff in x.dropoffs]
    if of_intervals:
        return of_intervals
    return [  # of a summary kept before intervals knew theirs
        (
            max((x.number for x in summary.intervals if x.start_s <= dropoff.told_s), default=0),
            IntervalDropOff(
                dropoff.side,
                dropoff.since_s,
                None if dropoff.back_after_s is None else dropoff.since_s + dropoff.back_after_s,
                dropoff.points,
            ),
        )
        for dropoff in summary.dropoffs
    ]


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
            _without_count(band) if summary.is_timed else band
            for band in summary.bands
            if is_one and band.share.left_percent is not None and band.share.standard_error
        ),
    )


def _without_count(band: BandShare) -> BandShare:
    """The band where records of time stood for revolutions: nobody counted these."""
    return msgspec.structs.replace(band, share=msgspec.structs.replace(band.share, revolutions=None))


def summarise(
    view: "RideView",
    dynamics: "CyclingDynamics",
    heart_rate: Callable[[float, float], HeartRateSummary | None] = lambda _start_s, _end_s: None,
) -> Summary:
    """The summary of a ride that is over, from its last view and its cycling dynamics.

    `heart_rate` gives that from one ride second to another.
    """
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
                heart_rate=heart_rate(x.start_s, end_s),
            )
        )
    return Summary(
        ride=RideSummary(
            share=view.ride,
            balance=view.balance,
            reference=view.reference,
            duration_s=view.timer_s,
            dynamics=dynamics.over(),
            heart_rate=heart_rate(-math.inf, math.inf),
        ),
        intervals=tuple(intervals),
        bands=view.bands,
        drills=view.drills,
        meter_wrong=view.meter_wrong,
        limits=in_retrospect(view),
        notes=view.notes,
    )
