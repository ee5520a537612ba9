"""A .zip archive that is open, and archives within one another: bounded in everything that could do harm.

An archive is read where it lies, and no name in it becomes a path. Of an archive within another one, and of nothing
else, the octets are unpacked to the disk: into a temporary file without a name, which is gone with the process.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from legbal.errors import FileFormatError

if TYPE_CHECKING:
    import zipfile

# What no archive of rides has: a rider records some hundreds a year, and a head unit's file is packed to a third.
_MOST_FILES, _MOST_SWELLING = 20_000, 50
_LARGEST_LIST = 4 * 2**20  # octets, of all names
_SMALL = 2**16  # octets; a file that swells to no more costs nothing
_LONGEST_NAME = 4096  # characters, with its folders; no system has longer ones

# Of archives within archives: what is packed already hardly swells, and a service packs twice.
_MOST_ARCHIVES = 3  # one within the other, the outermost counted
_MOST_ARCHIVE_SWELLING = 10
_LARGEST_ARCHIVE = 4 * 2**30  # octets, of one that is unpacked

_STORED, _DEFLATED = 0, 8  # how files are packed, by the numbers of the format
BROKEN = (OSError, EOFError, ValueError, RuntimeError, struct.error, zlib.error)

Name = tuple[str, ...]
"""A file's name in an archive, its folders first."""


def is_on_disk(path: Path) -> bool:
    """Whether there is an archive of that name, in none itself."""
    return path.suffix.lower() == ".zip" and path.is_file()


def archive_of(path: Path) -> Path | None:
    """The archive on the disk in which a file lies, by its path; None where it lies in none."""
    return next(filter(is_on_disk, path.parents), None)


def unreadable(path: Path, error: Exception) -> FileFormatError:
    """In words that a rider may know."""
    if isinstance(error, OSError) and error.errno is not None:  # the file itself may be whole
        return FileFormatError(f"{path}: cannot be read: {error.strerror}", reason="unreadable")
    is_damaged = isinstance(error, zlib.error | EOFError | struct.error)
    return FileFormatError(
        f"{path}: cannot be read: {'it is damaged' if is_damaged else error}", reason="damaged"
    )


class _File(io.FileIO):
    """An archive's octets; nothing longer than `most` is read at once, least of all the list of what is in it."""

    most = _LARGEST_LIST

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.most:
            raise ValueError("it holds too many files")
        return super().read(-1 if size is None else size)


