"""The tabs of recorded rides: what all of them say, the list, the trend. Each is a screen with the same row on top."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.widget import Widget
from textual.worker import Worker

from legbal.present.document import MARK
from legbal.present.sentences import say
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render.text_grid import TextGrid, on_grid
from legbal.tui.screens.review_base import ReviewScreen

if TYPE_CHECKING:
    from legbal.app.review import ReviewService

Tab = Literal["me", "rides", "trend"]
TABS: tuple[Tab, ...] = ("me", "rides", "trend")
_GAP = 3  # columns between two

TAB_KEYS: tuple[BindingType, ...] = (
    Binding("tab", "move_tab(1)", "next tab", key_display="Tab", priority=True),
    Binding("shift+tab", "move_tab(-1)", "tab before", show=False, priority=True),
    Binding("1", "open_tab('me')", "me", show=False),
    Binding("2", "open_tab('rides')", "rides", show=False),
    Binding("3", "open_tab('trend')", "trend", show=False),
)
ME_KEY, TREND_KEY = Binding("m", "open_tab('me')", "me"), Binding("t", "open_tab('trend')", "trend")
METER_KEYS: tuple[BindingType, ...] = (
    Binding("left", "meter(-1)", "meter", key_display="← →", priority=True),
    Binding("right", "meter(1)", "meter", show=False, priority=True),
)


class TabBar(GridWidget[Tab]):
    """The tabs with their keys, the one that is shown with a mark; a click on one opens it."""

    def __init__(self, here: Tab) -> None:
        super().__init__(on_grid(self._draw_tabs), here)
        self._keys: list[str] = []  # of each column the tab's that stands there, if any

    def _draw_tabs(self, grid: TextGrid, here: Tab) -> None:
        self._keys = [""] * grid.width
        x = 1
        for number, tab in enumerate(TABS, 1):
            style = "strong" if tab == here else "quiet"
            end = grid.write(x, 0, f"{MARK if tab == here else ' '}{number} {say(f'tab.{tab}')}", style)
            self._keys[x:end] = [str(number)] * (end - x)
            x = end + _GAP

    def on_click(self, event: Click) -> None:
        """The tab that was clicked."""
        if key := self._keys[event.x]:
            self.app.simulate_key(key)


class TabScreen(ReviewScreen):
    """A tab. The list is the screen below the others; they go, and it opens the one that is wanted next.

    Attributes:
        tab: which one it is.
        next_tab: the one that the rider went on to; None: back.
    """

    tab: ClassVar[Tab] = "rides"

    def __init__(self, service: Callable[[], ReviewService], *parts: Widget) -> None:
        self.next_tab: Tab | None = None
        super().__init__(service, TabBar(self.tab), *parts)

    def load(self) -> Worker[None]:
        """Reads anew what is shown, in a worker."""
        raise NotImplementedError

    def action_move_tab(self, by: int) -> None:
        """The next tab, or the one before."""
        self.action_open_tab(TABS[(TABS.index(self.tab) + by) % len(TABS)])

    def action_open_tab(self, tab: Tab) -> None:
        """Another tab, which the list opens."""
        if tab != self.tab:
            self.next_tab = tab
            self.dismiss(None)
