"""Where rides go once they are over, each to each place once: what waits, what was tried, what is there."""

from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

import msgspec

from legbal.library.codec import as_utf8, local_time, utc_text
from legbal.library.connection import writing
from legbal.library.rides import read_rows

Destination = Literal["folder", "intervals.icu"]
DESTINATIONS: tuple[Destination, ...] = get_args(Destination)


class Delivery(msgspec.Struct, frozen=True):
    """One ride on its way to one place.

    Attributes:
        ride: its id.
        destination: the place.
        tries: how often it was begun; more than once only where the one before did not tell how it ended, or failed.
        tried_at: when it was begun last, aware, UTC; None: not yet.
        done_at: since when it is there, as `tried_at`; None: it is not.
        outcome: what it is called there; before, what prevented it last, as a sentence without its end.
    """

    ride: str
    destination: Destination
    tries: int
    tried_at: datetime | None
    done_at: datetime | None
    outcome: str


def add(path: Path, ride: str, destination: Destination) -> None:
    """Has a ride wait for a place, unless it does or is there already. Raises LibraryError."""
    with writing(path) as connection:
        connection.execute(
            "INSERT OR IGNORE INTO deliveries (ride, destination) SELECT number, ? FROM rides WHERE id = ?",
            (destination, ride),
        )


def begin(path: Path, delivery: Delivery, now: datetime) -> None:
    """Notes, before anything is sent, that it is tried at that aware time. Raises LibraryError."""
    _update(path, delivery, "tries = tries + 1, tried_at = ?", utc_text(now))


def finish(path: Path, delivery: Delivery, outcome: str, now: datetime) -> None:
    """Notes that the ride is there since that aware time, and what it is called there. Raises LibraryError."""
    _update(path, delivery, "outcome = ?, done_at = ?", as_utf8(outcome), utc_text(now))


def fail(path: Path, delivery: Delivery, problem: str, *, tries: int | None = None) -> None:
    """Notes what prevented it, and as how many tries it counts if not as one more. Raises LibraryError."""
    _update(path, delivery, "outcome = ?, tries = coalesce(?, tries)", as_utf8(problem), tries)


def read(path: Path) -> list[Delivery]:
    """All of them, the earliest ride's first. Raises LibraryError."""
    return [
        Delivery(ride, destination, tries, _time(tried_at), _time(done_at), outcome)
        for ride, destination, tries, tried_at, done_at, outcome in read_rows(
            path,
            "SELECT id, destination, tries, tried_at, done_at, outcome FROM deliveries"
            " JOIN rides ON rides.number = deliveries.ride ORDER BY started, destination",
        )
    ]


def _time(text: str | None) -> datetime | None:
    return None if text is None else local_time(text, 0)


def _update(path: Path, delivery: Delivery, values: str, *parameters: object) -> None:
    with writing(path) as connection:
        connection.execute(
            f"UPDATE deliveries SET {values}"
            " WHERE destination = ? AND ride = (SELECT number FROM rides WHERE id = ?)",
            (*parameters, delivery.destination, delivery.ride),
        )
