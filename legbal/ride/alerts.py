"""The alerts of a ride: the kinds that are registered, what holds of what they told, and the cues that follow.

An alert kind is one module of this room whose name ends in `_alert`. It puts into `KINDS` a class that is fed every
input and gives `Alert` and `Clear`; its sentences stand in `present`, under its name.
"""

import math
import pkgutil
import sys
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from importlib import import_module
from typing import ClassVar, Protocol

from legbal.meters.limits import Remark
from legbal.ride.events import Alert, Clear, Cue, Event, Fault, FaultCode, MeterChange
from legbal.ride.inputs import Setup, Side
from legbal.ride.interval import Intervals
from legbal.ride.meter_fault import Finding, MeterFault
from legbal.ride.moment import FreshStart, Moment
from legbal.ride.revolution import SecondBins
from legbal.ride.usual import UsualBalance
from legbal.ride.watch import Watch

_RECOVERED_S, _REST_NOTE_S = 5.0, 60.0  # for so long it is said that a leg came back, or did not
# More alerts within an hour tell no more of the legs than that something else has changed.
_MOST_ALERTS, _HOUR_S = 3, 3600.0
# By which sign a leg's falling share is a fall of the left share.
SIGNS: dict[Side, float] = {"left": 1.0, "right": -1.0}


class AlertKind(Protocol):
    """What watches for one kind of alert; made for each ride from its setup and what is usual for the rider.

    Attributes:
        rank: of the kinds whose alerts hold, the one of the lowest is shown, and among riders comes first.
        evidence: how near it is to an alert, 0…1, where 1 is where it speaks; a rule has none.
        watch: which leg is worth watching, as its alert may be next.
        within_intervals: whether it is heard at work only; else wherever it holds.
        against_usual: whether it is about what is usual, which moves with power; else its reference stands still.
    """

    rank: ClassVar[int] = 3
    against_usual: ClassVar[bool] = False
    evidence: float = 0.0
    watch: Watch = Watch()  # of a rule: neither, ever
    within_intervals: bool = False

    def __init__(self, setup: Setup, usual: UsualBalance) -> None: ...

    @classmethod
    def watches(cls, setup: Setup) -> bool:  # noqa: ARG003 - other kinds ask it
        """Whether a ride with this setup leaves it something to watch for: what it is not is asked at no input."""
        return True

    def feed(self, now: Moment) -> Sequence[Event]:
        """What one input settles; nothing nearly always."""

    def give_way(self) -> None:
        """What it has just told came too often to be told: it is silent of it until it fits again.

        Its `Clear` is not told either, so a rule may let the alert hold.
        """
        return

    def forget(self) -> None:
        """The shares so far were no shares of the left leg, or not of this power: what rests on them is put aside.

        Nothing is by a kind that judges by what is usual: that was usual of whatever was measured.
        """
        return


# All kinds by name.
KINDS: dict[str, type[AlertKind]] = {}


def load_kinds() -> None:
    """Imports the alert kinds of this room, in alphabetical order."""
    for module in pkgutil.iter_modules(sys.modules[__package__].__path__):
        if module.name.endswith("_alert"):
            # found by name, so that a new kind is one module and no line here
            import_module(f"{__package__}.{module.name}")


