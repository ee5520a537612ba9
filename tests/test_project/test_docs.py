"""What README and docs tell a rider to type works, and what they point at is there.

The word after `sh` at the start of a fence says how: none, and its commands run here, from a fresh library;
`hardware`, and they need a meter or a terminal and are only parsed; `demo`, `test` and `install` install things, and
are run by CI (the last by tests/release/check_installs.py).
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from legbal.cli import COMMANDS, legbal
from tests.programs import require_program
from tests.test_project.checkout import CHECKOUT

PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(?P<info>\S.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def fences(info: str) -> list[tuple[str, str]]:
    """(page, text) of all fences with that info string."""
    return [
        (str(page.relative_to(CHECKOUT)), fence["text"])
        for page in PAGES
        for fence in FENCE.finditer(page.read_text(encoding="utf-8"))
        if fence["info"] == info
    ]


def commands(info: str) -> list[str]:
    """The lines of all fences with that info string."""
    return [line for _, text in fences(info) for line in text.splitlines()]


def test_every_shell_fence_says_how_it_is_tested() -> None:
    infos = {fence["info"] for page in PAGES for fence in FENCE.finditer(page.read_text(encoding="utf-8"))}
    assert {info for info in infos if re.match(r"(ba)?sh|shell|console", info)} <= {
        "sh",
        "sh hardware",
        "sh demo",
        "sh test",
        "sh install",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_no_command_escapes_the_tests(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"^ +```", text, re.MULTILINE)  # an indented fence is none to `fences`


@pytest.mark.parametrize(("page", "text"), fences("sh"))
def test_commands_of_the_docs_run(page: str, text: str, tmp_path: Path) -> None:
    bash = require_program("bash")  # on the path: of itself Windows takes the one in its system folder
    own = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [bash, "-euo", "pipefail", "-c", text],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{page}: {text}\n{done.stdout[-2000:]}\n{done.stderr}"
    assert done.stdout


@pytest.mark.parametrize("line", commands("sh hardware"))
def test_commands_that_need_hardware_are_typed_right(line: str) -> None:
    program, *typed = shlex.split(line)
    assert program == "legbal"
    if not typed:  # the start screen
        return
    name, *arguments = typed
    command = legbal.get_command(click.Context(legbal), name)
    assert command is not None
    command.make_context(name, arguments)  # a UsageError if an option is unknown or its value is not allowed


@pytest.mark.parametrize("kind", ["demo", "test"])
def test_the_readme_gives_one_line_each_for_demo_and_tests(kind: str) -> None:
    ((page, text),) = fences(f"sh {kind}")
    assert page == "README.md"
    assert len(text.splitlines()) == 1
    assert " -c tests/constraints.txt " in text
    assert f"sh {kind}" not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_what_a_page_points_at_is_there(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [CHECKOUT / "docs/README.md"]
    while waiting:
        page = waiting.pop()
        if page.suffix == ".md" and page not in reached:
            reached.add(page)
            links = LINK.findall(page.read_text(encoding="utf-8"))
            waiting += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert not {str(page.relative_to(CHECKOUT)) for page in PAGES if page not in reached} - {"README.md"}


def test_the_changelog_names_every_command() -> None:
    text = (CHECKOUT / "docs/changelog.md").read_text(encoding="utf-8")
    assert not [name for name in COMMANDS if f"`legbal {name}`" not in text]


def test_the_architecture_page_names_every_room() -> None:
    text = (CHECKOUT / "docs/architecture.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (CHECKOUT / "legbal").iterdir() if not path.name.startswith((".", "__"))}
    assert not [room for room in rooms - {"py", "firmware_profiles"} if f"`{room}`" not in text]
