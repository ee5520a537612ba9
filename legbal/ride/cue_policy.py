"""What is heard, and when: one cool-down for everything that calls for the weak leg."""

from __future__ import annotations

from collections.abc import Iterable

from legbal.ride.events import Alert, Clear, Cue, Event
from legbal.ride.inputs import Side


class CuePolicy:
    """Turns alerts that hold into cues: at once, again after every cool-down while they hold, never sooner.

    An alert raised within the cool-down of another waits for its end, and is not heard if it clears before. The
    "recovered" cue answers an alert that was heard, once; so it needs no cool-down of its own.
    """

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._last: float | None = None
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
        if self._holding and self._due(t) and not self.muted:
            (kind, side), heard = next(reversed(self._holding.items()))
            self._last = t
            self._holding[kind, side] = True
            cues.append(Cue(t, "alert", side, repeated=heard))
        return cues

    def _due(self, t: float) -> bool:
        return self._last is None or t - self._last >= self._cooldown_s
