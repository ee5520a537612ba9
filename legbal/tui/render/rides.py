"""The list of rides: as much of each as there is room for; above it how many, in what order, which of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from legbal.present.document import Line, TextRun
from legbal.present.interval_words import HAPPENED, VS_USUAL, in_brief, vs_usual
from legbal.present.meter import has_balance, ride_share, ride_state
from legbal.present.numbers import clock, meter_names, number, reliable_share, timestamp
from legbal.present.sentences import say
from legbal.present.tables import AN_HOUR, estimate
from legbal.present.text import clean
from legbal.ride.share import Share
from legbal.tui.render.bar import diverging_bar
from legbal.tui.render.selection import Order, left_percent
from legbal.tui.render.text_grid import ColumnLayout, ListColumn, TextGrid, on_grid

if TYPE_CHECKING:
    from legbal.app.rides import ListItem

_LONGEST = 200  # columns of a foreign text
_BAR_COLUMNS = 13
_BANDS = 6  # of power
_BAR_REACH = 6.0  # points from the middle of a ride's bar to its end
_BLOCKS = "▁▂▃▄▅▆▇█"


class ListHeader(NamedTuple):
    """What is listed: of `all` rides those that `words` leave, in an order; the cursor on the `at`th of `shown`."""

    all: int
    shown: int
    at: int
    seconds: float
    order: Order
    words: str
    reading: bool


@on_grid
def head(grid: TextGrid, header: ListHeader) -> None:
    """One row."""
    x = grid.write(1, 0, "Rides", "strong")
    if header.reading and not header.all:
        grid.write(x + 3, 0, say("list.reading"), "quiet")
        return
    x = grid.write(x + 2, 0, f"{header.shown} of {header.all}" if header.words else f"{header.all}", "plain")
    order = grid.write_to(grid.width - 1, 0, f"{header.order.name}   {header.at}/{header.shown}", "quiet")
    hours = header.seconds / 3600
    time = number(hours, unit=" h") if hours >= 0.5 else number(60 * hours, unit=" min")
    search = f"with “{clean(header.words, 24)}”" if header.words else ""
    grid.write_runs(x, 0, ((time, "quiet"), (search, "quiet")), 3, order - 3)


def state(entry: ListItem) -> str:
    """What is out of the ordinary with a ride, in a word or two."""
    demo = "demo" if entry.ride.source == "demo" else ""
    own = ride_state(entry.ride.state, entry.ride.lost, entry.balance, meter_wrong=entry.meter_wrong)
    return ", ".join(filter(None, (demo, own)))


def _title(entry: ListItem) -> TextRun:
    title = clean(entry.ride.title, _LONGEST)
    return TextRun(title or "ride", "strong" if title else "quiet")


def _share(entry: ListItem) -> TextRun:
    style = "quiet" if left_percent(entry) is None else "strong"
    return TextRun(ride_share(entry.share, entry.balance), style)


def _diverging_share(entry: ListItem) -> Line:
    half_width, left = _BAR_COLUMNS // 2, left_percent(entry)
    blank = TextRun(" " * half_width, "plain")
    if left is None:
        return [blank, TextRun("·", "quiet")]
    bar, axis = diverging_bar(left, min(1.0, abs(left - 50) / _BAR_REACH) * half_width), TextRun("│", "quiet")
    if left > 50:
        return [TextRun(" " * (half_width - len(bar.text)), "plain"), bar, axis]
    return [blank, axis, bar]


def _block(band: Share) -> TextRun:
    shown = reliable_share(band)
    if shown is None or band.seconds < 60:  # too little for a glance
        return TextRun("·", "quiet")
    left = shown[0]
    eighths = min(len(_BLOCKS) - 1, int(2 * abs(left - 50)))  # one for each half point
    return TextRun(_BLOCKS[eighths], "left" if left > 50 else "right")


def _meter(entry: ListItem) -> str:
    return meter_names(clean(meter, _LONGEST) for meter in entry.ride.meters)


def _state_or_meter(entry: ListItem) -> str | TextRun:
    return TextRun(text, "quiet") if (text := state(entry)) else _meter(entry)


def _happened(entry: ListItem) -> str:
    if entry.balance is None:
        return ""
    return in_brief(entry.intervals, entry.dropoffs, balance=has_balance(entry.balance))


_LIST: ColumnLayout[ListItem] = ColumnLayout(
    (
        ListColumn("started", 16, lambda entry: timestamp(entry.ride.started), least=108),
        ListColumn("started", 10, lambda entry: timestamp(entry.ride.started)[:10], least=48, below=108),
        ListColumn("title", 0, _title),
        ListColumn("time", 8, lambda entry: clock(entry.duration_s), True, least=48),
        ListColumn("left %", 10, _share, True),
        ListColumn(VS_USUAL, 8, lambda entry: vs_usual(entry.share, entry.usual_percent), True, least=150),
        ListColumn(" left │ right", _BAR_COLUMNS, _diverging_share, least=92),
        ListColumn("bands", _BANDS, lambda entry: [_block(x) for x in entry.bands[:_BANDS]], least=76),
        ListColumn(AN_HOUR, 14, lambda entry: estimate(entry.efforts.drift)[0], True, least=132),
        ListColumn(HAPPENED, 43, _happened, least=190),
        ListColumn("meter", 13, _state_or_meter, least=76, below=92),
        ListColumn("meter", 16, _state_or_meter, least=92, below=108),
        ListColumn("meter", 16, _meter, least=108),
        ListColumn("", 13, lambda entry: TextRun(state(entry), "quiet"), least=108),
    ),
    gap=2,
)
headings, rows = _LIST.headings, _LIST.rows
