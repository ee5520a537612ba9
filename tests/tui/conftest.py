"""Rides to put on the screen: one under way, and a library of recorded ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx

from legbal.app.review import ReviewService
from tests.remote.followers import Clocks
from tests.tui import libraries
from tests.tui.fake import FakeLive


@pytest.fixture
def live() -> FakeLive:
    """A ride that stands still in its third interval."""
    return FakeLive()


@pytest.fixture
def clocks() -> Clocks:
    """Clocks that stand."""
    return Clocks()


@pytest.fixture
def nothing_blocks() -> Iterator[None]:
    """What the screens do in the event loop never waits for a file."""
    modules = ("screens", "base_screens", "grid_widget", "render")
    with blockbuster_ctx([f"legbal.tui.{module}" for module in modules]):
        yield


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three rides, of which tests take copies."""
    path = tmp_path_factory.mktemp("kept") / "library.sqlite"
    libraries.ridden(path, 3, 700.0, days=20)
    return path


@pytest.fixture
def service(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReviewService:
    """The same rides, the test's own, in the rider's own place."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("LEGBAL_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    with (
        closing(sqlite3.connect(kept)) as there,
        closing(sqlite3.connect(home / "library.sqlite")) as here,
    ):
        there.backup(here)
    return libraries.at(home / "library.sqlite")
