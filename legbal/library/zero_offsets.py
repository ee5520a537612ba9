"""The ledger of zero offsets: what each meter answered when its zero was set, by `legbal zero` or during a ride.

What a ride recorded is read from its inputs, so it comes, goes and is repaired with the ride. What was set without a
ride has rows of its own. Both are the meter's octets, and are decoded only here.
"""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from legbal.analysis.months import DatedZero
from legbal.errors import LibraryError
from legbal.gatt.uuids import CONTROL_POINT, FEATURES
from legbal.library.codec import SEQUENCE_BITS, local_time, octets, text, utc_text
from legbal.library.connection import writing
from legbal.library.rides import read_rows
from legbal.meters.zero_offset import read_zero_offset, step_of


def keep_zero(path: Path, meter: str, set_at: datetime, answer: bytes, features: bytes | None) -> None:
    """Keeps what a meter answered without a ride; `set_at` is aware. Raises LibraryError."""
    offset = set_at.utcoffset() or timedelta()
    with writing(path) as connection:
        connection.execute(
            "INSERT INTO zero_offsets (meter, set_at, utc_offset_s, answer, features) VALUES (?, ?, ?, ?, ?)",
            (octets(meter), utc_text(set_at), round(offset.total_seconds()), answer, features or b""),
        )


def remove_zero(path: Path, number: int) -> None:
    """Removes a zero that was set without a ride. Raises LibraryError where there is none of that number."""
    with writing(path) as connection:
        removed = connection.execute("DELETE FROM zero_offsets WHERE number = ?", (number,)).rowcount
    if not removed:
        raise LibraryError(
            f"there is no zero offset {number}",
            hint="`legbal meters zeros` lists them; those of a ride go with the ride.",
        )


def read_zeros(path: Path) -> list[DatedZero]:
    """The ledger, the earliest first, each with its step; demonstrations are left out. Raises LibraryError."""
    try:
        zeros = sorted([*_without_ride(path), *_of_rides(path)], key=lambda zero: zero.set_at)
    except (ValueError, OverflowError) as error:  # a time that is none
        raise LibraryError(
            f"the library {path}: a zero offset cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error
    earlier = defaultdict[tuple[str, str | None], list[int]](list)
    ledger = []
    for zero in zeros:
        if zero.offset_raw is not None:
            before = earlier[zero.meter, zero.measures]
            ledger.append(msgspec.structs.replace(zero, step=step_of(zero.offset_raw, before)))
            before.append(zero.offset_raw)
        else:
            ledger.append(zero)
    return ledger


def _without_ride(path: Path) -> Iterable[DatedZero]:
    for number, meter, set_at, offset_s, answer, features in read_rows(
        path, "SELECT number, meter, set_at, utc_offset_s, answer, features FROM zero_offsets"
    ):
        zero = read_zero_offset(answer, features or None)
        if zero is not None:
            yield DatedZero(
                **msgspec.structs.asdict(zero),
                meter=text(meter),
                set_at=local_time(set_at, offset_s),
                origin="set",
                number=number,
            )


# of rides in which a meter's control point answered, what it and the meter's features say
_OF_RIDES = f"""
    SELECT rides.id, started, utc_offset_s, channels.meter, channels.name, inputs.t, inputs.data
    FROM channels JOIN rides ON rides.number = channels.ride
    JOIN inputs ON key >= channels.ride << {SEQUENCE_BITS} AND key < (channels.ride + 1) << {SEQUENCE_BITS}
      AND inputs.channel = channels.channel
    WHERE kind = 'notification' AND source != 'demo' AND channels.name IN (?1, ?2)
      AND channels.ride IN (SELECT ride FROM channels WHERE kind = 'notification' AND name = ?1)
    ORDER BY key
"""


def _of_rides(path: Path) -> Iterable[DatedZero]:
    features: dict[tuple[str, bytes], bytes] = {}
    for ride, started, offset_s, meter, name, t, data in read_rows(
        path, _OF_RIDES, (octets(CONTROL_POINT), octets(FEATURES))
    ):
        if text(name) == FEATURES:
            features[ride, meter] = data or b""
        elif (zero := read_zero_offset(data or b"", features.get((ride, meter)))) is not None:
            set_at = local_time(started, offset_s)
            with suppress(OverflowError):  # a time that none can be
                set_at += timedelta(seconds=t or 0.0)
            yield DatedZero(
                **msgspec.structs.asdict(zero), meter=text(meter), set_at=set_at, origin="ride", ride=ride
            )