class ZipArchive:
    """An archive that is open.

    Args:
        path: its own.
        file: its octets, which it closes.

    Attributes:
        members: its files by their names.
        size: in octets.

    Raises:
        FileFormatError: it cannot be read, or is none that a rider would have.
    """

    def __init__(self, path: Path, file: _File) -> None:
        import zipfile  # which takes as much memory as the fold: most rides lie in no archive

        self.path = path
        self._file = file
        try:
            status = os.fstat(file.fileno())
            self._identity, self.size = _identity(status), status.st_size
            self._zip = zipfile.ZipFile(file)
            file.most = self.size
            self.members = self._checked(self._zip.infolist())
        except (zipfile.BadZipFile, *BROKEN) as error:
            file.close()
            raise unreadable(path, error) from error
        except FileFormatError:
            file.close()
            raise

    def _checked(self, infos: list[zipfile.ZipInfo]) -> dict[Name, zipfile.ZipInfo]:
        """Raises FileFormatError for an archive that is not of rides, but made to harm."""
        longest = max((len(x.filename) for x in infos), default=0)
        if longest > _LONGEST_NAME:
            raise FileFormatError(f"{self.path}: holds a file with a name of {longest:,} characters")
        names = [PurePosixPath(x.filename.replace("\\", "/")).parts for x in infos]
        climbs = next((x.filename for x, name in zip(infos, names, strict=True) if _leads_out(name)), None)
        if climbs is not None:
            raise FileFormatError(
                f"{self.path}: holds a file whose name leads out of the archive: {climbs}",
                hint="Nothing of it was read. Get it from a source that you trust.",
            )
        if len(infos) > _MOST_FILES:
            raise FileFormatError(
                f"{self.path}: holds more than {_MOST_FILES:,} files",
                hint="Unpack it, and import the folder.",
            )
        if sum(x.compress_size for x in infos) > self.size or len(set(names)) < len(infos):
            raise FileFormatError(f"{self.path}: damaged, or made to harm: files in it lie in the same place")
        return {name: x for x, name in zip(infos, names, strict=True) if not x.is_dir()}

    def member(self, name: Name, most_swelling: int = _MOST_SWELLING) -> zipfile.ZipInfo:
        """A file in it. Raises FileFormatError where there is none, or none that may be unpacked."""
        path, info = self.path.joinpath(*name), self.members.get(name)
        if info is None:
            raise FileFormatError(f"{path}: there is no such file in the archive")
        if info.flag_bits & 1:
            raise FileFormatError(f"{path}: locked with a password", hint="Unpack the archive first.")
        if info.compress_type not in (_STORED, _DEFLATED):
            raise FileFormatError(
                f"{path}: packed in a way that is not read here", hint="Unpack the archive first."
            )
        if info.file_size > max(_SMALL, most_swelling * info.compress_size):
            raise FileFormatError(
                f"{path}: swells from {info.compress_size:,} to {info.file_size:,} bytes, as no ride does"
            )
        return info

    def read(self, name: Name, most: int) -> bytes:
        """A file's octets, at most so many. Raises FileFormatError, and what `zipfile` does."""
        with self._opened(self.member(name)) as member:
            return member.read(most)

    def unpack(self, name: Name) -> ZipArchive:
        """An archive in it, which is unpacked to the disk. Raises FileFormatError."""
        path, info = self.path.joinpath(*name), self.member(name, _MOST_ARCHIVE_SWELLING)
        if info.file_size > _LARGEST_ARCHIVE:
            raise FileFormatError(f"{path}: larger than {_LARGEST_ARCHIVE // 2**30} GiB unpacked")
        try:
            with tempfile.TemporaryFile() as unpacked:
                with self._opened(info) as member:
                    shutil.copyfileobj(member, unpacked)
                unpacked.flush()
                file = _File(os.dup(unpacked.fileno()))
        except BROKEN as error:
            raise unreadable(path, error) from error
        return ZipArchive(path, file)

    @contextmanager
    def _opened(self, info: zipfile.ZipInfo) -> Iterator[io.BufferedIOBase]:
        import zipfile  # loaded by now

        try:
            with self._zip.open(info) as member:
                yield member  # type: ignore[misc]  # ZipExtFile is one
        except zipfile.BadZipFile as error:
            raise ValueError(str(error)) from error

    def is_current(self) -> bool:
        """Whether one on the disk is still what was opened."""
        try:
            return _identity(self.path.stat()) == self._identity
        except OSError:
            return False

    def close(self) -> None:
        """Closes it."""
        self._zip.close()
        self._file.close()


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _leads_out(name: Name) -> bool:
    return not name or ".." in name or name[0].startswith("/") or name[0].endswith(":")


class OpenArchives:
    """Archives that are open, each in the one before; while there are `keepers` they stay so."""

    def __init__(self) -> None:
        self.chain: list[ZipArchive] = []
        self.keepers = 0

    def reach(self, path: Path, *, inside: bool) -> tuple[ZipArchive, Name]:
        """The innermost archive on the way to a file, and the file's name there. Raises FileFormatError.

        `inside`: the path is an archive itself, which is opened, too; the name is then empty.
        """
        outermost = path if inside and is_on_disk(path) else archive_of(path)
        if outermost is None:  # it was there a moment ago
            raise FileFormatError(f"{path}: there is no such file")
        if not self.chain or self.chain[0].path != outermost or not self.chain[0].is_current():
            self.close_from(0)
            try:
                file = _File(outermost)
            except OSError as error:
                raise unreadable(outermost, error) from error
            self.chain.append(ZipArchive(outermost, file))
        archive, name = self.chain[0], path.relative_to(outermost).parts
        depth = 1
        while (inner := _inner(archive, name, inside=inside)) is not None:
            inner_path = archive.path.joinpath(*inner)
            if depth == _MOST_ARCHIVES:
                raise FileFormatError(
                    f"{inner_path}: is packed more than {_MOST_ARCHIVES} times",
                    hint="Unpack the outermost archive first.",
                )
            if len(self.chain) == depth or self.chain[depth].path != inner_path:
                self.close_from(depth)
                self.chain.append(archive.unpack(inner))
            archive, name = self.chain[depth], name[len(inner) :]
            depth += 1
        return archive, name

    def close_from(self, depth: int) -> None:
        """Closes those from so many on."""
        while len(self.chain) > depth:
            self.chain.pop().close()


def _inner(archive: ZipArchive, name: Name, *, inside: bool) -> Name | None:
    """The archive within one through which a name leads; `inside`: or to which."""
    most = len(name) + inside
    beginnings = (name[:end] for end in range(1, most))
    return next(
        (x for x in beginnings if x[-1].lower().endswith(".zip") and x in archive.members),
        None,
    )
