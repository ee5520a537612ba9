"""A ride through the companion: the events that it writes, and its last view."""

from __future__ import annotations

import asyncio
import io

from legbal.app.companion import Companion
from legbal.outlets.jsonlines import JsonLines
from legbal.ride.inputs import Input, Setup
from legbal.ride.view import RideView
from legbal.sources.replay import Replay


def companioned(
    setup: Setup, inputs: list[Input], speed: float | None = None
) -> tuple[list[bytes], RideView]:
    """Replays the inputs, so many times as fast as they were; None: at once."""
    written = io.BytesIO()

    async def run() -> RideView:
        replay, lines = Replay(inputs, speed=speed), JsonLines(written)
        ridden = Companion(replay, lambda _: setup, name="replay", live=False, outlets=[lines])
        await ridden.run()
        return await ridden.finish()

    view = asyncio.run(run())
    return written.getvalue().splitlines(), view
