"""What a command costs before it says anything: beside importing click, or all that a command must load that computes.

Processor time of fresh processes that take turns; the shortest of each counts. Run by `pytest --benchmark-only`.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.many_rides import fill
from tests.benchmarks.turns import of_children, shortest, table

_ROUNDS = 5
_CLICK = "import click"
_COMPUTING = "import click, msgspec, sqlite3, numpy"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rider's folder with twelve rides, of which the last was looked at before."""
    folder = tmp_path_factory.mktemp("home")
    fill(folder / "library.sqlite", 12, 60)
    for command in ("rides", "review last"):
        run(folder, "-m", "legbal", *command.split())
    return folder


def run(home: Path, *arguments: str, **variables: str) -> None:
    environment = os.environ | {"LEGBAL_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""} | variables
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def tab(home: Path, line: str) -> None:
    words = line.split(" ")
    complete = {"_LEGBAL_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    run(home, "-m", "legbal", **complete)


# Wanted are 2 for what computes nothing, 3 for `rides` and `review last`, 1.5 for `trend`. The limits stand above what
# was measured by more than other work on the processor changes.
@pytest.mark.parametrize(
    ("peer", "limits"),
    [
        (_CLICK, {"decode 0000c800": 2.8, "config": 3.2, "Tab": 2.5, "rides": 6.0, "review last": 6.0}),
        (_COMPUTING, {"trend": 3.6}),
    ],
    ids=["click", "click, msgspec, sqlite3 and numpy"],
)
def test_commands_beside_what_they_cannot_do_without(
    benchmark: BenchmarkFixture, home: Path, peer: str, limits: dict[str, float]
) -> None:
    calls = [
        partial(run, home, "-c", peer),
        *(
            partial(tab, home, "legbal re")
            if command == "Tab"
            else partial(run, home, "-m", "legbal", *command.split())
            for command in limits
        ),
    ]
    floor, *times = shortest(_ROUNDS, of_children, *calls)
    ratios = {command: round(time / floor, 2) for command, time in zip(limits, times, strict=True)}
    benchmark.extra_info["times importing its peer"] = ratios
    print(f"{peer}: {1000 * floor:.0f} ms; times that: {ratios}")
    table(benchmark, calls[0], rounds=1)
    assert not {command: ratio for command, ratio in ratios.items() if ratio > limits[command]}
