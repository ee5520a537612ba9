"""Made-up rides to draw, and what a drawing has written in which style."""

from __future__ import annotations

from legbal.present.document import Line
from legbal.ride.view import RideView
from legbal.tui.render.status import Frame
from tests.tui.views import RECORDING, ride


def frame(view: RideView | None = None, **changes: object) -> Frame:
    shown = view or ride(**changes)
    return Frame(shown, shown, RECORDING)


def plain(lines: list[Line]) -> str:
    """The text of drawn lines without style, trailing blanks cut: what a reader of the screen reads."""
    return "\n".join("".join(run.text for run in line).rstrip() for line in lines)


def in_style(lines: list[Line], style: str) -> str:
    """What is written in one style, row by row."""
    return "\n".join(
        "".join(run.text if run.style == style else " " * len(run.text) for run in line) for line in lines
    )
