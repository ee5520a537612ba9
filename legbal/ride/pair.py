"""Two one-sided meters ridden on as one: which is which, what both do together, what one alone may be said to."""

from __future__ import annotations

from typing import Literal

from legbal.meters.balance_octet import ConstantBalance
from legbal.meters.identify import side_of
from legbal.meters.limits import Remark, limits
from legbal.meters.profile import Profile
from legbal.ride.alignment import OTHER, Alignment, Common
from legbal.ride.duplicate_power import DuplicatePower
from legbal.ride.inputs import Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.one_sided import SILENT_S, OneSided
from legbal.ride.revolution import Reading, Revolution
from legbal.ride.share import BalanceQuality, Reference

_EITHER = Profile(id="pair", name="pair", kind="measured", peripherals=2)
_PLACES: dict[str, Side] = {
    "left crank": "left",
    "left pedal": "left",
    "right crank": "right",
    "right pedal": "right",
}
_TOLD_S = 1.0  # what one side told alone, in all, is worth a sentence from here on


def side_in(setup: Setup, name: str, place: str | None) -> Side | None:
    """Which leg the meter of this name has, where a ride's setup speaks of two meters; None: it is no half.

    The rider's word holds before the name, and that before where the meter says that it sits (0x2A5D).
    """
    side: Side | None = None
    if setup.pair is not None:
        side = named_side(setup.pair, name)
    elif setup.profile.peripherals == 2:
        side = side_of(setup.profile, name) or _PLACES.get(place or "")
    return OTHER[side] if side is not None and setup.swap_sides else side


def named_side(pair: tuple[str, str], name: str) -> Side | None:
    """The side on which the rider named this meter, in full or by how its name begins."""
    folded, left, right = name.casefold(), pair[0].casefold(), pair[1].casefold()
    if folded in (left, right):
        return "left" if folded == left else "right"
    if folded.startswith(left) == folded.startswith(right):
        return None
    return "left" if folded.startswith(left) else "right"


