"""Simulated rides on meters of many kinds, and all that the fold tells of each: kept, so that no change goes unseen.

What they tell is not right because it is kept. Other tests say what is right; these notice whatever else changes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from legbal.app.ride_setup import contribution, paired, with_contributions
from legbal.gatt.fields import PRESENCE
from legbal.gatt.measurement import Measurement, decode
from legbal.gatt.measurement import encode as octets
from legbal.meters.profile import UNLISTED
from legbal.outlets.jsonlines import encode
from legbal.ride.inputs import Input, Link, Mark, Notification, PlannedStep, Setup, Side, ThresholdRule
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped
from tests.ride.packets import part
from tests.sources.workouts import FAMILIES

FROZEN = Path(__file__).parent / "frozen"
_PROFILES = shipped()
_EVERY_S = 30.0

Given = tuple[Setup, list[Input]]


def told(setup: Setup, inputs: Iterable[Input]) -> Iterator[str]:
    """Each event as JSON, and twice a minute the main figures of the view with a checksum of all of it."""
    ride, due = Ride(setup), _EVERY_S
    for given in inputs:
        while given.t >= due:
            yield _figures(due, ride.view())
            due += _EVERY_S
        for event in ride.feed(given):
            yield json.dumps(_rounded(json.loads(encode(event))), ensure_ascii=False)
    yield _figures(due, ride.view())


def _figures(t: float, view: RideView) -> str:
    whole = json.dumps(_rounded(msgspec.to_builtins(view, enc_hook=lambda x: x.tolist())), sort_keys=True)
    usual = view.usual and view.usual.left_percent
    parts = (
        view.power_w,
        view.last_3s.left_percent,
        view.last_30s.left_percent,
        view.ride.left_percent,
        usual,
        view.evidence,
    )
    figures = " ".join("-" if x is None else f"{x:.4g}" for x in parts)
    return f"{t:g} s: {figures} {zlib.crc32(whole.encode()):08x}"


def _rounded(value: Any) -> Any:
    """Its numbers to five digits: what another processor adds up in another order is still the same."""
    if isinstance(value, float):
        return float(f"{value:.5g}") if np.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {key: _rounded(x) for key, x in value.items()}
    return [_rounded(x) for x in value] if isinstance(value, list | tuple) else value


def simulated(
    profile: str,
    workout: str | Workout,
    seed: int,
    fade: Fade | None = None,
    weak_leg: Side = "left",
    seconds: float = 2400.0,
) -> SimulatedRide:
    """A rider of that seed on a meter of that family."""
    ridden = FAMILIES[workout]() if isinstance(workout, str) else workout
    return SimulatedRide(
        profile=_PROFILES[profile], seed=seed, workout=ridden, fade=fade, weak_leg=weak_leg, seconds=seconds
    )


def of(ride: SimulatedRide, **known: Any) -> Given:
    """The ride, and what is known before it; the rider's FTP unless None is given."""
    setup = msgspec.structs.replace(Setup(ftp_w=round(ride.rider.ftp_w), profile=ride.profile), **known)
    inputs = list(ride.timeline())
    if len(ride.devices) > 1:
        left, right = (device.name for device in ride.devices)
        setup = paired(setup, (left, right), inputs)
    return setup, inputs


def with_history(ride: SimulatedRide, days: int, **known: Any) -> Given:
    """The same after so many healthy rides of the rider on the meter."""
    setup, inputs = of(ride, **known)
    earlier = [contribution(setup, day.timeline()) for day in ride.earlier(days)]
    return with_contributions(setup, earlier), inputs


def _short_of_packets(given: Given) -> Given:
    """One in seven is lost, one in eleven comes twice; a silence of 20 s, and one of two minutes."""
    setup, inputs = given
    kept = list[Input]()
    for number, x in enumerate(inputs):
        if isinstance(x, Notification) and (number % 7 == 0 or 700 < x.t < 720 or 1300 < x.t < 1420):
            continue
        kept += [x, x] if number % 11 == 0 else [x]
    return setup, kept


def _in_two_parts(given: Given) -> Given:
    """As a meter sends what does not fit one notification."""
    setup, inputs = given
    parts = list[Input]()
    for x in inputs:
        if isinstance(x, Notification) and x.uuid == "2a63":
            m = decode(x.data)
            crank = m.flags & 1 << 5
            parts += [
                msgspec.structs.replace(x, data=octets(part(m, fields)))
                for fields in (crank, PRESENCE & ~crank)
            ]
        else:
            parts.append(x)
    return setup, parts


