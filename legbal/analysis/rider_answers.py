"""The six questions of a rider with one weak leg, each answered from all rides on one meter.

How large is it, and where? How fast does the weak leg tire? Is it getting better? What did each change do? What can
this meter show? All rest on one model of the rider's days (`legbal.analysis.rider_days`), as trend and change do.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec
import numpy as np

from legbal.analysis.course import DAYS_A_MONTH
from legbal.analysis.detection import detection_delays, mean_noise
from legbal.analysis.intensities import band_profile, sprints_off
from legbal.analysis.meter_days import Effect, MeterDays, date_of
from legbal.analysis.months import Change, ComparisonKey, MeterRides
from legbal.analysis.outlook import MOST_MORE, WORTH_POINTS, rides_needed, rides_to_tell, smallest_later
from legbal.analysis.posterior import LIKELY, Certainty, CredibleInterval, Mixture, certainty
from legbal.analysis.rider_changes import LEAST_RIDES
from legbal.analysis.tiring import Tiring
from legbal.analysis.trend import MeterAnswer, StudiedMeter
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.baseline import TYPICAL_NOISE
from legbal.ride.inputs import Side
from legbal.ride.share import Z_95

_TO_TELL = 2.5  # standard errors by which bands must lie apart, for the prior doubts that they do
_DEPTHS = (5.0, 4.0, 3.0, 2.0)  # points by which a leg may fall
_LATER = 10  # rides after which a lasting change is asked for
MOST_MONTHS = 60.0  # until even: what is further off nobody foretells


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How large it is: the left share of all bands together, as of the last ride, percent.

    Attributes:
        certainty: that `weak` gives less than half, by the two-sided probability; where it is None, that both are
            even to `WORTH_POINTS`.
        more: rides like the last until it would be known; 0: it is, or none of `MOST_MORE` would tell.
    """

    certainty: Certainty
    weak: Side | None
    level: CredibleInterval
    probability: float
    more: int


class BandLevel(msgspec.Struct, frozen=True):
    """The left share in one power band, percent; fractions of FTP."""

    band: str
    low_ftp: float
    high_ftp: float | None
    level: CredibleInterval


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where the weak leg gives least, and where most.

    Attributes:
        certainty: that it gives less in `least` than in `most`; or, where `alike`, that bands do not differ.
        apart: points between the two, if bands differ.
        sprints: the left share in sprints of 5 to 20 s, in `sprint_rides` rides; None: there was none.
    """

    certainty: Certainty
    alike: bool
    bands: tuple[BandLevel, ...]
    least: BandLevel | None
    most: BandLevel | None
    apart: CredibleInterval | None
    sprints: CredibleInterval | None
    sprint_rides: int
    more: int


class ChangeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a change did to the left share on this meter; None with fewer than three rides on a side.

    `more`: rides until one of `WORTH_POINTS` would be told, None for more than can be waited for.
    """

    change: Change
    effect: Effect | None
    before: int
    after: int
    more: int | None


class MeterShows(msgspec.Struct, frozen=True, kw_only=True):
    """What a meter can show of this rider.

    Attributes:
        profile: of its family.
        delays: a fall of so many points at once, and seconds of effort until it is told half of the times; None: later
            than four minutes, or never.
        lasting: points of a change made now that ten more rides would tell four times of five; None: none.
        own_noise: whether that rests on the rider's own rides, and not on a typical rider.
    """

    profile: Profile
    delays: tuple[tuple[float, float | None], ...]
    lasting: float | None
    own_noise: bool


class RiderAnswers(ComparisonKey, frozen=True, kw_only=True):
    """The six answers of the rides on one meter.

    `course` is None with too few rides for it; `until_even` is when the level would be even, by that, with its bounds,
    None where it does not go there.
    """

    rides: int
    first_day: date
    last_day: date
    size: Size
    where: Where
    tiring: Tiring | None
    course: MeterAnswer | None
    until_even: tuple[date, date, date | None] | None
    changes: tuple[ChangeAnswer, ...]
    shows: MeterShows


def rider_answers(studied: StudiedMeter, profile: Profile = UNLISTED) -> RiderAnswers:
    """The answers of the rides on one meter; `profile`: of its family."""
    meter, days, course = studied.meter, studied.days, studied.answer
    size = _size(days.level, len(days.dated))
    return RiderAnswers(
        **msgspec.structs.asdict(meter.comparison_key),
        rides=len(days.dated),
        first_day=days.dated[0].started.date(),
        last_day=days.dated[-1].started.date(),
        size=size,
        where=_where(meter, days, studied.weak_side),
        tiring=studied.tiring,
        course=course,
        until_even=None if course is None else _until_even(course, size.level, days.rides.days[-1]),
        changes=tuple(_change(days, x) for x in studied.changes),
        shows=meter_shows(days, profile),
    )


def answers_of(meters: Iterable[StudiedMeter], profiles: Sequence[Profile]) -> Iterator[RiderAnswers]:
    """The answers of each meter; `profiles`: those that are known."""
    by_id = {x.id: x for x in profiles}
    return (rider_answers(x, by_id.get(x.meter.rides[-1].family, UNLISTED)) for x in meters)


