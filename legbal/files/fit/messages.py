"""FIT files as messages, and messages as a FIT file; chiptime does the coding.

Only the fields that are asked for are decoded, so that neither the other fields of a record, however odd, nor those of
other programs ("developer fields") cost time, memory or the ride.
"""

import struct
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from chiptime import iter_frames
from chiptime.decode import FIT_EPOCH_UNIX, Decoder
from chiptime.encode import DevSpecValue, EncodableMessage, FieldSpecValue, encode_messages
from chiptime.errors import Defect
from chiptime.frames import DataFrame, DefinitionFrame, EndOfStream, FileHeader
from chiptime.message import FieldValue
from chiptime.profile import BASE_TYPES, BASE_TYPES_BY_NAME, ENUMS, MESSAGES, FieldDef

from legbal.errors import FileFormatError
from legbal.files.fit.developer import DEVELOPER, FIELDS, DeveloperValues
from legbal.files.fit.layouts import MOST_LAYOUTS, AtOnce, MessageLayout, Selection

# a message's values by the profile's names, legbal's own by `DEVELOPER`; a damaged file may hold anything in them
Message = dict[str, Any]
Messages = dict[str, list[Any]]  # by the profile's name of their kind

# What no ride has, so that a file costs no more time and memory than a long one. A head unit writes up to five messages
# a second, of twenty octets and more, one of them a record: these are two days, laps and all.
_MOST_FRAMES, _FEWEST_OCTETS_A_FRAME, _SMALL_FILE_FRAMES = 1_000_000, 4, 20_000
_MOST_TAKEN = 180_000
# Octets: past a defect the library tries at every octet whether messages go on there. 8 MiB are 40 hours of riding.
_LARGEST_TO_SEARCH = 8 * 2**20

# FIT protocol, file header: octets without and with a checksum of its own.
_SHORT, _LONG, _CHECKSUM = 12, 14, 2
_SIGNATURE = b".FIT"

# FIT profile, date_time: seconds since then; a number below the earliest counts from when the device was switched on.
_EPOCH = datetime.fromtimestamp(FIT_EPOCH_UNIX, UTC)
_EARLIEST, _LATEST = 0x10000000, 0xFFFFFFFE
_TIMES = ("timestamp", "start_time")  # of which the library gives no value where they name no day
_NO_COUNT = ("accumulated_power", 0xFFFFFFFF)  # uint32: none

_BY_NAME = {message.name: message for message in MESSAGES.values()}

# FIT profile: what describes a developer's fields.
_DESCRIPTION = "field_description"
_DESCRIBES = ("developer_data_index", "field_definition_number", "fit_base_type_id")

# Makers and products that the FIT profile has gained since the library's tables (21.158) were made.
_NEWER = {
    "manufacturer": {340: "peloton", 346: "wetech", 348: "huawei", 352: "tymewear"},
    "garmin_product": {4525: "rally_x10", 4633: "edge_550", 4634: "edge_850", 4655: "edge_mtb"},
}

# The base types of the fields that are written (FIT profile), by name where their kind does not say it; with that of
# their message where several have a field of that name.
_BASE_TYPES = {
    "application_id": "byte",
    "avg_power": "uint16",
    "event.data": "uint32",
    "first_lap_index": "uint16",
    "fit_base_type_id": "uint8",
    "left_pco": "sint8",
    "max_power": "uint16",
    "memo_glob.data": "uint8z",
    "memo_glob.parent_index": "uint16",
    "memo_glob.part_index": "uint32",
    "message_index": "uint16",
    "num_laps": "uint16",
    "num_sessions": "uint16",
    "power": "uint16",
    "product": "uint16",
    "right_pco": "sint8",
    "software_version": "uint16",
    "threshold_power": "uint16",
    "total_cycles": "uint32",
    "total_elapsed_time": "uint32",
    "total_timer_time": "uint32",
    "total_work": "uint32",
}
_BASE_TYPES_OF_KIND = {
    "date_time": "uint32",
    "enum:left_right_balance_100": "uint16",
    "enum:manufacturer": "uint16",
    "enum:mesg_num": "uint16",
    "local_date_time": "uint32",
    "number": "uint8",
    "string": "string",
}