class Pair:
    """Stands where a ride has its meter; made when the first of the two sends.

    Attributes:
        constant: whether the balance moves.
        total: the meter that turned out to send both legs' power; the other one is not added to it.
        revolutions: turns, or short stretches of them, of which both legs' work is known.
        not_seen: turns of the crank of which it is not.
        without_balance: revolutions that one side told alone.
    """

    def __init__(self, setup: Setup, t: float) -> None:
        self._profile = setup.profile if setup.profile.peripherals == 2 else _EITHER
        self._setup = setup
        self._halved: list[str] = []
        self._alignment = Alignment()
        self._t = self._since = t
        self._twice = DuplicatePower(setup.ftp_w)
        self._octets: dict[str, float] = {}
        self._missing: Side | None = None
        self._alone_s = 0.0
        self._news: Remark | None = None
        self._why: Remark | None = None  # the ground of `total`
        self.constant = ConstantBalance()
        self.total: Meter | None = None
        self.revolutions = self.not_seen = self.without_balance = 0

    def takes(self, meter: Meter) -> bool:
        """Whether this meter is one of the two; it becomes one where nobody is on its side yet."""
        halves = self._alignment.halves
        if any(half.meter is meter for half in halves.values()):
            return True
        side = side_in(self._setup, meter.name, meter.place)
        if side is None or side in halves:
            return False
        pair = self._setup.pair
        doubled = pair is not None and named_side(pair, meter.name) in self._setup.doubled
        halves[side] = OneSided(meter, doubled)
        if doubled:
            self._halved.append(meter.name)
        return True

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Those heard so far, left before right."""
        halves = self._alignment.halves
        return tuple(halves[side].meter for side in OTHER if side in halves)

    def feed(self, t: float, meter: Meter, reading: Reading) -> Reading:
        """Takes in a packet of one of the two, and gives what it settles for both.

        A revolution that one leg told alone goes into no average and is not given.
        """
        total, alone = self.total, self.one_sided
        revolution = self._settle(t, meter, reading)
        return Reading(
            self.power_w, revolution, self._effort_w, self.one_sided != alone, self.total is not total
        )

    def _settle(self, t: float, meter: Meter, reading: Reading) -> Revolution | None:
        self._t = t
        halves, revolution = self._alignment.halves, reading.revolution
        side: Side = "left" if "left" in halves and halves["left"].meter is meter else "right"
        if revolution is not None:
            if revolution.left_percent is not None:
                self._judge_octet(meter, revolution.left_percent)
            if revolution.basis == "time":
                self._alignment.by_time(t)
        news = halves[side].feed(t, reading, self._alignment.timed)
        self.advance(t)
        if self.total is not None:
            return revolution if self.total is meter else None
        if self._missing is not None:
            if side != self._missing:
                self._alone(side)
            return None
        if len(halves) < 2:
            return None
        common = self._alignment.feed(t, side, news)
        return None if common is None else self._together(t, common)

    def _together(self, t: float, common: Common) -> Revolution | None:
        work, seconds = common.left_j + common.right_j, common.seconds
        self.not_seen += common.not_seen
        if work <= 0 or seconds <= 0:
            return None
        self.revolutions += 1
        share = 100 * common.left_j / work
        self.constant.feed(share, work / seconds)
        if self._twice.feed(share, work, seconds):
            left, right = self.meters
            self._found(left, Remark("pair.same_power", {"left": left.name, "right": right.name}))
        basis: Literal["crank", "time"] = "time" if self._alignment.timed else "crank"
        return Revolution(t, seconds, work, work / seconds, share, common.not_seen, basis)

    def _alone(self, side: Side) -> None:
        work, seconds = self._alignment.alone(side)
        self._alone_s += seconds
        self.without_balance += work > 0 and seconds > 0

    def _judge_octet(self, meter: Meter, left_percent: float) -> None:
        """A balance that moves, from one of the two: that one has both legs already."""
        if self.total is None and 0 < left_percent < 100:
            if self._octets.setdefault(meter.name, left_percent) == left_percent:
                return
            others = [other.name for other in self.meters if other is not meter]
            why = Remark("pair.total", {"meter": meter.name})
            if others:
                why = Remark("pair.total_of_two", {"meter": meter.name, "other": others[0]})
            self._found(meter, why)

    def _found(self, total: Meter, why: Remark) -> None:
        self.total, self._missing = total, None
        self._why = self._news = why

    def advance(self, t: float) -> None:
        """Time has passed: a cadence is forgotten at rest, and it is seen who is missing."""
        self._t = t
        for meter in self.meters:
            meter.advance(t)
        if self.total is not None:
            return
        gone = [side for side in OTHER if self._is_gone(side)]
        missing = gone[0] if len(gone) == 1 and OTHER[gone[0]] in self._alignment.halves else None
        if missing != self._missing and (missing or not gone):
            self._missing = missing
            self._news = Remark("pair.complete") if missing is None else self._says_missing(missing)

    def _is_gone(self, side: Side) -> bool:
        half = self._alignment.halves.get(side)
        return self._t - self._since > SILENT_S if half is None else half.is_gone(self._t)

    @property
    def one_sided(self) -> Side | None:
        """The only side that is heard now: the power is this leg's alone. None while both are."""
        return None if self._missing is None else OTHER[self._missing]

    @property
    def power_w(self) -> float | None:
        """As last stated, of both legs; of one, where only that is heard; None while the other may still come."""
        if self.total is not None:
            return self._stated(self.total)
        halves = self._alignment.halves
        if self._missing is not None:
            return halves[OTHER[self._missing]].power_w
        return None if len(halves) < 2 else halves["left"].power_w + halves["right"].power_w

    @property
    def _effort_w(self) -> float:
        """What both legs do as far as can be told, so that a lost link ends no interval: one leg stands for two."""
        halves = self._alignment.halves
        known = self.power_w
        if known is None:
            return 2.0 * sum(half.power_w for half in halves.values())
        return 2.0 * known if self._missing is not None else known

    def _stated(self, meter: Meter) -> float:
        return next(half.power_w for half in self._alignment.halves.values() if half.meter is meter)

    @property
    def cadence_rpm(self) -> float | None:
        """Of one of the two counters, never of both: the left one's while it tells a cadence."""
        meters = self.meters if self.total is None else (self.total,)
        turning = [meter.cadence_rpm for meter in meters if meter.pedalling]
        return next((rpm for rpm in (*turning, *(m.cadence_rpm for m in meters)) if rpm is not None), None)

    @property
    def pedalling(self) -> bool:
        """Whether the cranks turn under power."""
        return any(meter.pedalling for meter in self.meters)

    @property
    def name(self) -> str:
        """Of both, left first."""
        return " + ".join(meter.name for meter in self.meters)

    @property
    def balance(self) -> BalanceQuality:
        """Measured, as each side has a sensor of its own, unless there is nothing to set against each other."""
        if self.total is not None:
            return self.total.balance if self.total.name in self._octets else "absent"
        if self.constant.constant:
            return "constant"
        return "absent" if self._missing is not None and not self.revolutions else "measured"

    @property
    def reference(self) -> Reference:
        """It is known which side is which; a total's own octet may leave it open."""
        return "left" if self.total is None else self.total.reference

    def name_reference(self, right: bool) -> None:
        """The rider said that left is right."""
        if self.total is not None:
            self.total.name_reference(right)
        elif right:
            self._alignment.exchange()

    def limits(self) -> tuple[Remark, ...]:
        """What these two can and cannot know, the most important first."""
        if self.total is not None and self._why is not None:
            return (self._why, *(self.total.limits() if self.balance != "absent" else ()))
        said = limits(self._profile)
        if self.constant.constant:
            said = (Remark("pair.constant"),)
        if self._halved:
            said = (*said, Remark("pair.doubled", {"meters": tuple(self._halved)}))
        if self._missing is not None:
            said = (self._says_missing(self._missing), *said)
        elif self._alone_s >= _TOLD_S:
            said = (*said, Remark("pair.one_side", {"seconds": self._alone_s}))
        if self._alignment.timed:
            said = (*said, Remark("pair.by_time"))
        return said

    def _says_missing(self, side: Side) -> Remark:
        half = self._alignment.halves.get(side)
        if half is None:
            return Remark("pair.not_heard_yet", {"side": side, "other": OTHER[side]})
        return Remark("pair.missing", {"side": side, "other": OTHER[side], "since": half.heard_t})

    def news(self) -> Remark | None:
        """What has just turned out, once."""
        news, self._news = self._news, None
        return news
