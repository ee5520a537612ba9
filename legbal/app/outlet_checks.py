"""The looks at what a rider sees and hears and what others follow a ride by: screen, sound, speech and broker."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping

from legbal import paths
from legbal.app.device_checks import Check, Question
from legbal.app.ride_outlets import broker_of, open_sound
from legbal.config import Settings
from legbal.config.files import SettingsFile
from legbal.errors import OutletError
from legbal.outlets.mqtt import rider_name
from legbal.outlets.mqtt.connection import check as check_broker
from legbal.outlets.speech import synthesise
from legbal.present.numbers import number
from legbal.present.phrases import PHRASES


def check_screen(_settings: Settings) -> Check:
    """What the screen can be in this terminal, if it is one."""
    if not sys.stdout.isatty():
        return Check(
            "not applicable",
            "standard output is no terminal",
            "In a terminal the screen shows; --headless rides without.",
        )
    return terminal(shutil.get_terminal_size(), sys.stdout.encoding or "none", sys.platform, os.environ)


def terminal(size: os.terminal_size, encoding: str, system: str, environment: Mapping[str, str]) -> Check:
    """What the screen can be in a terminal; `system` as in `sys.platform`."""
    columns, lines = size
    size_text = f"{columns}×{lines} characters"
    problems = (
        (
            columns < 80 or lines < 24,
            f"{size_text}: too small for everything",
            "Make the terminal at least 80×24, better 120×40.",
        ),
        (
            "utf" not in encoding.lower(),
            f"the terminal's encoding is {encoding}",
            "Use a UTF-8 terminal, or set PYTHONUTF8=1.",
        ),
        (
            system == "win32" and not {"WT_SESSION", "TERM_PROGRAM"} & environment.keys(),
            f"{size_text} in the old console window",
            "Use Windows Terminal: it draws the traces and all colours.",
        ),
    )
    return next(
        (Check("fails", text, hint) for fails, text, hint in problems if fails), Check("works", size_text)
    )


def check_password(settings: Settings) -> Check | None:
    """Whether others can read the broker's password in the settings file, if it stands there."""
    file = paths.config_file()
    if settings.mqtt.password is None or os.name != "posix" or not file.exists():
        return None
    written = any(name == "mqtt.password" for name, _, _ in SettingsFile.read(file).values())
    if not written or not file.stat().st_mode & 0o077:
        return None
    return Check(
        "fails",
        f"others on this computer can read the broker's password in {file}",
        f"chmod 600 {shlex.quote(str(file))}",
    )


def _sound(settings: Settings) -> Check:
    try:
        open_sound(settings).close()
    except OutletError as error:
        return Check("fails", f"{error}; alerts ring the terminal's bell", error.hint or "")
    if not settings.sound:
        return Check("not applicable", "there is a device, and the settings keep it silent")
    return Check(
        "works",
        f"the default device opens; volume {number(100 * settings.volume, unit=' %')}",
        "“legbal doctor --sound” lets you hear the tones.",
    )


def _speech(settings: Settings) -> Check:
    language, rate = settings.speech_language, settings.speech_rate
    try:
        synthesise(PHRASES[language].left, language, rate)
    except OutletError as error:
        if settings.speech:
            return Check("fails", f"{error}; the tones stay", error.hint or "")
        return Check("not applicable", f"the settings ask for none, and {error}")
    if not settings.speech:
        return Check("not applicable", "espeak-ng works, and the settings ask for none")
    return Check("works", f"espeak-ng speaks: {language}, {rate} words a minute")


def _broker(settings: Settings) -> Check:
    if settings.mqtt.url is None:
        return Check("not applicable", "none is set: rides are not published")
    rider_name(settings.mqtt.rider)
    broker = broker_of(settings.mqtt)
    check_broker(broker)
    return Check("works", f"{broker} answers, and lets us in as {settings.mqtt.rider!r}")


OUTLET_QUESTIONS = (
    Question("sound", _sound, waiting="Opening the sound device …"),
    Question("speech", _speech),
    Question(
        "broker",
        _broker,
        hint="Rides are still ridden and recorded; legbal tries again during each.",
        waiting="Connecting to the broker …",
    ),
)
