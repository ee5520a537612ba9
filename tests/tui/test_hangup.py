"""A terminal that is closed under a ride."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")


def test_a_closed_terminal_ends_the_ride_in_order_and_the_program_with_it(tmp_path: Path) -> None:
    done = tmp_path / "done"
    terminal, end = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.hangup", str(done)],
        stdin=end,
        stdout=end,
        stderr=end,
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm-256color"},
        start_new_session=True,
    )
    try:
        os.close(end)
        _read_until(terminal, b"measured", 30)
        os.close(terminal)
        assert child.wait(30) == 0
        assert done.read_text() == "finished in order"
    finally:
        child.kill()
        child.wait()


def _read_until(terminal: int, wanted: bytes, seconds: float) -> None:
    seen, end = b"", time.monotonic() + seconds
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
        assert ready, f"the screen never showed {wanted!r}"
        seen += os.read(terminal, 65536)
