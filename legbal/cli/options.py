"""The options that ride, demo and replay share, and how they become settings.

What a value may be is said once, in `legbal.config`, which is loaded only when a value was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from legbal.cli import completing
from legbal.cli.sharing import url_typed
from legbal.errors import ConfigError

if TYPE_CHECKING:
    from legbal.config import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


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


_ALERTS = (
    click.option(
        "--ftp",
        callback=_checked,
        metavar="W",
        help="Your functional threshold power in watts (50 to 600). Power bands and intervals rest on it; "
        "without it, it is estimated from your rides.",
    ),
    click.option(
        "--weak-leg",
        callback=_checked,
        shell_complete=completing.choices,
        metavar="left|right|unknown",
        help="The leg to watch; unknown watches both.",
    ),
    click.option(
        "--sensitivity",
        callback=_checked,
        shell_complete=completing.choices,
        metavar="calm|normal|eager",
        help="How readily the drop-off alert speaks. Calm is seldom wrong, eager is early.",
    ),
    click.option(
        "--target",
        callback=_checked,
        metavar="PERCENT",
        help="The left share to hold (30 to 70). Turns the threshold alert on.",
    ),
    click.option(
        "--margin",
        callback=_checked,
        metavar="POINTS",
        help="How far below the target a leg may fall before the threshold alert speaks.",
    ),
    click.option(
        "--window",
        callback=_checked,
        metavar="SECONDS",
        help="The stretch of pedalling over which the threshold alert looks at the share.",
    ),
    click.option(
        "--threshold-when",
        callback=_checked,
        shell_complete=completing.choices,
        metavar="intervals|always",
        help="When the threshold alert may speak.",
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
    click.option(
        f"--{side}-meter",
        callback=_checked,
        shell_complete=completing.meters,
        metavar="NAME",
        help=f"Of two one-sided meters the {side} one: its name, or how that begins. Goes with --{other}-meter.",
    )
    for side, other in (("left", "right"), ("right", "left"))
)
_SHOWN = (
    click.option("--sound/--no-sound", " /--mute", default=None, help="Hear alerts, or only see them."),
    click.option(
        "--speech/--no-speech", default=None, help="Hear alerts and intervals in words, too (espeak-ng)."
    ),
    click.option("--volume", callback=_checked, metavar="0…1", help="How loud alerts are, up to full scale."),
    click.option(
        "--mqtt",
        "mqtt_url",
        callback=url_typed,
        metavar="URL",
        help="Publish the ride at this broker, as mqtt://HOST or mqtts://HOST:PORT.",
    ),
    click.option(
        "--theme",
        callback=_checked,
        shell_complete=completing.choices,
        metavar="dark|light|contrast",
        help="The colours of the screen: for dark rooms, for bright ones, or as strong as they can be.",
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