def _drills(t: float, m: Measurement) -> Measurement:
    """Half a minute with the left leg alone, half a minute with the right, in and between intervals."""
    for begin, octet in ((640.0, 200), (700.0, 0), (960.0, 200), (1300.0, 0)):
        if begin < t < begin + 30 and m.balance_raw is not None:
            return msgspec.structs.replace(m, balance_raw=octet)
    return m


def _even(_: float, m: Measurement) -> Measurement:
    """As a meter that measures no balance fills it in."""
    return msgspec.structs.replace(m, balance_raw=100) if m.balance_raw is not None else m


def _changed(given: Given, change: Callable[[float, Measurement], Measurement]) -> Given:
    setup, inputs = given
    return setup, [
        msgspec.structs.replace(x, data=octets(change(x.t, decode(x.data))))
        if isinstance(x, Notification) and x.uuid == "2a63"
        else x
        for x in inputs
    ]


def _half_lost(given: Given) -> Given:
    """The second device is out of reach from 700 to 1000 s, in the middle of work, and the first at the end."""
    setup, inputs = given
    assert setup.pair is not None
    first, second = setup.pair
    away = {second: (700.0, 1000.0), first: (1350.0, 1500.0)}
    kept = [
        x for x in inputs if not (isinstance(x, Notification) and away[x.meter][0] < x.t < away[x.meter][1])
    ]
    lost = [Link(begin + 3.0, "lost", meter) for meter, (begin, _) in away.items()]
    return setup, sorted([*kept, *lost, Link(999.0, "connected", second)], key=lambda x: x.t)


def _marked(given: Given, *marks: Mark) -> Given:
    setup, inputs = given
    return setup, sorted([*inputs, *marks], key=lambda x: x.t)


def _records(given: Given) -> Given:
    """The ride as a watch would keep it: one record a second, the balance in whole percents of the right leg."""
    setup, inputs = given
    seconds = dict[int, tuple[list[int], list[float]]]()
    for x in inputs:
        if isinstance(x, Notification) and x.uuid == "2a63":
            m = decode(x.data)
            powers, shares = seconds.setdefault(int(x.t), ([], []))
            powers.append(m.power_w)
            if m.balance_percent is not None:
                shares.append(m.balance_percent)
    records = [
        Notification(
            float(t),
            json.dumps(
                {
                    "power": round(sum(powers) / len(powers)),
                    "left_right_balance": 128 + 100 - round(sum(shares) / len(shares)) if shares else None,
                    "cadence": 85 if any(powers) else 0,
                }
            ).encode(),
            "fit:record",
        )
        for t, (powers, shares) in sorted(seconds.items())
    ]
    return msgspec.structs.replace(setup, assume_left=True), list[Input](records)


_DROP = Fade(points=5.0, shape="ramp", intervals=(2, 4), onset_s=60.0, ramp_s=20.0, hold_s=90.0)
_STEP = Fade(points=4.0, shape="step", onset_s=45.0)
_STOPS = Workout(
    "stops",
    (
        Step(240.0, 0.6, 0.7),
        Step(60.0, 0.5, 0.5, coasts_per_minute=40.0),
        *[Step(300.0, 0.98, 0.98, 88.0, True), Step(120.0, 0.5, 0.5, coasts_per_minute=3.0)] * 4,
    ),
)
_HALTS = Workout(
    "halts",
    (
        Step(600.0, 0.6, 0.75),
        *[
            *(Step(120.0, 0.95, 1.0, 88.0, True), Step(14.0, 0.0, 0.0), Step(90.0, 0.95, 0.95, 88.0, True)),
            *(Step(25.0, 0.0, 0.0), Step(150.0, 0.95, 0.95, 84.0, True), Step(200.0, 0.45, 0.5)),
        ]
        * 3,
    ),
)
_HALTED = Fade(points=5.0, shape="step", intervals=(1, 2, 4, 6, 8, 9), onset_s=10.0, hold_s=60.0)
_PLAN = tuple(PlannedStep(600.0 + 420.0 * n, 900.0 + 420.0 * n, 0.95, 1.05) for n in range(5))

