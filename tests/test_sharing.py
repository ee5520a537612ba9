"""A ride that is shared: the broker may come and go, the recording is whole; commands become marks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from legbal.app.checks import QUESTIONS
from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.app.meters import profiles
from legbal.app.question import Check
from legbal.app.ride_outlets import broker_of, outlets_of
from legbal.cli import legbal
from legbal.config import Mqtt, Settings
from legbal.errors import UsageError
from legbal.library.rides import Library
from legbal.outlets.mqtt.broker import parse
from legbal.outlets.mqtt.publisher import Publisher
from legbal.ride.inputs import Input, Mark, Notification, Setup, Tick
from legbal.ride.ride import fold
from legbal.sources.simulator import demo
from tests.app.scripted import PACKET, Scripted
from tests.brokers.ear import ear
from tests.brokers.mosquitto import free_port, mosquitto
from tests.outlets.access import Sayings
from tests.outlets.mqtt.publishing import SOON

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")


def prepare(_inputs: Sequence[Input]) -> Setup:
    return Setup(profile=ASSIOMA, ftp_w=220.0)


def test_a_certificate_is_looked_for_at_home_or_beside_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "anna"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "anna"))
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "settings"))
    named = Mqtt(url="mqtts://h", ca="ca.pem", certificate="~/client.pem", key=str(tmp_path / "client.key"))
    credentials = broker_of(named).credentials
    assert credentials.ca == str(tmp_path / "settings" / "ca.pem")
    assert credentials.certificate == str(tmp_path / "anna" / "client.pem")
    assert credentials.key == str(tmp_path / "client.key")


async def test_a_broker_that_dies_and_comes_back_takes_nothing_from_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("legbal.app.companion.VIEW_S", 0.01)
    ridden = list(demo(ASSIOMA, 1, seconds=650, speed=None).timeline())
    third = len(ridden) // 3
    source, kept, teller = Scripted(), RideRecording("demo", "Demonstration", complain=print), Sayings()
    with mosquitto(tmp_path) as broker:
        publisher = Publisher(parse(broker.url), "anna", backoff=SOON)
        companion = Companion(
            source,
            prepare,
            name="demo",
            live=False,
            record=kept.record,
            keep=kept.keep,
            outlets=[publisher],
            tell=teller,
        )
        running = asyncio.create_task(companion.run())
        async with ear(broker.port) as listening:
            for item in ridden[:third]:
                source.queue.put_nowait(item)
            await source.taken()
            await listening.hears("legbal/anna/state", lambda x: x.fields["t"] > 100)
        broker.kill()
        await teller.tells("No connection to")
        for item in ridden[third : 2 * third]:
            source.queue.put_nowait(item)
        await source.taken()
        assert companion.status().trouble.startswith(f"No connection to {broker.url}")
        broker.start()
        await teller.tells("works again")
        for item in ridden[2 * third :]:
            source.queue.put_nowait(item)
        source.queue.put_nowait(None)
        await running
        assert companion.status().trouble == ""
        async with ear(broker.port) as listening:
            view = await companion.finish()
            last = await listening.hears("legbal/anna/live", lambda x: x.fields["finished"])
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"offline")
    assert last.fields["t"] == pytest.approx(view.t, abs=0.001)
    with Library() as library:
        ride = library.find("last")
        inputs = list(library.inputs(ride))
        assert inputs == ridden
        _, again = fold(library.setup(ride), inputs)
    assert again.told == view.told


async def test_every_event_of_a_ride_is_published_in_order(tmp_path: Path) -> None:
    source = demo(ASSIOMA, 1, seconds=650, speed=None)
    with mosquitto(tmp_path) as broker:
        async with ear(broker.port) as listening:
            publisher = Publisher(parse(broker.url), "anna", backoff=SOON)
            companion = Companion(source, prepare, name="demo", live=False, outlets=[publisher])
            await companion.run()
            await companion.finish()
            await listening.hears("legbal/anna/status", lambda x: x.payload == b"offline")
            told = [x.fields for x in listening.all if x.topic == "legbal/anna/event"]
    events, _ = fold(prepare([]), list(source.timeline()))
    assert [(x["event"], x["t"]) for x in told][-len(events) // 2 :] == [
        (event.__struct_config__.tag, round(event.t, 3)) for event in events
    ][-len(events) // 2 :]


async def test_a_lap_and_a_note_from_elsewhere_are_marks_of_the_ride(tmp_path: Path) -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    with mosquitto(tmp_path) as broker:
        publisher = Publisher(parse(broker.url), "anna", commands=True, backoff=SOON)
        companion = Companion(
            source, prepare, name="Bluetooth", live=False, record=kept.record, outlets=[publisher]
        )
        running = asyncio.create_task(companion.run())
        source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
        await source.taken()
        async with ear(broker.port) as listening:
            await listening.hears("legbal/anna/live")
            await listening.say("legbal/anna/command", b'{"command":"note","text":"left knee"}')
            await listening.say("legbal/anna/command", b'{"command":"lap"}')
            await listening.hears("legbal/anna/event", lambda x: x.fields["event"] == "lap")
            source.queue.put_nowait(None)
            await running
            view = await companion.finish()
    assert view.notes == ((2.0, "left knee"),)
    with Library() as library:
        inputs = [x for x in library.inputs(library.find("last")) if not isinstance(x, Tick)]
    assert inputs[1:] == [Mark(2.0, "note", "left knee"), Mark(2.0, "lap")]


def test_a_live_ride_is_published_by_settings_a_replay_only_when_it_is_typed() -> None:
    def publishers(settings: Settings, options: dict[str, object], *, live: bool) -> int:
        outlets = outlets_of(settings, options, audible=False, live=live)
        return sum(isinstance(x, Publisher) for x in outlets)

    settings = Settings(mqtt=Mqtt(url="mqtt://h"))
    assert publishers(settings, {}, live=True) == 1
    assert publishers(settings, {}, live=False) == 0
    assert publishers(settings, {"mqtt_url": "mqtt://h"}, live=False) == 1
    assert publishers(Settings(), {}, live=True) == 0


def test_credentials_come_from_the_settings_and_go_to_the_broker_that_is_typed() -> None:
    mqtt = Mqtt(url="mqtt://one", username="me", password="geheim")
    broker = broker_of(mqtt, "mqtts://other")
    assert (str(broker), broker.credentials.username, broker.credentials.password) == (
        "mqtts://other",
        "me",
        "geheim",
    )
    with pytest.raises(UsageError, match="No broker is named"):
        broker_of(Mqtt())


@pytest.mark.parametrize("command", [("demo", "--mqtt"), ("replay", "x", "--mqtt"), ("follow",), ("coach",)])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(command: tuple[str, ...]) -> None:
    done = CliRunner().invoke(legbal, [*command, "mqtt://me:geheim@h"])
    assert isinstance(done.exception, UsageError)
    assert "geheim" not in f"{done.output} {done.exception} {done.exception.hint}"
    assert "LEGBAL_MQTT_PASSWORD" in str(done.exception.hint)


def test_the_demonstration_with_a_broker_that_is_away_ends_well() -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    done = CliRunner().invoke(
        legbal, ["demo", "--headless", "--speed", "max", "--seconds", "30", "--no-sound", "--mqtt", url]
    )
    assert done.exit_code == 0, done.output


def test_the_doctor_says_whether_the_broker_lets_us_in(tmp_path: Path) -> None:
    question = next(x for x in QUESTIONS if x.what == "broker")

    def look(settings: Settings) -> Check:
        check = question.check(settings)
        assert check is not None
        return check

    assert look(Settings()).state == "not applicable"
    with mosquitto(tmp_path) as broker:
        check = look(Settings(mqtt=Mqtt(url=broker.url, rider="anna")))
        assert (check.state, check.text) == ("works", f"{broker.url} answers, and lets us in as 'anna'")
    check = look(Settings(mqtt=Mqtt(url=broker.url, rider="anna")))
    assert (check.state, check.needed) == ("fails", False)
    assert "connection refused" in check.text
    wrong = Settings(mqtt=Mqtt(url="mqtt://h", ca="ca.pem"))
    assert "does not use them" in look(wrong).text


@pytest.mark.parametrize("command", ["follow", "coach"])
def test_without_a_terminal_there_is_nothing_to_see(command: str) -> None:
    done = CliRunner().invoke(legbal, [command, "mqtt://127.0.0.1:1", "--no-sound"])
    assert isinstance(done.exception, UsageError)
    assert "no terminal" in str(done.exception)
