"""Each place that runs beside a ride, broken: in words on the screen, as an event, and the ride is whole."""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pytest

from legbal.app import companion as companions
from legbal.app import supervisor
from legbal.library.rides import Library
from legbal.library.writer import RideWriter
from legbal.outlets import Backoff, Outlet
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt import encoding, homeassistant, schema
from legbal.outlets.mqtt.broker import Broker, parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.outlets.sound import Sound
from legbal.outlets.speech import Speech
from legbal.ride.events import Cue
from legbal.ride.inputs import Link, Notification, Tick
from legbal.ride.ride import Ride
from legbal.tui.screens import live
from legbal.tui.screens.ride import SummaryScreen
from tests.app.test_supervisor import SOON, Fragile, Riding
from tests.brokers.mosquitto import mosquitto

DEFECT = "ZeroDivisionError: defect"
CUE = Cue(1.0, "alert", "left")
SECONDS = 5  # of the ride


class Breaker:
    """Breaks code until it is mended."""

    def __init__(self, patch: pytest.MonkeyPatch, defect: Exception | None = None) -> None:
        self.patch, self.broken = patch, True
        self._defect = defect or ZeroDivisionError("defect")
        self.closing = contextlib.ExitStack()

    def fail(self, *_: object, **__: object) -> Any:
        """What a seam is given that fails."""
        raise self._defect

    def at(self, owner: object, name: str, meant: Callable[..., bool] = lambda *_, **__: True) -> None:
        """Breaks the function of that name, for the calls that are meant."""
        real = getattr(owner, name)

        def failing(*args: Any, **others: Any) -> Any:
            return self.fail() if self.broken and meant(*args, **others) else real(*args, **others)

        self.patch.setattr(owner, name, failing)

    def stream(self, descriptor: int | str) -> BinaryIO:
        """What is written to, and closed when the test is over, whatever is left in it."""
        stream = open(descriptor, "wb")  # noqa: PTH123, SIM115 - a descriptor, too

        def close() -> None:
            with contextlib.suppress(OSError):
                stream.close()

        self.closing.callback(close)
        return stream


class Device:
    """A speaker whose callbacks come from a thread of their own, when the test says so."""

    samples: Samples
    lost: Callable[[], None]

    def __init__(self, closes: Callable[[], object] = lambda: None) -> None:
        self.closes = closes

    def __call__(self, samples: Samples, lost: Callable[[], None]) -> CloseSpeaker:
        next(samples)
        self.samples, self.lost = samples, lost
        return self.close

    def close(self) -> None:
        self.closes()

    def pull(self) -> None:
        """It asks for samples."""
        with contextlib.suppress(StopIteration):
            self.samples.send(100)


def in_thread(work: Callable[[], object]) -> None:
    """Does it in a thread of its own, to the end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


class Put(NamedTuple):
    """A defect in its place.

    Attributes:
        name: what the event calls the place.
        words: what the rider reads.
        outlets: those that are asked for.
        provoke: brings the ride to the defect.
        live: with a ticker; its silence would be said first.
    """

    name: str
    words: str
    outlets: tuple[Outlet, ...] = ()
    provoke: Callable[[Riding], object] = lambda _: None
    live: bool = False


def outlet_method(where: str) -> Callable[[Breaker, int], Put]:
    """A method of an outlet."""
    return lambda _breaker, _port: Put(
        "fragile", f"Fragile has failed: ZeroDivisionError: {where}.", (Fragile(where),)
    )


def message(what: str) -> Callable[[Breaker, int], Put]:
    """Making a message for the broker, in the ride's thread."""

    def put(breaker: Breaker, port: int) -> Put:
        breaker.at(encoding, what)
        return Put("mqtt", f"has failed: {DEFECT}. The ride goes on.", (publisher(port),))

    return put


def publisher(port: int, backoff: Backoff = SOON, home_assistant: str | None = None) -> Publisher:
    broker = parse(f"mqtt://127.0.0.1:{port}")
    return Publisher(broker, "anna", backoff=backoff, home_assistant=home_assistant)


def broker_settings(breaker: Breaker, port: int) -> Put:
    """What the connection is made with, in its thread."""
    breaker.at(Broker, "ssl_context")
    return Put("mqtt", f"is away: {DEFECT}. The ride goes on", (publisher(port),))


def broker_greeting(breaker: Breaker, port: int) -> Put:
    """The first that a broker is told."""
    breaker.at(homeassistant, "messages")
    return Put("mqtt", f"is away: {DEFECT}. The ride goes on", (publisher(port, home_assistant="ha"),))


def broker_answers(breaker: Breaker, port: int) -> Put:
    """Reading what comes from a broker: connected again at once, it would be away too briefly to be seen."""
    breaker.at(schema, "ride_of")
    slower = Backoff(first_s=5.0, most_s=5.0)
    return Put("mqtt", f"is away: {DEFECT}. The ride goes on", (publisher(port, backoff=slower),))


def views(breaker: Breaker, _port: int) -> Put:
    """The task that hands views to the outlets."""
    breaker.at(companions, "RunState")
    return Put("views", f"What the outlets show has failed: {DEFECT}. The ride goes on.")


