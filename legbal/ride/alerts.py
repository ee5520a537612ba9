"""The alerts of a ride: the kinds that are registered, each asked at every input.

An alert kind is one module of this room whose name ends in `_alert`. It puts into `KINDS` a class that is fed every
input and gives `Alert` and `Clear`; its sentences stand in `present`, under its name.
"""

import pkgutil
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Protocol

import msgspec

from legbal.ride.cue_policy import CuePolicy
from legbal.ride.events import Alert, Event
from legbal.ride.inputs import Setup, Side
from legbal.ride.power_source import PowerSource
from legbal.ride.revolution import Revolution
from legbal.ride.usual import UsualBalance

# By which sign a leg's falling share is a fall of the left share.
SIGNS: dict[Side, float] = {"left": 1.0, "right": -1.0}


class Moment(msgspec.Struct, gc=False):
    """What an alert kind is told of one input.

    Attributes:
        t: ride seconds, never falling.
        power_w: of both legs, as stated; 0 in silence.
        revolution: what the input told anew; None: nothing.
        in_interval: whether the rider is at work.
        source: whose measurements they are, for the cadence.
        measured: False while the balance has turned out to be no measurement: nothing may be told of it.
    """

    t: float
    power_w: float
    revolution: Revolution | None
    in_interval: bool
    source: PowerSource
    measured: bool = True


class AlertKind(Protocol):
    """What watches for one kind of alert; made for each ride from its setup.

    `evidence` says how near it is to an alert: 0…1, where 1 is where it speaks; a rule has none.
    """

    evidence: float = 0.0

    def feed(self, now: Moment) -> Sequence[Event]:
        """What one input settles; nothing nearly always."""

    def forget(self) -> None:
        """The shares so far were no shares of the left leg, or not of this power: what rests on them is put aside.

        Nothing is by a kind that judges by what is usual: that was usual of whatever was measured.
        """
        return


# Makes what watches on one ride; None where its setup leaves nothing to watch for.
Factory = Callable[[Setup, UsualBalance], AlertKind | None]
# All kinds by name; of two alerts that hold, the earlier kind's is shown.
KINDS: dict[str, Factory] = {}


def load() -> None:
    """Imports the alert kinds of this room, in alphabetical order."""
    for module in pkgutil.iter_modules(sys.modules[__package__].__path__):
        if module.name.endswith("_alert"):
            import_module(f"{__package__}.{module.name}")


class Alerts:
    """Asks every kind at every input; `cues` keeps what holds, and is heard of it."""

    def __init__(self, setup: Setup, usual: UsualBalance) -> None:
        made = {kind: make(setup, usual) for kind, make in KINDS.items()}
        self._kinds = {kind: alert for kind, alert in made.items() if alert is not None}
        self.cues = CuePolicy(setup.cooldown_s)

    def feed(self, now: Moment, events: list[Event]) -> None:
        """Asks all kinds and adds what they say, and the cues due; a kind that fails does not keep others from it."""
        failed: Exception | None = None
        for kind in self._kinds.values():
            try:
                events += kind.feed(now)
            except Exception as error:
                failed = failed or error
        if events or self.cues.holding:
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
        holding = self.cues.holding
        return next((holding[key][0] for kind in self._kinds for key in holding if key[0] == kind), None)

    @property
    def evidence(self) -> float:
        """How near an alert is, 0…1; 1 is where it speaks."""
        return max((kind.evidence for kind in self._kinds.values()), default=0.0)
