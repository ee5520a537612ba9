"""Files as they lie on the disk, or in a .zip archive as Garmin Connect and others hand rides out.

An archive is read where it lies, and nothing of it is ever unpacked to the disk. A file within is named by the
archive's path and its own name: `12345678901.zip/12345678901_ACTIVITY.fit`.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from legbal.errors import FileFormatError
from legbal.paths import read_octets

if TYPE_CHECKING:
    import zipfile

# What no archive of rides has: a rider records some hundreds a year, and a head unit's file is packed to a third.
_MOST_FILES, _MOST_SWELLING = 20_000, 50
_LARGEST_LIST = 4 * 2**20  # octets, of all names
_SMALL = 2**16  # octets; a file that swells to no more costs nothing
_LONGEST_NAME = 4096  # characters, with its folders; no system has longer ones

_STORED, _DEFLATED = 0, 8  # how files are packed, by the numbers of the format
_BROKEN = (OSError, EOFError, ValueError, RuntimeError, struct.error, zlib.error)


def is_archive(path: Path) -> bool:
    """Whether there is an archive of that name."""
    return path.suffix.lower() == ".zip" and path.is_file()


def archive_of(path: Path) -> Path | None:
    """The archive in which a file lies, by its path; None where it lies in none."""
    return next(filter(is_archive, path.parents), None)


def list_rides(archive: Path, is_ride: Callable[[Path], bool]) -> tuple[list[Path], int]:
    """The rides in an archive, in order of their names, and how many other files are in it.

    Args:
        archive: its path.
        is_ride: whether a file may be a ride, by its name.

    Raises:
        FileFormatError: it cannot be read, or is none that a rider would have: it holds too much, or a file whose name
            leads out of it.
    """
    with _opened(archive) as opened:
        # beside each file, a Mac packs another of the same name with two characters before it
        files = [archive / x.filename for x in opened.infolist() if not x.is_dir()]
    rides = sorted(path for path in files if is_ride(path) and not path.name.startswith("._"))
    return rides, sum(not path.name.startswith("._") for path in files) - len(rides)


def read_file_octets(path: Path, most: int) -> bytes:
    """What a file holds, in an archive or not.

    Args:
        path: of the file.
        most: so many octets it may have.

    Raises:
        FileFormatError: there is none, it cannot be read, or it is longer.
    """
    archive = archive_of(path)
    try:
        if archive is None:
            octets = read_octets(path, most + 1)
        else:
            with _opened(archive) as opened, opened.open(_member(opened, archive, path)) as member:
                octets = member.read(most + 1)
    except _BROKEN as error:
        reason = _reason(error)
        raise FileFormatError(f"{path}: cannot be read: {reason}") from error
    if len(octets) > most:
        raise FileFormatError(f"{path}: larger than {most // 2**20} MiB, which no ride is")
    return octets


def exists(path: Path) -> bool:
    """Whether there is such a file, in an archive or not."""
    archive = archive_of(path)
    if archive is None:
        return path.exists()
    with _opened(archive) as opened:
        return any(archive / x.filename == path for x in opened.infolist())


def modified(path: Path) -> datetime | None:
    """When a file was last written, aware, by its own date in an archive; None where nothing says so."""
    try:
        archive = archive_of(path)
        if archive is None:
            return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        with _opened(archive) as opened:
            return datetime(*_member(opened, archive, path).date_time).astimezone()
    except (FileFormatError, *_BROKEN):
        return None


def _reason(error: Exception) -> object:
    """What is wrong, in words that a rider may know."""
    if isinstance(error, zlib.error | EOFError | struct.error):
        return "it is damaged"
    return getattr(error, "strerror", None) or error


class _File(io.FileIO):
    """An archive's octets; nothing longer than `most` is read at once, least of all the list of what is in it."""

    most = _LARGEST_LIST

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.most:
            raise ValueError("it holds too many files")
        return super().read(-1 if size is None else size)


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    import zipfile  # which takes as much memory as the fold: most rides lie in no archive

    try:
        with _File(archive) as file, zipfile.ZipFile(file) as opened:
            file.most = archive.stat().st_size
            _check(archive, opened.infolist(), file.most)
            yield opened
    except (zipfile.BadZipFile, *_BROKEN) as error:
        reason = _reason(error)
        raise FileFormatError(f"{archive}: cannot be read: {reason}") from error


def _check(archive: Path, files: list[zipfile.ZipInfo], size: int) -> None:
    """Raises FileFormatError for an archive that is not of rides, but made to harm."""
    longest = max((len(x.filename) for x in files), default=0)
    if longest > _LONGEST_NAME:
        raise FileFormatError(f"{archive}: holds a file with a name of {longest:,} characters")
    parts = [PurePosixPath(x.filename.replace("\\", "/")).parts for x in files]
    climbs = next((x.filename for x, names in zip(files, parts, strict=True) if _leads_out(names)), None)
    if climbs is not None:
        raise FileFormatError(
            f"{archive}: holds a file whose name leads out of the archive: {climbs}",
            hint="Nothing of it was read. Get it from a source that you trust.",
        )
    if len(files) > _MOST_FILES:
        raise FileFormatError(
            f"{archive}: holds more than {_MOST_FILES:,} files", hint="Unpack it, and import the folder."
        )
    if sum(x.compress_size for x in files) > size or len(set(parts)) < len(files):
        raise FileFormatError(f"{archive}: damaged, or made to harm: files in it lie in the same place")


def _leads_out(parts: tuple[str, ...]) -> bool:
    return not parts or ".." in parts or parts[0].startswith("/") or parts[0].endswith(":")


def _member(opened: zipfile.ZipFile, archive: Path, path: Path) -> zipfile.ZipInfo:
    info = next((x for x in opened.infolist() if archive / x.filename == path), None)
    if info is None:
        raise FileFormatError(f"{path}: there is no such file in the archive")
    if info.flag_bits & 1:
        raise FileFormatError(f"{path}: locked with a password", hint="Unpack the archive first.")
    if info.compress_type not in (_STORED, _DEFLATED):
        raise FileFormatError(
            f"{path}: packed in a way that is not read here", hint="Unpack the archive first."
        )
    if info.file_size > max(_SMALL, _MOST_SWELLING * info.compress_size):
        raise FileFormatError(
            f"{path}: swells from {info.compress_size:,} to {info.file_size:,} bytes, as no ride does"
        )
    return info
