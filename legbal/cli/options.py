"""How commands are declared, and the options that several share.

Commands are declared apart from what they run, so that `--help` and Tab load nothing of what that needs. What a value
may be is said once, in `legbal.config`, which is loaded only when a value was typed: a mistyped option loads no more.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from legbal.errors import ConfigError

_Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
_Decorator = Callable[[Any], Any]


def command(name: str, *options: _Decorator, help: str, run: str) -> click.Command:
    """A command that loads its module only when it runs.

    Args:
        name: as it is typed.
        options: what adds its arguments and options, in their order.
        help: what it does.
        run: module in `legbal.cli` and function, as `ride:run_ride`; called with what was typed.
    """
    return click.command(name=name, help=help)(_running(run, options))


def group(
    name: str, *options: _Decorator, help: str, commands: Sequence[click.Command], run: str = ""
) -> click.Group:
    """A command with commands below it; `run` is what it does by itself, if anything, else as in `command`."""
    return click.group(name=name, help=help, commands=commands, invoke_without_command=run != "")(
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
    return getattr(importlib.import_module(f"legbal.cli.{module}"), function)(**typed)


def values(what: str) -> _Complete:
    """What completes a value at Tab: the function of that name in `legbal.cli.completion`, loaded only then."""
    # it reads settings and library, which Tab needs for few values
    return lambda *args: getattr(importlib.import_module("legbal.cli.completion"), what)(*args)


def _checked(context: click.Context, parameter: click.Parameter, typed: str | None) -> Any:
    if typed is None:
        return None
    from legbal import config  # with msgspec, which --help and Tab do without

    name = str(parameter.name)
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


def _setting(name: str, metavar: str, help: str, complete: _Complete | None = None) -> _Decorator:
    return click.option(name, callback=_checked, shell_complete=complete, metavar=metavar, help=help)


# what changes what a ride says, and not how it is shown; settings all
REVIEW_OPTIONS = (
    _setting(
        "--ftp",
        "W",
        "Your functional threshold power in watts (50 to 600). Power bands and intervals rest on it; "
        "without it, it is estimated from your rides.",
    ),
    _setting(
        "--weak-leg", "left|right|unknown", "The leg to watch; unknown watches both.", values("choices")
    ),
    _setting(
        "--sensitivity",
        "calm|normal|eager",
        "How readily the drop-off alert speaks. Calm is seldom wrong, eager is early.",
        values("choices"),
    ),
    _setting("--target", "PERCENT", "The left share to hold (30 to 70). Turns the threshold alert on."),
    _setting(
        "--margin", "POINTS", "How far below the target a leg may fall before the threshold alert speaks."
    ),
    _setting(
        "--window", "SECONDS", "The stretch of pedalling over which the threshold alert looks at the share."
    ),
    _setting(
        "--threshold-when", "intervals|always", "When the threshold alert may speak.", values("choices")
    ),
    click.option(
        "--swap-sides/--no-swap-sides",
        default=None,
        help="Swap left and right: the meter reports each leg as the other.",
    ),
    click.option(
        "--assume-left/--no-assume-left",
        default=None,
        help="Take the balance as the left leg's where the meter does not say whose it is.",
    ),
)
# `left_meter` and `right_meter`, settings that name the two meters of a pair
PAIR_OPTIONS = tuple(
    _setting(
        f"--{side}-meter",
        "NAME",
        f"Of two one-sided meters the {side} one: its name, or how that begins. Goes with --{other}-meter.",
        values("meters"),
    )
    for side, other in (("left", "right"), ("right", "left"))
)
_SHOWN = (
    click.option("--sound/--no-sound", " /--mute", default=None, help="Hear alerts, or only see them."),
    click.option(
        "--speech/--no-speech", default=None, help="Hear alerts and intervals in words, too (espeak-ng)."
    ),
    _setting("--volume", "0…1", "How loud alerts are, up to full scale."),
    click.option(
        "--mqtt",
        "mqtt_url",
        type=_url,
        metavar="URL",
        help="Publish the ride at this broker, as mqtt://HOST or mqtts://HOST:PORT.",
    ),
    _setting(
        "--theme",
        "dark|light|contrast",
        "The colours of the screen: for dark rooms, for bright ones, or as strong as they can be.",
        values("choices"),
    ),
    click.option(
        "--large-type/--no-large-type",
        default=None,
        help="Show nothing but the balance, as large as the screen allows.",
    ),
)
meter_option = click.option(
    "--meter",
    metavar="NAME",
    shell_complete=values("meters"),
    help="Name or address of the meter, or how it begins.",
)
adapter_option = _setting(
    "--adapter",
    "NAME",
    "The Bluetooth adapter to use, as hci1; without it all that are on search. “legbal doctor” lists them.",
)
url_argument = click.argument("url", type=_url, required=False)
wait_option = click.option("--wait", is_flag=True, help="Wait for rides that are to be derived again.")
json_array_option = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of a table.")


# what can be said of a recorded ride besides: `history`, a folder or None, and `plan`, a file or None
RECORDED_OPTIONS = (
    click.option(
        "--history",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="Learn the rider's usual balance from the captures and FIT files in this folder.",
    ),
    click.option(
        "--plan",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="The workout that was ridden (.zwo, .erg, .mrc, .fit): it draws the intervals.",
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

SETTING_OPTIONS = (*REVIEW_OPTIONS, *PAIR_OPTIONS, adapter_option, *_SHOWN)
