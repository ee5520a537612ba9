"""One meter within a ride: its counters, what it sends, and what its balance turns out to be worth."""

from __future__ import annotations

from collections import deque

import msgspec

from legbal.errors import DecodeError
from legbal.gatt import characteristics, uuids
from legbal.gatt.fields import REFERENCE_LEFT, TORQUE_AT_CRANK
from legbal.gatt.measurement import decode
from legbal.meters.balance_octet import BalanceDecoder, ConstantBalance
from legbal.meters.limits import Remark, limits
from legbal.meters.probe import MeterProbe
from legbal.ride import fit_record
from legbal.ride.inputs import FIT_RECORD, Link, Notification, Setup
from legbal.ride.revolution import CrankCounter, Revolution
from legbal.ride.share import BalanceQuality, Reference
from legbal.ride.view import LinkView

CHARACTERISTICS = (uuids.FEATURES, uuids.LOCATION, uuids.BATTERY_LEVEL)
_LOW_PERCENT = 15  # of a battery
# So many notifications with power but without a balance, and this meter sends none.
_ABSENT_AFTER = 20
_WATCHED = 1_200  # notifications of an unlisted meter whose balance moves: its habits show within minutes
_CADENCE_OVER_S = 5.0  # long enough for a source that stamps its packets' time
_STOPPED_AFTER_S = 3.0
# Track sprinters reach some 2,500 W. What is beyond all legs is a fault on the way, and one such second would weigh
# more than minutes of pedalling.
_BEYOND_LEGS_W = 3_000
_FIT_LONGEST_S = 10.0  # smart recording leaves out seconds in which little changed


