"""Fuzzing: odd input by the hundred thousand. `python -m tests.fuzz` runs every target, or those that are named.

A target is a module of this package, its name without an underscore before it, with

- `DEFAULT`: how many inputs a long run tries; `IN_SUITE`: how many the suite does, within a few seconds;
- `run(count, seed)`: tries that many and gives, by name, how many of what were tried; the same seed tries the same.
  Raises FuzzError for the first input with which the program does what it may not, and says all that is needed to
  try that one again.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


class FuzzError(AssertionError):
    """An input that the program gets wrong: what it is, in full, and what came of it."""


def targets() -> dict[str, ModuleType]:
    """Every target by its name."""
    names = [x.name for x in pkgutil.iter_modules(__path__) if not x.name.startswith(("_", "test_"))]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in sorted(names)}