RIDES: dict[str, Callable[[], Given]] = {
    "known_rider": lambda: with_history(
        simulated("favero-assioma-duo", "threshold", 3, _DROP), 3, weak_leg="left"
    ),
    "unknown_rider": lambda: of(simulated("favero-assioma-duo", "30/15", 4, _STEP, "right"), ftp_w=None),
    "eager_to_a_target": lambda: of(
        simulated("stages-lr", "vo2", 5, _STEP),
        weak_leg="left",
        sensitivity="eager",
        threshold=ThresholdRule(target_percent=50.0, margin_points=1.0),
    ),
    "calm_pair": lambda: of(
        simulated("srm-x-power", "threshold", 6, _DROP, "right", 1500.0), weak_leg="right", sensitivity="calm"
    ),
    "estimated": lambda: with_history(simulated("quarq", "2x20", 7, _STEP), 1, weak_leg="left"),
    "stops_on_a_meter_that_zeroes": lambda: of(simulated("power2max-ngeco", _STOPS, 8, _DROP)),
    "planned": lambda: of(simulated("favero-assioma-pro", "threshold", 9, _DROP), plan=_PLAN),
    "swapped_all_out": lambda: of(
        simulated("rotor-2inpower", "ramp", 10), swap_sides=True, threshold=ThresholdRule(49.0, when="always")
    ),
    "packets_lost": lambda: _short_of_packets(of(simulated("stages-lr", "threshold", 11, _DROP))),
    "two_parts": lambda: _in_two_parts(
        of(simulated("garmin-rally-200", "threshold", 12, _DROP, seconds=1200.0))
    ),
    "laps": lambda: _marked(
        of(simulated("favero-assioma-duo", "endurance", 13, seconds=1500.0)),
        *(Mark(t, "lap") for t in (400.0, 700.0, 900.0, 1200.0)),
    ),
    "half_lost": lambda: _half_lost(of(simulated("powertap-p1", "threshold", 16, _DROP, "right", 1500.0))),
    "muted": lambda: _marked(
        of(simulated("favero-assioma-duo", "threshold", 17, _DROP), weak_leg="left", cooldown_s=30.0),
        Mark(1050.0, "mute"),
        Mark(1190.0, "unmute"),
        Mark(1200.0, "note", "left calf tight"),
        Mark(1250.0, "reference_right"),
    ),
    "watch": lambda: _records(of(simulated("favero-assioma-duo", "threshold", 14, _DROP), weak_leg="left")),
    "intermittent": lambda: with_history(
        simulated("favero-assioma-duo", "2x20", 18, Fade(points=4.0, shape="intermittent"), seconds=3300.0),
        5,
        weak_leg="left",
    ),
    "fading": lambda: with_history(
        simulated("stages-lr", "threshold", 19, Fade(points=6.0, shape="fade"), "right", 2700.0), 2
    ),
    "sets": lambda: with_history(
        simulated("favero-assioma-duo", "30/15", 20, Fade(points=5.0, intervals=(2,), onset_s=100.0)), 2
    ),
    "halts": lambda: of(simulated("favero-assioma-duo", _HALTS, 21, _HALTED), weak_leg="left"),
    "halts_on_a_meter_that_zeroes": lambda: of(
        simulated("power2max-ngeco", _HALTS, 22, _HALTED, "right"), weak_leg="right", sensitivity="eager"
    ),
    "unlisted": lambda: of(simulated("rotor-2inpower", "vo2", 23, seconds=1500.0), profile=UNLISTED),
    "unlisted_and_even": lambda: _changed(
        of(simulated("rotor-2inpower", "vo2", 24, seconds=1200.0), profile=UNLISTED), _even
    ),
    "stated_too_low": lambda: of(simulated("favero-assioma-duo", "threshold", 25, _DROP), ftp_w=130.0),
    "drills": lambda: _changed(
        of(
            simulated("favero-assioma-duo", "threshold", 26, seconds=1500.0),
            threshold=ThresholdRule(target_percent=49.0, margin_points=2.0),
        ),
        _drills,
    ),
    "stronger_leg": lambda: with_history(
        simulated("favero-assioma-duo", "threshold", 27, _DROP, "right"), 3, weak_leg="left"
    ),
    "pair_that_halts": lambda: of(simulated("srm-x-power", _HALTS, 28, _HALTED, seconds=1500.0)),
    "one_half_doubled": lambda: of(
        simulated("powertap-p1", "threshold", 29, seconds=1000.0), doubled=("left",)
    ),
    "pair_in_two_parts": lambda: _short_of_packets(
        _in_two_parts(of(simulated("powertap-p1", "threshold", 30, _DROP, seconds=1500.0)))
    ),
    "no_balance": lambda: of(simulated("stages-l", "vo2", 15, seconds=900.0)),
}
