"""Rides whose level is another than that of the rider's others on that meter: the meter was wrong all along.

Which those are depends on rides before and after: one that comes in, is removed or is said to be on the same meter
changes it, and no ride's own inputs do. So it is worked out whenever rides are shown, and kept nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from statistics import median

from legbal.analysis.months import LEAST_SECONDS, ComparisonKey, DatedRide
from legbal.analysis.same_meter import join
from legbal.app.meters import profiles
from legbal.library.derived import basis, current_versions, dated_rides
from legbal.library.same_meters import read_answers
from legbal.meters.limits import Remark
from legbal.ride.share import at_most_common_level

_AROUND = 10  # rides before one, and after it: legs that change for good soon have as many on either side


def current_rides(path: Path) -> list[DatedRide]:
    """The library's rides that are up to date, the earliest first. Raises LibraryError."""
    return dated_rides(path, basis(profiles()), current_versions("bands", profiles()))


def joined_rides(path: Path) -> list[DatedRide]:
    """The same, those of one meter under one name. Raises LibraryError."""
    return join(current_rides(path), read_answers(path))


def sound_rides(path: Path) -> tuple[list[DatedRide], dict[str, Remark]]:
    """The library's rides in which the meter never looked wrong, and what is said of those at another level.

    Raises:
        LibraryError: the library cannot be read.
    """
    rides = joined_rides(path)
    others = other_level(rides)
    return [x for x in rides if x.ride not in others and not x.rows.meter_wrong], others


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
                usual = median(compress(around, common))
                remarks[name] = Remark("ride.other_level", {"percent": level, "usual": usual})
    return remarks


def _level(ride: DatedRide) -> float | None:
    """The left share of all that it pedalled in bands, by work; None: too little."""
    shares = [x.share for x in ride.rows.bands if x.share.seconds >= LEAST_SECONDS]
    work = sum(x.seconds * (x.power_w or 0.0) for x in shares)
    return sum(x.seconds * (x.left_w or 0.0) for x in shares) / work * 100 if work > 0 else None
