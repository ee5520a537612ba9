"""What `ride`, `demo` and `replay` run: the rider's own meter, a simulated rider, or a recorded ride again."""

import math
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from legbal.app.companion import Companion
from legbal.app.companions import demo_ride, live_ride, replayed_ride
from legbal.app.meters import Chooser, with_pair
from legbal.app.ride_outlets import outlets_of
from legbal.cli.options import is_silent
from legbal.cli.terminal import complain
from legbal.config import Settings, load
from legbal.outlets import Outlet
from legbal.outlets.page.outlet import Page
from legbal.outlets.sound import Sound
from legbal.sources.recorded_ride import open_ride

Choose = Callable[[str, Sequence[str]], Awaitable[int]]  # as `Chooser.ask`
AskLine = Callable[[str], Awaitable[str | None]]  # as `Chooser.ask_line`


class RideRun(NamedTuple):
    """A ride that is yet to be run, and who is told of it."""

    companion: Companion
    outlets: list[Outlet]

    @property
    def page(self) -> Page | None:
        """What shows it on a phone."""
        return next((outlet for outlet in self.outlets if isinstance(outlet, Page)), None)

    def use(self, now: Settings) -> None:
        """Take what the rider sets while the ride runs."""
        for outlet in self.outlets:
            if isinstance(outlet, Sound):
                outlet.volume = now.volume


def make_ride(options: Mapping[str, Any], choose: Choose, ask_line: AskLine) -> RideRun:
    """The ride on the rider's own meter over Bluetooth, who is asked by these which of several it is."""
    chosen = with_pair(load(options), options)
    chooser = None if options["events"] else Chooser(choose, ask_line)
    make = partial(live_ride, chosen, options, chooser=chooser, complain=complain)
    return _run_of(make, chosen, options, live=True)


def make_demo(options: Mapping[str, Any]) -> RideRun:
    """The ride of a simulated rider whose left leg falls behind; everything else is as on a real ride."""
    chosen, speed = load(options), options["speed"]
    make = partial(
        demo_ride,
        chosen,
        complain=complain,
        seed=options["seed"],
        seconds=options["seconds"],
        speed=_paced(speed),
    )
    return _run_of(make, chosen, options, audible=speed == 1)


def make_replay(
    ride: str,
    speed: float | None,
    history: Path | None,
    plan: Path | None,
    options: Mapping[str, Any],
    piped: int,
) -> RideRun:
    """A recorded ride, a capture or a FIT file goes through the same fold again; nothing is recorded.

    `piped` is the descriptor from which a capture on standard input is read.
    """
    silent = is_silent(options)
    pace = _paced((math.inf if silent else 1.0) if speed is None else speed)
    chosen = load(options)
    recorded = open_ride(ride, complain, piped)
    make = partial(
        replayed_ride,
        recorded,
        chosen,
        options,
        complain=complain,
        history=history,
        plan=plan,
        speed=pace,
    )
    return _run_of(make, chosen, options, audible=pace is not None)


def _paced(speed: float) -> float | None:
    return None if math.isinf(speed) else speed  # as sources take it


def _run_of(
    make: Callable[..., Companion],
    settings: Settings,
    options: Mapping[str, object],
    *,
    audible: bool = True,
    live: bool = False,
) -> RideRun:
    """The ride that `make` gives, from its outlets and whether it is told what a screen would show (`aloud`).

    Args:
        make: gives it.
        settings: what outlets there are.
        options: what was typed, by a setting's name; and `headless` or `events`: without the screen.
        audible: somebody would hear a sound.
        live: it is a rider's own ride, now.
    """
    events = sys.stdout.buffer if options["events"] else None
    aloud = is_silent(options)
    outlets = outlets_of(
        settings,
        options,
        audible=audible and events is None,
        events=events,
        live=live,
        watched=audible and not aloud,
    )
    return RideRun(make(outlets=outlets, aloud=aloud), outlets)
