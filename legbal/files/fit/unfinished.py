"""What is wrong with a FIT file as a whole, and a header for one whose device never finished it.

A device that loses power leaves a header that gives no size, or one of zeros; the records after it are good.
"""

from __future__ import annotations

import struct

_SHORT, _LONG = 12, 14  # octets of a header without and with a checksum of its own
_CHECKSUM = 2
_SIGNATURE = b".FIT"
_DEFINITION, _KIND = 0x40, 0xC0  # a record's header octet: its two highest bits


def finished(octets: bytes) -> tuple[bytes, str | None]:
    """The file as a decoder can read it, and in what way it ends too early, if it does.

    The header counts the octets that follow it. Where it gives none, all that follow are taken.
    """
    began = _header(octets)
    if began is None:
        return octets, None
    size = struct.unpack_from("<I", octets, 4)[0] if octets[0] else 0
    if not size:
        rest = octets[began:]
        header = struct.pack("<BBHI4sH", _LONG, 0x20, 0, len(rest), _SIGNATURE, 0)
        return header + rest, "its device never finished it"
    if began + size + _CHECKSUM > len(octets):
        missing = began + size + _CHECKSUM - len(octets)
        return octets, f"its last {missing} octets are missing"
    return octets, None


def _header(octets: bytes) -> int | None:
    """Where the records begin; None where there is no header, whole or of zeros."""
    if octets[8:_SHORT] == _SIGNATURE and octets[0] in (_SHORT, _LONG):
        return octets[0]
    if len(octets) <= _LONG or octets[0] or (octets[8:_SHORT] != _SIGNATURE and any(octets[:_SHORT])):
        return None
    return next((at for at in (_LONG, _SHORT) if octets[at] & _KIND == _DEFINITION), None)
