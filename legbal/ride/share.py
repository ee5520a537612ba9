"""A left share with what stands behind it, a difference of shares, and what a balance is worth; without numpy."""

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

# bounds of what is decoded; what the fold makes is not checked against them
Percent = Annotated[float, Meta(ge=0, le=100, description="%")]
Watts = Annotated[float, Meta(ge=-40_000, le=40_000, description="W")]
Seconds = Annotated[float, Meta(ge=0, le=10_000_000, description="s")]
Points = Annotated[float, Meta(ge=-1_000_000, le=1_000_000, description="percent points")]
Error = Annotated[float, Meta(ge=0, le=1_000_000, description="percent points")]
Probability = Annotated[float, Meta(ge=0, le=1)]
OfFtp = Annotated[float, Meta(ge=0, le=100)]
Number = Annotated[int, Meta(ge=0, le=1_000_000_000)]
LONGEST_TEXT = 400  # characters
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]

BalanceQuality = Literal["measured", "estimated", "unknown", "constant", "absent"]

# Revolutions, about ten seconds of pedalling: with fewer even the standard error is a guess, and a share is a dash.
RELIABLE_REVOLUTIONS = 15
# A turn at 45 a minute: what was told as one revolution and took longer has several in it, as a record of a FIT file
# that has one every few seconds.
_SLOW_TURN_S = 60 / 45

# Standard errors from a normal mean to either end of its 95 % interval.
Z_95 = 1.96
_Z_80 = 1.28  # the same of an 80 % interval


class Share(msgspec.Struct, frozen=True, gc=False):
    """A work-weighted left share over some pedalling, with what stands behind it.

    `left_percent` is None with no revolution; `standard_error` (points) is None with too few to tell.
    `power_w` is work over pedalled time; `seconds` is pedalled time that carried a balance. All rest on the same
    revolutions, those of both legs; where there is none, `power_w` is that of any others. `revolutions` is None where
    nobody counted them, as in summaries kept by an early legbal.
    """

    left_percent: Percent | None = None
    standard_error: Error | None = None
    seconds: Seconds = 0.0
    revolutions: Number | None = 0
    power_w: Watts | None = None

    @property
    def left_w(self) -> float | None:
        """The left leg's part of the power, watts; None without a balance."""
        if self.left_percent is None or self.power_w is None:
            return None
        return self.power_w * self.left_percent / 100

    @property
    def right_w(self) -> float | None:
        """The right leg's part of the power, watts; None without a balance."""
        if self.left_percent is None or self.power_w is None:
            return None
        return self.power_w * (100 - self.left_percent) / 100

    def rests_on(self, least: int = RELIABLE_REVOLUTIONS) -> bool:
        """Whether at least so many revolutions are known to stand behind it; by default, as many as it needs.

        Those count that were told, or as many as its time had at a slow cadence, if that is more.
        """
        return self.revolutions is not None and max(self.revolutions, self.seconds / _SLOW_TURN_S) >= least


EMPTY = Share()


class Usual(msgspec.Struct, frozen=True, gc=False):
    """The rider's own left share at the present power, and what it rests on."""

    left_percent: Percent
    uncertainty: Error  # one standard deviation, points
    low: Points  # the range within which this rider's 30-s share usually lies
    high: Points
    rides: Number  # earlier rides behind it; 0: today's first minutes only

    @property
    def share(self) -> Share:
        """It with its uncertainty, as a share of which nobody counted the revolutions."""
        return Share(self.left_percent, self.uncertainty, revolutions=None)


class BandShare(msgspec.Struct, frozen=True, gc=False):
    """The share within one power band, bounds as fractions of FTP (`high_ftp` None: no upper bound)."""

    name: Text
    low_ftp: OfFtp
    high_ftp: OfFtp | None
    share: Share


def band_name(low_ftp: float, high_ftp: float | None) -> str:
    """A band as the rider reads it: "<55 %", "55–75 %", ">120 %"."""
    if high_ftp is None:
        return f">{low_ftp * 100:.0f} %"
    return f"<{high_ftp * 100:.0f} %" if low_ftp == 0 else f"{low_ftp * 100:.0f}–{high_ftp * 100:.0f} %"


class Period(msgspec.Struct, frozen=True, gc=False):
    """From when until when something was so, ride seconds; `until_s` None while it is."""

    since_s: Seconds
    until_s: Seconds | None


_APART = 10.0  # points: rides whose levels differ more were not ridden on the same meter as it was


def at_most_common_level(levels: Sequence[float | None]) -> list[bool]:
    """Of rides on one meter, whether each has the level that most have; one without a level may have any.

    Where as many have one as another, the one with the more even legs counts.

    Args:
        levels: their left shares, %.
    """
    shown = sorted([x for x in levels if x is not None])
    if not shown or shown[-1] - shown[0] <= _APART:
        return [True] * len(levels)
    usual = min(shown[(len(shown) - 1) // 2 : len(shown) // 2 + 1], key=lambda x: abs(x - 50.0))
    return [x is None or abs(x - usual) <= _APART for x in levels]


class Estimate(msgspec.Struct, frozen=True):
    """A difference of shares or a slope, in points, with its standard error.

    `quantile` is how many standard errors its 95 % interval reaches to either side.
    """

    value: float
    standard_error: float
    quantile: float = Z_95

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.value - self.quantile * self.standard_error

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval."""
        return self.value + self.quantile * self.standard_error

    @property
    def real(self) -> bool:
        """Whether it is told from noise: the 95 % interval leaves zero out."""
        return abs(self.value) > self.quantile * self.standard_error

    @property
    def certainty(self) -> Literal["clear", "likely", "unknown"]:
        """How sure it is that it is not zero: its 95 % interval leaves zero out, or its 80 % interval does."""
        if self.real:
            return "clear"
        return "likely" if abs(self.value) > _Z_80 / Z_95 * self.quantile * self.standard_error else "unknown"
