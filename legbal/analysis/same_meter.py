"""Which meters, by the names that rides have for them, are one: known by a number, told by the rider, or to be asked.

Over Bluetooth a meter has a name, in a FIT file a maker and perhaps a serial number. So rides of one pair of pedals may
stand under several names. Only the same serial number of the same maker is proof; all else is a question.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal, NamedTuple

import msgspec

from legbal.analysis.fit_file import ANT_NUMBERS
from legbal.analysis.months import ComparisonKey, DatedRide, JoinedName, is_same_ride
from legbal.meters.profile import UNLISTED
from legbal.ride.share import BalanceQuality

_APART = timedelta(
    days=60
)  # between the rides under one name and those under the other: longer, and it was sold
_ALIKE_POINTS = 3.0  # between their mean shares: days differ by up to two points, a meter set anew by one
_NUMBER = re.compile(r"\d{4,}")  # in a name; a model has fewer digits
_LEAST_NUMBER = 1000  # smaller ones are alike by chance
_NO_FAMILY = {"", UNLISTED.id}
SURE_OF_LEG = ("left", "right")  # references by which a share is certainly the left leg's

Because = Literal["number", "ride", "family", "unnamed"]

Answers = Mapping[tuple[str, str], bool]
"""What the rider said of two names, in the order of the alphabet: whether they are one meter."""


class MeterName(msgspec.Struct, frozen=True, kw_only=True):
    """The rides under one name, the earliest first."""

    name: str
    rides: tuple[DatedRide, ...]

    @property
    def left_percent(self) -> float | None:
        """The mean share, weighted by pedalling; None where no ride names the leg for certain."""
        shares = [
            (band.share.left_percent, band.share.seconds)
            for ride in self.rides
            if ride.rows.reference in SURE_OF_LEG
            for band in ride.rows.bands
            if band.share.left_percent is not None
        ]
        seconds = sum(weight for _, weight in shares)
        return sum(percent * weight for percent, weight in shares) / seconds if seconds else None

    @property
    def unnamed(self) -> bool:
        """Whether the name is no power meter's, but that of what recorded the rides."""
        return all(ride.unnamed for ride in self.rides)

    @property
    def numbers(self) -> frozenset[int]:
        """All by which it may be known: in its name, serial, of ANT+."""
        stated = {int(digits) for digits in _NUMBER.findall(self.name)}
        for ride in self.rides:
            stated |= {x for x in (ride.file.serial_number, ride.file.ant_device_number) if x}
        return frozenset(x for x in stated | {x % ANT_NUMBERS for x in stated} if x >= _LEAST_NUMBER)


class SameMeterQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Two names that may be of one meter.

    Attributes:
        meter, other: the names; of joined ones the one with the most rides.
        rides: under each.
        because: of a number that both have, of a ride that both recorded, or of their time and share: of one family, or
            under a name that is no power meter's.
        number: which.
    """

    meter: str
    other: str
    rides: tuple[int, int]
    because: Because
    number: int | None = None


def by_name(rides: Iterable[DatedRide]) -> dict[str, MeterName]:
    """The rides under each name; those without one are left out."""
    rides_of = defaultdict[str, list[DatedRide]](list)
    for ride in sorted(rides, key=lambda ride: ride.started):
        if ride.rows.meter:
            rides_of[ride.rows.meter].append(ride)
    return {name: MeterName(name=name, rides=tuple(its)) for name, its in rides_of.items()}


def pair_of(meter: str, other: str) -> tuple[str, str]:
    """Two names in the order in which answers have them."""
    return (meter, other) if meter < other else (other, meter)


def groups(
    names: Iterable[str], serial_numbers: Mapping[str, frozenset[tuple[int, int]]], answers: Answers
) -> list[frozenset[str]]:
    """The names that are one meter: by a serial number, unless the rider denies it, or by the rider's word."""
    joined = {name: {name} for name in names}
    for a, b in combinations(joined, 2):
        same = bool(serial_numbers.get(a, frozenset()) & serial_numbers.get(b, frozenset()))
        if answers.get(pair_of(a, b), same) and joined[a] is not joined[b]:
            joined[a] |= joined[b]
            for name in joined[b]:
                joined[name] = joined[a]
    return list({id(group): frozenset(group) for group in joined.values()}.values())