class Alerts:
    """Asks at every input whether the meter is right, and every kind; `cues` keeps what holds, and is heard of it.

    What is heard at work only waits while the interval may be over already: its end is told late and dated back.
    """

    def __init__(self, setup: Setup, usual: UsualBalance, intervals: Intervals) -> None:
        self._intervals = intervals
        self._kinds: dict[str, AlertKind] = {}
        self._defects: tuple[Exception, ...] = ()
        for name, kind in sorted(KINDS.items(), key=lambda named: named[1].rank):
            try:
                if kind.watches(setup):
                    self._kinds[name] = kind(setup, usual)
            except Exception as error:  # the ride has the other kinds
                self._defects = (*self._defects, error)
        self._within_intervals = [name for name, kind in self._kinds.items() if kind.within_intervals]
        self.cues = CuePolicy(setup.cooldown_s)
        self._bins = SecondBins()
        self._stated_bins: SecondBins | None = (
            None  # from the first share of one leg alone on: until then the same
        )
        self.meter_fault = MeterFault(usual.baseline)
        self._latest: deque[float] = deque(maxlen=_MOST_ALERTS)  # when alerts were told
        self._refused: set[tuple[str, Side | None]] = set()  # what holds, and was told too often
        self._too_many = False  # whether that was told since the last alert

    def feed(self, now: Moment, events: list[Event]) -> tuple[Exception, ...]:
        """Asks all kinds and adds what they say, and the cues due; gives what failed, which keeps no other from it.

        What failed before, in making a kind or in its forgetting, is among that.
        """
        defects, self._defects, bins, fault = self._defects, (), self._bins, self.meter_fault
        try:
            if self._stated_bins is None and now.stated is not now.revolution:
                self._stated_bins = bins.copy()
            stated = now.second = bins.feed(now.t, now.power_w, now.revolution if now.measured else None)
            if self._stated_bins is not None:
                stated = self._stated_bins.feed(now.t, now.power_w, now.stated if now.measured else None)
            if stated is not None and (finding := fault.feed(stated)) is not None:
                self._judge_meter(now, finding, events)
            elif fault.stretches:
                now.wrong_since = fault.wrong_since
        except Exception as error:  # a defect of this silences no kind; it is told as one of theirs
            defects = (*defects, error)
        for kind in self._kinds.values():
            try:
                told = kind.feed(now)
                if told:
                    self._tell(now, kind, told, events)
            except Exception as error:  # told, once the other kinds had their turn
                defects = (*defects, error)
        cues = self.cues
        if events or cues.holding or cues.owed:
            at_work = now.in_interval and not self._intervals.may_be_over(now.t)
            silent = self._kinds if now.alone else () if at_work else self._within_intervals
            events += cues.feed(now.t, events, silent)
        return defects

    def _judge_meter(self, now: Moment, finding: Finding, events: list[Event]) -> None:
        """Tells that the meter went wrong or is right again, and has the kinds know."""
        fault = self.meter_fault
        now.wrong_since = fault.wrong_since
        stretch = fault.stretches[-1]
        if stretch.until_s is None:
            values = {"percent": fault.percent, "since": stretch.since_s}
        else:
            values = {"until": stretch.until_s}
        if finding == "back":
            remark = Remark("balance.meter_back", values)
            events.append(MeterChange(now.t, "back", remark, now.source.name))
        else:
            code: FaultCode = "meter_wrong" if finding == "wrong" else "meter_was_wrong"
            events.append(
                Fault(now.t, code, now.input, now.source.name, remark=Remark(f"fault.{code}", values))
            )
        if stretch.until_s is not None:
            now.fresh_start = FreshStart(stretch.until_s if finding == "was_wrong" else 0.0, fault.level)

    def _tell(self, now: Moment, kind: AlertKind, told: Iterable[Event], events: list[Event]) -> None:
        """Adds what a kind says, but for alerts that come too often, and their ends."""
        latest = self._latest
        for event in told:
            if isinstance(event, Clear) and (event.kind, event.side) in self._refused:
                self._refused.discard((event.kind, event.side))
            elif isinstance(event, Alert) and len(latest) == _MOST_ALERTS and now.t - latest[0] < _HOUR_S:
                self._refused.add((event.kind, event.side))
                kind.give_way()
                if not self._too_many:
                    self._too_many = True
                    remark = Remark("balance.too_many_alerts", {"alerts": _MOST_ALERTS})
                    events.append(MeterChange(now.t, "may_have_changed", remark, now.source.name))
            else:
                if isinstance(event, Alert):
                    self._refused.discard((event.kind, event.side))
                    self._too_many = False
                    latest.append(now.t)
                events.append(event)

    def close(self, t: float) -> list[Clear]:
        """The ride is over: so is what still holds."""
        ends = [Clear(t, kind, side, "end") for kind, side in self.cues.holding]
        self.cues.told += ends
        return ends

    def forget(self) -> None:
        """The shares so far do not hold."""
        self.meter_fault.forget()
        for kind in self._kinds.values():
            try:
                kind.forget()
            except Exception as error:  # the same
                self._defects = (*self._defects, error)

    @property
    def held(self) -> Alert | None:
        """The alert that holds; of several that of the kind with the lowest rank."""
        holding = self.cues.holding
        return next((holding[key][0] for kind in self._kinds for key in holding if key[0] == kind), None)

    def shown(self, t: float) -> Alert | None:
        """The one of them that is shown at ride second `t`: of what is heard at work only, none in a rest."""
        held = self.held
        if held is None or not self._kinds[held.kind].within_intervals:
            return held
        return held if self._intervals.at_work and not self._intervals.is_likely_over(t) else None

    def not_back(self, t: float) -> Side | None:
        """The leg whose alert ended with its interval, during the minute of rest after that."""
        last = self.cues.told[-1] if self.cues.told else None
        if not isinstance(last, Clear) or last.reason != "rest" or self._intervals.at_work:
            return None
        return last.side if t - last.over_s <= _REST_NOTE_S else None

    @property
    def watch(self) -> Side | None:
        """The leg that is worth watching; None while an alert holds."""
        sides = (kind.watch.side for kind in self._kinds.values())
        return None if self.cues.holding else next(filter(None, sides), None)

    @property
    def against_usual(self) -> bool:
        """Whether the alert that holds is about what is usual for the rider."""
        held = self.held
        return held is not None and self._kinds[held.kind].against_usual

    @property
    def evidence(self) -> float:
        """How near an alert is, 0…1; 1 is where it speaks."""
        return min(1.0, max([0.0, *(kind.evidence for kind in self._kinds.values())]))


