"""What fails beside a ride: told once, on the screen and as an event, tried again, and no harm to the ride."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from legbal.app import companion as companions
from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.app.supervisor import Change, Supervisor
from legbal.library.rides import Library
from legbal.outlets import Backoff, Outlet, OutletStatus, RideAccess, RunState
from legbal.outlets.audio import CloseSpeaker, Samples
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.outlets.sound import Sound
from legbal.outlets.speech import Speech
from legbal.ride.events import Cue, Event
from legbal.ride.inputs import Input, Link, Notification, Setup, Tick
from legbal.ride.meter import Meter
from legbal.ride.view import RideView
from legbal.tui.app import RideApp
from tests.app.test_companion import PACKET, Scripted, prepare
from tests.brokers.mosquitto import free_port
from tests.outlets.access import Access
from tests.ride.test_faults import Defect
from tests.tui.seen import painted, text

SOON = Backoff(first_s=0.01, most_s=0.01)


class Fragile(Outlet):
    """An outlet that fails where the test says, until it is mended."""

    name, title, audible = "fragile", "Fragile", False

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.taken: list[str] = []

    @property
    def status(self) -> OutletStatus:
        self._take("status")
        return OutletStatus("on")

    def start(self, _ride: RideAccess) -> None:
        self._take("start")

    def event(self, _event: Event) -> None:
        self._take("event")

    def view(self, _view: RideView, _run: RunState) -> None:
        self._take("view")

    def close(self) -> None:
        self._take("close")

    def _take(self, what: str) -> None:
        if what in self.broken:
            raise ZeroDivisionError(what)
        self.taken.append(what)


class Riding:
    """A ride with an outlet under test, its events, what is told, and its screen."""

    def __init__(self, *outlets: Outlet, live: bool = False, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(companions, "VIEW_S", 0.01)
        monkeypatch.setattr("legbal.app.supervisor.Backoff", lambda: SOON)
        monkeypatch.setattr("legbal.app.supervisor.SHOWN_S", 0.6)  # the screen looks four times a second
        self.source, self.written, self.told = Scripted(), io.BytesIO(), list[str]()
        self.kept = RideRecording("ride", complain=print)
        self.companion = Companion(
            self.source,
            prepare,
            name="Bluetooth",
            live=live,
            initial=Setup(ftp_w=180.0),
            record=self.kept.record,
            outlets=[*outlets, JsonLines(self.written)],
            tell=self.told.append,
        )
        self.app = RideApp(self.companion)

    def changes(self) -> list[dict[str, Any]]:
        """The `outlet` events so far."""
        events = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [event for event in events if event["event"] == "outlet"]

    def screen(self) -> str:
        """All that the screen shows, on one line."""
        return " ".join(painted(self.app).split())

    async def until(self, pilot: Pilot[None], holds: Callable[[], object]) -> None:
        """Waits for it, a minute at most."""
        async with asyncio.timeout(60):
            while not holds():
                await pilot.pause(0.01)

    def ride(self, seconds: int = 5) -> None:
        """The meter sends."""
        for second in range(seconds):
            self.source.queue.put_nowait(Notification(float(second), PACKET, "2a63", "m"))

    async def recorded(self) -> list[Input]:
        """What the library holds, once the ride is over."""
        await self.companion.finish()
        with Library() as library:
            return [x for x in library.inputs(library.find("last")) if not isinstance(x, Tick)]


@pytest.mark.parametrize("where", ["start", "event", "view", "status"])
async def test_an_outlet_that_fails_is_told_once_and_the_ride_is_whole(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fragile = Fragile(where)
    riding = Riding(fragile, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride()
        await riding.source.taken()
        await riding.until(pilot, riding.changes)
        reason = f"ZeroDivisionError: {where}"
        await riding.until(
            pilot, lambda: f"Fragile has failed: {reason}. The ride goes on." in riding.screen()
        )
        await pilot.pause(0.1)  # it is tried again, and nothing more is said
        (change,) = riding.changes()
        assert (change["name"], change["state"], change["reason"]) == ("fragile", "failed", reason)
        fragile.broken.clear()
        await riding.until(pilot, lambda: len(riding.changes()) == 2)
        assert riding.changes()[1]["state"] == "back"
        assert riding.told == [f"Fragile has failed: {reason}. The ride goes on.", "Fragile works again."]
        await riding.until(pilot, lambda: "Fragile has failed" not in riding.screen())
        assert sum(isinstance(x, Notification) for x in await riding.recorded()) == 5


async def test_an_outlet_that_fails_at_its_end_does_not_keep_the_ride_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    riding = Riding(Fragile("close"), monkeypatch=monkeypatch)
    riding.ride()
    riding.source.queue.put_nowait(None)
    await riding.companion.run()
    assert len(await riding.recorded()) == 5
    assert riding.told == ["Fragile has failed: ZeroDivisionError: close. The ride goes on."]


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
        await riding.until(pilot, lambda: "is away: ZeroDivisionError: no context" in riding.screen())
        await riding.until(pilot, lambda: len(tries) > 2)
        assert len([x for x in riding.changes() if x["name"] == "mqtt"]) == 1
        assert len(await riding.recorded()) == 5


async def test_a_ticker_that_fails_is_told_and_ticks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "TICK_S", 0.02)
    riding = Riding(live=True, monkeypatch=monkeypatch)
    take, failed = riding.companion._take, list[Input]()

    def fails_once(item: Input) -> None:
        if isinstance(item, Tick) and not failed:
            failed.append(item)
            raise ZeroDivisionError("tick")
        take(item)

    monkeypatch.setattr(riding.companion, "_take", fails_once)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(1)
        await riding.until(pilot, lambda: len(riding.changes()) == 2)
        assert [(x["name"], x["state"]) for x in riding.changes()] == [
            ("ticker", "failed"),
            ("ticker", "back"),
        ]
        assert riding.told[0] == "The ride's clock has failed: ZeroDivisionError: tick. The ride goes on."
        await riding.until(pilot, lambda: riding.companion.view().t > 0)
        await riding.recorded()


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


def test_each_outage_is_told_once_whatever_its_reason_and_the_next_is_tried_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, tries, reported = 0, list[int](), list[Change]()

    class Port(Outlet):
        name, title, broken = "port", "Port", False

        def event(self, _event: Event) -> None:
            if self.broken:
                tries.append(now)
                raise OSError(f"port {now} is taken")

    monkeypatch.setattr("legbal.app.supervisor.time", SimpleNamespace(monotonic=lambda: now))
    port = Port()
    beside = Supervisor([port], lambda _name, change, _status: reported.append(change))
    beside.start(Access())
    for begin in (0, 7200):
        for now in range(begin, begin + 3600):
            port.broken = now < begin + 600
            beside.event(Cue(float(now), "alert", "left"))
    assert reported == ["failed", "back"] * 2
    first = [t for t in tries if t < 7200]
    assert 10 <= len(first) <= 60
    assert [t - 7200 for t in tries if 7200 <= t < 7204][:2] == [0, 1], "no wait is left of the first outage"


def test_a_muted_outlet_neither_fails_nor_works_again_until_it_is_to_be_heard() -> None:
    class Horn(Outlet):
        name, title, audible = "horn", "Horn", True
        muted = True

        @property
        def status(self) -> OutletStatus:
            return OutletStatus("muted" if self.muted else "bell", "no device", "No horn: no device.")

    horn, reported = Horn(), list[tuple[str, str]]()
    beside = Supervisor([horn], lambda _name, change, status: reported.append((change, status.text)))
    beside.start(Access())
    beside.look()
    assert reported == []
    for muted in (False, True, False):
        horn.muted = muted
        beside.event(Cue(0.0, "alert", "left"))
        beside.look()
    assert reported == [("failed", "No horn: no device.")]


def test_a_closed_outlet_tells_no_failure() -> None:
    class Horn(Outlet):
        name, title, audible = "horn", "Horn", True
        _status = OutletStatus("off", "no device", "No horn: no device.")

    reported = list[str]()
    beside = Supervisor([Horn()], lambda _name, _change, status: reported.append(status.text))
    beside.start(Access())
    beside.look()
    assert reported == []


async def test_a_fault_of_the_fold_gives_way_to_what_fails_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companions, "SHOWN_S", 0.05)
    Defect(Meter, "read", at=3).put(monkeypatch)
    fragile = Fragile()
    riding = Riding(fragile, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(80, 24)) as pilot:
        riding.ride(6)
        await riding.until(pilot, lambda: b'"fault"' in riding.written.getvalue())
        fragile.broken = {"view"}
        await riding.until(pilot, lambda: "Fragile has failed" in riding.screen())
        await riding.companion.finish()


async def test_of_two_that_are_heard_both_say_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    bell, voice = Fragile("view"), Fragile("view")
    bell.audible = voice.audible = True
    voice.title = "Voice"
    riding = Riding(bell, voice, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(160, 40)) as pilot:
        riding.ride()
        await riding.until(pilot, lambda: "Voice has failed" in riding.companion.status().sound_text)
        assert "Fragile has failed" in riding.companion.status().sound_text
        await riding.companion.finish()


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


@pytest.mark.parametrize("rssi", [127, -127, 0, None, -300, 2**40])
async def test_whatever_signal_strength_a_platform_says_passes(rssi: int | None) -> None:
    from legbal.outlets.mqtt import encoding, schema
    from legbal.ride.ride import Ride

    ride = Ride(Setup())
    ride.feed(Link(0.0, "connected", "m", rssi=rssi))
    said = encoding.live(ride.view(), RunState(), id="x", sent=1.0)
    assert schema.read(schema.Live, said).links[0].rssi == rssi


@pytest.mark.parametrize(
    ("rssi", "bars"), [(127, ""), (-127, "▂ "), (0, "▂▄▆█ "), (None, ""), (-300, "▂ "), (2**40, "▂▄▆█ ")]
)
async def test_whatever_signal_strength_is_recorded_and_shown(
    rssi: int | None, bars: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(160, 40)) as pilot:
        riding.source.queue.put_nowait(Link(0.0, "connected", "m", rssi=rssi))
        riding.source.queue.put_nowait(Notification(0.0, bytes([80]), "2a19", "m"))
        riding.ride()
        await riding.until(pilot, lambda: f" {bars}battery 80 %" in riding.screen())
        assert ("▂" in text(riding.app, "header")) == bool(bars)
        first, *_ = await riding.recorded()
        assert isinstance(first, Link)
        assert first.rssi == rssi
