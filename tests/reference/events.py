"""Every event that a ride gives, from the structs that are encoded."""

from __future__ import annotations

import inspect
import re
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from legbal.meters.limits import Remark
from legbal.outlets.jsonlines import _MOST_WAITING
from legbal.ride import events
from legbal.ride.events import Event
from tests.reference.markdown import code, page, table

_WORDS: dict[Any, str] = {
    float: "a number",
    int: "a whole number",
    str: "a text",
    bool: "true or false",
    Remark: "a text",  # where it is encoded
}
_COMMENT = re.compile(r"^    (\w+):.*?#\s*(.+)$", re.MULTILINE)
_WRAPPED = re.compile(r"^    (\w+):[^\n]*\(\n[^\n]*?#\s*(.+)$", re.MULTILINE)


def text() -> str:
    """The page."""
    parts = [
        "`--events` writes one JSON object a line to standard output, each as it happens and flushed at once; "
        f"of a live ride lines wait, at most {_MOST_WAITING:,}, while their reader does not take them. "
        "Every event has `t`, the ride's time in seconds of the packet that settled it (no wall clock), and `event`. "
        "A field that is not always there is left out when it says nothing: null, false or as the table has it."
    ]
    for kind in get_args(Event):
        tag = kind.__struct_config__.tag
        parts += [f"## {tag}", inspect.cleandoc(kind.__doc__).replace("\n", " "), _fields(kind)]
    return page("Events", *parts)


def _fields(kind: type[msgspec.Struct]) -> str:
    source = inspect.getsource(kind)
    said = dict(_COMMENT.findall(source)) | dict(_WRAPPED.findall(source))
    hints = get_type_hints(kind, vars(events))
    rows = [("field", "is", "")]
    for field in msgspec.structs.fields(kind):
        optional = "" if field.required else _absence(field)
        meaning = "; ".join(part for part in (said.get(field.name, ""), optional) if part)
        null = " or null" if field.required and NoneType in get_args(hints[field.name]) else ""
        rows.append((code(field.encode_name), words(hints[field.name]) + null, meaning))
    return table(rows)


def _absence(field: msgspec.structs.FieldInfo) -> str:
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if default is None:
        return "may be absent"
    return f"absent when {code(msgspec.json.encode(default).decode())}"


def words(kind: Any) -> str:
    """A type in words: "left" or "right", a number, …"""
    if get_origin(kind) is Literal:
        return ", ".join(code(str(value)) for value in get_args(kind))
    if get_origin(kind) is dict:
        return f"an object, each of its values {words(get_args(kind)[1])}"
    if get_origin(kind) in (Union, UnionType):
        return " or ".join(dict.fromkeys(words(each) for each in get_args(kind) if each is not NoneType))
    return _WORDS[kind]
