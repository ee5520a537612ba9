"""Watches what an unlisted meter does, and concludes what that shows: its profile can be drafted from it."""

import math
from collections import Counter
from typing import Final, Literal

import msgspec

from legbal.gatt.fields import BALANCE_GREATEST, BALANCE_PER_PERCENT, REFERENCE_LEFT
from legbal.gatt.measurement import Measurement
from legbal.meters.balance_octet import ONE_LEG_PERCENT, ConstantBalance
from legbal.meters.limits import Remark, applicable
from legbal.meters.profile import Content, Placeholder

_WRAP: Final = 0x1_0000
# So many different octets with a common divisor are no chance: for even ones it is 1 in 2 to this power.
_OCTETS_FOR_STEP: Final = 8
_LEAST_OF_BOTH: Final = ONE_LEG_PERCENT * BALANCE_PER_PERCENT
_RUNS_ON: Final = 3  # counts without time that are no chance
_GAP_S: Final = 5.0  # a longer silence is a lost link and says nothing of the rate

_HELD: Final[dict[Placeholder, int | None]] = {"fifty": 100, "zero": 0, "hundred": 200, "absent": None}
# The flags that say that a field is there.
_PRESENT: Final[dict[Content, int]] = {"balance": 1 << 0, "accumulated_torque": 1 << 2, "crank": 1 << 5}

