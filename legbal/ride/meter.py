"""One meter within a ride: what it sends, and what its balance turns out to be worth."""

from collections import deque

import msgspec

from legbal.errors import DecodeError
from legbal.gatt import characteristics, uuids
from legbal.gatt.fields import REFERENCE_LEFT, TORQUE_AT_CRANK
from legbal.gatt.measurement import decode
from legbal.meters.balance_octet import ConstantBalance, Reference, balance_octets
from legbal.meters.limits import LOW_BATTERY_PERCENT, Remark, limits
from legbal.meters.probe import MeterProbe
from legbal.ride.fit_record import FitRecord
from legbal.ride.heart_rate import HeartRateReadings
from legbal.ride.inputs import FIT_RECORD, Link, Notification, Setup
from legbal.ride.reassembly import Reassembler
from legbal.ride.revolution import CrankCounter, Reading, Revolution, cadence_of
from legbal.ride.share import BalanceQuality
from legbal.ride.view import LinkView

CHARACTERISTICS = (uuids.FEATURES, uuids.LOCATION, uuids.BATTERY_LEVEL)

# So many notifications with power but without a balance, and this meter sends none.
_ABSENT_AFTER = 20
_WATCHED = 1_200  # notifications of an unlisted meter whose balance moves: its habits show within minutes
_CADENCE_OVER_S = 5.0  # long enough for a source that stamps its packets' time
_CADENCES = 128  # revolutions told within that time, at the most
_STOPPED_AFTER_S = 3.0
# Track sprinters reach some 2,500 W. What is beyond all legs is a fault on the way, and one such second would weigh
# more than minutes of pedalling.
_BEYOND_LEGS_W = 3_000
_FIT_LONGEST_S = 10.0  # smart recording leaves out seconds in which little changed


class Device(msgspec.Struct):
    """What a meter says of itself, and the link to it.

    Attributes:
        link: as the screen shows it.
        heart_rate: takes in what the records of a FIT file say of it.
        lost: whether the link was lost since the meter sent last.
        place: where the meter says that it sits (0x2A5D).
        missing: fields that its measurements announce and lack, for they are cut short.
        has_balance: whether its features (0x2A65) say that it can send one; None: not read.
    """

    link: LinkView
    heart_rate: HeartRateReadings
    lost: bool = False
    place: str | None = None
    has_balance: bool | None = None
    missing: tuple[str, ...] = ()

    def follow(self, link: Link) -> bool:
        """Takes over the state of the link; says whether it changed (a new signal strength is no change)."""
        self.lost |= link.state in ("lost", "stalled", "ended")
        changed = (link.state, link.remark) != (self.link.state, self.link.remark)
        self.link = LinkView(
            self.link.meter,
            link.state,
            link.t if changed else self.link.since,
            link.remark,
            link.rssi,
            self.link.battery_percent,
        )
        return changed

    def learn(self, item: Notification) -> Remark | None:
        """Takes in one of `CHARACTERISTICS`; tells when the battery has just become low. Raises DecodeError."""
        if item.uuid == uuids.FEATURES:
            self.has_balance = "balance" in characteristics.decode_feature(item.data).features
        elif item.uuid == uuids.LOCATION:
            self.place = characteristics.decode_location(item.data)
        else:
            was, now = self.link.battery_percent, characteristics.decode_battery_level(item.data)
            self.link = msgspec.structs.replace(self.link, battery_percent=now)
            if now <= LOW_BATTERY_PERCENT and (was is None or was > LOW_BATTERY_PERCENT):
                return Remark("battery.low", {"percent": now})
        return None


