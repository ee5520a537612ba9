"""Everything that a ride needs, looked at: what works, what does not, and what to do about it."""

import asyncio
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from legbal import __version__, config, paths
from legbal.app.activity_folders import check_folders
from legbal.app.defects import find_defects
from legbal.app.inhibition import inhibition
from legbal.app.outgoing import destinations_of, place_of, require_way_out
from legbal.app.question import Check, Question
from legbal.app.ride_outlets import broker_of, open_sound
from legbal.app.screen_driver import screen_driver
from legbal.app.straps import is_strap, names_of, straps_check
from legbal.config import Settings
from legbal.config.files import SettingsFile
from legbal.config.keys import KEYS, value_of
from legbal.errors import BluetoothError, BluetoothReason, ConfigError, OutletError, ProfileError
from legbal.gatt.uuids import CYCLING_POWER, HEART_RATE_SERVICE
from legbal.library import REPAIR, connection, recorder, rides, translate_errors
from legbal.meters.profile_file import parse
from legbal.outlets import speakers
from legbal.outlets.mqtt import rider_name
from legbal.outlets.mqtt.connection import check as check_broker
from legbal.outlets.page.address import HERE, listen, network_host
from legbal.outlets.voices import synthesise, voice
from legbal.present.numbers import count, number
from legbal.present.phrases import PHRASES
from legbal.present.sentences import say


def checks(waiting: Callable[[str], AbstractContextManager[None]]) -> Iterator[Check]:
    """Everything there is to look at, quick things first, so that these can be shown while the next one works.

    `waiting` shows a text while something takes its time.
    """
    try:
        settings = config.load()
    except ConfigError:  # the question of the settings says it
        settings = Settings()
    for question in QUESTIONS:
        with waiting(question.waiting) if question.waiting else nullcontext():
            check = question.check(settings)
        if check is not None:
            yield check
    with waiting("Searching for power meters …"):
        yield from asyncio.run(bluetooth(settings.adapter, heart_rate=settings.heart_rate))


def _program(_settings: Settings) -> Check:
    python = "its own Python" if getattr(sys, "frozen", False) else "Python"  # a bundle brings one along
    return Check(
        "works",
        f"legbal {__version__} on {python} {platform.python_version()}, {platform.platform(terse=True)}",
    )


def _settings(_settings: Settings) -> Check:
    config.load()
    file = paths.config_file()
    written = str(file) if file.exists() else f"none yet, so the defaults hold; yours would be in {file}"
    return Check("works", written)


def _profiles(_settings: Settings) -> Check:
    try:
        families = [parse(text, name) for name, text in config.profile_texts().items()]
    except ProfileError as error:
        raise ProfileError(
            str(error), hint=error.hint or f"Your own profiles are in {paths.profiles_folder()}."
        ) from error
    if not families:
        return Check("fails", "none came with legbal", "Reinstall legbal.")
    return Check("works", f"{len(families)} meter families are known")


def _library(_settings: Settings) -> Check:
    """What there is to say of the library; it is read, tried for writing, and its cut-off rides are closed."""
    path = paths.library_file()
    cut = recorder.close_interrupted(path)
    if not path.exists():
        nearest = _nearest(path)
        if not os.access(nearest, os.W_OK | os.X_OK):
            return Check(
                "fails",
                f"the library {path} cannot be made: {nearest} may not be written",
                "Give yourself the right to write there, or set LEGBAL_HOME to another folder.",
            )
        return Check("works", f"none yet; the first ride makes {path}")
    with translate_errors(path), closing(connection.open_writing(path)) as opened:
        with connection.transaction(opened):
            version = opened.execute("PRAGMA user_version").fetchone()[0]
        integrity = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
    if integrity != "ok":
        return Check("fails", f"the library {path} is damaged: {integrity}", REPAIR)
    with rides.Library(path) as library:
        states = [ride.state for ride in library.rides()]
    text = f"{path}: {count(len(states), 'ride')}, {path.stat().st_size / 2**20:,.1f} MiB, schema {version}"
    if "recording" in states:
        text += ", one recording now"
    if interruptions := states.count("interrupted"):
        text += f", {interruptions} interrupted" + (f" ({len(cut)} closed just now)" if cut else "")
    return Check("works", text)


