"""Events as lines for another program."""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import subprocess
import sys
import threading
import time

import pytest

from legbal.errors import OutletError
from legbal.outlets import RunState
from legbal.outlets.jsonlines import JsonLines
from legbal.ride.events import Alert, Lap, OutletChange
from legbal.ride.view import BLANK
from tests.outlets.access import Access

ALERT = Alert(
    t=12.5,
    kind="dropoff",
    side="left",
    points=3.1,
    present_percent=45.2,
    reference_percent=48.3,
    since=4.0,
    revolutions=31,
)


class Counting(io.BytesIO):
    """A stream that counts its flushes."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


def test_each_event_is_one_line_flushed_at_once() -> None:
    stream = Counting()
    lines = JsonLines(stream)
    lines.start(Access())
    lines.event(ALERT)
    lines.event(Lap(t=20.0, number=1))
    first, second = stream.getvalue().splitlines()
    assert json.loads(first)["event"] == "alert"
    assert json.loads(second) == {"event": "lap", "t": 20.0, "number": 1}
    assert stream.flushes == 2


@pytest.mark.parametrize("live", [False, True])
def test_a_reader_that_is_gone_ends_it_and_no_live_ride(live: bool) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        lines, access = JsonLines(stream, live=live), Access()
        lines.start(access)
        lines.event(ALERT)
        assert lines.status.state == "on"
        os.close(reading)
        lines.event(ALERT)
        told = "No more events are written: the program that read them is gone."
        assert lines.status.text == (told if live else "")
        lines.event(ALERT)
        assert access.stopped != live
    # closing the stream has flushed what it still held, without complaint


def test_a_program_whose_standard_output_is_closed_early_exits_without_a_word() -> None:
    code = (
        "import sys\n"
        "from legbal.outlets.jsonlines import JsonLines\n"
        "from legbal.ride.events import Lap\n"
        "from tests.outlets.access import Access\n"
        "lines, access, number = JsonLines(sys.stdout.buffer, live=False), Access(), 0\n"
        "lines.start(access)\n"
        "while not access.stopped:\n"
        "    lines.event(Lap(t=0.0, number=number))\n"
        "    number += 1\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b'"lap"' in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


class Full(io.BytesIO):
    """A stream on a full disk."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told_and_not_taken_for_a_closed_pipe() -> None:
    lines = JsonLines(Full())
    lines.start(Access())
    with pytest.raises(OutletError, match="No space left on device"):
        lines.event(ALERT)
    assert lines.status.state == "on"  # it is tried again: there may be room by then


def test_a_reader_that_stops_for_a_while_holds_nothing_up_and_gets_every_line() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "wb") as stream:
        lines = JsonLines(stream)
        lines.start(Access())
        for number in range(900):  # 64 KiB are 450 of them
            lines.event(OutletChange(float(number), "lamp", "failed", "x" * 100))
        got = [read.readline()]
        while b"899.0" not in got[-1]:
            lines.view(BLANK, RunState())
            got.append(read.readline())
    assert [json.loads(line)["t"] for line in got] == list(range(900))


def test_a_line_that_no_pipe_takes_at_once_arrives_whole() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "wb") as stream:
        lines = JsonLines(stream)
        lines.start(Access())
        lines.event(OutletChange(0.0, "lamp", "failed", "x" * 3 * select.PIPE_BUF))
        assert len(json.loads(read.readline())["reason"]) == 3 * select.PIPE_BUF


def test_what_is_lost_is_whole_lines() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "wb") as stream:
        lines = JsonLines(stream)
        lines.start(Access())
        for number in range(3_000):
            with contextlib.suppress(OutletError):
                lines.event(OutletChange(float(number), "lamp", "failed", "x" * 3 * select.PIPE_BUF))
        assert lines.lost
        got = [read.readline()]
        while b"2999.0" not in got[-1]:
            lines.view(BLANK, RunState())
            got.append(read.readline())
    times = [json.loads(line)["t"] for line in got]
    assert times == sorted(times)
    assert 1_000 < len(times) < 1_100


@pytest.mark.parametrize("slow", [False, True])
def test_what_is_not_read_at_the_end_is_told_in_time(slow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legbal.outlets.jsonlines._LAST_S", 0.3)
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        lines = JsonLines(stream)
        lines.start(Access())
        for number in range(900):
            lines.event(OutletChange(float(number), "lamp", "failed", "x" * select.PIPE_BUF))
        over = threading.Event()

        def read() -> None:
            while slow and not over.wait(0.1):
                os.read(reading, select.PIPE_BUF)

        reader = threading.Thread(target=read)
        reader.start()
        begin = time.monotonic()
        with pytest.raises(OutletError, match="events are lost: the program that reads them has stopped"):
            lines.close()
        assert 0.3 <= time.monotonic() - begin < 10
        over.set()
        reader.join()
        assert lines.lost
        os.close(reading)
