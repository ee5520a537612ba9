"""Is a leg that dropped off back? Two explanations compete: still down as told, or back to its level.

Page's cumulative sum of the log likelihood ratio between the two: the larger the drop, the sooner its end is
certain, and a small one is not cleared by a lucky half minute.
"""

from __future__ import annotations

from legbal.ride.noise import CLIP, Noise

_LONG_RUN_S = 15  # the noise of a mean of so many seconds stands for the noise of all
_LEAST_POINTS = 2.0
_MEMORY_S = 12.0


class Return:
    """Watches the seconds after an alert. `points` is how far down the leg is believed to be now."""

    __slots__ = ("_most", "_recent", "_sum", "_variance", "points")

    def __init__(self, noise: Noise, points: float) -> None:
        self._variance = noise.spread(_LONG_RUN_S) ** 2 * _LONG_RUN_S
        self._most = CLIP * noise.spread(1)
        self.points = max(points, _LEAST_POINTS)
        self._recent = self.points
        self._sum = 0.0

    def feed(self, below: float, root: float) -> float:
        """Takes in one second; gives the evidence that the leg is back.

        Args:
            below: points below usual on the level before the drop.
            root: by how much noise is smaller than at the reference power.
        """
        most = self._most / root
        below = min(max(below, self._recent - most), self._recent + most)
        self._recent += (below - self._recent) / _MEMORY_S
        points = self.points
        self._sum = max(0.0, self._sum + points * (points / 2 - below) * root * root / self._variance)
        return self._sum if self._recent < points / 2 else 0.0
