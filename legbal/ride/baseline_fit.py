"""Learns from earlier rides what is usual for the rider at each power.

Samples of rides on one meter teach a baseline: the share as a curve over power whose neighbours pull at each other,
how uncertain it is, and the rider's noise on this meter.
"""

import math
from collections.abc import Sequence

import numpy as np

from legbal.ride.baseline import (
    CADENCE_SD,
    FIRST_NODE,
    NODE_STEP,
    NODES,
    RPM_NODES,
    RPM_STEP,
    SLOW_RPM,
    Baseline,
    RideSample,
)
from legbal.ride.noise import CLIP, fit_noise, spread
from legbal.ride.view import Floats

_RPM_PULL_S = 1000.0
_RPM_RIDGE_S = 60.0
_PULL_S = 600.0  # a node is pulled towards its neighbours as by so many seconds of pedalling
_LEAST_S = 120  # less pedalling teaches nothing
_EASY = 0.3  # pedalling below this fraction of the reference power is too noisy to learn from
_WORK = 0.6  # pedalling above it teaches the noise of intervals
_STRETCH_GAP_S = 3.0
# How far a day lies from the rider's mean, points, and how many rides this belief is worth.
_DAY_SD, _DAY_RIDES = 0.6, 4.0


def learn(samples: Sequence[RideSample], ftp_w: float | None = None) -> Baseline | None:
    """The baseline that rides on one meter teach; None with less than two minutes of pedalling in them.

    Args:
        samples: one per ride, in any order.
        ftp_w: the reference power; None: the power exceeded in a tenth of the pedalling.
    """
    pedalled = [columns(sample) for sample in samples if sample.t]
    if not pedalled:
        return None
    reference = ftp_w or float(np.percentile(np.concatenate([x[1] for x in pedalled]), 90))
    rides = [x for x in (x[:, x[1] > _EASY * reference] for x in pedalled) if x.size]
    lengths = [x.shape[1] for x in rides]
    if sum(lengths) < _LEAST_S:
        return None
    ride = np.repeat(np.arange(len(rides)), lengths)
    t, power, left, cadence = np.concatenate(rides, axis=1)
    x = power / reference
    root = np.sqrt(np.minimum(x, 1.6))
    clipped = np.clip(left, *np.percentile(left, (5, 95)))
    design = np.hstack(
        [
            _between((x - FIRST_NODE) / NODE_STEP, NODES),
            _between((cadence - SLOW_RPM) / RPM_STEP, RPM_NODES) * (cadence > 0)[:, None],
        ]
    )
    weighted = design * np.minimum(x, 1.2)[:, None]
    inverse = np.linalg.inv(weighted.T @ design + _pull())
    for _ in range(3):
        nodes = inverse @ (weighted.T @ clipped)
        along = design @ nodes
        apart = (left - along) * root
        working = x > _WORK if (x > _WORK).sum() > _LEAST_S else np.ones(len(x), bool)
        most = CLIP * max(float(np.percentile(np.abs(apart[working]), 68.3)), 0.8)
        apart = np.clip(apart, -most, most)
        clipped = along + apart / root
    days = np.array([apart[ride == i].mean() for i in range(len(rides))])
    apart = apart - days[ride]
    breaks = np.flatnonzero((np.diff(t[working]) > _STRETCH_GAP_S) | (np.diff(t[working]) < 0)) + 1
    noise = fit_noise(np.split(apart[working], breaks))
    scatter = float(((days - days.mean()) ** 2).sum())
    day = math.sqrt((_DAY_SD**2 * _DAY_RIDES + scatter) / (_DAY_RIDES + max(len(days) - 1, 0)))
    error = np.sqrt(np.diag(inverse)) * spread(noise, 60) * math.sqrt(60)
    return Baseline(
        reference_w=reference,
        left_percent=tuple(map(float, nodes[:NODES])),
        error=tuple(map(float, error[:NODES])),
        cadence_points=tuple(map(float, nodes[NODES:])),
        noise=noise,
        offset_sd=day,
        slope_sd=0.5,
        cadence_rpm=float(np.median(cadence[cadence > 0])) if (cadence > 0).any() else 85.0,
        cadence_sd=CADENCE_SD,
        rides=len(rides),
    )


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


def _pull() -> Floats:
    """The penalty: neighbours pull at each other, and what cadence adds is pulled to nothing."""
    penalty = 1e-6 * np.eye(NODES + RPM_NODES)
    stiff = np.diff(np.eye(NODES), axis=0)
    penalty[:NODES, :NODES] += _PULL_S * stiff.T @ stiff
    stiff = np.diff(np.eye(RPM_NODES), axis=0)
    penalty[NODES:, NODES:] += _RPM_PULL_S * stiff.T @ stiff + _RPM_RIDGE_S * np.eye(RPM_NODES)
    return penalty
