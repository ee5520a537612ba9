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
from legbal.library.recorder import recorded_rides
from legbal.library.salvage import Salvage, salvage
from legbal.library.upkeep import LibraryCheck as LibraryCheck  # what `check` gives

_PARTS = ("", "-wal", "-shm")  # of a library: its file, and what SQLite has beside it


class Repair(msgspec.Struct, frozen=True):
    """What came over into the new library, and where the broken one is from now on."""

    salvage: Salvage
    damaged: str


def backup(file: IO[bytes], folder: Path) -> None:
    """Writes a copy of the library into the file; in `folder` there is room for it meanwhile. Raises LibraryError."""
    path = paths.library_file()
    with translate_errors(path), tempfile.TemporaryDirectory(prefix=".legbal-", dir=folder) as private:
        copy = Path(private, path.name)
        upkeep.copy(path, copy)
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
    with translate_errors(path), ExitStack() as held:
        _keep_others_away(path, held)
        new = path.with_name(f"{path.stem}.repaired{path.suffix}")
        _remove(new)
        saved = salvage(path, new)
        if not saved.rides:
            _remove(new)
            raise LibraryError(
                f"the library {path}: no ride is left in it",
                hint="Move it away; legbal then starts a new library.",
            )
        damaged = path.with_name(f"{path.stem}.damaged-{datetime.now():%Y-%m-%d-%H%M%S}{path.suffix}")
        for part in _PARTS:
            if (old := path.with_name(path.name + part)).exists():
                old.rename(damaged.with_name(damaged.name + part))
        new.rename(path)
    return Repair(saved, str(damaged))


def _keep_others_away(path: Path, held: ExitStack) -> None:
    if recorded := recorded_rides(path):
        raise LibraryError(f"ride {recorded[0]} is being recorded", hint="End it first; then try again.")
    lock = index_lock(path)
    if not lock.acquire():
        raise LibraryError("rides are just being derived anew", hint="Try again in a minute.")
    held.callback(lock.release)


def _remove(library: Path) -> None:
    for part in _PARTS:
        library.with_name(library.name + part).unlink(missing_ok=True)
