"""Rides derived beside other processes: by one at a time, which may be killed and says why it failed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from legbal.app import reindex
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.reindex_process import failure_file, is_reindexing
from legbal.errors import LibraryError
from legbal.library.recorder import SystemLock
from tests.analysis.deriving import left, recorded


def test_why_it_failed_can_be_read_once_another_may_begin(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 1)
    words = list[str]()
    release = SystemLock.release

    def releasing(lock: SystemLock) -> None:
        words.append(failure_file(path).read_text())
        release(lock)

    def full(*_: object) -> None:
        raise LibraryError("the disk is full", hint="Make room.")

    monkeypatch.setattr(reindex, "write_derived", full)
    monkeypatch.setattr(SystemLock, "release", releasing)
    with pytest.raises(LibraryError):
        bring_up_to_date(path, profiles())
    assert words == ["the disk is full. Make room"]


def test_what_cannot_be_taken_away_afterwards_costs_nothing(path: Path) -> None:
    recorded(path, 1)
    failure_file(path).mkdir()
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0


def test_only_one_process_does_it(path: Path) -> None:
    recorded(path, 1)
    assert not is_reindexing(path)
    other = SystemLock(path.parent / "deriving.lock")
    assert other.acquire()
    assert is_reindexing(path)
    assert not bring_up_to_date(path, profiles())
    assert left(path) == 1
    other.release()
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0


DERIVING = """
import sys
from pathlib import Path
from legbal.app import reindex
from legbal.app.meters import profiles

write, written = reindex._write, []

def write_two(*row):
    if len(written) == 2:
        print("two are written", flush=True)
        sys.stdin.read()  # until it is killed
    write(*row)
    written.append(row)

if __name__ == "__main__":
    reindex._write = write_two
    reindex.bring_up_to_date(Path(sys.argv[1]), profiles())
"""


def children(process: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    return [
        int(child)
        for task in Path(f"/proc/{process}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the end of other processes is waited for by pidfd")
def test_killed_on_the_way_it_goes_on_where_it_was_and_leaves_no_process(path: Path) -> None:
    recorded(path, 6)
    script = path.with_name("derive.py")
    script.write_text(DERIVING)
    with subprocess.Popen([sys.executable, script, path], stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "two are written\n"
        workers = children(process.pid)
        assert max(os.getpriority(os.PRIO_PROCESS, worker) for worker in workers) >= 10
        ends = [os.pidfd_open(worker) for worker in workers]
        process.send_signal(signal.SIGKILL)
    assert left(path) == 4
    assert not is_reindexing(path)
    for end in ends:
        assert select.select([end], [], [], 30)[0]
        os.close(end)
    assert bring_up_to_date(path, profiles())
    assert left(path) == 0
