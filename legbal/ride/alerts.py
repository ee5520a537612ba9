"""The alerts of a ride: the kinds that are registered, what holds of what they told, and the cues that follow.

An alert kind is one module of this room whose name ends in `_alert`. It registers a class that is fed every input and
gives `Alert` and `Clear`; its sentences stand in `present`, under its name.
"""

from __future__ import annotations

import math
import pkgutil
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Protocol, TypeVar

import msgspec

from legbal.ride.events import Alert, Clear, Cue, Event
from legbal.ride.inputs import Setup, Side
from legbal.ride.pair import PowerSource
from legbal.ride.revolution import Revolution
from legbal.ride.usual import UsualBalance

_RECOVERED_S = 5.0


class Moment(msgspec.Struct, gc=False):
    """What an alert kind is told of one input.

    Attributes:
        t: ride seconds, never falling.
        power_w: of both legs, as stated; 0 in silence.
        revolution: what the input told anew; None: nothing.
        in_interval: whether the rider is at work.
        source: whose measurements they are, for the cadence and for what the balance is worth.
    """

    t: float
    power_w: float
    revolution: Revolution | None
    in_interval: bool
    source: PowerSource

    @property
    def measured(self) -> bool:
        """False while the balance has turned out to be no measurement: nothing may be told of it."""
        return not self.source.constant.constant


class AlertKind(Protocol):
    """What watches for one kind of alert; made for each ride from its setup.

    `evidence` says how near it is to an alert: 0…1, where 1 is where it speaks.
    """

    evidence: float

    def feed(self, now: Moment) -> Sequence[Event]:
        """What one input settles; nothing nearly always."""

    def forget(self) -> None:
        """The shares so far were no shares of the left leg, or not of this power: what rests on them is put aside."""


Factory = Callable[[Setup, UsualBalance], AlertKind]
_F = TypeVar("_F", bound=Factory)
KINDS: dict[str, Factory] = {}
"""All kinds by name; of two alerts that hold, the earlier kind's is shown."""


def register(kind: str) -> Callable[[_F], _F]:
    """Registers a class as the alert kind of that name."""

    def registered(make: _F) -> _F:
        KINDS[kind] = make
        return make

    return registered


def load() -> None:
    """Imports the alert kinds of this room, in alphabetical order."""
    package = __name__.rpartition(".")[0]
    for module in pkgutil.iter_modules(sys.modules[package].__path__):
        if module.name.endswith("_alert"):
            import_module(f"{package}.{module.name}")


class Alerts:
    """Asks every kind at every input, and keeps what holds.

    Attributes:
        told: every alert so far.
        cues: what is heard of them.
    """

    def __init__(self, setup: Setup, usual: UsualBalance) -> None:
        self._kinds = {kind: make(setup, usual) for kind, make in KINDS.items()}
        self._held: dict[str, Alert] = {}
        self._cleared: Clear | None = None
        self.told: list[Alert] = []
        self.cues = CuePolicy(setup.cooldown_s)

    def feed(self, now: Moment, events: list[Event]) -> None:
        """Asks all kinds and adds what they say, and the cues due; a kind that fails does not keep others from it."""
        failed: Exception | None = None
        for kind in self._kinds.values():
            try:
                told = kind.feed(now)
                if told:
                    events += told
            except Exception as error:
                failed = failed or error
        if events or self._held:
            for event in events:
                if isinstance(event, Alert):
                    self._held[event.kind] = event
                    self.told.append(event)
                elif isinstance(event, Clear):
                    self._held.pop(event.kind, None)
                    self._cleared = event
            events += self.cues.feed(now.t, events)
        if failed is not None:
            raise failed

    def forget(self) -> None:
        """The shares so far do not hold."""
        for kind in self._kinds.values():
            kind.forget()

    @property
    def held(self) -> Alert | None:
        """The alert that holds; of several that of the first kind."""
        return next((self._held[kind] for kind in self._kinds if kind in self._held), None)

    @property
    def evidence(self) -> float:
        """How near an alert is, 0…1; 1 is where it speaks."""
        return max((kind.evidence for kind in self._kinds.values()), default=0.0)

    def recovered(self, t: float) -> Side | None:
        """The leg that came back within the last five seconds before ride second `t`."""
        last = self._cleared
        return (
            last.side if last is not None and last.reason == "back" and t - last.t <= _RECOVERED_S else None
        )


class CuePolicy:
    """Turns alerts that hold into cues: at once, again after every cool-down while they hold, never sooner.

    An alert raised within the cool-down of another waits for its end, and is not heard if it clears before. The
    "recovered" cue answers an alert that was heard, once; so it needs no cool-down of its own.
    """

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._last = -math.inf  # when a cue was last heard
        self._holding: dict[tuple[str, Side], bool] = {}  # (kind, side) → was it heard
        self.muted = False

    def feed(self, t: float, events: Iterable[Event]) -> list[Event]:
        """The cues due at ride second `t`, after these events."""
        cues: list[Event] = []
        for event in events:
            if isinstance(event, Alert):
                self._holding[event.kind, event.side] = False
            elif isinstance(event, Clear):
                heard = self._holding.pop((event.kind, event.side), False)
                others = any(side == event.side for _, side in self._holding)
                if heard and event.reason == "back" and not others and not self.muted:
                    cues.append(Cue(t, "recovered", event.side))
        if self._holding and t - self._last >= self._cooldown_s and not self.muted:
            (kind, side), heard = next(reversed(self._holding.items()))
            self._last = t
            self._holding[kind, side] = True
            cues.append(Cue(t, "alert", side, repeated=heard))
        return cues
