"""A ride at real brokers: what they are told, what they keep, and what they pass on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import aiomqtt
import msgspec
import pytest

from legbal.errors import UsageError
from legbal.outlets import Outlet
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.ride.events import Lap
from tests.brokers.ear import ear
from tests.brokers.mosquitto import free_port, mosquitto
from tests.outlets.access import Access, Teller
from tests.outlets.mqtt.publishing import RECORDING, SOON, live, publishing
from tests.tui.views import ride


async def test_a_ride_is_told_as_it_goes(port: int) -> None:
    async with ear(port) as listening:
        async with publishing(port) as publisher:
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"online")
            publisher.view(ride(t=10.0), RECORDING)
            told = (await listening.hears("legbal/anna/live")).fields
            assert (told["v"], told["t"], told["recording"]) == (1, 10.0, True)
            assert (await listening.hears("legbal/anna/state")).fields["id"] == told["id"]
            assert (await listening.hears("legbal/anna/meter/ASSIOMA 17039")).fields["battery_percent"] == 81
            publisher.event(Lap(11.0, 1))
            event = await listening.hears("legbal/anna/event")
            assert event.fields["event"] == "lap"
            assert publisher.status.state == "on"
            assert publisher.status.text == ""
        await listening.hears("legbal/anna/status", lambda x: x.payload == b"offline")


async def test_who_comes_late_is_told_what_is_kept(port: int) -> None:
    async with publishing(port) as publisher:
        async with ear(port) as early:
            publisher.view(ride(t=10.0), RECORDING)
            publisher.event(Lap(10.0, 1))
            await early.hears("legbal/anna/event")
            await early.hears("legbal/anna/state")
            await early.hears("legbal/anna/live")
        async with ear(port) as late:
            for kind in ("status", "state", "live"):
                assert (await late.hears(f"legbal/anna/{kind}")).retained
            assert not [x for x in late.all if x.topic == "legbal/anna/event"]


async def test_state_comes_less_often_than_live_and_at_once_after_an_event(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        async with ear(broker.port) as listening, publishing(broker.port, clock=lambda: 100.0) as publisher:
            publisher.view(ride(t=1.0), RECORDING)
            await listening.hears("legbal/anna/state")
            publisher.view(ride(t=2.0), RECORDING)
            await listening.hears("legbal/anna/live", live(2.0))
            publisher.event(Lap(3.0, 1))
            publisher.view(ride(t=3.0), RECORDING)
            await listening.hears("legbal/anna/state", live(3.0))
            seconds = [x.fields["t"] for x in listening.all if x.topic == "legbal/anna/state"]
            assert seconds == [1.0, 3.0]


async def test_qos_and_retention_are_as_documented(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        async with publishing(broker.port) as publisher, ear(broker.port) as listening:
            publisher.view(ride(t=1.0), RECORDING)
            publisher.event(Lap(1.0, 1))
            qos = {
                kind: (await listening.hears(f"legbal/anna/{kind}")).qos
                for kind in ("live", "state", "event", "status")
            }
            assert qos == {"live": 0, "state": 1, "event": 1, "status": 1}


async def test_commands_come_in_only_where_they_are_wanted(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    with mosquitto(tmp_path) as broker:
        asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

        def on_command(kind: str, text: str) -> None:
            loop.call_soon_threadsafe(asked.put_nowait, (kind, text))

        publisher = Publisher(parse(broker.url), "anna", commands=True, backoff=SOON)
        deaf = Publisher(parse(broker.url), "ben", backoff=SOON)
        async with ear(broker.port) as listening:
            await listening.say("legbal/anna/command", b'{"command":"mute"}', retain=True)
            publisher.start(Access(asked=on_command))
            deaf.start(Access(asked=on_command))
            for rider in ("anna", "ben"):
                await listening.hears(f"legbal/{rider}/status", lambda x: x.payload == b"online")
                publisher.view(ride(), RECORDING)
            await listening.hears("legbal/anna/live")
            for payload in (b"nonsense", b'{"command":"stop"}', b'{"command":"note","text":"knee"}'):
                await listening.say("legbal/anna/command", payload)
                await listening.say("legbal/ben/command", payload)
            assert await asyncio.wait_for(asked.get(), 30) == ("note", "knee")
            await listening.say("legbal/anna/command", b'{"command":"lap"}')
            assert await asyncio.wait_for(asked.get(), 30) == ("lap", "")
        told = "sent a command that was ignored: unknown, out of date, or one too many."
        assert (publisher.status.text.endswith(told), deaf.status.text) == (True, "")
        for one in (publisher, deaf):
            assert await asyncio.to_thread(one.close)
        assert asked.empty()


async def test_another_ride_of_the_same_name_is_told(tmp_path: Path) -> None:
    teller = Teller()
    with mosquitto(tmp_path) as broker:
        async with ear(broker.port) as listening, publishing(broker.port, teller) as first:
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"online")
            first.view(ride(t=1.0), RECORDING)
            await listening.hears("legbal/anna/live", live(1.0))
            assert first.status.text == ""
            async with publishing(broker.port) as second:
                second.view(ride(t=2.0), RECORDING)
                await teller.tells("Two rides publish as anna")
            assert first.status.reason == ""


@pytest.mark.parametrize(("topic", "payload"), [("command", b"nonsense"), ("live", b'{"id":"another"}')])
async def test_what_comes_again_and_again_is_looked_at_once_while_it_is_told(
    topic: str, payload: bytes
) -> None:
    now, looks = 0.0, list[float]()

    class Watched(Access):
        def changed(self) -> None:
            looks.append(now)

    class Client:
        async def subscribe(self, *_: object) -> None: ...

        @property
        async def messages(self) -> AsyncIterator[aiomqtt.Message]:
            nonlocal now
            for second in (1, 2, 3, 12, 30, 31):
                now = float(second)
                yield aiomqtt.Message(f"legbal/anna/{topic}", payload, 0, False, 0, None)

    publisher = Publisher(parse("mqtt://h"), "anna", commands=True, clock=lambda: now)
    Outlet.start(publisher, Watched())
    await publisher._hear(cast("aiomqtt.Client", Client()))
    assert looks == [1.0, 30.0]


async def test_home_assistant_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        async with publishing(broker.port, home_assistant="ha"), ear(broker.port) as listening:
            heard = await listening.hears("ha/binary_sensor/legbal_anna/alert/config")
            assert heard.fields["state_topic"] == "legbal/anna/live"
            assert not [x for x in listening.all if x.topic.startswith("ha/button/")]


async def test_a_websocket_does_as_well(tmp_path: Path) -> None:
    settings = ("protocol websockets", f"listener {free_port()} 127.0.0.1", "allow_anonymous true")
    with mosquitto(tmp_path, settings) as broker:
        plain = int(settings[1].split()[1])
        publisher = Publisher(parse(f"ws://127.0.0.1:{broker.port}"), "anna", backoff=SOON)
        publisher.start(Access())
        async with ear(plain) as listening:
            publisher.view(ride(t=4.0), RECORDING)
            await listening.hears("legbal/anna/live", live(4.0))
        assert await asyncio.to_thread(publisher.close)


async def test_a_value_that_nobody_can_ride_is_not_published_but_raised() -> None:
    publisher = Publisher(parse("mqtt://h"), "anna")
    with pytest.raises(msgspec.ValidationError):
        publisher.view(ride(power_w=1e9), RECORDING)


def test_a_name_that_cannot_stand_in_a_topic_is_refused_before_the_ride() -> None:
    with pytest.raises(UsageError, match="cannot be a rider's name"):
        Publisher(parse("mqtt://h"), "a/b")


def test_json_of_an_event_is_the_public_line_with_whose_it_is() -> None:
    publisher = Publisher(parse("mqtt://h"), "anna", now=lambda: 5.0)
    publisher.event(Lap(1.0, 2))
    message = publisher._next()
    assert message is not None
    fields = json.loads(message.payload)
    assert {key: fields[key] for key in ("event", "t", "number", "sent")} == {
        "event": "lap",
        "t": 1.0,
        "number": 2,
        "sent": 5.0,
    }
