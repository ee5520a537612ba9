"""Where the measuring data beside a developer's checkout lies; tests that need it skip where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """The path of a file or folder in `../shared`; skips the calling test, saying so, where it is absent."""
    path = _SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not beside this checkout")
    return path
