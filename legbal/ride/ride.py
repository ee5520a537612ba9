"""The fold: a ride takes inputs in, one by one, and gives events and views; it is the same live, replayed, reviewed.

It reads no clock: the same inputs give the same events, but for a view's failure, told only where somebody looked.
"""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from traceback import walk_tb

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.measurement import decode_cut_short, encode
from legbal.gatt.uuids import MEASUREMENT
from legbal.meters.limits import Remark, applicable
from legbal.meters.profile import UNLISTED
from legbal.ride.alerts import Alerts, Moment, load_kinds
from legbal.ride.drill import OneLegDetector
from legbal.ride.events import (
    Defect,
    Event,
    Fault,
    IntervalEnd,
    IntervalStart,
    Lap,
    LinkChange,
    MeterChange,
    Note,
)
from legbal.ride.glance import glance_at
from legbal.ride.inputs import FIT_RECORD, Input, Link, Mark, Notification, Setup
from legbal.ride.interval import Intervals
from legbal.ride.meter import CHARACTERISTICS, Meter
from legbal.ride.meter_fault import MeterFault
from legbal.ride.power_source import PowerSource, count, mean_since, source_for, unusable
from legbal.ride.share import BalanceQuality, Share
from legbal.ride.statistics import RideStatistics
from legbal.ride.usual import UsualBalance
from legbal.ride.view import BLANK, Glance, RideView, leave_out_invalid
from legbal.ride.work_interval import with_dropoffs

load_kinds()

_POWER_OVER_S, _POWERS = 3.0, 512  # power is stated so often within that time, at the most
_SILENCE_S = 3.0


