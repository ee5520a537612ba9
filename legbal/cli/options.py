"""How commands are declared, and the options that several share.

Commands are declared apart from what they run, so that `--help` and Tab load nothing of what that needs. What a value
may be is said once, in `legbal.config`, which is loaded only when a value was typed: a mistyped option loads no more.
"""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from legbal.errors import ConfigError, UsageError
from legbal.present.days import parse_day

if TYPE_CHECKING:  # only Tab loads it
    from click.shell_completion import CompletionItem

# above the options that say how a ride is read or shown, and not what the command does with it
_RIDE_HEADING = "Ride options (this ride only; `legbal config` keeps them)"
_Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]
_Decorator = Callable[[Any], Any]


class _RideOption(click.Option):
    """An option that many commands share, because they ride or read a ride; help lists it below their own."""


class _ShortOption(_RideOption):
    """A setting that may also be typed without a value."""

    def standing_alone(self, args: Sequence[str]) -> list[str]:
        """What was typed, the option's value joined to it where the next word cannot be one: it may be the ride."""
        name = self.opts[0]
        choices = _config().key_of(str(self.name)).choices if name in args else ()
        return [
            f"{name}={self.flag_value}" if word == name and following not in choices else word
            for word, following in zip_longest(args, args[1:])
        ]


class _Command(click.Command):
    """Lists its own options first, then those of the ride."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads what was typed; before an argument an option that may stand alone takes no other word."""
        if any(isinstance(parameter, click.Argument) for parameter in self.params):
            for option in self.params:
                args = option.standing_alone(args) if isinstance(option, _ShortOption) else args
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes both groups, each where it has any."""
        own, ride = list[tuple[str, str]](), list[tuple[str, str]]()
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                (ride if isinstance(parameter, _RideOption) else own).append(record)
        for heading, records in (("Options", own), (_RIDE_HEADING, ride)):
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


class _Group(click.Group, _Command):
    """The same, with its commands behind them."""


def day_option(name: str, *names: str, help: str, required: bool = False, month: bool = False) -> _Decorator:
    """An option that is a day as riders write it; with `month`, a month will do and is its first day."""
    return click.option(
        name, *names, callback=partial(_day, month), metavar="DATE", required=required, help=help
    )


def _day(month: bool, context: click.Context, parameter: click.Parameter, typed: str | None) -> Any:
    if typed is None:
        return None
    try:
        return parse_day(typed, date.today(), month=month)
    except UsageError as error:
        words = ". ".join(filter(None, (str(error), error.hint)))
        raise click.BadParameter(words, context, parameter) from error


def command(name: str, *options: _Decorator, help: str, run: str) -> click.Command:
    """A command that loads its module only when it runs.

    Args:
        name: as it is typed.
        options: what adds its arguments and options, in their order.
        help: what it does.
        run: module in `legbal.cli` and function, as `screen:ride`; called with what was typed.
    """
    return click.command(cls=_Command, name=name, help=help)(_running(run, options))


def group(
    name: str, *options: _Decorator, help: str, commands: Sequence[click.Command], run: str = ""
) -> click.Group:
    """A command with commands below it; `run` is what it does by itself, if anything, else as in `command`."""
    return click.group(cls=_Group, name=name, help=help, commands=commands, invoke_without_command=run != "")(
        _running(run, options)
    )


def _running(target: str, options: Sequence[_Decorator]) -> Callable[..., Any]:
    runs = partial(_run, target)
    for option in reversed(options):
        runs = option(runs)
    return runs


def _run(target: str, /, **typed: Any) -> Any:
    if click.get_current_context().invoked_subcommand is not None:  # which runs by itself
        return None
    module, _, function = target.partition(":")
    # what a command runs, and all that this brings along, is loaded when it runs
    run = getattr(importlib.import_module(f"legbal.cli.{module}"), function)
    if not gc.isenabled():  # see `main`
        gc.freeze()
        gc.enable()
    return run(**typed)


def unlisted(option: _Decorator) -> _Decorator:
    """The option where it is taken but seldom matters: help leaves it out."""

    def add(runs: Any) -> Any:
        runs = option(runs)
        runs.__click_params__[-1].hidden = True
        return runs

    return add


def values(what: str) -> _Complete:
    """What completes a value at Tab: the function of that name in `legbal.cli.completion`, loaded only then."""
    # it reads settings and library, which Tab needs for few values
    return lambda *args: getattr(importlib.import_module("legbal.cli.completion"), what)(*args)


def _config() -> ModuleType:
    from legbal import config  # with msgspec, which --help and Tab do without

    return config


def _checked(context: click.Context, parameter: click.Parameter, typed: str | None) -> Any:
    if typed is None:
        return None
    config, name = _config(), str(parameter.name)
    try:
        return config.parse(name, typed, name)
    except ConfigError as error:
        words = f"{typed!r} is not allowed; it is {config.key_of(name).allowed}. {error.hint or ''}".rstrip()
        raise click.BadParameter(words, context, parameter) from error


def _url(typed: str) -> str:
    """A broker's URL, an option's type; a password in it is refused, and not repeated."""
    from legbal.outlets.mqtt.broker import parse  # which only a URL needs

    parse(typed)
    return typed


_ride_option = partial(click.option, cls=_RideOption)


def _setting(
    name: str,
    metavar: str,
    help: str,
    complete: _Complete | None = None,
    cls: type[click.Option] = _RideOption,
) -> _Decorator:
    return click.option(name, callback=_checked, shell_complete=complete, metavar=metavar, help=help, cls=cls)


# what a ride was ridden with, whatever is asked of it; settings all
RIDER_OPTIONS = (
    _setting("--ftp", "W", "Your threshold power in watts (50 to 600). Without it, it is estimated."),
    _setting("--weak-leg", "left|right|unknown", "The leg to watch; unknown: both.", values("choices")),
    _ride_option(
        "--swap-sides/--no-swap-sides",
        default=None,
        help="Swap left and right: the meter reports each leg as the other.",
    ),
    _ride_option(
        "--assume-left/--no-assume-left",
        default=None,
        help="Take the balance as the left leg's where the meter does not say whose it is.",
    ),
)
# how its alerts are judged
ALERT_OPTIONS = (
    _setting(
        "--sensitivity",
        "calm|normal|eager",
        "How readily the drop-off alert speaks: calm gives few false alerts, eager is early.",
        values("choices"),
    ),
    _setting("--target", "PERCENT", "The left share to hold (30 to 70). Turns the threshold alert on."),
    _setting("--margin", "POINTS", "How far below the target the threshold alert speaks."),
    _setting("--window", "SECONDS", "Over how many seconds the threshold alert averages."),
    _setting(
        "--threshold-when", "intervals|always", "When the threshold alert may speak.", values("choices")
    ),
)
# what changes what a ride says, and not how it is shown
REVIEW_OPTIONS = (*RIDER_OPTIONS, *ALERT_OPTIONS)
# `left_meter` and `right_meter`, settings that name the two meters of a pair
PAIR_OPTIONS = tuple(
    _setting(
        f"--{side}-meter",
        "NAME",
        f"The {side} one of two one-sided meters, or how its name begins; with --{other}-meter.",
        values("meters"),
    )
    for side, other in (("left", "right"), ("right", "left"))
)
_SHOWN = (
    _ride_option("--sound/--no-sound", " /--mute", default=None, help="Hear alerts, or only see them."),
    _ride_option("--speech/--no-speech", default=None, help="Hear alerts and intervals in words as well."),
    _setting("--volume", "0…1", "How loud alerts are, up to full scale."),
    _ride_option(
        "--mqtt",
        "mqtt_url",
        type=_url,
        metavar="URL",
        help="Publish the ride at this broker, as mqtt://HOST or mqtts://HOST:PORT.",
    ),
    _ride_option(
        "--page",
        cls=_ShortOption,
        callback=_checked,
        is_flag=False,
        flag_value="here",
        shell_complete=values("choices"),
        metavar="[here|network|off]",
        help="Show the ride on a page for a phone or a stream, on this computer or with =network on yours.",
    ),
    _ride_option(
        "--awake/--no-awake", default=None, help="Keep the computer from sleeping, and its screen on."
    ),
    _setting(
        "--theme",
        "dark|light|contrast",
        "Colours for a dark room, a bright one, or with the strongest contrast.",
        values("choices"),
    ),
    _ride_option(
        "--large-type/--no-large-type",
        default=None,
        help="Show nothing but the balance, as large as the screen allows.",
    ),
)
# with the help of the command that has it
option_of_meter = partial(click.option, "--meter", metavar="NAME", shell_complete=values("meters"))
meter_option = option_of_meter(help="Name or address of the meter, or its first letters.")
adapter_option = _setting(
    "--adapter",
    "NAME",
    "The Bluetooth adapter to use, as hci1 (default: all that are on).",
    cls=click.Option,
)
heart_rate_option = _setting(
    "--heart-rate",
    "NAME|any|off",
    "The heart-rate strap beside the meter: its name or its first letters, or any that is in range.",
)
url_argument = click.argument("url", type=_url, required=False)
wait_option = click.option("--wait", is_flag=True, help="Wait for rides that are being updated.")
json_array_option = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")


# what can be said of a recorded ride besides: `history`, a folder or None, and `plan`, a file or None
RECORDED_OPTIONS = (
    _ride_option(
        "--history",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="Learn your usual balance from the captures and FIT files in this folder.",
    ),
    _ride_option(
        "--plan",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="The workout that was ridden (.zwo, .erg, .mrc, .fit): its steps are the intervals.",
    ),
)


# `headless`, `events` and settings (None: not typed), best taken together as `**options` and handed to `config.load`
RIDE_OPTIONS = (
    *REVIEW_OPTIONS,
    *_SHOWN,
    click.option("--headless", is_flag=True, help="Without the screen."),
    click.option(
        "--events",
        is_flag=True,
        help="Without the screen; events as JSON lines on standard output, each as it happens.",
    ),
)

SETTING_OPTIONS = (*REVIEW_OPTIONS, *PAIR_OPTIONS, heart_rate_option, adapter_option, *_SHOWN)


def is_silent(options: Mapping[str, Any]) -> bool:
    """Whether a ride with these `RIDE_OPTIONS` runs without the screen."""
    return bool(options["headless"] or options["events"])
