"""How the legs tire within the efforts of a ride, and what they do in its sprints, from its revolutions."""

from collections.abc import Sequence

import numpy as np

from legbal.analysis.comparisons import Flags, RideRevolutions
from legbal.analysis.efforts import LEAST_DEFICIT, Deficit, Efforts
from legbal.analysis.summary import DropOffSummary, IntervalSummary
from legbal.ride.baseline import Noise
from legbal.ride.noise import clip, fit_noise
from legbal.ride.share import EMPTY, Estimate, Share
from legbal.ride.view import Floats

_LEAST_S = 1200.0  # of effort, for a drift
_HOUR_S = 3600.0
_SPRINT_FTP = 1.5
_SHORTEST_S, _LONGEST_S = 5.0, 20.0  # of a sprint
_PAUSE_S = 2.0  # a longer one parts two sprints


def efforts(
    revolutions: RideRevolutions,
    intervals: Sequence[IntervalSummary],
    dropoffs: Sequence[DropOffSummary],
    ftp_w: float | None,
) -> Efforts:
    """What the efforts of a ride say.

    Args:
        revolutions: all of the ride's.
        intervals: its efforts.
        dropoffs: those that were told.
        ftp_w: without it no sprint is known.
    """
    clock = _EffortClock(intervals)
    return Efforts(
        seconds=clock.total,
        drift=_drift(revolutions, clock),
        deficits=tuple(x for each in dropoffs for x in _deficits(each, clock)),
        sprints=_sprints(revolutions, ftp_w),
        noise=_noise(revolutions.stretches),
    )


def _noise(stretches: Sequence[Floats]) -> Noise | None:
    """The noise as the alert weighs it, to which bursts count for little; None without a balance."""
    apart = np.concatenate(stretches)
    if not len(apart):
        return None
    clipped, _ = clip(apart, apart)
    return fit_noise(np.split(clipped, np.cumsum([len(x) for x in stretches])[:-1]))


class _EffortClock:
    """Seconds of effort that have passed at moments of a ride; `total`: all of them."""

    def __init__(self, intervals: Sequence[IntervalSummary]) -> None:
        edges = np.array([(x.start_s, x.end_s) for x in intervals], float).reshape(-1, 2)
        self._moments = np.maximum.accumulate(edges.ravel())
        steps = np.diff(self._moments, prepend=self._moments[:1])
        steps[::2] = 0.0  # rests
        self._passed = np.cumsum(steps)
        self.total = float(self._passed[-1]) if len(edges) else 0.0
        self._starts, self._ends = self._moments[::2], self._moments[1::2]

    def at(self, t: Floats | float) -> Floats:
        if not len(self._moments):
            return np.zeros_like(t)
        return np.asarray(np.interp(t, self._moments, self._passed), float)

    def working(self, t: Floats) -> Flags:
        return np.searchsorted(self._starts, t, "left") > np.searchsorted(self._ends, t, "left")


def _drift(revolutions: RideRevolutions, clock: _EffortClock) -> Estimate | None:
    """The drift outside drop-offs: an early one would read as a gain, a late one as tiredness twice over."""
    if clock.total < _LEAST_S:
        return None
    counts = clock.working(revolutions.t) & revolutions.outside_dropoffs
    work = np.where(counts, revolutions.work_j, 0.0)
    if not work.any():
        return None
    _, weights, slope = revolutions.line(work, clock.at(revolutions.t))
    return Estimate(_HOUR_S * slope, _HOUR_S * revolutions.error(weights))


def _deficits(dropoff: DropOffSummary, clock: _EffortClock) -> Sequence[Deficit]:
    by_share = None if dropoff.difference is None else abs(dropoff.difference.value)
    depth = dropoff.points if by_share is None else by_share
    if depth < LEAST_DEFICIT:
        return ()
    since, back = dropoff.since_s, dropoff.back_after_s
    until = since + back if back is not None else dropoff.cleared_s
    before = float(clock.at(since))
    below = (clock.total if until is None else float(clock.at(until))) - before
    return (Deficit(dropoff.side, before, depth, below, back),)


def _sprints(revolutions: RideRevolutions, ftp_w: float | None) -> Share:
    """The share over all efforts of 5 to 20 s at one and a half times FTP and more, which count alike by work."""
    if ftp_w is None:
        return EMPTY
    t, seconds = revolutions.t, revolutions.work_j / np.maximum(revolutions.power_w, 1.0)
    hard = np.flatnonzero(revolutions.power_w >= _SPRINT_FTP * ftp_w)
    apart = t[hard] - seconds[hard] - t[np.roll(hard, 1)] > _PAUSE_S
    of_sprint = np.zeros(len(t), np.bool_)
    for run in np.split(hard, np.flatnonzero(apart)):
        if len(run) and _SHORTEST_S <= t[run[-1]] - t[run[0]] + seconds[run[0]] <= _LONGEST_S:
            of_sprint[run] = True
    if not of_sprint.any():
        return EMPTY
    weights = revolutions.mean_of(of_sprint)
    return Share(
        float(weights @ revolutions.left_percent),
        revolutions.error(weights),
        float(seconds[of_sprint].sum()),
        int(of_sprint.sum()),
        float(weights @ revolutions.power_w),
    )
