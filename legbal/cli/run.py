"""Runs a companion, on the screen or without one, and ends it in order whatever ends it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from legbal.app.companion import Companion
from legbal.cli.stdio import need_terminal
from legbal.cli.terminal import show, until_ended
from legbal.config import Settings
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.outlet import Outlet
from legbal.outlets.sound import Sound
from legbal.present.numbers import clock

if TYPE_CHECKING:  # it brings the radio along
    from legbal.app.meter_choice import Chooser
    from legbal.app.rides import RideService


_TOLD_EVERY_S = 1.0


def run(
    companion: Companion,
    settings: Settings,
    options: Mapping[str, object],
    outlets: Sequence[Outlet],
    *,
    headless: bool,
    chooser: Chooser | None = None,
) -> None:
    """Runs the ride to its end; Ctrl-C is an orderly one. On the screen it also shows the chooser's question.

    Args:
        companion: the ride.
        settings: how the screen looks.
        options: what was typed, by a setting's name.
        outlets: the ride's; its sound is made louder or softer from the screen.
        headless: without the screen.
        chooser: asks which of several meters it is.

    Raises:
        LegbalError: the source failed, events are missing, or there is no terminal for the screen.
    """
    if headless:
        lines = next((x for x in outlets if isinstance(x, JsonLines)), None)
        told = sys.stderr.isatty() and not (lines and sys.stdout.isatty())
        asyncio.run(_headless(companion, told))
        if lines is not None and lines.lost is not None:
            raise lines.lost
        return
    need_terminal()
    from legbal.tui.app import RideApp

    def changed(now: Settings) -> None:
        for sound in outlets:
            if isinstance(sound, Sound):
                sound.volume = now.volume

    def service() -> RideService:
        from legbal.app.rides import RideService
        from legbal.config import load

        return RideService(load())

    app = RideApp(companion, settings, options, changed, service)
    if chooser is not None:
        chooser.ask = app.ask
    app.run()
    if app.return_code:
        sys.exit(app.return_code)


async def _headless(companion: Companion, told: bool) -> None:
    telling = asyncio.create_task(_tell(companion)) if told else None
    try:
        await until_ended(companion.run())
    finally:
        if telling is not None:
            telling.cancel()
            show("")
        await companion.finish()


async def _tell(companion: Companion) -> None:
    """Says on the terminal's line how far the ride is, once a meter sends: before, there may be questions."""
    while True:
        await asyncio.sleep(_TOLD_EVERY_S)
        view = companion.view()
        if view.counts.notifications:
            show(f"{clock(view.t, hours=True)} of the ride; Ctrl-C ends it")
