"""FIT files of head units, read as rides and written from rides.

chiptime does the coding (`docs/decisions/fit.md`); `messages` is the door to it.
"""

from __future__ import annotations

from pathlib import Path


def is_fit_name(path: Path) -> bool:
    """Whether a file is a FIT file by its name; Strava hands them out as .fit.gz."""
    return path.name.lower().endswith((".fit", ".fit.gz"))
