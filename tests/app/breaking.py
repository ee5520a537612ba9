"""Places beside a ride, each with a way to break it: in its real thread, pipe or broker."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pytest

from legbal.app import companion as companions
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
from legbal.ride.inputs import Tick
from tests.app.riding import SOON, Fragile, Riding

DEFECT = "ZeroDivisionError: defect"
CUE = Cue(1.0, "alert", "left")
SECONDS = 5  # of the ride


class Breaker:
    """Breaks code until it is mended."""

    def __init__(self, patch: pytest.MonkeyPatch, defect: Exception | None = None) -> None:
        self.patch, self.broken = patch, True
        self.defect = defect or ZeroDivisionError("defect")
        self.closing = contextlib.ExitStack()

    def fail(self, *_: object, **__: object) -> Any:
        """What a seam is given that fails."""
        raise self.defect

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
    return Put("mqtt", f": {DEFECT}. The ride goes on", (publisher(port),))


def broker_greeting(breaker: Breaker, port: int) -> Put:
    """The first that a broker is told."""
    breaker.at(homeassistant, "messages")
    return Put("mqtt", f": {DEFECT}. The ride goes on", (publisher(port, home_assistant="ha"),))


def broker_answers(breaker: Breaker, port: int) -> Put:
    """Reading what comes from a broker: connected again at once, it would be away too briefly to be seen."""
    breaker.at(schema, "ride_of")
    slower = Backoff(first_s=5.0, most_s=5.0)
    return Put("mqtt", f": {DEFECT}. The ride goes on", (publisher(port, backoff=slower),))


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


def recorder(breaker: Breaker, _port: int) -> Put:
    """The thread that writes the ride."""
    breaker.at(RideWriter, "write")
    return Put("recording", f"Not recording: {DEFECT}.")


def recorder_thread(breaker: Breaker, _port: int) -> Put:
    """A system that gives the recorder no thread."""
    breaker.at(threading.Thread, "start", lambda thread: thread.name == "legbal recorder")
    breaker.defect = RuntimeError("can't start new thread")
    return Put("recording", "Not recording: RuntimeError: can't start new thread.")


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
    "the recorder": recorder,
    "the recorder's thread": recorder_thread,
}
