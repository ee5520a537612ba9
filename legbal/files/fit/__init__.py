"""FIT files of head units, read as rides and written from rides.

chiptime does the coding (`docs/decisions/fit.md`); `messages` is the door to it.
"""

import gzip
import io
import zlib
from pathlib import Path

from legbal.errors import FileFormatError
from legbal.files.archive import read_file_octets

_LARGEST = 64 * 2**20


def is_fit_name(path: Path) -> bool:
    """Whether a file is a FIT file by its name; Strava hands them out as .fit.gz."""
    return path.name.lower().endswith((".fit", ".fit.gz"))


def octets_of(path: Path) -> bytes:
    """What a FIT file holds, unpacked where it is compressed with gzip; FileFormatError where it cannot be read."""
    octets = read_file_octets(path, _LARGEST)
    if octets.startswith(b"\x1f\x8b"):
        try:
            octets = gzip.GzipFile(fileobj=io.BytesIO(octets)).read(_LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FileFormatError(f"{path}: cannot be read: {error}") from error
        if len(octets) > _LARGEST:
            raise FileFormatError(f"{path}: larger than {_LARGEST // 2**20} MiB, which no ride is")
    if not octets:
        raise FileFormatError(f"{path}: is empty", hint="Copy it from the head unit again.")
    return octets
