"""Where rides stand among those that can be compared with them: found by an index, and none of them is read."""

from collections.abc import Collection, Iterable
from datetime import timedelta

import msgspec

from legbal.analysis.months import ComparisonKey
from legbal.analysis.same_meter import RideCount
from legbal.library.codec import json_array, local_time, text
from legbal.library.derived import up_to_date
from legbal.library.rides import Library, read_rows

Place = tuple[str, int]
"""Where a ride is among others: its start as UTC text, and its number."""


def count_comparable(
    library: Library, by: str, versions: Collection[str], *, families: bool = False
) -> list[tuple[bytes, RideCount]]:
    """How many rides have what in common, each with its `compared_by`.

    Args:
        library, by, versions: as of `dated_rides`.
        families: whether they are counted by those of their meters too, which takes twice as long.
    """
    family, group = ("profile", "compared_by, profile") if families else ("NULL", "compared_by")
    return [
        (
            stored,
            RideCount(
                key=ComparisonKey(text(meter), *key),
                serial_number=None if serial_number is None else (maker, serial_number),
                rides=rides,
                first=(local_time(started, 0), number),
                family=of_family,
            ),
        )
        for stored, of_family, rides, started, number in read_rows(
            library,
            f"SELECT compared_by, {family}, count(*), min(started), ride FROM derived_values"
            f" WHERE compared_by IS NOT NULL AND {up_to_date(versions)} GROUP BY {group}",
            (by, *versions),
        )
        for meter, *key, maker, serial_number in (msgspec.msgpack.decode(stored),)
    ]


def places_of(
    library: Library, by: str, versions: Collection[str], ids: Collection[str]
) -> list[tuple[bytes, Place]]:
    """Of rides of these ids that can be compared by what they are, and where; other arguments as of `dated_rides`."""
    rows = read_rows(
        library,
        "SELECT compared_by, derived_values.started, ride FROM rides JOIN derived_values ON ride = rides.number"
        f" WHERE id IN (SELECT value FROM json_each(?)) AND compared_by IS NOT NULL AND {up_to_date(versions)}",
        (json_array(ids), by, *versions),
    )
    return [(stored, (started, number)) for stored, started, number in rows]


def places_around(
    library: Library,
    by: str,
    versions: Collection[str],
    compared_by: Iterable[bytes],
    span: tuple[Place, Place],
    most: int,
) -> tuple[list[Place], list[Place], list[Place]]:
    """Where rides that can be compared are, each time the earliest first: before a span, in it, and after it.

    Args:
        library, by, versions: as of `dated_rides`.
        compared_by: one of these.
        span: from which place to which.
        most: so many of the nearest before it and after it.
    """
    first, last = span
    parts = (
        ("< (?, ?)", first, "DESC", most),
        ("BETWEEN (?, ?) AND (?, ?)", first + last, "ASC", -1),
        ("> (?, ?)", last, "ASC", most),
    )
    before, within, after = (
        [
            (started, number)
            for stored in compared_by
            for started, number in read_rows(
                library,
                f"SELECT started, ride FROM derived_values WHERE compared_by = ? AND {up_to_date(versions)}"
                f" AND (started, ride) {where} ORDER BY started {way}, ride {way} LIMIT ?",
                (stored, by, *versions, *values, limit),
            )
        ]
        for where, values, way, limit in parts
    )
    return sorted(before)[-most:], sorted(within), sorted(after)[:most]


def longest_ride(library: Library) -> timedelta:
    """How long the longest ride of the library lasted, three decades at most. Raises LibraryError."""
    ((longest_s,),) = read_rows(library, "SELECT min(ifnull(max(duration_s), 0), 1e9) FROM rides")
    return timedelta(seconds=longest_s)
