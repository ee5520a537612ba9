"""A ride's page: its trace with a cursor, its tables, its notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from legbal.app.rides import RideService
from legbal.library.derived import ListItem
from legbal.library.rides import LONGEST_NOTE, Library, RideRow
from legbal.present.numbers import clock
from legbal.present.text import clean
from legbal.ride.inputs import Mark
from legbal.tui.dialogs import LineDialog
from legbal.tui.render import ride_page, ride_trace
from legbal.tui.render.ride_page import RideContent
from legbal.tui.render.ride_trace import Viewport
from legbal.tui.render.status import NOTE_COLUMNS
from legbal.tui.render.trace import AXIS
from legbal.tui.screens.review_base import ALWAYS, PAGING, ReviewScreen
from legbal.tui.widgets import GridWidget

_TITLE_COLUMNS = 120
_ZOOM = 2.0
_ARRANGEMENTS = ("", "-trace", "-text")

HELP = """\
← →     the cursor, by a column; what holds there stands below it
, .     the cursor to the interval, alert or note before or after
+ -     zoom in and out about the cursor         0   the whole ride
< >     the part before or after
Enter   the interval at the cursor alone
↑ ↓ PgUp PgDn   the tables and sentences below
v       trace and tables, the trace alone, the tables alone
n       a note on the moment at the cursor
N       a note on the ride as a whole
e       edit the ride's title
x       write the ride: FIT, CSV, Parquet or the capture
r       write its report, a page for the browser

