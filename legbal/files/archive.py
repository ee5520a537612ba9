"""Files as they lie on the disk, or in a .zip archive as web services hand rides out: one ride, or a whole account.

A file in an archive is named by the archive's path and its own name, `12345678901.zip/12345678901_ACTIVITY.fit`; in an
archive within another one, as Garmin packs an account, by the names of both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from legbal.errors import FileFormatError
from legbal.files.zip_archive import (
    BROKEN,
    Name,
    OpenArchives,
    ZipArchive,
    archive_of,
    is_on_disk,
    unreadable,
)
from legbal.paths import read_octets

# Of an archive with all that are within it: more than an account holds, and octets that are unpacked in a minute.
_MOST_FILES, _MOST_OCTETS = 100_000, 16 * 2**30

_open = OpenArchives()
_lock = threading.RLock()  # screens read in threads


def is_archive(path: Path) -> bool:
    """Whether there is an archive of that name, be it in another one."""
    return is_on_disk(path) or (path.suffix.lower() == ".zip" and is_packed(path) and exists(path))


def is_packed(path: Path) -> bool:
    """Whether a path leads into an archive."""
    return archive_of(path) is not None


def list_rides(archive: Path, is_ride: Callable[[Path], bool]) -> tuple[list[Path], int]:
    """The rides in an archive and in those within it, in order of their names, and how many other files there are.

    An inner archive that cannot be read is among the rides itself: reading it says why.

    Args:
        archive: its path.
        is_ride: whether a file may be a ride, by its name.

    Raises:
        FileFormatError: it cannot be read, or is none that a rider would have: it holds too much, or a file whose name
            leads out of it.
    """
    rides: list[Path] = []
    count = _Count(archive)
    with open_throughout():
        _list(archive, is_ride, rides, count)
    return rides, count.others


class _Count(msgspec.Struct):
    """What is in an archive and in those inside.

    Attributes:
        files: all.
        octets: of the archives inside.
        others: files that are neither rides nor archives.
    """

    archive: Path
    files: int = 0
    octets: int = 0
    others: int = 0

    @property
    def is_too_much(self) -> bool:
        return self.files > _MOST_FILES or self.octets > _MOST_OCTETS

    def add(self, files: int, octets: int) -> None:
        """Counts one archive. Raises FileFormatError where all together are too many."""
        self.files += files
        self.octets += octets
        if self.is_too_much:
            raise FileFormatError(
                f"{self.archive}: holds more than any account, in archives within archives",
                hint="Unpack it, and import the folder.",
            )


def _list(archive: Path, is_ride: Callable[[Path], bool], rides: list[Path], count: _Count) -> None:
    with _reached(archive, inside=True) as (opened, _):
        # beside each file, a Mac packs another of the same name with two characters before it
        names = sorted(name for name in opened.members if not name[-1].startswith("._"))
        count.add(len(names), 0 if archive == count.archive else opened.size)
    for path in (archive.joinpath(*name) for name in names):
        if is_ride(path):
            rides.append(path)
        elif path.suffix.lower() == ".zip":
            try:
                _list(path, is_ride, rides, count)
            except FileFormatError:
                if count.is_too_much:
                    raise
                rides.append(path)
        else:
            count.others += 1


def read_file_octets(path: Path, most: int) -> bytes:
    """What a file holds, in an archive or not.

    Args:
        path: of the file.
        most: so many octets it may have.

    Raises:
        FileFormatError: there is none, it cannot be read, or it is longer.
    """
    try:
        if is_packed(path):
            with _reached(path) as (opened, name):
                octets = opened.read(name, most + 1)
        else:
            octets = read_octets(path, most + 1)
    except BROKEN as error:
        raise unreadable(path, error) from error
    if len(octets) > most:
        raise FileFormatError(f"{path}: larger than {most // 2**20} MiB, which no ride is")
    return octets


def exists(path: Path) -> bool:
    """Whether there is such a file, in an archive or not."""
    if not is_packed(path):
        return path.exists()
    with _reached(path) as (opened, name):
        return name in opened.members


def modified(path: Path) -> datetime | None:
    """When a file was last written, aware, by its own date in an archive; None where nothing says so."""
    try:
        if not is_packed(path):
            return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        with _reached(path) as (opened, name):
            return datetime(*opened.member(name).date_time).astimezone()
    except (FileFormatError, *BROKEN):
        return None


@contextmanager
def open_throughout() -> Iterator[None]:
    """Until the block is left, an archive stays open from one of its files to the next, which are best in order.

    Otherwise its list is read anew for each, and an inner archive unpacked.
    """
    with _lock:
        _open.keepers += 1
    try:
        yield
    finally:
        with _lock:
            _open.keepers -= 1
            if not _open.keepers:
                _open.close_from(0)


@contextmanager
def _reached(path: Path, *, inside: bool = False) -> Iterator[tuple[ZipArchive, Name]]:
    """As of `OpenArchives.reach`; nobody else moves in archives meanwhile."""
    with _lock:
        try:
            yield _open.reach(path, inside=inside)
        finally:
            if not _open.keepers:
                _open.close_from(0)
