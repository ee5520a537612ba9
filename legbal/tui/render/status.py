"""What the live screen draws from, and its states in words, on a line of their own: what the rider should know.

Screens of recorded rides have the same line above their keys.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from legbal.app.companion import Status
from legbal.present.events import link_sentence
from legbal.present.grid import Line
from legbal.present.meter import ASSUMED_LEFT, CAVEAT, has_balance
from legbal.present.numbers import clock, halves, share
from legbal.present.remarks import remark
from legbal.present.text import clean, cut, width_of, wrapped
from legbal.ride.view import LinkView, RideView
from legbal.tui.render.text_grid import TextGrid

NAME_COLUMNS = 24
NOTE_COLUMNS = 200
_LEAST_10S = 5  # revolutions behind a 10-s share, below which it says nothing
LOW_BATTERY_PERCENT = 15
_MOST_ROWS = 3
_BAR = 20  # columns
_COLUMNS = 400  # of a sentence


class Frame(msgspec.Struct, frozen=True, eq=False):
    """One frame's values.

    `now` is as new as the timer allows; alerts and states follow it. `steady` changes at most once a second;
    numbers, bar and trace follow it, so that they can be read. Frames are compared by identity.
    """

    now: RideView
    steady: RideView
    status: Status
    held: bool = False
    flash: str = ""  # the answer to the last key, for a moment


class Notice(NamedTuple):
    """One sentence to the rider; an urgent one is set apart; with `part` (0 to 1) a bar stands beside it."""

    text: str = ""
    urgent: bool = False
    part: float | None = None


def left_10s(view: RideView) -> float | None:
    """The left share of the last 10 s as it is set big: to half a point, None where too little stands behind it."""
    enough = has_balance(view.balance) and view.last_10s.rests_on(_LEAST_10S)
    return halves(view.last_10s.left_percent) if enough else None


def both_shares(left: float | None) -> tuple[str, str]:
    """The left and the right share as figures; dashes where there is none."""
    return share(left), share(None if left is None else 100 - left)


def waiting(view: RideView) -> bool:
    """Whether no meter has been heard yet."""
    return view.counts.notifications == 0 and not any(link.state == "connected" for link in view.links)


def states(frame: Frame) -> list[Notice]:
    """All that is to be said now, the most pressing first."""
    view, status = frame.now, frame.status
    said = [Notice(frame.flash)]
    if status.following:  # without the broker there is nothing to follow
        away = f" {clean(status.trouble, 400)}" if status.trouble else ""
        said.append(Notice(f"{status.following}.{away}", urgent=status.stale or bool(away)))
    said.append(Notice(status.error, urgent=True))
    if status.kept and not status.recording and not status.finished:
        said.append(
            Notice(f"{status.recording_text[:1].upper()}{status.recording_text[1:]}.", not waiting(view))
        )
    said.append(Notice(status.fault, urgent=True))
    if view.one_sided is not None:  # why stands in the limits, which come to a follower a moment later
        alone = f"Only the {view.one_sided} side is heard: these are one leg's watts."
        said.append(Notice(clean(remark(view.limits[0]), 400) if view.limits else alone, urgent=True))
    said += [_lost(link, view) for link in view.links if link.state in ("lost", "stalled")]
    if frame.held:
        text = f"View held at {clock(view.t)}: the ride goes on. Press p to let go."
        said.append(Notice(text, urgent=True))
    if status.finished:
        said.append(Notice("That was all: press q for the summary.", urgent=True))
    if status.trouble and not status.following:  # before what is always said of some meters
        said.append(Notice(clean(status.trouble, 400)))
    if not waiting(view):
        said += _about_the_number(view)
    said += [
        Notice(f"Battery of {_name(link)} is low: {link.battery_percent} %.")
        for link in view.links
        if link.battery_percent is not None and link.battery_percent <= LOW_BATTERY_PERCENT
    ]
    if status.lost:
        said.append(Notice(f"{status.lost} packets were lost on the way to the library."))
    return [notice for notice in said if notice.text]


def _about_the_number(view: RideView) -> list[Notice]:
    said = []
    if view.one_leg:
        said.append(Notice(f"One-leg pedalling: {view.one_leg} leg only."))
    if view.reference == "unknown" and has_balance(view.balance):
        said.append(Notice("The meter does not say which leg its number is; read as left. Press s to say."))
    if not has_balance(view.balance) and view.limits:
        said += [Notice(clean(remark(limit), 400)) for limit in view.limits]
    elif view.balance == "unknown" and view.limits:
        said.append(Notice(clean(remark(view.limits[0]), 400)))
    elif view.balance != "measured":
        said.append(Notice(CAVEAT[view.balance]))
    if view.reference == "assumed_left":
        said.append(Notice(ASSUMED_LEFT))
    return said


def _lost(link: LinkView, view: RideView) -> Notice:
    lost = link_sentence(link.state, _name(link), view.t - link.since, clean(remark(link.remark), 60))
    return Notice(f"{lost} The ride goes on.", urgent=True)


def _name(link: LinkView) -> str:
    return clean(link.meter, NAME_COLUMNS) or "the meter"


def draw_states(frame: Frame, width: int, _height: int) -> list[Line]:
    """The states in the order of their weight: the first wrapped in full, further ones beside it if they fit.

    Gives one row, or up to three where an urgent sentence needs them; `height` is not used.
    """
    notices = states(frame) or [Notice()]
    grid, end = _wrapped(notices[0], width)
    for further in notices[1:]:
        text = f"  ·  {clean(further.text, _COLUMNS)}"
        if grid.height > 1 or end + width_of(text) > width - 1:
            break
        end = grid.write(end, 0, text, "urgent" if further.urgent else "quiet")
    return grid.lines()


def draw_notice(notice: Notice, width: int, _height: int) -> list[Line]:
    """One sentence: in one row with its bar, or without one in up to three."""
    if notice.part is None:
        return _wrapped(notice, width)[0].lines()
    style = "urgent" if notice.urgent else "plain"
    grid = TextGrid(width, 1, style)
    bar = _BAR if width >= 60 else 0
    grid.write(1, 0, cut(notice.text, width - bar - 4), style)
    full = round(max(0.0, min(1.0, notice.part)) * bar)
    grid.write(width - bar - 1, 0, "█" * full, "strong")
    grid.write(width - bar - 1 + full, 0, "░" * (bar - full), "quiet")
    return grid.lines()


def _wrapped(notice: Notice, width: int) -> tuple[TextGrid, int]:
    """A sentence in as many rows as it needs, at most three, and the column after its last."""
    rows = wrapped(clean(notice.text, _COLUMNS), width - 2)[:_MOST_ROWS]
    style = "urgent" if notice.urgent else "plain"
    grid = TextGrid(width, len(rows), style)
    end = 0
    for y, row in enumerate(rows):
        end = grid.write(1, y, cut(row, width - 2), style)
    return grid, end if notice.text else 0
