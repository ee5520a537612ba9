"""Every message over MQTT, from the structs that are encoded and that bound what is heard."""

from __future__ import annotations

import inspect

import msgspec

from legbal.outlets.commands import read_command
from legbal.outlets.mqtt import QOS, ROOT, schema
from legbal.ride.drill import Drill
from legbal.ride.share import BandShare, Period, Share, Usual
from legbal.ride.view import Counts, Glance
from legbal.ride.work_interval import Interval, IntervalDropOff
from tests.reference.markdown import code, page, table

_MESSAGES: list[tuple[str, type[msgspec.Struct]]] = [
    ("live", schema.Live),
    ("state", schema.State),
    ("event", schema.EventMessage),
    ("LinkView", schema.LinkView),
]
_COMMANDS = {
    "lap": "A lap, now.",
    "mute": "No sound at the ride, until it is unmuted there or from here.",
    "unmute": "Sound again.",
    "note": "A note on this moment: one line of printable characters.",
}
_PARTS = (
    Share,
    Glance,
    Interval,
    IntervalDropOff,
    Usual,
    schema.Alert,
    BandShare,
    Drill,
    Period,
    Counts,
    schema.Trace,
)


def text() -> str:
    """The page."""
    told = [("topic", "QoS", "retained")]
    for name, (qos, retained) in QOS.items():
        topic = {
            "meter": f"{ROOT}/<rider>/meter/<meter>",
            "discovery": "<discovery prefix>/…/config",
        }.get(name, f"{ROOT}/<rider>/{name}")
        told.append((code(topic), str(qos), "yes" if retained else "no"))
    parts = [
        f"What legbal publishes and takes in, version {schema.VERSION}; [MQTT](../mqtt.md) says how to use it and "
        "why each topic has its QoS. "
        f"A message has at most {schema.LONGEST_MESSAGE // 1024} KiB. Fields without “needed” may be missing or "
        "null: then nothing can honestly be said, or the default holds.",
        table(told),
        f"{code('status')} is one of the words {code('online')} and {code('offline')}; all others are JSON objects: "
        "a meter's topic has a [LinkView](#linkview), the others have what is named after them here.",
    ]
    for topic, kind in _MESSAGES:
        tag = kind.__struct_config__.tag
        parts += [f"## {topic}" + (f": {tag}" if tag else ""), _said(kind), _fields(kind)]
    parts += [part for command in _COMMANDS for part in _command(command)]
    for kind in _PARTS:
        parts += [f"## {kind.__name__}", _said(kind), _fields(kind)]
    return page("Topics and messages", *parts)


def _command(command: str) -> tuple[str, str, str]:
    """One that is taken, as `read_command` takes it."""
    rows = [("field", "is", ""), (code("command"), code(command), "needed")]
    told = {"command": command}
    if command == "note":
        told["text"] = "knee"
        rows.append((code("text"), "a text of up to 200 characters", "needed"))
    assert read_command(msgspec.json.encode(told)).command == command
    return f"## command: {command}", _COMMANDS[command], table(rows)


def _said(kind: type[msgspec.Struct]) -> str:
    return (
        inspect.cleandoc(kind.__doc__ or "").replace("\n\n", " ").replace("\n", " ").replace("None", "null")
    )


def _fields(kind: type[msgspec.Struct]) -> str:
    about = msgspec.inspect.type_info(kind)
    assert isinstance(about, msgspec.inspect.StructType)
    rows = [("field", "is", "")]
    if about.tag_field:
        rows.append((code(about.tag_field), code(str(about.tag)), "needed"))
    rows += [(code(x.encode_name), words(x.type), "needed" if x.required else "") for x in about.fields]
    computed = schema.COMPUTED.get(kind, {}).items()
    rows += [(code(name), words(msgspec.inspect.type_info(hint)), "") for name, hint in computed]
    return table(rows)


def words(kind: msgspec.inspect.Type) -> str:
    """A type with its bounds in words."""
    match kind:
        case msgspec.inspect.Metadata(type=inner, extra_json_schema=extra):
            unit = (extra or {}).get("description")
            return f"{words(inner)}, {unit}" if unit else words(inner)
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(
                "null" if isinstance(each, msgspec.inspect.NoneType) else words(each) for each in types
            )
        case msgspec.inspect.FloatType(ge=low, le=high):
            return "a number" if low is None or high is None else f"a number from {low:g} to {high:g}"
        case msgspec.inspect.IntType(ge=low, le=high):
            return "a whole number" if low is None or high is None else f"a whole number from {low} to {high}"
        case msgspec.inspect.StrType(max_length=most):
            return "a text" if most is None else f"a text of up to {most} characters"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.LiteralType(values=values):
            return ", ".join(code(str(value)) for value in values)
        case msgspec.inspect.StructType(cls=cls):
            return f"[{cls.__name__}](#{cls.__name__.lower()})"
        case msgspec.inspect.VarTupleType(item_type=item, max_length=most):
            return f"a list{'' if most is None else f' of up to {most}'}, each {words(item)}"
        case msgspec.inspect.DictType(key_type=key, value_type=value, max_length=most):
            return f"an object of up to {most} fields: {words(key)}; {words(value)}"
        case msgspec.inspect.TupleType(item_types=items):
            return f"a pair: {'; '.join(words(item) for item in items)}"
    raise TypeError(kind)
