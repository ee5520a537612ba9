"""Where things live: the platform's folders, or LEGBAL_HOME; and nothing is made by asking."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from legbal import paths
from legbal.app.executors import DISTRIBUTED
from legbal.files.parquet import PYARROW
from legbal.outlets.credentials import KEYRING

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


@pytest.mark.parametrize(
    ("extra", "requirement"), [("parquet", PYARROW), ("dask", DISTRIBUTED), ("keyring", KEYRING)]
)
def test_what_is_said_to_install_an_extra_is_what_it_is(extra: str, requirement: str) -> None:
    wanted = [Requirement(text) for text in requires("legbal") or ()]
    (named,) = (x for x in wanted if x.marker is not None and str(x.marker) == f'extra == "{extra}"')
    assert Requirement(requirement).name == named.name
    assert Requirement(requirement).specifier == named.specifier


@pytest.mark.skipif(sys.platform == "win32", reason="the shell here is a POSIX one")
def test_the_command_that_installs_a_package_works_in_the_environment_of_the_readme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is fetched: the package is there, which a pip that looks into the right environment sees."""
    monkeypatch.setattr(paths, "find_spec", lambda _name: None)
    command = paths.install_command("packaging>=24")
    assert command == f'python3 -m pip --python {sys.executable} install "packaging>=24"'
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --no-index"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Requirement already satisfied: packaging>=24" in done.stdout, done.stderr


def test_an_environment_with_pip_installs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "find_spec", lambda _name: object())
    monkeypatch.setattr(sys, "executable", "/my rides/python")
    assert paths.install_command("x<2") == '"/my rides/python" -m pip install "x<2"'


def test_an_environment_of_uv_or_pipx_is_added_to_by_these(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "legbal"))
    monkeypatch.setattr(sys, "executable", "/tools/python")
    (tmp_path / "legbal").mkdir()
    (tmp_path / "legbal/uv-receipt.toml").touch()
    assert paths.install_command("x<2") == 'uv pip install --python /tools/python "x<2"'
    (tmp_path / "legbal/pipx_metadata.json").touch()
    assert paths.install_command("x<2") == 'pipx inject legbal "x<2"'


def test_a_bundle_takes_no_package_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert paths.install_command("x<2") == 'uv tool install --with "x<2" legbal'


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
