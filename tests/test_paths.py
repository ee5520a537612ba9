"""Where things live: the platform's folders, or LEGBAL_HOME; and nothing is made by asking."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from legbal import paths

ALL = (
    paths.data_folder,
    paths.config_folder,
    paths.library_file,
    paths.config_file,
    paths.profiles_folder,
)


def test_legbal_home_moves_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "elsewhere"))
    for where in ALL:
        assert where().is_relative_to(tmp_path / "elsewhere")


def test_without_legbal_home_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEGBAL_HOME", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert "legbal" in str(paths.library_file())
    if sys.platform == "linux":
        assert paths.library_file() == tmp_path / "data" / "legbal" / "library.sqlite"
        assert paths.profiles_folder() == tmp_path / "config" / "legbal" / "profiles"


def test_a_home_may_be_relative_or_begin_with_a_tilde(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEGBAL_HOME", "here")
    assert paths.data_folder() == tmp_path / "here"
    monkeypatch.setenv("LEGBAL_HOME", "~/there")
    assert paths.data_folder() == Path.home() / "there"


def test_asking_makes_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "home"))
    for where in ALL:
        where()
    assert not any(tmp_path.iterdir())


def test_importing_the_library_makes_nothing(tmp_path: Path) -> None:
    code = "import legbal.paths, legbal.library.recorder, legbal.library.rides, legbal.library.rider"
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"LEGBAL_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
        timeout=60,
    )
    assert not any(tmp_path.iterdir())
