"""What the events of a ride say: alerts by their kind, links, faults, outlets.

A kind of alert has three sentences: `alert.KIND.name`; `alert.KIND.below`, what the leg is below in a word; and
`alert.KIND`, how far it is, with the alert's fields and its own values as placeholders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from legbal.present.numbers import clock, duration
from legbal.present.sentences import known, register, say

if TYPE_CHECKING:
    from legbal.ride.events import Alert

register(
    {
        "alert.dropoff.name": "drop-off",
        "alert.dropoff.below": "usual",
        "alert.dropoff": "{points:points} below usual",
        "alert.threshold.name": "target",
        "alert.threshold.below": "target",
        "alert.threshold": "{points:points} below target",
        "clear.back": "{side} is back",
        "clear.rest": "{side}: no longer judged, the effort is over",
        "clear.gap": "{side}: no longer judged, data is missing",
        "clear.meter": "{side}: no longer judged, the meter may have changed",
        "link.lost": "Link to {meter} lost",
        "link.stalled": "Link to {meter} silent",
        "link.connected": "Link to {meter} is back",
        "fault.unusable_input": "One packet could not be used. The ride is recorded and goes on.",
        "fault.unsettled_end": "The ride's end could not be settled. The ride is recorded.",
        "outlet.failed": "{name} has failed",
        "outlet.back": "{name} works again",
    }
)


def alert_name(kind: str) -> str:
    """What a kind of alert is called.

    >>> alert_name("dropoff"), alert_name("odd_noise")
    ('drop-off', 'odd noise')
    """
    code = f"alert.{kind}.name"
    return say(code) if known(code) else kind.replace("_", " ")


def alert_below(kind: str) -> str:
    """What a leg is below, in a word.

    >>> alert_below("dropoff"), alert_below("odd_noise")
    ('usual', 'odd noise')
    """
    code = f"alert.{kind}.below"
    return say(code) if known(code) else alert_name(kind)


def alert_extent(alert: Alert) -> str:
    """How far which leg is off, without the leg: "3.4 points below usual"."""
    code = f"alert.{alert.kind}"
    if not known(code):
        return say(code, **alert.values)
    return say(code, **{**alert.values, **msgspec.structs.asdict(alert)})


def alert_sentence(alert: Alert, over_s: float | None = None) -> str:
    """Which leg is how far off: "left leg 3.4 points below usual"; of one that is over "…; over after 1:09"."""
    over = "" if over_s is None else f"; over after {clock(over_s - alert.since)}"
    return f"{alert.side} leg {alert_extent(alert)}{over}"


def link_sentence(state: str, meter: str, held_s: float | None = None, reason: str = "") -> str:
    """What became of the link to a meter, for how long, and why.

    >>> link_sentence("lost", "ASSIOMA", 12.2, "out of range."), link_sentence("connected", "")
    ('Link to ASSIOMA lost for 12 s: out of range.', 'Link to the meter is back.')
    """
    held = "" if held_s is None else f" for {duration(held_s)}"
    return _with_reason(say(f"link.{state}", meter=meter or "the meter") + held, reason)


def fault_sentence(code: str) -> str:
    """What a defect means to the rider.

    >>> fault_sentence("unusable_input")
    'One packet could not be used. The ride is recorded and goes on.'
    """
    return say(f"fault.{code}")


def outlet_sentence(name: str, state: str, reason: str = "") -> str:
    """What became of something that runs beside the ride.

    >>> outlet_sentence("speech", "failed", "espeak-ng is not installed"), outlet_sentence("sound", "back")
    ('Speech has failed: espeak-ng is not installed.', 'Sound works again.')
    """
    sentence = say(f"outlet.{state}", name=name)
    return _with_reason(sentence[:1].upper() + sentence[1:], reason)


def _with_reason(sentence: str, reason: str) -> str:
    return f"{sentence}: {reason.rstrip('.')}." if reason else f"{sentence}."
