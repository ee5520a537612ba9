"""The simulated rider: two legs of certain strength, their scatter, and how one of them fades.

The scatter is fractional noise, whose block means spread as m to the power of d − ½ at every length m, as
those of real rides do from one second to five minutes. `docs/noise.md` says how it was fitted, and to what.
"""

import math
from itertools import accumulate
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from legbal.ride.inputs import Side
from legbal.sources.simulator.workout import Workout

Floats = npt.NDArray[np.float64]

_GRID_S = 0.25
_REFERENCE_FTP = 0.8  # power at which a rider's share and scatter are stated
_PAST = 8192  # revolutions before the ride whose memory it starts with


class ShareScatter(msgspec.Struct, frozen=True, gc=False):
    """How a healthy rider's share scatters, at 0.8 FTP.

    Attributes:
        points: standard deviation of single revolutions.
        memory: d of the fractional noise, from 0 (none) to below ½: means of m revolutions spread as
            m to the power of d − ½.
        freedom: degrees of freedom of Student's t, of which its shocks are drawn; above 2.
        power_exponent: the spread goes with (power / 0.8 FTP) to this power.
        drift: how far the share drifts from a ride's start to its end, standard deviation over days, points.
        settling: standard deviation over intervals of how far off the share is at their start, points.
        settling_s: time constant with which that wears off.
    """

    points: float = 3.9
    memory: float = 0.245
    freedom: float = 3.0
    power_exponent: float = -0.55
    drift: float = 1.6
    settling: float = 1.5
    settling_s: float = 20.0


class Fade(msgspec.Struct, frozen=True, gc=False):
    """How the weak leg falls behind within intervals; the size in points of its share.

    Attributes:
        points: how far it falls.
        shape: "step" at once, "ramp" over `ramp_s`, "intermittent" for 30 s in every 60, "fade" a little
            more in each of the intervals until the last has all of it.
        intervals: in which intervals, counted from 1; empty: in all but the first.
        onset_s: how long into the interval it begins.
        ramp_s: how long the fall takes (ramp and fade).
        hold_s: how long it then lasts before the leg comes back at the same pace; None: to the interval's
            end.
    """

    points: float
    shape: Literal["step", "ramp", "fade", "intermittent"] = "ramp"
    intervals: tuple[int, ...] = ()
    onset_s: float = 60.0
    ramp_s: float = 30.0
    hold_s: float | None = None


class Drop(msgspec.Struct, frozen=True, gc=False):
    """What was done to the weak leg, for the record, in ride seconds and points of its share.

    It falls from `start`, begins to come back at `end`, and is as usual again at `back`.
    """

    start: float
    end: float
    back: float
    points: float
    side: Side
    interval: int


class SimulatedRider(msgspec.Struct, frozen=True):
    """One person: strength, usual left share, what power does to it, and scatter.

    `left_percent` holds at 0.8 FTP; `power_slope` is its change in points per FTP.
    """

    ftp_w: float
    left_percent: float
    power_slope: float
    cadence_rpm: float  # above or below what a workout asks for
    scatter: ShareScatter
    day_points: float  # how much the usual share differs from day to day, standard deviation


def rider(seed: int, weak_leg: Side, ftp_w: float | None = None) -> SimulatedRider:
    """The rider of a seed, drawn so that a crowd of them spreads as real rides do; `ftp_w` stands for the drawn one."""
    rng = np.random.default_rng([seed, 1])
    imbalance = abs(rng.normal(1.0, 0.8))
    drawn_ftp_w = float(np.clip(rng.normal(250.0, 35.0), 150.0, 380.0))
    return SimulatedRider(
        ftp_w=drawn_ftp_w if ftp_w is None else ftp_w,
        left_percent=50.0 - imbalance if weak_leg == "left" else 50.0 + imbalance,
        power_slope=float(np.clip(rng.normal(0.0, 2.0), -4.0, 4.0)),
        cadence_rpm=float(rng.normal(0.0, 3.0)),
        scatter=_draw_scatter(rng),
        # 0.6 to 2 on real rides of riders with several
        day_points=float(np.clip(0.9 * math.exp(0.35 * rng.standard_normal()), 0.5, 2.0)),
    )


def _draw_scatter(rng: np.random.Generator) -> ShareScatter:
    louder = rng.normal(0.0, 0.37)  # the louder the single revolutions, the shorter their memory
    return ShareScatter(
        points=float(np.clip(3.9 * math.exp(louder), 1.8, 8.5)),
        memory=float(np.clip(0.245 - 0.175 * louder + rng.normal(0.0, 0.015), 0.05, 0.42)),
        power_exponent=float(np.clip(rng.normal(-0.55, 0.25), -1.1, 0.0)),
    )


