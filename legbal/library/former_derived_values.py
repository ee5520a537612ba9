"""Derived values of libraries with four, five or six migrations, taken over by the next; they stay as they were then.

Versions named the code's number, the profile's id and version, and a digest of nearly all that the profile said.
Profiles are those of present, and those found in the setups of the library's own rides. Ride analyses ("reading") are
left behind: present code says something else of a ride's beginning.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from typing import Any

import msgspec

from legbal.config.files import profile_texts
from legbal.errors import ProfileError
from legbal.library.codec import digest
from legbal.meters.profile_file import parse

_NAMES = {"summary": "summary", "lesson": "contribution"}
# Unchanged by the migration; bands had none of their own before.
_CODES = {"summary": "5", "bands": "5.1", "contribution": "4"}
_LEFT_OUT: dict[str, Any] = {
    "connections": None,
    "connecting": "",
    "unlock": "",
    "recognise": [],
    "statements": [],
}
_OF_BAND = ("name", "low_ftp", "high_ftp")
_OF_SHARE = ("left_percent", "standard_error", "seconds", "revolutions", "power_w")
_READING = ("id", "kind", "reference", "swapped", "peripherals", "left_names", "right_names")
_WITH_LIMITS = (*_READING, "resolution_percent", "rezeroes", "side", "falls_back", "unlock")
_FILES_DATA = "CASE WHEN json_valid(file) THEN json_extract(file, '$.{}') END"
_MATTERS = {
    "summary": _WITH_LIMITS,
    "bands": (*_READING, "resolution_percent"),
    "contribution": (*_READING, "rezeroes"),
}


def take_over_derived_values(connection: sqlite3.Connection) -> None:
    """Copies what `derived`, `summaries` and `bands` hold of present code into `derived_values`."""
    if connection.execute("SELECT 1 FROM derived").fetchone() is None:
        return  # a new library: profiles take a while to read
    profiles = dict(_profiles(connection))
    for ride, what, version, value in connection.execute(
        "SELECT ride, what, version, value FROM derived WHERE meter = '' ORDER BY number"
    ).fetchall():
        code, profile = _parted(version)
        if what in _NAMES and code == _CODES[_NAMES[what]] and profile in profiles:
            _insert(connection, ride, _NAMES[what], profiles[profile], value)
    summaries = connection.execute(
        "SELECT ride, meter, balance, reference, swapped, version, name, low_ftp, high_ftp, left_percent,"
        " standard_error, seconds, revolutions, power_w FROM summaries LEFT JOIN bands USING (ride)"
        " WHERE problem = '' ORDER BY ride, low_ftp"
    ).fetchall()
    for (ride, meter, balance, reference, swapped, version), bands in groupby(summaries, lambda row: row[:6]):
        code, profile = _parted(version)
        if code == _CODES["summary"] and profile in profiles:
            shares = [
                dict(zip(_OF_BAND, band[6:9], strict=True), share=dict(zip(_OF_SHARE, band[9:], strict=True)))
                for band in bands
                if band[6] is not None
            ]
            value = msgspec.msgpack.encode((meter, balance, reference, bool(swapped), shares))
            _insert(connection, ride, "bands", profiles[profile], value)


def leave_ids_out_of_versions(connection: sqlite3.Connection) -> None:
    """Gives derived values the versions that say nothing of a profile's id, which stands beside them from now on."""
    connection.execute("ALTER TABLE derived_values ADD COLUMN profile TEXT NOT NULL DEFAULT ''")
    if connection.execute("SELECT 1 FROM derived_values").fetchone() is None:
        return  # profiles take a while to read
    for _, profile in _profiles(connection):
        for name, fields in _MATTERS.items():
            before, now = (_version(name, profile, read) for read in (fields, fields[1:]))
            connection.execute(
                "UPDATE OR REPLACE derived_values SET version = ?, profile = ? WHERE name = ? AND version = ?",
                (now, profile["id"], name, before),
            )


def take_over_file_meters(connection: sqlite3.Connection) -> None:
    """Copies what FIT files, among the first inputs of rides, say of their meters into `file_meters`."""
    maker, serial_number = map(_FILES_DATA.format, ("manufacturer", "serial_number"))
    connection.execute(
        f"""
        INSERT OR IGNORE INTO file_meters
        SELECT ride, meter, {maker} AS maker, {serial_number} AS serial FROM (
            SELECT ride, meter, CAST(data AS TEXT) AS file FROM channels
            JOIN inputs ON inputs.channel = channels.channel AND key BETWEEN ride << 32 AND (ride << 32) + 9
            WHERE name = CAST('fit:file' AS BLOB)
        ) WHERE typeof(maker) = 'integer' AND typeof(serial) = 'integer' AND maker != 0 AND serial != 0
        """
    )


def take_over_comparison_keys(connection: sqlite3.Connection) -> None:
    """Says beside the bands in `derived_values` by what they are compared, once `file_meters` are there."""
    for number, value, *file, started in connection.execute(
        "SELECT derived_values.number, value, manufacturer, serial_number, rides.started"
        " FROM derived_values JOIN rides ON rides.number = derived_values.ride"
        " LEFT JOIN file_meters ON file_meters.ride = rides.number"
        " WHERE name = 'bands' AND problem = '' AND source != 'demo'"
    ).fetchall():
        # what cannot be read is compared with nothing
        with suppress(msgspec.DecodeError, ValueError, TypeError):
            meter, balance, reference, swapped, bands, *_ = msgspec.msgpack.decode(value)
            if bands:
                connection.execute(
                    "UPDATE derived_values SET compared_by = ?, started = ? WHERE number = ?",
                    (msgspec.msgpack.encode((meter, balance, reference, swapped, *file)), started, number),
                )


def _version(name: str, profile: Mapping[str, object], fields: Iterable[str]) -> str:
    return digest([_CODES[name], *map(profile.get, fields)])


def _insert(
    connection: sqlite3.Connection, ride: int, name: str, profile: Mapping[str, object], value: bytes
) -> None:
    connection.execute(
        "INSERT INTO derived_values (ride, name, version, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (ride, name, version) DO UPDATE SET value = excluded.value",
        (ride, name, _version(name, profile, _MATTERS[name]), value),
    )


def _profiles(connection: sqlite3.Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """What versions say of each profile that is known, and that profile, also as told otherwise.

    Of two that a version does not tell apart, the one that a ride was ridden with comes last.
    """
    for profile in _all_profiles(connection):
        with suppress(KeyError, TypeError):
            for reference in ("flag", "left", "right"):
                variant = profile | {"reference": reference}
                former = digest(variant | _LEFT_OUT, octets=4)
                yield f"{variant['id']} {variant['version']} {former}", variant


def _all_profiles(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The profiles that there are now, up to one of the rider's own that is none, then those in the rides' setups."""
    with suppress(ProfileError, OSError):
        for name, text in profile_texts().items():
            yield msgspec.to_builtins(parse(text, name))
    for (setup,) in connection.execute("SELECT DISTINCT setup FROM rides").fetchall():
        with suppress(msgspec.DecodeError, KeyError, TypeError):
            yield msgspec.json.decode(setup)["profile"]


def _parted(version: str) -> tuple[str, str]:
    code, *profile = version.rsplit(" ", 3)
    return code, " ".join(profile)
