"""What one device of the simulated meter makes of the rider's revolutions, with its family's habits."""

import math
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.meters.profile import Placeholder, Profile
from legbal.ride.inputs import Notification
from legbal.sources.simulator.device import SimulatedDevice, encode_rows
from legbal.sources.simulator.rider import Floats, SimulatedPedalling

Integers = npt.NDArray[np.int64]

_STOPPED_AFTER_S = 2.0  # without a crank event, a meter says 0 W
_REZERO_POINTS = 0.5  # standard deviation of what a new zero offset shifts a spider's balance by
_STANDING_OCTET: dict[Placeholder, int] = {
    "fifty": 100,
    "unknown": 100,
    "zero": 0,
    "hundred": 200,
    "absent": -1,
}


class Counters(msgspec.Struct, frozen=True):
    """What a device has counted so far, as the wire counts it, not yet wrapped at 16 bits.

    `torque` in 1/32 N·m, `moment` of the crank event clock in 1/1024 s.
    """

    torque: int
    revolutions: int
    moment: int


def measurements(
    profile: Profile,
    device: SimulatedDevice,
    ride: SimulatedPedalling,
    start: float,
    rng: np.random.Generator,
    counters: Counters | None = None,
) -> tuple[Iterator[Notification], Counters]:
    """The 0x2A63 notifications of one device from `start` to the ride's end, in order, and its counters then.

    `counters` are those with which it begins; by default the device has been on for some time.
    """
    period = 1.0 / profile.rate_hz
    count = max(0, math.floor((ride.seconds - start) * profile.rate_hz))
    jitter = np.clip(rng.normal(0.0, 0.05, count), -0.15, 0.15)
    sent = start + period * (np.arange(count) + 0.5 + jitter)
    reached = ride.t + ride.pedalled_s / 2 if device.side == "right" else ride.t  # half a turn later
    last = np.searchsorted(reached, sent, side="right") - 1
    sent, last = sent[last >= 0], last[last >= 0]
    standing = sent - reached[last] > _STOPPED_AFTER_S
    if not profile.repeats:
        fresh = np.append(True, np.diff(last) > 0) | standing
        sent, last, standing = sent[fresh], last[fresh], standing[fresh]
    power_w = _device_power(profile, device, ride)
    power, left = _reported(profile, ride, power_w, last)
    torque = np.floor(np.cumsum(power_w * ride.pedalled_s) / (2 * math.pi) * 32.0).astype(np.int64)
    idle = np.cumsum(standing * period).astype(np.int64) * profile.counts_while_stopped
    begin = Counters(*rng.integers(0, 0x10000, 3).tolist()) if counters is None else counters
    after = Counters(
        begin.torque + int(torque[-1:].sum()),
        begin.revolutions + ride.t.size + int(idle[-1:].sum()),
        begin.moment + round(ride.seconds * 1024.0),
    )
    rows = encode_rows(
        profile,
        device,
        sent,
        np.where(standing, 0, np.rint(power)).astype(np.int64),
        _balance_octets(profile, left, last, standing, ride, rng),
        torque[last] + begin.torque & 0xFFFF,
        last + 1 + idle + begin.revolutions & 0xFFFF,
        np.rint(reached[last] * 1024.0).astype(np.int64) + begin.moment & 0xFFFF,
    )
    return rows, after


def _device_power(profile: Profile, device: SimulatedDevice, ride: SimulatedPedalling) -> Floats:
    share = ride.left_percent / 100.0
    if device.side is not None:
        return ride.power_w * (share if device.side == "left" else 1.0 - share)
    if profile.kind == "doubled":
        return ride.power_w * 2.0 * (1.0 - share if profile.side == "right" else share)
    return ride.power_w


def _reported(
    profile: Profile, ride: SimulatedPedalling, power: Floats, last: Integers
) -> tuple[Floats, Floats]:
    """Power and left share of each notification: of the last revolution, or of all since the one before."""
    if profile.skips:
        return power[last], ride.left_percent[last]
    work = np.concatenate(([0.0], np.cumsum(power * ride.pedalled_s)))
    left = np.concatenate(([0.0], np.cumsum(power * ride.pedalled_s * ride.left_percent)))
    time = np.concatenate(([0.0], np.cumsum(ride.pedalled_s)))
    fresh = np.diff(last, prepend=-1) > 0
    after = np.concatenate((last[:1], last[:-1] + 1))  # the first revolution since the notification before
    before = after[fresh][np.cumsum(fresh) - 1]  # repeats tell the same stretch again
    done = work[last + 1] - work[before]
    return done / (time[last + 1] - time[before]), (left[last + 1] - left[before]) / done


def _balance_octets(
    profile: Profile,
    left: Floats,
    last: Integers,
    standing: npt.NDArray[np.bool_],
    ride: SimulatedPedalling,
    rng: np.random.Generator,
) -> Integers:
    """The balance octet of each notification, in half percents; -1 where the field is left out."""
    if profile.kind == "bridge":
        return np.zeros(last.size, dtype=np.int64)
    if profile.rezeroes:
        stops = np.cumsum(np.diff(ride.t, prepend=0.0) - ride.pedalled_s > _STOPPED_AFTER_S)
        left = left + rng.normal(0.0, _REZERO_POINTS, int(stops[-1]) + 1)[stops[last]]
    step = profile.resolution_percent
    octets = np.clip(np.rint(np.rint(left / step) * step * 2.0), 0, 200).astype(np.int64)
    if profile.swapped != (profile.reference == "right"):
        octets = 200 - octets
    if profile.placeholder != "last":
        octets[standing] = _STANDING_OCTET[profile.placeholder]
    return octets
