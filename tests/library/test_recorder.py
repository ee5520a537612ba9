"""Recording: cheap for the event loop, in order, bounded, closed in an orderly way."""

from __future__ import annotations

import asyncio
import sqlite3
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from blockbuster import blockbuster_ctx

from legbal.library import connection
from legbal.library.codec import Gap
from legbal.library.recorder import QUEUE_OCTETS, Recorder
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.ride.inputs import Link, Mark, Notification, Setup, Tick

from .conftest import Heard, recording
from .values import gaps

RIDE = NewRide(setup=Setup(), title="Evening", started=datetime(2026, 3, 29, 18, 0, 0, 250, UTC))


def packet(number: int) -> Notification:
    return Notification(number / 4, number.to_bytes(4, "little") * 3, meter="M")


async def test_recording_never_blocks_the_event_loop(path: Path) -> None:
    with blockbuster_ctx("legbal.library"):
        recorder = Recorder(RIDE, path, commit_every_s=0.001)
        recorder.start()
        for number in range(2000):
            recorder.record(packet(number))
            if number % 100 == 0:
                await asyncio.sleep(0)
            assert recorder.status.recording
        status = await asyncio.to_thread(recorder.close)
    assert status.written == 2000


def test_closing_commits_everything_and_closes_the_ride(path: Path, heard: Heard) -> None:
    with recording(RIDE, path, on_change=heard) as recorder:
        recorder.record(Link(0.0, "connected", "M"))
        recorder.record(packet(8))
        recorder.record(Mark(2.5, "lap"))
        recorder.record(Tick(3.5))
    status = recorder.status
    assert (status.recording, status.written, status.waiting, status.lost) == (False, 4, 0, 0)
    assert heard.said == []  # an orderly end is no news
    with Library(path) as library:
        ride = library.find(recorder.ride_id)
    assert (ride.state, ride.duration_s, ride.inputs, ride.lost) == ("done", 3.5, 4, 0)
    assert ride.title == "Evening"
    assert ride.started == RIDE.started
    assert ride.meters == ("M",)
    assert not list((path.parent / "recording").iterdir())


def test_the_ride_is_in_the_library_before_its_first_input(path: Path) -> None:
    with recording(RIDE, path):
        pass
    with Library(path) as library:
        ride = library.find("last")
        assert (ride.state, ride.duration_s, ride.inputs) == ("done", 0.0, 0)


def test_closing_twice_or_before_the_start_is_harmless(path: Path) -> None:
    recorder = Recorder(RIDE, path)
    recorder.close()
    with recording(RIDE, path) as recorder:
        recorder.record(packet(1))
    assert recorder.close().written == 1


def test_the_riders_time_zone_is_kept_with_the_ride(path: Path) -> None:
    zone = timezone(timedelta(hours=5, minutes=45))
    keep(path, NewRide(setup=Setup(), started=datetime(2026, 5, 1, 6, 30, tzinfo=zone)), [])
    with Library(path) as library:
        started = library.find("last").started
    assert started.isoformat() == "2026-05-01T06:30:00+05:45"


