"""Where a file is read, a pipe in its place is told and not waited for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from legbal.app.ride_files import ride_octets
from legbal.app.study_files import riders_of
from legbal.cli import main
from legbal.errors import LegbalError
from legbal.files import workout
from legbal.files.capture import read_sidecar

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("ride.meta.json", lambda path: read_sidecar(path.with_name("ride.jsonl"))),
        ("plan.zwo", lambda path: workout.read_plan(path, 250.0)),
        ("riders.toml", lambda path: riders_of(path, set())),
        ("ride.fit", ride_octets),
        ("ride.jsonl", ride_octets),
    ],
)
def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_refused(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    for place, problem in ((os.mkfifo, "not a file"), (Path.mkdir, "folder")):
        path = tmp_path / place.__name__ / name
        path.parent.mkdir()
        place(path)
        with pytest.raises(LegbalError, match=problem) as caught:
            read(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("command", ["review", "report", "export", "replay"])
@pytest.mark.parametrize("name", ["ride", "ride.jsonl", "ride.csv"])
def test_a_pipe_in_the_place_of_a_ride_is_told_as_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(SystemExit) as ended:
        main([command, str(tmp_path / name), *(["--events"] if command == "replay" else [])])
    assert f"{name}: is a pipe or a device\n" in capsys.readouterr().err
    assert ended.value.code == 1


def test_a_pipe_beside_a_capture_in_a_history_keeps_no_review_waiting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history"
    history.mkdir()
    line = '{"t": 1.0, "hex": "2300c80060010000040000"}\n'
    (history / "ride.jsonl").write_text(line, encoding="utf-8")
    os.mkfifo(history / "ride.meta.json")
    (tmp_path / "now.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["review", str(tmp_path / "now.jsonl"), "--history", str(history)])
    assert "ride.meta.json" in capsys.readouterr().err
    assert ended.value.code in (0, 1)
