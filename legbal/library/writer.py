"""How does a ride get into the library? One transaction at a time, each of which may safely be repeated.

Every row's key follows from its place in the ride. So when the end of a commit is unknown (a disk error may
come after the fact), writing the same inputs again gives the same rows.
"""

import hashlib
import secrets
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from legbal import __version__
from legbal.analysis import fit_file
from legbal.library import translate_errors
from legbal.library.codec import SEQUENCE_BITS, Channel, Gap, as_utf8, encode_row, octets, utc_text
from legbal.library.connection import open_writing, transaction
from legbal.library.fit_records import FitRecords, pack
from legbal.ride.inputs import FIT_FILE, Input, Setup

RideSource = Literal["ride", "demo", "import"]

# In a query of rides: the time of a ride's last input, 0 where it has none.
LAST_T = (
    f"coalesce((SELECT t FROM inputs WHERE key >= number << {SEQUENCE_BITS}"
    f" AND key < (number + 1) << {SEQUENCE_BITS} ORDER BY key DESC LIMIT 1), 0)"
)

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


def new_id() -> str:
    """A ride's id: eight letters and digits by chance, a letter first; a few are enough to name a ride."""
    return secrets.choice(_LETTERS[:23]) + "".join(secrets.choice(_LETTERS) for _ in range(7))


class Original(msgspec.Struct, frozen=True):
    """The file that a ride is imported from: its name without its folder, and its octets as they are."""

    name: str
    data: bytes

    @property
    def sha256(self) -> bytes:
        """By which the same file is known again, whatever its name."""
        return hashlib.sha256(self.data).digest()


class NewRide(msgspec.Struct, frozen=True, kw_only=True):
    """A ride that is about to be kept. `started` is an aware wall-clock time, kept as metadata only."""

    setup: Setup
    source: RideSource = "ride"
    title: str = ""
    started: datetime = msgspec.field(default_factory=lambda: datetime.now().astimezone())
    id: str = msgspec.field(default_factory=new_id)
    original: Original | None = None


class RideWriter:
    """Writes the inputs of one ride, in order, over connections that may come and go.

    Attributes:
        number: the ride's in the library; None until the ride itself is committed.
        written: how many inputs are committed.
    """

    def __init__(self, ride: NewRide) -> None:
        self.number: int | None = None
        self.written = 0
        self._ride = ride
        self._channels: dict[Channel, int] = {}

    def write(
        self,
        connection: sqlite3.Connection,
        items: Sequence[Input | Gap | FitRecords],
        *,
        finish: bool = False,
    ) -> None:
        """Commits `items`, and with `finish` closes the ride.

        Raises sqlite3.Error; then nothing of `items` counts as written, and the same may be written again.
        """
        channels = dict(self._channels)
        rows: list[tuple[int, float, int, bytes | None]] = []
        gaps: list[tuple[int, int, float, float, int]] = []
        with transaction(connection):
            number = self.number if self.number is not None else self._insert_ride(connection)
            sequence = self.written  # of the next input
            for item in items:
                if isinstance(item, Gap):
                    gaps.append((number, sequence, item.first_t, item.last_t, item.lost))
                    continue
                if isinstance(item, FitRecords):
                    channel, data = item.channel, item.data
                    sequence += item.records
                else:
                    channel, data = encode_row(item)
                    sequence += 1
                    if channel.name == FIT_FILE:
                        keep_file_meter(connection, number, octets(channel.meter), data)
                place = channels.setdefault(channel, len(channels))
                rows.append((number << SEQUENCE_BITS | sequence - 1, item.t, place, data))
            connection.executemany(
                "INSERT OR REPLACE INTO channels VALUES (?, ?, ?, ?, ?)",
                [
                    (number, place, channel.kind, octets(channel.meter), octets(channel.name))
                    for channel, place in channels.items()
                    if channel not in self._channels
                ],
            )
            connection.executemany("INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?)", rows)
            connection.executemany("INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?)", gaps)
            if finish:
                connection.execute(
                    f"UPDATE rides SET state = 'done', duration_s = {LAST_T} WHERE number = ?", (number,)
                )
        self.number = number
        self._channels = channels
        self.written = sequence

    def _insert_ride(self, connection: sqlite3.Connection) -> int:
        ride = self._ride
        connection.execute(
            "INSERT OR IGNORE INTO rides (id, started, utc_offset_s, source, title, setup, legbal)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                ride.id,
                utc_text(ride.started),
                round((ride.started.utcoffset() or timedelta()).total_seconds()),
                ride.source,
                as_utf8(ride.title),
                msgspec.json.encode(ride.setup),
                __version__,
            ),
        )
        number: int = connection.execute("SELECT number FROM rides WHERE id = ?", (ride.id,)).fetchone()[0]
        if (original := ride.original) is not None:
            connection.execute(
                "INSERT INTO originals (ride, name, sha256, data) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (ride) DO NOTHING",
                (number, as_utf8(original.name), original.sha256, zlib.compress(original.data)),
            )
        return number


def keep_file_meter(connection: sqlite3.Connection, ride: int, meter: bytes, data: bytes | None) -> None:
    """Keeps which power meter a FIT file names, where it says both maker and serial number; a ride's first stays.

    Args:
        connection: of the library.
        ride: its number.
        meter: as its channel has it.
        data: of a "fit:file".
    """
    file = fit_file.decode(data)
    if file.manufacturer and file.serial_number:
        with suppress(OverflowError):  # of octets that no FIT file gave
            connection.execute(
                "INSERT OR IGNORE INTO file_meters VALUES (?, ?, ?, ?)",
                (ride, meter, file.manufacturer, file.serial_number),
            )


def keep(path: Path, ride: NewRide, inputs: Iterable[Input]) -> str:
    """Keeps a whole ride that is already over, all of it or nothing, and gives its id.

    Raises LibraryError.
    """
    with translate_errors(path), closing(open_writing(path)) as connection:
        RideWriter(ride).write(connection, tuple(pack(inputs)), finish=True)
    return ride.id
