"""What comes out of a ride: events, each with the ride's time of the input that settled it.

Encoded they are the objects of the public contract, once `present.remarks.render_remarks` has put remarks into words.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from legbal.meters.limits import RemarkOrText
from legbal.ride.inputs import Side

By = Literal["power", "lap", "plan"]  # who drew the boundary of an interval
ClearReason = Literal["back", "rest", "gap", "meter", "end"]
Defect = Literal["unusable_input", "failed_alert", "failed_view", "unsettled_end"]
FaultCode = Literal[Defect, "meter_wrong", "meter_was_wrong"]


class _Event(msgspec.Struct, frozen=True, tag_field="event", omit_defaults=True):
    t: float


class Alert(_Event, frozen=True, tag="alert"):
    """A leg does less than it should. Shares are of the named leg, in percent; times in ride seconds."""

    kind: str  # `dropoff`, `threshold`
    side: Side | None  # null where a kind is about no leg
    points: float  # how far below the reference
    present_percent: float | None  # null where a kind compares no shares
    reference_percent: float | None  # the target (threshold) or the usual (drop-off)
    since: float
    revolutions: int
    sure: float | None = None  # chance that this is no noise, 0…1; none for a rule, which judges nothing
    pattern: Literal["drop", "fade"] | None = None
    values: dict[str, float] = {}  # what else a kind has to say, by name


class Clear(_Event, frozen=True, tag="clear"):
    """An alert is over: the leg is back, or can no longer be judged (`reason`)."""

    kind: str
    side: Side | None
    reason: ClearReason = "back"  # rest, end: not back when its interval or the ride ended; gap: no balance
    at: float | None = None  # back-dated: with rest where its interval ended, with back when the leg was

    @property
    def over_s(self) -> float:
        """Until when the alert held, ride seconds: its interval's end, or this event."""
        return self.t if self.at is None or self.reason == "back" else self.at

    @property
    def back_s(self) -> float | None:
        """When the leg was back, ride seconds; None where it was not."""
        return (self.t if self.at is None else self.at) if self.reason == "back" else None


class Cue(_Event, frozen=True, tag="cue"):
    """Something to be heard: first, repeated after the cool-down, or the leg is back."""

    sound: Literal["alert", "recovered"]
    side: Side | None
    repeated: bool = False
    kind: str = ""  # of the alert, where it is about no leg


class _Boundary(_Event, frozen=True):
    at: float
    number: int
    by: By = "power"


class IntervalStart(_Boundary, frozen=True, tag="interval_start"):
    """Work began at `at` (back-dated); `by` says who drew the boundary."""


class IntervalEnd(_Boundary, frozen=True, tag="interval_end"):
    """Work ended at `at` (back-dated)."""


class Lap(_Event, frozen=True, tag="lap"):
    """The rider pressed lap."""

    number: int


class Note(_Event, frozen=True, tag="note"):
    """The rider, or who rides beside, noted something."""

    text: str


class Pause(_Event, frozen=True, tag="pause"):
    """The rider pauses: until `resume` nothing counts."""


class Resume(_Event, frozen=True, tag="resume"):
    """The rider rides on, after so many seconds."""

    paused_s: float


class LinkChange(_Event, frozen=True, tag="link"):
    """The link to a meter changed."""

    state: str
    meter: str = ""
    remark: RemarkOrText = msgspec.field(default="", name="text")


class MeterChange(_Event, frozen=True, tag="meter"):
    """Something was learnt about the meter: who it is, what its balance is worth, that it may have changed."""

    what: Literal["identified", "balance", "may_have_changed", "battery", "undecodable", "reference", "back"]
    remark: RemarkOrText = msgspec.field(name="text")
    meter: str = ""


class Fault(_Event, frozen=True, tag="fault"):
    """The meter seems wrong, or was until now; or legbal has a defect.

    The ride is recorded and goes on. While the meter is wrong no drop-off and no target alert is told; that it is back
    is a `meter` event.

    A defect: an input could not be used, an alert or a view failed, or the end could not be settled. Each is told once,
    at the first input that meets it.
    """

    code: FaultCode
    input: int  # the number of the input in the ride, from 1 on
    meter: str = ""
    error: str = ""  # the kind of exception
    place: str = ""  # where it arose: module and line
    remark: RemarkOrText = msgspec.field(
        default="", name="text"
    )  # of the meter: what is wrong, and what to do


class OutletChange(_Event, frozen=True, tag="outlet"):
    """Something that runs beside the ride (recording, sound, speech, publishing …) failed, or is back."""

    name: str
    state: Literal["failed", "back"]
    reason: str = ""


Event = (
    Alert
    | Clear
    | Cue
    | IntervalStart
    | IntervalEnd
    | Lap
    | Note
    | Pause
    | Resume
    | LinkChange
    | MeterChange
    | Fault
    | OutletChange
)


def ended_alerts(events: Sequence[Event]) -> list[tuple[Alert, Clear | None]]:
    """The alerts of a ride, of every kind, each with what ended it; None where nothing did."""
    return [(x, _end_of(x, events[i:])) for i, x in enumerate(events) if isinstance(x, Alert)]


def _end_of(alert: Alert, later: Sequence[Event]) -> Clear | None:
    ends = (x for x in later if isinstance(x, Clear) and (x.kind, x.side) == (alert.kind, alert.side))
    return next(ends, None)
