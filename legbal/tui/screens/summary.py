"""What is shown when a ride has just ended."""

from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from legbal.tui.base_screen import BaseScreen
from legbal.tui.grid_widget import GridWidget
from legbal.tui.render import ride_page
from legbal.tui.render.status import Frame


class SummaryScreen(BaseScreen[None]):
    """Shows the last snapshot of a ride until the rider leaves.

    Args:
        frame: the ride's last snapshot and the companion's last status.
        problem: what went wrong while the ride was closed, or nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "app.open_page", "the ride's page"),
        Binding("q,enter,escape", "app.leave", "leave"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
    ]

    def __init__(self, frame: Frame, problem: str) -> None:
        super().__init__(
            VerticalScroll(GridWidget(partial(ride_page.finished, problem), frame, id="summary-text"))
        )
