"""The six questions about the weak leg, of one meter at a time."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Mount

from legbal.analysis.rider_answers import RiderAnswers
from legbal.app.review import ReviewService
from legbal.present.document import Block, Line
from legbal.present.me import me_blocks, without_balance
from legbal.present.sentences import say
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import document
from legbal.tui.screens.review_base import ALWAYS, PAGING, ReviewScreen
from legbal.tui.screens.trend import TrendPage


def _words(blocks: Sequence[Block], width: int, _height: int) -> list[Line]:
    return document(blocks, width)


class MePage(ReviewScreen):
    """The answers of all rides on a meter.

    Args:
        service: the rides.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        Binding("left", "meter(-1)", "meter", key_display="← →", priority=True),
        Binding("right", "meter(1)", "meter", show=False, priority=True),
        Binding("up", "scroll(-1)", "scroll", show=False, priority=True),
        Binding("down", "scroll(1)", "scroll", show=False, priority=True),
        *PAGING,
        Binding("t", "trend", "trend"),
    ]
    HELP = """\
    ← →          another meter
    ↑ ↓ PgUp PgDn    the answers below
    t            trend: what they rest on, and what you changed

    Clear: 95 % probable. Likely: 80 %. Not known yet: less; then stands how
    many rides like the last it takes. Ranges are of 95 %. Demonstrations are
    left out.
    """

    def __init__(self, service: ReviewService) -> None:
        self._answers: tuple[RiderAnswers, ...] = ()
        self._meter = 0
        super().__init__(
            service,
            VerticalScroll(GridWidget(_words, id="me-words"), id="me-said", can_focus=False),
        )

    @on(Mount)
    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read it in a thread."""
        with self.job("read", say("trend.reading")):
            self._answers, pending = await asyncio.to_thread(self.service.answers)
            if not self._answers:
                shows = await asyncio.to_thread(self.service.meter_without_balance)
                self.redraw("#me-words", list(without_balance(shows)))
            self.action_meter(0)
            if pending:
                self.say(say("trend.pending", rides=pending))

    def action_meter(self, by: int) -> None:
        """Another meter."""
        if self._answers:
            self._meter = (self._meter + by) % len(self._answers)
            self.redraw("#me-words", list(me_blocks(self._answers[self._meter])))

    def action_trend(self) -> None:
        """Months of rides."""
        self.app.push_screen(TrendPage(self.service))
