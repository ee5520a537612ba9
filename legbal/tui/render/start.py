"""How the start screen's rows look: a meter in range, and the rider's choices."""

from legbal.app.nearby_meters import NearbyMeter
from legbal.config import Settings
from legbal.present.meter import signal, signal_bars, signal_word
from legbal.present.text import clean, cut, width_of

_NAME = 24  # columns
_LEAST_REST = 10  # below which the rest of a row says nothing


def _signal(rssi: int | None, *, briefly: bool) -> str:
    if rssi is None:
        return "connected" if briefly else signal(rssi)
    return f"{signal_bars(rssi):<4} {signal_word(rssi) if briefly else signal(rssi)}"


def row(meter: NearbyMeter, width: int) -> str:
    """A meter on one line; of its family as much as there is room for."""
    name = clean(meter.name, _NAME - 2)
    text = name + " " * (_NAME - width_of(name))
    if width >= 90:
        text += f"{_signal(meter.rssi, briefly=False):<23}balance: {meter.balance}"
    else:  # what can be known of the legs goes before what nobody compares
        text += f"{_signal(meter.rssi, briefly=True):<15}{meter.balance}"
    relation = "one of your pair: " if meter.paired else "ridden last: " if meter.usual else ""
    rest = f"   {relation}{clean(meter.family, 200)}"
    room = width - width_of(text)
    return text + cut(rest, room) if room >= _LEAST_REST else cut(text, width)


def choices(settings: Settings, width: int) -> str:
    """The rider's choices, each on a line with its key and, where there is room for it, what it is for."""
    ftp = "I don't know" if settings.ftp is None else f"{settings.ftp:g} W"
    weak = "I don't know" if settings.weak_leg == "unknown" else settings.weak_leg
    sound = f"on, volume {settings.volume:.0%}" if settings.sound else "off"
    rows = (
        ("f", "FTP", ftp, "power bands rest on it; else it is estimated"),
        ("w", "weak leg", weak, "the leg to watch; else both are watched"),
        ("s", "sound", sound, "hear the left alert, then the right one"),
    )
    lines = (f"{key}   {name:<10}{value:<18}{what if width >= 80 else ''}" for key, name, value, what in rows)
    return "\n".join(line.rstrip() for line in lines)
