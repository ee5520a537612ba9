"""What a ride looks like at one moment: a frozen snapshot that screens, brokers and summaries read.

Percentages are left shares in percent unless a field names a leg. None means: nothing can honestly be said.
"""

import math
from array import array
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Meta, inspect

from legbal.meters.balance_octet import Reference
from legbal.meters.limits import RemarkOrText
from legbal.ride.drill import Drill
from legbal.ride.events import Alert
from legbal.ride.inputs import Side, WeakLeg
from legbal.ride.share import (
    EMPTY,
    BalanceQuality,
    BandShare,
    Number,
    Percent,
    Period,
    Points,
    Probability,
    Seconds,
    Share,
    Text,
    Usual,
    Watts,
)
from legbal.ride.work_interval import Interval

if TYPE_CHECKING:  # whoever shows a ride that has not begun need not wait for NumPy
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
else:
    Floats = Any
TRACE_S = 480.0  # that a live trace reaches back


class Glance(msgspec.Struct, frozen=True, gc=False):
    """What is read in one second: a leg's share since the effort began, and how far it is from what it should be.

    Points are of the leg `side`: below 0 it does less than it should.
    """

    side: Side = "left"  # the alert's leg, else the weak one; left while neither is known
    share: Share = EMPTY  # the left share since the effort began, of the last 30 s at most
    reference_percent: Percent | None = None  # the leg's usual share at that power
    points: Points | None = (
        None  # the leg's share less that; null with less than about 10 s, or while it is learnt
    )
    points_now: Points | None = None  # of the last 15 s; in an alert, against what that is about
    missing_w: Annotated[float, Meta(ge=0, le=40_000, description="W")] | None = (
        None  # by how much the leg does less now, at the same power of both
    )
    learning_s: Seconds | None = None  # of pedalling until a usual share is known; null: it is


class Trace(msgspec.Struct, frozen=True):
    """The last minutes: per bin the work-weighted left share (NaN: none) and mean power.

    `t` is the end of each bin, ride seconds, shape (n,), as are `left_percent` and `power_w`.
    """

    t: Floats
    left_percent: Floats
    power_w: Floats

    def without_shares(self) -> "Trace":
        """The power alone, of a meter whose balance is none."""
        return Trace(self.t, self.left_percent * math.nan, self.power_w)


class LinkView(msgspec.Struct, frozen=True, gc=False):
    """The link to one meter, since a second of the ride."""

    meter: Text
    state: Text
    since: Seconds
    remark: RemarkOrText = msgspec.field(default="", name="text")
    rssi: Annotated[int, Meta(description="dBm, as the system gives it")] | None = None
    battery_percent: Annotated[int, Meta(ge=0, le=100, description="%")] | None = None


class Counts(msgspec.Struct, frozen=True, gc=False):
    """What arrived and what became of it."""

    notifications: Number = 0
    repeats: Number = 0
    undecodable: Number = 0
    revolutions: Number = 0
    not_seen: Number = 0
    without_balance: Number = 0
    unusable: Number = 0  # inputs on which the fold failed: recorded, and passed over


class LiveView(msgspec.Struct, frozen=True, kw_only=True):
    """What of a ride changes from one second to the next, as the rider meets it and as it is published."""

    t: Seconds
    balance: BalanceQuality
    reference: Reference
    meter_name: Text
    links: tuple[LinkView, ...] = ()
    power_w: Watts | None
    cadence_rpm: Annotated[float, Meta(ge=0, le=1000, description="revolutions a minute")] | None
    heart_rate_bpm: Annotated[int, Meta(ge=1, le=250, description="beats a minute")] | None = (
        None  # from a strap, if one is worn; null: none for a few seconds
    )
    pedalling: bool
    one_leg: Side | None = None
    one_sided: Side | None = None  # of a pair the only side that is heard: `power_w` is this leg's alone
    last_3s: Share
    last_10s: Share
    last_30s: Share
    glance: Glance = Glance()
    ride: Share
    interval: Interval | None
    intervals_planned: Number | None = None
    interval_left_s: Seconds | None = None
    weak_leg: WeakLeg
    weak_leg_inferred: bool = False
    target_percent: Percent | None
    usual: Usual | None
    evidence: Probability  # of a drop-off, 0…1; 1 is where the alert speaks
    watch: Side | None = None  # a leg that may drop off next: a third of such moments lead to an alert
    recovered: Side | None  # a leg that came back within the last five seconds
    not_back: Side | None = None  # in the rest after an interval: the leg that was still down at its end
    meter_wrong_since: Seconds | None = (
        None  # since when the meter looks wrong; no alert is told while it does
    )
    paused_since: Seconds | None = None  # the rider pauses: nothing counts
    paused_s: Seconds = 0.0  # in all so far; `t` goes on meanwhile
    muted: bool
    ftp_w: Watts | None
    ftp_estimated: bool = False

    @property
    def timer_s(self) -> float:
        """How long the ride has taken, without its pauses."""
        return self.t - self.paused_s