class CuePolicy:
    """Turns alerts that hold into cues: at once, again after every cool-down while they hold, never sooner.

    An alert raised within the cool-down of another waits for its end, and is not heard if it clears before. The
    "recovered" cue answers an alert that was heard, once; so it needs no cool-down of its own. A kind that is silent
    now is heard once it is not: an alert if it still holds, a leg that is back within five seconds.

    Attributes:
        told: every alert so far, and what ended it, in order.
        holding: by kind and side those that hold, and whether they were heard.
        owed: legs that are back, until that is heard.
        back: the latest clear, if a leg came back with it.
        muted: the rider wants to hear none.
    """

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._last = -math.inf  # when a cue was last heard
        self.back: Clear | None = None
        self.told: list[Alert | Clear] = []
        self.holding: dict[tuple[str, Side | None], tuple[Alert, bool]] = {}
        self.owed: list[Clear] = []
        self.muted = False

    def feed(self, t: float, events: Iterable[Event], silent: Collection[str] = ()) -> list[Event]:
        """The cues due at ride second `t`, after these events; none of the kinds that are silent now."""
        for event in events:
            if isinstance(event, Alert):
                self.told.append(event)
                self.holding[event.kind, event.side] = event, False
            elif isinstance(event, Clear):
                self.told.append(event)
                self.back = event if event.reason == "back" else None
                _, sounded = self.holding.pop((event.kind, event.side), (None, False))
                if sounded and event.reason == "back":
                    self.owed.append(event)
        cues = self._answers(t, silent) if self.owed else []
        if t - self._last >= self._cooldown_s and not self.muted:
            due = next((key for key in reversed(self.holding) if key[0] not in silent), None)
            if due is not None:
                (kind, side), (alert, sounded) = due, self.holding[due]
                self._last = t
                self.holding[due] = alert, True
                cues.append(Cue(t, "alert", side, repeated=sounded, kind="" if side else kind))
        return cues

    def _answers(self, t: float, silent: Collection[str]) -> list[Event]:
        """The "recovered" cues; none where another alert about the same holds, or it is too late for one."""
        about = {side or kind for kind, side in self.holding}
        owed = [x for x in self.owed if (x.side or x.kind) not in about and t - x.t <= _RECOVERED_S]
        self.owed = [] if self.muted else [x for x in owed if x.kind in silent]
        return [
            Cue(t, "recovered", x.side, kind="" if x.side else x.kind)
            for x in owed
            if not self.muted and x.kind not in silent
        ]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Every alert so far."""
        return tuple(x for x in self.told if isinstance(x, Alert))

    def recovered(self, t: float) -> Side | None:
        """The leg that came back within the last five seconds before ride second `t`."""
        back = self.back
        return None if back is None or t - back.t > _RECOVERED_S else back.side
