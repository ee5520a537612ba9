"""Does a ride hold for as long as it is ridden? Hours of it, kills, dropped links and rude ends.

Each scenario is a function in a module of its own that rides through the real program and gives figures, each
beside its goal. The suite runs a short one of each (`test_short.py`), `python -m tests.endurance` the long ones.
"""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure, and whether it is as good as the goal beside it says."""

    name: str
    measured: str
    goal: str
    holds: bool


def at_most(name: str, measured: float, most: float, unit: str, digits: int = 2) -> Figure:
    """A figure that holds up to `most`."""
    return Figure(name, f"{measured:.{digits}f} {unit}", f"at most {most:g} {unit}", measured <= most)


def exactly(name: str, measured: object, wanted: object) -> Figure:
    """A figure that is one value, or wrong."""
    return Figure(name, str(measured), str(wanted), measured == wanted)
