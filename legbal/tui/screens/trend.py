"""Months of rides: where the balance goes, and what the rider's changes did to it."""

import asyncio
from datetime import date
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Mount

from legbal.analysis.months import LONGEST_WORDS, Kind
from legbal.app.review import ReviewService
from legbal.present.days import parse_day
from legbal.present.sentences import say
from legbal.present.text import clean
from legbal.tui.base_screens import ChoiceDialog, LineDialog
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render import trend
from legbal.tui.render.selection import TrendSelection, select_trend
from legbal.tui.screens.review_base import ALWAYS, PAGING, ask_same_meters
from legbal.tui.screens.tabs import ME_KEY, METER_KEYS, TAB_KEYS, Tab, TabScreen

_KINDS: dict[Kind, str] = {
    "fit": "the bicycle or the shoes: cleats, saddle, cranks",
    "injury": "an injury, or its end",
    "training": "training: strength work, single-leg drills",
}


class TrendPage(TabScreen):
    """The trend of each meter and power band.

    Args:
        service: the rides.
    """

    tab: ClassVar[Tab] = "trend"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        *TAB_KEYS,
        Binding("up", "band(-1)", "band", key_display="↑ ↓", priority=True),
        Binding("down", "band(1)", "band", show=False, priority=True),
        *METER_KEYS,
        *PAGING,
        Binding("c", "change", "add a change"),
        Binding("r", "report", "report"),
        ME_KEY,
    ]
    HELP = """\
    Tab, 1 2 3   me, the rides, their trend
    ↑ ↓          another power band
    ← →          another meter
    PgUp PgDn    the words below
    c            add a change: what you changed, and on which day
    r            write a report of it, a page for the browser

    ● is the mean of a month, blue where the left leg does more, orange
    where the right; the line through it holds the true value 19 times
    out of 20. • is one ride. ┆ is a change that you noted. Only rides on
    one meter, in one power band, are compared; demonstrations are left out.
    """

    def __init__(self, service: ReviewService) -> None:
        self.selection: TrendSelection | None = None
        super().__init__(
            lambda: service,
            GridWidget(trend.head, id="review-head"),
            GridWidget(trend.bands, id="trend-bands"),
            GridWidget(trend.chart, id="trend-chart"),
            VerticalScroll(GridWidget(trend.words, id="trend-words"), id="trend-said", can_focus=False),
        )

    @on(Mount)
    @work(group="meters")
    async def ask_which_are_one(self) -> None:
        """Ask of names that may be of one meter, whose rides would otherwise be two trends; then read them anew."""
        if await ask_same_meters(self):
            self.load()

    @on(Mount)
    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read it in a thread."""
        with self.job("read", say("trend.reading")):
            trends = await asyncio.to_thread(self.service.trend)
            changes = tuple(await asyncio.to_thread(self.service.change_reports))
            self._show(select_trend(trends, changes, self.selection))
            if trends.pending:
                self.say(say("trend.pending", rides=trends.pending))

    def _show(self, selection: TrendSelection) -> None:
        self.selection = selection
        self.query_one("#trend-chart").display = selection.series is not None
        self.redraw("#review-head, #trend-bands, #trend-chart, #trend-words", selection)

    def action_band(self, by: int) -> None:
        """Another power band."""
        if self.selection is not None:
            self._show(self.selection.with_band(by))

    def action_meter(self, by: int) -> None:
        """Another meter."""
        if self.selection is not None:
            self._show(self.selection.with_meter(by))

    @work(group="write")
    async def action_report(self) -> None:
        """Write a report of all months, meters and bands."""
        await self.written("trend.html", self.service.trend_report)

    @work(group="write")
    async def action_change(self) -> None:
        """Ask what was changed, of what kind it is, and when; keep it, and see what became of it."""
        words = await self.ask(
            LineDialog(
                "What did you change? Enter goes on, Esc goes back.",
                placeholder="left cleat 2° in, saddle 4 mm up, 6 weeks of single-leg work, …",
                most=LONGEST_WORDS,
                read=partial(clean, columns=LONGEST_WORDS),
                needed="Say it in a few words",
            )
        )
        place = await self.ask(ChoiceDialog("What kind of change is it?", [*_KINDS.values()], may_leave=True))
        day = await self.ask(
            LineDialog(
                "On which day? As 2026-05-01, 1 May or yesterday. Enter saves it, Esc goes back.",
                date.today().isoformat(),
                most=20,
                read=_day,
            )
        )
        await self.change(
            say("trend.change_kept"),
            partial(self.service.add_change, words, day, None, list(_KINDS)[place]),
        )
        self.load()


def _day(line: str) -> date:
    return parse_day(line, date.today())