class SimulatedPedalling(msgspec.Struct, frozen=True):
    """The crank revolutions of one ride, as arrays of one length, and what was done to the weak leg.

    `t` is the end of each revolution in ride seconds, `pedalled_s` the part of it in which the legs turned,
    `power_w` the mean of that part, `left_percent` what the legs really did, `usual_percent` what this
    rider on this day usually does at that power, `drop_points` what was taken from the weak leg's share.
    """

    seconds: float
    t: Floats
    pedalled_s: Floats
    power_w: Floats
    left_percent: Floats
    usual_percent: Floats
    drop_points: Floats
    drops: tuple[Drop, ...]


def pedal(
    person: SimulatedRider, workout: Workout, weak_leg: Side, fade: Fade | None, rng: np.random.Generator
) -> SimulatedPedalling:
    """One ride of a workout on one day."""
    grid = np.arange(0.0, workout.seconds, _GRID_S)
    power_ftp, cadence, turning = _effort(workout, grid, person, rng)
    turned = np.concatenate(([0.0], np.cumsum(np.where(turning, cadence, 0.0) * (_GRID_S / 60.0))))
    edges = np.append(grid, workout.seconds)
    pedalled = np.concatenate(([0.0], np.cumsum(turning * _GRID_S)))
    t = _time_reached(np.arange(0.0, math.floor(turned[-1]) + 1.0), turned, edges)
    pedalled_s = np.diff(np.interp(t, edges, pedalled))
    starts, t = t[:-1], t[1:]
    relative = np.interp(t - pedalled_s / 2, grid, power_ftp)
    power = person.ftp_w * relative * (1.0 + 0.04 * rng.standard_normal(t.size))
    usual = (
        person.left_percent
        + rng.normal(0.0, person.day_points)
        + person.power_slope * (np.clip(relative, 0.3, 1.6) - _REFERENCE_FTP)
    )
    taken, drops = _fall(workout, weak_leg, fade, t)
    stopped = np.append(True, (t - starts - pedalled_s)[1:] > 0.5)
    left = usual + (-taken if weak_leg == "left" else taken)
    left = np.clip(left + _scatter(person.scatter, workout, t, relative, stopped, rng), 0.0, 100.0)
    # less than 1 W is no pedalling
    return SimulatedPedalling(
        workout.seconds, t, pedalled_s, np.maximum(power, 1.0), left, usual, taken, drops
    )


