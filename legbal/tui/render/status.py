"""The states of a ride, said in words: what the balance is worth, and what else the rider should know."""

from __future__ import annotations

from typing import NamedTuple

from legbal.analysis.noise_model import Z_95
from legbal.analysis.summary import LEAST_SLOPE_S, IntervalSummary
from legbal.present.numbers import clock, duration, halves, share_error, signed
from legbal.present.text import clean
from legbal.ride.events import Alert
from legbal.ride.view import BalanceQuality, Interval, LinkView, RideView, Share
from legbal.tui.frame import Frame

BALANCE: dict[BalanceQuality, str] = {
    "measured": "measured",
    "estimated": "estimated",
    "unknown": "unverified",
    "constant": "no balance",
    "absent": "no balance",
}
NAME_COLUMNS = 24
NOTE_COLUMNS = 200
_LEAST_10S = 5  # revolutions behind a 10-s share, below which it says nothing
LOW_BATTERY_PERCENT = 15

_WORTH: dict[BalanceQuality, str] = {
    "measured": "",
    "estimated": "This meter estimates the balance from one sensor: watch how it changes, not what it is.",
    "unknown": "Nobody has told legbal about this meter yet: its balance is unverified.",
    "constant": "This meter does not measure the balance: power and cadence only.",
    "absent": "This meter sends no balance: power and cadence only.",
}


class Notice(NamedTuple):
    """One sentence to the rider; an urgent one is set apart; with `part` (0 to 1) a bar stands beside it."""

    text: str = ""
    urgent: bool = False
    part: float | None = None


def has_balance(balance: BalanceQuality | None) -> bool:
    """Whether a balance of this worth has a percentage at all; None: not known yet."""
    return balance not in ("absent", "constant")


def left_10s(view: RideView) -> float | None:
    """The left share of the last 10 s as it is set big: to half a point, None where too little stands behind it."""
    enough = has_balance(view.balance) and view.last_10s.revolutions >= _LEAST_10S
    return halves(view.last_10s.left_percent) if enough else None


def share_text(share: Share) -> str:
    """A share with its standard error; a dash where too little stands behind it."""
    return share_error(share.left_percent, share.standard_error, share.revolutions)


def waiting(view: RideView) -> bool:
    """Whether no meter has been heard yet."""
    return view.counts.notifications == 0 and not any(link.state == "connected" for link in view.links)


def states(frame: Frame) -> list[Notice]:
    """All that is to be said now, the most pressing first."""
    view, status = frame.now, frame.status
    said: list[Notice] = []
    if frame.flash:
        said.append(Notice(frame.flash))
    if status.following:  # without the broker there is nothing to follow
        away = f" {clean(status.broker, 400)}" if status.broker else ""
        said.append(Notice(f"{status.following}.{away}", urgent=status.stale or bool(away)))
    if status.error:
        said.append(Notice(status.error, urgent=True))
    if status.kept and not status.recording and not status.finished:
        said.append(
            Notice(f"{status.recording_text[:1].upper()}{status.recording_text[1:]}.", not waiting(view))
        )
    if view.one_sided is not None:  # why stands in the limits, which come to a follower a moment later
        alone = f"Only the {view.one_sided} side is heard: these are one leg's watts."
        said.append(Notice(clean(view.limits[0], 400) if view.limits else alone, urgent=True))
    said += [
        Notice(_lost(link, view), urgent=True) for link in view.links if link.state in ("lost", "stalled")
    ]
    if frame.held:
        text = f"View held at {clock(view.t)}: the ride goes on. Press p to let go."
        said.append(Notice(text, urgent=True))
    if status.finished:
        said.append(Notice("That was all: press q for the summary.", urgent=True))
    said += _about_the_number(view, waiting(view))
    said += [
        Notice(f"Battery of {_name(link)} is low: {link.battery_percent} %.")
        for link in view.links
        if link.battery_percent is not None and link.battery_percent <= LOW_BATTERY_PERCENT
    ]
    if status.broker and not status.following:
        said.append(Notice(clean(status.broker, 400)))
    if status.lost:
        said.append(Notice(f"{status.lost} packets were lost on the way to the library."))
    return said


def _about_the_number(view: RideView, waiting_for_meter: bool) -> list[Notice]:
    if waiting_for_meter:
        return []
    said = []
    if view.one_leg:
        said.append(Notice(f"One-leg pedalling: {view.one_leg} leg only."))
    if view.reference == "unknown" and has_balance(view.balance):
        said.append(Notice("The meter does not say which leg its number is; read as left. Press s to say."))
    if not has_balance(view.balance) and view.limits:
        said += [Notice(clean(limit, 400)) for limit in view.limits]
    elif view.balance == "unknown" and view.limits:
        said.append(Notice(clean(view.limits[0], 400)))
    elif view.balance != "measured":
        said.append(Notice(_WORTH[view.balance]))
    if view.reference == "assumed_left":
        said.append(Notice("The number is read as the left leg's, as you said."))
    return said


def alert_sentence(view: RideView, alert: Alert) -> str:
    """How far which leg is below what, and for how long."""
    against = "usual" if alert.kind == "dropoff" else "target"
    return f"{alert.points:.1f} points below {against} for {duration(view.t - alert.since)}"


def how_sure(left_percent: float, standard_error: float, revolutions: int) -> str:
    """Between which bounds a ride's left share lies."""
    low, high = (
        max(0.0, left_percent - Z_95 * standard_error),
        min(100.0, left_percent + Z_95 * standard_error),
    )
    return (
        f"The ride's left share lies between {low:.1f} and {high:.1f} % with 95 % confidence, by the scatter of "
        f"{revolutions} revolutions; what the meter itself gets wrong comes on top."
    )


def course(interval: Interval | IntervalSummary) -> str:
    """What the left share does within an interval of a minute, where its slope is more than twice its own error."""
    slope, error, end_s = interval.slope_per_minute, interval.slope_error, interval.end_s
    if slope is None or error is None or (end_s is not None and end_s - interval.start_s < LEAST_SLOPE_S):
        return ""
    if abs(slope) <= 2 * error or round(abs(slope), 1) == 0:
        return "level"
    return f"left {'rising' if slope > 0 else 'falling'} {abs(slope):.1f} a minute"


def against_usual(interval: Interval) -> str:
    """The interval's left share minus the usual at its power, in points with a sign."""
    left, usual = interval.share.left_percent, interval.usual_percent
    return signed(None if left is None or usual is None else left - usual)


def _lost(link: LinkView, view: RideView) -> str:
    what = "lost" if link.state == "lost" else "silent"
    since = duration(view.t - link.since)
    why = clean(link.text, 60).rstrip(".")
    return f"Link to {_name(link)} {what} for {since}{': ' + why if why else ''}. The ride goes on."


def _name(link: LinkView) -> str:
    return clean(link.meter, NAME_COLUMNS) or "the meter"
