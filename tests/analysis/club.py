"""The files of a club's riders."""

from __future__ import annotations

from tests.files.fit_files import START, fit, head, record

MONTH = 2_629_800


def ridden(start: int = 0, right: int = 52, seconds: int = 300) -> bytes:
    """A ride that began `start` seconds after the first; its balance goes up and down a point around `right`."""
    moves = [record(start + t, 180 + t % 40, 0x80 | (right - 1 + t % 3)) for t in range(seconds)]
    return fit(*head(time_created=START + start), *moves)
