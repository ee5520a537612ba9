"""`legbal import` of several files: read in order, summarised side by side, and told as they are done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from legbal.app import imports, reindex
from legbal.app.meters import profiles
from legbal.app.ride_files import ImportResult, import_file
from legbal.errors import LibraryError
from legbal.library import writer
from legbal.library.derived import basis, stale_rides
from legbal.library.rides import Library
from legbal.ride.inputs import Input
from tests.files.fit_files import ride
from tests.library.values import has
from tests.test_import_command import objects, run


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Five rides."""
    paths = [tmp_path / f"ride{number}.fit" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(ride(120 + number))
    return paths


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryError("the disk is full"), "the disk is full"),
        (KeyError("left"), "KeyError: 'left'"),
    ],
)
def test_a_ride_that_is_kept_but_not_summarised_is_there(
    files: list[Path], monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def full(*_: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(reindex, "derive_ride", full)
    result = run(files[0], "--json")
    (found,) = objects(result)
    assert result.exit_code == 0
    assert found["new"]
    assert found["error"].endswith(f"ride0.fit: saved; its summary comes later: {said}")
    with Library() as library:
        assert has(library, found["ride"])
        assert list(stale_rides(library.path, basis(profiles()))) == [found["ride"]]


def test_by_other_processes_rides_are_summarised_as_by_this_one(
    files: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def imported() -> list[tuple[str, bytes | None, bytes | None]]:
        result = run(*files, files[0], "--json")
        assert result.exit_code == 0
        assert [x["new"] for x in objects(result)] == [True] * 5 + [False]
        with Library() as library:
            return [
                (x["file"], library.derived(row, "summary"), library.derived(row, "bands"))
                for x in objects(result)
                for row in (library.find(x["ride"]),)
            ]

    in_this_one = imported()
    assert all(summary and bands for _, summary, bands in in_this_one)
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "another"))
    monkeypatch.setattr(imports, "_FEW", 3)
    assert imported() == in_this_one


def test_stopped_by_the_rider_it_says_how_far_it_came(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_the_third(library: Library, path: Path, *rest: Any) -> ImportResult:
        if path == files[2]:
            raise KeyboardInterrupt
        return import_file(library, path, *rest)

    monkeypatch.setattr(imports, "import_file", until_the_third)
    result = run(*files)
    assert result.exit_code == 1
    assert "stopped after 2 of 5 files" in result.stderr
    assert len(result.stdout.splitlines()) == 2, "what was read is told"
    with Library() as library:
        assert len(library.rides()) == 2
        assert stale_rides(library.path, basis(profiles())) == {}, "and summarised"


def test_of_two_imports_at_once_the_slower_one_finds_the_ride(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = writer.keep

    def other_first(path: Path, ride: writer.NewRide, inputs: Iterable[Input]) -> str:
        faster = msgspec.structs.replace(ride, id="faster22")
        whole(path, faster, inputs)
        return whole(path, ride, inputs)

    monkeypatch.setattr(writer, "keep", other_first)
    result = run(files[0], "--json")
    (found,) = objects(result)
    assert result.exit_code == 0
    assert (found["ride"], found["new"], found["error"]) == ("faster22", False, None)


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
def test_on_a_terminal_a_line_counts_the_files(files: list[Path]) -> None:
    master, slave = os.openpty()
    command = [sys.executable, "-m", "legbal", "import", *map(str, files[:2]), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=slave, check=True)
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "Importing" in shown
    assert "Importing 1 of 2: ride0.fit" in shown
    assert len(done.stdout.splitlines()) == 2
