"""What is derived from rides: one table, in which each value has a name and the version of what derived it.

A version is a digest of the code's number and of what the meter's profile says that can change a value. Which version
a ride should have takes a look at its first inputs. That it was found to have it is therefore noted with its basis,
the code and all profiles together: as long as the basis is the same, no ride need be looked at.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from legbal import __version__
from legbal.analysis import fit_file
from legbal.analysis.efforts import Efforts
from legbal.analysis.months import DatedRide, RideBands
from legbal.analysis.same_meter import SURE_OF_LEG
from legbal.library.codec import SEQUENCE_BITS, digest, json_array, local_time, octets, text
from legbal.library.connection import writing
from legbal.library.rides import Library, read_rows
from legbal.meters.balance_octet import Reference
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import FIT_FILE
from legbal.ride.share import BalanceQuality, BandShare

Name = Literal["summary", "bands", "analysis", "contribution"]
NameOfSeveral = Literal["comparison"]

# The code's number of each value that is derived from a ride alone; raised when it would say something else of the same
# inputs. One that holds another value names it, and changes with it.
CODES: dict[Name, str] = {
    "summary": "15",
    "bands": "{summary}.1",
    "analysis": "{summary}.3",
    "contribution": "6",
}

# The same of each value that rests on several rides, whose version also names these. None is of a `basis`, for with
# another one all rides are looked at once more.
CODES_OF_SEVERAL: dict[NameOfSeveral, str] = {"comparison": "1"}

# What a profile says that can change a value. The rest names the meter, helps to connect, or tells where a statement
# comes from.
_READING = ("kind", "reference", "swapped", "peripherals", "left_names", "right_names")
_WITH_LIMITS = (*_READING, "resolution_percent", "rezeroes", "side", "falls_back", "unlock")
_FIELDS: dict[Name, tuple[str, ...]] = {
    "bands": (*_READING, "resolution_percent"),
    "contribution": (*_READING, "rezeroes"),
}  # of any other value all that a summary says


# Of a family without a balance: since one that arrives and moves is believed. All else says what it said before.
_AS_ARRIVED = 1
_DERIVED_WITH = "trim(profile || ' ' || version)"


def version(name: Name, profile: Profile) -> str:
    """The version of a derived value that present code gives with a profile."""
    return _version(CODES[name].format(**CODES), _FIELDS.get(name, _WITH_LIMITS), profile)


@cache  # each command asks several times for those of all profiles
def _version(code: str, fields: Sequence[str], profile: Profile) -> str:
    statements = [getattr(profile, field) for field in fields]
    return digest([code, *statements, *(() if profile.has_balance else (_AS_ARRIVED,))])


def current_versions(name: Name, profiles: Iterable[Profile]) -> set[str]:
    """The versions that present code gives with any of these profiles or none, whatever the rider said of sides.

    Each follows its profile's id, lest a ride seem to be up to date by another meter's profile.
    """
    return {
        f"{profile.id} {version(name, msgspec.structs.replace(profile, reference=reference))}"
        for profile in (UNLISTED, *profiles)
        for reference in (("flag", "left", "right") if profile.reference == "flag" else (profile.reference,))
    }


def basis(profiles: Sequence[Profile]) -> str:
    """Names the code of all derived values, and the profiles that are known.

    The program's own version is of it, so that each new one tries again what the one before could not derive.
    """
    relevant = [
        (profile.recognise, *(version(name, profile) for name in CODES)) for profile in (UNLISTED, *profiles)
    ]
    return digest([__version__, relevant])


class DerivedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A derived value as it is kept.

    `profile` is the id of the one it was derived with. `problem` says why there is no `value`, which is then empty.
    One that `replaces` the others of its name is the only one that the ride has; so is one with a `basis`.
    """

    name: Name | NameOfSeveral
    version: str
    profile: str = ""
    value: bytes = b""
    basis: str = ""
    problem: str = ""
    replaces: bool = False


