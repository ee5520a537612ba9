"""After how long the drop-off alert would see a fall of some points, by a rider's own noise on a meter.

The information that the seconds since a step hold on its size, the past being known, is that of generalised least
squares with the noise's covariance; the step stands out by its size times the root of that. The alert asks for so many
standard deviations (`legbal.ride.change_detector`); told half of the times is where the mean is at that.
"""

from collections.abc import Iterable

import numpy as np

from legbal.ride.baseline import MEMORIES_S, Noise
from legbal.ride.change_detector import TOGETHER_S
from legbal.ride.usual import BAR

_PAST_S, _MOST_S = 600, 240  # seconds before the step, and after it until which an alert is waited for
_LEAST_POINTS = 2.25  # smaller steps are not told
_HOLD_S = 8.0  # for so long it must stand out


def mean_noise(noises: Iterable[Noise]) -> Noise | None:
    """The noise of several rides in the mean, by their seconds; None of none."""
    some = [x for x in noises if x.seconds > 0]
    if not some:
        return None
    seconds = np.array([x.seconds for x in some], float)
    rows = seconds @ np.array([(x.white, *x.slow) for x in some]) / seconds.sum()
    return Noise(float(rows[0]), tuple(rows[1:].tolist()), int(seconds.sum()))


def detection_delays(noise: Noise, depths: Iterable[float], bar: float = BAR["normal"]) -> list[float | None]:
    """Seconds of effort at the reference power until falls of some points are told, half of the times; None: later.

    Args:
        noise: the rider's.
        depths: by how many points the leg falls at once, from a level that is known; one for each fall.
        bar: standard deviations by which it must stand out.
    """
    past, most = _PAST_S // TOGETHER_S, _MOST_S // TOGETHER_S
    t = np.arange(past + most) * float(TOGETHER_S)
    apart = np.abs(t[:, None] - t)
    covariance = np.eye(len(t)) * noise.white / TOGETHER_S
    for memory, variance in zip(MEMORIES_S, noise.slow, strict=True):
        covariance += variance * np.exp(-apart / memory)
    white = np.linalg.cholesky(covariance)
    # the innovations of the step: each bin's part of the information
    step = np.linalg.solve(white, (t >= _PAST_S).astype(float))
    a_point = np.sqrt(np.cumsum(step**2)[past:])

    def delay(points: float) -> float | None:
        over = np.flatnonzero(points * a_point >= bar)
        return float(over[0] + 1) * TOGETHER_S + _HOLD_S if len(over) and points >= _LEAST_POINTS else None

    return [delay(points) for points in depths]
