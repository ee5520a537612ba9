"""Rides whose level is another than that of the rider's others on that meter: the meter was wrong all along.

Which those are depends on rides before and after: one that comes in, is removed or is said to be on the same meter
changes it, and no ride's own inputs do. So it is worked out whenever rides are shown, and kept nowhere. Of a long
history few rides decide it for a few, and no others are read.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import compress
from typing import NamedTuple

from legbal.analysis.last_rides import LAST_RIDES
from legbal.analysis.months import (
    LEAST_SECONDS,
    SAME_START,
    ComparisonKey,
    DatedRide,
    MeterRides,
    comparable,
)
from legbal.analysis.same_meter import SameMeterQuestion, join, joined_by, may_be_questions, questions
from legbal.app.meters import profiles
from legbal.library.comparable_rides import Place, count_comparable, longest_ride, places_around, places_of
from legbal.library.derived import basis, current_versions, dated_rides
from legbal.library.rides import Library
from legbal.library.same_meters import read_answers
from legbal.median import median
from legbal.meters.limits import Remark
from legbal.ride.share import at_most_common_level

_AROUND = 10  # rides before one, and after it: legs that change for good soon have as many on either side


def current_rides(library: Library) -> list[DatedRide]:
    """The library's rides that are up to date, the earliest first. Raises LibraryError."""
    return dated_rides(library, basis(profiles()), current_versions("bands", profiles()))


def same_meter_questions(library: Library) -> list[SameMeterQuestion]:
    """Of which names of meters the rider is to be asked whether they are one. Raises LibraryError."""
    by, versions = basis(profiles()), current_versions("bands", profiles())
    answers = read_answers(library)
    counts = count_comparable(library, by, versions, families=True)
    if not may_be_questions([x for _, x in counts], answers):
        return []
    return questions(dated_rides(library, by, versions), answers)


def joined_rides(library: Library) -> list[DatedRide]:
    """The same, those of one meter under one name. Raises LibraryError."""
    return join(current_rides(library), read_answers(library))


def sound_rides(
    library: Library, ids: Collection[str] | None = None
) -> tuple[list[DatedRide], dict[str, Remark]]:
    """The library's rides in which the meter never looked wrong, and what is said of those at another level.

    Args:
        library: which.
        ids: only what decides what is said of these rides, by these ids, and what they are compared with; None: all.

    Raises:
        LibraryError: the library cannot be read.
    """
    rides = joined_rides(library) if ids is None else _beside(library, ids)
    others = other_level(rides)
    return [x for x in rides if x.ride not in others and not x.rows.meter_wrong], others


def rides_like(library: Library, ride: str) -> MeterRides | None:
    """The library's rides that can be compared with one, itself among them; None for none. Raises LibraryError."""
    meters = comparable(sound_rides(library)[0])
    return next((x for x in meters if any(y.ride == ride for y in x.rides)), None)


def _beside(library: Library, ids: Collection[str]) -> list[DatedRide]:
    """Of the joined rides those beside some, as far as all others change nothing that is said of these."""
    current = library, basis(profiles()), current_versions("bands", profiles())
    counts, answers = count_comparable(*current), read_answers(library)
    all_rides = [x for _, x in counts]
    joined = joined_by(all_rides, answers)
    compared_by = {stored: joined(x.key) or x.key for stored, x in counts}
    places = defaultdict[ComparisonKey, list[Place]](list)
    for stored, place in places_of(*current, ids):
        places[compared_by[stored]].append(place)
    longest = longest_ride(library)
    rides = list[DatedRide]()
    for key, its in places.items():
        alike = [stored for stored, other in compared_by.items() if other == key]
        for most in (30, 300, 3000, sys.maxsize):
            before, within, after = places_around(*current, alike, (min(its), max(its)), most)
            numbers = [number for _, number in (*before, *within, *after)]
            window = RideWindow(
                rides=join(dated_rides(*current, numbers), answers, all_rides),
                first=len(before),
                end=len(before) + len(within),
                begins=len(before) < most,
                ends=len(after) < most,
            )
            if window.decides(longest):
                break
        rides += window.rides
    return sorted(rides, key=lambda x: x.started)


class RideWindow(NamedTuple):
    """The rides from one to another that can be compared, the earliest first, and some before and after them.

    Attributes:
        rides: all of them.
        first, end: places of those that are asked about.
        begins, ends: whether there is none before, or after.
    """

    rides: list[DatedRide]
    first: int
    end: int
    begins: bool
    ends: bool

    def decides(self, longest: timedelta) -> bool:
        """Whether no ride beyond can change what is said of these, none being longer than that.

        Those that count are judged by as many on either side as are looked at; and between them and what is beyond
        a ride begins when all before it are over, so that it is the same as none of them (`comparable`).
        """
        rides = self.rides
        judged = [i for i, x in enumerate(rides) if not x.rows.meter_wrong and _level(x) is not None]
        enough = len(judged) > _AROUND
        low = 0 if self.begins else judged[_AROUND] if enough else len(rides)
        high = len(rides) if self.ends else judged[-_AROUND - 1] if enough else -1
        others = other_level(rides)
        sound = [x.ride not in others and not x.rows.meter_wrong for x in rides]
        parted = self._parted(longest)
        if not self.ends and not any(self.end <= i <= high and sound[i] for i in parted):
            return False
        if self.begins:
            return True
        since = next((i for i in parted if low <= i < self.first), self.first)
        earlier = comparable(compress(rides[since : self.first], sound[since : self.first]))
        with_share = {row.ride for meter in earlier for band in meter.bands for row in band.rows}
        # the last of them may be the same as the first that is asked about
        return len(with_share) > LAST_RIDES

    def _parted(self, longest: timedelta) -> list[int]:
        """The places of rides that began when all before them were over."""
        over = None if self.begins else self.rides[0].started + longest
        parted = []
        for i, ride in enumerate(self.rides):
            if over is None or ride.started > over + SAME_START:
                parted.append(i)
            over = ride.ended if over is None else max(over, ride.ended, ride.started)
        return parted


def other_level(rides: Sequence[DatedRide]) -> dict[str, Remark]:
    """Which of these rides, the earliest first, lie at another level than most of those around them, by their ids.

    Those in which the meter was seen to go wrong are neither judged nor compared with.
    """
    on_meter: defaultdict[ComparisonKey, list[tuple[str, float]]] = defaultdict(list)
    for ride in rides:
        level = None if ride.rows.meter_wrong else _level(ride)
        if level is not None:
            on_meter[ride.rows.comparison_key].append((ride.ride, level))
    remarks = {}
    for named in on_meter.values():
        levels = [level for _, level in named]
        for i, (name, level) in enumerate(named):
            first = max(0, i - _AROUND)
            around = levels[first : i + _AROUND + 1]
            common = at_most_common_level(around)
            if not common[i - first]:
                usual = median(list(compress(around, common)))
                remarks[name] = Remark("ride.other_level", {"percent": level, "usual": usual})
    return remarks


def _level(ride: DatedRide) -> float | None:
    """The left share of all that it pedalled in bands, by work; None: too little."""
    shares = [x.share for x in ride.rows.bands if x.share.seconds >= LEAST_SECONDS]
    work = sum([x.seconds * (x.power_w or 0.0) for x in shares])
    return sum([x.seconds * (x.left_w or 0.0) for x in shares]) / work * 100 if work > 0 else None