class Meter:
    """Reads one meter's notifications; never mixes its counters with another's.

    Args:
        name: how the source calls it.
        setup: the ride's setup, for the profile and the rider's choices.
        heart_rate: as of a `Device`; None: it is not wanted.

    Attributes:
        parts: joins what comes in two parts.
    """

    one_sided = None  # it speaks for both legs

    def __init__(self, name: str, setup: Setup, heart_rate: HeartRateReadings | None = None) -> None:
        self.name = name
        self.device = Device(LinkView(name, "connected", 0.0), heart_rate or HeartRateReadings())
        self.counter = CrankCounter()
        self.constant = ConstantBalance(expected=setup.profile.has_balance)
        self.notifications = self.undecodable = self.revolutions = 0
        self.power_w = 0  # as last stated
        self.reference: Reference = "unknown"
        self._setup = setup
        self._octets = balance_octets(setup.profile, setup.swap_sides, setup.assume_left)
        self.parts = Reassembler()
        self._with_balance = self.without_balance = 0  # notifications; without one those under power
        self._probe = MeterProbe() if setup.profile.kind == "unknown" else None
        self._look_at = ConstantBalance.REVOLUTIONS  # then what was watched is looked at; 0: it has shown
        self._stated_rpm: float | None = None
        self._turning: deque[tuple[float, int]] = deque(maxlen=_CADENCES)  # crank time, revolutions
        self._turned_t = 0.0
        self._reported: BalanceQuality = self.balance if setup.profile.has_balance else "unknown"

    def read(self, item: Notification) -> Revolution | None:
        """The new revolution that a measurement or FIT record tells, if it tells one that counts.

        Raises:
            DecodeError: the octets are not what the characteristic's definition says, or tell a power beyond legs.
        """
        record = FitRecord.decode(item.data) if item.uuid == FIT_RECORD else None
        m = decode(item.data) if record is None else record.measurement()
        power = m.power_w
        if not -_BEYOND_LEGS_W <= power <= _BEYOND_LEGS_W:
            raise DecodeError(
                "power of a FIT record" if record else "instantaneous power",
                0 if record else 2,
                item.data,
                f"{power} W are more than legs can do",
            )
        self.notifications += 1
        t, parts = item.t, self.parts
        if m.flags == parts.usual:
            parts.latest = t, m
        elif record is None:
            whole = parts.feed(t, m)
            if whole is None:
                return None
            t, m = whole
            power = m.power_w
        if self._probe is not None and record is None and (self._look_at or self.notifications <= _WATCHED):
            self._probe.feed(t, m)
        self.power_w = power
        left, raw = None, m.balance_raw
        if raw is not None:
            self._with_balance += 1
            flagged = m.flags & REFERENCE_LEFT != 0
            reference, shares = self._octets[flagged]
            left = shares[raw]
            self.reference = "right" if flagged and record else reference
        elif power > 0:
            self.without_balance += 1
        rpm = None
        counter = self.counter
        if record is not None:
            counter.longest_s = _FIT_LONGEST_S
            rpm = self._stated_rpm = record.cadence_rpm
            if rpm == 0:
                power = 0
            if (bpm := record.heart_rate_bpm) is not None:
                self.device.heart_rate.add(t, bpm)
        torque = m.accumulated_torque_raw if m.flags & TORQUE_AT_CRANK else None
        revolution = counter.feed(t, power, left, m.crank_revolutions, m.crank_event_time_raw, torque)
        if revolution is None:
            return None
        self.revolutions += 1
        self._turned_t = t
        self._stated_rpm = rpm
        if left is not None:
            self.constant.feed(left, power)
        self._turning.append((counter.events, counter.revolved))
        return revolution

    @property
    def cadence_rpm(self) -> float | None:
        """Of the last five seconds of pedalling, or as a FIT file states it; 0 at rest, None when not known yet."""
        turning = self._turning
        if self._stated_rpm is not None or not turning:
            return self._stated_rpm
        now, turned = turning[-1]
        while turning[0][0] < now - _CADENCE_OVER_S:
            turning.popleft()
        from_, before = turning[0]
        return cadence_of(60 * (turned - before) / (now - from_)) if now > from_ else None

    @property
    def meters(self) -> "tuple[Meter, ...]":
        """Itself."""
        return (self,)

    def takes(self, meter: "Meter") -> bool:
        """Whether it is the meter itself."""
        return meter is self

    def feed(self, t: float, _: "Meter", revolution: Revolution | None) -> Reading:
        """Gives what its packet told; without a revolution the cadence is forgotten in time."""
        if revolution is None and t - self._turned_t > _STOPPED_AFTER_S:
            self.advance(t)
        return Reading(revolution, self.power_w, float(self.power_w))

    @property
    def skipped(self) -> int:
        """Revolutions that no notification told."""
        return self.counter.skipped

    def advance(self, t: float) -> None:
        """Forgets the cadence once the cranks have stood still."""
        if self._turning and t - self._turned_t > _STOPPED_AFTER_S:
            self._turning.clear()
            self._stated_rpm = 0.0

    def name_reference(self, right: bool) -> None:
        """The rider said which leg the octet names, the meter having left that open."""
        profile = self._setup.profile
        if right:
            profile = msgspec.structs.replace(profile, reference="right")
        self._octets = balance_octets(profile, self._setup.swap_sides, assume_left=not right)
        self.reference = self._octets[False].reference

    @property
    def pedalling(self) -> bool:
        """Whether the cranks turn under power."""
        return bool(self._turning)

    @property
    def balance(self) -> BalanceQuality:
        """What this meter's balance is, by its profile and by how it behaves."""
        profile = self._setup.profile
        if not profile.has_balance:  # unless one arrives that moves: nobody knows what that is worth
            return "absent" if self.constant.constant else "unknown"
        states_none = self.device.has_balance is False and profile.peripherals == 1
        if not self._with_balance and (states_none or self.without_balance >= _ABSENT_AFTER):
            return "absent"
        if self.constant.constant:
            return "constant"
        return profile.kind if profile.kind in ("measured", "estimated") else "unknown"

    def limits(self) -> tuple[Remark, ...]:
        """What this meter can and cannot know, the most important first."""
        balance = self.balance
        remarks = limits(
            self._setup.profile,
            reference=self.reference,
            absent=balance == "absent",
            unexpected=balance == "unknown" and not self._setup.profile.has_balance,
            stated=self.device.has_balance,
        )
        report = None if self._probe is None else self._probe.report()
        watched = report.conclusions() if report and report.notifications else ()
        if balance == "constant":
            remarks, watched = (Remark("balance.constant", {"percent": self.constant.percent}),), watched[1:]
        moves = balance == "unknown" and not self._look_at  # tells more than that nobody knows it
        remarks = watched + remarks if moves else remarks + watched
        return (*remarks, Remark("limit.by_time")) if self.counter.timed else remarks

    def news(self) -> Remark | None:
        """What has just turned out about the worth of the balance, once; asked at every reading."""
        if self._with_balance <= 1 or self.constant.constant != (self._reported in ("constant", "absent")):
            balance = self.balance
            if balance != self._reported:
                self._reported = balance
                return self.limits()[0]
        if self._probe is None or not self._look_at or self.revolutions < self._look_at:
            return None
        report = self._probe.report()
        moves = report.balance == "moves"
        self._look_at = 0 if moves else self.revolutions + ConstantBalance.REVOLUTIONS
        return report.conclusions()[0] if moves else None
