"""How hard is rest, and how hard is work, in this ride: the levels between which a boundary is looked for.

At first the boundary lies at a fraction of FTP; as the ride shows its easy pedalling and its work, it moves
to the middle between them, within limits that the FTP sets. Thus a wrong FTP costs little after the first
interval.
"""

from __future__ import annotations

from bisect import insort
from math import inf

from legbal.ride.ftp import FtpEstimate

# As fractions of the FTP believed in.
_FIRST = 0.73  # the boundary before there is anything to take the middle of
_EASY_LOW, _EASY_HIGH = (
    0.40,
    0.65,
)  # what easy pedalling and work may count as in the middle; so that sprints do
_WORK_LOW, _WORK_HIGH = 0.84, 1.05  # not hide the tempo that follows
_HIGHEST = 0.78
_SURE, _SURE_ESTIMATED = 0.85, 0.95  # above this it is work, however slowly power got there
_DOUBTFUL = 0.90  # work below this may turn out to have been a warm-up

_CONTRAST, _CONTRAST_GUESSED = 1.08, 1.15  # by which work stands out from the easy pedalling before it
_EASY_BLOCKS = 6.0  # memory of that
_DROP = 0.65  # of an interval's level: below this it is over, even above the boundary
_RISE = 1.35  # times a doubtful interval's level: above this the real one begins
_RISE_AFTER = 3  # blocks of level before that is asked
_WORKS = 3  # the weakest of so many intervals stands for the next


# Evidence, in seconds times the fraction of FTP: what suffices, and what is slight.
_ENOUGH, _SLIGHT = 1.8, 0.3
# From one second; a short coast belongs to the work around it.
_MOST_UP, _MOST_DOWN, _MOST_COAST = 0.7, 0.3, 0.12
_COAST = 0.10  # of FTP: below this nobody pushes
_SPIKE = 3.0  # of FTP: more does not count in a level


class IntervalThresholds:
    """Keeps the boundary levels of a ride, from blocks of ten seconds, and how evidence counts between them.

    Attributes:
        up_w: power above it, while resting, speaks for work.
        down_w: power below it, while working, speaks for rest.
        rise_w: power above it, while working, says that so far it was only a warm-up (`inf`: not asked).
        enough, slight: sums of evidence that suffice for a boundary, or hardly hint at one, watts times seconds.
        most_up_w, most_down_w, most_coast_w: what one second may add: above the level, below it, coasting.
        coast_w: power up to it is coasting.
        spike_w: power above it does not count.
    """

    __slots__ = (
        "_before_w",
        "_blocks",
        "_estimate",
        "_work",
        "_works",
        "coast_w",
        "down_w",
        "enough",
        "most_coast_w",
        "most_down_w",
        "most_up_w",
        "rise_w",
        "slight",
        "spike_w",
        "up_w",
    )

    def __init__(self, estimate: FtpEstimate) -> None:
        self._estimate = estimate
        self._work: list[float] = []  # the present interval's blocks, sorted
        self._works: list[float] = []  # levels of the last intervals
        self._before_w = self._blocks = 0.0  # easy pedalling just now, over so many blocks
        self._aim()

    def turn(self, *, was_work: bool = True) -> None:
        """A boundary; `was_work` False: what ended had only been taken for work."""
        if self._work and was_work:
            self._works.append(self._median())
            del self._works[:-_WORKS]
        self._work = []
        self._before_w = self._blocks = 0.0
        self._aim()

    def block(self, pedalled_w: float | None, *, in_work: bool, quiet: bool) -> None:
        """Take in mean power while pedalling (None: hardly); `quiet`: nothing hints at a boundary."""
        if pedalled_w is not None:
            if in_work:
                insort(self._work, pedalled_w)
            elif quiet:
                self._blocks = min(self._blocks + 1.0, _EASY_BLOCKS)
                self._before_w += (pedalled_w - self._before_w) / self._blocks
        self._aim()

    def _median(self) -> float:
        return self._work[len(self._work) // 2]

    def _aim(self) -> None:
        """Put the levels where the ride so far says."""
        ftp = self._estimate.belief_w
        easy, level = self._estimate.easy_w, self._median() if self._work else None
        up = down = _FIRST * ftp
        if easy is not None:
            rest = min(max(easy, _EASY_LOW * ftp), _EASY_HIGH * ftp)
            if self._works:
                up = down = _middle(rest, min(self._works), ftp)
            if level is not None:
                down = min(up, _middle(rest, level, ftp))
        contrast = _CONTRAST_GUESSED if self._estimate.guessed else _CONTRAST
        sure = _SURE_ESTIMATED if self._estimate.estimated else _SURE
        self.up_w = max(up, min(contrast * self._before_w, sure * ftp))
        self.down_w = down if level is None else max(down, _DROP * level)
        doubtful = level is not None and level < _DOUBTFUL * ftp and len(self._work) >= _RISE_AFTER
        self.rise_w = _RISE * level if doubtful and level is not None else inf
        self.enough, self.slight = _ENOUGH * ftp, _SLIGHT * ftp
        self.most_up_w, self.most_down_w, self.most_coast_w = (
            x * ftp for x in (_MOST_UP, _MOST_DOWN, _MOST_COAST)
        )
        self.coast_w, self.spike_w = _COAST * ftp, _SPIKE * ftp


def _middle(rest_w: float, work_w: float, ftp_w: float) -> float:
    work_w = min(max(work_w, _WORK_LOW * ftp_w), _WORK_HIGH * ftp_w)
    return min((rest_w + work_w) / 2, _HIGHEST * ftp_w)
