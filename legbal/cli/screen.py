"""What opens the screen: `legbal` alone, `ride`, `demo`, and `review` without a RIDE.

What is shown is loaded while a first frame stands already; so nothing of it is imported here.
"""

import importlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import click

from legbal.cli import ride_commands
from legbal.cli.terminal import ask_line, choose, complain, need_terminal, print_lines
from legbal.config import Settings, load
from legbal.errors import UsageError

if TYPE_CHECKING:
    from legbal.app.live import LiveRide
    from legbal.tui.base_app import BaseApp


class Run(Protocol):
    """A ride that is yet to be run."""

    @property
    def companion(self) -> "LiveRide":
        """The ride."""

    def use(self, now: Settings) -> None:
        """Take what the rider sets while the ride runs."""


def start(context: click.Context) -> None:
    """Shows the start screen; a demonstration leads back to it, a ride ends the program."""
    while True:
        begin = _app("start", load({}), {}, complain).run()
        if begin is None:
            return
        if begin.what == "ride":
            context.invoke(ride_commands.ride, meter=begin.meter)
            return
        context.invoke(ride_commands.demo)


def ride(**options: Any) -> None:
    """Rides on the rider's own meter over Bluetooth until Ctrl-C or `q`."""
    _ride("ride", options)


def demo(**options: Any) -> None:
    """A simulated rider whose left leg falls behind; everything else is as on a real ride."""
    _ride("demo", options)


def _ride(kind: str, options: Mapping[str, Any]) -> None:
    if is_silent(options):
        run_silently(getattr(_module("cli.ride"), kind)(options, choose, ask_line))
    else:
        on_screen(lambda app: getattr(_module("cli.ride"), kind)(options, app.ask, app.ask_line), options)


def _module(name: str) -> Any:
    """A module of legbal, with all that it brings along, for which the first frame does not wait."""
    return importlib.import_module(f"legbal.{name}")  # the screen and what is on it: few commands need them


def is_silent(options: Mapping[str, Any]) -> bool:
    """Whether a ride runs without the screen."""
    return bool(options["headless"] or options["events"])


def run_silently(run: Any) -> None:
    """Runs a ride, which is `companion` and `outlets`, as `headless` does."""
    _module("cli.headless").run_silently(run.companion, run.outlets)


def on_screen(make: Callable[[Any], Run], options: Mapping[str, Any]) -> None:
    """Runs a ride on the screen to its end.

    Args:
        make: gives the ride, in a thread, from the app that asks the rider.
        options: what was typed, by a setting's name.

    Raises:
        LegbalError: what prevents the ride, or there is no terminal for the screen.
    """
    need_terminal()
    made: list[Run] = []

    def opened() -> "LiveRide":
        made.append(make(app))
        return made[0].companion

    app = _module("tui.app").RideApp(opened, load(options), options, lambda now: made[0].use(now))
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
        _module("cli.review").review(ride, as_json, **options)
        return
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    _app("rides", load(options), options).run()


def _app(name: str, settings: Settings, options: Mapping[str, Any], *args: Any) -> "BaseApp[Any]":
    """The app that begins with the screen of that name: the module `tui.screens.NAME`, and its `opened`."""
    screen = partial(_module, f"tui.screens.{name}")
    app: BaseApp[Any] = _module("tui.base_app").BaseApp(
        lambda: screen().opened(*args), settings, options, load=screen
    )
    return app