def _effort(
    workout: Workout, grid: Floats, person: SimulatedRider, rng: np.random.Generator
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Power (of FTP), cadence (rpm) and whether the cranks turn, each on the grid."""
    steps = workout.steps
    bounds = np.cumsum([0.0] + [step.seconds for step in steps])
    place = np.minimum(np.searchsorted(bounds, grid, side="right") - 1, len(steps) - 1)

    start, end, seconds, rpm, unsteadiness, coasts, hard = np.array(
        [
            (
                step.start_ftp,
                step.end_ftp,
                step.seconds,
                step.cadence_rpm,
                step.unsteadiness,
                step.coasts_per_minute,
                step.interval and step.start_ftp > 0.8,
            )
            for step in steps
        ]
    )[place].T
    power = _lag(start + (end - start) * ((grid - bounds[place]) / seconds), 2.0)
    unsteady = unsteadiness * _ornstein_uhlenbeck(grid.size, 1.0, 12.0, rng)
    cadence = _lag(rpm, 3.0) + person.cadence_rpm + _ornstein_uhlenbeck(grid.size, 2.0, 20.0, rng)
    turning = np.ones(grid.size, dtype=np.bool_)
    for index in np.flatnonzero(rng.random(grid.size) < coasts * (_GRID_S / 60.0)):
        turning[index : index + round(rng.uniform(2.0, 14.0) / _GRID_S)] = False
    turning |= hard > 0  # nobody coasts in a hard interval
    return np.maximum(power * (1.0 + unsteady), 0.05), np.clip(cadence, 45.0, 140.0), turning


def _time_reached(ends: Floats, turned: Floats, edges: Floats) -> Floats:
    """The time at which the crank first reaches each angle; it stands still while coasting."""
    after = np.clip(np.searchsorted(turned, ends, side="left"), 1, turned.size - 1)
    span = turned[after] - turned[after - 1]
    part = np.where(span > 0, (ends - turned[after - 1]) / np.where(span > 0, span, 1.0), 0.0)
    return edges[after - 1] + part * (edges[after] - edges[after - 1])


def _scatter(
    scatter: ShareScatter,
    workout: Workout,
    t: Floats,
    relative: Floats,
    stopped: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Floats:
    points = scatter.points * _fractional_noise(t.size, scatter, rng)
    points *= np.clip(relative / _REFERENCE_FTP, 0.35, 2.0) ** scatter.power_exponent
    restarts = t[stopped]
    since = t - restarts[np.searchsorted(restarts, t, side="right") - 1]
    points *= np.where(since < 3.0, 3.0, 1.0)  # for so many seconds after a stop, so much wider
    points += scatter.drift * rng.standard_normal() * (t / workout.seconds - 0.5)
    for interval in workout.intervals:
        after = t[t >= interval.start] - interval.start
        settling = scatter.settling * rng.standard_normal() * np.exp(-after / scatter.settling_s)
        points[t.size - after.size :] += settling
    return points


def _fractional_noise(size: int, scatter: ShareScatter, rng: np.random.Generator) -> Floats:
    """Fractionally differenced noise of unit variance (J. R. M. Hosking, Biometrika 68, 1981).

    Its shocks are Student's t: most revolutions are alike, a few far off.
    """
    d, freedom, length = scatter.memory, scatter.freedom, size + _PAST
    lags = np.arange(1.0, length)
    weights = np.concatenate(([1.0], np.cumprod((lags - 1.0 + d) / lags)))
    # no more than 9 times the scale: a share has its bounds
    tail = np.minimum(np.sqrt(freedom / rng.chisquare(freedom, length)), 9.0)
    shocks = rng.standard_normal(length) * tail * math.sqrt((freedom - 2.0) / freedom)
    spectrum = np.fft.rfft(shocks, 2 * length) * np.fft.rfft(weights, 2 * length)
    variance = math.gamma(1.0 - 2.0 * d) / math.gamma(1.0 - d) ** 2
    return np.fft.irfft(spectrum, 2 * length)[_PAST:length] / math.sqrt(variance)


def _fall(workout: Workout, weak_leg: Side, fade: Fade | None, t: Floats) -> tuple[Floats, tuple[Drop, ...]]:
    taken = np.zeros(t.size)
    drops: list[Drop] = []
    if fade is None:
        return taken, ()
    intervals = workout.intervals
    chosen = [n for n in (fade.intervals or range(2, len(intervals) + 1)) if 1 <= n <= len(intervals)]
    for place, number in enumerate(chosen, 1):
        start, last = intervals[number - 1].start + fade.onset_s, intervals[number - 1].end
        points = fade.points * (place / len(chosen) if fade.shape == "fade" else 1.0)
        ramp = fade.ramp_s if fade.shape in ("ramp", "fade") else 0.0
        end = last if fade.hold_s is None else min(last, start + ramp + fade.hold_s)
        if end <= start:
            continue
        back = min(last, end + ramp)
        depth = np.clip((t - start) / ramp, 0.0, 1.0) if ramp else np.ones(t.size)
        if back > end:
            depth = np.minimum(depth, np.clip((back - t) / ramp, 0.0, 1.0))
        if fade.shape == "intermittent":
            depth = depth * ((t - start) % 60.0 < 30.0)
        within = (t >= start) & (t < back)
        taken[within] = points * depth[within]
        drops.append(Drop(start, end, back, points, weak_leg, number))
    return taken, tuple(drops)


def _lag(target: Floats, time_constant_s: float) -> Floats:
    kernel = np.exp(-np.arange(0.0, 6.0 * time_constant_s, _GRID_S) / time_constant_s)
    kernel /= kernel.sum()
    return np.convolve(np.append(np.full(kernel.size - 1, target[0]), target), kernel, mode="valid")


def _ornstein_uhlenbeck(size: int, spread: float, time_constant_s: float, rng: np.random.Generator) -> Floats:
    """A stationary Ornstein–Uhlenbeck path on the grid, of this standard deviation and time constant."""
    memory = math.exp(-_GRID_S / time_constant_s)
    fresh = math.sqrt(1.0 - memory * memory)
    shocks = rng.standard_normal(size).tolist()
    path = accumulate(shocks, lambda before, shock: memory * before + fresh * shock)
    return spread * np.fromiter(path, np.float64, size)
