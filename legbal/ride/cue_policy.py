"""The cues that follow from alerts: what holds of what was told, and when it is heard."""

import math
from collections.abc import Iterable

from legbal.ride.events import Alert, Clear, Cue, Event
from legbal.ride.inputs import Side

_RECOVERED_S = 5.0


class CuePolicy:
    """Turns alerts that hold into cues: at once, again after every cool-down while they hold, never sooner.

    An alert raised within the cool-down of another waits for its end, and is not heard if it clears before. The
    "recovered" cue answers an alert that was heard, once; so it needs no cool-down of its own.

    Attributes:
        alerts: every alert so far.
        holding: by kind and side those that hold, and whether they were heard.
        muted: the rider wants to hear none.
    """

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._last = -math.inf  # when a cue was last heard
        self._back: Clear | None = None  # the latest clear, if a leg came back with it
        self.alerts: list[Alert] = []
        self.holding: dict[tuple[str, Side], tuple[Alert, bool]] = {}
        self.muted = False

    def feed(self, t: float, events: Iterable[Event]) -> list[Event]:
        """The cues due at ride second `t`, after these events."""
        cues: list[Event] = []
        for event in events:
            if isinstance(event, Alert):
                self.alerts.append(event)
                self.holding[event.kind, event.side] = event, False
            elif isinstance(event, Clear):
                self._back = event if event.reason == "back" else None
                _, sounded = self.holding.pop((event.kind, event.side), (None, False))
                others = any(side == event.side for _, side in self.holding)
                if sounded and event.reason == "back" and not others and not self.muted:
                    cues.append(Cue(t, "recovered", event.side))
        if self.holding and t - self._last >= self._cooldown_s and not self.muted:
            (kind, side), (alert, sounded) = next(reversed(self.holding.items()))
            self._last = t
            self.holding[kind, side] = alert, True
            cues.append(Cue(t, "alert", side, repeated=sounded))
        return cues

    def recovered(self, t: float) -> Side | None:
        """The leg that came back within the last five seconds before ride second `t`."""
        back = self._back
        return None if back is None or t - back.t > _RECOVERED_S else back.side
