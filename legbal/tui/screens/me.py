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
from legbal.present.document import Block, Line, Paragraph
from legbal.present.me import me_blocks, without_balance
from legbal.present.numbers import count
from legbal.present.sentences import say
from legbal.present.trend import left_out
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import document
from legbal.tui.screens.review_base import ALWAYS, PAGING
from legbal.tui.screens.tabs import METER_KEYS, TAB_KEYS, TREND_KEY, Tab, TabScreen


def _words(blocks: Sequence[Block], width: int, _height: int) -> list[Line]:
    return document(blocks, width)


class MePage(TabScreen):
    """The answers of all rides on a meter.

    Args:
        service: the rides.
    """

    tab: ClassVar[Tab] = "me"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ALWAYS,
        *TAB_KEYS,
        *METER_KEYS,
        Binding("up", "scroll(-1)", "scroll", key_display="↑ ↓", priority=True),
        Binding("down", "scroll(1)", "scroll", show=False, priority=True),
        *PAGING,
        TREND_KEY,
    ]
    HELP = """\
    Tab, 1 2 3   me, the rides, their trend: what the answers rest on
    ← →          another meter
    ↑ ↓ PgUp PgDn    the answers below

    Clear: 95 % probable. Likely: 80 %. Not known yet: less; then stands how
    many rides like the last it takes. Ranges are of 95 %. Demonstrations are
    left out.
    """

    def __init__(self, service: ReviewService) -> None:
        self._answers: tuple[RiderAnswers, ...] = ()
        self._meter = 0
        self._pending: list[Block] = []  # that rides are yet to be derived
        words = GridWidget(_words, [Paragraph(say("trend.reading"), "quiet")], id="me-words")
        super().__init__(lambda: service, VerticalScroll(words, id="me-said", can_focus=False))

    @on(Mount)
    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read it in a thread."""
        with self.job("read", say("trend.reading")):
            self._answers, pending = await asyncio.to_thread(self.service.answers)
            self._pending = list(left_out((), pending))
            if not self._answers and pending:
                waits = say("me.pending", rides=count(pending, "ride"))
                self.redraw("#me-words", [Paragraph(waits, "strong")])
            elif not self._answers:
                shows = await asyncio.to_thread(self.service.meter_without_balance)
                self.redraw("#me-words", [*without_balance(shows), Paragraph(say("me.import"))])
            self.action_meter(0)

    def action_meter(self, by: int) -> None:
        """Another meter."""
        if self._answers:
            self._meter = (self._meter + by) % len(self._answers)
            self.redraw("#me-words", [*me_blocks(self._answers[self._meter]), *self._pending])
