"""A file is there whole, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from legbal.errors import CaptureError, FileFormatError
from legbal.files import atomic_write as module
from legbal.files.atomic_write import atomic_write


def interrupted(path: Path, *, overwrite: bool) -> None:
    with atomic_write(path, overwrite=overwrite) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    with atomic_write(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert os.listdir(tmp_path) == ["ride.fit"]  # noqa: PTH208 - hidden files too


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    with pytest.raises(KeyboardInterrupt):
        interrupted(path, overwrite=False)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    path.write_bytes(b"mine")
    with pytest.raises(FileFormatError, match="is there already") as caught, atomic_write(path):
        pytest.fail("the work began")
    assert "overwrite" in (caught.value.hint or "")
    assert path.read_bytes() == b"mine"


def test_who_comes_in_between_is_not_overwritten_either(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    with pytest.raises(CaptureError, match="is there already"), atomic_write(path, kind=CaptureError):
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_to_nothing_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    path.symlink_to(tmp_path / "unmounted" / "ride.fit")
    with pytest.raises(FileFormatError, match="is there already"), atomic_write(path) as file:
        file.write(b"mine")
    assert path.is_symlink()


def test_asked_it_replaces_and_keeps_the_old_if_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(path, overwrite=True)
    assert path.read_bytes() == b"old"
    with atomic_write(path, overwrite=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


_STOPS_AMID = """
import pathlib, sys
from legbal.files.atomic_write import atomic_write
with atomic_write(pathlib.Path("ride.fit")) as file:
    file.write(b"half")
    file.flush()
    print("amid", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux has files without a name")
def test_nothing_remains_of_what_is_killed(tmp_path: Path) -> None:
    amid = subprocess.Popen(
        [sys.executable, "-c", _STOPS_AMID], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert amid.stdout is not None
    assert amid.stdout.readline() == b"amid\n"
    amid.kill()
    amid.communicate(timeout=30)
    assert not list(tmp_path.iterdir())


def test_where_a_file_needs_a_name_it_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OWN_FILES", Path("/nowhere"))
    for repeated in (
        test_the_file_has_its_name_only_when_it_is_whole,
        test_what_fails_leaves_nothing_behind,
        test_who_comes_in_between_is_not_overwritten_either,
        test_asked_it_replaces_and_keeps_the_old_if_it_fails,
    ):
        folder = tmp_path / repeated.__name__
        folder.mkdir()
        repeated(folder)


def test_a_file_has_the_rights_that_any_has(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    with atomic_write(tmp_path / "whole"):
        pass
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(FileFormatError, match="cannot be written: No such file"),
        atomic_write(tmp_path / "no" / "x"),
    ):
        pass