def _defects(_settings: Settings) -> Check | None:
    """What a report needs of the latest ride on which legbal failed; nothing while none did."""
    path = paths.library_file()
    if not path.exists():
        return None
    with rides.Library(path) as library:
        of_rides = find_defects(library)
    if not of_rides:
        return None
    ride, faults = of_rides[0]
    places = "; ".join(f"{x.error} at {x.place}, input {x.input} ({x.code})" for x in faults)
    return Check("fails", say("defect.met", ride=ride, places=places), say("defect.report", ride=ride))


def _disk(_settings: Settings) -> Check:
    free = shutil.disk_usage(_nearest(paths.library_file())).free // 2**20
    # MiB; a ride of two hours takes about 1, but a disk this full is about to fail elsewhere too
    if free < 100:
        return Check("fails", f"only {free} MiB are free for the library", "Free some space.")
    return Check("works", f"{free / 1024:,.1f} GiB free for the library")


def _nearest(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.exists())


def _screen(_settings: Settings) -> Check:
    """What the screen can be in this terminal, if it is one."""
    if driver := screen_driver():
        return Check("works", f"shown by {driver}", "Unset TEXTUAL_DRIVER to have it in the terminal again.")
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


def _password(settings: Settings) -> Check | None:
    """Whether others can read the broker's password, or another secret, in the settings file, if it stands there."""
    file = paths.config_file()
    secrets = {key.name for key in KEYS.values() if key.secret and value_of(settings, key) is not None}
    if not secrets or os.name != "posix" or not file.exists():
        return None
    written = {name for name, _, _ in SettingsFile.read(file).values()}
    if secrets.isdisjoint(written) or not file.stat().st_mode & 0o077:
        return None
    return Check(
        "fails",
        f"others on this computer can read a password in {file}",
        f"chmod 600 {shlex.quote(str(file))}",
    )


def _sound(settings: Settings) -> Check:
    try:
        open_sound(settings).close()
    except OutletError as error:
        return Check("fails", f"{error}; alerts ring the terminal's bell", error.hint or "")
    if not settings.sound:
        return Check("not applicable", "there is a device; the settings turn sound off")
    instead = speakers.fallback()
    device = instead.text if instead else "the default device opens"
    return Check(
        "works",
        f"{device}; volume {number(100 * settings.volume, unit=' %')}",
        "“legbal doctor --sound” lets you hear the tones.",
    )


def _speech(settings: Settings) -> Check:
    language, rate = settings.speech_language, settings.speech_rate
    try:
        synthesise(PHRASES[language].left, language, rate)
    except OutletError as error:
        if settings.speech:
            return Check("fails", f"{error}; alerts are tones only", error.hint or "")
        return Check("not applicable", f"the settings turn it off, and {error}")
    if not settings.speech:
        return Check("not applicable", f"{voice().name} works; the settings turn speech off")
    return Check("works", f"{voice().name} speaks: {language}, {rate} words a minute")


def _awake(settings: Settings) -> Check:
    if not settings.awake:
        return Check("not applicable", say("awake.off"))
    with inhibition() as inhibited:
        if inhibited.state == "on":
            return Check("works", say("awake.by", services=inhibited.services))
        return Check("fails", say(f"awake.may_{inhibited.state}", reason=inhibited.reason))


def _page(settings: Settings) -> Check:
    if settings.page == "off":
        return Check("not applicable", say("page.off"))
    listen(settings.page, settings.page_port).close()
    host = network_host() if settings.page == "network" else HERE
    if host is None:
        return Check("fails", say("page.no_network"))
    return Check("works", say("page.served", host=host, port=settings.page_port))


