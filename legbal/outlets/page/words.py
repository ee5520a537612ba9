"""What the page shows of a ride, in the words of the live screen: texts that it has only to set in their places."""

from typing import Literal

import msgspec

from legbal.outlets import RunState
from legbal.present import live
from legbal.present.balance_remarks import quality_word
from legbal.present.meter import NAME_COLUMNS, has_balance, searching
from legbal.present.numbers import clock, number
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.ride.inputs import Side
from legbal.ride.view import RideView

_LONGEST_WORD = 12  # letters of a state that is set big: others are sentences
_ARROWS = {"left": "◀ {}", "right": "{} ▶"}
_MOST_NOTICES = 3


class LegText(msgspec.Struct, frozen=True):
    """A leg's share as a figure, and below it which leg that is, with its watts."""

    share: str
    label: str


class PageText(msgspec.Struct, frozen=True):
    """One view of a ride, as the page shows it.

    `side` is the leg that is looked at, whose share is largest; `leg` the one that `word` is about, if any. `mood` is
    what colours the glance: an alert, or a leg that has just come back. `back` is how much of the way back that leg has
    come, 0 to 1. `pace` has clock, watts and cadence, each with what it is; with the last a strap's heart rate.
    """

    meter: str
    time: str
    side: Side
    left: LegText
    right: LegText
    points: str
    word: str
    long: bool
    detail: str
    mood: Literal["", "alert", "back"]
    leg: Side | None
    missing: str
    back: float | None
    pace: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    muted: bool
    over: bool


def page_text(now: RideView, steady: RideView, run: RunState) -> PageText:
    """What the page shows.

    Args:
        now: the newest view, which states and alerts follow.
        steady: one of the same second, which numbers follow, so that they can be read.
        run: whether the ride is recorded, and over.
    """
    waits = live.waiting(now)
    state = live.GlanceState(searching(now, False)[0]) if waits else live.state(now)
    mood: Literal["", "alert", "back"] = "alert" if state.is_alert else "back" if state.is_back else ""
    shares, watts = live.both_shares(live.believed_left(steady)), live.both_watts(steady)
    reference = " ?" if steady.reference == "unknown" and has_balance(steady.balance) and not waits else ""
    legs = {
        side: LegText(shares[side], f"{side.upper()}{reference} {watts[side]}".rstrip()) for side in shares
    }
    missing, unit = live.missing(steady) if state.is_alert else ("", "")
    word = state.word.upper()
    name = clean(steady.meter_name, NAME_COLUMNS)
    return PageText(
        meter=" · ".join(filter(None, (name, "" if waits else quality_word(steady.balance)))),
        time=clock(steady.timer_s),
        side=now.glance.side,
        left=legs["left"],
        right=legs["right"],
        points=live.distance(steady.glance.points_now if state.is_alert else steady.glance.points),
        word=_ARROWS.get(state.side or "", "{}").format(word) if mood else word,
        long=len(word) > _LONGEST_WORD,
        detail=state.detail,
        mood=mood,
        leg=state.side,
        missing=f"{missing} W {unit}" if missing else "",
        back=live.way_back(steady) if state.is_alert else None,
        pace=(
            live.interval_clock(steady),
            (number(steady.power_w), "W"),
            (number(steady.cadence_rpm), " · ".join(filter(None, ("rpm", live.heart_rate(steady))))),
        ),
        notices=tuple(_notices(now, run, waits))[:_MOST_NOTICES],
        muted=now.muted,
        over=run.finished,
    )


def _notices(now: RideView, run: RunState, waits: bool) -> list[str]:
    """What the rider should know, the most pressing first."""
    sentences = [
        say("page.over") if run.finished else "",
        run.problem,
        *(text for text, _ in (searching(now, False)[1] if waits else ())),
        *live.urgent(now),
        live.not_back(now),
    ]
    return [clean(text, SENTENCE_COLUMNS) for text in sentences if text]
