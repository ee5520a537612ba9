"""Derived values of libraries with four migrations, taken over by the fifth; names stay as they were then.

Versions named the code's number, the profile's id and version, and a digest of nearly all that the profile said.
Profiles are found in the setups of the library's own rides.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from typing import Any

import msgspec

_NAMES = {"summary": "summary", "reading": "analysis", "lesson": "contribution"}
_CODES = {"summary": "5", "reading": "1 5", "lesson": "4"}
_NEW_CODES = {"summary": "5", "bands": "5.1", "analysis": "5.1", "contribution": "4"}
_LEFT_OUT: dict[str, Any] = {
    "connections": None,
    "connecting": "",
    "unlock": "",
    "recognise": [],
    "statements": [],
}
_MATTERS = (
    "id",
    "kind",
    "side",
    "reference",
    "swapped",
    "resolution_percent",
    "rezeroes",
    "falls_back",
    "peripherals",
    "left_names",
    "right_names",
)


def take_over_derived_values(connection: sqlite3.Connection) -> None:
    """Fills the table `derived_values` from the former ones; of an unknown profile nothing is."""
    profiles = dict(_profiles(connection))
    rows = connection.execute(
        "SELECT ride, what, version, value FROM derived WHERE meter = '' ORDER BY number"
    )
    for ride, what, version, value in rows.fetchall():
        code, said = _parted(version)
        if what in _NAMES and code == _CODES[what] and said in profiles:
            name = _NAMES[what]
            _insert(connection, ride, name, profiles[said], _renamed(value) if name == "analysis" else value)
    found = connection.execute(
        "SELECT ride, meter, balance, reference, swapped, version, name, low_ftp, high_ftp, left_percent,"
        " standard_error, seconds, revolutions, power_w FROM summaries LEFT JOIN bands USING (ride)"
        " WHERE problem = '' ORDER BY ride, low_ftp"
    ).fetchall()
    for (ride, meter, balance, reference, swapped, version), bands in groupby(found, lambda row: row[:6]):
        code, said = _parted(version)
        if code == _CODES["summary"] and said in profiles:
            shares = [_band(*band[6:]) for band in bands if band[6] is not None]
            kept = msgspec.msgpack.encode((meter, balance, reference, bool(swapped), shares))
            _insert(connection, ride, "bands", profiles[said], kept)


def _insert(
    connection: sqlite3.Connection, ride: int, name: str, profile: list[object], value: bytes
) -> None:
    connection.execute(
        "INSERT INTO derived_values (ride, name, version, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (ride, name, version) DO UPDATE SET value = excluded.value",
        (ride, name, _digest([_NEW_CODES[name], *profile], 8), value),
    )


def _profiles(connection: sqlite3.Connection) -> Iterator[tuple[str, list[object]]]:
    """What versions say of each profile that a ride was ridden with, and what of it matters, also as told otherwise."""
    for (setup,) in connection.execute("SELECT DISTINCT setup FROM rides").fetchall():
        with suppress(msgspec.DecodeError, KeyError, TypeError):
            ridden: dict[str, Any] = msgspec.json.decode(setup)["profile"]
            for reference in ("flag", "left", "right"):
                profile = ridden | {"reference": reference}
                former = _digest(profile | _LEFT_OUT, 4)
                yield f"{profile['id']} {profile['version']} {former}", [profile[key] for key in _MATTERS]


def _parted(version: str) -> tuple[str, str]:
    """The code's number of a former version, and what it says of the profile."""
    code, *profile = version.rsplit(" ", 3)
    return code, " ".join(profile)


def _renamed(reading: bytes) -> bytes:
    kept = msgspec.msgpack.decode(reading)
    return msgspec.msgpack.encode({"analysis": kept["reading"], "notes": kept["notes"]})


def _band(
    name: str,
    low: float,
    high: float | None,
    left: float,
    error: float,
    seconds: float,
    revolutions: int,
    power: float | None,
) -> dict[str, object]:
    share = {
        "left_percent": left,
        "standard_error": error,
        "seconds": seconds,
        "revolutions": revolutions,
        "power_w": power,
    }
    return {"name": name, "low_ftp": low, "high_ftp": high, "share": share}


def _digest(said: object, size: int) -> str:
    return hashlib.blake2s(msgspec.json.encode(said), digest_size=size).hexdigest()