def groups_of(meters: Mapping[str, MeterName], answers: Answers) -> list[list[MeterName]]:
    """The meters of those names, each as its names, the one with the most rides first."""
    serial_numbers = {
        name: _traits(count_rides(meter.rides)).serial_numbers for name, meter in meters.items()
    }
    return [
        sorted((meters[name] for name in group), key=lambda x: (-len(x.rides), x.name))
        for group in groups(meters, serial_numbers, answers)
    ]


class RideCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many rides have one comparison key, one family, and one maker and serial number by the file they came from.

    Attributes:
        first: when the earliest of them began, and its place among those of that time.
        family: the id of the profile that their meter has, "" for none; None: those of all families together.
    """

    key: ComparisonKey
    serial_number: tuple[int, int] | None
    rides: int
    first: tuple[datetime, int]
    family: str | None = None


class _Traits(NamedTuple):
    """What tells one meter from another: its names, the families that it was taken for, makers and serial numbers."""

    names: frozenset[str]
    families: frozenset[str]
    serial_numbers: frozenset[tuple[int, int]]

    def may_be(self, other: _Traits, answers: Answers) -> bool:
        """Whether the rider may be asked if they are one: not of a pair, two families, or numbers that differ."""
        answered = any(pair_of(a, b) in answers for a in self.names for b in other.names)
        parts, others = ({part for name in x.names for part in name.split(" + ")} for x in (self, other))
        return not (
            answered
            or parts & others
            or (self.serial_numbers and other.serial_numbers)
            or (self.families and other.families and not self.families & other.families)
        )


def _traits(its: Iterable[RideCount]) -> _Traits:
    its = tuple(its)
    return _Traits(
        names=frozenset(x.key.meter for x in its),
        families=frozenset(x.family for x in its if x.family) - _NO_FAMILY,
        serial_numbers=frozenset(x.serial_number for x in its if x.serial_number),
    )


def count_rides(rides: Iterable[DatedRide]) -> list[RideCount]:
    """How many of some rides have what in common."""
    alike = defaultdict[tuple[ComparisonKey, tuple[int, int] | None, str], list[tuple[datetime, int]]](list)
    for place, ride in enumerate(rides):
        maker, number = ride.file.manufacturer, ride.file.serial_number
        serial_number = (maker, number) if maker and number else None
        alike[ride.rows.comparison_key, serial_number, ride.family].append((ride.started, place))
    return [
        RideCount(key=key, serial_number=serial_number, rides=len(places), first=min(places), family=family)
        for (key, serial_number, family), places in alike.items()
    ]


def _by_name(all_rides: Iterable[RideCount]) -> dict[str, list[RideCount]]:
    names = defaultdict[str, list[RideCount]](list)
    for x in all_rides:
        if x.key.meter:
            names[x.key.meter].append(x)
    return names


def _groups(names: Mapping[str, Iterable[RideCount]], answers: Answers) -> list[frozenset[str]]:
    return groups(names, {name: _traits(its).serial_numbers for name, its in names.items()}, answers)


def may_be_questions(all_rides: Iterable[RideCount], answers: Answers) -> bool:
    """Whether `questions` may find one: not where no two meters are left that a count does not tell apart."""
    names = _by_name(all_rides)
    meters = [_traits(x for name in group for x in names[name]) for group in _groups(names, answers)]
    return any(one.may_be(other, answers) for one, other in combinations(meters, 2))


Joined = Callable[[ComparisonKey], ComparisonKey | None]
"""By what rides of a key are compared that are on a meter of several names; None: their meter has one name."""


def joined_by(all_rides: Iterable[RideCount], answers: Answers) -> Joined:
    """Brings rides under several names of one meter under the one with the most rides, and makes them comparable.

    A share that is certainly the left leg's is comparable with any other such; a balance that nobody knew the worth of
    is worth what the meter's others are.
    """
    names = _by_name(all_rides)
    first: dict[str, ComparisonKey] = {}
    worth: dict[str, set[BalanceQuality]] = {}
    for group in _groups(names, answers):
        if len(group) > 1:
            most = min(group, key=lambda name: (-sum(x.rides for x in names[name]), name))
            in_order = sorted(names[most], key=lambda x: x.first)
            sure = next((x for x in in_order if x.key.reference in SURE_OF_LEG), in_order[0])
            first |= dict.fromkeys(group, sure.key)
            stated = {x.key.balance for name in group for x in names[name]} - {"unknown"}
            worth |= dict.fromkeys(group, stated)

    def joined(key: ComparisonKey) -> ComparisonKey | None:
        to = first.get(key.meter)
        if to is None:
            return None
        both_sure = key.reference in SURE_OF_LEG and to.reference in SURE_OF_LEG
        others = worth[key.meter]
        return ComparisonKey(
            meter=to.meter,
            balance=next(iter(others)) if key.balance == "unknown" and len(others) == 1 else key.balance,
            reference=to.reference if both_sure else key.reference,
            swapped=key.swapped,
        )

    return joined


def join(
    rides: Sequence[DatedRide], answers: Answers, among: Iterable[RideCount] | None = None
) -> list[DatedRide]:
    """The rides, those under several names of one meter under the one with the most rides, see `joined_by`.

    Args:
        rides: which.
        answers: what the rider said.
        among: all rides of which they are some; None: these.
    """
    joined = joined_by(count_rides(rides) if among is None else among, answers)
    by_key = {key: joined(key) for key in {ride.rows.comparison_key for ride in rides}}

    def under_one_name(ride: DatedRide) -> DatedRide:
        key = by_key[ride.rows.comparison_key]
        if key is None:
            return ride
        rows = msgspec.structs.replace(ride.rows, **msgspec.structs.asdict(key))
        return msgspec.structs.replace(ride, name_then=ride.rows.meter, rows=rows)

    return list(map(under_one_name, rides))


def joined_names(rides: Iterable[DatedRide]) -> tuple[JoinedName, ...]:
    """Under which other names rides of `join` were ridden, by meter."""
    counts = Counter((x.rows.meter, x.name_then) for x in rides if x.name_then not in ("", x.rows.meter))
    return tuple(
        JoinedName(meter=meter, name=name, rides=count) for (meter, name), count in sorted(counts.items())
    )


def questions(rides: Iterable[DatedRide], answers: Answers) -> list[SameMeterQuestion]:
    """Of which names the rider is to be asked whether they are one meter; those with the most rides first."""
    meters = sorted(groups_of(by_name(rides), answers), key=lambda names: -len(_rides(names)))
    open_ones = [
        question
        for one, other in combinations(meters, 2)
        if (question := _question(one, other, answers)) is not None
    ]
    return sorted(open_ones, key=lambda question: -min(question.rides))


def _question(
    one: Sequence[MeterName], other: Sequence[MeterName], answers: Answers
) -> SameMeterQuestion | None:
    """Whether these names may be of one meter; not two whose serial numbers are known, and differ."""
    traits, other_traits = (_traits(count_rides(_rides(names))) for names in (one, other))
    left, other_left = (_mean(x.left_percent for x in names) for names in (one, other))
    far = left is not None and other_left is not None and abs(left - other_left) > _ALIKE_POINTS
    if far or not traits.may_be(other_traits, answers):
        return None
    numbers = frozenset().union(*(x.numbers for x in one)) & frozenset().union(*(x.numbers for x in other))
    rides, other_rides = (sorted(_rides(names), key=lambda x: x.started) for names in (one, other))
    apart = max(rides[0].started, other_rides[0].started) - min(rides[-1].started, other_rides[-1].started)
    alike = left is not None and other_left is not None and apart <= _APART
    because: Because
    if numbers:
        because = "number"
    elif _share_a_ride(rides, other_rides):
        because = "ride"
    elif alike and traits.families & other_traits.families:
        because = "family"
    elif alike and any(all(x.unnamed for x in names) for names in (one, other)):
        because = "unnamed"
    else:
        return None
    return SameMeterQuestion(
        meter=one[0].name,
        other=other[0].name,
        rides=(len(rides), len(other_rides)),
        because=because,
        number=min(numbers, default=None),
    )


def _share_a_ride(rides: Sequence[DatedRide], others: Sequence[DatedRide]) -> bool:
    """Whether one of some rides is one of others; both the earliest first, so only those about its time are tried."""
    starts, longest = [x.started for x in others], max(timedelta(seconds=x.duration_s) for x in others)
    minute = timedelta(minutes=1)
    return any(
        is_same_ride(ride, other)
        for ride in rides
        for other in others[
            bisect_left(starts, ride.started - longest - minute) : bisect_right(starts, ride.ended + minute)
        ]
    )


def _rides(names: Iterable[MeterName]) -> list[DatedRide]:
    return [ride for name in names for ride in name.rides]


def _mean(values: Iterable[float | None]) -> float | None:
    stated = [value for value in values if value is not None]
    return sum(stated) / len(stated) if stated else None
