"""A file is written whole or not at all, and is given its name when it is whole.

Until then it has none, where the system allows that: then nothing of it remains even if the process is killed.
Elsewhere it lies beside its place under a name of its own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from legbal.errors import FileFormatError, LegbalError

_OWN_FILES = Path("/proc/self/fd")


@contextmanager
def atomic_write(
    path: Path, *, overwrite: bool = False, kind: type[LegbalError] = FileFormatError, rights: int = 0o666
) -> Iterator[IO[bytes]]:
    """A binary file to write that appears at `path` when the block ends well, and else leaves nothing behind.

    Args:
        path: where it is to be; its folder must be there.
        overwrite: whether a file that is there already may be replaced.
        kind: the error to raise: the file is there already, or it cannot be written.
        rights: of a new file, of which the system takes those that nobody is to have.
    """
    if overwrite and path.exists() and not path.is_file():  # a device would be replaced
        raise kind(f"{path} is not a file", hint="Choose another name.")
    part = path.with_name(f".{path.name[-50:]}.{os.getpid()}.part")  # its letters may have four octets each
    try:
        if not overwrite and path.exists():  # told before the work; who comes in between is met below
            raise FileExistsError(path)
        try:
            with _open_part(part, rights) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if isinstance(file.name, int):
                    _link(file, part, rights)
            if overwrite:
                part.replace(path)
            else:
                _publish(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise kind(
            f"{path} is there already", hint="Choose another name, or replace it with --overwrite."
        ) from None
    except OSError as error:
        raise kind(f"{path} cannot be written: {error.strerror or error}") from error


def _open_part(part: Path, rights: int) -> IO[bytes]:
    """A file in the folder of `part`: without a name (Linux), or of that name."""
    if hasattr(os, "O_TMPFILE") and _OWN_FILES.is_dir():
        with suppress(OSError):  # not every file system can; what else is wrong is met again below
            return os.fdopen(os.open(part.parent, os.O_TMPFILE | os.O_RDWR, rights), "w+b")
    return _open_named(part, rights)


def _open_named(part: Path, rights: int) -> IO[bytes]:
    return open(part, "xb", opener=partial(os.open, mode=rights))


def _link(file: IO[bytes], part: Path, rights: int) -> None:
    own = file.fileno()
    try:  # with any descriptor, which a whole path has no need of, the link in /proc is followed; without it is not
        os.link(_OWN_FILES / str(own), part, src_dir_fd=own, follow_symlinks=True)
    except OSError:  # no links here
        with _open_named(part, rights) as named:
            file.seek(0)
            shutil.copyfileobj(file, named)
            named.flush()
            os.fsync(named.fileno())


def _publish(part: Path, path: Path) -> None:
    """Gives the finished file its name, unless that is taken: FileExistsError."""
    try:
        path.hardlink_to(part)
    except OSError:  # it is there already; or a file system has no hard links, as on memory sticks
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        part.replace(path)
