"""What the start screen draws: a meter in range on one line, and what the rider has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from legbal.config import Settings
from legbal.present.meter import signal, signal_bars, signal_word
from legbal.present.numbers import brief, number
from legbal.present.sentences import say
from legbal.present.text import clean, cut, width_of

if TYPE_CHECKING:  # with the radio
    from legbal.app.nearby import NearbyMeter

_NAME = 24  # columns, of a meter's name
_CHOSEN, _CHOICES = 16, 36  # columns of what is chosen, and before what it is for
_LEAST_REST = 10  # below which the rest of a row says nothing


def _signal(rssi: int | None, *, briefly: bool) -> str:
    if rssi is None:
        return "connected" if briefly else signal(rssi)
    return f"{signal_bars(rssi):<4} {signal_word(rssi) if briefly else signal(rssi)}"


def row(meter: NearbyMeter, width: int) -> str:
    """A meter on one line; of its family as much as there is room for."""
    name = clean(meter.name, _NAME - 2)
    # what can be known of the legs goes before what nobody compares
    strength = f"{_signal(meter.rssi, briefly=width < 90):<{23 if width >= 90 else 15}}"
    text = f"{name}{' ' * (_NAME - width_of(name))}{strength}{meter.balance}"
    relation = "one of your pair: " if meter.paired else "ridden last: " if meter.usual else ""
    rest = f"   {relation}{clean(meter.family, 200)}"
    room = width - width_of(text)
    return text + cut(rest, room) if room >= _LEAST_REST else cut(text, width)


def choices(settings: Settings, width: int, straps: Sequence[NearbyMeter] = (), *, bell_only: bool) -> str:
    """The rider's choices, each on a line with its key and, where there is room for it, what it is for.

    `straps` are those in range: without one, and none chosen, there is no line about it. `bell_only`: there is no
    device that plays tones.
    """
    ftp = "I don't know" if settings.ftp is None else brief(settings.ftp, " W")
    weak = "I don't know" if settings.weak_leg == "unknown" else settings.weak_leg
    loud = say("start.bell") if bell_only else f"on, volume {number(100 * settings.volume, unit=' %')}"
    sound = loud if settings.sound else "off"
    rows = [
        ("f", "FTP", ftp, "power bands rest on it; else it is estimated"),
        ("w", "weak leg", weak, "the leg to watch; else both are watched"),
        ("s", "sound", sound, "hear the left alert, then the right one"),
    ]
    if straps or settings.heart_rate != "off":
        near = say("heart_rate.in_range", straps=", ".join(clean(x.name, _NAME) for x in straps))
        chosen = cut(clean(settings.heart_rate, _NAME), _CHOSEN)
        rows.append(("h", "heart", chosen, cut(near, max(0, width - _CHOICES)) if straps else ""))
    lines = (f"{key}   {name:<10}{value:<18}{what if width >= 80 else ''}" for key, name, value, what in rows)
    return "\n".join(line.rstrip() for line in lines)
