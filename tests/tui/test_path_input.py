"""Paths as riders type them, complete them, or drop them on the terminal."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from legbal.app.review import file_name
from legbal.app.ride_files import ride_files
from legbal.files.atomic_write import atomic_write
from legbal.tui.path_input import complete_path, parse_paths

DAY = datetime(2026, 11, 21, 7, 42, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rides and other things, which is also the rider's home and the present folder."""
    for name in ("a ride.fit", "b.FIT", "c.fit.gz", "d.jsonl", "d.meta.json", "notes.txt", "[1].fit"):
        (tmp_path / name).touch()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "e.fit").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("a ride.fit", ["a ride.fit"]),
        ("  'a ride.fit' ", ["a ride.fit"]),
        ("a\\ ride.fit", ["a ride.fit"]),
        ("'a ride.fit' b.FIT", ["a ride.fit", "b.FIT"]),
        ("[1].fit", ["[1].fit"]),
        ("not there.fit", ["not there.fit"]),
        ("rider's.fit", ["rider's.fit"]),
        ("", []),
    ],
)
def test_a_line_names_files(folder: Path, line: str, names: list[str]) -> None:
    assert [path.name for path in parse_paths(line)] == names
    assert folder.is_dir()


def test_the_home_folder_is_known(folder: Path) -> None:
    assert parse_paths("~/b.FIT") == [folder / "b.FIT"]
    assert parse_paths("~nobody-at-all/x") == [Path("~nobody-at-all/x")]


def test_of_a_folder_all_rides_are_imported_and_nothing_else(folder: Path) -> None:
    found = [path.name for path in ride_files([folder]).paths]
    assert found == ["[1].fit", "a ride.fit", "b.FIT", "c.fit.gz", "d.jsonl", "e.fit"]
    assert ride_files([folder / "notes.txt"]).paths == [folder / "notes.txt"]


def test_completion_goes_as_far_as_the_names_go_together(folder: Path) -> None:
    assert complete_path(f"{folder}/de") == (f"{folder}/deep/", [])
    assert complete_path("d") == ("d", ["d.jsonl", "d.meta.json", "deep/"])
    assert complete_path("d.j") == ("d.jsonl", [])
    assert complete_path("~/b") == ("~/b.FIT", [])
    assert complete_path("nowhere/x") == ("nowhere/x", [])
    assert complete_path("~nobody-at-all/x") == ("~nobody-at-all/x", [])
    assert ".hidden" not in complete_path("")[1]
    assert complete_path(".h") == (".hidden", [])


def test_of_many_names_only_some_are_shown(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"ride{number:02}.fit").touch()
    text, names = complete_path(f"{tmp_path}/")
    assert text == f"{tmp_path}/ride"
    assert names[-1] == "and 28 more"


@pytest.mark.skipif(os.name != "posix", reason="such names are of POSIX systems")
def test_a_name_that_cannot_be_shown_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "ride\x1b[31m.fit").touch()
    assert complete_path(f"{tmp_path}/r") == (f"{tmp_path}/r", [])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Threshold 5×5", "2026-11-21-Threshold-5-5"),
        ("../../etc/passwd", "2026-11-21-etc-passwd"),
        ("Über die Wörth", "2026-11-21-Über-die-Wörth"),
        ("\x1b[31m", "2026-11-21-31m"),
        ("", "2026-11-21"),
        ("x" * 200, f"2026-11-21-{'x' * 60}"),
        ("𠀀" * 60, f"2026-11-21-{'𠀀' * 50}"),
        ('a\u202e\x00\n\udcff/\\:*?"<>|$(b)`;&~.fit', "2026-11-21-a-b-fit"),
        ("-rf", "2026-11-21-rf"),
    ],
)
def test_a_file_is_named_after_the_ride(title: str, name: str, tmp_path: Path) -> None:
    assert file_name(title, DAY) == name
    with atomic_write(tmp_path / f"{name}.parquet") as file:
        file.write(b"it can be written")
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.parquet"]
