"""What a rider sees of an app that a pilot steers, and when what a key set going is done."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.color import Color
from textual.pilot import Pilot

from legbal.tui.grid_widget import GridWidget
from legbal.tui.screens.live import LiveScreen
from tests.tui.drawn import plain

FULL, SMALL = (120, 40), (80, 24)


def text(app: App[Any], part: str) -> str:
    """What stands in one part of the present screen."""
    return shown(app.screen.query_one(f"#{part}", GridWidget))


def shown(drawing: GridWidget[Any]) -> str:
    """What a reader reads in a drawing, without style."""
    return plain(drawing._lines)


def painted(app: App[Any]) -> str:
    """What stands on the terminal, through the filters that its lines go through."""
    lines = []
    for strip in app.screen._compositor.render_strips():
        segments = list(strip)
        for each in app.get_line_filters():
            segments = each.apply(segments, Color(0, 0, 0))
        lines.append("".join(segment.text for segment in segments))
    return "\n".join(lines)


async def live_screen(pilot: Pilot[None]) -> LiveScreen:
    """The screen of the ride, drawn."""
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, LiveScreen)
    return screen


async def saved(pilot: Pilot[Any]) -> None:
    """The setting that the last key changed is in its file, or refused."""
    for worker in [worker for worker in pilot.app.workers if worker.group == "change"]:
        await worker.wait()
    await pilot.pause()
