"""What months of rides are judged by: the shares of rides that can be compared, and what the rider changed."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from legbal.analysis.efforts import Efforts
from legbal.analysis.fit_file import FitFile
from legbal.meters.balance_octet import Reference
from legbal.meters.zero_offset import ZeroOffset, ZeroStep
from legbal.ride.share import BalanceQuality, BandShare, Share, band_name

Kind = Literal["fit", "injury", "training"]
LONGEST_WORDS = 200  # characters of a change
SAME_START = timedelta(seconds=1)  # files name the second, the library is finer
LEAST_SECONDS = 60.0  # in a band; less is a crossing of it, and its error is hardly known


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What the rider changed; its days are by the rider's own clock, equal for a change of one day."""

    number: int
    kind: Kind
    first_day: date
    last_day: date
    words: str


class ComparisonKey(msgspec.Struct, frozen=True):
    """What rides that can be compared have in common: one meter, and its balance of one kind and read in one way.

    Attributes:
        meter: as the ride names it, "left + right" for a pair; "" where nothing named it.
        swapped: whether the rider said that left is right.
    """

    meter: str
    balance: BalanceQuality
    reference: Reference
    swapped: bool

    @property
    def comparison_key(self) -> "ComparisonKey":
        """What is equal of two that can be compared."""
        return ComparisonKey(self.meter, self.balance, self.reference, self.swapped)


class RideBands(ComparisonKey, frozen=True, gc=False):
    """A ride's shares in its power bands, its mean cadence while both legs pedalled, and what its efforts say."""

    bands: tuple[BandShare, ...]  # those with a share and its error
    cadence_rpm: float | None = None
    meter_wrong: bool = False  # somewhere in the ride: then it is compared with none
    efforts: Efforts | None = None


class DatedRide(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ride among others, with what may explain its share; None where that is not known.

    Attributes:
        ride: its id.
        started: aware, in the rider's zone of that day.
        rows: its bands; its mean cadence.
        duration_s: how long it lasted.
        indoors: whether it was ridden indoors: a live ride is, for it has a computer beside it.
        share_shown: whether the rider saw the share live.
        family: the id of the profile that its meter has; "" where that is not known.
        file: what the FIT file says that it came from; nothing where it came from none.
        unnamed: it came from one that names no power meter.
        name_then: the name that it has for its meter, where that has another one here, too; "": the same.
    """

    ride: str
    started: datetime
    rows: RideBands
    duration_s: float = 0.0
    indoors: bool | None = None
    share_shown: bool | None = None
    family: str = ""
    file: FitFile = FitFile()
    unnamed: bool = False
    name_then: str = ""

    @property
    def ended(self) -> datetime:
        """When it was over."""
        return self.started + timedelta(seconds=self.duration_s)


class DatedZero(ZeroOffset, frozen=True, kw_only=True):
    """A zero offset that a meter was set to.

    Attributes:
        meter: as rides name it.
        set_at: when the meter answered; aware, in the rider's zone of that day.
        origin: set without a ride, or answered during one.
        number: of one that was set without a ride; None: of a ride.
        ride: its id; None: set without one.
        step: how far it lies from those before it; None where the meter gave no value, or none before in that unit.
    """

    meter: str
    set_at: datetime
    origin: Literal["set", "ride"]
    number: int | None = None
    ride: str | None = None
    step: ZeroStep | None = None


class JoinedName(msgspec.Struct, frozen=True, kw_only=True):
    """Rides under another name of a meter, counted as its own; how many."""

    meter: str
    name: str
    rides: int


def zero_days(
    meter: ComparisonKey, zeros: Iterable[DatedZero], joined: Iterable[JoinedName]
) -> dict[date, bool]:
    """The days on which the zero of a meter was set, under whichever of its names; and whether it jumped then."""
    names = [meter.meter, *(x.name for x in joined if x.meter == meter.meter)]
    parts = {part for name in names for part in name.split(" + ")}
    jumps: dict[date, bool] = {}
    for zero in zeros:
        if zero.meter in parts:
            day = zero.set_at.date()
            jumps[day] = jumps.get(day, False) or (zero.step is not None and zero.step.jump)
    return jumps


class RideShare(msgspec.Struct, frozen=True, gc=False):
    """The share of one ride in one power band; `started` is aware, in the rider's zone of that day."""

    ride: str
    started: datetime
    share: Share


class MeanShare(msgspec.Struct, frozen=True, kw_only=True):
    """The weighted mean of some rides in one power band; its standard error counts that days differ."""

    rides: int
    share: Share


class BandRides(msgspec.Struct, frozen=True, kw_only=True):
    """Rides that can be compared, in one power band.

    Bounds are fractions of FTP, percentages left shares, errors points.
    """

    band: str
    low_ftp: float
    high_ftp: float | None
    rows: tuple[RideShare, ...]  # the earliest first


def is_same_ride(ride: DatedRide, other: DatedRide) -> bool:
    """Whether they begin in the same second, or the shorter one lies for half its time within the other."""
    apart = abs(other.started - ride.started)
    if apart.total_seconds() > max(ride.duration_s, other.duration_s, 0.0) + 1:  # as most: told at once
        return False
    begin, end = max(ride.started, other.started), min(ride.ended, other.ended)
    shorter = timedelta(seconds=min(ride.duration_s, other.duration_s))
    return apart <= SAME_START or (end - begin > shorter / 2 > timedelta())


class MeterRides(ComparisonKey, frozen=True, kw_only=True):
    """Rides that can be compared, the earliest first, and their shares by power band, the lowest first."""

    rides: tuple[DatedRide, ...]
    bands: tuple[BandRides, ...]


def comparable(rides: Iterable[DatedRide]) -> list[MeterRides]:
    """The rides that can be compared; the meter with the most rides first, of as many the one last ridden.

    A meter rides once at a time: of rides that begin in the same second, or lie in the same time, only the longest is
    taken. They are one ride that came in as several files, such as a head unit's before and after it was finished, or
    one exported here; or one that computer and head unit recorded.
    """
    groups: defaultdict[ComparisonKey, list[DatedRide]] = defaultdict(list)
    for ride in sorted(rides, key=lambda ride: ride.started):
        kin = groups[ride.rows.comparison_key]
        if ride.rows.meter and kin and is_same_ride(kin[-1], ride):
            kin[-1] = max(kin[-1], ride, key=lambda x: sum(band.share.seconds for band in x.rows.bands))
        else:
            kin.append(ride)
    return [
        MeterRides(**msgspec.structs.asdict(key), rides=tuple(kin), bands=tuple(_by_band(kin)))
        for key, kin in sorted(
            groups.items(), key=lambda group: (len(group[1]), group[1][-1].started), reverse=True
        )
    ]


def _by_band(rides: Sequence[DatedRide]) -> list[BandRides]:
    rows: defaultdict[tuple[float, float | None], list[RideShare]] = defaultdict(list)
    for ride in rides:
        for band in ride.rows.bands:
            if band.share.seconds >= LEAST_SECONDS:
                rows[band.low_ftp, band.high_ftp].append(RideShare(ride.ride, ride.started, band.share))
    return [
        BandRides(band=band_name(low, high), low_ftp=low, high_ftp=high, rows=tuple(rows[low, high]))
        for low, high in sorted(rows, key=lambda x: (x[0], math.inf if x[1] is None else x[1]))
    ]
