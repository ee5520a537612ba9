"""A ride's page: its trace with a cursor, its tables, its notes; and what is shown when a ride has just ended."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar, Literal

import msgspec
from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Mount

from legbal.app.live import Status
from legbal.app.review import ReviewService
from legbal.app.rides import ListItem
from legbal.config import load
from legbal.errors import LegbalError
from legbal.library.rides import LONGEST_NOTE, RideRow
from legbal.present.numbers import clock
from legbal.present.sentences import say
from legbal.present.text import clean
from legbal.ride.view import RideView
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import BaseScreen, LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render import ride_page, ride_trace
from legbal.tui.render.plot import AXIS
from legbal.tui.render.ride_page import FinishedRide, RideContent
from legbal.tui.render.ride_trace import Viewport, interval_at, moments, whole_ride
from legbal.tui.render.status import NOTE_COLUMNS, Frame
from legbal.tui.screens.review_base import ALWAYS, PAGING, ReviewScreen

_TITLE_COLUMNS = 120
_ZOOM = 2.0
_FIELDS: dict[str, tuple[str, int, str, str]] = {  # question, letters, answer's code, example
    "moment": ("A note on {at} of the ride.", NOTE_COLUMNS, "ride.noted", "new saddle, left knee, …"),
    "note": (
        "A note on the ride as a whole.",
        LONGEST_NOTE,
        "ride.note_kept",
        "slept badly, first ride after the flu, …",
    ),
    "title": ("The ride's title.", _TITLE_COLUMNS, "ride.title_kept", ""),
}
_ARRANGEMENTS = ("-both", "-trace", "-text")


class RidePage(ReviewScreen):
    """One ride, read whole in a thread beside the screen.

    Args:
        service: the rides.
        ride: its id, or "last".
        entry: its line in the list, where that is known.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("left", "look('move', -1)", "move", key_display="←→"),
        Binding("right", "look('move', 1)", "move", show=False),
        Binding("comma", "look('jump', -1)", "jump", key_display=",."),
        Binding("full_stop", "look('jump', 1)", "next", show=False),
        Binding("plus,equals_sign", "look('zoom', -1)", "zoom", key_display="+-"),
        Binding("minus", "look('zoom', 1)", "out", show=False),
        Binding("less_than_sign,shift+left", "look('pan', -1)", "before", show=False),
        Binding("greater_than_sign,shift+right", "look('pan', 1)", "after", show=False),
        Binding("0", "look('whole')", "whole ride", show=False),
        Binding("enter", "look('interval')", "interval alone", show=False),
        Binding("up", "scroll(-1)", "up", show=False, priority=True),
        Binding("down", "scroll(1)", "down", show=False, priority=True),
        *PAGING,
        Binding("v", "arrange", "view"),
        Binding("n", "edit('moment')", "note"),
        Binding("N", "edit('note')", "the ride's note", show=False),
        Binding("e", "edit('title')", "title"),
        Binding("x", "export", "export"),
        Binding("r", "report", "report"),
    ]
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
    them on either side hold the true value 19 times out of 20.
    """

    def __init__(self, service: ReviewService, ride: str, entry: ListItem | None = None) -> None:
        self._ride = ride
        self.content = RideContent(entry) if entry is not None else None
        self.trace: Viewport | None = None
        self._arrangement = 0  # of _ARRANGEMENTS
        super().__init__(
            lambda: service,
            GridWidget(ride_page.head, self.content, id="ride-head"),
            GridWidget(ride_trace.draw, empty=say("page.no_trace"), id="ride-trace"),
            VerticalScroll(
                GridWidget(ride_page.body, self.content, id="ride-body"), id="ride-text", can_focus=False
            ),
        )

    @on(Mount)
    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Its summary, which is kept, then all of it; each is shown as it comes."""
        with self.job("read", say("page.reading")) as tell:
            entry = await asyncio.to_thread(self.service.item, self._ride)
            ride, length = entry.ride, max(1.0, entry.ride.duration_s)
            summary = await asyncio.to_thread(self.service.summary, ride)
            page = self.content.page if self.content is not None else None
            self._show(RideContent(entry, page.analysis.summary if page else summary, page))
            page = await asyncio.to_thread(self.service.detail, ride, lambda t: tell(t / length))
            self._show(RideContent(entry, page.analysis.summary, page))
            before = self.trace or whole_ride(page)
            self._show_trace(Viewport(page, before.start, before.end, before.at))

    def _show(self, content: RideContent) -> None:
        self.content = content
        self.redraw("#ride-head, #ride-body", content)

    def _show_trace(self, trace: Viewport) -> None:
        if self.trace is None:
            self.call_after_refresh(self.refresh_bindings)
        self.trace = trace
        running = interval_at(trace)
        interval = None if running is None else running.number
        if self.content is not None and interval != self.content.interval:
            self._show(msgspec.structs.replace(self.content, interval=interval))
        self.redraw("#ride-trace", trace)

    @property
    def chosen(self) -> RideRow | None:
        """The ride, once it was found."""
        return None if self.content is None else self.content.entry.ride

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Before the ride is read there is nothing to move in, and nothing to write."""
        if action == "look":
            return self.trace is not None
        return action not in ("edit", "export", "report") or self.content is not None

    def action_look(self, how: str, by: int = 0) -> None:
        """Another place of the cursor, or another part of the ride."""
        assert self.trace is not None  # else the key is not there
        part = _LOOKS[how](self.trace, by, self.size.width - AXIS - 1)
        if part is None:
            self.say(say("page.no_interval"))
        else:
            self._show_trace(part)

    def action_arrange(self) -> None:
        """Trace and text, the one alone, the other alone."""
        self._arrangement = (self._arrangement + 1) % len(_ARRANGEMENTS)
        for at, name in enumerate(_ARRANGEMENTS):
            self.set_class(at == self._arrangement, name)

    @work(group="write")
    async def action_edit(self, field: Literal["moment", "note", "title"]) -> None:
        """A note on the moment at the cursor; what there is to say of the ride as a whole; its title."""
        if (ride := self.chosen) is None:
            return
        at = self.trace.at if self.trace is not None else 0.0
        question, most, answer, placeholder = _FIELDS[field]
        columns = 2 * most  # a letter takes up to two columns
        value = "" if field == "moment" else getattr(ride, field)
        line = await self.ask(
            LineDialog(
                f"{question.format(at=clock(at))} Enter saves it, Esc goes back.",
                clean(value, columns),
                placeholder=placeholder,
                most=most,
            )
        )
        if value or line.strip():
            keep = (
                partial(self.service.note, ride, at)
                if field == "moment"
                else partial(self.service.describe, ride, field)
            )
            await self.change(say(answer, at=at), partial(keep, clean(line, columns)))
            self.load()


class SummaryScreen(BaseScreen[None]):
    """Shows the last snapshot of a ride until the rider leaves.

    Args:
        view: the ride's last snapshot.
        status: the companion's last status.
        problem: what went wrong while the ride was closed, or nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all", "all of it"),
        Binding("o", "open_page", "the ride's page"),
        Binding("q,enter,escape", "app.leave", "leave"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
    ]

    app: BaseApp[Any]

    def __init__(self, view: RideView, status: Status, problem: str) -> None:
        self._ride_id = status.ride_id
        self._ended = FinishedRide(Frame(view, view, status), problem)
        super().__init__(
            VerticalScroll(
                GridWidget(ride_page.finished, self._ended, id="summary-text"),
            )
        )

    @on(Mount)
    @work(exclusive=True, group="load")
    async def read(self) -> None:
        """The ride's summary as it is kept, which knows the rides before, then its trace; else what was seen last."""
        if self._ride_id:
            with suppress(LegbalError):
                service = await asyncio.to_thread(lambda: ReviewService(load()))
                ride = await asyncio.to_thread(service.find, self._ride_id)
                self._show(summary=await asyncio.to_thread(service.summary, ride))
                page = await asyncio.to_thread(service.detail, ride)
                self._show(summary=page.analysis.summary, page=page)

    def _show(self, **changes: Any) -> None:
        self._ended = msgspec.structs.replace(self._ended, **changes)
        self.query_one("#summary-text", GridWidget).show(self._ended)

    def action_all(self) -> None:
        """All that is known of the ride, or what matters first again."""
        self._show(everything=not self._ended.everything)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """The key for the ride's page is there where it has one."""
        return action != "open_page" or self._ride_id != ""

    async def action_open_page(self) -> None:
        """The page of the ride that has ended, as it is in the library: its whole trace, and all there is to say."""
        try:
            service = await asyncio.to_thread(lambda: ReviewService(load()))
        except LegbalError as problem:
            self.app.problem = str(problem)
            await self.run_action("app.leave")
        else:
            await self.app.push_screen(RidePage(service, self._ride_id))


def _move(trace: Viewport, by: int, columns: int) -> Viewport:
    return trace.move(trace.at + by * max(1.0, (trace.end - trace.start) / max(1, columns)))


def _jump(trace: Viewport, by: int, _columns: int) -> Viewport:
    beyond = [t for t in moments(trace.page) if (t - trace.at) * by > 0.5]
    return trace.move(min(beyond, key=lambda t: t * by, default=trace.at))


def _interval(trace: Viewport, _by: int, _columns: int) -> Viewport | None:
    interval = interval_at(trace)
    if interval is None:
        return None
    around = 0.1 * (interval.end_s - interval.start_s)
    return Viewport(trace.page, interval.start_s - around, interval.end_s + around, trace.at).zoom(1.0)


_LOOKS: dict[str, Callable[[Viewport, int, int], Viewport | None]] = {
    "move": _move,
    "jump": _jump,
    "zoom": lambda trace, by, _: trace.zoom(_ZOOM**by),
    "pan": lambda trace, by, _: trace.pan(by / 2),
    "whole": lambda trace, _by, _: Viewport(trace.page, 0.0, trace.length, trace.at),
    "interval": _interval,
}
