"""An import that is stopped, by Ctrl-C or by force, and goes on by the same line."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from legbal.app.meters import profiles
from legbal.library.derived import basis, stale_rides
from legbal.library.rides import Library
from tests.files.fit_files import ride
from tests.test_import_command import objects, run

_FILES = 40
_PIPE = 4096  # octets, the smallest that Linux has: an object of each file has more in all


def until_blocked(pipe: int) -> None:
    """Waits until no further line fits into a pipe that nobody reads: the writer is then at work no more."""
    import fcntl  # which Windows has not
    import termios

    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        (unread,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))
        if unread > _PIPE - 300:
            return
        time.sleep(0.02)
    raise TimeoutError


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's pipes can be made small")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_import_goes_on_with_the_rest(tmp_path: Path, by: signal.Signals) -> None:
    import fcntl  # which Windows has not

    folder = tmp_path / "a folder of rides"
    folder.mkdir()
    for number in range(_FILES):
        (folder / f"{number:02}.fit").write_bytes(ride(60 + number))
    command = [sys.executable, "-m", "legbal", "import", "--json", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
    until_blocked(process.stdout.fileno())
    os.kill(process.pid, by)
    written, complaints = process.communicate(timeout=120)
    lines = [json.loads(line) for line in written.splitlines() if line.endswith(b"}")]
    assert 0 < len(lines) < _FILES
    assert all(x["new"] for x in lines)
    if by == signal.SIGINT:
        assert process.returncode == 1
        stopped = f"stopped after {len(lines)} of {_FILES} files; the same line goes on with the rest"
        assert stopped in complaints.decode()
        assert "Traceback" not in complaints.decode()

    again = run("--json", folder)
    assert again.exit_code == 0
    found = objects(again)
    assert len(found) == _FILES
    assert [x["ride"] for x in found[: len(lines)]] == [x["ride"] for x in lines]
    assert not any(x["new"] for x in found[: len(lines)])
    assert found[-1]["new"]
    with Library() as library:
        assert sorted(x.id for x in library.rides()) == sorted(x["ride"] for x in found)
        assert stale_rides(library.path, basis(profiles())) == {}, "also those that were read, and no more"
