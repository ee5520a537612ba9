"""The files of this checkout, as git knows them."""

from __future__ import annotations

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[str, ...]:
    """The paths of all files under version control; skips the calling test where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return tuple(path for path in listed.split("\0") if path and (CHECKOUT / path).exists())


@cache
def pyproject() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
