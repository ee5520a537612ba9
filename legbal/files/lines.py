"""The lines of a text file, however long they are."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import IO, Final

LONGEST_LINE: Final = 8192


def lines(source: IO[bytes] | Iterable[bytes]) -> Iterator[bytes | None]:
    """The lines of a file, None for one that is longer than 8192: no more than that is ever held."""
    readline = getattr(source, "readline", None)
    for line in source if readline is None else iter(partial(readline, LONGEST_LINE + 1), b""):
        fits = len(line.removesuffix(b"\n")) <= LONGEST_LINE
        yield line if fits else None
        rest = line
        while readline is not None and not fits and rest and not rest.endswith(b"\n"):
            rest = readline(LONGEST_LINE)
