"""Whatever rider and meter do: nothing is heard in a rest, alerts are few, a wrong meter silences them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from legbal.app.ride_setup import contribution, with_contributions
from legbal.gatt.measurement import Measurement, encode
from legbal.meters.limits import Remark
from legbal.ride.events import Alert, Cue, Fault, IntervalEnd, IntervalStart, MeterChange
from legbal.ride.inputs import Input, Link, Notification, PlannedStep, Setup, ThresholdRule, Tick
from legbal.ride.ride import fold
from tests.ride.pedalling import noise
from tests.ride.test_alerts_in_rests import FTP

Meters = Literal["one", "another beside it", "a pair"]
_TOO_MANY = "balance.too_many_alerts"
_HISTORY = 40.0, 47.0, 49.0  # left shares of earlier rides; the first is a meter's


class Stretch(NamedTuple):
    """So many seconds at a power, of FTP, and at a share; None: the meter sends no balance, −1: nothing at all."""

    seconds: int
    of_ftp: float
    left: float | None


STRETCHES = st.builds(
    Stretch,
    st.integers(20, 420),
    st.sampled_from([0.0, 0.3, 0.45, 0.9, 0.95, 1.0, 1.3]),
    st.one_of(
        st.floats(38.0, 54.0),
        st.sampled_from([0.0, 100.0, 48.0, 48.0, 48.0, 43.0, 43.0, 38.0, 36.0, 28.0, 62.0]),
        st.sampled_from([None, -1.0]),
    ),
)
SETUPS = st.builds(
    Setup,
    ftp_w=st.sampled_from([FTP, None]),
    weak_leg=st.sampled_from(["left", "right", "unknown"]),
    sensitivity=st.sampled_from(["normal", "eager"]),
    threshold=st.builds(ThresholdRule, st.sampled_from([None, 48.0, 50.0])),
    cooldown_s=st.sampled_from([20.0, 60.0]),
    plan=st.sampled_from([(), (PlannedStep(300.0, 900.0), PlannedStep(1200.0, 2400.0))]),
)


def _packet(t: int, watts: float, left: float | None, meter: str) -> Notification:
    """What a meter says of second `t`, and of the turn that it took."""
    flags = 0x20 if left is None else 0x23
    raw = None if left is None else min(max(round(2 * left), 0), 200)
    said = Measurement(
        flags, round(watts), raw, crank_revolutions=t & 0xFFFF, crank_event_time_raw=1024 * t & 0xFFFF
    )
    return Notification(t + 0.5, encode(said), meter=meter)


def ridden(stretches: Sequence[Stretch], meters: Meters, seed: int) -> list[Input]:
    """The stretches one after the other; at 0 and 100 % the shares do not scatter."""
    inputs: list[Input] = []
    apart = noise(sum(x.seconds for x in stretches), seed)
    t = 0
    for seconds, of_ftp, left in stretches:
        for _ in range(seconds):
            watts = of_ftp * FTP + 4 * apart[t]
            share = left if left in (None, 0.0, 100.0) else left + float(apart[t])
            if left == -1.0 or of_ftp == 0.0:
                inputs.append(Tick(t + 0.5))
            elif meters == "a pair":
                part = 48.0 if share is None else share
                inputs.append(_packet(t, watts * part / 100, None, "L"))
                inputs.append(_packet(t, watts * (100 - part) / 100, None, "R"))
            else:
                inputs.append(_packet(t, watts, share, "Pedals"))
                if meters == "another beside it":
                    inputs.append(_packet(t, watts, 52.0, "Trainer"))
            t += 1
        if left == -1.0:
            inputs.append(Link(float(t), "lost", "Pedals"))
    return inputs


@cache
def _known(rides: int, setup: Setup) -> Setup:
    """The setup after so many rides, the first of which was ridden on a meter that was wrong."""
    quiet = Setup(ftp_w=FTP)
    earlier = [
        contribution(quiet, ridden([Stretch(600, 0.5, left), Stretch(1200, 0.95, left)], "one", seed))
        for seed, left in enumerate(_HISTORY[:rides])
    ]
    return with_contributions(setup, earlier)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(STRETCHES, min_size=4, max_size=14),
    SETUPS,
    st.sampled_from(["one", "one", "another beside it", "a pair"]),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_no_ride_is_too_strange(
    stretches: list[Stretch], setup: Setup, meters: Meters, rides: int, seed: int
) -> None:
    setup = setup if meters != "a pair" else Setup(ftp_w=setup.ftp_w, pair=("L", "R"), plan=setup.plan)
    inputs = ridden(stretches, meters, seed)
    events, view = fold(_known(rides, setup) if rides else setup, inputs)
    starts = [x.at for x in events if isinstance(x, IntervalStart)]
    ends = [x.at for x in events if isinstance(x, IntervalEnd)]
    for heard in [x.t for x in events if isinstance(x, Cue)]:
        assert any(start <= heard <= end for start, end in zip(starts, ends, strict=True))
    alerts = [x.t for x in events if isinstance(x, Alert)]
    assert all(later - first >= 3600 for first, later in zip(alerts, alerts[3:], strict=False))
    changes = [x for x in events if isinstance(x, MeterChange)]
    for at in [x.t for x in changes if isinstance(x.remark, Remark) and x.remark.code == _TOO_MANY]:
        assert len([t for t in alerts if at - 3600 < t <= at]) >= 3, "it is said where a fourth would be due"
    wrong = [x.t for x in events if isinstance(x, Fault) and x.code == "meter_wrong"]
    assert not [x for x in events if isinstance(x, Fault) and not x.code.startswith("meter_")]
    back = [x.t for x in changes if x.what == "back"]
    for number, since in enumerate(wrong, 1):
        until = min([t for t in back if t > since], default=math.inf)
        assert until <= min(wrong[number:], default=math.inf), "told once, until it is back"
        assert not [x for x in events if isinstance(x, Alert | Cue) and since < x.t < until]
    assert len(wrong) <= len(view.meter_wrong) + 1, "one that turns out to be none is of no stretch"
