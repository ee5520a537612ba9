"""FIT files of head units, read as rides and written from rides.

chiptime does the coding (`docs/decisions/fit.md`); `messages` is the door to it.
"""

import zlib
from pathlib import Path

from legbal.errors import FileFormatError
from legbal.files.archive import read_file_octets

_LARGEST = 64 * 2**20
_MOST_PARTS = 16  # one after the other in a packed file, which has one
_PACKED = b"\x1f\x8b"  # by which gzip's octets begin
_AGAIN = "Copy it from where it came from again."
_GZIP = zlib.MAX_WBITS | 16  # zlib's name of that format


def is_fit_name(path: Path) -> bool:
    """Whether a file is a FIT file by its name; Strava hands them out as .fit.gz."""
    return path.name.lower().endswith((".fit", ".fit.gz"))


def octets_of(path: Path) -> bytes:
    """What a FIT file holds, unpacked where it is compressed with gzip; FileFormatError where it cannot be read."""
    octets = read_file_octets(path, _LARGEST)
    if octets.startswith(_PACKED):
        octets = _unpacked(path, octets)
        if len(octets) > _LARGEST:
            raise FileFormatError(f"{path}: larger than {_LARGEST // 2**20} MiB, which no ride is")
    if not octets:
        raise FileFormatError(f"{path}: is empty", reason="damaged", hint="Copy it from the head unit again.")
    return octets


def _unpacked(path: Path, octets: bytes) -> bytes:
    """What was packed with gzip, and behind it what stands after its end, for whoever reads the whole."""
    unpacked = b""
    for _ in range(_MOST_PARTS):
        if not octets.startswith(_PACKED) or len(unpacked) > _LARGEST:
            break
        reader = zlib.decompressobj(_GZIP)
        try:
            unpacked += reader.decompress(octets, _LARGEST + 1)
        except zlib.error as error:
            raise FileFormatError(
                f"{path}: cannot be read: it is damaged", reason="damaged", hint=_AGAIN
            ) from error
        if not reader.eof and len(unpacked) <= _LARGEST:
            raise FileFormatError(
                f"{path}: cannot be read: its end is missing", reason="damaged", hint=_AGAIN
            )
        octets = reader.unused_data
    return unpacked + octets
