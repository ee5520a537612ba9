"""What a ride looks like at one moment: a frozen snapshot that screens, brokers and summaries read.

Percentages are left shares in percent unless a field names a leg. None means: nothing can honestly be said.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride.events import Alert
from legbal.ride.inputs import Side, WeakLeg
from legbal.ride.share import BalanceQuality, BandShare, Reference, Share

Floats = npt.NDArray[np.float64]


class Interval(msgspec.Struct, frozen=True, gc=False):
    """One work interval; `end_s` None while it runs."""

    number: int
    start_s: float
    end_s: float | None
    share: Share
    usual_percent: float | None  # the usual left share at this interval's power
    slope_per_minute: float | None  # of the left share within the interval, points a minute
    slope_error: float | None
    by: Literal["power", "lap", "plan"] = "power"


class Usual(msgspec.Struct, frozen=True, gc=False):
    """The rider's own left share at the present power, and what it rests on."""

    left_percent: float
    uncertainty: float  # one standard deviation, points
    low: float  # the range within which this rider's 30-s share usually lies
    high: float
    rides: int  # earlier rides behind it; 0: today's first minutes only


class Trace(msgspec.Struct, frozen=True):
    """The last minutes: per bin the work-weighted left share (NaN: none) and mean power.

    `t` is the end of each bin, ride seconds, shape (n,), as are `left_percent` and `power_w`.
    """

    t: Floats
    left_percent: Floats
    power_w: Floats


class LinkView(msgspec.Struct, frozen=True, gc=False):
    """The link to one meter."""

    meter: str
    state: str
    since: float
    text: str = ""
    rssi: int | None = None
    battery_percent: int | None = None


class Counts(msgspec.Struct, frozen=True, gc=False):
    """What arrived and what became of it."""

    notifications: int = 0
    repeats: int = 0
    undecodable: int = 0
    revolutions: int = 0
    not_seen: int = 0
    without_balance: int = 0
    unusable: int = 0  # inputs on which the fold failed: recorded, and passed over


class RideView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole ride as the rider meets it now."""

    t: float
    balance: BalanceQuality
    reference: Reference
    meter_name: str
    limits: tuple[str, ...]  # honest sentences on what this meter can know
    links: tuple[LinkView, ...]
    power_w: float | None
    cadence_rpm: float | None
    pedalling: bool
    one_leg: Side | None
    one_sided: Side | None = None  # of a pair the only side that is heard: `power_w` is this leg's alone
    last_3s: Share
    last_10s: Share
    last_30s: Share
    ride: Share
    interval: Interval | None
    intervals: tuple[Interval, ...]
    intervals_planned: int | None
    interval_left_s: float | None
    bands: tuple[BandShare, ...]
    weak_leg: WeakLeg
    weak_leg_inferred: bool
    target_percent: float | None
    usual: Usual | None
    evidence: float  # of a drop-off, 0…1; 1 is where the alert speaks
    alert: Alert | None  # that holds now
    recovered: Side | None  # a leg that came back within the last five seconds
    told: tuple[Alert, ...]  # every alert of the ride, for the marks on the trace
    muted: bool
    notes: tuple[tuple[float, str], ...]
    ftp_w: float | None
    ftp_estimated: bool
    counts: Counts
    trace: Trace
