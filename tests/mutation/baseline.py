"""One run of the rooms' own tests as the code stands: how long each takes, and which lines it reaches."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import coverage

CHECKOUT = Path(__file__).parents[2]
KEPT = CHECKOUT / "build/mutation"
# The tests that hold a room: its own, and those of what is added to it from outside.
ROOMS = {
    "gatt": ("tests/gatt",),
    "meters": ("tests/meters",),
    "ride": ("tests/ride", "tests/extensions"),
}


class Baseline(NamedTuple):
    """What the tests of a room do.

    Attributes:
        seconds: how long each test takes, by its id.
        reached: the ids of the tests that run a line, by file and line; a line that runs at import is not among them.
        missed: branches that none takes, as "file: line -> line".
    """

    seconds: dict[str, float]
    reached: dict[tuple[str, int], frozenset[str]]
    missed: tuple[str, ...]


def _digest(room: str) -> str:
    """Of the room as it stands: what was measured of other lines tells nothing."""
    texts = [path.read_bytes() for path in sorted((CHECKOUT / "legbal" / room).glob("*.py"))]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def run(room: str, folders: Sequence[str], jobs: int) -> int:
    """Runs the tests of a room and keeps what was measured; gives pytest's exit code."""
    KEPT.mkdir(parents=True, exist_ok=True)
    settings = KEPT / "coverage.ini"
    settings.write_text("[run]\nbranch = true\nrelative_files = true\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "tests.mutation.timing", "-n", str(jobs)),
        *(f"--cov=legbal.{room}", f"--cov-config={settings}", "--cov-context=test", "--cov-report="),
        *folders,
    ]
    (KEPT / f"{room}.sha256").write_text(_digest(room), encoding="utf-8")
    kept = {"COVERAGE_FILE": str(KEPT / f"{room}.coverage"), "MUTATION_SECONDS": str(KEPT / f"{room}.json")}
    return subprocess.run(command, cwd=CHECKOUT, env=os.environ | kept, check=False).returncode


def read(room: str) -> Baseline | None:
    """What `run` kept of a room; None where it did not, or of other code."""
    times, digest = KEPT / f"{room}.json", KEPT / f"{room}.sha256"
    if not times.exists() or not digest.exists() or digest.read_text(encoding="utf-8") != _digest(room):
        return None
    cover = coverage.Coverage(str(KEPT / f"{room}.coverage"), config_file=str(KEPT / "coverage.ini"))
    cover.load()
    reached: dict[tuple[str, int], frozenset[str]] = {}
    missed: list[str] = []
    for path in sorted((CHECKOUT / "legbal" / room).glob("*.py")):
        name = str(path.relative_to(CHECKOUT))
        for line, contexts in cover.get_data().contexts_by_lineno(name).items():
            reached[name, line] = frozenset(x.rpartition("|")[0] for x in contexts if x)
        analysis = cover._analyze(name)  # nothing public tells branches but a report in a file
        missed += [f"{name}: line {line}" for line in sorted(analysis.missing)]
        missed += [
            f"{name}: {begin} -> {end}"
            for begin, ends in sorted(analysis.missing_branch_arcs().items())
            for end in ends
        ]
    return Baseline(json.loads(times.read_text(encoding="utf-8")), reached, tuple(missed))
