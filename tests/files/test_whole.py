"""A file is there whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from legbal.errors import CaptureError, FileFormatError
from legbal.files.whole import whole_file


def interrupted(path: Path, *, overwrite: bool) -> None:
    with whole_file(path, overwrite=overwrite) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    with whole_file(path) as file:
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
    with pytest.raises(FileFormatError, match="is there already") as caught, whole_file(path):
        pytest.fail("the work began")
    assert "overwrite" in (caught.value.hint or "")
    assert path.read_bytes() == b"mine"


def test_who_comes_in_between_is_not_overwritten_either(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    with pytest.raises(CaptureError, match="is there already"), whole_file(path, kind=CaptureError):
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert len(list(tmp_path.iterdir())) == 1


def test_asked_it_replaces_and_keeps_the_old_if_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "ride.fit"
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(path, overwrite=True)
    assert path.read_bytes() == b"old"
    with whole_file(path, overwrite=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(FileFormatError, match="cannot be written: No such file"),
        whole_file(tmp_path / "no" / "x"),
    ):
        pass
