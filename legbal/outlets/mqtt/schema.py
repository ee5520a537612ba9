"""What the messages say: JSON objects of version 1, as structs whose bounds hold for what is sent and what is heard.

Fields have the names and meanings of `RideView`. Fields may be added within a version, so readers skip what they do
not know; a field that goes or changes its meaning makes a new version.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

import msgspec
import numpy as np
from msgspec import Meta

from legbal.outlets.outlet import RunState
from legbal.ride.events import Alert as RideAlert
from legbal.ride.events import Event
from legbal.ride.inputs import Side, WeakLeg
from legbal.ride.share import BalanceQuality, Reference
from legbal.ride.share import Share as RideShare
from legbal.ride.view import Floats, RideView
from legbal.ride.view import Trace as TraceView

VERSION = 1
LONGEST_TEXT = 400  # characters
LONGEST_MESSAGE = 64 * 1024  # octets; anything longer is none of ours

Percent = Annotated[float, Meta(ge=0, le=100, description="%")]
Watts = Annotated[float, Meta(ge=-40_000, le=40_000, description="W")]
Seconds = Annotated[float, Meta(ge=0, le=10_000_000, description="s")]
Points = Annotated[float, Meta(ge=-1_000_000, le=1_000_000, description="percent points")]
Below = Annotated[float, Meta(ge=0, le=100, description="percent points")]
Error = Annotated[float, Meta(ge=0, le=1_000_000, description="percent points")]
UnixTime = Annotated[float, Meta(ge=0, le=1e11, description="Unix time, s")]
Cadence = Annotated[float, Meta(ge=0, le=1000, description="revolutions a minute")]
Part = Annotated[float, Meta(ge=0, le=1)]
Number = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]


class Share(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A work-weighted left share over some pedalling. Without an error there is too little behind it."""

    left_percent: Percent | None = None
    standard_error: Error | None = None
    left_w: Watts | None = None
    right_w: Watts | None = None
    power_w: Watts | None = None
    revolutions: Number = 0
    seconds: Seconds = 0.0


class Interval(msgspec.Struct, frozen=True, omit_defaults=True):
    """One work interval; without `end_s` it still runs."""

    number: Number
    start_s: Seconds
    end_s: Seconds | None
    share: Share
    usual_percent: Percent | None = None
    slope_per_minute: Points | None = None
    slope_error: Error | None = None
    by: Literal["power", "lap", "plan"] = "power"


class Usual(msgspec.Struct, frozen=True):
    """The rider's own left share at the present power, with the range in which it usually lies."""

    left_percent: Percent
    uncertainty: Error
    low: Points
    high: Points
    rides: Number


class Alert(msgspec.Struct, frozen=True, omit_defaults=True):
    """An alert that holds, or once held: which leg, how far below, since when, told when."""

    kind: Text
    side: Side
    points: Below
    since: Seconds
    told: Seconds
    sure: Part | None = None

    def alert(self) -> RideAlert:
        """As far as it was sent."""
        return RideAlert(self.told, self.kind, self.side, self.points, None, None, self.since, 0, self.sure)


class MeterLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """The link to one meter, since a second of the ride."""

    meter: Text
    state: Text
    since: Seconds
    text: Text = ""
    rssi: Annotated[int, Meta(description="dBm, as the system gives it")] | None = None
    battery_percent: Annotated[int, Meta(ge=0, le=100, description="%")] | None = None


class Band(msgspec.Struct, frozen=True):
    """The share within one power band, bounds as fractions of FTP."""

    name: Text
    low_ftp: Annotated[float, Meta(ge=0, le=100)]
    high_ftp: Annotated[float, Meta(ge=0, le=100)] | None
    share: Share


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What arrived from the meter and what became of it."""

    notifications: Number = 0
    repeats: Number = 0
    undecodable: Number = 0
    revolutions: Number = 0
    not_seen: Number = 0
    without_balance: Number = 0


class Trace(msgspec.Struct, frozen=True):
    """The left share of the last minutes, a value every two seconds: null where there is none."""

    t: Annotated[tuple[Seconds, ...], Meta(max_length=300)] = ()
    left_percent: Annotated[tuple[Percent | None, ...], Meta(max_length=300)] = ()
    power_w: Annotated[tuple[Watts, ...], Meta(max_length=300)] = ()


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The ride now: `live`, once a second.

    `id` names the ride and changes with the next one; `sent` is Unix time by the sender's clock.
    """

    v: int
    id: Text
    sent: UnixTime
    t: Seconds
    balance: BalanceQuality
    reference: Reference
    meter_name: Text
    links: Annotated[tuple[MeterLink, ...], Meta(max_length=4)] = ()
    power_w: Watts | None
    cadence_rpm: Cadence | None
    pedalling: bool
    one_leg: Side | None = None
    one_sided: Side | None = None
    last_3s: Share
    last_10s: Share
    last_30s: Share
    ride: Share
    interval: Interval | None
    intervals_planned: Number | None = None
    interval_left_s: Seconds | None = None
    weak_leg: WeakLeg
    weak_leg_inferred: bool = False
    target_percent: Percent | None
    usual: Usual | None
    evidence: Part
    alert: Alert | None
    recovered: Side | None
    muted: bool
    ftp_w: Watts | None
    ftp_estimated: bool = False
    trace: Trace = Trace()
    recording: bool
    finished: bool = False
    problem: Text = ""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What changes slowly and makes a late joiner's screen whole: `state`, every ten seconds and after events."""

    v: int
    id: Text
    sent: UnixTime
    t: Seconds
    limits: Annotated[tuple[Text, ...], Meta(max_length=8)] = ()
    intervals: Annotated[tuple[Interval, ...], Meta(max_length=60)] = ()
    bands: Annotated[tuple[Band, ...], Meta(max_length=12)] = ()
    told: Annotated[tuple[Alert, ...], Meta(max_length=60)] = ()
    notes: Annotated[tuple[tuple[Seconds, Text], ...], Meta(max_length=20)] = ()
    counts: Counts = Counts()
    trace: Trace = Trace()


