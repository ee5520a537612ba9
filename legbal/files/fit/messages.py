"""FIT files as messages, and messages as a FIT file; chiptime does the coding.

Only the fields that are asked for are decoded, so that neither the other fields of a record, however odd, nor those of
other programs ("developer fields") cost time, memory or the ride.
"""

import struct
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeGuard

from chiptime import iter_frames
from chiptime.decode import FIT_EPOCH_UNIX, Decoder
from chiptime.encode import EncodableMessage, FieldSpecValue, encode_messages
from chiptime.errors import Defect
from chiptime.frames import DataFrame, DefinitionFrame, EndOfStream, FileHeader
from chiptime.message import FieldValue
from chiptime.profile import BASE_TYPES_BY_NAME, ENUMS, MESSAGES, FieldDef

from legbal.errors import FileFormatError

# a message's values by the profile's names; a damaged file may hold anything in them
Message = dict[str, Any]
Messages = dict[str, list[Message]]  # by the profile's name of their kind

_MOST_MESSAGES = 3_000_000  # a file of nothing but empty ones would fill the memory
_MOST_LAYOUTS = 10_000  # a head unit has some dozens
# Octets: past a defect the library tries at every octet whether messages go on there. 8 MiB are 40 hours of riding.
_LARGEST_TO_SEARCH = 8 * 2**20

# FIT protocol, file header: octets without and with a checksum of its own.
_SHORT, _LONG, _CHECKSUM = 12, 14, 2
_SIGNATURE = b".FIT"

# FIT profile, date_time: seconds since then; a number below the earliest counts from when the device was switched on.
_EPOCH = datetime.fromtimestamp(FIT_EPOCH_UNIX, UTC)
_EARLIEST, _LATEST = 0x10000000, 0xFFFFFFFE

_BY_NAME = {message.name: message for message in MESSAGES.values()}

# Makers and products that the FIT profile has gained since the library's tables (21.158) were made.
_NEWER = {
    "manufacturer": {340: "peloton", 346: "wetech", 348: "huawei", 352: "tymewear"},
    "garmin_product": {4525: "rally_x10", 4633: "edge_550", 4634: "edge_850", 4655: "edge_mtb"},
}

# The base types of the fields that are written (FIT profile), by name where their kind does not say it.
_BASE_TYPES = {
    "avg_power": "uint16",
    "first_lap_index": "uint16",
    "left_pco": "sint8",
    "max_power": "uint16",
    "message_index": "uint16",
    "num_laps": "uint16",
    "num_sessions": "uint16",
    "power": "uint16",
    "product": "uint16",
    "right_pco": "sint8",
    "software_version": "uint16",
    "total_elapsed_time": "uint32",
    "total_timer_time": "uint32",
    "total_work": "uint32",
}
_BASE_TYPES_OF_KIND = {
    "date_time": "uint32",
    "enum:left_right_balance_100": "uint16",
    "enum:manufacturer": "uint16",
    "local_date_time": "uint32",
    "number": "uint8",
    "string": "string",
}


def read_messages(
    path: Path, octets: bytes, field_names: Mapping[str, Collection[str]]
) -> tuple[Messages, str | None]:
    """The messages of a FIT file, or of several in one, as far as they can be read.

    Args:
        path: of the file, for errors.
        octets: what it holds.
        field_names: by the profile's name of a message, the fields to give. Numbers come scaled, times as FIT tells
            them, and of an enumeration its number. What a field's type declares invalid is left out.

    Returns:
        the messages by kind, each with what it has of its fields; and, in a rider's words, what is wrong with the file.

    Raises:
        FileFormatError: it is no FIT file.
    """
    whole, damage = _with_header(octets)
    messages: Messages = {name: [] for name in field_names}
    selection = _Selection(field_names)
    decoder = Decoder()
    count, end = 0, 0
    for frame in iter_frames(whole):
        match frame:
            case DataFrame():
                if count == _MOST_MESSAGES:
                    damage = damage or f"damaged (more than {_MOST_MESSAGES} messages)"
                    break
                count += 1
                message = decoder.decode(selection.of(frame))
                decoder.out.messages.clear()  # it would keep them all
                if message.name in messages:
                    messages[message.name].append(_values(message.fields, field_names[message.name]))
            case DefinitionFrame():
                if not selection.define(frame):
                    damage = damage or f"damaged (more than {_MOST_LAYOUTS} kinds of messages)"
                    break
            case FileHeader(magic_ok=False):
                break
            case FileHeader():
                end = frame.offset + frame.size + frame.data_size + _CHECKSUM
            case Defect():
                damage = damage or _damage(frame, end - len(whole))
                if end and len(whole) > _LARGEST_TO_SEARCH:
                    break
            case EndOfStream() if end:
                end = frame.consumed
    if not end:
        raise FileFormatError(f"{path}: not a FIT file", hint="A FIT file is what a head unit records.")
    if end < len(whole):
        damage = damage or f"damaged ({len(whole) - end} octets after its end)"
    return messages, damage


def _with_header(octets: bytes) -> tuple[bytes, str | None]:
    """The file with a header, and that its device never finished it where it had none that counts its octets.

    A device that loses power leaves a header that gives no size, or one of zeros; the messages after it are good.
    """
    start = None  # where the messages begin
    signed = octets[8:_SHORT] == _SIGNATURE
    if signed and octets[0] in (_SHORT, _LONG):
        start = None if any(octets[4:8]) else octets[0]  # there it counts the octets after it
    elif len(octets) > _LONG and not octets[0] and (signed or not any(octets[:_SHORT])):
        # where the header of a message, by its two highest bits, is that of a definition
        start = next((at for at in (_LONG, _SHORT) if octets[at] & 0xC0 == 0x40), None)
    if start is None:
        return octets, None
    rest = octets[start:]
    header = struct.pack("<BBHI4sH", _LONG, 0x20, 0, len(rest), _SIGNATURE, 0)
    return header + rest, "its device never finished it"


