"""Hours of a ride at 8 Hz through companion, recorder, fold, screen and outlets: what grows, drops or leaks."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from legbal.app import companion as companions
from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.app.meters import profiles
from legbal.app.ride_outlets import outlets_of
from legbal.config import Mqtt, Settings
from legbal.library.recorder import Recorder, RecorderStatus
from legbal.library.rides import Library
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt.publisher import Publisher
from legbal.ride.inputs import Input, Setup
from legbal.ride.view import RideView
from legbal.sources.simulator import SimulatedRide
from legbal.tui.app import RideApp
from tests.brokers.mosquitto import mosquitto
from tests.endurance import Figure, at_most, exactly

RATE_HZ = 8.0
_MOST_GROWN_MIB = 20.0
_WARM_S = 600.0  # of the ride: by then all that is made once has been made


class _Counted:
    """A ride that is counted as it goes, and what the process held of memory meanwhile.

    It begins once `ready`: before its broker answers a publisher's newer views take the older ones' places.

    Attributes:
        given: how many inputs it gave.
        resident: ride seconds → resident MiB, once a ride's minute.
    """

    def __init__(self, ride: SimulatedRide, ready: Callable[[], bool]) -> None:
        self._ride, self._ready = ride, ready
        self.given = 0
        self.resident: dict[float, float] = {}

    async def inputs(self) -> AsyncGenerator[Input, None]:
        async with asyncio.timeout(30):
            while not self._ready():  # noqa: ASYNC110 - a thread of the publisher's own connects
                await asyncio.sleep(0.05)
        minute = 0.0
        async for item in self._ride.inputs():
            self.given += 1
            if item.t >= minute:
                self.resident[item.t] = _resident_mib()
                minute = item.t + 60.0
            yield item


async def soak(folder: Path, hours: float, speed: float, seed: int) -> list[Figure]:
    """Rides for so many hours at `speed`; outlets get a view for each second of the ride, as ever."""
    profile = msgspec.structs.replace(
        next(x for x in profiles() if x.id == "favero-assioma-duo"), rate_hz=RATE_HZ, repeats=True
    )
    ride = SimulatedRide(profile=profile, seed=seed, seconds=hours * 3600.0, repeated=True, speed=speed)
    complaints: list[str] = []
    recording = RideRecording("ride", complain=lambda text, *_: complaints.append(text))
    recorders: list[Recorder] = []

    def record(setup: Setup, started: datetime) -> Recorder:
        recorders.append(recording.record(setup, started))
        return recorders[-1]

    every, companions.VIEW_S = companions.VIEW_S, companions.VIEW_S / speed
    with mosquitto(folder) as broker, (folder / "events.jsonl").open("wb") as events:
        before = _held()
        settings = Settings(ftp=ride.rider.ftp_w, awake=False, mqtt=Mqtt(url=broker.url))
        outlets = outlets_of(settings, {}, audible=True, events=events, live=True)
        publisher = next(outlet for outlet in outlets if isinstance(outlet, Publisher))
        source = _Counted(ride, lambda: publisher.status.state == "on")
        companion = Companion(
            source,
            lambda _: settings.setup(profile=profile),
            name="soak",
            live=False,
            record=record,
            outlets=outlets,
            tell=complaints.append,
            keep=recording.keep,
        )
        app = RideApp(companion, settings)
        async with app.run_test(size=(120, 40)) as pilot:
            while not companion.status().finished:
                await pilot.pause(1.0)
            told = [outlet.status.text for outlet in outlets if outlet.audible]  # no loudspeaker here
            view = await companion.finish()
            await pilot.pause()
        after = await _settled(before)
    companions.VIEW_S = every
    faults = [text for text in complaints if text not in told]
    return [
        *_of_the_process(source.resident, min(_WARM_S, hours * 900.0)),
        *_of_the_ride(view, source.given, recorders[0].status),
        # faster than real, a machine that is busy for a moment lets a newer view overtake an older one
        Figure(
            "MQTT views overtaken",
            str(publisher.dropped),
            "0 at real speed",
            publisher.dropped == 0 or speed > 1.0,
        ),
        exactly(
            "events lost on the way to their file",
            [x.lost for x in outlets if isinstance(x, JsonLines)],
            [None],
        ),
        exactly("complaints", faults, []),
        exactly("tasks, threads and files more than before", after, (0, 0, 0)),
    ]


def _of_the_process(resident: Mapping[float, float], warm_s: float) -> list[Figure]:
    warm = [mib for t, mib in resident.items() if t >= warm_s]
    return [
        at_most("memory grown after the first minutes", max(warm) - warm[0], _MOST_GROWN_MIB, "MiB", 1),
        Figure("memory at its most", f"{max(resident.values()):.0f} MiB", "only told", holds=True),
    ]


def _of_the_ride(view: RideView, given: int, status: RecorderStatus) -> list[Figure]:
    with Library() as library:
        row = library.find("last")
        kept = sum(1 for _ in library.inputs(row))
    return [
        Figure("ridden", f"{view.t / 3600.0:.2f} h, {given:,} inputs", "only told", holds=True),
        exactly("inputs lost or waiting in the recorder", (status.lost, status.waiting), (0, 0)),
        exactly("inputs in the library that were not given, or missing", kept - given, 0),
        exactly("the ride's state", row.state, "done"),
    ]


def _held() -> tuple[int, int, int]:
    """Tasks of this loop, threads but for the loop's pool, which stays, and open files."""
    gc.collect()
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    return len(asyncio.all_tasks()), len(threads), len(list(Path("/proc/self/fd").iterdir()))


async def _settled(before: tuple[int, int, int]) -> tuple[int, int, int]:
    """How much more is held than before, once what is ending has ended (some seconds at most)."""
    for _ in range(50):
        tasks, threads, files = (now - then for now, then in zip(_held(), before, strict=True))
        if max(tasks, threads, files) <= 0:
            break
        await asyncio.sleep(0.1)
    return max(tasks, 0), max(threads, 0), max(files, 0)


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20
