"""Functional threshold power: the stated one, or one estimated from the ride as it goes.

A rider who states nothing is taken for a typical one, then judged by two things. Easy pedalling (warm-up, rest
between intervals) lies near three fifths of FTP, give or take a fifth. And nobody holds much more than FTP for long:
what was held for some minutes sets a floor, which also proves a stated FTP too low. One ride cannot prove a stated
FTP too high, for it may just have been an easy one.
"""

from __future__ import annotations

from bisect import insort
from math import exp, log

BLOCK_S = 10.0
"""Seconds of one block handed to `FtpEstimate.block`."""

_TYPICAL_W, _TYPICAL_SD = 210.0, 0.35  # riders who use a power meter; spread of the logarithm
_STATED_SD = 0.08
_EARLIER_SD = 0.12
_EASY, _EASY_SD = 0.60, 0.20  # easy pedalling as a fraction of FTP
_EASY_BLOCKS = 6  # a minute of it before it says anything
_HELD = (
    (6, 1.70),
    (18, 1.35),
    (30, 1.22),
    (60, 1.10),
    (120, 1.05),
)  # blocks, most of FTP that is held so long
_PROOF = 1.03  # a stated FTP is given up when the floor is this much above it


class FtpEstimate:
    """FTP from what is stated, what earlier rides gave, and this ride.

    Args:
        stated_w: what the rider says, watts; None: nothing.
        earlier_w: what earlier rides gave, watts; used where nothing is stated.
    """

    __slots__ = ("_belief", "_easy", "_floor_w", "_held", "_prior", "_stated_w", "_weight")

    def __init__(self, stated_w: float | None, earlier_w: float | None = None) -> None:
        self._stated_w = stated_w
        sd = _STATED_SD if stated_w else _EARLIER_SD if earlier_w else _TYPICAL_SD
        self._prior, self._weight = log(stated_w or earlier_w or _TYPICAL_W), 1 / sd**2
        self._belief = exp(self._prior)
        self._easy: list[float] = []
        self._held: list[float] = []
        self._floor_w = 0.0

    @property
    def estimated(self) -> bool:
        """Whether `ftp_w` is not the rider's own statement."""
        return self._stated_w is None or self._floor_w > _PROOF * self._stated_w

    @property
    def ftp_w(self) -> float:
        """The FTP to reckon with, watts: the stated one unless there is none or the ride disproves it."""
        return self._stated_w if self._stated_w is not None and not self.estimated else self.belief_w

    @property
    def belief_w(self) -> float:
        """The likeliest FTP, watts: what is stated, weighed against what the ride shows."""
        return max(self._belief, self._floor_w)

    @property
    def easy_w(self) -> float | None:
        """The median of this ride's easy pedalling, watts; None with less than a minute of it."""
        return self._easy[len(self._easy) // 2] if len(self._easy) >= _EASY_BLOCKS else None

    def block(self, mean_w: float, pedalled_w: float | None) -> None:
        """Take in one block.

        Args:
            mean_w: mean power over the block, coasting included.
            pedalled_w: mean power while pedalling, where this was easy pedalling; else None.
        """
        held = self._held
        held.append(mean_w)
        if len(held) > _HELD[-1][0]:
            del held[0]
        for blocks, most in _HELD:
            if len(held) < blocks:
                break
            self._floor_w = max(self._floor_w, sum(held[-blocks:]) / blocks / most)
        if pedalled_w is None:
            return
        insort(self._easy, pedalled_w)
        easy = self.easy_w
        if easy:
            weight = 1 / _EASY_SD**2
            self._belief = exp(
                (self._prior * self._weight + log(easy / _EASY) * weight) / (self._weight + weight)
            )
