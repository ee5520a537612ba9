"""What each ride's newest summary says, as rows that months of rides are read from in one query.

The summary itself is kept among the derived values of its ride, version beside version; its rows lie in the tables
`summaries` and `bands`, and both are written in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from legbal.library.rides import KeptRide
from legbal.library.rows import octets, text
from legbal.library.schema import explained, open_writing, read_rows, transaction
from legbal.ride.view import BalanceQuality, Reference

SUMMARY = "summary"
"""What the summary is called among the derived values of a ride."""


class BandRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A ride's left share in one power band, percent, and its standard error, points; bounds are fractions of FTP."""

    name: str
    low_ftp: float
    high_ftp: float | None
    left_percent: float
    standard_error: float
    seconds: float
    revolutions: int
    power_w: float | None


class RideRows(msgspec.Struct, frozen=True, kw_only=True):
    """What a ride's summary says of its balance; `meter` names both of a pair, and is "" where nothing named it."""

    meter: str
    balance: BalanceQuality
    reference: Reference
    swapped: bool
    bands: tuple[BandRow, ...]


class SummarisedRide(msgspec.Struct, frozen=True, kw_only=True):
    """A ride as the library's rows have it; `started` is aware, in the rider's zone of that day."""

    ride: str
    started: datetime
    rows: RideRows


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A ride whose summary is missing or may rest on older code or another profile."""

    ride: str
    version: str  # of the summary that its rows show; "": none


def keep_summary(
    path: Path, ride: KeptRide, version: str, summary: bytes | None, rows: RideRows, basis: str
) -> None:
    """Keeps a ride's summary as the newest one, and its rows, all or nothing. Raises LibraryError.

    Args:
        path: the library file.
        ride: which is over; of one that was removed meanwhile nothing is kept.
        version: of what derived the summary.
        summary: as it is kept among the derived values; None: it is there already, in this version.
        rows: what it says of the balance.
        basis: the code and profiles by which `version` is the one wanted now.
    """
    with explained(path), closing(open_writing(path)) as connection, transaction(connection):
        if not _there(connection, ride):
            return
        if summary is not None:
            connection.execute(
                "INSERT OR REPLACE INTO derived (ride, what, meter, version, value) VALUES (?, ?, '', ?, ?)",
                (ride.number, SUMMARY, version, summary),
            )
        connection.execute("DELETE FROM bands WHERE ride = ?", (ride.number,))
        connection.execute(
            "INSERT OR REPLACE INTO summaries (ride, day, meter, balance, reference, swapped, version, basis)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ride.number,
                ride.started.date().isoformat(),
                octets(rows.meter),
                rows.balance,
                rows.reference,
                rows.swapped,
                version,
                basis,
            ),
        )
        connection.executemany(
            "INSERT INTO bands VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(ride.number, *msgspec.structs.astuple(band)) for band in rows.bands],
        )


def keep_problem(path: Path, ride: KeptRide, problem: str, basis: str) -> None:
    """Keeps why a ride, unless it was removed, could not be summarised by this code and profiles; LibraryError."""
    with explained(path), closing(open_writing(path)) as connection, transaction(connection):
        if not _there(connection, ride):
            return
        connection.execute("DELETE FROM bands WHERE ride = ?", (ride.number,))
        connection.execute(
            "INSERT OR REPLACE INTO summaries"
            " (ride, day, meter, balance, reference, swapped, version, basis, problem)"
            " VALUES (?, ?, x'', 'absent', 'unknown', 0, '', ?, ?)",
            (ride.number, ride.started.date().isoformat(), basis, problem[:500]),
        )


def _there(connection: sqlite3.Connection, ride: KeptRide) -> bool:
    return connection.execute("SELECT 1 FROM rides WHERE number = ?", (ride.number,)).fetchone() is not None


def waiting(path: Path, basis: str) -> list[Waiting]:
    """The rides that are over and whose rows do not rest on `basis`, the newest first. Raises LibraryError."""
    return [
        Waiting(ride=ride, version=version)
        for ride, version in read_rows(
            path,
            "SELECT id, ifnull(version, '') FROM rides LEFT JOIN summaries ON ride = number"
            " WHERE state != 'recording' AND ifnull(basis, '') != ? ORDER BY started DESC, number DESC",
            (basis,),
        )
    ]


def problems(path: Path, basis: str) -> list[tuple[str, str]]:
    """The rides that could not be summarised, newest first: id and why. Raises LibraryError."""
    return [
        (ride, problem)
        for ride, problem in read_rows(
            path,
            "SELECT id, problem FROM summaries JOIN rides ON number = ride"
            " WHERE problem != '' AND basis = ? ORDER BY started DESC",
            (basis,),
        )
    ]


def summarised(
    path: Path, basis: str, versions: Collection[str], since: date | None = None
) -> list[SummarisedRide]:
    """The rides with a share in some power band, the earliest first; demonstrations are left out.

    Args:
        path: the library file; one that is not there yet has no rides.
        basis: rides whose rows rest on it are up to date,
        versions: and so are those whose summary has one of these versions.
        since: the first day, by the rider's clock of that day.

    Raises:
        LibraryError: the library cannot be read.
    """
    known = tuple(versions)
    found = read_rows(
        path,
        "SELECT id, started, utc_offset_s, meter, balance, reference, swapped,"
        " bands.name, low_ftp, high_ftp, left_percent, standard_error, seconds, revolutions, power_w"
        " FROM summaries CROSS JOIN rides ON number = ride CROSS JOIN bands USING (ride)"  # in this order: 2 × faster
        f" WHERE source != 'demo' AND (basis = ? OR version IN ({', '.join('?' * len(known))})) AND day >= ?"
        " ORDER BY started, number, low_ftp",
        (basis, *known, "" if since is None else since.isoformat()),
    )
    return [
        _ride(tuple(rows))
        for _, rows in groupby(found, key=lambda row: row[0])  # its rows stand together
    ]


def _ride(found: tuple[tuple[Any, ...], ...]) -> SummarisedRide:
    ride, started, offset_s, meter, balance, reference, swapped, *_ = found[0]
    return SummarisedRide(
        ride=ride,
        started=datetime.fromisoformat(started).astimezone(timezone(timedelta(seconds=offset_s))),
        rows=RideRows(
            meter=text(meter),
            balance=balance,
            reference=reference,
            swapped=bool(swapped),
            bands=tuple(
                BandRow(
                    name=name,
                    low_ftp=low,
                    high_ftp=high,
                    left_percent=left,
                    standard_error=error,
                    seconds=seconds,
                    revolutions=revolutions,
                    power_w=power,
                )
                for *_, name, low, high, left, error, seconds, revolutions, power in found
            ),
        ),
    )
