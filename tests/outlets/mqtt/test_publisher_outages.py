"""A ride whose broker is away or silent: told once, waited for, and told afterwards what it missed."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from legbal.outlets import Backoff
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import QUEUED_EVENTS, Publisher
from legbal.ride.events import Cue, Lap
from tests.brokers.ear import ear
from tests.brokers.mosquitto import free_port, mosquitto
from tests.brokers.proxy import proxy, silence
from tests.outlets.access import Access, Teller
from tests.outlets.mqtt.publishing import RECORDING, live, publishing
from tests.tui.views import ride


async def test_a_ride_that_vanishes_is_said_to_be_offline(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        async with (
            proxy(broker.port) as way,
            ear(broker.port) as listening,
            publishing(way.port) as publisher,
        ):
            publisher.view(ride(), RECORDING)
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"online")
            way.flows.clear()  # neither word nor farewell comes through any more
            way.cut()
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"offline")
            way.flows.set()


async def test_a_broker_that_is_away_costs_nothing_and_is_told_once() -> None:
    teller = Teller()
    async with publishing(free_port(), teller) as publisher:
        await teller.tells("connection refused")
        for second in range(50):
            publisher.view(ride(t=float(second)), RECORDING)
        text = publisher.status.text
        assert ": connection refused. The ride goes on" in text
        assert publisher.dropped >= 49
        assert f"{publisher.dropped} messages were dropped" in text
        assert len(teller.said) == 1


async def test_what_failed_and_is_then_overtaken_is_a_dropped_message() -> None:
    class Breaking:
        async def publish(self, *_: object) -> None:
            raise aiomqtt.MqttError("gone")

    publisher = Publisher(parse("mqtt://127.0.0.1"), "anna")
    publisher._newest["legbal/anna/live"] = publisher._message("live", b"1")
    client: Any = Breaking()
    with pytest.raises(aiomqtt.MqttError):
        await publisher._send(client, asyncio.Event())
    assert publisher.dropped == 0
    publisher._keep(publisher._message("live", b"2"))
    assert publisher.dropped == 1


async def test_of_the_events_the_oldest_go_and_the_newest_arrive_later(tmp_path: Path) -> None:
    teller = Teller()
    with mosquitto(tmp_path) as broker:
        async with publishing(broker.port, teller) as publisher:
            broker.kill()
            await teller.tells("No connection to")
            for number in range(QUEUED_EVENTS + 10):
                publisher.event(Lap(float(number), number))
            publisher.view(ride(t=7.0), RECORDING)
            assert publisher.dropped == 10
            broker.start()
            await teller.tells("is back")
            async with ear(broker.port) as listening:
                await listening.hears("legbal/anna/live", live(7.0))
            assert publisher.status.text == ""


async def test_events_of_an_outage_come_in_their_order(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        async with proxy(broker.port) as way, ear(broker.port) as listening:
            way.flows.clear()
            async with publishing(way.port) as publisher:
                for number in range(20):
                    publisher.event(Lap(float(number), number))
                way.flows.set()
                await listening.hears("legbal/anna/event", lambda x: x.fields["number"] == 19)
                numbers = [x.fields["number"] for x in listening.all if x.topic == "legbal/anna/event"]
                assert numbers == sorted(numbers)
                assert set(numbers) == set(range(20))


async def test_a_broker_that_answers_no_more_is_away(tmp_path: Path) -> None:
    teller = Teller()
    with mosquitto(tmp_path) as broker:
        async with proxy(broker.port) as way, publishing(way.port, teller) as publisher:
            publisher.view(ride(), RECORDING)
            async with ear(broker.port) as listening:
                await listening.hears("legbal/anna/state")
            way.flows.clear()
            publisher.event(Lap(1.0, 1))
            began = time.perf_counter()
            for second in range(1000):
                publisher.view(ride(t=float(second)), RECORDING)
            assert time.perf_counter() - began < 30  # a thousand seconds of riding, not one of waiting
            await teller.tells("no answer")
            way.flows.set()
            await teller.tells("is back")


async def test_a_broker_that_takes_the_call_and_says_nothing_is_away() -> None:
    teller = Teller()
    with silence() as port:
        async with publishing(port, teller):
            await teller.tells("no answer")


async def test_an_end_that_the_broker_does_not_hear_is_an_end_all_the_same() -> None:
    with silence() as port:
        async with publishing(port) as publisher:
            publisher.view(ride(), RECORDING)


def test_what_never_began_can_be_ended() -> None:
    publisher = Publisher(parse("mqtt://h"), "anna")
    publisher.event(Cue(1.0, "alert", "left"))
    publisher.view(ride(), RECORDING)
    assert publisher.close()


def test_waits_grow_to_a_minute_and_no_two_riders_wait_alike() -> None:
    longest = Backoff(chance=lambda: 1.0).waits()
    assert [next(longest) for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    shortest = Backoff(chance=lambda: 0.0).waits()
    assert [next(shortest) for _ in range(4)] == [0.5, 1, 2, 4]


async def test_between_two_tries_it_waits_as_patience_says() -> None:
    loop, waited = asyncio.get_running_loop(), asyncio.Queue[float]()

    async def pause(seconds: float) -> None:
        loop.call_soon_threadsafe(waited.put_nowait, seconds)

    publisher = Publisher(
        parse(f"mqtt://127.0.0.1:{free_port()}"), "anna", backoff=Backoff(pause=pause, chance=lambda: 1.0)
    )
    publisher.start(Access())
    assert [await asyncio.wait_for(waited.get(), 30) for _ in range(5)] == [1, 2, 4, 8, 16]
    assert await asyncio.to_thread(publisher.close)