def write_derived(path: Path, ride: str, rows: Iterable[DerivedRow]) -> None:
    """As `write_each`, of one ride, by its id."""
    write_each(path, {ride: rows})


def write_each(path: Path, rows: Mapping[str, Iterable[DerivedRow]]) -> None:
    """Keeps derived values of rides, by their ids, beside those of other versions, all or nothing; they are the newest.

    The same version again replaces its value. Of a ride that was removed meanwhile nothing is kept. LibraryError.
    """
    with writing(path) as connection:
        for ride, row in ((ride, row) for ride, of_ride in rows.items() for row in of_ride):
            if row.basis or row.replaces:
                connection.execute(
                    "DELETE FROM derived_values WHERE ride = (SELECT number FROM rides WHERE id = ?) AND name = ?",
                    (ride, row.name),
                )
            connection.execute(
                "INSERT OR REPLACE INTO derived_values"
                " (ride, name, version, profile, value, basis, problem, compared_by, started)"
                " SELECT number, ?, ?, ?, ?, ?, ?, ?, started FROM rides WHERE id = ?",
                (
                    row.name,
                    row.version,
                    row.profile,
                    row.value,
                    row.basis,
                    row.problem[:500],
                    _compared_by(connection, ride, row),
                    ride,
                ),
            )


def _compared_by(connection: sqlite3.Connection, ride: str, row: DerivedRow) -> bytes | None:
    """What a ride's bands have in common with those that they are compared with, None where nothing is to compare."""
    if row.name != "bands" or not row.value:
        return None
    file = connection.execute(
        "SELECT manufacturer, serial_number FROM rides LEFT JOIN file_meters ON file_meters.ride = number"
        " WHERE id = ? AND source != 'demo'",
        (ride,),
    ).fetchone()
    with suppress(msgspec.DecodeError):  # what cannot be read is compared with nothing
        rows = _bands_decoder.decode(row.value)
        if rows.bands and file is not None:
            return msgspec.msgpack.encode((rows.meter, rows.balance, rows.reference, rows.swapped, *file))
    return None


def newest_values(
    library: Library, name: Name | NameOfSeveral, ids: Collection[str]
) -> dict[str, tuple[str, bytes]]:
    """The newest value of that name of each of these rides that has one, with its version, by id. LibraryError."""
    rows = read_rows(
        library,
        "SELECT id, version, value FROM rides JOIN derived_values ON ride = rides.number AND name = ?"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY derived_values.number",
        (name, json_array(ids)),
    )
    return {ride: (version, value) for ride, version, value in rows}


def stale_rides(library: Library | Path, by: str) -> dict[str, str]:
    """The rides that are over and whose bands are missing, or may rest on older code or another profile than `by`.

    Newest first, each with profile and version of the bands that it has; "": none. Raises LibraryError.
    """
    return dict(
        read_rows(
            library,
            f"SELECT id, ifnull({_DERIVED_WITH}, '') FROM rides"
            " LEFT JOIN derived_values ON ride = rides.number AND name = 'bands'"
            # in two indexes those of most libraries, where there are none, are soon told from the others
            " WHERE rides.number IN (SELECT number FROM rides WHERE state != 'recording'"
            " EXCEPT SELECT ride FROM derived_values WHERE name = 'bands' AND basis = ?)"
            " ORDER BY rides.started DESC, rides.number DESC",
            (by,),
        )
    )


def problems(path: Path, by: str) -> list[tuple[str, str]]:
    """The rides that could not be derived on the basis `by`, newest first: id and why. Raises LibraryError."""
    return read_rows(
        path,
        "SELECT id, problem FROM derived_values JOIN rides ON rides.number = ride"
        " WHERE name = 'bands' AND problem != '' AND basis = ? ORDER BY rides.started DESC",
        (by,),
    )


