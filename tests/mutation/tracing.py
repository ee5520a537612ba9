"""A plugin of pytest: which branches of a room the tests in its own folder take, traced in the tests of any run.

Kept output notices that something changed, and says of nothing that it is right: `test_frozen_rides` takes no branch.
Tests of long rides neither: a trace makes them three times as slow, and the others take every branch without them.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import coverage
import pytest

from tests.mutation.baseline import AT_IMPORT, BRANCH_SETTINGS, CHECKOUT, ROOMS, branch_data

_UNTRACED = (
    "test_frozen_rides.py",
    "test_balance.py",
    "test_day_level.py",
    "test_drill_ride.py",
    "test_dropoff_alert.py",
    "test_glance.py",
    "test_pair_links.py",
    "test_power_ride.py",
    "test_reassembly.py",
    "test_strange_rides.py",
    "test_through_bytes.py",
    "test_watch.py",
)


class _Tracer:
    """Begins before anything of legbal is imported, and goes on in the tests of the rooms."""

    def __init__(self) -> None:
        BRANCH_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
        include = "".join(f"    legbal/{room}/*\n" for room in ROOMS)
        settings = f"[run]\nbranch = true\nrelative_files = true\ninclude =\n{include}"
        BRANCH_SETTINGS.write_text(settings, encoding="utf-8")
        self.coverage = coverage.Coverage(
            str(branch_data()), data_suffix=True, config_file=str(BRANCH_SETTINGS), context=AT_IMPORT
        )
        self.coverage.start()

    def pytest_collection_finish(self) -> None:
        """All modules have been imported."""
        self.coverage.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """A test, traced where it is one of a room's own."""
        room = item.path.relative_to(CHECKOUT / "tests").parts[0]
        if room not in ROOMS or item.path.name in _UNTRACED:
            return (yield)
        self.coverage.start()
        self.coverage.switch_context(room)
        try:
            return (yield)
        finally:
            self.coverage.stop()

    def pytest_sessionfinish(self) -> None:
        """Keeps what was traced, of this process."""
        self.coverage.save()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before a conftest could import anything."""
    runs_none = "PYTEST_XDIST_WORKER" not in os.environ and early_config.known_args_namespace.numprocesses
    if not runs_none:
        early_config.pluginmanager.register(_Tracer(), "traced branches")
