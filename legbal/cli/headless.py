"""A ride without the screen: it runs to its end, and what came of it is said in a sentence.

What reviews a ride is loaded here and not for a ride on the screen, of whose memory it would take its part.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import suppress

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import summarise
from legbal.app.companion import Companion
from legbal.app.review import ReviewService
from legbal.cli.terminal import print_lines, show, until_ended
from legbal.config import load
from legbal.errors import LegbalError
from legbal.outlets import Outlet
from legbal.outlets.jsonlines import JsonLines
from legbal.present.headline import headline
from legbal.present.numbers import clock


def run_silently(companion: Companion, outlets: Sequence[Outlet]) -> None:
    """Runs a ride to its end without a screen; Ctrl-C is an orderly one.

    Raises LegbalError: the source failed, or events are missing.
    """
    lines = next((x for x in outlets if isinstance(x, JsonLines)), None)
    shows_progress = sys.stderr.isatty() and not (lines and sys.stdout.isatty())
    asyncio.run(_headless(companion, shows_progress))
    if lines is None:
        print_lines(_headline(companion))
    if lines is not None and lines.lost is not None:
        raise lines.lost


def _headline(companion: Companion) -> str:
    """The ride that has ended in one sentence: as its summary is kept, else as it was seen last."""
    summary = None
    if ride_id := companion.status().ride_id:
        service = ReviewService(load())
        with suppress(LegbalError):  # what prevents it has been told
            summary = service.summary(service.find(ride_id))
    return headline(summary or summarise(companion.view(), CyclingDynamics()))


async def _headless(companion: Companion, shows_progress: bool) -> None:
    telling = asyncio.create_task(_tell(companion)) if shows_progress else None
    try:
        await until_ended(companion.run())
    finally:
        if telling is not None:
            telling.cancel()
            show("")
        await companion.finish()


async def _tell(companion: Companion) -> None:
    while True:
        await asyncio.sleep(1)
        view = companion.view()
        if view.counts.notifications:  # before a meter sends, there may be questions
            show(f"{clock(view.timer_s)} of the ride; Ctrl-C ends it")
