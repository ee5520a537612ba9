"""The wheel, in an environment of its own: it runs, and brings the meter profiles."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from legbal import config
from tests.test_project.checkout import CHECKOUT

SHIPPED = {file.name for file in (CHECKOUT / "firmware_profiles").glob("*.toml")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=CHECKOUT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment that has the wheel, and sees the packages it needs.

    Installing those would need a network, so what the environment does not have itself it takes from where
    this test runs. Its own legbal comes first, and an editable one there is not found: a .pth file counts
    only in an environment's own folder.
    """
    home = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    own = Path(run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    assert not list(own.iterdir())
    run(
        sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)
    )
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (own / "what-legbal-needs.pth").write_text("\n".join(sorted(places)) + "\n", encoding="utf-8")
    return python.parent


def run(*command: str, cwd: Path | None = None) -> str:
    """What a command prints; it must end well. Nothing of the checkout is on its path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_the_profiles_and_the_licence_and_no_more(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel).namelist()
    assert {Path(name).name for name in files if name.startswith("legbal/firmware_profiles/")} == SHIPPED
    assert any(name.endswith("licenses/LICENSE") for name in files)
    assert "legbal/py.typed" in files
    assert "legbal/tui/legbal.tcss" in files
    assert {"legbal/report/page.css", "legbal/report/page.js"} <= set(files)
    assert {name.split("/")[0].split("-")[0] for name in files} == {"legbal"}


def test_two_builds_have_one_hash(wheel: Path, tmp_path: Path) -> None:
    """The second is built elsewhere, by somebody whose files are his own, of files that were made later."""
    copy = tmp_path / "other"
    for name in ("legbal", "firmware_profiles"):
        shutil.copytree(
            CHECKOUT / name, copy / name, copy_function=shutil.copyfile
        )  # with rights and times of now
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(CHECKOUT / name, copy / name)
    before = os.umask(0o077)
    try:
        for file in copy.rglob("*"):
            file.chmod(0o700 if file.is_dir() else 0o600)
        run(
            sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "built"), cwd=copy
        )
    finally:
        os.umask(before)
    again = tmp_path / "built" / wheel.name
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_the_installed_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    where = run(str(installed / "python"), "-c", "import legbal; print(legbal.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_command_helps_and_decodes(installed: Path, tmp_path: Path) -> None:
    assert "demo" in run(str(installed / "legbal"), "--help", cwd=tmp_path)
    line = run(str(installed / "legbal"), "decode", "0300f6ff64", cwd=tmp_path)
    packet = json.loads(line)
    assert packet["power_w"] == -10
    assert packet["balance_percent"] == 50
    assert packet["balance_reference"] == "left"


def test_the_installed_demo_rides(installed: Path, tmp_path: Path) -> None:
    arguments = ("demo", "--headless", "--events", "--speed", "max", "--seconds", "60", "--seed", "1")
    lines = run(str(installed / "legbal"), *arguments, cwd=tmp_path).splitlines()
    assert all("event" in json.loads(line) for line in lines)
    assert lines


def test_the_installed_wheel_finds_its_profiles(installed: Path, tmp_path: Path) -> None:
    code = "from legbal import config; print(*config.profile_texts())"
    assert set(run(str(installed / "python"), "-c", code, cwd=tmp_path).split()) == SHIPPED


def test_a_checkout_finds_its_profiles() -> None:
    assert set(config.profile_texts()) == SHIPPED
    assert config.profile_texts()["quarq.toml"] == (CHECKOUT / "firmware_profiles/quarq.toml").read_text(
        encoding="utf-8"
    )