def _size(level: Mixture, rides: int) -> Size:
    less, even = 1 - level.above(0.0), level.above(-WORTH_POINTS) - level.above(WORTH_POINTS)
    weak: Side | None = "left" if less > 0.5 else "right"
    probability = abs(2 * less - 1)  # that its range leaves even out
    if even >= LIKELY:
        weak, probability = None, even
    word = certainty(probability)
    return Size(
        certainty=word,
        weak=None if word == "unknown" else weak,
        level=level.interval().shifted(50.0),
        probability=probability,
        more=0 if word != "unknown" else rides_to_tell(rides, level.standard_deviation),
    )


def _where(meter: MeterRides, days: MeterDays, side: Side) -> Where:
    level = days.level
    profile, mean, sd = band_profile(days.rides), level.middle, level.standard_deviation
    differ = np.array([1 - profile.probability, profile.probability])
    bands = tuple(
        BandLevel(
            band=band.band,
            low_ftp=band.low_ftp,
            high_ftp=band.high_ftp,
            level=Mixture(
                differ,
                np.array([mean, mean + profile.mean[i]]),
                np.array([sd, math.hypot(sd, math.sqrt(profile.covariance[i, i]))]),
            )
            .interval()
            .shifted(50.0),
        )
        for i, band in enumerate(meter.bands)
    )
    low, high = int(profile.mean.argmin()), int(profile.mean.argmax())
    probability, apart = profile.above(high, low)
    alike = len(bands) > 1 and 1 - profile.probability >= LIKELY
    word = certainty(1 - profile.probability if alike else probability)
    least, most = (low, high) if side == "left" else (high, low)
    shown = word != "unknown" and not alike
    sprints = sprints_off(days.dated, days.rides)
    return Where(
        certainty=word,
        alike=alike,
        bands=bands,
        least=bands[least] if shown else None,
        most=bands[most] if shown else None,
        apart=apart if shown else None,
        sprints=None if sprints is None else _around(sprints[1], mean, sd),
        sprint_rides=0 if sprints is None else sprints[0],
        more=0
        if word != "unknown" or len(bands) < 2
        else rides_to_tell(len(days.dated), (apart.high - apart.low) / 2 / Z_95, _TO_TELL),
    )


def _around(off: CredibleInterval, level: float, sd: float) -> CredibleInterval:
    """What lies so far off the level, percent."""
    reach = Z_95 * math.hypot(sd, (off.high - off.low) / 2 / Z_95)
    middle = 50.0 + level + off.value
    return CredibleInterval(middle, middle - reach, middle + reach)


def _until_even(
    course: MeterAnswer, level: CredibleInterval, today: float
) -> tuple[date, date, date | None] | None:
    """When a level that follows its line is even: at the soonest, in the mean, at the latest (None: unknown)."""
    slope, gap = course.slope, 50.0 - level.value
    if course.shape != "line" or gap * slope.value <= 0:
        return None
    way = math.copysign(1.0, gap)
    slow, fast = sorted((way * slope.low, way * slope.high))
    near, far = sorted((way * (50.0 - level.low), way * (50.0 - level.high)))
    months = (max(near, 0.0) / fast, gap / slope.value, far / slow if slow > 0 else math.inf)
    if months[1] > MOST_MONTHS:
        return None
    soonest, mean, latest = (None if x > MOST_MONTHS else date_of(today + x * DAYS_A_MONTH) for x in months)
    return None if soonest is None or mean is None else (soonest, mean, latest)


def _change(days: MeterDays, change: Change) -> ChangeAnswer:
    started = [ride.started.date() for ride in days.dated]
    noted = days.noted(change)
    effect = None if noted is None else Effect.of(noted, days.answer.day_sd)
    more: int | None = 0
    if effect is None or effect.certainty == "unknown":
        fit, column = days.fit_without(change), days.step(change)
        more = rides_needed(fit, days.rides, column, WORTH_POINTS, MOST_MORE)
    before, after = sum(x < change.first_day for x in started), sum(x > change.last_day for x in started)
    if effect is None and more is not None:
        more = max(more, LEAST_RIDES - after)
    return ChangeAnswer(change=change, effect=effect, before=before, after=after, more=more)


def meter_shows(days: MeterDays | None, profile: Profile) -> MeterShows:
    """What a meter shows of the rider of these rides, or of a typical one without any."""
    efforts = [] if days is None else [x for ride in days.dated if (x := ride.rows.efforts) is not None]
    noise = mean_noise(x.noise for x in efforts if x.noise is not None)
    return MeterShows(
        profile=profile,
        delays=tuple(zip(_DEPTHS, detection_delays(noise or TYPICAL_NOISE, _DEPTHS), strict=True)),
        lasting=None if days is None else smallest_later(days.answer.fit, days.rides, _LATER),
        own_noise=noise is not None,
    )
