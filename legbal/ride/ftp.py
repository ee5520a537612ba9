"""Functional threshold power: the stated one, or one estimated from earlier rides and from this one as it goes.

A rider who states nothing is taken for what earlier rides showed, or for a typical one, then judged by what the
ride shows: the easiest quarter of the pedalling lies near six tenths of FTP and the best twenty minutes near
nine, each give or take. Nobody holds much more than FTP for long, so what was held for some minutes sets a
floor, which can prove a stated FTP too low. One ride cannot prove it too high, for it may just have been an easy
one; then the stated FTP stays in use and only the belief, by which work is told from rest, moves.

The fractions and spreads are those of ordinary rides and of usual training, rounded.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable, Sequence
from math import exp, log

import msgspec

from legbal.median import median
from legbal.meters.limits import Remark

# Seconds of one block handed to `FtpEstimate.block`.
BLOCK_S = 10.0

# Each source: what it says of FTP, and the standard deviation of its logarithm.
_TYPICAL_W, _TYPICAL_SD = 210.0, 0.35
_LEAST_W, _MOST_W = 50.0, 600.0  # as may be stated; what a meter gone wrong tells beyond is nobody's
_STATED_SD = 0.065
_EARLIER_SD = 0.10
_EASY, _EASY_SD = 0.57, 0.22
_BEST, _BEST_SD = 0.86, 0.15
_HARDEST, _HARDEST_SD = 0.84, 0.12  # of the most that can be held, the hardest effort of some rides
# Beside a stated FTP a ride is read as if it had been harder than most: an FTP that is believed too high hides
# work, one too low only finds some more.
_EASY_BESIDE, _BEST_BESIDE = 0.66, 0.92

_MANY = 5  # rides; one of them may be wrong
_STALE = 1.13  # times, by which a stated FTP must be off what earlier rides speak for before that is said
_ROUND_W = 5.0
_Z_95 = 1.96

_STEADY = 0.70  # of the hardest quarter; an easiest quarter above that is none: all was ridden alike

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


class FtpContribution(msgspec.Struct, frozen=True, gc=False):
    """What one ride says of FTP, watts.

    Attributes:
        stated_w: what the rider stated then; None: nothing.
        held_w: what FTP must at least have been for its hardest minutes.
        easy_w: its easiest quarter; None for a ride of less than half an hour, which shows no more than what was
            held.
    """

    stated_w: float | None
    held_w: float
    easy_w: float | None


def from_rides(rides: Sequence[FtpContribution]) -> float | None:
    """The FTP for which rides together speak, watts: what was stated last, unless more was held than it allows.

    None where nothing was stated and `estimate_from_power` says nothing.

    Args:
        rides: the earliest first: FTP moves with training.
    """
    stated = [x.stated_w for x in rides if x.stated_w is not None]
    if not stated:
        return estimate_from_power(rides)
    held = _held(rides)
    return stated[-1] if held <= _PROOF * stated[-1] else estimate_from_power(rides) or held


def estimate_from_power(rides: Sequence[FtpContribution], least: int = 1) -> float | None:
    """The FTP for which the power of rides speaks, whatever was stated, watts.

    It follows from the hardest effort of all, as most rides are easier than they could have been, and from what is
    easy in the middle one; it is never below what that effort asks for.

    Args:
        rides: in any order.
        least: so many of half an hour there must be; None with fewer.
    """
    easy = [x.easy_w for x in rides if x.easy_w is not None]
    if not easy or len(easy) < least:
        return None
    held = _held([x for x in rides if x.easy_w is not None])
    sources = (median(easy), _EASY, _EASY_SD), (held, _HARDEST, _HARDEST_SD)
    return max(_held(rides), _weighed(log(_TYPICAL_W), _TYPICAL_SD**-2, sources)[0])


def _held(rides: Sequence[FtpContribution]) -> float:
    """The hardest effort; of many rides the second hardest, for one may be of a meter gone wrong."""
    held = sorted(x.held_w for x in rides)
    return held[-2 if len(held) >= _MANY else -1] if held else 0.0


class FtpEstimate:
    """FTP from what is stated, what earlier rides gave, and this ride.

    Args:
        stated_w: what the rider says, watts; None: nothing.
        earlier_w: what earlier rides speak for, watts; in use where nothing is stated.
        is_recorded: `stated_w` was said to the head unit that recorded the ride.

    Attributes:
        ftp_w: the FTP to reckon with, watts: the stated one unless there is none or the ride disproves it.
        belief_w: the likeliest FTP, watts: what is stated, weighed against what the ride shows.
        estimated: whether `ftp_w` is not the rider's own statement.
        guessed: whether it rests on this ride alone.
        easy_w: the lower quartile of this ride's pedalling, watts; None before a minute of it.
    """

    def __init__(
        self, stated_w: float | None, earlier_w: float | None = None, *, is_recorded: bool = False
    ) -> None:
        self._stated_w, self._earlier_w, self._is_recorded = stated_w, earlier_w, is_recorded
        sd = _STATED_SD if stated_w else _EARLIER_SD if earlier_w else _TYPICAL_SD
        self._prior, self._sure = log(stated_w or earlier_w or _TYPICAL_W), sd**-2
        self.forget()

    def forget(self) -> None:
        """Put aside what this ride showed so far: its power was wrong."""
        self._blocks = 0
        # The sum of all blocks' means until each of the latest: what was held over some is a difference of two.
        self._sums: deque[float] = deque([0.0], maxlen=_HELD[-1][0] + 1)
        self._pedalled: list[float] = []  # sorted
        self.easy_w: float | None = None
        self._easiest_w: float | None = None
        self._weighed_w, self._weighed_sd = exp(self._prior), self._sure**-0.5
        self._floor_w = self._best_w = 0.0
        self._conclude()

    def _conclude(self) -> None:
        stated = self._stated_w
        self.belief_w = max(self._weighed_w, self._floor_w)
        self.estimated = not stated or self._floor_w > _PROOF * stated
        self.guessed = self.estimated and (stated is not None or self._earlier_w is None)
        self.ftp_w = self.belief_w if self.estimated or not stated else stated

    @property
    def remark(self) -> Remark | None:
        """What the rider should know of it; None where the stated FTP agrees with the rides."""
        stated, earlier = self._stated_w, self._earlier_w
        if not stated:
            return Remark(
                f"ftp.{'guessed' if self.guessed else 'estimated'}",
                {"ftp_w": _about(self.belief_w)} | dict(zip(("low_w", "high_w"), self._range, strict=True)),
            )
        if self.estimated:
            return Remark("ftp.disproved", {"stated_w": stated, "ftp_w": _about(self.belief_w)})
        if earlier is None or stated / _STALE < earlier < stated * _STALE:
            return Remark("ftp.recorded", {"ftp_w": stated}) if self._is_recorded else None
        code = "ftp.looks_low" if earlier > stated else "ftp.looks_high"
        return Remark(code, {"stated_w": stated, "ftp_w": _about(earlier)})

    @property
    def _range(self) -> tuple[float, float]:
        """Where FTP lies with 95 % probability, watts."""
        sd = self._weighed_sd
        if self._earlier_w is None and self._blocks <= _BEST_AFTER:
            sd = _TYPICAL_SD  # of less than half an hour the easiest quarter may be anything, a sprint's rest or a test
        off = exp(_Z_95 * sd)
        low, high = (
            min(max(self._weighed_w * by, _LEAST_W, self._floor_w), _MOST_W) for by in (1 / off, off)
        )
        return _about(low), _about(high)

    @property
    def contribution(self) -> FtpContribution:
        """What this ride says to later ones."""
        return FtpContribution(
            self._stated_w, self._floor_w, self._easiest_w if self._blocks > _BEST_AFTER else None
        )

    def block(self, mean_w: float, pedalled_w: float | None) -> None:
        """Take in one block: mean power with coasting, and without (None: hardly pedalled)."""
        self._blocks += 1
        sums = self._sums
        until_now = sums[-1] + mean_w
        sums.append(until_now)
        for blocks, most in _HELD:
            if len(sums) <= blocks:
                break
            mean = (until_now - sums[-1 - blocks]) / blocks
            if mean / most > self._floor_w:
                self._floor_w = min(mean / most, _MOST_W)
            if blocks == _BEST_BLOCKS and mean > self._best_w:
                self._best_w = mean
        if pedalled_w is not None and pedalled_w > 0.0:
            pedalled = self._pedalled
            insort(pedalled, pedalled_w)
            if len(pedalled) >= _EASY_AFTER:
                self.easy_w = pedalled[len(pedalled) // 4]
                # In a ride in which nothing was easy, what would have been.
                self._easiest_w = min(self.easy_w, _STEADY * pedalled[3 * len(pedalled) // 4])
            self._weigh()
        self._conclude()

    def stop(self, blocks: int) -> None:
        """Take in so many blocks without power."""
        self._blocks += blocks
        self._sums.extend([self._sums[-1]] * min(blocks, _HELD[-1][0]))

    def pause(self) -> None:
        """The rider paused: what is held from now on begins anew."""
        self._sums.clear()
        self._sums.append(0.0)

    def _weigh(self) -> None:
        best_w = self._best_w if self._blocks > _BEST_AFTER else None
        if self._stated_w:
            sources = (self.easy_w, _EASY_BESIDE, _EASY_SD), (best_w, _BEST_BESIDE, _BEST_SD)
        else:
            if self._earlier_w and best_w is not None and best_w < _BEST * self._earlier_w:
                best_w = None  # an easy ride takes nothing back of what earlier ones showed
            sources = (self._easiest_w, _EASY, _EASY_SD), (best_w, _BEST, _BEST_SD)
        self._weighed_w, self._weighed_sd = _weighed(self._prior, self._sure, sources)


def _about(watts: float) -> float:
    return _ROUND_W * round(watts / _ROUND_W)


def _weighed(
    prior: float, sure: float, sources: Iterable[tuple[float | None, float, float]]
) -> tuple[float, float]:
    """The FTP, watts, and the standard deviation of its logarithm.

    It is the mean of what the sources say, weighted by their inverse variances, in logarithms.

    A source is watts seen (None: none yet), which fraction of FTP that is, and the standard deviation; `prior` is a
    logarithm already, `sure` its inverse variance.
    """
    total = prior * sure
    for watts, fraction, sd in sources:
        if watts:
            total += log(watts / fraction) * sd**-2
            sure += sd**-2
    return min(max(exp(total / sure), _LEAST_W), _MOST_W), sure**-0.5
