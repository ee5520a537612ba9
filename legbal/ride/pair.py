"""Two one-sided meters ridden on as one: which is which, what both do together, what one alone may be said to."""

from legbal.meters.balance_octet import ConstantBalance, Reference
from legbal.meters.limits import Remark, applicable, limits
from legbal.meters.profile import Profile
from legbal.ride.alignment import Alignment, DuplicatePower, PairedSpan
from legbal.ride.inputs import Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.one_sided import OTHER, SILENT_S, OneSided, named_side, side_in
from legbal.ride.revolution import Reading, Revolution
from legbal.ride.share import BalanceQuality

_EITHER = Profile(id="pair", name="pair", kind="measured", peripherals=2)
_ALONE_S = 1.0  # what one side told alone, in all, is worth a sentence from here on


class Pair:
    """Stands where a ride has its meter; made when the first of the two sends.

    Attributes:
        constant: whether the balance moves.
        one_sided: the only side that is heard now: the power is this leg's alone. None while both are.
        total: the side whose meter turned out to send both legs' power; the other one's is not added to it.
        revolutions: turns, or short spans of them, of which both legs' work is known.
        skipped: turns of the crank of which it is not.
        without_balance: revolutions that one side told alone.
    """

    def __init__(self, setup: Setup, t: float) -> None:
        self._profile = setup.profile if setup.profile.peripherals == 2 else _EITHER
        self._setup = setup
        self._alignment = Alignment()
        self._since = t
        self._duplicate = DuplicatePower(setup.stated_ftp_w)
        self._octets: dict[str, float] = {}
        self._alone_s = 0.0
        self._news: Remark | None = None
        self._total_remark: Remark | None = None  # the ground of `total`
        self.constant = ConstantBalance()
        self.one_sided: Side | None = None
        self.total: OneSided | None = None
        self.revolutions = self.skipped = self.without_balance = 0

    def takes(self, meter: Meter) -> bool:
        """Whether this meter is one of the two; it becomes one where nobody is on its side yet."""
        halves = self._alignment.halves
        if any(half.meter is meter for half in halves.values()):
            return True
        side = side_in(self._setup, meter.name, meter.device.place)
        if side is None or side in halves:
            return False
        pair = self._setup.pair
        halves[side] = OneSided(
            meter, doubled=pair is not None and named_side(pair, meter.name) in self._setup.doubled
        )
        return True

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Those heard so far, left before right."""
        halves = self._alignment.halves
        return tuple(halves[side].meter for side in OTHER if side in halves)

    def feed(self, t: float, meter: Meter, revolution: Revolution | None) -> Reading:
        """Takes in what a packet of one of the two told, and gives what it settles for both.

        A revolution that one leg told alone goes into no average and is not given.
        """
        alone, total = self.one_sided, self.total
        settled = self._settle(t, meter, revolution)
        power_w, effort_w = self._stated()
        # Half of a doubled power may be half a watt; effort is in whole ones, as a single meter states it.
        return Reading(settled, power_w, round(effort_w), self.one_sided != alone, self.total is not total)

    def _settle(self, t: float, meter: Meter, revolution: Revolution | None) -> Revolution | None:
        halves = self._alignment.halves
        side, half = next((side, half) for side, half in halves.items() if half.meter is meter)
        if revolution is not None:
            if revolution.left_percent is not None:
                self._judge_octet(half, revolution.left_percent)
            if revolution.basis == "time":
                self._alignment.by_time(t)
            elif self._alignment.timed and not any(x.meter.counter.timed for x in halves.values()):
                self._alignment.by_count()
        news = half.feed(t, revolution, self._alignment.timed)
        self.advance(t)
        if self.total is not None:
            return revolution if self.total is half else None
        if self.one_sided is not None:
            work, seconds = self._alignment.settle_single(side)  # of the one heard: this packet is from it
            self._alone_s += seconds
            self.without_balance += work > 0 and seconds > 0
            return None
        if len(halves) < 2:
            return None
        common = self._alignment.feed(t, side, news)
        return None if common is None else self._combine(t, common)

    def _combine(self, t: float, common: PairedSpan) -> Revolution | None:
        work, seconds = common.left_j + common.right_j, common.seconds
        self.skipped += common.skipped
        if work <= 0 or seconds <= 0:
            return None
        self.revolutions += 1
        share = 100 * common.left_j / work
        self.constant.feed(share, work / seconds)
        if self._duplicate.feed(share, work, seconds):
            left, right = self.meters
            self._name_total(
                self._alignment.halves["left"],
                Remark("pair.same_power", {"left": left.name, "right": right.name}),
            )
            return None  # it has twice the work of the legs
        return Revolution(
            t,
            seconds,
            work,
            work / seconds,
            share,
            common.skipped,
            basis="time" if self._alignment.timed else "crank",
        )

    def _judge_octet(self, half: OneSided, left_percent: float) -> None:
        """A balance that moves, from one of the two: that one has both legs already."""
        name = half.meter.name
        if self.total is not None or not 0 < left_percent < 100:
            return
        if self._octets.setdefault(name, left_percent) != left_percent:
            others = [meter.name for meter in self.meters if meter is not half.meter]
            self._name_total(
                half,
                Remark("pair.total_of_two", {"meter": name, "other": others[0]})
                if others
                else Remark("pair.total", {"meter": name}),
            )

    def _name_total(self, total: OneSided, remark: Remark) -> None:
        self.total, self.one_sided = total, None
        self._total_remark = self._news = remark

    def advance(self, t: float) -> None:
        """Time has passed: a cadence is forgotten at rest, and it is seen who is missing."""
        halves = self._alignment.halves
        for meter in self.meters:
            meter.advance(t)
        if self.total is not None:
            return
        gone = [
            side
            for side in OTHER
            if (halves[side].is_gone(t) if side in halves else t - self._since > SILENT_S)
        ]
        alone = OTHER[gone[0]] if len(gone) == 1 and OTHER[gone[0]] in halves else None
        if alone != self.one_sided and (alone or not gone):
            self.one_sided = alone
            self._news = Remark("pair.complete") if alone is None else self._says_alone(alone)

    def _stated(self) -> tuple[float | None, float]:
        """The watts as last stated of both legs, and what both do as far as can be told.

        Of one, where only that is heard, and it stands for two, so that a lost link ends no interval; nothing is stated
        while the other may still come.
        """
        if self.total is not None:
            return self.total.power_w, self.total.power_w
        halves = self._alignment.halves
        if self.one_sided is not None:
            alone_w = halves[self.one_sided].power_w
            return alone_w, 2.0 * alone_w
        both_w = sum(half.power_w for half in halves.values())
        return (both_w, both_w) if len(halves) == 2 else (None, 2.0 * both_w)

    @property
    def cadence_rpm(self) -> float | None:
        """Of one of the two counters, never of both: the left one's while it tells a cadence."""
        meters = self.meters if self.total is None else (self.total.meter,)
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
            return self.total.meter.balance if self.total.meter.name in self._octets else "absent"
        if self.constant.constant:
            return "constant"
        return "absent" if self.one_sided is not None and not self.revolutions else "measured"

    @property
    def reference(self) -> Reference:
        """It is known which side is which; a total's own octet may leave it open."""
        return "left" if self.total is None else self.total.meter.reference

    def name_reference(self, right: bool) -> None:
        """The rider said that left is right."""
        if self.total is not None:
            self.total.meter.name_reference(right)
        elif right:
            self._alignment.exchange()

    def limits(self) -> tuple[Remark, ...]:
        """What these two can and cannot know, the most important first."""
        if self.total is not None and self._total_remark is not None:
            return (self._total_remark, *(self.total.meter.limits() if self.balance != "absent" else ()))
        alone, alignment = self.one_sided, self._alignment
        doubled = tuple(half.meter.name for half in alignment.halves.values() if half.scale < 1)
        return (
            *(() if alone is None else (self._says_alone(alone),)),
            *((Remark("pair.constant"),) if self.constant.constant else limits(self._profile)),
            *applicable(
                (bool(doubled), Remark("pair.doubled", {"meters": doubled})),
                (
                    alone is None and self._alone_s >= _ALONE_S,
                    Remark("pair.one_side", {"seconds": self._alone_s}),
                ),
                (alignment.timed, Remark("pair.by_time")),
            ),
        )

    def _says_alone(self, side: Side) -> Remark:
        half = self._alignment.halves.get(OTHER[side])
        if half is None:
            return Remark("pair.not_heard_yet", {"side": OTHER[side], "other": side})
        return Remark("pair.missing", {"side": OTHER[side], "other": side, "since": half.last_packet_t})

    def news(self) -> Remark | None:
        """What has just turned out, once."""
        news, self._news = self._news, None
        return news
