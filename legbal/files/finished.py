"""Whether a file is there whole: one that a program still writes, copies or downloads is not yet.

FIT files say in their header how long they are, and end with a checksum; what is packed has an end of its own.
"""

import struct
from pathlib import Path

from legbal.errors import FileFormatError
from legbal.files import archive
from legbal.files.fit import is_fit_name, octets_of

# FIT protocol: the lengths that a header has, its signature, and the octets of a checksum
_HEADERS, _SIGNATURE, _CHECKSUM = (12, 14), b".FIT", 2


def _crc_table() -> list[int]:
    """Of the FIT protocol's checksum, CRC-16/ARC, for each octet."""
    table = []
    for octet in range(256):
        crc = octet
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
        table.append(crc)
    return table


_CRC = _crc_table()


def is_finished(path: Path) -> bool | None:
    """Whether a FIT file, packed or not, or an archive has come to its end, by what it says itself.

    None while it cannot be read, as one that another program holds, or on a drive that is gone.

    Of a capture, which has no end, nobody knows: it is taken for finished.
    """
    try:
        if archive.is_archive(path):
            archive.list_rides(path, lambda _: False)
        elif is_fit_name(path):
            return _is_whole(octets_of(path))
    except FileFormatError as error:
        if error.reason == "unreadable":
            return None
        return error.reason != "damaged"  # of what is refused otherwise, its import says why
    return True


def _is_whole(octets: bytes) -> bool:
    """Whether FIT files that follow each other are whole; what stands behind the last one belongs to none."""
    at = 0
    while octets[at + 8 : at + 12] == _SIGNATURE:
        header, size = octets[at], struct.unpack_from("<I", octets, at + 4)[0]
        end = at + header + size + _CHECKSUM
        if header not in _HEADERS or not size or end > len(octets) or _crc(octets[at:end]):
            return False
        at = end
    return at > 0


def _crc(octets: bytes) -> int:
    """The checksum; 0 of octets that end with their own."""
    crc, table = 0, _CRC
    for octet in octets:
        crc = crc >> 8 ^ table[(crc ^ octet) & 0xFF]
    return crc
