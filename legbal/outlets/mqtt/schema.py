"""What the messages say: JSON objects of version 1, as structs whose bounds hold for what is sent and what is heard.

Fields are those of `RideView`. Fields may be added within a version, so readers skip what they do not know; a field
that goes or changes its meaning makes a new version.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from legbal.outlets.commands import Message, decode_untrusted
from legbal.ride.drill import Drill
from legbal.ride.events import Alert as RideAlert
from legbal.ride.inputs import Side
from legbal.ride.share import BandShare, Percent, Period, Probability, Seconds, Share, Text, Watts
from legbal.ride.view import Counts, Glance, LiveView, RideView
from legbal.ride.view import LinkView as RideLinkView
from legbal.ride.view import Trace as TraceView
from legbal.ride.work_interval import Interval

VERSION = 1
LONGEST_MESSAGE = 64 * 1024  # octets; anything longer is none of ours

MOST_STEPS, MOST_LINKS = 300, 4  # of a trace; of meters
MOST_VALUES, GREATEST_VALUE = 16, 1e12  # that a kind of alert has of its own
Values = Annotated[
    dict[Text, Annotated[float, Meta(ge=-GREATEST_VALUE, le=GREATEST_VALUE)]],
    Meta(max_length=MOST_VALUES, description="what else its kind has to say, by name"),
]
UnixTime = Annotated[float, Meta(ge=0, le=1e11, description="Unix time, s")]
COMPUTED: dict[type[msgspec.Struct], dict[str, Any]] = {
    Share: {"left_w": Watts | None, "right_w": Watts | None}
}
"""Properties that are sent with a struct's fields, for readers who do not calculate."""


class Alert(msgspec.Struct, frozen=True):
    """An alert that holds, or once held: which leg, how far below, since when, told when."""

    kind: Text
    side: Side | None
    points: Annotated[
        float, Meta(ge=0, le=GREATEST_VALUE, description="percent points, or its kind's own unit")
    ]
    since: Seconds
    told: Seconds
    sure: Probability | None = None
    values: Values = {}

    def alert(self) -> RideAlert:
        """As far as it was sent."""
        return RideAlert(
            self.told,
            self.kind,
            self.side,
            self.points,
            None,
            None,
            self.since,
            0,
            self.sure,
            values=self.values,
        )


class LinkView(RideLinkView, frozen=True):
    """The link to one meter, since a second of the ride."""

    remark: Text = msgspec.field(default="", name="text")


class Trace(msgspec.Struct, frozen=True):
    """The left share of the last minutes, a value every two seconds: null where there is none."""

    t: Annotated[tuple[Seconds, ...], Meta(max_length=MOST_STEPS)] = ()
    left_percent: Annotated[tuple[Percent | None, ...], Meta(max_length=MOST_STEPS)] = ()
    power_w: Annotated[tuple[Watts, ...], Meta(max_length=MOST_STEPS)] = ()


class Live(LiveView, frozen=True, kw_only=True):
    """The ride now: `live`, once a second.

    `id` names the ride and changes with the next one; `sent` is Unix time by the sender's clock.
    """

    v: int
    id: Text
    sent: UnixTime
    links: Annotated[tuple[LinkView, ...], Meta(max_length=MOST_LINKS)] = ()
    alert: Alert | None
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
    bands: Annotated[tuple[BandShare, ...], Meta(max_length=12)] = ()
    drills: Annotated[tuple[Drill, ...], Meta(max_length=60)] = ()
    told: Annotated[tuple[Alert, ...], Meta(max_length=60)] = ()
    meter_wrong: Annotated[tuple[Period, ...], Meta(max_length=20)] = ()
    pauses: Annotated[tuple[Period, ...], Meta(max_length=20)] = ()
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


class _Named(msgspec.Struct, frozen=True):
    id: str


class NewerVersionError(ValueError):
    """The message is of a version that this legbal does not know."""


def read(kind: type[Message], payload: bytes) -> Message:
    """The message of that kind in a payload from anywhere.

    Raises ValueError when it is none: too long, not JSON, out of bounds, or of a version that is not known.
    """
    if len(payload) > LONGEST_MESSAGE:
        raise ValueError(f"{len(payload)} bytes are more than any message of legbal has")
    message = decode_untrusted(kind, payload)
    version = getattr(message, "v", VERSION)
    if version != VERSION:
        raise NewerVersionError(f"version {version} of the messages is not known here")
    return message


def ride_of(payload: bytes) -> str | None:
    """The `id` of the ride that a message is of; None where it is none."""
    try:
        return read(_Named, payload).id
    except ValueError:
        return None


def view(live: Live, state: State, trace: TraceView) -> RideView:
    """The view that two messages of one ride and the collected trace stand for."""
    fields = {
        name: getattr(message, name) for message in (state, live) for name in view_fields(type(message))
    }
    if live.glance == Glance() and live.last_30s.left_percent is not None:  # of a legbal that sent none
        weak: Side = "right" if live.weak_leg == "right" else "left"
        fields["glance"] = Glance(side=weak, share=live.last_30s)
    fields |= {
        "trace": trace,
        "alert": None if live.alert is None else live.alert.alert(),
        "told": tuple(alert.alert() for alert in state.told),
    }
    return RideView(**fields)


def view_fields(kind: type[msgspec.Struct]) -> list[str]:
    """The fields that a message has of a view, but the trace, which is sent as a part of it."""
    return [x for x in kind.__struct_fields__ if x in RideView.__struct_fields__ and x != "trace"]
