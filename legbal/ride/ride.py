"""The fold: a ride takes inputs in, one by one, and gives events and views; it is the same live, replayed, reviewed.

It reads no clock and does nothing but compute, so the same inputs always give the same events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import takewhile

import msgspec

from legbal.errors import DecodeError
from legbal.gatt import battery, feature, location
from legbal.meters.profile import UNLISTED
from legbal.meters.words import kind_of
from legbal.ride.baseline_fit import RideSample
from legbal.ride.cue_policy import CuePolicy
from legbal.ride.dropoff_alert import DropOff
from legbal.ride.events import (
    Alert,
    Clear,
    Event,
    Fault,
    FaultCode,
    IntervalEnd,
    IntervalStart,
    Lap,
    LinkChange,
    MeterChange,
)
from legbal.ride.ftp import Shown
from legbal.ride.inputs import FIT_RECORD, Input, Link, Mark, Notification, Setup
from legbal.ride.interval import Intervals
from legbal.ride.meter import Meter, Reading
from legbal.ride.pair import Pair, side_in
from legbal.ride.ring import Ring
from legbal.ride.statistics import RideStatistics
from legbal.ride.threshold_alert import Threshold, one_leg
from legbal.ride.view import AlertView, BalanceQuality, Counts, RideView, Share

MEASUREMENT = "2a63"
_BATTERY = "2a19"
_FEATURES = "2a65"
_LOCATION = "2a5d"
_LOW_BATTERY_PERCENT = 15
_POWER_OVER_S = 3.0
_POWERS = 512  # stated within that time, at the most
_RECOVERED_S = 5.0
_SILENCE_S = 3.0


class Ride:
    """One ride, from its setup over all its inputs.

    `feed` takes the inputs in order of time and gives the events that each settles; `view` is the ride as it
    stands, at any moment; `close` settles what is still open when there is no more to come.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.t = self._measured_t = 0.0
        self._meters: dict[str, Meter] = {}
        self._meter: Meter | Pair | None = None  # what is ridden on: the first that sends, or two as one
        self._pair: Pair | None = None
        self._legs = self._new_legs()
        self._powers: deque[tuple[float, float]] = deque(maxlen=_POWERS)
        self._intervals = Intervals(setup.ftp_w, setup.plan, earlier_ftp_w=setup.earlier_ftp_w)
        self._threshold = Threshold(setup.threshold, setup.weak_leg)
        self._dropoff = DropOff(
            setup.baseline,
            weak_leg=setup.weak_leg,
            sensitivity=setup.sensitivity,
            ftp_w=setup.ftp_w,
            rezeroes=setup.profile.rezeroes,
        )
        self._cues = CuePolicy(setup.cooldown_s)
        self._laps = 0
        self._notes: list[tuple[float, str]] = []
        self._told: list[AlertView] = []
        self._cleared: Clear | None = None
        self._alerts: dict[str, Alert] = {}
        self._inputs = self._unusable = 0
        self._defects: set[tuple[str, str]] = set()  # those that were told

    def feed(self, item: Input) -> list[Event]:
        """Takes in one input; its time must not be before the last one's. Gives the events it settles.

        An input on which this code fails does not end the ride: it is passed over and told as a `Fault`, once for
        each defect. What it had settled until then stands and is told, so that whatever holds has been told; the
        same input fails in the same place whenever the ride is read again.
        """
        t = self.t = item.t if item.t > self.t else self.t
        self._inputs += 1
        events: list[Event] = []
        try:
            self._take(t, item, events)
        except Exception as error:
            self._unusable += 1
            self._fault(error, "unusable_input", events, getattr(item, "meter", ""))
        return events

    def close(self) -> list[Event]:
        """The ride is over: an open interval ends, an alert that holds is cleared."""
        events: list[Event] = []
        try:
            self._bound(self._intervals.close(self.t), events)
            if self._meter is not None:
                self._watch(self.t, self._meter, None, events)
        except Exception as error:
            self._fault(error, "unsettled_end", events)
        return events

    def _fault(self, error: Exception, code: FaultCode, events: list[Event], meter: str = "") -> None:
        """Tells a defect of the fold, once."""
        defect = type(error).__name__, _place(error)
        if defect not in self._defects:
            self._defects.add(defect)
            events.append(Fault(self.t, code, self._inputs, meter, *defect))

    def _take(self, t: float, item: Input, events: list[Event]) -> None:
        if isinstance(item, Notification):
            if item.uuid == MEASUREMENT or item.uuid == FIT_RECORD:
                self._measure(t, item, events)
            else:
                self._characteristic(item, events)
        elif isinstance(item, Mark):
            self._mark(t, item, events)
        else:
            if isinstance(item, Link) and self._meter_named(item.meter).follow(item):
                events.append(LinkChange(t, item.state, item.meter, item.text))
            self._silence(t, events)

    def _new_legs(self) -> RideStatistics:
        rule = self.setup.threshold
        window_s = None if rule.target_percent is None else rule.window_s
        return RideStatistics(self.setup.bands, window_s, self.setup.profile.resolution_percent)

    def _meter_named(self, name: str) -> Meter:
        if name not in self._meters:
            self._meters[name] = Meter(name, self.setup)
        return self._meters[name]

    def _measure(self, t: float, item: Notification, events: list[Event]) -> None:
        """The hot path: octets → revolution → windows, interval, alerts."""
        meter = self._meters.get(item.meter) or self._meter_named(item.meter)
        try:
            reading = meter.read(item)
        except DecodeError as error:
            if meter.undecodable == 1:
                events.append(MeterChange(t, "undecodable", str(error), item.meter))
            return
        if meter is not self._meter:
            unmet = self._meter is None
            pair = self._pair_with(t, meter)
            if unmet and self._meter is not None:
                events += self._identified(t, self._meter)
            if pair is not None:
                self._measure_pair(t, pair, meter, reading, events)
                return
            if meter is not self._meter:
                return
        self._measured_t = t
        legs, power = self._legs, reading.power_w
        self._powers.append((t, power))
        revolution = reading.revolution
        if revolution is not None:
            legs.add(revolution)
        else:
            meter.advance(t)
        bounds = self._intervals.feed(t, power)
        if bounds:
            self._bound(bounds, events)
        if self._intervals.ftp_w != legs.ftp_w:
            legs.use_ftp(self._intervals.ftp_w)
        self._watch(t, meter, reading, events)
        news = meter.news()
        if news is not None:
            events.append(MeterChange(t, "balance", news, meter.name))

    def _identified(self, t: float, meter: Meter | Pair) -> list[Event]:
        """Who the meter is, where its family is known; two that the rider put together are of none."""
        profile = self.setup.profile
        if self.setup.pair is not None or profile.id == UNLISTED.id:
            return []
        return [MeterChange(t, "identified", kind_of(profile), meter.name)]

    def _pair_with(self, t: float, meter: Meter) -> Pair | None:
        """The pair that this meter is one of; the first of all to send begins one, or is ridden on alone."""
        if self._pair is not None and meter in self._pair.meters:
            return self._pair
        side = side_in(self.setup, meter.name, meter.place)
        if self._meter is None:
            if side is not None:
                self._meter = self._pair = Pair(self.setup, t)
            elif self.setup.pair is None:
                self._meter = meter
        return self._pair if self._pair is not None and self._pair.takes(meter, side) else None

    def _measure_pair(
        self, t: float, pair: Pair, meter: Meter, reading: Reading, events: list[Event]
    ) -> None:
        """The same for one of two meters that are ridden on together."""
        was_total, was_alone = pair.total, pair.one_sided
        revolution = pair.feed(t, meter, reading)
        if pair.one_sided != was_alone:  # one leg's watts and both legs' have no mean
            self._powers.clear()
        if pair.total is not was_total:  # what was added up so far is put aside
            self._legs = self._new_legs()
            self._intervals.forget_power()
        self._measured_t = t
        legs, power, effort = self._legs, pair.power_w, pair.effort_w
        if power is not None:
            self._powers.append((t, power))
        if revolution is not None and (revolution.left_percent is not None or pair.total is not None):
            legs.add(revolution)  # one leg's power alone goes into no average
        self._bound(self._intervals.feed(t, effort), events)
        if self._intervals.ftp_w != legs.ftp_w:
            legs.use_ftp(self._intervals.ftp_w)
        self._watch(t, pair, Reading(round(effort), revolution), events)
        news = pair.news()
        if news is not None:
            events.append(MeterChange(t, "balance", news, pair.name))

    def _silence(self, t: float, events: list[Event]) -> None:
        """Time passed without a measurement; a tick between two of a slow meter is no silence yet."""
        if t - self._measured_t < _SILENCE_S:
            return
        self._bound(self._intervals.tick(t), events)
        if self._meter is not None:
            self._meter.advance(t)
            self._watch(t, self._meter, None, events)

    def _bound(self, bounds: Sequence[IntervalStart | IntervalEnd], events: list[Event]) -> None:
        """Takes in interval boundaries."""
        for event in bounds:
            events.append(event)
            self._legs.interval(event, self.usual_percent)

    def _watch(self, t: float, meter: Meter | Pair, reading: Reading | None, events: list[Event]) -> None:
        """Asks both alerts; `reading` is None in silence. Cues follow from what they say."""
        power = 0.0 if reading is None else reading.power_w
        revolution = None if reading is None else reading.revolution
        in_work = self._intervals.in_work
        if meter.constant.constant:
            revolution = None  # nothing is measured: nothing may be told
        told: Event | None = self._dropoff.feed(t, power, revolution, in_work)
        if isinstance(told, MeterChange):
            told = msgspec.structs.replace(told, meter=meter.name)
        if told is not None:
            events.append(told)
        if self._legs.threshold is not None:
            now = None if revolution is None else revolution.left_percent
            told = self._threshold.feed(t, self._legs.threshold, power, meter.cadence_rpm, in_work, now)
            if told is not None:
                events.append(told)
        if not events and not self._alerts:
            return
        for event in events:
            if isinstance(event, Alert):
                self._alerts[event.kind] = event
                self._told.append(AlertView.of(event))
            elif isinstance(event, Clear):
                self._alerts.pop(event.kind, None)
                self._cleared = event
        events += self._cues.feed(t, events)

    def _characteristic(self, item: Notification, events: list[Event]) -> None:
        """Anything but a measurement: features, location, battery level; what else a meter says is only kept."""
        if item.uuid not in (_BATTERY, _FEATURES, _LOCATION):
            return
        meter = self._meter_named(item.meter)
        try:
            if item.uuid == _FEATURES:
                meter.describe(feature.decode(item.data))
                return
            if item.uuid == _LOCATION:
                meter.place = location.decode(item.data)
                return
            percent = battery.decode(item.data)
        except DecodeError as error:
            events.append(MeterChange(self.t, "undecodable", str(error), item.meter))
            return
        was, meter.battery_percent = meter.battery_percent, percent
        if percent <= _LOW_BATTERY_PERCENT and (was is None or was > _LOW_BATTERY_PERCENT):
            events.append(MeterChange(self.t, "battery", f"Battery at {percent} %.", item.meter))

    def _mark(self, t: float, mark: Mark, events: list[Event]) -> None:
        """Something that the rider did."""
        if mark.kind == "lap":
            self._laps += 1
            events.append(Lap(t, self._laps))
            self._bound(self._intervals.lap(t), events)
        elif mark.kind == "note":
            self._notes.append((t, mark.text))
        elif mark.kind in ("mute", "unmute"):
            self._cues.muted = mark.kind == "mute"
        elif self._meter is not None:
            right = mark.kind == "reference_right"
            self._meter.name_reference(right)
            if right:  # all so far was read as left: it is put aside rather than turned round
                self._legs = self._new_legs()
                self._legs.use_ftp(self._intervals.ftp_w)
            text = f"The balance names the {'right' if right else 'left'} leg, the rider says."
            events.append(MeterChange(t, "reference", text, self._meter.name))

    def view(self) -> RideView:
        """The ride as it stands now."""
        t, legs, meter = self.t, self._legs, self._meter
        balance: BalanceQuality = "unknown" if meter is None else meter.balance

        def worth(share: Share) -> Share:
            return share.power_only() if balance in ("absent", "constant") else share

        last_10s = worth(legs.last(10.0, t))
        intervals = tuple(
            msgspec.structs.replace(x, share=worth(x.share)) for x in legs.interval_views(self.usual_percent)
        )
        running = intervals[-1] if intervals and intervals[-1].end_s is None else None
        planned = self.setup.plan
        held = self._alerts.get("dropoff") or self._alerts.get("threshold")
        back = self._cleared
        return RideView(
            t=t,
            balance=balance,
            reference="unknown" if meter is None else meter.reference,
            meter_name="" if meter is None else meter.name,
            limits=(() if meter is None else meter.limits()) + self._others() + self._ftp_said(),
            links=tuple(m.link_view() for m in self._meters.values()),
            power_w=self._power_w(),
            cadence_rpm=None if meter is None else meter.cadence_rpm,
            pedalling=meter is not None and meter.pedalling,
            one_leg=one_leg(last_10s.left_percent),
            one_sided=None if self._pair is None else self._pair.one_sided,
            last_3s=worth(legs.last(3.0, t)),
            last_10s=last_10s,
            last_30s=worth(legs.last(30.0, t)),
            ride=worth(legs.ride.share()),
            interval=running,
            intervals=intervals,
            intervals_planned=len(planned) or None,
            interval_left_s=next((x.end - t for x in planned if x.start <= t < x.end), None),
            bands=tuple(msgspec.structs.replace(x, share=worth(x.share)) for x in legs.bands()),
            weak_leg=self._dropoff.weak_leg,
            weak_leg_inferred=self._dropoff.weak_leg_inferred,
            target_percent=self.setup.threshold.target_percent,
            usual=None if last_10s.power_w is None else self._dropoff.usual(last_10s.power_w),
            evidence=self._dropoff.evidence,
            alert=None if held is None else AlertView.of(held),
            recovered=back.side if back and back.reason == "back" and t - back.t <= _RECOVERED_S else None,
            told=tuple(self._told),
            muted=self._cues.muted,
            notes=tuple(self._notes),
            ftp_w=self._intervals.ftp_w,
            ftp_estimated=self._intervals.ftp_estimated,
            counts=self._counts(),
            trace=legs.trace(t),
        )

    @property
    def revolutions(self) -> Ring:
        """The latest revolutions counted; another ring once those so far were put aside."""
        return self._legs.ring

    def stated(self, since: float) -> tuple[float | None, float | None]:
        """Mean of the watts stated after ride second `since`, and the cadence now; None where there is none."""
        watts = [power for _, power in takewhile(lambda stated: stated[0] > since, reversed(self._powers))]
        cadence = None if self._meter is None else self._meter.cadence_rpm
        return sum(watts) / len(watts) if watts else None, cadence

    def sample(self) -> RideSample:
        """What this ride teaches of the rider's usual balance."""
        return self._dropoff.sample()

    def ftp_shown(self) -> Shown:
        """What this ride says of the rider's FTP."""
        return self._intervals.ftp_shown

    def usual_percent(self, power_w: float) -> float | None:
        """The left share that is usual at a power as believed now, today's level included; None: nothing is."""
        usual = self._dropoff.usual(power_w)
        return None if usual is None else usual.left_percent

    def _power_w(self) -> float | None:
        """Mean of what was stated over the last three seconds."""
        stated = [power for t, power in self._powers if t > self.t - _POWER_OVER_S]
        return sum(stated) / len(stated) if stated else None

    def _others(self) -> tuple[str, ...]:
        """A sentence on meters whose measurements are not ridden on."""
        ridden = (self._meter,) if self._pair is None else self._pair.meters
        others = [m.name for m in self._meters.values() if m not in ridden and m.notifications]
        return (f"Not counted in: {', '.join(others)}.",) if others else ()

    def _ftp_said(self) -> tuple[str, ...]:
        """A sentence on an FTP that is not stated, or against which rides speak."""
        said = None if self._meter is None else self._intervals.ftp_said
        return () if said is None else (said,)

    def _counts(self) -> Counts:
        meters, pair = self._meters.values(), self._pair
        told: list[Meter | Pair] = [m for m in meters if pair is None or m not in pair.meters]
        told += [pair] if pair is not None else []
        return Counts(
            notifications=sum(m.notifications for m in meters),
            repeats=sum(m.counter.repeats for m in meters),
            undecodable=sum(m.undecodable for m in meters),
            revolutions=sum(m.revolutions for m in told),
            not_seen=sum(m.not_seen for m in told),
            without_balance=sum(m.without_balance for m in told),
            unusable=self._unusable,
        )


def _place(error: Exception) -> str:
    """Where an exception arose: module and line."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return "" if at is None else f"{at.tb_frame.f_globals.get('__name__', '')}:{at.tb_lineno}"


def fold(setup: Setup, inputs: Iterable[Input]) -> tuple[list[Event], RideView]:
    """A whole ride at once: all its events, and its view at the end. What review does."""
    ride = Ride(setup)
    events = [event for item in inputs for event in ride.feed(item)]
    return events + ride.close(), ride.view()