class Ride:
    """One ride, from its setup over all its inputs.

    `feed` takes the inputs in order of time and gives the events that each settles; `view` is the ride as it
    stands, at any moment; `close` settles what is still open when there is no more to come.

    Attributes:
        setup: what it is ridden with.
        t: ride seconds of the latest input.
        intervals: the work so far, and the FTP that it speaks for.
        statistics: the revolutions counted, added up; another one once those so far were put aside.
        usual: the rider's usual balance, and what this ride teaches of it.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.t = self._measured_t = 0.0
        self._meters: dict[str, Meter] = {}
        self._source: PowerSource | None = None  # what is ridden on: the first that sends, or two as one
        self.statistics = RideStatistics(setup.bands, setup.profile.resolution_percent)
        self._powers: deque[tuple[float, float]] = deque(maxlen=_POWERS)
        self.intervals = Intervals.of(setup)
        self.usual = UsualBalance(setup)
        self._alerts = Alerts(setup, self.usual, self.intervals)
        self._ended = -1.0  # where the latest interval did
        self._notes: list[tuple[float, str]] = []
        self._inputs = self._laps = 0
        self._failures: Counter[Defect] = Counter()  # of all that was fed, whether told or not
        self._defects: set[tuple[str, str]] = set()  # those that were told
        self._untold: list[Event] = []  # met in a view, until the next input

    def feed(self, item: Input) -> list[Event]:
        """Takes in one input; its time must not be before the last one's. Gives the events it settles.

        An input on which this code fails does not end the ride: it is passed over and told as a `Fault`, once for
        each defect. What it had settled until then stands and is told, so that whatever holds has been told; the
        same input fails in the same place whenever the ride is read again.
        """
        t = self.t = item.t if item.t > self.t else self.t
        self._inputs += 1
        events, self._untold = self._untold, []
        try:
            try:
                if isinstance(item, Notification) and (item.uuid == MEASUREMENT or item.uuid == FIT_RECORD):
                    self._measure(t, item, events)
                else:
                    self._take(t, item, events)
            except DecodeError as error:
                self._read_what_is_whole(t, item, error, events)
        except Exception as error:  # a defect costs the one input it was met in
            self._fault(error, "unusable_input", events, getattr(item, "meter", ""))
        return events

    def _take(self, t: float, item: Input, events: list[Event]) -> None:
        """Takes in whatever is no measurement."""
        if isinstance(item, Notification):
            if item.uuid in CHARACTERISTICS:  # what else a meter says is only kept
                low = self._meter_named(item.meter).device.learn(item)
                if low is not None:
                    events.append(MeterChange(t, "battery", low, item.meter))
        elif isinstance(item, Mark):
            self._mark(t, item, events)
        else:
            if isinstance(item, Link) and self._meter_named(item.meter).device.follow(item):
                events.append(LinkChange(t, item.state, item.meter, item.remark))
            if t - self._measured_t >= _SILENCE_S:  # between two measurements of a slow meter is none yet
                self._bound(self.intervals.tick(t), events)
                if self._source is not None:
                    self._source.advance(t)
                self._rest(t, events)

    def _read_what_is_whole(self, t: float, item: Input, error: DecodeError, events: list[Event]) -> None:
        """Of octets that cannot be read; a measurement that was cut short counts as far as it goes."""
        assert isinstance(item, Notification)
        meter = self._meter_named(item.meter)
        cut = decode_cut_short(item.data) if item.uuid == MEASUREMENT else None
        if cut is not None:
            if not meter.device.missing:
                meter.device.missing = cut.missing
                remark = Remark("cut_short", {"missing": cut.missing})
                events.append(MeterChange(t, "undecodable", remark, item.meter))
            try:
                self._measure(t, msgspec.structs.replace(item, data=encode(cut.measurement)), events)
            except DecodeError as of_what_is_whole:
                error = of_what_is_whole
            else:
                return
        if item.uuid not in CHARACTERISTICS:
            meter.notifications += 1
            meter.undecodable += 1
        if item.uuid in CHARACTERISTICS or meter.undecodable == 1:  # of measurements, the first is told
            events.append(
                MeterChange(t, "undecodable", Remark("undecodable", {"error": str(error)}), item.meter)
            )

    def close(self) -> list[Event]:
        """The ride is over: an open interval ends, an alert that holds is cleared."""
        events, self._untold = self._untold, []
        try:
            self.statistics.one_leg.close()
            self._bound(self.intervals.close(self.t), events)
            self._rest(self.t, events)
            events += self._alerts.close(self.t)
        except Exception as error:  # a defect, too, leaves the events so far, and says what is missing
            self._fault(error, "unsettled_end", events)
        return events

    def _fault(self, error: Exception, code: Defect, events: list[Event], meter: str = "") -> None:
        self._failures[code] += code != "failed_view"  # how often it is viewed is no part of the ride
        *_, (frame, line) = walk_tb(error.__traceback__)
        defect = type(error).__name__, f"{frame.f_globals['__name__']}:{line}"
        if defect not in self._defects:
            self._defects.add(defect)
            events.append(Fault(self.t, code, self._inputs, meter, *defect))

    def _meter_named(self, name: str) -> Meter:
        return self._meters.get(name) or self._meters.setdefault(name, Meter(name, self.setup))

    def _measure(self, t: float, item: Notification, events: list[Event]) -> None:
        """The hot path: octets → revolution → windows, interval, alerts."""
        meter = self._meters.get(item.meter) or self._meter_named(item.meter)
        revolution = meter.read(item)
        if meter.parts.pending:
            return
        source = meter if meter is self._source else self._source_of(t, meter, events)
        if source is None:
            return
        reading = source.feed(t, meter, revolution)
        revolution, stated, effort_w = reading.revolution, reading.revolution, reading.effort_w
        if reading.other_legs:
            self._powers.clear()
        if reading.disproved:
            self._forget()
            self.intervals.estimate.forget()
        if reading.power_w is not None:
            self._powers.append((t, reading.power_w))
        self._measured_t = t
        statistics, intervals = self.statistics, self.intervals
        if revolution is not None:
            revolution = statistics.add(revolution)
        bounds = intervals.feed(t, effort_w)
        if bounds:
            self._bound(bounds, events)
        if (ftp_w := intervals.estimate.ftp_w) != statistics.ftp_w:
            statistics.use_ftp(ftp_w)
        measured = not source.constant.constant
        self._ask(Moment(t, effort_w, revolution, intervals.at_work, source, measured, stated=stated), events)
        if (news := source.news()) is not None:
            events.append(MeterChange(t, "balance", news, source.name))

    def _source_of(self, t: float, meter: Meter, events: list[Event]) -> PowerSource | None:
        """What is ridden on, if this meter's measurements belong to it; the first meter to send decides."""
        source, profile = self._source, self.setup.profile
        if source is None:
            source = self._source = source_for(self.setup, meter, t)
            # Two that the rider put together are of no family.
            if source is not None and self.setup.pair is None and profile.id != UNLISTED.id:
                family = Remark(f"identified.{profile.kind}", {"family": profile.name})
                events.append(MeterChange(t, "identified", family, source.name))
        return source if source is not None and source.takes(meter) else None

    def _forget(self) -> None:
        self.statistics = RideStatistics(self.setup.bands, self.setup.profile.resolution_percent)
        self._alerts.forget()

    def _rest(self, t: float, events: list[Event]) -> None:
        if self._source is not None:
            self._ask(Moment(t, 0.0, None, self.intervals.at_work, self._source), events)

    def _ask(self, now: Moment, events: list[Event]) -> None:
        now.ended, now.alone, now.input = self._ended, self.statistics.one_leg.running, self._inputs
        for defect in self._alerts.feed(now, events):
            self._fault(defect, "failed_alert", events)

    def _bound(self, bounds: Sequence[IntervalStart | IntervalEnd], events: list[Event]) -> None:
        events += bounds
        for event in bounds:
            self._ended = event.at if isinstance(event, IntervalEnd) else self._ended
            self.statistics.interval(event, self.usual_percent)

    def _mark(self, t: float, mark: Mark, events: list[Event]) -> None:
        if mark.kind == "lap":
            self._laps += 1
            events.append(Lap(t, self._laps))
            self._bound(self.intervals.lap(t), events)
        elif mark.kind == "note":
            self._notes.append((t, mark.text))
            events.append(Note(t, mark.text))
        elif mark.kind in ("mute", "unmute"):
            self._alerts.cues.muted = mark.kind == "mute"
        elif self._source is not None:
            right = mark.kind == "reference_right"
            self._source.name_reference(right)
            if right:  # all so far was read as left: it is put aside rather than turned round
                self._forget()
                self.statistics.use_ftp(self.intervals.estimate.ftp_w)
            named = Remark("balance.reference", {"side": "right" if right else "left"})
            events.append(MeterChange(t, "reference", named, self._source.name))

    def view(self) -> RideView:
        """The ride as it stands now; where this code fails on it, only that it does, which an event tells, too."""
        try:
            return self.whole_view()
        except Exception as error:  # what is taken in and recorded does not depend on being looked at
            self._fault(error, "failed_view", self._untold)
            return msgspec.structs.replace(BLANK, t=self.t, limits=(Remark("fault.failed_view"),))

    def whole_view(self) -> RideView:
        """As `view`, for what keeps it: where this code fails on it, it raises that."""
        t, statistics, source, meters = self.t, self.statistics, self._source, self._meters.values()
        others = [meter for meter in meters if source is None or meter not in source.meters]
        not_counted = tuple(meter.name for meter in others if meter.notifications)
        of_ftp = self.intervals.estimate.remark
        sources: Sequence[PowerSource] = others if source is None else [*others, source]
        balance: BalanceQuality = "unknown" if source is None else source.balance
        is_one = balance not in ("absent", "constant")
        one_leg = statistics.one_leg if is_one else OneLegDetector()
        fault = self._alerts.meter_fault if is_one else MeterFault(self.usual.baseline)
        # what a side that gave up leaves looks like one leg alone, and is no drill
        drills = tuple(x for x in one_leg.drills if not fault.covers(x.start_s, x.end_s))
        no_drill_s = sum(x.seconds for x in one_leg.drills) - sum(x.seconds for x in drills)

        def worth(share: Share) -> Share:
            return share if is_one else Share(power_w=share.power_w)

        last_10s, trace, cues = worth(statistics.last(10.0, t)), statistics.ring.trace(t), self._alerts.cues
        intervals = tuple(
            msgspec.structs.replace(x, share=worth(x.share))
            for x in with_dropoffs(statistics.interval_views(self.usual_percent), cues.told)
        )
        view = RideView(
            t=t,
            balance=balance,
            reference="unknown" if source is None else source.reference,
            meter_name="" if source is None else source.name,
            limits=(
                *(() if source is None else source.limits()),
                *fault.limits(),
                *unusable(meters, +self._failures),
                *one_leg.limits(no_drill_s),
                *applicable((bool(not_counted), Remark("ride.not_counted", {"meters": not_counted}))),
                *(() if source is None or of_ftp is None else (of_ftp,)),
            ),
            links=tuple(m.device.link for m in meters),
            power_w=self.stated(t - _POWER_OVER_S)[0],
            cadence_rpm=None if source is None else source.cadence_rpm,
            pedalling=source is not None and source.pedalling,
            one_leg=one_leg.side(t) if fault.wrong_since is None else None,
            one_sided=None if source is None else source.one_sided,
            last_3s=worth(statistics.last(3.0, t)),
            last_10s=last_10s,
            last_30s=worth(statistics.last(30.0, t)),
            glance=glance_at(t, statistics, self.usual, self.intervals, self._alerts) if is_one else Glance(),
            ride=worth(statistics.ride.share()),
            interval=intervals[-1] if intervals and intervals[-1].end_s is None else None,
            intervals=intervals,
            intervals_planned=len(self.setup.plan) or None,
            interval_left_s=next((x.end - t for x in self.setup.plan if x.start <= t < x.end), None),
            bands=tuple(msgspec.structs.replace(x, share=worth(x.share)) for x in statistics.bands()),
            drills=drills,
            weak_leg=self.usual.weak_leg,
            weak_leg_inferred=self.usual.weak_leg_inferred,
            target_percent=self.setup.threshold.target_percent,
            usual=None if last_10s.power_w is None else self.usual.at(last_10s.power_w),
            evidence=self._alerts.evidence,
            watch=self._alerts.watch,
            alert=self._alerts.shown(t),
            not_back=self._alerts.not_back(t),
            recovered=cues.recovered(t),
            told=cues.alerts,
            meter_wrong_since=fault.wrong_since,
            meter_wrong=tuple(fault.stretches),
            muted=cues.muted,
            notes=tuple(self._notes),
            ftp_w=self.intervals.estimate.ftp_w,
            ftp_estimated=self.intervals.estimate.estimated,
            counts=count(meters, sources, self._failures["unusable_input"]),
            trace=trace.without_shares() if balance == "absent" else trace,
        )
        return leave_out_invalid(view)

    def stated(self, since: float) -> tuple[float | None, float | None]:
        """Mean of the watts stated after ride second `since`, and the cadence now; None where there is none."""
        cadence = None if self._source is None else self._source.cadence_rpm
        return mean_since(self._powers, since), cadence

    def usual_percent(self, power_w: float) -> float | None:
        """The left share that is usual at a power as believed now, today's level included; None: nothing is."""
        usual = self.usual.at(power_w)
        return None if usual is None else usual.left_percent


def fold(setup: Setup, inputs: Iterable[Input]) -> tuple[list[Event], RideView]:
    """A whole ride at once: all its events, and its view at the end. What review does."""
    ride = Ride(setup)
    events = [event for item in inputs for event in ride.feed(item)]
    return events + ride.close(), ride.whole_view()
