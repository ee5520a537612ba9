"""What each outlet of legbal's own does when it fails: told under its name, and the ride is whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.outlets.sound import Sound
from legbal.outlets.speech import Speech
from legbal.ride.events import Cue
from legbal.ride.inputs import Notification
from tests.app.riding import SOON, Riding
from tests.brokers.mosquitto import free_port


async def test_a_publisher_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = Publisher(parse(f"mqtt://127.0.0.1:{free_port()}"), "anna")
    monkeypatch.setattr("legbal.outlets.mqtt.encoding.live", lambda *_, **__: 1 / 0)
    riding = Riding(publisher, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride()
        await riding.source.taken()
        await riding.until(
            pilot, lambda: "has failed: ZeroDivisionError: division by zero" in riding.screen()
        )
        assert riding.changes()[0]["name"] == "mqtt"
        assert len(await riding.recorded()) == 5


async def test_the_loop_of_a_broker_that_fails_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher = Publisher(parse(f"mqtt://127.0.0.1:{free_port()}"), "anna", backoff=SOON)
    tries: list[int] = []

    def broken(*_: object) -> None:
        tries.append(1)
        raise ZeroDivisionError("no context")

    monkeypatch.setattr("legbal.outlets.mqtt.broker.Broker.ssl_context", broken)
    riding = Riding(publisher, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride()
        await riding.source.taken()
        await riding.until(pilot, lambda: ": ZeroDivisionError: no context" in riding.screen())
        await riding.until(pilot, lambda: len(tries) > 2)
        assert len([x for x in riding.changes() if x["name"] == "mqtt"]) == 1
        assert len(await riding.recorded()) == 5


class Device:
    """A speaker that pulls when the test says so."""

    samples: Samples

    def __call__(self, samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        del lost
        next(samples)
        self.samples = samples
        return self.close

    def close(self) -> None: ...


async def test_a_speaker_callback_that_fails_is_told_and_the_bell_rings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device, bells = Device(), list[int]()
    sound = Sound(open_speaker=device, bell=lambda: bells.append(1), clock=lambda: 0.0)
    riding = Riding(sound, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride()
        await riding.source.taken()
        assert await asyncio.to_thread(sound.settled.wait, 30)
        sound.play(Cue(1.0, "alert", "left"))
        monkeypatch.setattr("legbal.outlets.sound.np.linspace", lambda *_, **__: 1 / 0)
        with pytest.raises(StopIteration):
            device.samples.send(100)
        await riding.until(pilot, lambda: "No sound: ZeroDivisionError: division by zero." in riding.screen())
        assert [(x["name"], x["state"]) for x in riding.changes()] == [("sound", "failed")]
        assert len(await riding.recorded()) == 5


async def test_a_voice_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError("voice")

    riding = Riding(Speech(lambda _: None, synthesise=broken), monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride()
        await riding.source.taken()
        words = "No speech, only tones: ZeroDivisionError: voice."
        await riding.until(pilot, lambda: words in riding.screen())
        assert [(x["name"], x["state"]) for x in riding.changes()] == [("speech", "failed")]
        assert len(await riding.recorded()) == 5


async def test_events_whose_reader_is_gone_are_told_and_the_ride_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as stream:
        riding = Riding(JsonLines(stream), monkeypatch=monkeypatch)
        async with riding.app.run_test(size=(120, 40)) as pilot:
            riding.ride()
            await riding.source.taken()
            riding.companion.mark("lap")
            words = "No more events are written: the program that read them is gone."
            await riding.until(pilot, lambda: words in riding.screen())
            assert [(x["name"], x["state"]) for x in riding.changes()] == [("events", "failed")]
            assert sum(isinstance(x, Notification) for x in await riding.recorded()) == 5
