"""What the live screen draws from, and its lines of text: at the top whose numbers, time, recording, sound, interval.

And its states in words, on a line of their own: what the rider should know. Screens of recorded rides have the same
line above their keys.
"""

from typing import NamedTuple

import msgspec

from legbal.app.live import Status
from legbal.present.balance_remarks import quality_word
from legbal.present.document import Line
from legbal.present.live import not_back, urgent, waiting
from legbal.present.meter import (
    NAME_COLUMNS,
    caveats,
    low_battery,
    searching,
    signal_bars,
)
from legbal.present.numbers import clock
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, capitalized, clean, cut, width_of, wrapped
from legbal.ride.view import LinkView, RideView
from legbal.tui.render import glyphs
from legbal.tui.render.text_grid import TextGrid, on_grid

NOTE_COLUMNS = 200
_MOST_ROWS = 3
_MOST_REASON_ROWS = 5  # of why the meter is not there
_LARGEST_SEARCH = 12  # half rows to a dot
_BAR = 20  # columns


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


def states(frame: Frame) -> list[Notice]:
    """All that is to be said now, the most pressing first."""
    view, status = frame.now, frame.status
    is_waiting = waiting(view)
    trouble = clean(status.trouble, SENTENCE_COLUMNS)
    followed = f"{status.following}. {trouble}".rstrip() if status.following else ""
    recording = f"{capitalized(status.recording_text)}."
    paused = "ride.paused_elsewhere" if status.following else "ride.paused"
    unrecorded = status.recordable and not (status.recording or status.finished or status.loading)
    # whether it is set apart, and the sentence, which is empty where there is nothing to be said
    notices = [
        (False, frame.flash),
        (status.stale or bool(trouble), followed),  # without the broker there is nothing to follow
        (True, status.error),
        (not is_waiting, recording if unrecorded else ""),
        (True, status.fault),
        # a fault that has just been met is that of the meter, in more words
        *((True, x) for x in urgent(view) if not (status.fault and x == say("state.meter_wrong"))),
        (False, not_back(view)),
        (True, say("ride.view_frozen", at=view.timer_s) if frame.held else ""),
        (True, "" if view.paused_since is None else say(paused, at=view.timer_s)),
        (True, say("ride.source_over") if status.finished else ""),
        (False, "" if status.following else trouble),  # before what is always said of some meters
        *((False, "" if is_waiting else sentence) for sentence in caveats(view)),
        *((False, low_battery(link)) for link in view.links),
        (False, say("recording.packets_lost", lost=status.lost) if status.lost else ""),
    ]
    return [Notice(text, urgent) for urgent, text in notices if text]


def draw_states(frame: Frame, width: int, _height: int) -> list[Line]:
    """The states in the order of their weight: the first wrapped in full, further ones beside it if they fit.

    Gives one row, or up to three where an urgent sentence needs them; `height` is not used.
    """
    return _notices(states(frame) or [Notice()], width)


def draw_notice(notice: Notice, width: int, _height: int) -> list[Line]:
    """One sentence: in one row with its bar, or without one in up to three."""
    if notice.part is None:
        return _notices([notice], width)
    bar = _BAR if width >= 60 else 0
    grid = TextGrid(width, 1)
    grid.put(0, 0, _notices([notice._replace(text=cut(notice.text, width - bar - 4))], width))
    full = round(max(0.0, min(1.0, notice.part)) * bar)
    grid.write_runs(width - bar - 1, 0, (("█" * full, "strong"), ("░" * (bar - full), "quiet")))
    return grid.lines()


def _notices(notices: list[Notice], width: int) -> list[Line]:
    """A sentence in as many rows as it needs, at most three; beside one of one row, further ones as they fit."""
    first = notices[0]
    rows = wrapped(clean(first.text, SENTENCE_COLUMNS), width - 2)[:_MOST_ROWS]
    style = "urgent" if first.urgent else "plain"
    grid = TextGrid(width, len(rows), style)
    end = 0
    for y, row in enumerate(rows):
        end = grid.write(1, y, cut(row, width - 2), style)
    for further in notices[1:]:
        text = f"  ·  {clean(further.text, SENTENCE_COLUMNS)}"
        if grid.height > 1 or end + width_of(text) > width - 1:
            break
        end = grid.write(end, 0, text, "urgent" if further.urgent else "quiet")
    return grid.lines()


