"""The fold: a ride takes inputs in, one by one, and gives events and views; it is the same live, replayed, reviewed.

It reads no clock: the same inputs give the same events, but for a view's failure, told only where somebody looked.
"""

from collections.abc import Iterable, Sequence
from traceback import walk_tb
from typing import Literal

import msgspec

from legbal.errors import DecodeError
from legbal.gatt.measurement import decode_cut_short, encode
from legbal.gatt.uuids import HEART_RATE, MEASUREMENT
from legbal.meters.limits import Remark
from legbal.meters.profile import UNLISTED
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
    Resume,
)
from legbal.ride.inputs import FIT_RECORD, Input, Link, Mark, Notification, Setup
from legbal.ride.meter import CHARACTERISTICS, Meter
from legbal.ride.moment import Moment
from legbal.ride.power_source import PowerSource, source_for
from legbal.ride.ride_state import RideState
from legbal.ride.statistics import RideStatistics
from legbal.ride.view import BLANK, RideView

_SILENCE_S = 3.0


class Ride(RideState):
    """One ride, from its setup over all its inputs.

    `feed` takes the inputs in order of time and gives the events that each settles; `view` is the ride as it
    stands, at any moment; `close` settles what is still open when there is no more to come.
    """

    def feed(self, item: Input) -> list[Event]:
        """Takes in one input; its time must not be before the last one's. Gives the events it settles.

        An input on which this code fails does not end the ride: it is passed over and told as a `Fault`, once for
        each defect. What it had settled until then stands and is told, so that whatever holds has been told; the
        same input fails in the same place whenever the ride is read again.
        """
        self._inputs += 1
        if isinstance(item, Notification) and item.uuid == HEART_RATE:
            return self._read_heart_rate(item)
        t = self.t = item.t if item.t > self.t else self.t
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

    def _read_heart_rate(self, item: Notification) -> list[Event]:
        """Not even the ride's clock is moved by a strap."""
        events: list[Event] = []
        try:
            self.heart_rate.feed(item)
        except Exception as error:  # a defect costs this one value
            self._fault(error, "unusable_input", events, item.meter)
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
            # between two measurements of a slow meter is no silence yet, and in a pause nobody is listened to
            if t - self._measured_t >= _SILENCE_S and self.pauses.since is None:
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
            if self.pauses.since is None:
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
        return self._meters.get(name) or self._meters.setdefault(
            name, Meter(name, self.setup, self.heart_rate)
        )

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
        revolution, effort_w = reading.revolution, reading.effort_w
        if reading.other_legs:
            self._powers.clear()
        if reading.disproved:
            self._forget()
            self.intervals.estimate.forget()
        if self.pauses.since is not None:  # only what the meter is, and which half is missing, is followed
            self._tell_news(t, source, events)
            return
        if revolution is not None and revolution.t - revolution.duration_s < self.pauses.ended:
            revolution = None  # it began in the pause
        stated = revolution
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
        self._tell_news(t, source, events)

    def _tell_news(self, t: float, source: PowerSource, events: list[Event]) -> None:
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

    def _rest(self, t: float, events: list[Event], *, pauses: bool = False) -> None:
        if self._source is not None:
            now = Moment(t, 0.0, None, self.intervals.at_work, self._source, pauses=pauses)
            self._ask(now, events)

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
            if self.pauses.since is None:
                self._bound(self.intervals.lap(t), events)
        elif mark.kind == "note":
            self._notes.append((t, mark.text))
            events.append(Note(t, mark.text))
        elif mark.kind in ("mute", "unmute"):
            self._alerts.cues.muted = mark.kind == "mute"
        elif mark.kind in ("pause", "resume"):
            self._turn(t, mark.kind, events)
        elif self._source is not None:
            right = mark.kind == "reference_right"
            self._source.name_reference(right)
            if right:  # all so far was read as left: it is put aside rather than turned round
                self._forget()
                self.statistics.use_ftp(self.intervals.estimate.ftp_w)
            named = Remark("balance.reference", {"side": "right" if right else "left"})
            events.append(MeterChange(t, "reference", named, self._source.name))

    def _turn(self, t: float, to: Literal["pause", "resume"], events: list[Event]) -> None:
        """Into a pause, with which an interval ends, or out of it."""
        turned = self.pauses.turn(t, to)
        if turned is None:
            return
        events.append(turned)
        if isinstance(turned, Resume):
            self._bound(self.intervals.resume(t, turned.paused_s), events)
        else:
            self._bound(self.intervals.pause(t), events)
            self._rest(t, events, pauses=True)
        self._powers.clear()

    def view(self) -> RideView:
        """The ride as it stands now; where this code fails on it, only that it does, which an event tells, too."""
        try:
            return self.whole_view()
        except Exception as error:  # what is taken in and recorded does not depend on being looked at
            self._fault(error, "failed_view", self._untold)
            return msgspec.structs.replace(BLANK, t=self.t, limits=(Remark("fault.failed_view"),))


def fold(setup: Setup, inputs: Iterable[Input]) -> tuple[list[Event], RideView]:
    """A whole ride at once: all its events, and its view at the end. What review does."""
    ride = Ride(setup)
    events = [event for item in inputs for event in ride.feed(item)]
    return events + ride.close(), ride.whole_view()
