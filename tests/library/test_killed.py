"""SIGKILL at any moment: no committed packet is lost, at most the last 1.5 s are, and the library opens."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from legbal.library.recorder import close_interrupted, recorded_rides
from legbal.library.rides import Library, RideRow
from legbal.library.writer import NewRide
from legbal.ride.inputs import Notification, Setup
from tests.library.conftest import recording

CHECKOUT = Path(__file__).resolve().parents[2]
MOST_LOST_S = 1.5

RIDER = """
import sys, threading, time
from pathlib import Path
from legbal.library.recorder import Recorder
from legbal.library.writer import NewRide
from legbal.ride.inputs import Notification, Setup

ride = NewRide(setup=Setup(), id=sys.argv[2])
recorder = Recorder(ride, Path(sys.argv[1]), commit_every_s=float(sys.argv[3]))
recorder.start()
began, pace = time.monotonic(), threading.Event()
for number in range(10**9):
    t = time.monotonic() - began
    recorder.record(Notification(t, number.to_bytes(14, "little"), meter="M"))
    if number % 4 == 0:
        print(t, recorder.status.written, flush=True)
    pace.wait(float(sys.argv[4]))
"""


class Killed(NamedTuple):
    """What a killed process said last: the time of its last input, how many inputs were committed."""

    ride: str
    t: float
    committed: int


def ride_until_killed(path: Path, ride: str, kill_at: float, commit_every: float, pace: float) -> Killed:
    """Records in a process of its own, killed when its ride time passes `kill_at`."""
    with subprocess.Popen(
        [sys.executable, "-c", RIDER, str(path), ride, str(commit_every), str(pace)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    ) as process:
        assert process.stdout is not None
        last = Killed(ride, 0.0, 0)
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # cut off by the kill
            t, committed = line.split()
            last = Killed(ride, float(t), int(committed))
            if last.t >= kill_at:
                process.kill()
    return last


def opened(path: Path) -> Iterator[tuple[RideRow, list[Notification]]]:
    """Every ride of a library whose file is sound, with its inputs."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Library(path) as library:
        for ride in library.rides():
            inputs = list(library.inputs(ride))
            yield ride, [item for item in inputs if isinstance(item, Notification)]
            # one that is being recorded has grown since it was listed
            assert len(inputs) == ride.inputs or (ride.state == "recording" and len(inputs) > ride.inputs)


@pytest.mark.parametrize(
    ("commit_every", "pace", "latest"),
    [
        pytest.param(1.0, 0.005, 2.4, id="as in a ride"),
        pytest.param(0.001, 0.0, 0.4, id="amid commits and checkpoints"),
    ],
)
def test_killed_many_times(path: Path, commit_every: float, pace: float, latest: float) -> None:
    chance = random.Random(1)
    moments = [(f"ride{number}", chance.uniform(0.0, latest)) for number in range(12)]
    with ThreadPoolExecutor(3) as pool:
        killed = list(pool.map(lambda m: ride_until_killed(path, m[0], m[1], commit_every, pace), moments))
    with recording(NewRide(setup=Setup(), id="thelast"), path):
        pass  # the next start closes what was interrupted
    rides = {ride.id: (ride, inputs) for ride, inputs in opened(path)}
    assert rides.pop("thelast")[0].state == "done"
    for said in killed:
        if said.ride not in rides:
            assert said.committed == 0
            assert said.t <= MOST_LOST_S
            continue
        ride, inputs = rides[said.ride]
        assert [int.from_bytes(item.data, "little") for item in inputs] == list(range(len(inputs)))
        assert len(inputs) >= said.committed
        end = inputs[-1].t if inputs else 0.0
        assert said.t - end <= MOST_LOST_S
        assert (ride.state, ride.duration_s) == ("interrupted", end)
    assert sum(len(inputs) for _, inputs in rides.values()) > 100
    # one that was killed while it closed another's may have left that lock behind: no ride is taken to run by it
    assert recorded_rides(path) == []
    assert not list((path.parent / "recording").glob("*.lock"))


def test_a_ride_that_another_process_records_is_not_closed(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RIDER, str(path), "living", "0.01", "0.005"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line.split()[1]):
                break
        assert close_interrupted(path) == ()
        with recording(NewRide(setup=Setup(), id="besides"), path, commit_every_s=0.01) as recorder:
            recorder.record(Notification(0.0, b""))
        states = {ride.id: ride.state for ride, _ in opened(path)}
        assert states == {"living": "recording", "besides": "done"}
        process.kill()
        process.stdout.read()
    assert close_interrupted(path) == ("living",)
    assert close_interrupted(path) == ()


def test_a_missing_library_has_no_interrupted_rides(path: Path) -> None:
    assert close_interrupted(path) == ()
    assert not path.parent.exists()
