"""FIT files of head units, read as rides and written from rides.

chiptime does the coding (`docs/decisions/fit.md`); `messages` is the door to it.
"""

import gzip
import zlib
from pathlib import Path

from legbal.errors import FileFormatError

_LARGEST = 64 * 2**20


def is_fit_name(path: Path) -> bool:
    """Whether a file is a FIT file by its name; Strava hands them out as .fit.gz."""
    return path.name.lower().endswith((".fit", ".fit.gz"))


def octets_of(path: Path) -> bytes:
    """What a FIT file holds, unpacked where it is compressed with gzip; FileFormatError where it cannot be read."""
    if path.is_fifo():
        raise FileFormatError(f"{path}: is a pipe, not a file")
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            octets = (gzip.GzipFile(fileobj=file) if packed else file).read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    if len(octets) > _LARGEST:
        raise FileFormatError(f"{path}: larger than {_LARGEST // 2**20} MiB, which no ride is")
    if not octets:
        raise FileFormatError(f"{path}: is empty", hint="Copy it from the head unit again.")
    return octets