Moves = Literal["moves", "constant", "absent", "unknown"]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a meter; None where it does not show.

    Attributes:
        notifications: measurements watched.
        revolutions: new crank events under power.
        balance: whether the balance moves, never did while power moved, or never came under power.
        octet_percent: where it stood, for a constant one.
        spread_points: standard deviation of the share of both legs from revolution to revolution.
        reference_left: whether the reference bit was set with every balance, or with none.
        fields: what its measurements carry.
        resolution_percent: the step in which the balance comes.
        placeholder: what the octet holds at 0 W with the crank at rest.
        rate_hz: notifications a second.
        repeats: whether a revolution came again while there was power.
        skipped: revolutions that no notification told.
        counts_while_stopped: whether the crank count went on while its time stood still.
    """

    notifications: int
    revolutions: int
    balance: Moves
    octet_percent: float | None = None
    spread_points: float | None = None
    reference_left: bool | None = None
    fields: tuple[Content, ...] | None = None
    resolution_percent: float | None = None
    placeholder: Placeholder | None = None
    rate_hz: float | None = None
    repeats: bool | None = None
    skipped: int = 0
    counts_while_stopped: bool | None = None

    def conclusions(self) -> tuple[Remark, ...]:
        """What may be concluded, the most important first."""
        step = self.resolution_percent or 0.0
        return applicable(
            (self.balance == "constant", Remark("balance.constant", {"percent": self.octet_percent or 0.0})),
            (self.balance == "moves", Remark("probe.moves", {"spread_points": self.spread_points or 0.0})),
            (self.balance in ("absent", "unknown"), Remark(f"probe.{self.balance}")),
            (self.reference_left is False, Remark("probe.reference")),
            (step > 1 / BALANCE_PER_PERCENT, Remark("probe.steps", {"step_percent": step})),
            (
                self.placeholder is not None and self.balance == "moves",
                Remark(f"probe.at_rest_{self.placeholder}"),
            ),
            (self.repeats is True, Remark("probe.repeats")),
            (self.skipped > 0, Remark("probe.skipped", {"revolutions": self.skipped})),
            (self.counts_while_stopped is True, Remark("probe.counts_while_stopped")),
        )


class MeterProbe:
    """Watches the measurements of one meter, in order. `feed` takes them in; `report` says what they show."""

    def __init__(self) -> None:
        self._last: tuple[float, Measurement] | None = None
        self._waited = 0.0
        self._octets: Counter[int] = Counter()  # of revolutions under power
        self._lowest_w, self._highest_w = math.inf, -math.inf
        self._notifications = self._intervals = self._rested = self._ran_on = 0
        self._revolutions = self._repeats = self._skipped = 0
        self._references: set[bool] = set()
        self._flags = 0  # all that were set
        self._pedalled_octet: int | None = None
        self._at_rest: set[Placeholder] = {*_HELD, "last"}  # all that explains every octet seen at rest

    def feed(self, t: float, m: Measurement) -> None:
        """Takes in one measurement that arrived at `t` seconds."""
        self._notifications += 1
        self._flags |= m.flags
        if m.balance_raw is not None:
            self._references.add(m.flags & REFERENCE_LEFT != 0)
        if self._last is not None:
            last_t, last = self._last
            if 0 < t - last_t <= _GAP_S:
                self._intervals += 1
                self._waited += t - last_t
            self._turn(last, m)
        self._last = t, m

    def _turn(self, last: Measurement, m: Measurement) -> None:
        counted = m.crank_revolutions is not None and last.crank_revolutions is not None
        turned = ((m.crank_revolutions or 0) - (last.crank_revolutions or 0)) % _WRAP
        forward = turned if turned < _WRAP // 2 else 0
        fresh = not counted or m.crank_event_time_raw != last.crank_event_time_raw
        if m.power_w > 0:
            self._pedalled_octet = m.balance_raw
            if fresh:
                self._revolutions += 1
                self._skipped += max(forward - 1, 0) if counted else 0
                self._lowest_w = min(self._lowest_w, m.power_w)
                self._highest_w = max(self._highest_w, m.power_w)
                if m.balance_raw is not None and m.balance_raw <= BALANCE_GREATEST:
                    self._octets[m.balance_raw] += 1
            else:
                self._repeats += turned == 0
        elif not fresh:
            # at 0 W with the crank at rest: whether its count runs on, and what explains its octet
            self._rested += 1
            self._ran_on += forward > 0
            if self._pedalled_octet is not None:
                held = _HELD | {"last": self._pedalled_octet}
                self._at_rest &= {name for name, octet in held.items() if octet == m.balance_raw}

    def report(self) -> Report:
        """What the measurements so far show."""
        moves = self._moves()
        fields = tuple(name for name, flag in _PRESENT.items() if self._flags & flag)
        # the greatest step of which all octets under power are multiples
        step = min(10.0, math.gcd(*self._octets) / BALANCE_PER_PERCENT)
        counted = "crank" in fields and self._revolutions >= _OCTETS_FOR_STEP
        return Report(
            notifications=self._notifications,
            revolutions=self._revolutions,
            balance=moves,
            octet_percent=self._commonest() / BALANCE_PER_PERCENT if moves == "constant" else None,
            spread_points=self._spread_points() if moves == "moves" else None,
            reference_left=next(iter(self._references)) if len(self._references) == 1 else None,
            # fewer notifications do not show what the meter sends, nor fewer intervals between them how often
            fields=fields if self._notifications >= 5 else None,
            resolution_percent=step if len(self._octets) >= _OCTETS_FOR_STEP else None,
            placeholder=next(iter(self._at_rest)) if len(self._at_rest) == 1 else None,
            rate_hz=self._intervals / self._waited if self._intervals >= 20 else None,
            repeats=(self._repeats >= 2) if counted else None,  # one may be chance
            skipped=self._skipped,
            counts_while_stopped=(self._ran_on >= _RUNS_ON) if self._rested >= _RUNS_ON else None,
        )

    def _moves(self) -> Moves:
        counted = self._octets.total()
        if not counted:
            return "absent" if self._revolutions >= ConstantBalance.REVOLUTIONS else "unknown"
        others = counted - self._octets[self._commonest()]
        # fewer other octets, or a smaller part of all, are strays
        if others >= 3 and others > 0.01 * counted:
            return "moves"
        spans = self._highest_w - self._lowest_w >= ConstantBalance.POWER_SPAN_W
        return "constant" if spans and counted >= ConstantBalance.REVOLUTIONS else "unknown"

    def _commonest(self) -> int:
        return self._octets.most_common(1)[0][0]

    def _spread_points(self) -> float:
        """Of both legs' shares, where there are any: a drill is no scatter."""
        of_both = {
            x: n for x, n in self._octets.items() if _LEAST_OF_BOTH < x < BALANCE_GREATEST - _LEAST_OF_BOTH
        }
        octets = of_both or self._octets
        counted = sum(octets.values())
        mean = sum(octet * count for octet, count in octets.items()) / counted
        squares = sum((octet - mean) ** 2 * count for octet, count in octets.items()) / counted
        return math.sqrt(squares) / BALANCE_PER_PERCENT
