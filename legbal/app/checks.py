"""Everything that a ride needs, looked at: what works, what does not, and what to do about it."""

import asyncio
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from legbal import __version__, config, paths
from legbal.app.device_checks import Check, Question, bluetooth
from legbal.app.outlet_checks import OUTLET_QUESTIONS, check_password, check_screen
from legbal.config import Settings
from legbal.errors import ConfigError, ProfileError
from legbal.library import connection, recorder, rides, translate_errors
from legbal.meters.profile_file import parse
from legbal.present.numbers import count


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
        yield from asyncio.run(bluetooth())


def _program(_settings: Settings) -> Check:
    return Check(
        "works",
        f"legbal {__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}",
    )


def _settings(_settings: Settings) -> Check:
    config.load()
    file = paths.config_file()
    written = str(file) if file.exists() else f"none written, so the defaults hold; they would be in {file}"
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
    if not path.exists():
        nearest = _nearest(path)
        if not os.access(nearest, os.W_OK | os.X_OK) or not nearest.is_dir():
            return Check(
                "fails",
                f"the library {path} cannot be made: {nearest} may not be written",
                "Give yourself the right to write there, or set LEGBAL_HOME to another folder.",
            )
        return Check("works", f"none yet; the first ride makes {path}")
    cut = recorder.close_interrupted(path)
    with translate_errors(path), closing(connection.open_writing(path)) as opened:
        with connection.transaction(opened):
            version = opened.execute("PRAGMA user_version").fetchone()[0]
        integrity = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
    if integrity != "ok":
        return Check(
            "fails",
            f"the library {path} is damaged: {integrity}",
            "Make a copy of it before anything else.",
        )
    with rides.Library(path) as library:
        states = [ride.state for ride in library.rides()]
    text = f"{path}: {count(len(states), 'ride')}, {path.stat().st_size / 2**20:,.1f} MiB, schema {version}"
    if "recording" in states:
        text += ", one recording now"
    if interruptions := states.count("interrupted"):
        text += f", {interruptions} interrupted" + (f" ({len(cut)} closed just now)" if cut else "")
    return Check("works", text)


def _disk(_settings: Settings) -> Check:
    free = shutil.disk_usage(_nearest(paths.library_file())).free // 2**20
    # MiB; a ride of two hours takes about 1, but a disk this full is about to fail elsewhere too
    if free < 100:
        return Check("fails", f"only {free} MiB are free for the library", "Free some space.")
    return Check("works", f"{free / 1024:,.1f} GiB free for the library")


def _nearest(path: Path) -> Path:
    return next(folder for folder in path.absolute().parents if folder.exists())


QUESTIONS = (
    Question("program", _program, needed=True),
    Question("screen", check_screen),
    Question("settings", _settings, needed=True, hint="Correct it; until then nothing starts."),
    Question("password", check_password),
    Question("meter profiles", _profiles, needed=True),
    Question("library", _library, needed=True),
    Question("disk", _disk),
    *OUTLET_QUESTIONS,
)
