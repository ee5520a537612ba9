"""The meter profiles, and a copy of them as they were parsed last.

Nearly every command needs them, and 46 files of TOML take fifty times as long to parse as that copy to read. It lies
beside the library and says of which texts and which code it is, so that one that is missing, damaged or of other texts
costs a moment and nothing else.
"""

from contextlib import suppress
from pathlib import Path

import msgspec

from legbal import __version__, paths
from legbal.config import profile_texts
from legbal.errors import LibraryError
from legbal.files.atomic_write import atomic_write
from legbal.library.codec import digest
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse

_PARSER = 1  # raised when parsing gives something else of the same text
_LARGEST = 2**24  # octets


class _Copy(msgspec.Struct, frozen=True, array_like=True):
    """The profiles, in the order of their files, and what they were parsed of and with."""

    origin: str
    profiles: tuple[Profile, ...]


_decoder = msgspec.msgpack.Decoder(_Copy)


def read_profiles() -> tuple[Profile, ...]:
    """Every profile, in the order of their files. Raises ProfileError."""
    texts = profile_texts()
    origin = digest([_PARSER, __version__, Profile.__struct_fields__, texts], 16)
    library = paths.library_file()
    file = library.with_name("profiles.parsed")
    copy = _read(file)
    if copy is None or copy.origin != origin:
        copy = _Copy(origin, tuple(parse(text, name) for name, text in texts.items()))
        if library.exists():  # nothing is left in the folder of who only looks
            with (
                suppress(LibraryError),
                atomic_write(file, overwrite=True, kind=LibraryError, rights=0o600) as out,
            ):
                out.write(msgspec.msgpack.encode(copy))
    return copy.profiles


def _read(file: Path) -> _Copy | None:
    try:
        return _decoder.decode(paths.read_octets(file, _LARGEST))
    except (OSError, msgspec.MsgspecError):
        return None
