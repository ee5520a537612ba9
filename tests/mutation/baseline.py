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
_SETTINGS, BRANCH_SETTINGS = KEPT / "coverage.ini", KEPT / "branches.ini"
AT_IMPORT = "import"  # the context of lines that run as a module is imported
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
    (KEPT / f"{room}.sha256").write_text(_digest(room), encoding="utf-8")
    more = ("-p", "tests.mutation.timing", "--cov-context=test", *folders)
    return _measure(room, room, jobs, more, MUTATION_SECONDS=str(KEPT / f"{room}.json"))


def branch_data() -> Path:
    """What `tests.mutation.tracing` leaves of the rooms as they stand: a file a process, each with a suffix."""
    digests = "".join(map(_digest, ROOMS))
    return KEPT / f"branches-{hashlib.sha256(digests.encode()).hexdigest()[:16]}"


def branches(rooms: Sequence[str], jobs: int) -> dict[str, tuple[str, ...]] | None:
    """The branches and lines of rooms that no test in a room's own folder takes; None where one fails.

    A run of the whole suite that was traced has told already; else these tests are run here.
    """
    data = branch_data()
    if not any(KEPT.glob(f"{data.name}.*")):
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(jobs), "-p", "tests.mutation.tracing"]
        command += [f"tests/{room}" for room in rooms]
        if subprocess.run(command, cwd=CHECKOUT, check=False).returncode:
            return None
    cover = coverage.Coverage(str(data), config_file=str(BRANCH_SETTINGS))
    cover.combine(keep=True)
    missed: dict[str, tuple[str, ...]] = {}
    for room in rooms:
        cover.get_data().set_query_contexts([f"^{AT_IMPORT}$", rf"^{AT_IMPORT}\|{room}$"])
        missed[room] = _missed(room, cover)
    return missed


def _measure(room: str, name: str, jobs: int, more: Sequence[str], **variables: str) -> int:
    KEPT.mkdir(parents=True, exist_ok=True)
    _SETTINGS.write_text("[run]\nbranch = true\nrelative_files = true\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-n", str(jobs)),
        *(f"--cov=legbal.{room}", f"--cov-config={_SETTINGS}", "--cov-report=", *more),
    ]
    variables["COVERAGE_FILE"] = str(KEPT / f"{name}.coverage")
    return subprocess.run(command, cwd=CHECKOUT, env=os.environ | variables, check=False).returncode


def _measured(name: str) -> coverage.Coverage:
    cover = coverage.Coverage(str(KEPT / f"{name}.coverage"), config_file=str(_SETTINGS))
    cover.load()
    return cover


def _files(room: str) -> list[str]:
    return [str(path.relative_to(CHECKOUT)) for path in sorted((CHECKOUT / "legbal" / room).glob("*.py"))]


def _missed(room: str, cover: coverage.Coverage) -> tuple[str, ...]:
    missed: list[str] = []
    for name in _files(room):
        analysis = cover._analyze(name)  # nothing public tells branches but a report in a file
        missed += [f"{name}: line {line}" for line in sorted(analysis.missing)]
        missed += [
            f"{name}: {begin} -> {end}"
            for begin, ends in sorted(analysis.missing_branch_arcs().items())
            for end in ends
        ]
    return tuple(missed)


def read(room: str) -> Baseline | None:
    """What `run` kept of a room; None where it did not, or of other code."""
    times, digest = KEPT / f"{room}.json", KEPT / f"{room}.sha256"
    if not times.exists() or not digest.exists() or digest.read_text(encoding="utf-8") != _digest(room):
        return None
    cover = _measured(room)
    reached: dict[tuple[str, int], frozenset[str]] = {}
    for name in _files(room):
        for line, contexts in cover.get_data().contexts_by_lineno(name).items():
            reached[name, line] = frozenset(x.rpartition("|")[0] for x in contexts if x)
    return Baseline(json.loads(times.read_text(encoding="utf-8")), reached, _missed(room, cover))