def ticker(breaker: Breaker, _port: int) -> Put:
    """The task that counts silent seconds."""
    breaker.patch.setattr(companions, "TICK_S", 0.02)
    breaker.at(companions.Companion, "_take", lambda _self, item: isinstance(item, Tick))
    return Put("ticker", f"The ride's clock has failed: {DEFECT}. The ride goes on.", live=True)


def sound_on(device: Device, bell: Callable[[], None] = lambda: None) -> Sound:
    """Sound on a device that is never asked for so long that it counts as dead, however slow the machine is."""
    return Sound(open_speaker=device, bell=bell, clock=lambda: 0.0)


def no_sound(why: str) -> str:
    return f"No sound: {why}. The terminal's bell rings instead."


def speaker_opening(breaker: Breaker, _port: int) -> Put:
    """The thread that opens the device."""
    return Put("sound", no_sound(DEFECT), (Sound(open_speaker=breaker.fail, bell=lambda: None),))


def speaker_callback(breaker: Breaker, _port: int) -> Put:
    """The audio thread, while it mixes a tone."""
    device = Device()
    sound = sound_on(device)

    def provoke(_: Riding) -> None:
        assert sound.settled.wait(30)
        sound.play(CUE)
        breaker.at(np, "linspace")
        in_thread(device.pull)

    return Put("sound", no_sound(DEFECT), (sound,), provoke)


def speaker_lost(_breaker: Breaker, _port: int) -> Put:
    """The audio thread, when the device goes."""
    device = Device()
    sound = sound_on(device)

    def provoke(_: Riding) -> None:
        assert sound.settled.wait(30)
        in_thread(device.lost)

    return Put("sound", no_sound("the sound device is gone"), (sound,), provoke)


def speaker_closing(breaker: Breaker, _port: int) -> Put:
    """The thread that gives a dead device back, to open another one."""
    device = Device(breaker.fail)
    sound = sound_on(device)

    def provoke(_: Riding) -> None:
        assert sound.settled.wait(30)
        in_thread(device.lost)
        sound.play(CUE)

    return Put("sound", no_sound(DEFECT), (sound,), provoke)


def bell(breaker: Breaker, _port: int) -> Put:
    """The bell, in the ride's thread."""
    device = Device()
    sound = sound_on(device, breaker.fail)

    def provoke(riding: Riding) -> None:
        assert sound.settled.wait(30)
        in_thread(device.lost)
        riding.companion._tell([CUE])

    return Put("sound", f"Sound has failed: {DEFECT}. The ride goes on.", (sound,), provoke)


def voice(breaker: Breaker, _port: int) -> Put:
    """The thread that makes words."""
    return Put(
        "speech", f"No speech, only tones: {DEFECT}.", (Speech(lambda _: None, synthesise=breaker.fail),)
    )


def voice_played(breaker: Breaker, _port: int) -> Put:
    """The same thread, when it hands words to the device."""
    speech = Speech(breaker.fail, synthesise=lambda *_: np.zeros(100, np.float32))
    return Put("speech", f"No speech, only tones: {DEFECT}.", (speech,), lambda _: speech.event(CUE))


def reader_gone(breaker: Breaker, _port: int) -> Put:
    """The pipe of the program that reads the events."""
    reading, writing = os.pipe()
    os.close(reading)
    words = "No more events are written: the program that read them is gone."
    return Put("events", words, (JsonLines(breaker.stream(writing)),))


def disk_full(breaker: Breaker, _port: int) -> Put:
    """The disk that the events are written to."""
    words = "Events has failed: events cannot be written: No space left on device. The ride goes on."
    return Put("events", words, (JsonLines(breaker.stream("/dev/full")),))


