"""`legbal` alone, `ride`, `demo` and `replay`: the rider's own meter, a simulated rider, or a recorded ride again.

Each runs on the screen or without one, and ends in order whatever ends it.
"""

import asyncio
import math
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import summarise
from legbal.app.companion import Companion
from legbal.app.companions import demo_ride, live_ride, replayed_ride
from legbal.app.meters import Chooser, with_pair
from legbal.app.review import ReviewService
from legbal.app.ride_outlets import outlets_of
from legbal.cli import ride_commands
from legbal.cli.terminal import (
    ask_line,
    choose,
    complain,
    keys_apart,
    need_terminal,
    print_lines,
    show,
    until_ended,
)
from legbal.config import Settings, load
from legbal.errors import LegbalError
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.sound import Sound
from legbal.present.headline import headline
from legbal.present.numbers import clock
from legbal.sources.recorded_ride import open_ride


def start(context: click.Context) -> None:
    """Shows the start screen; a demonstration leads back to it, a ride ends the program."""
    # the screen and the radio, which not every ride needs
    from legbal.tui.screens.start import start_app

    while True:
        begin = start_app(complain).run()
        if begin is None:
            return
        if begin.what == "ride":
            context.invoke(ride_commands.ride, meter=begin.meter)
            return
        context.invoke(ride_commands.demo)


def run_ride(**options: Any) -> None:
    """Rides on the rider's own meter over Bluetooth until Ctrl-C or `q`."""
    chosen = with_pair(load(options), options)
    chooser = Chooser(choose, ask_line)
    _run(
        partial(
            live_ride, chosen, options, chooser=None if options["events"] else chooser, complain=complain
        ),
        chosen,
        options,
        live=True,
        chooser=chooser,
    )


def run_demo(speed: float, seconds: float | None, seed: int, **options: Any) -> None:
    """A simulated rider whose left leg falls behind; everything else is as on a real ride."""
    chosen = load(options)
    _run(
        partial(demo_ride, chosen, complain=complain, seed=seed, seconds=seconds, speed=_paced(speed)),
        chosen,
        options,
        audible=speed == 1,
    )


def run_replay(
    ride: str, speed: float | None, history: Path | None, plan: Path | None, **options: Any
) -> None:
    """A recorded ride, a capture or a FIT file goes through the same fold again; nothing is recorded."""
    silent = _is_silent(options)
    pace = _paced((math.inf if silent else 1.0) if speed is None else speed)
    chosen = load(options)
    recorded = open_ride(ride, complain, keys_apart() if ride == "-" and not silent else 0)
    _run(
        partial(
            replayed_ride,
            recorded,
            chosen,
            options,
            complain=complain,
            history=history,
            plan=plan,
            speed=pace,
        ),
        chosen,
        options,
        audible=pace is not None,
    )


def _is_silent(options: Mapping[str, object]) -> bool:
    return bool(options["headless"] or options["events"])


def _paced(speed: float) -> float | None:
    return None if math.isinf(speed) else speed  # as sources take it


def _run(
    make: Callable[..., Companion],
    settings: Settings,
    options: Mapping[str, object],
    *,
    audible: bool = True,
    live: bool = False,
    chooser: Chooser | None = None,
) -> None:
    """Runs a ride to its end; Ctrl-C is an orderly one. On the screen it also shows the chooser's question.

    Args:
        make: gives the ride, from its outlets and whether it is told what a screen would show (`aloud`).
        settings: how the screen looks, and what outlets there are.
        options: what was typed, by a setting's name; and `headless` or `events`: without the screen.
        audible: somebody would hear a sound.
        live: it is a rider's own ride, now.
        chooser: asks which of several meters it is.

    Raises:
        LegbalError: the source failed, events are missing, or there is no terminal for the screen.
    """
    events = sys.stdout.buffer if options["events"] else None
    outlets = outlets_of(settings, options, audible=audible and events is None, events=events, live=live)
    companion = make(outlets=outlets, aloud=_is_silent(options))
    if _is_silent(options):
        lines = next((x for x in outlets if isinstance(x, JsonLines)), None)
        shows_progress = sys.stderr.isatty() and not (lines and sys.stdout.isatty())
        asyncio.run(_headless(companion, shows_progress))
        if lines is None:
            print_lines(_headline(companion))
        if lines is not None and lines.lost is not None:
            raise lines.lost
        return
    need_terminal()
    # the screen, which a ride without one does not need
    from legbal.tui.app import RideApp

    def changed(now: Settings) -> None:
        for sound in outlets:
            if isinstance(sound, Sound):
                sound.volume = now.volume

    app = RideApp(companion, settings, options, changed)
    if chooser is not None:
        chooser.ask, chooser.ask_line = app.ask, app.ask_line
    app.run()
    if app.return_code:
        sys.exit(app.return_code)


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
            show(f"{clock(view.t)} of the ride; Ctrl-C ends it")
