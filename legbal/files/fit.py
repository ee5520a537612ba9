"""FIT activity files as rides: every record becomes a notification that carries the record's own values.

Garmin's SDK decodes; its licence is Garmin's own (`docs/decisions/fit.md`). Times are seconds since the first record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from legbal.errors import FileFormatError
from legbal.ride.inputs import FIT_RECORD, Input, Mark, Notification

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)  # FIT profile, date_time
_LARGEST = 64 * 2**20
_MANUAL_LAP = 0  # FIT profile, lap_trigger

# What a record says about the legs; a ride needs no places, heart rates or temperatures.
RECORD_FIELDS = (
    "power",
    "left_right_balance",
    "cadence",
    "accumulated_power",
    "left_torque_effectiveness",
    "right_torque_effectiveness",
    "left_pedal_smoothness",
    "right_pedal_smoothness",
    "left_pco",
    "right_pco",
    "left_power_phase",
    "left_power_phase_peak",
    "right_power_phase",
    "right_power_phase_peak",
)


class FitRide(msgspec.Struct, frozen=True):
    """A ride read from a FIT file: when it started (aware), what recorded it, its inputs in order of time."""

    started: datetime
    device: str
    inputs: tuple[Input, ...]


def read(path: Path, complain: Callable[[str], None]) -> FitRide:
    """The ride in a FIT activity file.

    Args:
        path: the file, at most 64 MiB.
        complain: is told, in a sentence, what of a damaged file could not be read; the rest is given.

    Raises:
        FileFormatError: the file cannot be read, is no FIT file, or holds no record.
    """
    from garmin_fit_sdk import Decoder, Stream  # 60 ms that a ride over Bluetooth need not wait

    try:
        octets = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except OSError as error:
        raise FileFormatError(f"{path}: cannot be read: {error.strerror or error}") from error
    if octets is None:
        raise FileFormatError(f"{path}: larger than {_LARGEST // 2**20} MiB, which no ride is")
    decoder = Decoder(Stream.from_byte_array(bytearray(octets)))
    if not decoder.is_fit():
        raise FileFormatError(f"{path}: not a FIT file", hint="A FIT file is what a head unit records.")
    messages: Any  # the SDK types every field of every message as all that it may ever be
    messages, errors = decoder.read(convert_types_to_strings=False, convert_datetimes_to_dates=False)
    records = [r for r in messages.get("record_mesgs", []) if isinstance(r.get("timestamp"), int)]
    if not records:
        why = f": {errors[0]}" if errors else ""
        raise FileFormatError(f"{path}: holds no record of a ride{why}")
    if errors:
        complain(f"{path}: damaged after {len(records)} records, which are used: {errors[0]}")
    start = min(record["timestamp"] for record in records)
    device = _device(messages)
    inputs = [_notification(record, start, device) for record in records] + _laps(messages, start)
    inputs.sort(key=lambda item: item.t)
    return FitRide(_EPOCH + timedelta(seconds=start), device, tuple(inputs))


def _notification(record: dict[Any, Any], start: int, device: str) -> Input:
    values = {name: record[name] for name in RECORD_FIELDS if record.get(name) is not None}
    return Notification(float(record["timestamp"] - start), msgspec.json.encode(values), FIT_RECORD, device)


def _laps(messages: dict[str, Any], start: int) -> list[Input]:
    """A mark where the rider pressed lap; the file's last lap ends with the ride."""
    laps = [lap for lap in messages.get("lap_mesgs", []) if isinstance(lap.get("timestamp"), int)]
    return [
        Mark(float(lap["timestamp"] - start), "lap")
        for lap in laps[:-1]
        if lap.get("lap_trigger") == _MANUAL_LAP and lap["timestamp"] >= start
    ]


def _device(messages: dict[str, Any]) -> str:
    """What recorded the ride: the file's own name for it, or the maker's and the product's numbers."""
    about = (messages.get("file_id_mesgs") or [{}])[0]
    name = about.get("product_name")
    if isinstance(name, str) and name.strip():
        return "".join(letter for letter in name if letter.isprintable())[:60]
    return f"FIT device {about.get('manufacturer', 0)}/{about.get('product', 0)}"
