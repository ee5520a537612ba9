"""Programs that some tests run against: where one is missing its tests skip and say so, and fail in CI."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def require_program(name: str) -> str:
    """The path of `name`; without it the calling test skips, or fails with LEGBAL_REQUIRE_ALL=1."""
    return shutil.which(name) or lacking(f"the program {name} is not installed")


def lacking(reason: str) -> NoReturn:
    """Skips the calling test for what this machine lacks, or fails it with LEGBAL_REQUIRE_ALL=1."""
    if os.environ.get("LEGBAL_REQUIRE_ALL") == "1":
        pytest.fail(f"{reason}, and LEGBAL_REQUIRE_ALL=1 lets no test skip", pytrace=False)
    pytest.skip(reason)
