"""How a FIT file lays its messages out, and which of their fields can be read.

Head units and the programs of others write fields that are no value of their type: of no size, of a size that is no
multiple of the type's, of a type that does not exist.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import NamedTuple

from chiptime.frames import DataFrame, DefinitionFrame, FieldSpec
from chiptime.profile import BASE_TYPES, MESSAGES

MOST_LAYOUTS = 2_000  # a head unit has some dozens
_TIME = 253  # FIT protocol: the field of a message's time, in messages of every kind


class MessageField(NamedTuple):
    """A field among a message's octets: its base type's own, its first, how many, what its numbers are divided by."""

    name: str
    base_type: int
    start: int
    size: int
    scale: float


class MessageLayout(NamedTuple):
    """Where the fields that are wanted stand in messages of a kind; and where among them the time, if it does."""

    kind: str
    fields: tuple[MessageField, ...]
    big_endian: bool
    time_at: slice

    def time(self, payload: bytes) -> int:
        """The time that the octets of a message tell, as a date_time; 0 where there is none among them."""
        return int.from_bytes(payload[self.time_at], "big" if self.big_endian else "little")


class AtOnce(NamedTuple):
    """What reads messages of a kind, many at once: those of which it says that their layout is usual."""

    is_usual: Callable[[MessageLayout], bool]
    read: Callable[[MessageLayout, Sequence[bytes]], Iterable[object]]


class _Cut(NamedTuple):
    """How messages of a kind are cut down: to these fields, in these places; and which that were wanted are odd.

    Where they are read at once instead, `layout` says what is in them.
    """

    definition: DefinitionFrame
    cuts: list[slice]
    unreadable: tuple[tuple[str, str], ...]
    layout: MessageLayout | None


class Selection:
    """Cuts messages down to the fields that are wanted, and to the times, from which compressed headers count on.

    Args:
        field_names: by the profile's name of a message, the fields that are wanted of it.
        at_once: by that name, what reads those of a usual layout.

    Attributes:
        unreadable: how many messages hold a wanted field that is no value of its type: by the names of both.
        is_odd: whether any field, of whatever program, is none.
    """

    def __init__(
        self, field_names: Mapping[str, Collection[str]], at_once: Mapping[str, AtOnce] = {}
    ) -> None:
        by_name = {message.name: message for message in MESSAGES.values()}
        self._names = {
            by_name[name].num: {x.num: x.name for x in by_name[name].fields.values() if x.name in names}
            for name, names in field_names.items()
        }
        self._at_once = at_once
        # By layout, so that the decoder, which knows a definition by its identity, meets each once and for ever.
        self._cuts: dict[tuple[object, ...], _Cut] = {}
        self._now: dict[int, _Cut] = {}  # by local number
        self._types: dict[tuple[object, object], object] = {}  # of developers' fields
        self.unreadable: Counter[tuple[str, str]] = Counter()
        self.is_odd = False

    def describe(self, developer: object, number: object, base_type: object) -> None:
        """Takes in of what type a developer's field is."""
        self._types[developer, number] = base_type

    def define(self, frame: DefinitionFrame) -> bool:
        """Takes in how messages of a local number are laid out from now on; False where there is no end of layouts."""
        key = (frame.global_num, frame.big_endian, frame.fields)
        if key not in self._cuts:
            self._cuts[key] = self._cut(frame)
        self._now[frame.local_id] = self._cuts[key]
        self.is_odd |= any(
            not field.size or _is_odd(field.size, self._types.get((field.dev_data_index, field.num), 0))
            for field in frame.dev_fields
        )
        return len(self._cuts) <= MOST_LAYOUTS

    def _cut(self, frame: DefinitionFrame) -> _Cut:
        names = self._names.get(frame.global_num, {})
        kind = MESSAGES[frame.global_num].name if names else ""
        places: dict[int, tuple[FieldSpec, slice]] = {}  # of a field that stands there twice, the last
        unreadable = []
        for field, end in zip(frame.fields, accumulate(x.size for x in frame.fields), strict=True):
            # some programs write a time as four octets of no type
            odd = _is_odd(field.size, field.base_type) and (field.num, field.size) != (_TIME, 4)
            self.is_odd |= odd
            if odd and field.num in names:
                unreadable.append((kind, names[field.num]))
            elif not odd and (field.num in names or field.num == _TIME):
                places[field.num] = field, slice(end - field.size, end)
        cut = replace(frame, fields=tuple(field for field, _ in places.values()), dev_fields=())
        parts = [part for _, part in places.values()]
        _, time_at = places.get(_TIME, (None, slice(0)))
        scales = (
            {field.num: field.scale for field in MESSAGES[frame.global_num].fields.values()} if names else {}
        )
        layout = MessageLayout(
            kind,
            tuple(
                MessageField(names[x.num], x.base_type, part.start, x.size, scales[x.num])
                for x, part in zip(cut.fields, parts, strict=True)
                if x.num in names
            ),
            frame.big_endian,
            time_at,
        )
        at_once = self._at_once.get(kind)
        is_usual = at_once is not None and not unreadable and at_once.is_usual(layout)
        return _Cut(cut, parts, tuple(unreadable), layout if is_usual else None)

    def at_once(self, frame: DataFrame) -> MessageLayout | None:
        """The layout of a message that is to be read with others; None where it is to be cut down."""
        return None if frame.time_offset is not None else self._now[frame.local_id].layout

    def of(self, frame: DataFrame) -> DataFrame | None:
        """The message, cut down; None where nothing in it is wanted."""
        cut, cuts, unreadable, _ = self._now[frame.local_id]
        if unreadable:
            self.unreadable.update(unreadable)
        if not cuts and frame.time_offset is None and frame.definition.global_num not in self._names:
            return None
        return DataFrame(
            frame.offset,
            frame.local_id,
            cut,
            b"".join([frame.payload[part] for part in cuts]),
            frame.time_offset,
        )


def _is_odd(size: int, base_type: object) -> bool:
    """Whether a field of so many octets is no value, and no row of values, of its type."""
    base = BASE_TYPES.get(base_type) if isinstance(base_type, int) else None
    return base is None or (base.invalid is not None and (size == 0 or size % base.size != 0))
