"""Versions known to work together: every package that legbal and its tests need, in the stated ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.test_project.checkout import CHECKOUT, pyproject

LINES = (CHECKOUT / "tests/constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = {
    canonicalize_name(name): Version(version)
    for name, version in (line.split("==") for line in LINES if not line.startswith("#"))
}


def stated() -> list[Requirement]:
    """What pyproject.toml asks for, extras included."""
    project = pyproject()["project"]
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for text in (*project["dependencies"], *(x for extra in extras for x in extra))]


def test_every_line_is_a_name_and_one_version() -> None:
    pins = [line for line in LINES if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in pins)
    assert pins == sorted(pins, key=str.lower)
    assert len(PINNED) == len(pins)


@pytest.mark.parametrize("requirement", stated(), ids=str)
def test_the_pinned_version_is_in_the_stated_range(requirement: Requirement) -> None:
    assert PINNED[canonicalize_name(requirement.name)] in requirement.specifier


@pytest.mark.parametrize(
    ("system", "machine", "wheel"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", False),
        ("linux", "armv7l", False),
        ("win32", "AMD64", True),
        ("win32", "ARM64", False),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", True),
    ],
)
def test_what_has_no_wheel_is_left_out_there(system: str, machine: str, wheel: bool) -> None:
    """miniaudio is compiled, and nobody has to have a compiler; all else has wheels on each of these."""
    there = {"sys_platform": system, "platform_machine": machine}
    left_out = {x.name for x in stated() if x.marker is not None and not x.marker.evaluate(there)}
    assert ("miniaudio" not in left_out) is wheel


def test_what_packages_need_in_turn_is_pinned_too() -> None:
    assert not {name for name in _needed(stated()) if name not in PINNED}


def _needed(asked: list[Requirement]) -> set[str]:
    """The names of all packages that these requirements bring in on this Python."""
    names: set[str] = set()
    waiting = [(requirement, frozenset(requirement.extras)) for requirement in asked]
    done = set()
    while waiting:
        requirement, extras = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, extras) not in done:
            done.add((name, extras))
            names.add(name)
            waiting += [(x, frozenset(x.extras)) for x in _of_package(name, extras)]
    return names


def _of_package(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield requirement
