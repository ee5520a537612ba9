"""A ride for the test that takes its terminal away: `python -m tests.tui.hangup FILE`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from legbal.ride.view import RideView
from legbal.tui.app import RideApp
from tests.tui.fake import FakeLive


class Remembering(FakeLive):
    """Writes down that it was finished."""

    async def finish(self) -> RideView:
        view = await super().finish()
        await asyncio.to_thread(Path(sys.argv[1]).write_text, "finished in order")
        return view


if __name__ == "__main__":
    os.open(os.ttyname(0), os.O_RDWR)  # the leader of a session thereby takes the terminal as its own
    RideApp(Remembering()).run()
