"""A rider's notes in a FIT file: a user marker for the moment of each, and its text in the messages `memo_glob`.

A glob's text is UTF-8 in parts, whose `parent_index` says the number of the marker among those of the file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from legbal.files.fit.messages import Message, Messages, is_time
from legbal.present.text import clean
from legbal.ride.inputs import Mark

# FIT profile: event, user_marker; event_type, marker; mesg_num, event; number of an event's field `data`
_USER_MARKER, _MARKER, _EVENT, _DATA = 32, 3, 21, 3
_PART, _MOST_PARTS = 200, 4  # octets of a part, which may have 255; parts of one note
_LONGEST, _MOST_NOTES = 200, 500  # columns; notes of a ride

MEMO_FIELDS = ("part_index", "mesg_num", "parent_index", "data")


def marker(t: int) -> Message:
    """The event at a date_time at which something was noted."""
    return {"timestamp": t, "event": _USER_MARKER, "event_type": _MARKER}


def memos(texts: Iterable[str]) -> Iterator[Message]:
    """The globs of notes, in the order of their markers."""
    for number, text in enumerate(texts):
        octets = text.encode("utf-8", "ignore").replace(b"\0", b"")[: _PART * _MOST_PARTS]
        for part, at in enumerate(range(0, len(octets), _PART)):
            yield {
                "part_index": part,
                "mesg_num": _EVENT,
                "parent_index": number,
                "field_num": _DATA,
                "data": tuple(octets[at : at + _PART]),
            }


def notes_in(messages: Messages, start: int, end: int) -> Iterator[Mark]:
    """The notes of a ride between two date_times, in ride seconds; each on one line, and none that has no moment."""
    parts: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
    for memo in messages["memo_glob"]:
        number, part, data = (memo.get(name) for name in ("parent_index", "part_index", "data"))
        if memo.get("mesg_num") == _EVENT and isinstance(number, int) and part in range(_MOST_PARTS):
            parts[number][part] = _octets(data)
    markers = [x.get("timestamp") for x in messages["event"] if x.get("event") == _USER_MARKER]
    for number, at in enumerate(markers[:_MOST_NOTES]):
        text = b"".join(octets for _, octets in sorted(parts.get(number, {}).items())).decode(
            "utf-8", "ignore"
        )
        text = clean(text, _LONGEST)
        if text and is_time(at) and start <= at <= end:
            yield Mark(float(at - start), "note", text)


def _octets(data: object) -> bytes:
    values = data if isinstance(data, list | tuple) else (data,)
    return bytes(x for x in values if isinstance(x, int) and 0 < x < 256)