class DecodedFile(NamedTuple):
    """What was read of a FIT file, or of several in one.

    Attributes:
        messages: by kind, each with what it has of the fields that were asked for.
        damage: what is wrong with the file, in a rider's words.
        unreadable: how many messages hold a field that was asked for, but not as its type is laid out: by the names of
            message and field.
        is_odd: whether any field, of whatever program, is laid out otherwise than its type.
        files: how many there are in it, one after the other.
    """

    messages: Messages
    damage: str | None
    unreadable: Counter[tuple[str, str]]
    is_odd: bool
    files: int


def read_messages(
    path: Path,
    octets: bytes,
    field_names: Mapping[str, Collection[str]],
    convert: Mapping[str, Callable[[Message], object]] = {},
    at_once: Mapping[str, AtOnce] = {},
) -> DecodedFile:
    """The messages of a FIT file, or of several in one, as far as they can be read.

    Args:
        path: of the file, for errors.
        octets: what it holds.
        field_names: by the profile's name of a message, the fields to give. Numbers come scaled, times as FIT tells
            them, and of an enumeration its number. What a field's type declares invalid is left out, as is a field
            that cannot be read.
        convert: by that name, what is to be kept of each message in its place.
        at_once: by that name, what reads the same from many messages of a usual layout.

    Raises:
        FileFormatError: it is no FIT file, or holds more than any ride.
    """
    whole, damage = _with_header(octets)
    messages: Messages = {name: [] for name in field_names}
    selection = Selection({_DESCRIPTION: _DESCRIBES, **field_names}, at_once)
    usual = _Usual(at_once, messages)
    decoder = Decoder()
    most = min(_MOST_FRAMES, _SMALL_FILE_FRAMES + len(whole) // _FEWEST_OCTETS_A_FRAME)
    end, files, taken = 0, 0, 0
    for count, frame in enumerate(iter_frames(whole)):
        if count == most:
            raise _too_much(path, "messages", most)
        match frame:
            case DataFrame():
                if (layout := selection.at_once(frame)) is not None:
                    usual.add(layout, frame.payload)
                    taken += 1
                    if is_date(time := layout.time(frame.payload)):
                        decoder.last_timestamp = time  # from which compressed headers count on
                elif (cut := selection.of(frame)) is not None:
                    message = decoder.decode(cut)
                    decoder.out.messages.clear()  # it would keep them all
                    if message.name in messages:
                        values = _values(message.fields, field_names[message.name])
                        messages[message.name].append(convert.get(message.name, dict)(values))
                        taken += 1
                    if message.name == _DESCRIPTION:
                        selection.describe(*(message.get_raw(name) for name in _DESCRIBES))
                if taken > _MOST_TAKEN:
                    raise _too_much(path, "messages of riding", _MOST_TAKEN)
            case DefinitionFrame():
                if not selection.define(frame):
                    raise _too_much(path, "kinds of messages", MOST_LAYOUTS)
            case FileHeader(magic_ok=False):
                break
            case FileHeader():
                files += 1
                end = frame.offset + frame.size + frame.data_size + _CHECKSUM
            case Defect(code="FIT_HEADER_INVALID") if files:
                pass  # what follows the file's end is no other file
            case Defect():
                damage = damage or _damage(frame, end - len(whole))
                if end and len(whole) > _LARGEST_TO_SEARCH:
                    break
            case EndOfStream() if end:
                end = frame.consumed
    if not end:
        raise FileFormatError(
            f"{path}: not a FIT file", reason="damaged", hint="A FIT file is what a head unit records."
        )
    if end < len(whole):
        damage = damage or _rest(len(whole) - end)
    usual.read()
    return DecodedFile(messages, damage, selection.unreadable, selection.is_odd, files)


class _Usual:
    """Messages that are read at once, at the end, each into its place among the others of its kind."""

    def __init__(self, at_once: Mapping[str, AtOnce], messages: Messages) -> None:
        self._at_once, self._messages = at_once, messages
        # of those with one layout, and as many octets in all: their places, and the octets of each
        self._gathered: dict[tuple[int, int], tuple[MessageLayout, list[int], list[bytes]]] = {}

    def add(self, layout: MessageLayout, payload: bytes) -> None:
        """Adds one, and keeps its place."""
        key = id(layout), len(payload)
        if key not in self._gathered:
            self._gathered[key] = layout, [], []
        _, places, payloads = self._gathered[key]
        of_kind = self._messages[layout.kind]
        places.append(len(of_kind))
        payloads.append(payload)
        of_kind.append(None)

    def read(self) -> None:
        """Puts into each place what its message is read as."""
        for layout, places, payloads in self._gathered.values():
            of_kind = self._messages[layout.kind]
            for place, item in zip(places, self._at_once[layout.kind].read(layout, payloads), strict=True):
                of_kind[place] = item


def _rest(octets: int) -> str:
    if octets == 1:
        return "1 byte after its end belongs to no ride and is left out"
    return f"{octets} bytes after its end belong to no ride and are left out"


def _too_much(path: Path, what: str, most: int) -> FileFormatError:
    return FileFormatError(
        f"{path}: holds more than {most:,} {what}, which no ride does", hint="It is damaged, or no ride."
    )


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
            return "its last byte is missing" if missing == 1 else f"its last {missing} bytes are missing"
        case "FIT_UNDEFINED_LOCAL_TYPE":
            return "damaged (there is a message in it that none before it describes)"
        case "FIT_HEADER_INVALID":
            return "its beginning is damaged"
        case _:
            return f"damaged ({defect.detail})"


def _values(fields: Mapping[str, FieldValue], field_names: Collection[str]) -> Message:
    return {
        name: field.raw if isinstance(field.raw, int) and not isinstance(field.value, float) else field.value
        for name, field in fields.items()
        if name in field_names
        and (field.value is not None or (name in _TIMES and is_time(field.raw)))
        # past a counter that began anew the library gives a value even where there is none
        and (name, field.raw) != _NO_COUNT
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
            enumeration its number. Those that are None are left out. `DEVELOPER` has legbal's own.

    Raises:
        FileFormatError: a field cannot hold its value.
    """
    encoded = []
    for name, fields in messages:
        kind = _BY_NAME[name]
        by_name = {field.name: field for field in kind.fields.values()}
        present = (
            _encode_field(name, by_name[key], value)
            for key, value in fields.items()
            if key != DEVELOPER and value is not None
        )
        own = _encode_developer(fields.get(DEVELOPER, ()))
        encoded.append(EncodableMessage(kind.num, tuple(present), tuple(own)))
    return encode_messages(encoded)


def _encode_developer(values: DeveloperValues) -> Iterator[DevSpecValue]:
    for number, (field, value) in enumerate(zip(FIELDS, values, strict=False)):
        if value is not None:
            form = BASE_TYPES[field.base_type].struct_code
            raw = struct.pack(f"<{form}", value) if form else str(value).encode() + b"\0"
            yield DevSpecValue(number, len(raw), 0, raw)


def _encode_field(message: str, field: FieldDef, value: Any) -> FieldSpecValue:
    by_name = _BASE_TYPES.get(f"{message}.{field.name}") or _BASE_TYPES.get(field.name)
    base = BASE_TYPES_BY_NAME[by_name or _BASE_TYPES_OF_KIND.get(field.kind, "enum")]
    if base.invalid is None:
        text = value if isinstance(value, bytes) else str(value).encode() + b"\0"
        return FieldSpecValue(field.num, base.byte, text, len(text))
    raw = [round((x + field.offset) * field.scale) for x in (value if isinstance(value, tuple) else (value,))]
    lowest = -base.invalid if base.name.startswith("sint") else 0 if base.invalid else 1
    if not all(lowest <= number < (base.invalid or 1 << 8 * base.size) for number in raw):
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


def is_time(value: object) -> TypeGuard[int]:
    """Whether a field's value is a date_time, be it only since the device was switched on."""
    return type(value) is int and 0 < value <= _LATEST
