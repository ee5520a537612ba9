"""The recorded rides: found, opened, brought in from files.

What reads and computes is loaded, in threads, once the screen stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from legbal.app.activity_folders import activity_folders
from legbal.config import load
from legbal.present.numbers import weekday
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import ChoiceDialog, ConfirmDialog
from legbal.tui.grid_widget import GridWidget, RowList
from legbal.tui.path_input import PathDialog, parse_paths
from legbal.tui.render import rides as drawing
from legbal.tui.render.rides import ListHeader
from legbal.tui.render.selection import ORDERS, select_rides
from legbal.tui.render.status import Notice
from legbal.tui.screens.arrivals import LOOK_EVERY_S, ArrivalWatch
from legbal.tui.screens.review_base import ALWAYS, ReviewScreen, import_files
from legbal.tui.screens.tabs import ME_KEY, TAB_KEYS, TREND_KEY, Tab, TabScreen

if TYPE_CHECKING:
    from pathlib import Path

    from legbal.app.review import ReviewService
    from legbal.app.rides import ListItem
    from legbal.library.rides import RideRow

_AT_ONCE = 60  # rides that are read first, so that something is there at once
_NO_RIDES = "No rides yet. Press i to import files of a head unit; `legbal ride` records one."


class RidesScreen(TabScreen):
    """All rides of a library, newest first.

    Args:
        service: gives the rides; called in a thread.
        opens: the tab that is shown first, over the list; back from there is away.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        *TAB_KEYS,
        Binding("slash", "filter", "filter", key_display="/"),
        Binding("s", "sort(1)", "sort"),
        Binding("S", "sort(-1)", "sort back", show=False),
        Binding("i", "import", "import"),
        Binding("x", "export", "export"),
        Binding("r", "report", "report"),
        ME_KEY,
        TREND_KEY,
        Binding("delete,D", "remove", "remove", show=False),
    ]
    HELP = """\
    ↑ ↓ PgUp PgDn Home End   choose a ride
    Enter   its page: trace, intervals, power bands, drop-offs, notes
    /       filter: type a part of a title, date (2026-05), meter or note
    s, S    sort in another way, forwards and backwards
    i       import FIT files or captures; of a folder or a .zip all
    x       write the ride: FIT, CSV, Parquet or the capture
    r       write its report, a page for the browser
    Tab, 1 2 3   m me: six questions about your weak leg, from all rides;
            these rides; t trend: months of rides, and what changed them
    Del, D  remove the ride from the library, for good; it asks first
    d       dark or light

    left %  the whole ride's left share, weighted by work, ± one standard
            error; — where too little pedalling carries a balance
    bands   a block for each power band, from low power to high: blue where
            the left leg does more, orange where the right; the higher, the
            further from 50
    points an hour   how the left share moved with time of effort; on a
            wide screen, as vs usual and what happened on a wider one
    estimated   one sensor for both legs: watch its changes
    unverified  unlisted meter: accuracy unknown
    no balance  the meter sends none, or one that never moves
    """

    app: BaseApp[Any]

    def __init__(self, service: Callable[[], ReviewService], opens: Tab = "me") -> None:
        self._opens = opens
        self._entries: list[ListItem] = []
        self._stopping = False  # an import: the rider asked once
        self._header = ListHeader(0, 0, 0, 0.0, ORDERS[0], "", reading=True)
        self._head = GridWidget(drawing.head, self._header, id="review-head")
        self._filter = Input(
            placeholder="title, date, meter, note …", compact=True, id="filter", max_length=80
        )
        self.rides = RowList(
            drawing.rows, lambda entry: entry.ride.id, opened=self._open, moved=self.show_place, id="rides"
        )
        super().__init__(
            service, self._head, self._filter, GridWidget(drawing.headings, "", id="columns"), self.rides
        )

    @property
    def chosen(self) -> RideRow | None:
        """The ride under the cursor."""
        entry = self.rides.chosen
        return None if entry is None else entry.ride

    def on_screen_resume(self) -> None:
        """A ride may have been renamed, added or derived anew meanwhile."""
        if not self.has_class("-filtering"):
            self.rides.focus()
        self.app.call_after_refresh(self.load)

    def on_mount(self) -> None:
        """Go on once the list is there to come back to (Textual asks the base class, too)."""
        self.app.call_after_refresh(self.open_first)
        self.app.call_after_refresh(self.catch_up)
        self._arrivals = ArrivalWatch(self.app)
        self.set_interval(LOOK_EVERY_S, self.look_for_arrivals)

    @work(name="open_first")
    async def open_first(self) -> None:
        """Show the tab that comes first."""
        await asyncio.to_thread(load_pages)
        if self.is_current:  # the rider has not gone on meanwhile
            self.action_open_tab(self._opens, first=True)

    @work(name="catch_up")
    async def catch_up(self) -> None:
        """Have rides derived again whose code or profile has changed, and see how that goes on."""
        with self.job("derive") as tell:
            steps, rides = await asyncio.to_thread(self._follow), 0
            while (step := await asyncio.to_thread(next, steps, None)) is not None:
                done, rides = step
                tell(done / rides, say("list.deriving", done=done, rides=rides))
            if rides:
                self._load_all()

    def _load_all(self) -> None:
        """Read anew what stands on the screen, and what it stands on."""
        for page in self.app.screen_stack:
            if isinstance(page, TabScreen):
                page.load()

    def look_for_arrivals(self) -> None:
        """In the rider's folders, unless files are brought in just now."""
        if "import" not in self._jobs and self._arrivals.is_due:
            self.take_arrivals()

    @work(group="arrivals")
    async def take_arrivals(self) -> None:
        """Take in what has come, and show it on whatever tab is there."""
        async with aclosing(self._arrivals.news()) as news:
            async for one in news:
                if not one.is_over:
                    self._jobs["import"] = Notice(clean(one.text, SENTENCE_COLUMNS))
                    continue
                self._jobs.pop("import", None)
                if one.text:
                    top = self.app.screen
                    (top if isinstance(top, ReviewScreen) else self).say(one.text)
                    self._load_all()

    def _follow(self) -> Iterator[tuple[int, int]]:
        from legbal.app.reindex_process import follow  # with the library: the screen stands before

        return follow(self.service.path)

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read the list from the library; its newest rides are there at once."""
        with self.job("list"):
            if not self._entries:
                await self._read(_AT_ONCE)
            await self._read(None)
        self._header = self._header._replace(reading=False)

    async def _read(self, most: int | None) -> None:
        # the newest are there at once: which of them lie at another level than others is seen with the whole list
        self._entries = await asyncio.to_thread(lambda: self.service.items(most, compared=most is None))
        self._show(
            all=len(self._entries),
            seconds=sum(entry.duration_s for entry in self._entries),
            reading=most is not None,
        )

    def _show(self, *, keep: bool = True, **changes: Any) -> None:
        header = self._header = self._header._replace(**changes)
        empty = say("list.none_found") if header.words else _NO_RIDES
        self.rides.show_rows(
            select_rides(self._entries, header.words, header.order),
            keep=keep,
            empty="" if header.reading else empty,
        )

    def show_place(self) -> None:
        """Say where in the list the cursor is."""
        shown = len(self.rides.value)
        self._header = self._header._replace(at=min(self.rides.cursor + 1, shown), shown=shown)
        self._head.show(self._header)

    def _open(self, entry: ListItem) -> None:
        from legbal.tui.screens.ride import RidePage  # loaded by now

        self.app.push_screen(RidePage(self.service, entry.ride.id, entry))

    def action_filter(self) -> None:
        """Type what is looked for."""
        self.add_class("-filtering")
        self._filter.focus()

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show(keep=False, words=self._filter.value)

    @on(Input.Submitted)
    def _leave_filter(self) -> None:
        self.remove_class("-filtering")
        self.rides.focus()

    def action_back(self) -> None:
        """First without the filter; then away, unless files are being read."""
        if self._header.words or self.has_class("-filtering"):
            self._filter.value = ""
            self._leave_filter()
        elif "import" in self._jobs and not self._stopping:
            self._stopping = True
            self.say(say("import.stop"), urgent=True)
        else:
            super().action_back()

    def action_sort(self, by: int) -> None:
        """The next way to sort."""
        self._show(order=ORDERS[(ORDERS.index(self._header.order) + by) % len(ORDERS)])

    @work(group="write")
    async def action_remove(self) -> None:
        """Take the ride under the cursor out of the library, if the rider is sure."""
        if (ride := self.chosen) is None:
            return
        named = f"{clean(ride.title, 60) or 'The ride'} of {weekday(ride.started)}"
        await self.ask(  # ends here unless the rider says yes
            ConfirmDialog(
                f"{named}: remove it for good? Its packets and notes go with it.",
                "remove it",
            )
        )
        await self.change(say("list.removed", ride=named), lambda: self.service.remove(ride))
        self.load()

    @work(group="import")
    async def action_import(self) -> None:
        """Ask which files, and import one after the other."""
        if "import" in self._jobs:
            self.say(say("import.running"))
            return
        if (folder := await self._offered_folder()) is not None:
            choices = [say("folders.watch"), say("folders.once")]
            question = ChoiceDialog(say("folders.later"), choices, may_leave=True)
            if await self.ask(question) == 0:
                folders = (*self.app.settings.import_folders, str(folder))
                self.say(await self.app.save_setting({"import_folders": folders}))
                return
            await self._import([folder])
            return
        answer = await self.ask(
            PathDialog(
                "Which file or folder? FIT files, or captures (.jsonl); of a folder or .zip all of them.",
                placeholder="~/Downloads, …",
            )
        )
        await self._import(await asyncio.to_thread(parse_paths, answer))

    async def _offered_folder(self) -> Path | None:
        """One of those that were found on this computer, if the rider takes it; Esc ends the worker."""
        there = await asyncio.to_thread(activity_folders)
        new = [x for x in there if x.path not in self.app.settings.watched_folders]
        if not new:
            return None
        choices = [*(clean(x.shown, SENTENCE_COLUMNS) for x in new), say("folders.other")]
        chosen = await self.ask(ChoiceDialog(say("folders.which"), choices, may_leave=True))
        return new[chosen].path if chosen < len(new) else None

    async def _import(self, paths: list[Path]) -> None:
        run = await asyncio.to_thread(lambda: self.service.import_run(paths))
        self._stopping = False
        await import_files(self, run, self.load)

    def action_open_tab(self, tab: Tab, *, first: bool = False) -> None:
        """Another tab, over this one; back from the `first` is away."""
        if tab != self.tab:
            from legbal.tui.screens.me import MePage  # loaded by now
            from legbal.tui.screens.trend import TrendPage

            page = MePage(self.service) if tab == "me" else TrendPage(self.service)
            self.app.push_screen(page, lambda _: self._after(page, first=first))

    def _after(self, page: TabScreen, *, first: bool) -> None:
        if page.next_tab is not None:
            self.action_open_tab(page.next_tab)
        elif first:
            self.action_back()


def make_rides_screen() -> RidesScreen:
    """The screen of the rider's own rides."""
    return RidesScreen(_service)


def _service() -> ReviewService:
    from legbal.app.review import ReviewService  # with what computes: the screen stands before

    return ReviewService(load())


def load_pages() -> None:
    """Loads what the list leads to."""
    # with what computes: the screen stands before
    import legbal.tui.screens.me
    import legbal.tui.screens.ride
    import legbal.tui.screens.trend  # noqa: F401 - nothing is called here: what the list leads to is loaded
