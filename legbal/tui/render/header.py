"""The top line: whose numbers, what they are worth, ride time, recording, sound, interval."""

from __future__ import annotations

from legbal.present.grid import Line
from legbal.present.meter import QUALITY, signal_bars
from legbal.present.numbers import clock, interval_name
from legbal.present.text import clean, width_of
from legbal.ride.view import LinkView, RideView
from legbal.tui.render.status import LOW_BATTERY_PERCENT, NAME_COLUMNS, Frame, waiting
from legbal.tui.render.text_grid import TextGrid

_SOUND = {"on": "♪ on", "muted": "♪ muted", "bell": "♪ bell only", "off": "♪ no sound"}


def draw(frame: Frame, width: int, height: int) -> list[Line]:
    """One row. What the balance is worth, time and recording always stand; the rest as there is room."""
    view, status = frame.steady, frame.status
    grid = TextGrid(width, height)
    name_columns = NAME_COLUMNS if width >= 100 else 16
    nothing = "no ride yet" if status.following and not view.links else "no meter yet"
    name = clean(view.meter_name, name_columns) or (nothing if waiting(view) else "meter")
    x = 1
    if width >= 60:
        x = grid.write(x, 0, name, "strong")
        x = grid.write(x, 0, " · ", "quiet")
    x = grid.write(x, 0, "nothing measured yet" if waiting(view) else QUALITY[view.balance], "plain")
    if width >= 60:
        if status.source not in ("", "Bluetooth"):
            x = grid.write(x, 0, f" · {clean(status.source, 14)}", "quiet")
        for link in view.links:
            x = grid.write(x, 0, _link(link, width >= 100), "quiet")
    ridden = view.counts.notifications > 0 or view.power_w is not None  # a follower hears of the power first
    now = clock(view.t if ridden else 0.0)  # the search is no part of the ride
    free = width - 1 - (x + 2 + width_of(now) + 2)
    said = next((text for text in _right(frame, width) if width_of(text) <= free), "")
    start = grid.write_to(width - 1, 0, said, "plain")
    middle = min(max((width - width_of(now)) // 2, x + 2), start - 2 - width_of(now))
    if middle > x:
        grid.write(middle, 0, now, "strong")
    return grid.lines()


def _right(frame: Frame, width: int) -> list[str]:
    """What may stand at the right, the fullest first: the ride's time beside it goes before the rest."""
    view, status = frame.steady, frame.status
    recording = "● recording" if status.recording else "○ not recording" if status.kept else ""
    short = "●" if status.recording else "○ not rec." if status.kept else ""
    sound = "♪ muted" if view.muted else _SOUND[status.sound]
    telling = "" if sound == _SOUND["on"] else sound
    interval = _interval(view)
    choices = [(recording, sound, interval), (recording, telling, interval), (recording, interval)]
    choices += [(recording, telling, ""), (recording, "", ""), (short, "", "")]
    choices = choices[0 if width >= 100 else 3 if width >= 60 else 5 :]
    return ["   ".join(part for part in parts if part) for parts in choices]


def _link(link: LinkView, in_full: bool) -> str:
    parts = []
    if link.state == "connected" and link.rssi is not None:
        parts.append(signal_bars(link.rssi))
    if link.battery_percent is not None:
        low = " low" if link.battery_percent <= LOW_BATTERY_PERCENT else ""
        parts.append(f"{'battery ' if in_full else ''}{link.battery_percent} %{low}")
    return "  " + " ".join(parts) if parts else ""


def _interval(view: RideView) -> str:
    if view.interval is None:
        return ""
    planned = f" of {view.intervals_planned}" if view.intervals_planned else ""
    left = view.interval_left_s
    time = clock(view.t - view.interval.start_s) if left is None else f"{clock(left)} left"
    return f"{interval_name(view.interval.number)}{planned}   {time}"
