"""A file is written whole or not at all: first under a name of its own beside the place, then given its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from legbal.errors import FileFormatError, LegbalError


@contextmanager
def whole_file(
    path: Path, *, overwrite: bool = False, kind: type[LegbalError] = FileFormatError
) -> Iterator[IO[bytes]]:
    """A binary file to write that appears at `path` when the block ends well, and else leaves nothing behind.

    Args:
        path: where it is to be; its folder must be there.
        overwrite: whether a file that is there already may be replaced.
        kind: the error to raise: the file is there already, or it cannot be written.
    """
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        if not overwrite and path.exists():  # told before the work; who comes in between is met below
            raise FileExistsError(path)
        try:
            with part.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if overwrite:
                part.replace(path)
            else:
                _put(part, path)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise kind(f"{path} is there already", hint="Choose another name, or say to overwrite it.") from None
    except OSError as error:
        raise kind(f"{path} cannot be written: {error.strerror or error}") from error


def _put(part: Path, path: Path) -> None:
    """Gives the finished file its name, unless that is taken: FileExistsError."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, as on memory sticks
        if path.exists():
            raise FileExistsError(path) from None
        part.replace(path)
