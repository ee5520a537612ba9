"""A ride to put on the screen."""

from __future__ import annotations

import pytest

from tests.tui.fake import FakeLive


@pytest.fixture
def live() -> FakeLive:
    """A ride that stands still in its third interval."""
    return FakeLive()
