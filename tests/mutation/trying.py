"""Tries one mutant: a forked process takes the changed text for the module, and runs tests until one fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader

import hypothesis
import pytest

KILLED, SURVIVED, BROKEN, OUT_OF_TIME = "killed", "survived", "broken", "out of time"
_BROKEN = 97  # what the process ends with where the changed module cannot even be loaded
_ONE_TEST_S = 60  # of waiting; computing has the limit of the process
_MEMORY = 4 << 30


class _Changed(MetaPathFinder, InspectLoader):
    """Gives one module another text."""

    def __init__(self, module: str, text: str, path: str) -> None:
        self._module, self._text, self._path = module, text, path

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return spec_from_loader(fullname, self, origin=self._path) if fullname == self._module else None

    def get_source(self, fullname: str) -> str:  # noqa: ARG002  one module alone asks
        return self._text

    def is_package(self, fullname: str) -> bool:  # noqa: ARG002  as above
        return False


class _Chosen:
    """A plugin of pytest: runs these tests in their order, always with the same examples and no shrinking."""

    def __init__(self, tests: Iterable[str]) -> None:
        self._place = {test: place for place, test in enumerate(tests)}

    def pytest_configure(self) -> None:
        hypothesis.settings.register_profile(
            "mutation",
            hypothesis.settings.get_profile("legbal"),
            derandomize=True,
            database=None,
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        )
        hypothesis.settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        chosen = [item for item in items if item.nodeid in self._place]
        items[:] = sorted(chosen, key=lambda item: self._place[item.nodeid])


def begin(module: str, text: str, path: str, seconds: Mapping[str, float], limit_s: float) -> int:
    """Forks a process that tries a mutant, and gives its id.

    Args:
        module: the changed module's name. text: its changed text. path: its file.
        seconds: the tests to run, by id, in their order, and how long each takes.
        limit_s: the process's own computing time, after which it is ended.
    """
    if pid := os.fork():
        return pid
    import resource  # of POSIX alone, as forking is

    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s) + 1, int(limit_s) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.dont_write_bytecode = True
    sys.meta_path.insert(0, _Changed(module, text, path))
    try:
        __import__(module)
    except BaseException:  # whatever it is, there is no such program
        os._exit(_BROKEN)
    code = 1
    try:
        files = sorted({nodeid.partition("::")[0] for nodeid in seconds})
        options = ["-x", "-q", "--assert=plain", "-p", "no:cov", "-p", "no:xdist", f"--timeout={_ONE_TEST_S}"]
        code = int(pytest.main([*options, *files], plugins=[_Chosen(seconds)]))
    finally:
        os._exit(code)


def outcome(status: int) -> str:
    """What became of a mutant, by the status that its process ended with."""
    if os.WIFSIGNALED(status):
        return OUT_OF_TIME
    code = os.WEXITSTATUS(status)
    return {0: SURVIVED, _BROKEN: BROKEN}.get(code, KILLED)
