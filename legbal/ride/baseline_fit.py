"""Learns from earlier rides what is usual for the rider at each power.

Samples of rides on one meter teach a baseline: the share as a curve over power whose neighbours pull at each other,
how uncertain it is, and the rider's noise on this meter.
"""

import math
from collections.abc import Sequence

import numpy as np

from legbal.median import median
from legbal.ride.baseline import (
    CADENCE_SD,
    FIRST_NODE,
    NODE_STEP,
    NODES,
    RECENT_SD_OF_RIDES,
    RPM_NODES,
    RPM_STEP,
    SLOW_RPM,
    Baseline,
    Noise,
    RideSample,
)
from legbal.ride.day_level import next_level
from legbal.ride.noise import clip, fit_noise, percentiles, spread
from legbal.ride.recent_effort import recent_effort
from legbal.ride.view import Floats

_RPM_PULL_S = 1000.0
_RPM_RIDGE_S = 60.0
_PULL_S = 600.0  # a node is pulled towards its neighbours as by so many seconds of pedalling
_LEAST_S = 120  # less pedalling teaches nothing
_EASY = 0.3  # pedalling below this fraction of the reference power is too noisy to learn from
_WORK = 0.6  # pedalling above it teaches the noise of intervals
_STRETCH_GAP_S = 3.0
_RECENT_RIDGE_S = (40.0, 150.0)  # what came before is pulled to nothing, its power and its cadence
_DAY_RIDGE_S = 90.0  # a ride's own level is pulled to that of all
_LONGEST_MEAN_S = 3600  # the mean of more pedalling is no better known
_SLOPE_RIDGE_S = 10.0  # today's slopes are pulled to those of the baseline
_APART_DAYS = 2.0  # rides whose day is unknown are so far apart


def learn(
    samples: Sequence[RideSample], ftp_w: float | None = None, ages_days: Sequence[float] | None = None
) -> Baseline | None:
    """The baseline that rides on one meter teach; None with less than two minutes of pedalling in them.

    Args:
        samples: one per ride.
        ftp_w: the reference power; None: the power exceeded in a tenth of the pedalling.
        ages_days: how long ago each was ridden; None: that is unknown, and they come in their order, the newest last.
    """
    pedalled = [columns(x) for x in samples]
    if not any(x.size for x in pedalled):
        return None
    reference = ftp_w or percentiles(np.concatenate([x[1] for x in pedalled]), 90)[0]
    pedalled = [x[:, x[1] > _EASY * reference] for x in pedalled]
    rides = [x for x in pedalled if x.size]
    lengths = [x.shape[1] for x in rides]
    if sum(lengths) < _LEAST_S:
        return None
    ride = np.repeat(np.arange(len(rides)), lengths)
    recent = np.hstack([recent_effort(x[0], x[1] / reference, x[3]) for x in rides])
    t, power, left, cadence = np.concatenate(rides, axis=1)
    x = power / reference
    root = np.sqrt(np.minimum(x, 1.6))
    clipped = _without_wild(left)
    design = np.hstack(
        [
            _between((x - FIRST_NODE) / NODE_STEP, NODES),
            _between((cadence - SLOW_RPM) / RPM_STEP, RPM_NODES) * (cadence > 0)[:, None],
            recent.T,
            np.eye(len(rides))[ride],
        ]
    )
    weighted = design * np.minimum(x, 1.2)[:, None]
    inverse = np.linalg.inv(weighted.T @ design + _pull(len(rides)))
    working = _working(x)
    for _ in range(3):
        fitted = inverse @ (weighted.T @ clipped)
        along = design @ fitted
        apart = (left - along) * root
        apart, clipped_at = clip(apart, apart[working])
        clipped = along + apart / root
    in_ride = [ride == i for i in range(len(rides))]
    apart = apart - np.array([apart[these].mean() for these in in_ride])[ride]
    noise = fit_noise(_stretches(apart, t, working), clipped_at=clipped_at)
    nodes, cadence_points, recent_points, own = np.split(fitted, np.cumsum((NODES, RPM_NODES, 2)))
    levels = own + np.array([(clipped - along)[these].mean() for these in in_ride])
    errors = np.array([spread(noise, min(length, _LONGEST_MEAN_S)) for length in lengths])
    ages = [_APART_DAYS * i for i in range(len(rides), 0, -1)]
    if ages_days is not None:
        ages = [age for age, x in zip(ages_days, pedalled, strict=True) if x.size]
    level, day = next_level(levels, errors, np.array(ages))
    error = np.sqrt(np.diag(inverse)) * spread(noise, 60) * math.sqrt(60)
    return Baseline(
        reference_w=reference,
        left_percent=tuple(map(float, nodes + level)),
        error=tuple(map(float, error[:NODES])),
        cadence_points=tuple(map(float, cadence_points)),
        noise=noise,
        offset_sd=day,
        slope_sd=0.5,
        cadence_rpm=median(cadence[cadence > 0].tolist()) if (cadence > 0).any() else 85.0,
        cadence_sd=CADENCE_SD,
        rides=len(rides),
        recent_points=(float(recent_points[0]), float(recent_points[1])),
        recent_sd=RECENT_SD_OF_RIDES,
    )


