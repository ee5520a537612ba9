"""What goes into a ride: its setup with the rider's baseline, and the stream of notifications, marks, links and ticks.

All times are seconds since the ride's start on a monotonic clock, stamped where the input arose; the fold has no
clock of its own. Inputs are recorded in the order in which they are fed.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from legbal.gatt.uuids import MEASUREMENT
from legbal.meters.limits import RemarkOrText
from legbal.meters.profile import UNLISTED, Profile
from legbal.meters.profile import Side as Side  # of the rider here, of a sensor there: the same two

WeakLeg = Literal["left", "right", "unknown"]
Sensitivity = Literal["calm", "normal", "eager"]

FIT_RECORD = "fit:record"
FIT_LAP = "fit:lap"

# The nodes of a baseline's curve, as fractions of the reference power, and of what cadence adds.
FIRST_NODE, NODE_STEP, NODES = 0.2, 0.1, 17
SLOW_RPM, RPM_STEP, RPM_NODES = 40.0, 10.0, 9
MEMORIES_S = (5.0, 30.0, 200.0, 1500.0)


class Notification(msgspec.Struct, frozen=True, gc=False):
    """One characteristic value as it arrived.

    `uuid` is the characteristic's 16-bit number in lower-case hex without prefix ("2a63"), its 128-bit form where
    it has no short one, or "fit:record" for one record of a FIT file (then `data` is a JSON object of the record's
    own values), or "fit:lap" for what only its laps say (then likewise; the fold reads none of it). Values that
    are read at connect (features, location, device information, battery) come in as notifications of their
    characteristic too.
    """

    t: float
    data: bytes
    uuid: str = MEASUREMENT
    meter: str = ""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something the rider did: a lap, a note, muting, naming the unknown reference, swapping sides."""

    t: float
    kind: Literal["lap", "note", "mute", "unmute", "reference_left", "reference_right"]
    text: str = ""


class Link(msgspec.Struct, frozen=True, gc=False):
    """The state of the link to a meter, as the source knows it; the remark says why, or what to do about it."""

    t: float
    state: Literal["searching", "connecting", "connected", "lost", "stalled", "ended"]
    meter: str = ""
    remark: RemarkOrText = ""
    rssi: int | None = None


class Tick(msgspec.Struct, frozen=True, gc=False):
    """Time has passed; sent when a second went by without another input, so that silence can be judged."""

    t: float


Input = Notification | Mark | Link | Tick


def is_measured(item: Input) -> bool:
    """Whether this is a measurement of the legs: with the first of them a ride begins."""
    return isinstance(item, Notification) and item.uuid in (MEASUREMENT, FIT_RECORD)


class PlannedStep(msgspec.Struct, frozen=True, gc=False):
    """One work interval of a workout plan, in seconds of the ride; power as a fraction of FTP where known."""

    start: float
    end: float
    low: float | None = None
    high: float | None = None


def join_steps(steps: Iterable[PlannedStep]) -> tuple[PlannedStep, ...]:
    """Steps of work in order, as intervals: those that follow each other are one, so that over-unders are."""
    intervals: list[PlannedStep] = []
    for step in steps:
        before = intervals.pop() if intervals and intervals[-1].end == step.start else step
        powers = [p for p in (before.low, before.high, step.low, step.high) if p is not None]
        intervals.append(
            PlannedStep(before.start, step.end, min(powers, default=None), max(powers, default=None))
        )
    return tuple(intervals)


class ThresholdRule(msgspec.Struct, frozen=True, gc=False):
    """When the threshold alert speaks. Percent points of left share; seconds; watts; revolutions a minute.

    With `target_percent` (a left share) None the alert is off: against a bare 50 % it pesters.
    """

    target_percent: float | None = None
    margin_points: float = 3.0
    clear_points: float = 1.0
    window_s: float = 15.0
    dwell_s: float = 5.0
    least_power_w: float = 60.0
    least_cadence_rpm: float = 40.0
    when: Literal["intervals", "always"] = "intervals"


class Noise(msgspec.Struct, frozen=True):
    """Variances in squared points at the reference power.

    Attributes:
        white: of a second, without memory.
        slow: of each component in `MEMORIES_S`.
        seconds: of pedalling that the fit rests on.
    """

    white: float
    slow: tuple[float, ...]
    seconds: int = 0


class Baseline(msgspec.Struct, frozen=True):
    """What is usual for a rider on a meter: the share as a curve over power, how uncertain that is, and the noise.

    It is learnt in `baseline_fit`.

    Attributes:
        reference_w: power at which the noise is stated; the curve's nodes are fractions of it.
        left_percent: the usual left share at each node.
        error: standard error of each, points.
        cadence_points: what cadence adds, at 40, 50 … 120 rpm, points.
        noise: the rider's noise at the reference power.
        offset_sd: how far a day may lie from the curve, points.
        slope_sd: how uncertain the curve's slope is, points per reference power.
        cadence_rpm: the usual cadence.
        cadence_sd: how uncertain its influence is, points per 10 rpm.
        rides: behind it; 0: nothing is known of this rider.
    """

    reference_w: float
    left_percent: tuple[float, ...]
    error: tuple[float, ...]
    cadence_points: tuple[float, ...]
    noise: Noise
    offset_sd: float
    slope_sd: float
    cadence_rpm: float
    cadence_sd: float
    rides: int

    def usual(self, power_w: float, cadence_rpm: float | None = None) -> float:
        """The usual left share at a power, percent, and at a cadence where it is known."""
        left = _between(self.left_percent, (power_w / self.reference_w - FIRST_NODE) / NODE_STEP)
        if cadence_rpm is None:
            return left
        return left + _between(self.cadence_points, (cadence_rpm - SLOW_RPM) / RPM_STEP)


def _between(nodes: tuple[float, ...], place: float) -> float:
    if place <= 0.0:
        return nodes[0]
    last = len(nodes) - 1.001
    if place > last:
        place = last
    node = int(place)
    part = place - node
    return nodes[node] * (1 - part) + nodes[node + 1] * part


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What is fixed before the first input: a ride keeps the setup it was ridden with."""

    ftp_w: float | None = None
    earlier_ftp_w: float | None = None  # what earlier rides speak for
    weak_leg: WeakLeg = "unknown"
    threshold: ThresholdRule = ThresholdRule()
    sensitivity: Sensitivity = "normal"
    cooldown_s: float = 60.0
    swap_sides: bool = False
    assume_left: bool = False
    bands: tuple[float, ...] = (0.55, 0.75, 0.90, 1.05, 1.20)
    plan: tuple[PlannedStep, ...] = ()
    profile: Profile = UNLISTED
    pair: tuple[str, str] | None = None  # of two one-sided meters: the left one's name and the right one's
    doubled: tuple[Side, ...] = ()  # those of them that send their leg's power twice, to stand for both
    baseline: Baseline | None = None
