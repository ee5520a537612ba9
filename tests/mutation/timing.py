"""A plugin of pytest: how long each test took, into the file that MUTATION_SECONDS names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

_SECONDS: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _SECONDS[report.nodeid] = _SECONDS.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):  # not in a helper of xdist
        Path(os.environ["MUTATION_SECONDS"]).write_text(json.dumps(_SECONDS), encoding="utf-8")