def test_what_does_not_fit_the_queue_is_counted_marked_in_its_place_and_told(
    path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BUSY_WAIT_S", 0.001)
    connection.open_writing(path).close()
    recorder = Recorder(RIDE, path, on_change=heard, commit_every_s=0.001, queue_octets=20 * (128 + 12))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.start()
        assert "another program has locked it" in heard.until(lambda status: not status.recording).reason
        for number in range(50):
            recorder.record(packet(number))
        assert heard.until(lambda status: status.lost == 30).waiting == 20
        other.execute("ROLLBACK")
    heard.until(lambda status: status.recording and status.written == 20)
    for number in range(50, 60):
        recorder.record(packet(number))
    status = recorder.close()
    assert (status.written, status.lost) == (30, 30)
    with Library(path) as library:
        ride = library.find("last")
        assert list(library.inputs(ride)) == [packet(number) for number in (*range(20), *range(50, 60))]
        assert gaps(library, ride) == [(20, Gap(5.0, 12.25, 30))]
        assert (ride.state, ride.lost) == ("done", 30)


def test_what_comes_after_the_end_is_counted_as_lost(path: Path) -> None:
    with recording(RIDE, path) as recorder:
        recorder.record(packet(0))
    recorder.record(packet(1))
    assert recorder.status.lost == 1


def test_a_full_queue_stays_near_64_mib_of_memory(path: Path) -> None:
    recorder = Recorder(RIDE, path)  # never started: nothing leaves the queue
    tracemalloc.start()
    number = 0
    while not (number % 1000 == 0 and recorder.status.lost):
        recorder.record(Notification(number / 4, number.to_bytes(14, "little"), meter="M"))
        number += 1
    taken, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert number > 400_000  # at 4 Hz more than a day
    assert 0.5 * QUEUE_OCTETS < taken < 1.25 * QUEUE_OCTETS


def test_much_that_piled_up_is_written_in_pieces(path: Path) -> None:
    count = 45_000
    with recording(RIDE, path) as recorder:
        for number in range(count):
            recorder.record(packet(number))
    with Library(path) as library:
        assert list(library.inputs(library.find("last"))) == [packet(number) for number in range(count)]


def test_an_input_that_no_row_can_hold_is_lost_alone(path: Path) -> None:
    with recording(RIDE, path) as recorder:
        for item in (packet(0), Link(0.5, "connected", rssi=2**70), packet(4)):
            recorder.record(item)
    assert (recorder.status.written, recorder.status.lost) == (2, 1)
    with Library(path) as library:
        assert list(library.inputs(library.find("last"))) == [packet(0), packet(4)]
        assert gaps(library, library.find("last")) == [(1, Gap(0.5, 0.5, 1))]


def test_a_defect_in_writing_is_told_and_nothing_is_lost_once_it_is_mended(
    path: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, defects = RideWriter.write, [KeyError("no column")] * 3

    def write(*given: Any, **options: Any) -> None:
        if defects:
            raise defects.pop()
        real(*given, **options)

    monkeypatch.setattr(RideWriter, "write", write)
    with recording(RIDE, path, on_change=heard, commit_every_s=0.001) as recorder:
        recorder.record(packet(0))
        assert "KeyError: 'no column'" in heard.until(lambda status: not status.recording).reason
        heard.until(lambda status: status.recording)
        recorder.record(packet(1))
    assert (recorder.status.written, recorder.status.lost) == (2, 0)


def test_two_rides_recorded_at_once_keep_apart(path: Path) -> None:
    with (
        recording(NewRide(setup=Setup(), title="a"), path, commit_every_s=0.001) as one,
        recording(NewRide(setup=Setup(), title="b"), path, commit_every_s=0.001) as other,
    ):
        for number in range(500):
            (one, other)[number % 2].record(packet(number))
    with Library(path) as library:
        first, second = library.find(one.ride_id), library.find(other.ride_id)
        assert (first.state, second.state) == ("done", "done")
        assert list(library.inputs(first)) == [packet(number) for number in range(0, 500, 2)]
        assert list(library.inputs(second)) == [packet(number) for number in range(1, 500, 2)]


def test_a_library_of_a_newer_legbal_is_told_and_left_alone(path: Path, heard: Heard) -> None:
    keep(path, RIDE, [packet(0)])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    before = path.read_bytes()
    with recording(NewRide(setup=Setup()), path, on_change=heard) as recorder:
        status = heard.until(lambda status: not status.recording)
        recorder.record(packet(1))
    assert "schema 9999" in status.reason
    assert "update legbal" in status.hint
    assert recorder.status.lost == 1
    assert heard.said[-1].lost == 1
    assert path.read_bytes() == before


def test_a_listener_whose_loop_is_closed_does_not_stop_the_recorder(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "library.sqlite"
    with recording(
        RIDE, path, on_change=lambda status: void(loop.call_soon_threadsafe(print, status))
    ) as recorder:
        recorder.record(packet(0))
    assert "library" in recorder.status.reason


def void(_: object) -> None:
    """Takes anything and gives nothing."""
