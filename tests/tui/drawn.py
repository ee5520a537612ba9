"""Made-up rides to draw, and what a drawing has written in which ink."""

from __future__ import annotations

from legbal.ride.view import RideView
from legbal.tui.render.paper import Line
from legbal.tui.scene import Scene
from tests.tui.views import RECORDING, ride


def scene(view: RideView | None = None, **changes: object) -> Scene:
    shown = view or ride(**changes)
    return Scene(shown, shown, RECORDING)


def inked(lines: list[Line], ink: str) -> str:
    """What is written in one ink, row by row."""
    return "\n".join(
        "".join(run.text if run.ink == ink else " " * len(run.text) for run in line) for line in lines
    )
