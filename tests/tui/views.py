"""Made-up but plausible snapshots of a ride: a weak left leg, in the third of five intervals."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from legbal.app.live import Status
from legbal.outlets import OutletStatus
from legbal.ride.events import Alert
from legbal.ride.share import BandShare, Share, Usual
from legbal.ride.view import Counts, Glance, LinkView, RideView, Trace
from legbal.ride.work_interval import Interval

T = 2537.0
AWAKE = OutletStatus("on", header="awake")
RECORDING = Status(
    recording=True,
    recording_text="recording",
    sound="on",
    sound_text="",
    source="Bluetooth",
    headers=(AWAKE,),
)
DEEP = Alert(T - 25, "dropoff", "left", 4.2, None, None, T - 38, 30, 0.97)
ALERT = Alert(T - 25, "dropoff", "left", 3.1, None, None, T - 38, 0, 0.97)
NO_TRACE = Trace(t=np.empty(0), left_percent=np.empty(0), power_w=np.empty(0))
LINK = LinkView(meter="ASSIOMA 17039", state="connected", since=3.0, rssi=-68, battery_percent=81)


def share(left: float, watts: float, revolutions: int, error: float | None = None) -> Share:
    """A share whose watts, revolutions and seconds (at 91 rpm) fit together."""
    return Share(
        left_percent=left,
        standard_error=error,
        power_w=watts,
        revolutions=revolutions,
        seconds=revolutions / 91 * 60,
    )


def trace(until: float = T) -> Trace:
    """Twelve minutes in bins of 4 s: near 49 % at rest, falling in work intervals, a gap while coasting."""
    t = np.arange(until - 720, until + 0.1, 4.0)
    noise = np.random.default_rng(17039).normal(0.0, 0.55, t.size)
    left = 49.2 + 0.5 * np.sin(t / 90) + noise
    power = np.full(t.size, 150.0)
    for start, end, fall in ((1500.0, 1800.0, 0.2), (1940.0, 2240.0, 0.35), (2368.0, 2668.0, 1.1)):
        inside = (t >= start) & (t <= end)
        left[inside] -= 0.6 + fall * (t[inside] - start) / 60
        power[inside] = 266.0
    left[(t > 2280) & (t < 2300)] = np.nan
    return Trace(t=t, left_percent=left, power_w=power)


INTERVALS = (
    Interval(1, 1500.0, 1800.0, share(48.4, 265, 452, 0.4), 48.3, -0.1, 0.3),
    Interval(2, 1940.0, 2240.0, share(48.0, 268, 455, 0.4), 48.3, -0.3, 0.3),
    Interval(3, 2368.0, None, share(47.2, 267, 256, 0.5), 48.3, -0.9, 0.35),
)
BANDS = (
    BandShare("<55", 0.0, 0.55, share(49.5, 130, 900, 0.3)),
    BandShare("55–75", 0.55, 0.75, share(49.6, 170, 1289, 0.3)),
    BandShare("75–90", 0.75, 0.90, Share()),
    BandShare("90–105", 0.90, 1.05, share(47.9, 266, 1108, 0.3)),
    BandShare("105–120", 1.05, 1.20, share(46.0, 292, 11)),
    BandShare(">120", 1.20, None, Share()),
)


def ride(**changes: Any) -> RideView:
    """The mid-ride view, with some fields otherwise."""
    view = RideView(
        t=T,
        balance="measured",
        reference="left",
        meter_name="ASSIOMA 17039",
        limits=("The balance comes in steps of 1 %.",),
        links=(LINK,),
        power_w=267.0,
        cadence_rpm=91.0,
        pedalling=True,
        one_leg=None,
        last_3s=share(46.1, 268, 4),
        last_10s=share(46.6, 267, 15),
        last_30s=share(46.6, 267, 45, 0.8),
        glance=Glance("left", share(46.6, 267, 45, 0.8), 48.3, -1.7, -2.0, 5.3),
        ride=share(48.9, 189, 3650, 0.2),
        interval=INTERVALS[-1],
        intervals=INTERVALS,
        intervals_planned=5,
        interval_left_s=131.0,
        bands=BANDS,
        weak_leg="left",
        weak_leg_inferred=False,
        target_percent=49.0,
        usual=Usual(left_percent=48.3, uncertainty=0.4, low=47.3, high=49.3, rides=6),
        evidence=0.62,
        alert=None,
        recovered=None,
        told=(Alert(2204.0, "dropoff", "left", 2.4, None, None, 2190.0, 0),),
        muted=False,
        notes=(),
        ftp_w=270.0,
        ftp_estimated=False,
        counts=Counts(notifications=2530, repeats=40, revolutions=3650, not_seen=120),
        trace=trace(),
    )
    return msgspec.structs.replace(view, **changes)


def before_the_meter(**changes: Any) -> RideView:
    """Twelve seconds after the start, nothing heard."""
    nothing = Share()
    fields: dict[str, Any] = {
        "t": 12.0,
        "balance": "unknown",
        "reference": "unknown",
        "meter_name": "",
        "limits": (),
        "links": (LinkView(meter="ASSIOMA 17039", state="searching", since=0.0),),
        "power_w": None,
        "cadence_rpm": None,
        "pedalling": False,
        "last_3s": nothing,
        "last_10s": nothing,
        "last_30s": nothing,
        "glance": Glance(),
        "ride": nothing,
        "interval": None,
        "intervals": (),
        "intervals_planned": None,
        "interval_left_s": None,
        "bands": (),
        "usual": None,
        "target_percent": None,
        "evidence": 0.0,
        "told": (),
        "counts": Counts(),
        "trace": NO_TRACE,
    }
    return ride(**(fields | changes))


def without_balance() -> RideView:
    """The same ride on a meter that sends power and cadence only."""
    bare = Share(power_w=267.0, revolutions=0)
    return ride(
        balance="absent",
        limits=("This meter sends no balance.",),
        last_3s=bare,
        last_10s=bare,
        last_30s=bare,
        glance=Glance(),
        ride=bare,
        interval=None,
        intervals=tuple(msgspec.structs.replace(i, share=bare, slope_per_minute=None) for i in INTERVALS),
        bands=(),
        usual=None,
        target_percent=None,
        evidence=0.0,
        told=(),
        trace=NO_TRACE,
    )