@on_grid
def draw_header(grid: TextGrid, frame: Frame) -> None:
    """One row. What the balance is worth, time and recording always stand; the rest as there is room."""
    view, status = frame.steady, frame.status
    if status.loading:
        nothing = say("ride.loading")
    else:
        nothing = say("ride.none_yet" if status.following and not view.links else "ride.no_meter_yet")
    name = clean(view.meter_name, NAME_COLUMNS if grid.width >= 100 else 16) or (
        nothing if waiting(view) else "meter"
    )
    worth = (say("ride.nothing_measured") if waiting(view) else quality_word(view.balance), "plain")
    source = "" if status.source in ("", "Bluetooth") else f" · {clean(status.source, 14)}"
    linked = view.links if grid.width >= 80 else ()  # a low battery is said below
    links = ((_link(link, grid.width >= 100), "quiet") for link in linked)
    runs = [(name, "strong")]
    if not status.loading:
        runs = [*runs, (" · ", "quiet"), worth, (source, "quiet"), *links] if grid.width >= 60 else [worth]
    x = grid.write_runs(1, 0, runs)
    started = view.counts.notifications > 0 or view.power_w is not None  # a follower hears of the power first
    now = clock(view.timer_s if started else 0.0)  # the search is no part of the ride
    taken = x + 2 + width_of(now) + 2
    right = next((text for text in _right(frame, grid.width) if taken + width_of(text) < grid.width), "")
    start = grid.write_to(grid.width - 1, 0, right, "plain")
    middle = min(max((grid.width - width_of(now)) // 2, x + 2), start - 2 - width_of(now))
    if middle > x:
        grid.write(middle, 0, now, "strong")


def _right(frame: Frame, width: int) -> list[str]:
    """What may stand at the right, the fullest first: the ride's time beside it goes before the rest."""
    view, status = frame.steady, frame.status
    if status.loading:
        return []
    code = f"recording.{'on' if status.recording else 'off' if status.recordable else 'impossible'}"
    recording = say(code)
    state = "muted" if view.muted and status.sound != "off" else status.sound
    sound = say(f"sound.{state}")
    telling = "" if state == "on" else sound
    words = [x.header for x in status.headers]
    failing = [x.header for x in status.headers if x.state != "on"]
    briefly = say(f"{code}_briefly")
    interval = _interval(view)
    choices = (
        (recording, sound, *words, interval),
        (recording, sound, *failing, interval),
        (recording, telling, *failing, interval),
        (recording, telling, *failing) if failing else (recording, interval),
        (recording, telling, *words),
        (recording, telling, *failing),
        (briefly, telling, *failing) if failing else (recording, telling),
        (recording, *failing),
        (recording,),
        (briefly,),
    )
    first = 0 if width >= 100 else 4 if width >= 60 else 9
    return ["   ".join(filter(None, parts)) for parts in choices[first:]]


def _link(link: LinkView, in_full: bool) -> str:
    signal = signal_bars(link.rssi) if link.state == "connected" and link.rssi is not None else ""
    name = "battery " if in_full else ""
    low = " low" if low_battery(link) else ""
    battery = "" if link.battery_percent is None else f"{name}{link.battery_percent} %{low}"
    text = " ".join(filter(None, (signal, battery)))
    return f"  {text}" if text else ""


def _interval(view: RideView) -> str:
    if view.interval is None:
        return ""
    code = "interval.of" if view.intervals_planned else "interval.number"
    left = view.interval_left_s
    time = clock(view.t - view.interval.start_s) if left is None else say("interval.left", left_s=left)
    return f"{say(code, number=view.interval.number, planned=view.intervals_planned)}   {time}"


@on_grid
def draw_searching(grid: TextGrid, frame: Frame) -> None:
    """What is being looked for before the meter is there, set big, and what to do."""
    loading = say("ride.loading"), list[tuple[str, bool]]()
    words, sentences = loading if frame.status.loading else searching(frame.now, bool(frame.status.following))
    big = words.upper()
    rows = [
        (row, "strong" if stands_out else "plain")
        for sentence, stands_out in sentences
        for row in wrapped(sentence, grid.width - 4)[:_MOST_REASON_ROWS]
    ]
    scale = glyphs.fitting_scale(big, grid.width, grid.height - 1 - len(rows), _LARGEST_SEARCH)
    top = max(0, (grid.height - glyphs.rows(scale) - 1 - len(rows)) // 2)
    glyphs.write(grid, (grid.width - glyphs.columns(big, scale)) // 2, top, big, "plain", scale)
    for at, (row, style) in enumerate(rows, start=top + glyphs.rows(scale) + 1):
        grid.centre(at, cut(row, grid.width), style)