def _damage(defect: Defect, missing: int) -> str | None:
    """A defect in a rider's words; None for one that loses nothing."""
    match defect.code:
        case "FIT_HEADER_CRC_MISMATCH" | "FIT_DATA_SIZE_MISMATCH":
            return None
        case "FIT_CRC_MISMATCH":
            return "its checksum does not fit, so something in it was changed or lost"
        case "FIT_TRUNCATED" | "FIT_CRC_MISSING" if missing > 0:
            return f"its last {missing} octets are missing"
        case "FIT_UNDEFINED_LOCAL_TYPE":
            return "damaged (there is a message in it that none before it describes)"
        case _:
            return f"damaged ({defect.detail})"


class _Selection:
    """Cuts messages down to the fields that are wanted, and to the times, from which compressed headers count on."""

    def __init__(self, field_names: Mapping[str, Collection[str]]) -> None:
        self._numbers = {
            _BY_NAME[name].num: {x.num for x in _BY_NAME[name].fields.values() if x.name in names}
            for name, names in field_names.items()
        }
        # By layout, so that the decoder, which knows a definition by its identity, meets each once and for ever.
        self._layouts: dict[tuple[object, ...], tuple[DefinitionFrame, list[slice]]] = {}
        self._now: dict[int, tuple[DefinitionFrame, list[slice]]] = {}  # by local number

    def define(self, frame: DefinitionFrame) -> bool:
        """Takes in how messages of a local number are laid out from now on; False where there is no end of layouts."""
        key = (frame.global_num, frame.big_endian, frame.fields)
        if key not in self._layouts:
            # 253 is every message's time
            numbers = {253, *self._numbers.get(frame.global_num, ())}
            placed = zip(frame.fields, accumulate(field.size for field in frame.fields), strict=True)
            selected = [
                (field, slice(end - field.size, end)) for field, end in placed if field.num in numbers
            ]
            cut = replace(frame, fields=tuple(field for field, _ in selected), dev_fields=())
            self._layouts[key] = cut, [place for _, place in selected]
        self._now[frame.local_id] = self._layouts[key]
        return len(self._layouts) <= _MOST_LAYOUTS

    def of(self, frame: DataFrame) -> DataFrame:
        cut, cuts = self._now[frame.local_id]
        return DataFrame(
            frame.offset,
            frame.local_id,
            cut,
            b"".join([frame.payload[part] for part in cuts]),
            frame.time_offset,
        )


def _values(fields: Mapping[str, FieldValue], field_names: Collection[str]) -> Message:
    return {
        name: field.raw if isinstance(field.raw, int) and not isinstance(field.value, float) else field.value
        for name, field in fields.items()
        if field.value is not None and name in field_names
    }


def name_of(table: str, number: object) -> str:
    """The FIT profile's name of a number in one of its types, such as "manufacturer"; empty where it has none."""
    if not isinstance(number, int):
        return ""
    return ENUMS.get(table, {}).get(number) or _NEWER.get(table, {}).get(number, "")


def encode_file(messages: Iterable[tuple[str, Message]]) -> bytes:
    """A FIT file of these messages.

    Args:
        messages: each the profile's name of its kind, and its fields: by the profile's names and in its units; of an
            enumeration its number. Those that are None are left out.

    Raises:
        FileFormatError: a field cannot hold its value.
    """
    encoded = []
    for name, fields in messages:
        kind = _BY_NAME[name]
        by_name = {field.name: field for field in kind.fields.values()}
        present = (_encode_field(by_name[key], value) for key, value in fields.items() if value is not None)
        encoded.append(EncodableMessage(kind.num, tuple(present)))
    return encode_messages(encoded)


def _encode_field(field: FieldDef, value: Any) -> FieldSpecValue:
    base = BASE_TYPES_BY_NAME[_BASE_TYPES.get(field.name) or _BASE_TYPES_OF_KIND.get(field.kind, "enum")]
    if base.invalid is None:
        text = str(value).encode() + b"\0"
        return FieldSpecValue(field.num, base.byte, text, len(text))
    raw = [round((x + field.offset) * field.scale) for x in (value if isinstance(value, tuple) else (value,))]
    lowest = -base.invalid if base.name.startswith("sint") else 0
    if not all(lowest <= number < base.invalid for number in raw):
        raise FileFormatError(f"{field.name} {value:g} is more than a FIT file can hold")
    return FieldSpecValue(field.num, base.byte, raw, base.size * len(raw))


def to_datetime(number: int) -> datetime:
    """The aware time, UTC, of a FIT date_time."""
    return _EPOCH + timedelta(seconds=number)


def from_datetime(when: datetime) -> int:
    """The FIT date_time of a ride's start, aware, in whole seconds; FileFormatError for one that FIT cannot tell."""
    number = int((when - _EPOCH).total_seconds())
    if not is_date(number):
        raise FileFormatError(
            f"the ride's start cannot be written as FIT: {when:%Y} is not a year that a FIT file can tell"
        )
    return number


def is_date(value: object) -> TypeGuard[int]:
    """Whether a field's value is a date_time that names a day."""
    return type(value) is int and _EARLIEST <= value <= _LATEST
