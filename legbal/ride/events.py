"""What comes out of a ride: events, each with the ride's time of the input that settled it.

Encoded they are the objects of the public contract, once `present.events.worded` has put their remarks into words.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from legbal.meters.limits import RemarkOrText
from legbal.ride.inputs import Side

AlertKind = str
"""The name under which a kind is registered (`legbal.ride.alerts`): "dropoff", "threshold", or another."""
FaultCode = Literal["unusable_input", "unsettled_end"]


class Alert(msgspec.Struct, frozen=True, tag_field="event", tag="alert", omit_defaults=True):
    """A leg does less than it should. Shares are of the named leg, in percent; times in ride seconds."""

    t: float
    kind: AlertKind  # `dropoff`, `threshold`
    side: Side
    points: float  # how far below the reference
    present_percent: float | None  # null where a kind compares no shares
    reference_percent: float | None  # the target (threshold) or the usual (drop-off)
    since: float
    revolutions: int
    sure: float | None = None  # chance that this is no noise, 0…1; none for a rule, which judges nothing
    pattern: Literal["drop", "fade"] | None = None
    values: dict[str, float] = {}  # what else a kind has to say, by name


class Clear(msgspec.Struct, frozen=True, tag_field="event", tag="clear", omit_defaults=True):
    """The leg of an alert is back, or can no longer be judged (`reason`)."""

    t: float
    kind: AlertKind
    side: Side
    reason: Literal["back", "rest", "gap", "meter"] = "back"


class Cue(msgspec.Struct, frozen=True, tag_field="event", tag="cue", omit_defaults=True):
    """Something to be heard: first, repeated after the cool-down, or the leg is back."""

    t: float
    sound: Literal["alert", "recovered"]
    side: Side
    repeated: bool = False


class IntervalStart(msgspec.Struct, frozen=True, tag_field="event", tag="interval_start", omit_defaults=True):
    """Work began at `at` (back-dated); `by` says who drew the boundary."""

    t: float
    at: float
    number: int
    by: Literal["power", "lap", "plan"] = "power"


class IntervalEnd(msgspec.Struct, frozen=True, tag_field="event", tag="interval_end", omit_defaults=True):
    """Work ended at `at` (back-dated)."""

    t: float
    at: float
    number: int
    by: Literal["power", "lap", "plan"] = "power"


class Lap(msgspec.Struct, frozen=True, tag_field="event", tag="lap", omit_defaults=True):
    """The rider pressed lap."""

    t: float
    number: int


class LinkChange(msgspec.Struct, frozen=True, tag_field="event", tag="link", omit_defaults=True):
    """The link to a meter changed."""

    t: float
    state: str
    meter: str = ""
    text: str = ""


class MeterChange(msgspec.Struct, frozen=True, tag_field="event", tag="meter", omit_defaults=True):
    """Something was learnt about the meter: who it is, what its balance is worth, that it may have changed."""

    t: float
    what: Literal["identified", "balance", "may_have_changed", "battery", "undecodable", "reference"]
    remark: RemarkOrText = msgspec.field(name="text")
    meter: str = ""


class Fault(msgspec.Struct, frozen=True, tag_field="event", tag="fault", omit_defaults=True):
    """A defect of legbal: an input could not be used, or the ride's end not settled. It is recorded, the ride goes on.

    Each defect is told once, at the first input that meets it.
    """

    t: float
    code: FaultCode
    input: int  # the number of the input in the ride, from 1 on
    meter: str = ""
    error: str = ""  # the kind of exception
    place: str = ""  # where it arose: module and line


class OutletChange(msgspec.Struct, frozen=True, tag_field="event", tag="outlet", omit_defaults=True):
    """Something that runs beside the ride (sound, speech, publishing …) failed, or is back."""

    t: float
    name: str
    state: Literal["failed", "back"]
    reason: str = ""


Event = (
    Alert | Clear | Cue | IntervalStart | IntervalEnd | Lap | LinkChange | MeterChange | Fault | OutletChange
)
