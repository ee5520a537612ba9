"""What a rider reads of a running ride in one second: its state in a word, how far off, the clock of the interval."""

from typing import NamedTuple

from legbal.present.balance_remarks import quality_word
from legbal.present.meter import has_balance, link_away, one_sided
from legbal.present.numbers import DASH, clock, halves, number, share, share_error, signed, watts
from legbal.present.sentences import alert_extent, alert_name, say
from legbal.present.text import capitalized
from legbal.ride.inputs import Side
from legbal.ride.view import RideView

_MINUTE = 60.0
_SETTLED_S = 30.0  # into an interval: until then the share is of less than those seconds, and jumps


class GlanceState(NamedTuple):
    """The state of a ride: a word to be seen first, and what explains it, to be read after.

    `side` is the leg that an alert, its end or a watch is about; `is_alert` and `is_back` say that it is set apart.
    """

    word: str
    detail: str = ""
    side: Side | None = None
    is_alert: bool = False
    is_back: bool = False


def state(view: RideView) -> GlanceState:
    """The one that matters most now."""
    held, glance = view.alert, view.glance
    if view.paused_since is not None:
        return GlanceState(say("glance.paused"))
    if held is not None:
        word = say("banner.leg", side=held.side) if held.side else alert_name(held.kind)
        return GlanceState(
            word,
            say("glance.alert", extent=alert_extent(held), at=held.t - view.paused_s),
            held.side,
            is_alert=True,
        )
    if view.recovered is not None:
        return GlanceState(say("banner.back", side=view.recovered), "", view.recovered, is_back=True)
    if not has_balance(view.balance):
        return GlanceState(quality_word(view.balance))
    if view.one_leg is not None:
        return GlanceState(say("drill.alone", side=view.one_leg))
    usual = "" if glance.reference_percent is None else say("glance.usual", percent=glance.reference_percent)
    if not view.pedalling:
        return GlanceState(say("ride.not_pedalling"), usual)
    if glance.learning_s:
        code = "glance.learning" if glance.learning_s < _MINUTE else "glance.learning_minutes"
        return GlanceState(say(code, left_s=glance.learning_s, minutes=round(glance.learning_s / _MINUTE)))
    if glance.points is None:
        return GlanceState(say("glance.begun"), usual)
    if view.watch is not None:
        return GlanceState(say("glance.watch", side=view.watch), usual, view.watch)
    if view.interval is None:
        return GlanceState(say("glance.easy"), usual)
    begun = view.t - view.interval.start_s < _SETTLED_S
    return GlanceState(say("glance.begun" if begun else "glance.steady"), usual)


def believed_left(view: RideView) -> float | None:
    """The left share as it is set big: to half a point, None where too little of the effort stands behind it."""
    of = view.glance.share
    return halves(of.left_percent) if has_balance(view.balance) and of.rests_on() else None


def both_shares(left: float | None) -> dict[Side, str]:
    """Each leg's share as a figure; dashes where there is none."""
    return {"left": share(left), "right": share(None if left is None else 100 - left)}


def both_watts(view: RideView) -> dict[Side, str]:
    """Each leg's watts, as text; empty where its share is none to believe."""
    of = view.glance.share
    left, right = (None, None) if believed_left(view) is None else (of.left_w, of.right_w)
    return {"left": "" if left is None else watts(left), "right": "" if right is None else watts(right)}


def waiting(view: RideView) -> bool:
    """Whether no meter has been heard yet."""
    return view.counts.notifications == 0 and not any(link.state == "connected" for link in view.links)


def distance(points: float | None) -> str:
    """How far a leg is from what it should do, to half a point, as it is set big.

    >>> distance(-1.66), distance(0.2), distance(None)
    ('−1.5', '0.0', '—')
    """
    return signed(halves(points))


def missing(view: RideView) -> tuple[str, str]:
    """How many watts the leg lacks now, as a figure, and what they are; empty where that is not known."""
    missing_w, side = view.glance.missing_w, view.glance.side
    return ("", "") if missing_w is None else (number(missing_w), say("glance.missing", side=side))


def way_back(view: RideView) -> float | None:
    """How much of the way back a leg has come since its alert, 0 to 1; None where nothing is measured of it."""
    held, now = view.alert, view.glance.points_now
    if held is None or now is None or not held.points > 0:
        return None
    return min(max(1 + now / held.points, 0.0), 1.0)


def interval_clock(view: RideView) -> tuple[str, str]:
    """The time that counts now and what it is: of a pause, the interval, the rest after one, or the ride."""
    if view.paused_since is not None:
        return clock(view.t - view.paused_since), say("glance.paused")
    if view.interval is not None:
        if view.interval_left_s is not None:
            return clock(view.interval_left_s), say("glance.to_go")
        elapsed = view.t - view.interval.start_s
        return clock(elapsed), say("glance.interval", number=view.interval.number)
    ended = view.intervals[-1].end_s if view.intervals else None
    if ended is not None:
        return clock(view.t - ended), say("glance.rest")
    return (clock(view.timer_s), say("glance.ride")) if view.counts.notifications else (DASH, "")


def heart_rate(view: RideView) -> str:
    """The heart rate, where a strap tells one."""
    return number(view.heart_rate_bpm, unit=" bpm") if view.heart_rate_bpm is not None else ""


def not_back(view: RideView) -> str:
    """In the rest after an interval: that a leg was still down at its end; empty otherwise."""
    if view.not_back is None or not view.intervals:
        return ""
    sentence = say("glance.not_back", side=view.not_back, number=view.intervals[-1].number)
    return capitalized(sentence)


def urgent(view: RideView) -> list[str]:
    """What keeps the numbers from being the ride's, a sentence each: the meter's fault, and who is not heard."""
    return [
        *([say("state.meter_wrong")] if view.meter_wrong_since is not None else []),
        *([one_sided(view)] if view.one_sided else []),
        *(link_away(x, view.t) for x in view.links if x.state in ("lost", "stalled")),
    ]


def worth(view: RideView) -> list[str]:
    """What the balance is, how sure, and what is usual, the most important first."""
    measured = has_balance(view.balance)
    quality = quality_word(view.balance)
    parts = [
        say("share.read_as_left", balance=quality) if view.reference == "unknown" and measured else quality
    ]
    if measured:
        parts.append(say("share.last_30s", share=share_error(view.glance.share)))
        if view.usual is not None:
            parts.append(say("share.usual", share=share_error(view.usual.share)))
    return parts
