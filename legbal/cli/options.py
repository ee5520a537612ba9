"""The options that ride, demo and replay share, and how they become settings.

What a value may be is said once, in `legbal.config`, which is loaded only when a value was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from legbal.cli import shell_values
from legbal.cli.mqtt_options import url_typed
from legbal.errors import ConfigError

if TYPE_CHECKING:
    from legbal.config import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _checked(context: click.Context, parameter: click.Parameter, typed: str | None) -> Any:
    """What was typed, in the type of the setting of that name."""
    if typed is None:
        return None
    from legbal import config

    name = str(parameter.name)
    try:
        return config.parse(name, typed, name)
    except ConfigError as error:
        hint = f" {error.hint}" if error.hint else ""
        words = f"{typed!r} is not allowed; it is {config.allowed(name)}.{hint}"
        raise click.BadParameter(words, context, parameter) from error


def _setting(
    name: str, metavar: str, help: str, complete: Complete | None = None
) -> Callable[[Command], Command]:
    """The option of a setting; what may be typed is the setting's."""
    return click.option(name, callback=_checked, shell_complete=complete, metavar=metavar, help=help)


_ALERTS = (
    _setting(
        "--ftp",
        "W",
        "Your functional threshold power in watts (50 to 600). Power bands and intervals rest on it; "
        "without it, it is estimated from your rides.",
    ),
    _setting(
        "--weak-leg", "left|right|unknown", "The leg to watch; unknown watches both.", shell_values.choices
    ),
    _setting(
        "--sensitivity",
        "calm|normal|eager",
        "How readily the drop-off alert speaks. Calm is seldom wrong, eager is early.",
        shell_values.choices,
    ),
    _setting("--target", "PERCENT", "The left share to hold (30 to 70). Turns the threshold alert on."),
    _setting(
        "--margin", "POINTS", "How far below the target a leg may fall before the threshold alert speaks."
    ),
    _setting(
        "--window", "SECONDS", "The stretch of pedalling over which the threshold alert looks at the share."
    ),
    _setting(
        "--threshold-when", "intervals|always", "When the threshold alert may speak.", shell_values.choices
    ),
)
_SIDES = (
    click.option(
        "--swap-sides/--no-swap-sides", default=None, help="Left is right: the pedals are on the wrong sides."
    ),
    click.option(
        "--assume-left/--no-assume-left",
        default=None,
        help="Take the balance as the left leg's where the meter does not say whose it is.",
    ),
)
_PAIR = tuple(
    _setting(
        f"--{side}-meter",
        "NAME",
        f"Of two one-sided meters the {side} one: its name, or how that begins. Goes with --{other}-meter.",
        shell_values.meters,
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
        callback=url_typed,
        metavar="URL",
        help="Publish the ride at this broker, as mqtt://HOST or mqtts://HOST:PORT.",
    ),
    _setting(
        "--theme",
        "dark|light|contrast",
        "The colours of the screen: for dark rooms, for bright ones, or as strong as they can be.",
        shell_values.choices,
    ),
    click.option(
        "--large-type/--no-large-type",
        default=None,
        help="Show nothing but the balance, as large as the screen allows.",
    ),
)
_OUTLETS = (
    click.option("--headless", is_flag=True, help="Without the screen."),
    click.option(
        "--events",
        is_flag=True,
        help="Without the screen; events as JSON lines on standard output, each as it happens.",
    ),
)


_RECORDED = (
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


def ride_options(command: Command) -> Command:
    """Adds the shared options to a command.

    It is called with `headless` and `events`, and with one argument for each setting (None: not typed), best
    taken together as `**options` and handed to `settings`.
    """
    return _applied((*_ALERTS, *_SIDES, *_SHOWN, *_OUTLETS), command)


def setting_options(command: Command) -> Command:
    """Adds those of the shared options that are settings."""
    return _applied((*_ALERTS, *_SIDES, *_PAIR, *_SHOWN), command)


def review_options(command: Command) -> Command:
    """Adds what of the shared options changes what a ride says, and not how it is shown."""
    return _applied((*_ALERTS, *_SIDES), command)


def pair_options(command: Command) -> Command:
    """Adds `left_meter` and `right_meter`, settings that name the two meters of a pair."""
    return _applied(_PAIR, command)


def recorded_options(command: Command) -> Command:
    """Adds what can be said of a recorded ride besides: `history`, a folder or None, and `plan`, a file or None."""
    return _applied(_RECORDED, command)


def _applied(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def settings(options: Mapping[str, object]) -> Settings:
    """The settings that hold when `options` were typed: over environment, file and defaults.

    Options that are no setting are passed over. Raises ConfigError.
    """
    from legbal import config

    return config.load({name: value for name, value in options.items() if name in config.NAMES})
