"""Events as lines for another program."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from legbal.errors import OutletError
from legbal.outlets.jsonlines import JsonLines
from legbal.ride.events import Alert, Lap
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


@pytest.mark.parametrize("ends_ride", [False, True])
def test_a_reader_that_is_gone_ends_it_quietly(ends_ride: bool) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        lines, access = JsonLines(stream, ends_ride=ends_ride), Access()
        lines.start(access)
        lines.event(ALERT)
        assert lines.status.state == "on"
        os.close(reading)
        lines.event(ALERT)
        told = "No more events are written: the program that read them is gone."
        assert lines.status.text == ("" if ends_ride else told)
        lines.event(ALERT)
        assert access.stopped == ends_ride
    # closing the stream has flushed what it still held, without complaint


def test_a_program_whose_standard_output_is_closed_early_exits_without_a_word() -> None:
    code = (
        "import sys\n"
        "from legbal.outlets.jsonlines import JsonLines\n"
        "from legbal.ride.events import Lap\n"
        "from tests.outlets.access import Access\n"
        "lines, access, number = JsonLines(sys.stdout.buffer, ends_ride=True), Access(), 0\n"
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
