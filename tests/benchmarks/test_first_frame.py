"""What a rider waits for before anything is on the screen, and the memory that a screen takes: beside bare Textual.

Processor time of fresh processes on terminals of their own, from their start until the last row of the first frame is
painted; they take turns, and the shortest of each counts. Run by `pytest --benchmark-only`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.terminal import terminal
from tests.benchmarks.turns import table, tell

_ROUNDS = 4
_LAST_ROW = "\x1b[40;1H"
_BARE = "tests.benchmarks.bare_apps"
_AT_MOST = 1.7  # times an empty app; 1.0 to 1.4 were measured


def _first_frame_s(home: Path, module: str, *arguments: str) -> float:
    with terminal(list(arguments), home, module) as running:
        running.until(_LAST_ROW)
        return running.cpu_s()


def test_first_frame_beside_an_empty_app(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    programs = {
        "empty": partial(_first_frame_s, tmp_path, _BARE, "empty"),
        "filled": partial(_first_frame_s, tmp_path, _BARE, "filled"),
        "demo": partial(_first_frame_s, tmp_path, "legbal", "demo"),
        "start": partial(_first_frame_s, tmp_path, "legbal"),
        "review": partial(_first_frame_s, tmp_path, "legbal", "review"),
    }
    rounds = [{name: first_frame() for name, first_frame in programs.items()} for _ in range(_ROUNDS)]
    shortest = {name: min(x[name] for x in rounds) for name in programs}
    tell(benchmark, **shortest)
    table(benchmark, programs["demo"], rounds=1)
    for name in ("demo", "start", "review"):
        assert shortest[name] < _AT_MOST * shortest["empty"], name


def _resident_mib(home: Path, module: str, shown: str, *arguments: str) -> float:
    with terminal(list(arguments), home, module) as running:
        running.until(shown)
        return running.resident_mib()


def test_memory_of_a_ride_beside_an_app_with_the_same_libraries(
    benchmark: BenchmarkFixture, tmp_path: Path
) -> None:
    bare = _resident_mib(tmp_path, _BARE, _LAST_ROW, "libraries")
    riding = _resident_mib(tmp_path, "legbal", "● recording", "demo")
    benchmark.extra_info.update(bare_mib=bare, riding_mib=riding)
    print(f"bare {bare:.1f} MiB, riding {riding:.1f} MiB")
    table(benchmark, lambda: None, rounds=1)
    assert riding < 1.6 * bare  # 1.41 was measured
