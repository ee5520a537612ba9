"""Cases of a target, each from its own seed and in a folder of its own kind, so that one can be tried again alone."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.fuzz import FuzzError

Case = Callable[[Random, Path], str]
"""Makes one odd input, gives it to the program, and says in a word what came of it."""


def run_cases(case: Case, count: int, seed: int) -> dict[str, int]:
    """What came of so many; raises FuzzError for the first that fails, with the random numbers it was made of."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            made_of = f"{seed}/{number}"
            try:
                outcomes[case(Random(made_of), Path(folder))] += 1
            except Exception as error:
                raise FuzzError(f"{case.__module__}.case(Random({made_of!r}), folder): {error!r}") from error
    return dict(outcomes)