The trace: the intervals above, then the left share over the 30 s
before, blue where the left leg does more, orange where the right; grey
is what was usual for you at that power; ▼ an alert; ✎ a note; the power
below.
± is one standard error: how far chance alone moves the number. Two of
them on either side hold the true value nineteen times of twenty.
"""


class RidePage(ReviewScreen):
    """One ride, read whole in a thread beside the screen.

    Args:
        service: the rides.
        ride: its id, or "last".
        entry: its line in the list, where that is known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("left", "move(-1)", "move", key_display="←→"),
        Binding("right", "move(1)", "move", show=False),
        Binding("comma", "jump(-1)", "jump", key_display=",."),
        Binding("full_stop", "jump(1)", "next", show=False),
        Binding("plus,equals_sign", "zoom(-1)", "zoom", key_display="+-"),
        Binding("minus", "zoom(1)", "out", show=False),
        Binding("less_than_sign,shift+left", "pan(-1)", "before", show=False),
        Binding("greater_than_sign,shift+right", "pan(1)", "after", show=False),
        Binding("0", "whole", "whole ride", show=False),
        Binding("enter", "interval", "interval alone", show=False),
        Binding("up", "scroll(-1)", "up", show=False, priority=True),
        Binding("down", "scroll(1)", "down", show=False, priority=True),
        *PAGING,
        Binding("v", "arrange", "view"),
        Binding("n", "note", "note"),
        Binding("N", "ride_note", "the ride's note", show=False),
        Binding("e", "title", "title"),
        Binding("x", "export", "export"),
        Binding("r", "report", "report"),
    ]
    HELP_TEXT = HELP

    def __init__(self, service: RideService, ride: str, entry: ListItem | None = None) -> None:
        super().__init__(service)
        self._ride = ride
        self.content = RideContent(entry) if entry is not None else None
        self.trace: Viewport | None = None

    def compose(self) -> ComposeResult:
        """From the top: what it was, its course, everything else."""
        yield GridWidget(ride_page.head, self.content, id="ride-head")
        empty = "the trace comes when the ride is read"
        yield GridWidget(ride_trace.draw, self.trace, empty=empty, id="ride-trace")
        with VerticalScroll(id="ride-text", can_focus=False):
            yield GridWidget(ride_page.body, self.content, id="ride-body")
        yield from self.compose_end()

    def on_mount(self) -> None:
        """Read the ride."""
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Its summary, which is kept, then all of it; each is shown as it comes."""
        with self.job("read", "Reading the ride …") as tell:
            entry = await asyncio.to_thread(self.service.item, self._ride)
            ride, length = entry.ride, max(1.0, entry.ride.duration_s)
            summary = await asyncio.to_thread(self.service.summary, ride)
            page = self.content.page if self.content is not None else None
            self._show(RideContent(entry, page.analysis.summary if page else summary, page))
            page = await asyncio.to_thread(self.service.detail, ride, lambda t: tell(t / length))
            self._show(RideContent(entry, page.analysis.summary, page))
            before = self.trace or ride_trace.whole_ride(page)
            self._show_trace(Viewport(page, before.start, before.end, before.at))

    def _show(self, content: RideContent) -> None:
        self.content = content
        for drawing in self.drawings("#ride-head", "#ride-body"):
            drawing.show(content)

    def _show_trace(self, trace: Viewport) -> None:
        if self.trace is None:
            self.call_after_refresh(self.refresh_bindings)
        self.trace = trace
        running = ride_trace.interval_at(trace)
        interval = None if running is None else running.number
        if self.content is not None and interval != self.content.interval:
            self._show(msgspec.structs.replace(self.content, interval=interval))
        for drawing in self.drawings("#ride-trace"):
            drawing.show(trace)

    @property
    def chosen(self) -> RideRow | None:
        """The ride, once it was found."""
        return None if self.content is None else self.content.entry.ride

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before the ride is read there is nothing to move in, and nothing to write."""
        del parameters
        if action in ("move", "jump", "zoom", "pan", "whole", "interval"):
            return self.trace is not None
        if action in ("note", "ride_note", "title", "export", "report"):
            return self.content is not None
        return True

    def action_move(self, by: int) -> None:
        """The cursor by a column."""
        if (trace := self.trace) is not None:
            column_s = (trace.end - trace.start) / max(1, self.size.width - AXIS - 1)
            self._show_trace(trace.moved(trace.at + by * max(1.0, column_s)))

    def action_jump(self, by: int) -> None:
        """The cursor to what there is to look at, before or after."""
        if (trace := self.trace) is not None:
            there = ride_trace.moments(trace.page)
            beyond = [t for t in there if (t - trace.at) * by > 0.5]
            if beyond:
                self._show_trace(trace.moved(min(beyond) if by > 0 else max(beyond)))

    def action_zoom(self, by: int) -> None:
        """More of the ride, or less of it."""
        if self.trace is not None:
            self._show_trace(self.trace.zoomed(_ZOOM**by))

    def action_pan(self, by: int) -> None:
        """The part before or after."""
        if self.trace is not None:
            self._show_trace(self.trace.panned(by / 2))

    def action_whole(self) -> None:
        """The whole ride."""
        if (trace := self.trace) is not None:
            self._show_trace(Viewport(trace.page, 0.0, trace.length, trace.at))

    def action_interval(self) -> None:
        """The interval at the cursor, with a little around it."""
        if (trace := self.trace) is None:
            return
        if (interval := ride_trace.interval_at(trace)) is None:
            self.say("There is no interval at the cursor.")
        else:
            around = 0.1 * (interval.end_s - interval.start_s)
            near = Viewport(trace.page, interval.start_s - around, interval.end_s + around, trace.at)
            self._show_trace(near.zoomed(1.0))

    def action_arrange(self) -> None:
        """Trace and text, the one alone, the other alone."""
        now = next((i for i, name in enumerate(_ARRANGEMENTS) if name and self.has_class(name)), 0)
        following = _ARRANGEMENTS[(now + 1) % len(_ARRANGEMENTS)]
        self.remove_class(*(name for name in _ARRANGEMENTS if name))
        if following:
            self.add_class(following)

    def action_note(self) -> None:
        """A note on the moment at the cursor."""
        at = self.trace.at if self.trace is not None else 0.0
        self._ask(
            f"A note on {clock(at)} of the ride.",
            "",
            NOTE_COLUMNS,
            f"Noted at {clock(at)}.",
            lambda library, ride, text: library.mark(ride, Mark(at, "note", text)),
            "new saddle, left knee, …",
        )

    def action_ride_note(self) -> None:
        """What there is to say of the ride as a whole."""
        question, placeholder = "A note on the ride as a whole.", "slept badly, first ride after the flu, …"
        self._ask(question, "note", LONGEST_NOTE, "The note is kept.", Library.annotate, placeholder)

    def action_title(self) -> None:
        """Another title."""
        self._ask("The ride's title.", "title", _TITLE_COLUMNS, "The title is kept.", Library.set_title)

    @work(group="write")
    async def _ask(
        self,
        question: str,
        field: str,
        most: int,
        answer: str,
        keep: Callable[[Library, RideRow, str], object],
        placeholder: str = "",
    ) -> None:
        """Ask for a line about the ride, at first what its `field` holds; keep it, and say so."""
        if (ride := self.chosen) is None:
            return
        columns = 2 * most  # a letter takes up to two columns
        value = getattr(ride, field) if field else ""
        question = f"{question} Enter keeps it, Esc goes back."
        dialog = LineDialog(question, clean(value, columns), placeholder=placeholder, most=most)
        line = await self.app.push_screen_wait(dialog)
        if line is not None and (value or line.strip()):
            await self.change(answer, lambda library: keep(library, ride, clean(line, columns)))
            self.load()
