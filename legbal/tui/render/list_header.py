"""The line above the list of rides: how many, in what order, which of them; and those orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from legbal.app.rides import Entry
from legbal.tui.render.format import clean
from legbal.tui.render.text_grid import Line, TextGrid, cells_of


class Order(NamedTuple):
    """A way to sort the list: its name, and by what; `down` is from the greatest."""

    name: str
    by: Callable[[Entry], Any]
    down: bool = False


def _off_50(entry: Entry) -> float:
    return -1.0 if _left(entry) is None else abs(_left(entry, 50.0) - 50)


def _left(entry: Entry, otherwise: float | None = None) -> Any:
    known = entry.left_standard_error is not None and entry.balance not in ("absent", "constant")
    return entry.left_percent if known else otherwise


ORDERS = (
    Order("newest first", lambda entry: entry.ride.started, True),
    Order("oldest first", lambda entry: entry.ride.started),
    Order("longest first", lambda entry: entry.ride.duration_s, True),
    Order("by title", lambda entry: entry.ride.title.casefold()),
    Order("least left first", lambda entry: _left(entry, 200.0)),
    Order("most left first", lambda entry: _left(entry, -1.0), True),
    Order("furthest from 50 first", _off_50, True),
    Order("by meter", lambda entry: tuple(meter.casefold() for meter in entry.ride.meters)),
)


class ListHeader(NamedTuple):
    """What is listed: of `all` rides those that `words` leave, in an order; the cursor on the `at`th of `shown`."""

    all: int
    shown: int
    at: int
    seconds: float
    order: str
    words: str
    reading: bool


def draw(header: ListHeader, width: int, height: int) -> list[Line]:
    """One row."""
    grid = TextGrid(width, height)
    x = grid.write(1, 0, "Rides", "strong")
    if header.reading and not header.all:
        grid.write(x + 3, 0, "reading the library …", "quiet")
        return grid.lines()
    count = f"{header.shown} of {header.all}" if header.words else f"{header.all}"
    x = grid.write(x + 2, 0, count, "plain")
    order = grid.write_to(width - 1, 0, f"{header.order}   {header.at}/{header.shown}", "quiet")
    hours = header.seconds / 3600
    ridden = f"{hours:.0f} h" if hours >= 0.5 else f"{60 * hours:.0f} min"
    parts = [ridden, f"with “{clean(header.words, 24)}”" if header.words else ""]
    for part in (part for part in parts if part):
        if x + 3 + cells_of(part) + 2 < order:
            x = grid.write(x + 3, 0, part, "quiet")
    return grid.lines()


def chosen(entries: Sequence[Entry], words: str, order: Order) -> list[Entry]:
    """The rides in which every word occurs (in title, note, date, meter, kind), in that order."""
    wanted = words.casefold().split()
    left = [entry for entry in entries if all(word in _text(entry) for word in wanted)] if wanted else entries
    return sorted(left, key=order.by, reverse=order.down)


def _text(entry: Entry) -> str:
    ride = entry.ride
    day = ride.started.strftime("%Y-%m-%d %A %B")
    parts = (ride.title, ride.note, day, *ride.meters, ride.source, ride.state, entry.balance or "", ride.id)
    return " ".join(parts).casefold()
