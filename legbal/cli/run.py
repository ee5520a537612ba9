"""Runs a companion, on the screen or without one, and ends it in order whatever ends it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from legbal.app.companion import Companion
from legbal.cli.progress import show
from legbal.cli.signals import until_ended
from legbal.cli.stdio import need_terminal
from legbal.config import Settings
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.sound import Sound
from legbal.outlets.speech import Speech

if TYPE_CHECKING:  # it brings the radio along
    from legbal.app.meter_choice import Chooser
    from legbal.app.rides import Shelf


_TOLD_EVERY_S = 1.0


def sound_of(settings: Settings, *, heard: bool) -> Sound | None:
    """The sound that the settings ask for; muted, it can be had with a key. None where nobody would hear it."""
    return Sound(volume=settings.volume, mute=not settings.sound) if heard else None


def speech_of(settings: Settings, sound: Sound | None) -> Speech | None:
    """The voice that the settings ask for, through that sound; None where they ask for none or nobody would hear it."""
    if sound is None or not settings.speech:
        return None
    return Speech(sound.say, language=settings.speech_language, words_per_minute=settings.speech_rate)


def lines_of(events: bool) -> JsonLines | None:
    """Events on standard output, where they are asked for."""
    return JsonLines(sys.stdout.buffer) if events else None


def run(
    companion: Companion,
    settings: Settings,
    options: Mapping[str, object],
    *,
    headless: bool,
    events: bool = False,
    sound: Sound | None = None,
    chooser: Chooser | None = None,
) -> None:
    """Runs the ride to its end; Ctrl-C is an orderly one. On the screen it also shows the chooser's question.

    Args:
        companion: the ride.
        settings: how the screen looks.
        options: what was typed, by a setting's name.
        headless: without the screen.
        events: they are written to standard output.
        sound: is made louder or softer from the screen.
        chooser: asks which of several meters it is.

    Raises:
        LegbalError: the source or the events' reader failed, or there is no terminal for the screen.
    """
    if headless:
        told = sys.stderr.isatty() and not (events and sys.stdout.isatty())
        asyncio.run(_headless(companion, told))
        return
    need_terminal()
    from legbal.tui.app import RideApp

    def changed(now: Settings) -> None:
        if sound is not None:
            sound.volume = now.volume

    def shelf() -> Shelf:
        from legbal.app.rides import Shelf
        from legbal.config import load

        return Shelf(load())

    app = RideApp(companion, settings, options, changed, shelf)
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
        seconds = int(view.t)
        if view.counts.notifications:
            show(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} of the ride; Ctrl-C ends it")