class RideView(LiveView, frozen=True, kw_only=True):
    """The whole ride as the rider meets it now."""

    limits: tuple[RemarkOrText, ...]  # what this meter can and cannot know, the most important first
    intervals: tuple[Interval, ...]
    bands: tuple[BandShare, ...]
    drills: tuple[Drill, ...] = ()  # with one leg; they are in no share
    alert: Alert | None  # that holds now
    told: tuple[Alert, ...]  # every alert of the ride, for the marks on the trace
    meter_wrong: tuple[Period, ...] = ()  # in which the meter looked wrong
    pauses: tuple[Period, ...] = ()
    notes: tuple[tuple[float, str], ...]
    counts: Counts
    trace: Trace


# a trace's own type is NumPy's, for which no screen waits
_NO_NUMBERS = cast("Floats", array("d"))
# of no ride at all: nothing has arrived
BLANK = RideView(
    t=0.0,
    balance="unknown",
    reference="unknown",
    meter_name="",
    power_w=None,
    cadence_rpm=None,
    pedalling=False,
    last_3s=EMPTY,
    last_10s=EMPTY,
    last_30s=EMPTY,
    glance=Glance(learning_s=120.0),
    ride=EMPTY,
    interval=None,
    weak_leg="unknown",
    target_percent=None,
    usual=None,
    evidence=0.0,
    recovered=None,
    muted=False,
    ftp_w=None,
    limits=(),
    intervals=(),
    bands=(),
    alert=None,
    told=(),
    notes=(),
    counts=Counts(),
    trace=Trace(_NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS),
)

Part = TypeVar("Part", bound=msgspec.Struct)


def leave_out_invalid(part: Part) -> Part:
    """The same view, or part of one, without the numbers that are none or beyond the bounds of their type.

    Such a number is None instead; where there has to be one, it is the nearest that is allowed.
    """
    changed = dict[str, Any]()
    for name, allowed in _numbers(type(part)):
        value = getattr(part, name)
        if isinstance(allowed, _Bounds):
            if value is not None and not allowed.low <= value <= allowed.high:
                changed[name] = None if allowed.optional else min(max(allowed.low, value), allowed.high)
        elif isinstance(value, tuple):
            parts = tuple(map(leave_out_invalid, value))
            if any(new is not old for new, old in zip(parts, value, strict=True)):
                changed[name] = parts
        elif isinstance(value, msgspec.Struct) and (new := leave_out_invalid(value)) is not value:
            changed[name] = new
    return msgspec.structs.replace(part, **changed) if changed else part


class _Bounds(NamedTuple):
    low: float
    high: float
    optional: bool


@cache
def _numbers(kind: type[msgspec.Struct]) -> list[tuple[str, _Bounds | None]]:
    """The fields of a struct that are bounded numbers, or hold structs that have some (None)."""
    numbers = list[tuple[str, _Bounds | None]]()
    for field in msgspec.structs.fields(kind):
        types = _types(inspect.type_info(field.type))
        for x in types:
            if isinstance(x.item_type if isinstance(x, inspect.VarTupleType) else x, inspect.StructType):
                numbers.append((field.name, None))
            elif isinstance(x, inspect.FloatType | inspect.IntType) and x.le is not None:
                optional = any(isinstance(y, inspect.NoneType) for y in types)
                numbers.append((field.name, _Bounds(-math.inf if x.ge is None else x.ge, x.le, optional)))
    return numbers


def _types(kind: inspect.Type) -> list[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        return _types(kind.type)
    return [y for x in kind.types for y in _types(x)] if isinstance(kind, inspect.UnionType) else [kind]