class EventMessage(msgspec.Struct, frozen=True, kw_only=True):
    """An event, at once: the fields that `--events` prints for it, of which these are what a listener needs."""

    v: int
    id: Text
    sent: UnixTime
    event: Text
    t: Seconds
    side: Side | None = None
    sound: Literal["alert", "recovered"] | None = None


Message = TypeVar("Message", bound=msgspec.Struct)

_TRACE_TAIL = 3  # steps of the trace in a live message: one may be lost without a gap
_MOST = {"intervals": 60, "told": 60, "notes": 20, "limits": 8, "bands": 12, "links": 4}
_encoder = msgspec.json.Encoder()


class NewerVersionError(ValueError):
    """The message is of a version that this legbal does not know."""


def live(view: RideView, run: RunState, *, id: str, sent: float) -> bytes:
    """The live message of a view."""
    fields = _carried(view, Live) | {
        "trace": _trace(view.trace, _TRACE_TAIL),
        "recording": run.recording,
        "finished": run.finished,
        "problem": run.problem[:LONGEST_TEXT],
    }
    return _encoded(Live, fields, id, sent)


def state(view: RideView, *, id: str, sent: float) -> bytes:
    """The state message of a view."""
    return _encoded(State, _carried(view, State) | {"trace": _trace(view.trace, None)}, id, sent)


def event(event: Event, *, id: str, sent: float) -> bytes:
    """The message of an event."""
    fields = _tidied(msgspec.to_builtins(event))
    return _encoder.encode({"v": VERSION, "id": id, "sent": round(sent, 3), **fields})


def decoder(kind: type[Message]) -> msgspec.json.Decoder[Message]:
    """Reads messages of a kind; `read` asks it."""
    return msgspec.json.Decoder(kind)


def read(decoder: msgspec.json.Decoder[Message], payload: bytes) -> Message:
    """The message in a payload from anywhere.

    Raises ValueError when it is none: too long, not JSON, out of bounds, or of a version that is not known.
    """
    if len(payload) > LONGEST_MESSAGE:
        raise ValueError(f"{len(payload)} octets are more than any message of legbal has")
    try:
        message = decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(str(error)[:200]) from error
    version = getattr(message, "v", VERSION)
    if version != VERSION:
        raise NewerVersionError(f"version {version} of the messages is not known here")
    return message


def view(live: Live, state: State, trace: TraceView) -> RideView:
    """The view that two messages of one ride and the collected trace stand for."""
    told = {name: getattr(message, name) for message in (state, live) for name in _names(type(message))}
    told["trace"] = trace
    return RideView(**{name: _as_view(name, value) for name, value in told.items()})


def arrays(trace: Trace) -> TraceView:
    """The trace of a message as columns, as long as the shortest of them."""
    n = min(len(trace.t), len(trace.left_percent), len(trace.power_w))
    left = [np.nan if value is None else value for value in trace.left_percent[:n]]
    return TraceView(np.array(trace.t[:n]), np.array(left, np.float64), np.array(trace.power_w[:n]))


def _names(kind: type[msgspec.Struct]) -> set[str]:
    return set(kind.__struct_fields__) & set(RideView.__struct_fields__)


_VIEW_TYPES: dict[str, Any] = get_type_hints(RideView)


def _as_view(name: str, value: Any) -> Any:
    if name == "trace":
        return value
    if isinstance(value, Alert):
        return value.alert()
    if name == "told":
        return tuple(alert.alert() for alert in value)
    return msgspec.convert(value, _VIEW_TYPES[name], from_attributes=True)


def _carried(view: RideView, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The view's own values of those fields, cut to what a message may hold: of what is many the newest."""
    fields: dict[str, Any] = {}
    for name in _names(kind) - {"trace"}:
        value = getattr(view, name)
        if name in _MOST:
            value = value[-_MOST[name] :]
        fields[name] = _tidied(value)
    return fields


def _tidied(value: Any) -> Any:
    """Numbers as fine as anything behind them, texts as long as a message may have them."""
    match value:
        case float():
            return round(value, 3) if math.isfinite(value) else None
        case str():
            return value[:LONGEST_TEXT]
        case dict():
            return {key: _tidied(one) for key, one in value.items()}
        case RideShare():  # a message carries the watts of each side too
            return _tidied(msgspec.structs.asdict(value) | {"left_w": value.left_w, "right_w": value.right_w})
        case RideAlert():
            return _tidied(msgspec.structs.asdict(value) | {"told": value.t})
        case msgspec.Struct():
            return _tidied(msgspec.structs.asdict(value))
        case list() | tuple():
            return [_tidied(one) for one in value]
    return value


def _trace(trace: TraceView, newest: int | None) -> dict[str, list[float | None]]:
    first = 0 if newest is None else max(0, len(trace.t) - newest)

    def column(values: Floats) -> list[float | None]:
        rounded = np.round(values[max(first, len(values) - 300) :], 2).tolist()
        return [value if value == value else None for value in rounded]

    return {
        "t": column(trace.t),
        "left_percent": column(trace.left_percent),
        "power_w": column(trace.power_w),
    }


def _encoded(kind: type[msgspec.Struct], fields: dict[str, Any], id: str, sent: float) -> bytes:
    """The message, checked against its own bounds before it goes."""
    message = msgspec.convert({"v": VERSION, "id": id, "sent": round(sent, 3), **fields}, kind)
    return _encoder.encode(message)
