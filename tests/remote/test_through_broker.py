"""Following through a broker: whom of several, from late in a ride on, and past the broker's restart."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from legbal.outlets import RunState
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.connection import Subscriber
from legbal.outlets.mqtt.publisher import Publisher
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import MOST_RIDERS
from tests.brokers.mosquitto import mosquitto
from tests.outlets.access import Access
from tests.outlets.mqtt.publishing import SOON
from tests.remote.followers import NOWHERE
from tests.tui.views import ride


class Waiting(FollowedRide):
    """Says when something was heard."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._something = threading.Condition()

    def hear(self, topic: str, payload: bytes, kept: bool) -> None:
        super().hear(topic, payload, kept)
        with self._something:
            self._something.notify_all()

    async def sees(self, wanted: Callable[[], bool]) -> None:
        """Waits until it is so."""

        def wait() -> None:
            with self._something:
                assert self._something.wait_for(wanted, 30)

        await asyncio.to_thread(wait)


@asynccontextmanager
async def run(followed: FollowedRide) -> AsyncIterator[None]:
    """Follows meanwhile."""
    task = asyncio.create_task(followed.run())
    try:
        yield
    finally:
        await followed.finish()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_who_comes_late_sees_the_ride_at_once_and_a_broker_that_comes_back_is_heard_again(
    tmp_path: Path,
) -> None:
    with mosquitto(tmp_path) as broker:
        publisher = Publisher(parse(broker.url), "anna", backoff=SOON)
        publisher.start(Access())
        publisher.view(ride(), RunState(recording=True))
        followed = Waiting(parse(broker.url), "anna", backoff=SOON)
        async with run(followed):
            await followed.sees(lambda: followed.view().intervals != () and followed.view().power_w == 267.0)
            broker.kill()
            broker.start()
            publisher.view(ride(power_w=111.0), RunState(recording=True))
            await followed.sees(lambda: followed.view().power_w == 111.0)
        assert await asyncio.to_thread(publisher.close)


@pytest.mark.parametrize("riders", [("anna",), ("anna", "ben")])
async def test_whom_to_follow_is_asked_only_if_there_are_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, riders: tuple[str, ...]
) -> None:
    monkeypatch.setattr("legbal.remote.followed_ride.SETTLING_S", 0.05)
    asked: list[Sequence[str]] = []

    async def choose(question: str, names: Sequence[str]) -> int:
        assert question
        asked.append(names)
        return len(names) - 1

    with mosquitto(tmp_path) as broker:
        publishers = [Publisher(parse(broker.url), name, backoff=SOON) for name in riders]
        for publisher in publishers:
            publisher.start(Access())
            publisher.view(ride(), RunState(recording=True))
            await asyncio.to_thread(publisher.close)  # both are kept now
        followed = Waiting(parse(broker.url), None, backoff=SOON)
        followed.choose = choose
        async with run(followed):
            await followed.sees(lambda: followed.view().power_w == 267.0)
    assert asked == ([["anna", "ben"]] if len(riders) > 1 else [])
    assert followed.status().source == riders[-1]


async def test_a_ride_that_is_over_is_nobody_s_question_while_somebody_rides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legbal.remote.followed_ride.SETTLING_S", 0.2)
    with mosquitto(tmp_path) as broker:
        over, rides = (Publisher(parse(broker.url), name, backoff=SOON) for name in ("anna", "zoe"))
        for publisher in (over, rides):
            publisher.start(Access())
            publisher.view(ride(), RunState(recording=True))
        assert await asyncio.to_thread(over.close)
        followed = Waiting(parse(broker.url), None, backoff=SOON)
        async with run(followed):
            await followed.sees(lambda: followed.view().power_w == 267.0)
        assert await asyncio.to_thread(rides.close)
    assert followed.status().source == "zoe"


async def test_riders_who_come_while_it_is_chosen_among_them_disturb_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Crowd(Subscriber):
        """A rider more all the time, from a thread of its own."""

        def start(self) -> None:
            self.thread = threading.Thread(target=self._come)
            self.thread.start()

        def _come(self) -> None:
            for number in range(MOST_RIDERS):
                self._hear(f"legbal/r{number:05}/live", b"", False)

        def close(self, _timeout_s: float = 0.0) -> bool:
            self.thread.join()
            return True

    monkeypatch.setattr("legbal.remote.Subscriber", Crowd)
    monkeypatch.setattr("legbal.remote.followed_ride.SETTLING_S", 0.005)
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            assert (await FollowedRide(NOWHERE, None)._whom()).startswith("r00000")
    finally:
        sys.setswitchinterval(often)
