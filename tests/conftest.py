"""For every test: it touches no library or settings of the rider's own, and is not judged by its speed."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("legbal", deadline=None)  # a busy machine is no failure
settings.load_profile("legbal")

collect_ignore = [] if sys.platform == "linux" else ["awake", "bluetooth"]


def pytest_report_header() -> list[str]:
    """What is not even looked at is said."""
    return [f"left out, for they need BlueZ and D-Bus: {', '.join(collect_ignore)}"] if collect_ignore else []


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """All that is there before the first test stays: the collector need not go through it again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def _home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A fresh LEGBAL_HOME, and no setting from the environment of whoever runs the tests."""
    for name in os.environ:
        if name.startswith("LEGBAL_") and name != "LEGBAL_REQUIRE_ALL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LEGBAL_HOME", str(_unmade(tmp_path_factory)))
    monkeypatch.setenv(
        "WAKEPY_FAKE_SUCCESS", "1"
    )  # no ride keeps this computer awake; tests/awake has its own


def _unmade(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("rider") / "home"
