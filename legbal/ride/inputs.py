"""What goes into a ride: its setup with the rider's baseline, and the stream of notifications, marks, links and ticks.

All times are seconds since the ride's start on a monotonic clock, stamped where the input arose; the fold has no
clock of its own. Inputs are recorded in the order in which they are fed. Here, too: how signal strengths are bounded
and compared, and how steps of a plan become its intervals.
"""

from collections.abc import Iterable
from typing import Final, Literal, TypeGuard

import msgspec

from legbal.gatt.uuids import HEART_RATE, MEASUREMENT
from legbal.meters.limits import RemarkOrText
from legbal.meters.profile import UNLISTED, Profile
from legbal.meters.profile import Side as Side  # of the rider here, of a sensor there: the same two
from legbal.ride.baseline import Baseline

WeakLeg = Literal["left", "right", "unknown"]
Sensitivity = Literal["calm", "normal", "eager"]

FIT_RECORD = "fit:record"
FIT_LAP = "fit:lap"
FIT_FILE = "fit:file"


class Notification(msgspec.Struct, frozen=True, gc=False):
    """One characteristic value as it arrived.

    `uuid` is the characteristic's 16-bit number in lower-case hex without prefix ("2a63"), its 128-bit form where
    it has no short one, or "fit:record" for one record of a FIT file (then `data` is a JSON object of the record's
    own values), or "fit:lap" for what only its laps say and "fit:file" for what the whole file says of ride and meter
    (then likewise; the fold reads none of it). Values that are read at connect (features, location, device information,
    battery) come in as notifications of their characteristic too.
    """

    t: float
    data: bytes
    uuid: str = MEASUREMENT
    meter: str = ""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """Something the rider did: a lap, a note, muting, pausing, naming the unknown reference."""

    t: float
    kind: Literal["lap", "note", "mute", "unmute", "pause", "resume", "reference_left", "reference_right"]
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


def is_measured(item: Input) -> TypeGuard[Notification]:
    """Whether this is a measurement of the legs: with the first of them a ride begins."""
    return isinstance(item, Notification) and item.uuid in (MEASUREMENT, FIT_RECORD)


def is_heart_rate(item: Input) -> TypeGuard[Notification]:
    """Whether a strap sent this, beside the meter: of that it says nothing, not even that time goes by."""
    return isinstance(item, Notification) and item.uuid == HEART_RATE


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


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What is fixed before the first input: a ride keeps the setup it was ridden with."""

    ftp_w: float | None = None  # as the rider states it
    recorded_ftp_w: float | None = None  # as the head unit that recorded the ride had it
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
    share_shown: bool | None = None  # whether the rider saw the share live; None: not known

    @property
    def stated_ftp_w(self) -> float | None:
        """FTP as somebody set it for this ride: what the rider states goes before what the head unit had."""
        return self.ftp_w or self.recorded_ftp_w


# dBm; Bluetooth Core Specification, HCI Read RSSI: from −127 to 20, 127 where it cannot be read
UNKNOWN_RSSI: Final = 127


def bounded_rssi(rssi: float | None) -> int:
    """A strength as a platform says it, which may be anything; `UNKNOWN_RSSI` for what can be none.

    >>> [bounded_rssi(rssi) for rssi in (-60.4, 0, 2**70, float("nan"), None)]
    [-60, 0, 127, 127, 127]
    >>> [bounded_rssi(rssi) for rssi in (-128, -127, 20, 21)]
    [127, -127, 20, 127]
    """
    return round(rssi) if rssi is not None and -127 <= rssi <= 20 else UNKNOWN_RSSI


def rssi_rank(rssi: int | None) -> int:
    """To compare by: a strength that is not known comes after all others.

    >>> sorted([127, -90, None, 0, -60], key=rssi_rank, reverse=True)
    [0, -60, -90, 127, None]
    """
    return -128 if rssi is None or rssi == UNKNOWN_RSSI else rssi
