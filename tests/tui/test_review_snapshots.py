"""The review screens as pictures, of made-up rides; `pytest --snapshot-update` draws them anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from legbal.config import Settings, Theme
from tests.tui.pages import MadeUp
from tests.tui.reviewing import review_app, shown

Compare = Callable[..., bool]

PICTURES: dict[str, tuple[tuple[int, int], list[str], Theme]] = {
    "rides": ((120, 40), [], "dark"),
    "rides in a bright room": ((100, 30), ["down", "down"], "light"),
    "rides on a small screen": ((80, 24), ["slash", *"river"], "dark"),
    "rides below the small screen": ((46, 16), ["end"], "dark"),
    "ride": ((120, 40), ["enter"], "dark"),
    "ride on a small screen": ((80, 24), ["enter", "plus", "plus", "pagedown"], "dark"),
    "ride in strong colours": ((100, 30), ["enter", "comma", "v"], "contrast"),
    "ride below the small screen": ((46, 16), ["enter"], "dark"),
    "trend": ((120, 40), ["t", "down", "down", "down"], "dark"),
    "trend on a small screen": ((80, 24), ["t"], "light"),
    "export": ((80, 24), ["x"], "dark"),
    "help": ((80, 24), ["question_mark"], "dark"),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_picture(snap_compare: Compare, picture: str) -> None:
    size, keys, theme = PICTURES[picture]

    async def press(pilot: Pilot[None]) -> None:
        await shown(pilot)
        for key in keys:
            await pilot.press(key)
            for line in pilot.app.screen.query(Input):
                line.cursor_blink = False  # else the picture is of one moment or of the other
            await shown(pilot)

    app = review_app(MadeUp(), Settings(theme=theme))
    assert snap_compare(app, terminal_size=size, run_before=press)
