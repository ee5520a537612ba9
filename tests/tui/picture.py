"""The README's picture: the demonstration's ride, stopped in its third interval, as the live screen shows it.

`python -m tests.tui.picture` writes `docs/live.svg` anew.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from legbal.cli.prepare import profiles
from legbal.companion import Status
from legbal.review.history import lesson, with_lessons
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.view import RideView
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from tests.tui.fake import FakeLive

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "live.svg"
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
    """The live screen as SVG, without the web font that Textual's export would fetch."""
    app = RideApp(FakeLive(view, STATUS))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        drawn = app.export_screenshot()
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(asyncio.run(picture(view_at(MOMENT_S))), encoding="utf-8")


if __name__ == "__main__":
    main()
