"""The docs' pictures: the demonstration's ride, stopped in its third interval, and the start screen.

`python -m tests.tui.picture` writes `docs/live.svg` and `docs/start.svg` anew.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from textual.app import App

from legbal.cli.prepare import profiles
from legbal.companion import Status
from legbal.config import Settings
from legbal.review.history import lesson, with_lessons
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from legbal.tui.start_app import StartApp
from tests.tui.fake import FakeLive
from tests.tui.radio import ASSIOMA, NAMELESS, QUARQ, Radio, Rides

DOCS = Path(__file__).resolve().parents[2] / "docs"
PICTURE, START = DOCS / "live.svg", DOCS / "start.svg"
SIZE = (120, 40)
MOMENT_S = 592.0
STATUS = Status(recording=True, recording_text="recording", sound="on", sound_text="", source="demo")


def view_at(seconds: float) -> RideView:
    """The demonstration's ride after so many seconds."""
    profile = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    ridden = demo(profile, 1, speed=None)
    setup = Setup(ftp_w=250.0, weak_leg="left", profile=profile)
    ride = Ride(with_lessons(setup, [lesson(setup, day.timeline()) for day in ridden.earlier(3)]))
    for item in ridden.timeline():
        if item.t > seconds:
            break
        ride.feed(item)
    return ride.view()


async def picture(view: RideView) -> str:
    """The live screen as SVG."""
    return await _drawn(RideApp(FakeLive(view, STATUS)), SIZE)


async def start_picture() -> str:
    """The start screen as SVG, with three meters in range."""
    settings = Settings(ftp=250, weak_leg="left")
    return await _drawn(StartApp(Radio(ASSIOMA, QUARQ, NAMELESS).look, Rides, settings), (100, 24))


async def _drawn(app: App[Any], size: tuple[int, int]) -> str:
    """A program's first screen, without the web font that Textual's export would fetch."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        drawn = app.export_screenshot()
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def main() -> None:
    """Write the pictures."""
    PICTURE.write_text(asyncio.run(picture(view_at(MOMENT_S))), encoding="utf-8")
    START.write_text(asyncio.run(start_picture()), encoding="utf-8")


if __name__ == "__main__":
    main()
