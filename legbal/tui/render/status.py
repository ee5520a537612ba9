"""The states of a ride, said in words: what the balance is worth, and what else the rider should know."""

from __future__ import annotations

from typing import NamedTuple

from legbal.present.events import link_sentence
from legbal.present.meter import has_balance
from legbal.present.numbers import clock, halves
from legbal.present.text import clean
from legbal.ride.share import BalanceQuality
from legbal.ride.view import LinkView, RideView
from legbal.tui.frame import Frame

NAME_COLUMNS = 24
NOTE_COLUMNS = 200
_LEAST_10S = 5  # revolutions behind a 10-s share, below which it says nothing
LOW_BATTERY_PERCENT = 15

_WORTH: dict[BalanceQuality, str] = {
    "measured": "",
    "estimated": "This meter estimates the balance from one sensor: watch how it changes, not what it is.",
    "unknown": "Unlisted meter: accuracy unknown.",
    "constant": "This meter does not measure the balance: power and cadence only.",
    "absent": "This meter sends no balance: power and cadence only.",
}


class Notice(NamedTuple):
    """One sentence to the rider; an urgent one is set apart; with `part` (0 to 1) a bar stands beside it."""

    text: str = ""
    urgent: bool = False
    part: float | None = None


def left_10s(view: RideView) -> float | None:
    """The left share of the last 10 s as it is set big: to half a point, None where too little stands behind it."""
    enough = has_balance(view.balance) and view.last_10s.revolutions >= _LEAST_10S
    return halves(view.last_10s.left_percent) if enough else None


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
        away = f" {clean(status.trouble, 400)}" if status.trouble else ""
        said.append(Notice(f"{status.following}.{away}", urgent=status.stale or bool(away)))
    if status.error:
        said.append(Notice(status.error, urgent=True))
    if status.kept and not status.recording and not status.finished:
        said.append(
            Notice(f"{status.recording_text[:1].upper()}{status.recording_text[1:]}.", not waiting(view))
        )
    if status.fault:
        said.append(Notice(status.fault, urgent=True))
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
    if status.trouble and not status.following:
        said.append(Notice(clean(status.trouble, 400)))
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


def _lost(link: LinkView, view: RideView) -> str:
    lost = link_sentence(link.state, _name(link), view.t - link.since, clean(link.text, 60))
    return f"{lost} The ride goes on."


def _name(link: LinkView) -> str:
    return clean(link.meter, NAME_COLUMNS) or "the meter"
