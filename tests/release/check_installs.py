"""What README and docs say installs legbal does so, from nothing: each page's commands, in a home of their own."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from legbal import __version__
from tests.release.tools import PIPX, PYTHON, UV, build_wheel, run
from tests.test_project.checkout import CHECKOUT
from tests.test_project.test_docs import fences

pytestmark = pytest.mark.timeout(1800)  # CI runs this in the time that others leave over
INSTALLS = fences("sh install")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this project, with the wheel in it as it comes with a release."""
    folder = tmp_path_factory.mktemp("copy")
    for name in (
        "legbal",
        "firmware_profiles",
        "tests/constraints.txt",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copyfile)(CHECKOUT / name, folder / name)
    build_wheel(folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a rider whose home is empty; only what was downloaded before is not downloaded again."""
    (tmp_path / "programs").mkdir()
    for program in (UV, PIPX):
        (tmp_path / "programs" / program.name).symlink_to(program)
    cache = run(UV, "cache", "dir").strip()
    path = [tmp_path / ".local/bin", tmp_path / "programs", PYTHON.parent, "/usr/bin", "/bin"]
    ambient = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
    return ambient | {
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join(map(str, path)),
        "UV_CACHE_DIR": cache,
        "UV_PYTHON_DOWNLOADS": "never",
    }


def test_the_first_line_of_the_readme_is_one_command() -> None:
    assert next((page, len(text.splitlines())) for page, text in INSTALLS) == ("README.md", 1)


@pytest.mark.parametrize("page", dict.fromkeys(page for page, _ in INSTALLS))
def test_what_a_page_says_installs_legbal(page: str, copy: Path, home: dict[str, str]) -> None:
    command = Path(home["HOME"], ".local/bin/legbal")
    lines = [line for where, text in INSTALLS if where == page for line in text.splitlines()]
    for line in lines:
        run("bash", "-euo", "pipefail", "-c", line, cwd=copy, env=home)
        if "uninstall" in line:
            assert not command.is_symlink(), line
        else:
            assert run(command, "--version", env=home) == f"legbal, version {__version__}\n", line
    if command.exists():
        demo = ("demo", "--headless", "--events", "--speed", "max", "--seconds", "60", "--no-sound")
        assert all(json.loads(event) for event in run(command, *demo, env=home).splitlines())
