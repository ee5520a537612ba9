"""What opens the screen: `legbal` alone, `ride`, `demo`, `replay`, and `review` without a RIDE.

What computes is loaded while the screen stands already, and a ride without the screen has no need of that: so neither
is imported here.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from legbal.cli import ride_commands
from legbal.cli.options import is_silent
from legbal.cli.terminal import ask_line, choose, complain, keys_apart, need_terminal, print_lines
from legbal.config import Settings, load
from legbal.errors import UsageError

if TYPE_CHECKING:
    from legbal.app.live import LiveRide
    from legbal.cli.ride import AskLine, Choose, RideRun
    from legbal.tui.base_screens import Answer, BaseScreen
    from legbal.tui.screens.rides import RidesScreen
    from legbal.tui.screens.start import StartScreen

_ARENAS, _TRIM, _MAP = -8, -1, -3  # glibc's M_ARENA_MAX, M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
_FREED_AT_ONCE = 2**17  # octets, from which on it is: what both begin with, and would go beyond


def start(context: click.Context) -> None:
    """Shows the start screen; a demonstration leads back to it, a ride ends the program."""
    while True:
        begin = _show(_load_start_screen, load({}), {}, _load_pages)
        if begin is None:
            return
        if begin.what == "ride":
            context.invoke(ride_commands.ride, meter=begin.meter)
            return
        context.invoke(ride_commands.demo)


def ride(**options: Any) -> None:
    """Rides on the rider's own meter over Bluetooth until Ctrl-C or `q`."""

    def make(choose: Choose, ask_line: AskLine) -> RideRun:
        from legbal.cli.ride import make_ride  # with fold and radio: a first frame stands already

        return make_ride(options, choose, ask_line)

    _run(make, options)


def demo(**options: Any) -> None:
    """A simulated rider whose left leg falls behind; everything else is as on a real ride."""

    def make(_choose: Choose, _ask_line: AskLine) -> RideRun:
        from legbal.cli.ride import make_demo  # as for a ride of one's own

        return make_demo(options)

    _run(make, options)


def replay(ride: str, speed: float | None, history: Path | None, plan: Path | None, **options: Any) -> None:
    """A recorded ride, a capture or a FIT file again."""
    piped = keys_apart() if ride == "-" and not is_silent(options) else 0  # before the screen takes the keys

    def make(_choose: Choose, _ask_line: AskLine) -> RideRun:
        from legbal.cli.ride import make_replay  # as for a ride of one's own

        return make_replay(ride, speed, history, plan, options, piped)

    if ride != "-" and not Path(ride).exists():  # of the library or mistyped, which no screen is to say
        from legbal.sources.recorded_ride import open_ride  # with the library: a file has none

        open_ride(ride, complain)
    _run(make, options)


def _run(make: Callable[[Choose, AskLine], RideRun], options: Mapping[str, Any]) -> None:
    """Runs the ride that `make` gives to its end, without the screen if that was typed."""
    if not is_silent(options):
        run_on_screen(make, options)
        return
    run = make(choose, ask_line)
    from legbal.cli.headless import run_silently  # what reviews a ride: one on the screen does without

    run_silently(run.companion, run.outlets)


@contextmanager
def _lean() -> Iterator[None]:
    """Loads a screen in less time, and has it keep less memory.

    Loading leaves next to no garbage: to look for it took a seventh of the time. The app begins to once all is there,
    and then passes over what was loaded.
    """
    _give_back()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _give_back() -> None:
    """Has glibc give back what numbers take for a moment; other systems are as they are.

    By default it keeps an arena for each thread, and more in each the larger an array was.
    """
    with suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, value in ((_ARENAS, 1), (_TRIM, _FREED_AT_ONCE), (_MAP, _FREED_AT_ONCE)):
            set_option(option, value)


@_lean()
def run_on_screen(make: Callable[[Choose, AskLine], RideRun], options: Mapping[str, Any]) -> None:
    """Runs the ride that `make` gives, in a thread, from what asks the rider: on the screen, to its end.

    Raises LegbalError: what prevents the ride, or there is no terminal for the screen.
    """
    need_terminal()
    from legbal.tui.app import RideApp  # with textual: a ride without the screen does without

    made: list[RideRun] = []

    def make_live() -> LiveRide:
        made.append(make(app.ask, app.ask_line))
        return made[0].companion

    def use(now: Settings) -> None:
        for run in made:  # one, once it is made
            run.use(now)

    app = RideApp(make_live, load(options), options, use, page=lambda: made[0].page)
    try:
        app.run()
    except Exception:  # whatever ended it: what was complained of until then went with the screen
        print_lines(*"".join(app.complaints).splitlines(), err=True)
        raise
    if app.return_code:
        raise SystemExit(app.return_code)


def review(ride: str | None, as_json: bool, **options: Any) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is not None:
        from legbal.cli.review import print_review  # with what reads a ride

        print_review(ride, as_json, **options)
        return
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    _show(_load_rides_screen, load(options), options, _load_pages)


@_lean()
def _show(
    load_screen: Callable[[], Callable[[], BaseScreen[Answer]]],
    settings: Settings,
    options: Mapping[str, Any],
    load_more: Callable[[], object],
) -> Answer | None:
    """Shows the screen that is made by what `load_screen` gives; then loads, in a thread, what it may lead to.

    Gives the screen's answer.
    """
    from legbal.tui.base_app import BaseApp  # with textual, which what is printed does without

    return BaseApp(load_screen(), settings, options, load_more).run()


def _load_start_screen() -> Callable[[], StartScreen]:
    from legbal.tui.screens.start import make_start_screen  # with textual: what is printed does without

    return partial(make_start_screen, complain)


def _load_rides_screen() -> Callable[[], RidesScreen]:
    from legbal.tui.screens.rides import make_rides_screen  # with textual, as above

    return make_rides_screen


def _load_pages() -> None:
    from legbal.tui.screens.rides import load_pages  # with textual, as above

    load_pages()
