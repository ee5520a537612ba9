"""The library as a file: copied, checked, and made anew of what a broken one still holds."""

import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from legbal import paths
from legbal.app.reindex_process import index_lock
from legbal.errors import LibraryError
from legbal.library import translate_errors, upkeep
from legbal.library.connection import BESIDE
from legbal.library.recorder import recorded_rides
from legbal.library.salvage import Salvage, salvage
from legbal.library.upkeep import LibraryCheck as LibraryCheck  # what `check` gives

_PARTS = ("", *BESIDE)  # of a library: its file, and what SQLite has beside it


class Repair(msgspec.Struct, frozen=True):
    """What came over into the new library, and where the broken one is from now on."""

    salvage: Salvage
    damaged: str


def backup(file: IO[bytes], folder: Path) -> None:
    """Writes a copy of the library into the file; in `folder` there is room for it meanwhile. Raises LibraryError."""
    path = paths.library_file()
    with translate_errors(path):
        private = tempfile.TemporaryDirectory(prefix=".legbal-", dir=folder)
    with private as there:
        copy = Path(there, path.name)
        upkeep.copy(path, copy)
        # what goes wrong now is not the library's: a full disk, a reader that is gone
        with copy.open("rb") as made:
            shutil.copyfileobj(made, file)


def check() -> LibraryCheck | None:
    """What is to be said of the library; None where there is none yet. Raises LibraryError."""
    return upkeep.check(paths.library_file())


def repair() -> Repair | None:
    """Makes a new library of what the present one still holds, and keeps that beside it; None where it is sound.

    Raises LibraryError: there is no library, or nothing in it; or another legbal is writing it.
    """
    path = paths.library_file()
    state = upkeep.check(path)
    if state is None:
        raise LibraryError(f"there is no library yet: the first ride makes {path}")
    if state.sound:
        return None
    file = path.resolve()  # what a link leads to: SQLite has its own files beside that
    new = file.with_name(f"{file.stem}.repaired{file.suffix}")
    damaged = file.with_name(f"{file.stem}.damaged-{datetime.now():%Y-%m-%d-%H%M%S}{file.suffix}")
    with translate_errors(path), ExitStack() as held:
        _keep_others_away(path, held)
        _remove(new)
        held.callback(_remove, new)
        saved = salvage(file, new)
        if not saved.rides:
            raise LibraryError(
                f"the library {path}: no ride is left in it",
                hint="Move it away; legbal then starts a new library.",
            )
        _refuse_recording(path)  # which may have begun meanwhile, and would go on in the damaged file
        _replace(file, new, damaged)
    return Repair(saved, str(damaged))


def _replace(file: Path, new: Path, damaged: Path) -> None:
    """Puts the new library in the place of the damaged one, which is called `damaged` from now on, log and all.

    The log goes first: beside the new library it would be taken for that one's. Where a file may have two names there
    is always a library.
    """
    for part in _PARTS[1:]:
        if (old := _part(file, part)).exists():
            old.rename(_part(damaged, part))
    if file.exists():
        try:
            damaged.hardlink_to(file)
        except OSError:
            file.rename(damaged)
    new.replace(file)


def _keep_others_away(path: Path, held: ExitStack) -> None:
    _refuse_recording(path)
    lock = index_lock(path)
    if not lock.acquire():
        raise LibraryError("rides are being updated", hint="Try again in a minute.")
    held.callback(lock.release)


def _refuse_recording(path: Path) -> None:
    if recorded := recorded_rides(path):
        raise LibraryError(f"ride {recorded[0]} is being recorded", hint="End it first; then try again.")


def _remove(library: Path) -> None:
    for part in _PARTS:
        _part(library, part).unlink(missing_ok=True)


def _part(library: Path, part: str) -> Path:
    return library.with_name(library.name + part)
