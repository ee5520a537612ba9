"""Functional threshold power: the stated one, or one estimated from the ride as it goes.

A rider who states nothing is taken for a typical one, then judged by what the ride shows: the easiest quarter
of the pedalling lies near two thirds of FTP and the best twenty minutes near nine tenths, each give or take.
Nobody holds much more than FTP for long, so what was held for some minutes sets a floor, which can prove a
stated FTP too low. One ride cannot prove it too high, for it may just have been an easy one; then the stated
FTP stays in use and only the belief, by which work is told from rest, moves.

The fractions and spreads are those of 25 ordinary rides and of usual training, rounded.
"""

from __future__ import annotations

from bisect import insort
from math import exp, log

BLOCK_S = 10.0
"""Seconds of one block handed to `FtpEstimate.block`."""

# Each source: what it says of FTP, and the standard deviation of its logarithm.
_TYPICAL_W, _TYPICAL_SD = 210.0, 0.35
_STATED_SD = 0.065
_EARLIER_SD = 0.12
_EASY, _EASY_SD = 0.66, 0.22
_BEST, _BEST_SD = 0.92, 0.15

_EASY_AFTER = 6  # blocks pedalled before the easiest quarter says anything
_BEST_BLOCKS = 120
_BEST_AFTER = 180  # blocks before the best twenty minutes do
_HELD = (
    (6, 1.90),
    (18, 1.45),
    (30, 1.28),
    (60, 1.15),
    (120, 1.06),
    (360, 1.00),
)  # blocks, most of FTP held so long
_PROOF = 1.03  # a stated FTP is given up when the floor is this much above it


class FtpEstimate:
    """FTP from what is stated, what earlier rides gave, and this ride.

    Args:
        stated_w: what the rider says, watts; None: nothing.
        earlier_w: what earlier rides gave, watts; used where nothing is stated.
    """

    __slots__ = (
        "_belief_w",
        "_best_w",
        "_blocks",
        "_floor_w",
        "_held",
        "_pedalled",
        "_prior",
        "_stated_w",
        "_sure",
    )

    def __init__(self, stated_w: float | None, earlier_w: float | None = None) -> None:
        self._stated_w = stated_w
        sd = _STATED_SD if stated_w else _EARLIER_SD if earlier_w else _TYPICAL_SD
        self._prior, self._sure = log(stated_w or earlier_w or _TYPICAL_W), sd**-2
        self._belief_w = exp(self._prior)
        self._floor_w = self._best_w = 0.0
        self._blocks = 0
        self._pedalled: list[float] = []
        self._held: list[float] = []

    @property
    def estimated(self) -> bool:
        """Whether `ftp_w` is not the rider's own statement."""
        return not self._stated_w or self._floor_w > _PROOF * self._stated_w

    @property
    def ftp_w(self) -> float:
        """The FTP to reckon with, watts: the stated one unless there is none or the ride disproves it."""
        return self.belief_w if self.estimated or not self._stated_w else self._stated_w

    @property
    def belief_w(self) -> float:
        """The likeliest FTP, watts: what is stated, weighed against what the ride shows."""
        return max(self._belief_w, self._floor_w)

    @property
    def easy_w(self) -> float | None:
        """The lower quartile of this ride's pedalling, watts; None before a minute of it."""
        pedalled = self._pedalled
        return pedalled[len(pedalled) // 4] if len(pedalled) >= _EASY_AFTER else None

    def block(self, mean_w: float, pedalled_w: float | None) -> None:
        """Take in one block: mean power with coasting, and without (None: hardly pedalled)."""
        self._blocks += 1
        held = self._held
        held.append(mean_w)
        if len(held) > _HELD[-1][0]:
            del held[0]
        for blocks, most in _HELD:
            if len(held) < blocks:
                break
            mean = sum(held[-blocks:]) / blocks
            self._floor_w = max(self._floor_w, mean / most)
            if blocks == _BEST_BLOCKS:
                self._best_w = max(self._best_w, mean)
        if pedalled_w is not None and pedalled_w > 0.0:
            insort(self._pedalled, pedalled_w)
            self._believe()

    def stop(self, blocks: int) -> None:
        """Take in so many blocks without power."""
        longest = _HELD[-1][0]
        self._blocks += blocks
        self._held = (self._held + [0.0] * min(blocks, longest))[-longest:]

    def _believe(self) -> None:
        """The mean of what the sources say, weighted by their inverse variances, in logarithms."""
        total, sure = self._prior * self._sure, self._sure
        sources = (
            (self.easy_w, _EASY, _EASY_SD),
            (self._best_w if self._blocks > _BEST_AFTER else None, _BEST, _BEST_SD),
        )
        for seen_w, fraction, sd in sources:
            if seen_w:
                total += log(seen_w / fraction) * sd**-2
                sure += sd**-2
        self._belief_w = exp(total / sure)
