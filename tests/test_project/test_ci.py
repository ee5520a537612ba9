"""`.ci/run` installs every program that some test needs, and runs the README's own lines."""

from __future__ import annotations

import re

import pytest

from tests.test_project.checkout import CHECKOUT

RUN = CHECKOUT / ".ci/run"
NEEDS = re.compile(r'require_program\("([a-z0-9-]+)"\)')


@pytest.fixture(scope="module")
def script() -> str:
    return RUN.read_text(encoding="utf-8")


def test_it_installs_every_program_that_a_test_requires(script: str) -> None:
    wanted = {
        name
        for file in (CHECKOUT / "tests").rglob("*.py")
        for name in NEEDS.findall(file.read_text(encoding="utf-8"))
        if name not in ("sh", "bash", "no-such-program")  # the script itself runs on these; nowhere
    }
    assert "dbus-daemon" in wanted
    assert not {name for name in wanted if f"command -v {name} " not in script}


def test_it_takes_demo_and_test_command_from_the_readme(script: str) -> None:
    assert "$(readme test)" in script
    assert "$(readme demo)" in script
    assert "pip install" not in script  # nothing is installed but by these
