"""The levels of power between which work and rest are told apart, as a ride shows them.

At first the boundary level lies at a fraction of FTP; as the ride shows its easy pedalling and its work, it moves to
the middle between them, within limits that the FTP sets. Thus a wrong FTP costs little after the first interval.
"""

from bisect import insort
from math import inf

from legbal.ride.ftp import FtpEstimate

# As fractions of the FTP believed in. What easy pedalling and work may count as in the middle is limited, so that
# sprints do not hide the tempo that follows.
_FIRST = 0.73  # the boundary before there is anything to take the middle of
_EASY_LOW, _EASY_HIGH = 0.40, 0.65
_WORK_LOW, _WORK_HIGH = 0.84, 1.05
_HIGHEST = 0.78
_SURE, _SURE_ESTIMATED = 0.85, 0.95  # above this it is work, however slowly power got there
_DOUBTFUL = 0.90  # work below this may turn out to have been a warm-up

_CONTRAST, _CONTRAST_GUESSED = 1.08, 1.15  # by which work stands out from the easy pedalling before it
_EASY_BLOCKS = 6.0  # memory of that
_DROP = 0.65  # of an interval's level: below this it is over, even above the boundary
_RISE = 1.35  # times a doubtful interval's level: above this the real one begins
_RISE_AFTER = 3  # blocks of level before that is asked
_WORKS = 3  # the weakest of so many intervals stands for the next


class IntervalThresholds:
    """Between which levels a boundary is looked for, from blocks of ten seconds.

    Attributes:
        ftp_w: the FTP believed in, watts, of which they and all evidence are fractions.
        up_w: power above it, while resting, speaks for work.
        down_w: power below it, while working, speaks for rest.
        rise_w: power above it, while working, says that so far it was only a warm-up (`inf`: not asked).
    """

    def __init__(self, estimate: FtpEstimate) -> None:
        self._estimate = estimate
        self._level_w: float | None = None  # median of the present interval
        self._levels_w: list[float] = []  # of the last ones
        self.turn()

    def turn(self, *, was_work: bool = True) -> None:
        """A boundary; `was_work` False: what ended had only been taken for work."""
        if self._level_w is not None and was_work:
            self._levels_w = [*self._levels_w, self._level_w][-_WORKS:]
        self._work: list[float] = []  # the present interval's blocks, sorted
        self._before_w = self._blocks = 0.0  # easy pedalling just now, over so many blocks
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

    def _aim(self) -> None:
        estimate = self._estimate
        ftp = self.ftp_w = estimate.belief_w
        level = self._level_w = self._work[len(self._work) // 2] if self._work else None
        up = down = _FIRST * ftp
        if estimate.easy_w is not None:
            rest = min(max(estimate.easy_w, _EASY_LOW * ftp), _EASY_HIGH * ftp)
            if self._levels_w:
                up = down = _middle(rest, min(self._levels_w), ftp)
            if level is not None:
                down = min(up, _middle(rest, level, ftp))
        contrast = _CONTRAST_GUESSED if estimate.guessed else _CONTRAST
        sure = _SURE_ESTIMATED if estimate.estimated else _SURE
        self.up_w = max(up, min(contrast * self._before_w, sure * ftp))
        self.down_w = down if level is None else max(down, _DROP * level)
        doubtful = level is not None and level < _DOUBTFUL * ftp and len(self._work) >= _RISE_AFTER
        self.rise_w = _RISE * level if doubtful and level is not None else inf


def _middle(rest_w: float, work_w: float, ftp_w: float) -> float:
    work_w = min(max(work_w, _WORK_LOW * ftp_w), _WORK_HIGH * ftp_w)
    return min((rest_w + work_w) / 2, _HIGHEST * ftp_w)
