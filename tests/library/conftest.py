"""A library of one's own for each test, and the means to see when its recorder has done something."""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from legbal.library.recorder import Recorder, RecorderStatus

TIMEOUT_S = 30.0
NOBODY = 65534


@contextmanager
def recording(*given: Any, **options: Any) -> Iterator[Recorder]:
    """A recorder, from its start to its end."""
    recorder = Recorder(*given, **options)
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.close()


class Heard:
    """What a recorder said, and a way to wait until it says a certain thing."""

    def __init__(self) -> None:
        self.said: list[RecorderStatus] = []
        self._news = threading.Condition()

    def __call__(self, status: RecorderStatus) -> None:
        with self._news:
            self.said.append(status)
            self._news.notify_all()

    def until(self, holds: Callable[[RecorderStatus], bool]) -> RecorderStatus:
        """Waits until something was said for which `holds`, and gives it."""
        with self._news:
            found = self._news.wait_for(lambda: next(filter(holds, self.said), None), TIMEOUT_S)
        assert found is not None, f"never said; heard: {self.said}"
        return found


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "library.sqlite"


@pytest.fixture
def rider_without_rights() -> Iterator[None]:
    """The rights of an ordinary user: root may write what is read-only."""
    if sys.platform == "win32":
        pytest.skip("a read-only folder on Windows may be written all the same")
    if os.geteuid() != 0:
        yield
        return
    for command in ("rides", "library", "config", "profiles", "doctor"):  # while what they load may be read
        importlib.import_module(f"legbal.cli.{command}")
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach (pytest's own are for one user only)."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)
