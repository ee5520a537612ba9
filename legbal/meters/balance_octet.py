"""What a profile and the rider's choices make of a balance octet, and whether the result moves at all.

Coasting placeholders need no rule of their own here: a balance is asked for only where a revolution was
counted (time moved, power above zero), and no placeholder survives that.
"""

from functools import cache
from typing import Literal, NamedTuple

from legbal.gatt.fields import BALANCE_GREATEST, BALANCE_PER_PERCENT
from legbal.meters.profile import Profile

# A share so near to 0 or 100 % is of one leg: a drill or a placeholder, not a weakness.
ONE_LEG_PERCENT = 5.0
OTHER_LEG_PERCENT = 100 - ONE_LEG_PERCENT

Reference = Literal["left", "right", "assumed_left", "unknown"]


class BalanceOctets(NamedTuple):
    """What balance octets mean: the side that they name, on whose word, and the left share of each octet, percent.

    The share is None above 200.
    """

    reference: Reference
    left_percent: tuple[float | None, ...]


def balance_octets(
    profile: Profile, swap_sides: bool = False, assume_left: bool = False
) -> tuple[BalanceOctets, BalanceOctets]:
    """How one meter's octets are read: while the measurement's reference bit is clear, and while it is set.

    Args:
        profile: the meter's family; it says what the octet names while the bit is clear, else that is left.
        swap_sides: the rider says that left and right are exchanged.
        assume_left: the rider agreed that the octet is the left share where the meter does not say.
    """
    unflagged: Reference = "assumed_left" if assume_left else "unknown"
    if profile.reference != "flag":
        unflagged = profile.reference
    swapped = profile.swapped != swap_sides
    return (
        BalanceOctets(unflagged, _shares(swapped != (profile.reference == "right"))),
        BalanceOctets("left", _shares(swapped)),
    )


@cache
def _shares(swapped: bool) -> tuple[float | None, ...]:
    shares = [raw / BALANCE_PER_PERCENT for raw in range(BALANCE_GREATEST + 1)]
    return (*(reversed(shares) if swapped else shares), *(None,) * (255 - BALANCE_GREATEST))


class ConstantBalance:
    """Tells a balance that never moves while power does: then the meter measures none.

    Fed once per revolution. The share must stay exactly the same for `REVOLUTIONS` of them, over which
    power spans at least `POWER_SPAN_W`; that outlasts a one-leg drill and a coarse, smoothed reading at
    steady power. A stray value does not end it, but a share that begins to move does, within seconds to a
    few minutes. Of a balance that has moved, shares of one leg prove nothing, however long it pedals alone.

    Args:
        expected: whether the meter's family has a balance. Of one that has none it is taken for constant until it has
            moved through many revolutions: then it is a balance, whatever is known of the family.
    """

    REVOLUTIONS = 200
    POWER_SPAN_W = 25.0
    _DECAY = 0.99  # of the evidence of movement, each revolution
    _MOVES = 3.0  # changes within about 100 revolutions: more than one stray value makes (away and back)
    # the same of a family that has no balance; what such a meter fills in counts for no change
    _MOVES_UNEXPECTED = 10.0
    _FILLED_IN = (0.0, 50.0, 100.0)

    __slots__ = (
        "_both", "_count", "_highest_w", "_last", "_lowest_w", "_moved", "_moves", "constant", "percent",
    )  # fmt: skip

    def __init__(self, *, expected: bool = True) -> None:
        self.constant = not expected
        self._moves = self._MOVES if expected else self._MOVES_UNEXPECTED
        self.percent = 50.0  # where it stood when it was found to be constant
        self._last: float | None = None
        self._moved = 0.0
        self._both = 0  # changes to a share of both legs
        self._begin(0.0)

    def _begin(self, power_w: float) -> None:
        self._count = 0
        self._lowest_w = self._highest_w = power_w

    def feed(self, left_percent: float, power_w: float) -> bool:
        """Whether the balance is constant, after one more revolution with this share and power."""
        moved = left_percent != self._last
        if ONE_LEG_PERCENT < left_percent < OTHER_LEG_PERCENT:
            self._both += moved
        elif self._both >= self._MOVES and not self.constant:
            return False
        self._last = left_percent
        if self.constant:
            counts = moved and (self._moves == self._MOVES or left_percent not in self._FILLED_IN)
            self._moved = self._moved * self._DECAY + counts
            if self._moved >= self._moves:
                self.constant = False
                self._begin(power_w)
        elif moved:  # the hot path: `_begin`, in place
            self._count = 0
            self._lowest_w = self._highest_w = power_w
        else:
            self._count += 1
            if power_w < self._lowest_w:
                self._lowest_w = power_w
            elif power_w > self._highest_w:
                self._highest_w = power_w
            if self._count >= self.REVOLUTIONS and self._highest_w - self._lowest_w >= self.POWER_SPAN_W:
                self.constant, self._moved, self.percent = True, 0.0, left_percent
        return self.constant