PLACES: dict[str, Callable[[Breaker, int], Put]] = {
    **{f"an outlet's {x}": outlet_method(x) for x in ("start", "event", "view", "status")},
    **{f"the broker's {x} message": message(x) for x in ("live", "state", "event", "meter")},
    "the broker's settings": broker_settings,
    "the broker's greeting": broker_greeting,
    "the broker's answers": broker_answers,
    "the views": views,
    "the ticker": ticker,
    "the speaker's opening": speaker_opening,
    "the speaker's callback": speaker_callback,
    "the speaker's loss": speaker_lost,
    "the speaker's closing": speaker_closing,
    "the bell": bell,
    "the voice": voice,
    "the voice at the speaker": voice_played,
    "the reader of events": reader_gone,
    "the disk of events": disk_full,
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Of a broker that lets everybody in."""
    with mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        yield broker.port


@pytest.mark.parametrize("place", PLACES)
async def test_what_fails_beside_a_ride_is_told_on_the_screen_and_as_an_event(
    place: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SHOWN_S", math.inf)  # a slow machine does not miss it
    monkeypatch.setattr(live, "_FLASH_REFRESHES", 100_000)
    breaker = Breaker(monkeypatch)
    put = PLACES[place](breaker, port)
    riding = Riding(*put.outlets, live=put.live, monkeypatch=monkeypatch)
    with breaker.closing:
        async with riding.app.run_test(size=(160, 40)) as pilot:
            riding.source.queue.put_nowait(Link(0.0, "connected", "m"))
            riding.ride(SECONDS)
            await riding.source.taken()
            put.provoke(riding)
            await riding.until(pilot, lambda: put.words in riding.screen())
            await riding.until(pilot, riding.changes)
            changes = riding.changes()
            assert {(x["name"], x["state"]) for x in changes} >= {(put.name, "failed")}
            assert [x["reason"] for x in changes if x["state"] == "failed"][-1] in put.words
            assert "recording" in riding.screen()
            assert not riding.companion.status().finished, "the ride goes on"
            breaker.broken = False
            recorded = await riding.recorded()
    assert sum(isinstance(x, Notification) for x in recorded) == SECONDS


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_recorder_that_fails_is_told_on_the_screen_and_as_an_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Breaker(monkeypatch).at(RideWriter, "write")
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        words = "Not recording: the recorder stopped; the ride is no longer kept."
        await riding.until(pilot, lambda: words in riding.screen())
        await riding.until(pilot, riding.changes)
        (change,) = riding.changes()
        assert (change["name"], change["state"]) == ("recording", "failed")
        assert change["reason"] == "the recorder stopped; the ride is no longer kept"
        assert not riding.companion.status().finished, "the ride goes on"
        await riding.companion.finish()


async def test_a_disk_that_is_full_for_a_while_is_told_as_an_event_until_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaker = Breaker(monkeypatch, sqlite3.OperationalError("database or disk is full"))
    breaker.at(RideWriter, "write")
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        await riding.until(pilot, lambda: "Not recording: " in riding.screen())
        await riding.until(pilot, riding.changes)
        breaker.broken = False
        await riding.until(pilot, lambda: len(riding.changes()) == 2)
        assert [(x["name"], x["state"]) for x in riding.changes()] == [
            ("recording", "failed"),
            ("recording", "back"),
        ]
        await riding.until(pilot, lambda: "● recording" in riding.screen())
        assert sum(isinstance(x, Notification) for x in await riding.recorded()) == SECONDS


async def test_an_outlet_that_fails_at_its_end_is_told_in_the_summary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    riding = Riding(Fragile("close"), monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        await riding.source.taken()
        await pilot.press("q", "enter")
        await riding.until(pilot, lambda: "Fragile has failed: ZeroDivisionError: close." in riding.screen())
    assert [(x["name"], x["state"]) for x in riding.changes()] == [("fragile", "failed")]
    assert sum(isinstance(x, Notification) for x in await riding.recorded()) == SECONDS


@pytest.mark.parametrize(("step", "ftp_w"), [("_prepare", 180.0), ("_learn", 220.0)])
async def test_a_setup_that_fails_costs_no_ride_and_is_told(
    step: str, ftp_w: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    riding = Riding(monkeypatch=monkeypatch)
    monkeypatch.setattr(riding.companion, step, Breaker(monkeypatch).fail)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        words = f"The ride's setup has failed: {DEFECT}. The ride goes on."
        await riding.until(pilot, lambda: words in riding.screen())
        (change,) = riding.changes()
        assert (change["name"], change["state"], change["reason"]) == ("setup", "failed", DEFECT)
        assert riding.told == [words]
        assert riding.companion._ride.setup.ftp_w == ftp_w, "what could be set up holds"
        assert not riding.companion.status().finished, "the ride goes on"
        assert sum(isinstance(x, Notification) for x in await riding.recorded()) == SECONDS


@pytest.mark.parametrize("first", [True, False], ids=["never", "no more"])
async def test_a_ride_that_cannot_be_viewed_goes_on_and_is_told(
    first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first:
        Breaker(monkeypatch).at(Ride, "view")
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        await riding.source.taken()
        if not first:
            assert riding.companion.view().counts.notifications == SECONDS
            Breaker(monkeypatch).at(Ride, "view")
        await riding.until(pilot, lambda: f"What the outlets show has failed: {DEFECT}." in riding.screen())
        await pilot.press("space")
        assert [(x["name"], x["state"]) for x in riding.changes()] == [("views", "failed")]
        assert riding.companion.view().counts.notifications == (0 if first else SECONDS)
        assert not riding.companion.status().finished, "the ride goes on"
        await pilot.press("q", "enter")
        await riding.until(pilot, lambda: isinstance(riding.app.screen, SummaryScreen))
        assert not riding.app.problem
    assert sum(isinstance(x, Notification) for x in await riding.recorded()) == SECONDS


async def test_what_fails_at_the_very_end_does_not_keep_the_recorder_from_closing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    riding = Riding(monkeypatch=monkeypatch)
    riding.ride(SECONDS)
    riding.source.queue.put_nowait(None)
    await riding.companion.run()
    Breaker(monkeypatch).at(companions, "RunState")
    with pytest.raises(ZeroDivisionError):
        await riding.companion.finish()
    with Library() as library:
        assert library.find("last").state == "done"
        assert len(list(library.inputs(library.find("last")))) == SECONDS