def _uploads(settings: Settings) -> Check:
    names = destinations_of(settings)
    if not names:
        return Check("not applicable", say("delivery.off"))
    require_way_out(settings)
    return Check("works", say("delivery.to", places=[place_of(name) for name in names]))


def _broker(settings: Settings) -> Check:
    if settings.mqtt.url is None:
        return Check("not applicable", "none is set: rides are not published")
    rider_name(settings.mqtt.rider)
    broker = broker_of(settings.mqtt)
    check_broker(broker)
    # what may have been read on the way there
    return Check("works", f"{broker} answers, and lets us in as {settings.mqtt.rider!r}", broker.exposure)


QUESTIONS = (
    Question("program", _program, needed=True),
    Question("screen", _screen),
    Question("settings", _settings, needed=True, hint="Correct it; until then nothing starts."),
    Question("password", _password),
    Question("meter profiles", _profiles, needed=True),
    Question("library", _library, needed=True),
    Question("defects", _defects),
    Question("disk", _disk),
    Question("sound", _sound, waiting="Opening the sound device …"),
    Question("speech", _speech),
    Question("awake", _awake),
    Question("page", _page),
    Question("uploads", _uploads),
    Question("files", check_folders),
    Question(
        "broker",
        _broker,
        hint="You can ride and record without it; legbal tries again on each ride.",
        waiting="Connecting to the broker …",
    ),
)

_STRAP = "heart rate"
# what a search for meters rests on, in order, and the word for that it works
_RADIO = {
    "Bluetooth service": "answers",
    "Bluetooth permission": "granted",
    "Bluetooth adapter": "there and switched on",
    "power meters": "",
    _STRAP: "",
}
_FAILS_AT: dict[BluetoothReason, int] = {
    "no Bluetooth service": 0,
    "no permission": 1,
    "no adapter": 2,
    "adapter off": 2,
}


async def bluetooth(adapter: str | None = None, seconds: float = 3.0, heart_rate: str = "off") -> list[Check]:
    """Searches for meters for so many seconds, as a ride does first; what comes after a failure is not checked.

    Args:
        adapter: the one that is chosen; None: none is.
        seconds: for how long.
        heart_rate: which strap is connected beside the meter, as of the settings.
    """
    try:
        from legbal.sources.bluetooth import adapters, discovery  # bleak has no backend for every platform
    except ImportError as error:
        return [
            Check(
                "fails",
                f"cannot be loaded: {error}",
                "Reinstall legbal; Linux, macOS and Windows have Bluetooth.",
                what="Bluetooth",
                needed=True,
            )
        ]
    results = [Check("works", word, what=what, needed=what != _STRAP) for what, word in _RADIO.items()]
    there = await adapters.adapters(seconds)
    if there:
        used = "" if adapter is None else f"; {adapter} is chosen"
        listed = ", ".join(f"{x.name} ({x.address}, {'on' if x.powered else 'off'})" for x in there)
        results[2] = results[2]._replace(text=f"{listed}{used}")
    try:
        devices = await discovery.find(seconds, adapter, services=(CYCLING_POWER, HEART_RATE_SERVICE))
    except BluetoothError as error:
        at = _FAILS_AT.get(error.reason, len(results) - 2)
        results[at] = results[at]._replace(state="fails", text=str(error), hint=error.hint or "")
        results[at + 1 :] = [
            check._replace(state="not applicable", text="not checked: fix the one above first")
            for check in results[at + 1 :]
        ]
        return results
    straps = [device for device in devices if is_strap(device)]
    *others, last, strap = results
    strap = straps_check(strap, straps, heart_rate)
    meters = [device for device in devices if device not in straps]
    if not meters:
        last = last._replace(
            text="none in range just now", hint="Turn the cranks to wake it, then “legbal scan”."
        )
    else:
        last = last._replace(text=f"{len(meters)} in range: {names_of(meters)}")
    return [*others, last, strap]