def dated_rides(
    library: Library | Path, by: str, versions: Collection[str], numbers: Collection[int] | None = None
) -> list[DatedRide]:
    """The rides with a share in some power band, the earliest first; demonstrations are left out.

    Args:
        library: it, or its file; one that is not there yet has no rides.
        by: rides whose bands rest on this basis are up to date,
        versions: and so are those whose bands have one of these, as of `current_versions`.
        numbers: only these rides.

    Raises:
        LibraryError: the library cannot be read.
    """
    chosen = () if numbers is None else (json_array(numbers),)
    only = " AND rides.number IN (SELECT value FROM json_each(?))" if chosen else ""
    query = f"{_DATED} AND {up_to_date(versions)}{only}"
    rows = read_rows(library, query, (octets(FIT_FILE), by, *versions, *chosen))
    rows.sort(key=lambda row: row[:2])  # SQLite would carry whole setups through its sorting
    rides = [
        DatedRide(
            ride=ride,
            started=local_time(started, offset_s),
            rows=decode_bands(value),
            duration_s=duration_s or 0.0,
            indoors=True if source == "ride" else file.indoors,
            share_shown=_setup_decoder.decode(setup).share_shown,
            family=profile,
            file=file,
            unnamed=whole_file is not None and not file.names_meter,
        )
        for started, _, ride, offset_s, value, duration_s, source, setup, profile, whole_file in rows
        for file in (fit_file.decode(whole_file),)
    ]
    return [ride for ride in rides if ride.rows.bands]


def up_to_date(versions: Collection[str]) -> str:
    """Of `derived_values`, whether bands are; its places are those of a basis and of the versions."""
    return f"(basis = ? OR {_DERIVED_WITH} IN ({', '.join('?' * len(versions))}))"


# rides with their bands, and what the FIT file says of which a ride came: it is among the first inputs, which SQLite is
# to read of no ride without its channel
_DATED = f"""
    SELECT rides.started, rides.number, id, utc_offset_s, value, duration_s, source, setup, profile,
      (SELECT data FROM channels CROSS JOIN inputs ON inputs.channel = channels.channel
        WHERE channels.ride = rides.number AND channels.name = ?
          AND key BETWEEN rides.number << {SEQUENCE_BITS} AND (rides.number << {SEQUENCE_BITS}) + 9 LIMIT 1)
    FROM derived_values JOIN rides ON rides.number = ride
    WHERE derived_values.name = 'bands' AND problem = '' AND source != 'demo'
"""


class _SetupFacts(msgspec.Struct):
    """What of a ride's setup is a fact of the ride, and no more is read of it."""

    share_shown: bool | None = None


_setup_decoder = msgspec.json.Decoder(_SetupFacts)


def encode_bands(rows: RideBands) -> bytes:
    """A ride's bands as they are kept; `decode_bands` is the inverse."""
    # a meter may call itself what is no UTF-8
    return msgspec.msgpack.encode((octets(rows.meter), *msgspec.structs.astuple(rows)[1:]))


def decode_bands(value: bytes) -> RideBands:
    """A ride's bands from what is kept of them. Raises msgspec.DecodeError."""
    meter, *rest = msgspec.structs.astuple(_bands_decoder.decode(value))
    return RideBands(text(meter), *rest)


def names_left(value: bytes | None) -> bool:
    """Whether a ride's kept bands say that its shares are certainly the left leg's; without bands they do not."""
    try:
        return value is not None and decode_bands(value).reference in SURE_OF_LEG
    except msgspec.DecodeError:
        return False


class _StoredBands(msgspec.Struct, array_like=True, gc=False):
    """The fields of `RideBands` in their order; those of an early legbal end before the cadence or the efforts."""

    meter: bytes
    balance: BalanceQuality
    reference: Reference
    swapped: bool
    bands: tuple[BandShare, ...]
    cadence_rpm: float | None = None
    meter_wrong: bool = False
    efforts: Efforts | None = None


_bands_decoder = msgspec.msgpack.Decoder(_StoredBands)