def noise_within(sample: RideSample, baseline: Baseline, belief_s: float) -> Noise:
    """The rider's noise as a ride shows it so far, beside what the baseline believes.

    Args:
        sample: of the ride.
        baseline: that it is ridden with.
        belief_s: seconds of pedalling that the baseline's noise is worth.
    """
    t, power, left, cadence = columns(sample)
    x = power / baseline.reference_w
    root = np.sqrt(np.minimum(x, 1.6))
    recent = recent_effort(t, x, cadence)
    usual = np.interp(x, FIRST_NODE + NODE_STEP * np.arange(NODES), baseline.left_percent)
    turning = np.where(cadence > 0, (cadence - baseline.cadence_rpm) / 10, 0.0)
    rpm = SLOW_RPM + RPM_STEP * np.arange(RPM_NODES)
    usual += (
        np.interp(cadence, rpm, baseline.cadence_points) * (cadence > 0) + baseline.recent_points @ recent
    )
    working = _working(x)
    # Today's level and slopes are no noise.
    effects = np.stack([np.ones(len(x)), x, turning, *recent], axis=1)
    within = _without_wild(left) - usual
    ridge = np.diag([0.0, *(_SLOPE_RIDGE_S for _ in range(effects.shape[1] - 1))]) + 1e-6 * np.eye(
        effects.shape[1]
    )
    slopes = np.linalg.solve(effects.T @ effects + ridge, effects.T @ within)
    apart = (left - usual - effects @ slopes) * root
    apart, clipped_at = clip(apart, apart[working])
    apart -= apart[working].mean()
    return fit_noise(_stretches(apart, t, working), belief_s, baseline.noise, clipped_at)


def _without_wild(left: Floats) -> Floats:
    """Shares, of which the outermost are held within the rest."""
    low, high = percentiles(left, 5, 95)
    return np.clip(left, low, high)


def _working(x: Floats) -> np.ndarray:
    """Which seconds teach the noise of intervals: those of work, as long as there are enough."""
    working = x > _WORK
    return working if working.sum() > _LEAST_S else np.ones(len(x), bool)


def _stretches(apart: Floats, t: Floats, working: np.ndarray) -> list[Floats]:
    """The seconds of work, one array for each stretch without a gap."""
    waits = np.diff(t[working])
    return np.split(apart[working], np.flatnonzero((waits > _STRETCH_GAP_S) | (waits < 0)) + 1)


def columns(sample: RideSample) -> Floats:
    """A sample's ride seconds, watts, left percent and cadence (0: unknown), shape (4, n)."""
    return np.stack(
        [
            np.frombuffer(sample.t, "<u4").astype(np.float64),
            np.frombuffer(sample.power_w, "<u2"),
            np.frombuffer(sample.left, "<u2") / 100.0,
            np.frombuffer(sample.cadence, "u1"),
        ]
    )


def _between(place: Floats, nodes: int) -> Floats:
    """The part that each of the two nodes beside a place has in it, shape (n, nodes)."""
    place = np.clip(place, 0, nodes - 1.001)
    node = place.astype(np.intp)
    parts = np.zeros((len(place), nodes))
    row = np.arange(len(place))
    parts[row, node], parts[row, node + 1] = 1 - (place - node), place - node
    return parts


def _pull(rides: int) -> Floats:
    """The penalty: neighbours pull at each other, and all that is added to the curve is pulled to nothing."""
    curves = NODES + RPM_NODES
    ridges = np.array([*_RECENT_RIDGE_S, *(_DAY_RIDGE_S for _ in range(rides))])
    penalty = 1e-6 * np.eye(curves + len(ridges))
    stiff = np.diff(np.eye(NODES), axis=0)
    penalty[:NODES, :NODES] += _PULL_S * stiff.T @ stiff
    stiff = np.diff(np.eye(RPM_NODES), axis=0)
    penalty[NODES:curves, NODES:curves] += _RPM_PULL_S * stiff.T @ stiff + _RPM_RIDGE_S * np.eye(RPM_NODES)
    penalty[curves:, curves:] += np.diag(ridges)
    return penalty
