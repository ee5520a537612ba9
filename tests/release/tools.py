"""What the checks share: the wheel, and commands run with nothing of this environment but what they are given."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.test_project.checkout import CHECKOUT

CONSTRAINTS = CHECKOUT / "tests/constraints.txt"
UV, PIPX = Path(sys.executable).with_name("uv"), Path(sys.executable).with_name("pipx")
PYTHON = Path(sys.base_prefix, "bin/python3")  # the one that this environment was made of


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """What a command prints to stdout; it must end well."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built without a network."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def environment_with(wheel: str, folder: Path) -> Path:
    """Makes an environment with a wheel (`PATH[EXTRA]`), as constrained; gives its Python."""
    run(UV, "venv", "--quiet", "--python", PYTHON, folder)
    run(UV, "pip", "install", "--quiet", "--python", folder, "-c", CONSTRAINTS, wheel)
    return folder / "bin/python"