class Meter:
    """Reads one meter's notifications; never mixes its counters with another's.

    Args:
        name: how the source calls it.
        setup: the ride's setup, for the profile and the rider's choices.
    """

    def __init__(self, name: str, setup: Setup) -> None:
        self.name = name
        self.profile = setup.profile
        self._correction = BalanceDecoder(setup.profile, setup.swap_sides, setup.assume_left)
        self._swap_sides = setup.swap_sides
        self.counter = CrankCounter()
        self.constant = ConstantBalance()
        self.notifications = 0
        self.undecodable = 0
        self.without_balance = 0
        self.revolutions = 0
        self.power_w = 0  # as last stated
        self._with_balance = 0
        self._observer = MeterProbe() if setup.profile.kind == "unknown" else None
        self._says_balance: bool | None = None  # bit 0 of its features
        self.reference: Reference = "unknown"
        self._stated_rpm: float | None = None
        self._turning: deque[tuple[float, int]] = deque()  # crank time, revolutions
        self._turned_t = 0.0
        self._timed = False
        self.battery_percent: int | None = None
        self.place: str | None = None  # where it says that it sits (0x2A5D)
        self.lost = False  # its link, since it sent last
        self._link = Link(0.0, "connected", name)
        self._told: BalanceQuality = self.balance if setup.profile.has_balance else "unknown"
        self._look_at = ConstantBalance.REVOLUTIONS  # then what was watched is looked at; 0: it has shown

    def read(self, item: Notification) -> Revolution | None:
        """The new revolution that a measurement or FIT record tells, if it tells one that counts.

        Raises:
            DecodeError: the octets are not what the characteristic's definition says, or tell a power beyond legs.
        """
        self.notifications += 1
        if item.uuid == FIT_RECORD:
            return self._read_fit(item)
        try:
            m = decode(item.data)
            _refuse_beyond_legs(m.power_w, "instantaneous power", 2, item.data)
        except DecodeError:
            self.undecodable += 1
            raise
        if self._observer is not None and (self._look_at or self.notifications <= _WATCHED):
            self._observer.feed(item.t, m)
        left = None
        raw = m.balance_raw
        power = self.power_w = m.power_w
        if raw is not None:
            self._with_balance += 1
            flagged = m.flags & REFERENCE_LEFT != 0
            left = self._correction.left_percent(raw, flagged)
            self.reference = self._correction.reference(flagged)
        elif power > 0:
            self.without_balance += 1
        torque = m.accumulated_torque_raw if m.flags & TORQUE_AT_CRANK else None
        revolution = self.counter.feed(
            item.t, power, left, m.crank_revolutions, m.crank_event_time_raw, torque
        )
        if revolution is not None:
            self._turn(item.t, revolution)
        return revolution

    def _turn(self, t: float, revolution: Revolution) -> None:
        """Notes a new revolution: cadence, and whether the balance moves."""
        self.revolutions += 1
        self._turned_t = t
        self._stated_rpm = None
        if revolution.left_percent is not None:
            self.constant.feed(revolution.left_percent, revolution.power_w)
        if revolution.basis == "time":
            self._timed = True
        turning, now = self._turning, self.counter.events
        turning.append((now, self.counter.revolved))
        while turning[0][0] < now - _CADENCE_OVER_S:
            turning.popleft()

    @property
    def cadence_rpm(self) -> float | None:
        """Of the last five seconds of pedalling, or as a FIT file states it; 0 at rest, None when not known yet."""
        if self._stated_rpm is not None or not self._turning:
            return self._stated_rpm
        (from_, before), (now, turned) = self._turning[0], self._turning[-1]
        return 60 * (turned - before) / (now - from_) if now > from_ else None

    def _read_fit(self, item: Notification) -> Revolution | None:
        """A FIT record: whole percents, usually of the right leg; power × time stands for work."""
        try:
            record = fit_record.decode(item.data)
            power, left = record.power or 0, None
            _refuse_beyond_legs(power, "power of a FIT record", 0, item.data)
        except DecodeError:
            self.undecodable += 1
            raise
        share = record.share
        if share is not None:
            self._with_balance += 1
            percent, right = share
            left = self._correction.left_percent(2 * (100 - percent if right else percent), right)
            self.reference = "right" if right else self._correction.reference(False)
        elif power > 0:
            self.without_balance += 1
        turning = record.cadence is None or record.cadence > 0
        self.power_w = power
        self.counter.longest_s = _FIT_LONGEST_S
        revolution = self.counter.feed(item.t, power if turning else 0, left, None, None, None)
        if revolution is not None:
            self._turn(item.t, revolution)
        self._stated_rpm = record.cadence
        return revolution

    @property
    def meters(self) -> tuple[Meter, ...]:
        """Itself: what may be ridden on is one meter or several."""
        return (self,)

    @property
    def not_seen(self) -> int:
        """Revolutions that no notification told."""
        return self.counter.not_seen

    def advance(self, t: float) -> None:
        """Forgets the cadence once the cranks have stood still."""
        if self._turning and t - self._turned_t > _STOPPED_AFTER_S:
            self._turning.clear()
            self._stated_rpm = 0.0

    def name_reference(self, right: bool) -> None:
        """The rider said which leg the octet names, the meter having left that open."""
        named = msgspec.structs.replace(self.profile, reference="right") if right else self.profile
        self._correction = BalanceDecoder(named, self._swap_sides, assume_left=not right)
        self.reference = self._correction.reference(False)

    @property
    def pedalling(self) -> bool:
        """Whether the cranks turn under power."""
        return bool(self._turning)

    @property
    def balance(self) -> BalanceQuality:
        """What this meter's balance is, by its profile and by how it behaves."""
        if not self.profile.has_balance:
            return "absent"
        if not self._with_balance:
            said_so = self._says_balance is False and self.profile.peripherals == 1
            if said_so or self.without_balance >= _ABSENT_AFTER:
                return "absent"
        if self.constant.constant:
            return "constant"
        kind = self.profile.kind
        return "measured" if kind == "measured" else "estimated" if kind == "estimated" else "unknown"

    def limits(self) -> tuple[Remark, ...]:
        """What this meter can and cannot know, the most important first."""
        balance = self.balance
        reference = "left" if self.reference == "right" else self.reference
        said = list(
            limits(self.profile, reference=reference, absent=balance == "absent", stated=self._says_balance)
        )
        watched = list(self._conclusions())
        if balance == "constant":
            said = [Remark("balance.constant", {"percent": self.constant.percent})]
            watched = watched[1:]
        moves = balance == "unknown" and not self._look_at  # tells more than that nobody knows it
        said = watched + said if moves else said + watched
        if self._timed:
            said.append(Remark("limit.by_time"))
        return tuple(said)

    def _conclusions(self) -> tuple[Remark, ...]:
        """What watching an unlisted meter has shown so far, the balance first."""
        if self._observer is None:
            return ()
        seen = self._observer.seen()
        return seen.conclusions() if seen.notifications else ()

    def learn(self, item: Notification) -> bool:
        """Takes in one of `CHARACTERISTICS`; says whether the battery has just become low. Raises DecodeError."""
        if item.uuid == uuids.FEATURES:
            self._says_balance = characteristics.decode_feature(item.data).has("balance")
        elif item.uuid == uuids.LOCATION:
            self.place = characteristics.decode_location(item.data)
        else:
            was, self.battery_percent = self.battery_percent, characteristics.decode_battery_level(item.data)
            return self.battery_percent <= _LOW_PERCENT and (was is None or was > _LOW_PERCENT)
        return False

    def news(self) -> Remark | None:
        """What has just turned out about the worth of the balance, once; asked at every reading."""
        if self._with_balance <= 1 or self.constant.constant != (self._told == "constant"):
            balance = self.balance
            if balance != self._told:
                self._told = balance
                return self.limits()[0]
        if self._observer is None or not self._look_at or self.revolutions < self._look_at:
            return None
        seen = self._observer.seen()
        moves = seen.balance == "moves"
        self._look_at = 0 if moves else self.revolutions + ConstantBalance.REVOLUTIONS
        return seen.conclusions()[0] if moves else None

    def follow(self, link: Link) -> bool:
        """Takes over the state of the link; says whether it changed (a new signal strength is no change)."""
        if link.state in ("lost", "stalled", "ended"):
            self.lost = True
        changed = (link.state, link.remark) != (self._link.state, self._link.remark)
        self._link = link if changed else msgspec.structs.replace(self._link, rssi=link.rssi)
        return changed

    def link_view(self) -> LinkView:
        """The link as the screen shows it."""
        link = self._link
        return LinkView(self.name, link.state, link.t, link.remark, link.rssi, self.battery_percent)


def _refuse_beyond_legs(power_w: int, field: str, offset: int, octets: bytes) -> None:
    if power_w > _BEYOND_LEGS_W:
        raise DecodeError(field, offset, octets, f"{power_w} W are more than legs can do")
