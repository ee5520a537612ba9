"""Makes messages of a ride's view and of its events: cut to what they may hold, and no finer than they need be."""

import math
from functools import cache
from typing import Any

import msgspec
import numpy as np
from msgspec.inspect import StructType, VarTupleType, type_info

from legbal.meters.limits import Remark
from legbal.outlets import RunState
from legbal.outlets.mqtt.schema import (
    COMPUTED,
    GREATEST_VALUE,
    MOST_STEPS,
    MOST_VALUES,
    VERSION,
    Alert,
    LinkView,
    Live,
    State,
    Trace,
    view_fields,
)
from legbal.present.remarks import remark, render_remarks
from legbal.ride.events import Alert as RideAlert
from legbal.ride.events import Event
from legbal.ride.share import LONGEST_TEXT
from legbal.ride.view import LinkView as RideLinkView
from legbal.ride.view import RideView

_TRACE_TAIL = 3  # steps of the trace in a live message, of which one may be lost without a gap


def live(view: RideView, run: RunState, *, id: str, sent: float) -> bytes:
    """The live message of a view."""
    return _message(
        Live,
        view,
        id,
        sent,
        _TRACE_TAIL,
        recording=run.recording,
        finished=run.finished,
        problem=run.problem[:LONGEST_TEXT],
    )


def state(view: RideView, *, id: str, sent: float) -> bytes:
    """The state message of a view."""
    return _message(State, view, id, sent, MOST_STEPS)


def meter(link: RideLinkView) -> bytes:
    """The message of a meter's own topic."""
    fields = _round_and_cut(link)
    msgspec.convert(fields, LinkView)
    return msgspec.json.encode(fields)


def event(event: Event, *, id: str, sent: float) -> bytes:
    """The message of an event."""
    if isinstance(event, RideAlert):
        event = _bounded(event)
    return msgspec.json.encode(
        {
            "v": VERSION,
            "id": id,
            "sent": round(sent, 3),
            **_round_and_cut(msgspec.to_builtins(render_remarks(event))),
        }
    )


def _message(
    kind: type[msgspec.Struct],
    view: RideView,
    id: str,
    sent: float,
    newest: int,
    **own: object,
) -> bytes:
    """A message with the view's values, cut to what it may hold: of what is many, and of the trace, the newest.

    It is checked against its own bounds before it goes.
    """
    message: dict[str, Any] = {"v": VERSION, "id": id, "sent": round(sent, 3)}
    most = _most(kind)
    for name in view_fields(kind):
        value = getattr(view, name)
        message[name] = _round_and_cut(value[-most[name] :] if name in most else value)
    trace = {
        name: _round_and_cut(np.round(getattr(view.trace, name)[-newest:], 2).tolist())
        for name in Trace.__struct_fields__
    }
    message |= {"trace": trace, **own}
    msgspec.convert(message, kind)
    return msgspec.json.encode(message)


def _round_and_cut(value: Any) -> Any:
    match value:
        case float():
            return round(value, 3) if math.isfinite(value) else None
        case str():
            return value[:LONGEST_TEXT]
        case dict():
            return {key: _round_and_cut(one) for key, one in value.items()}
        case Remark():
            return _round_and_cut(remark(value))
        case RideAlert():
            x = _bounded(value)
            return _round_and_cut(Alert(x.kind, x.side, x.points, x.since, x.t, x.sure, x.values))
        case msgspec.Struct():
            kind, spare = type(value), _spare(type(value))
            sent = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
            fields = {
                key: _round_and_cut(getattr(value, name))
                for name, key in (sent | {name: name for name in COMPUTED.get(kind, ())}).items()
            }
            return {name: one for name, one in fields.items() if name not in spare or one != spare[name]}
        case list() | tuple():
            return [_round_and_cut(one) for one in value]
    return value


def _bounded(alert: RideAlert) -> RideAlert:
    """The alert with what its kind says cut to what a message may hold: no kind keeps the others' from going out."""
    values = [
        (name[:LONGEST_TEXT], value) for name, value in alert.values.items() if abs(value) <= GREATEST_VALUE
    ]
    return msgspec.structs.replace(
        alert,
        points=_clamped(alert.points, GREATEST_VALUE),
        since=_clamped(alert.since, alert.t),
        sure=None if alert.sure is None else _clamped(alert.sure, 1.0),
        values=dict(values[:MOST_VALUES]),
    )


def _clamped(value: float, most: float) -> float:
    # 0 for NaN, which is not greater
    return min(max(0.0, value), most)


@cache
def _most(kind: type[msgspec.Struct]) -> dict[str, int]:
    """How many a message takes of what may be many, by its fields' types."""
    message = type_info(kind)
    assert isinstance(message, StructType)
    fields = {field.name: field.type for field in message.fields}
    return {name: x.max_length for name, x in fields.items() if isinstance(x, VarTupleType) and x.max_length}


@cache
def _spare(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What need not be sent of a part of a message: fields with the values that a reader puts in itself."""
    return dict.fromkeys(COMPUTED.get(kind, ())) | {
        field.encode_name: field.default for field in msgspec.structs.fields(kind) if not field.required
    }
