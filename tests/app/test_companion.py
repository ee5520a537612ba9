"""A ride runs: the setup is found with the meter, raw comes first, and every end is an orderly one."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from legbal import paths
from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.app.zero_ledger import keep_unridden
from legbal.config.settings import SpeechLanguage
from legbal.errors import BluetoothError
from legbal.library.rides import Library
from legbal.library.zero_offsets import read_zeros
from legbal.outlets.audio import Waveform
from legbal.outlets.jsonlines import JsonLines
from legbal.outlets.speech import Speech
from legbal.ride.events import Event
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup, Tick
from legbal.ride.ride import fold
from legbal.sources.simulator import demo
from tests.app.scripted import ASSIOMA, PACKET, Ears, Scripted, prepare
from tests.outlets.access import drain
from tests.ride.straps import beat


async def test_a_ride_is_heard_recorded_and_summarised() -> None:
    source, ears, kept = (
        demo(ASSIOMA, 1, seconds=650, speed=None),
        Ears(),
        RideRecording("demo", "Demonstration", complain=print),
    )
    companion = Companion(
        source,
        prepare,
        name="demo",
        live=False,
        record=kept.record,
        outlets=[ears],
        keep=kept.keep,
    )
    await companion.run()
    assert companion.status().finished
    view = await companion.finish()
    assert ears.closed
    assert ("alert", "left") in [(cue.sound, cue.side) for cue in ears.heard]
    with Library() as library:
        ride = library.find("last")
        inputs = list(library.inputs(ride))
        assert inputs == list(source.timeline())
        assert library.derived(ride, "summary") is not None
        _, again = fold(library.setup(ride), inputs)
    assert again.ride == view.ride
    assert again.told == view.told


async def test_what_is_heard_is_said_and_each_interval_closes_with_its_shares() -> None:
    said: list[str] = []

    def note(text: str, _language: SpeechLanguage, _rate: int) -> Waveform:
        said.append(text)
        return np.zeros(1, dtype=np.float32)

    ears = Ears()
    speech = Speech(ears.say, synthesise=note)
    source = demo(ASSIOMA, 1, seconds=650, speed=None)
    companion = Companion(source, prepare, name="demo", live=False, outlets=[ears, speech])
    await companion.run()
    ended = [x for x in companion.view().intervals if x.end_s is not None]
    drain(speech)
    await companion.finish()
    spoken = [text for text in said if text.startswith("interval")]
    assert spoken[: len(ended)] == [  # the one that the end closes may still be begun
        f"interval {x.number}: {round(x.share.left_percent)}, {100 - round(x.share.left_percent)}"
        for x in ended
        if x.share.left_percent is not None
    ]
    assert ended
    assert said[:3] == ["left leg", "right leg", "balanced again"]


async def test_until_the_meter_sends_nothing_is_recorded_and_the_search_is_shown() -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    asked: list[Input] = []
    prepared: list[datetime] = []

    def ask(inputs: Sequence[Input]) -> Setup:
        prepared.append(datetime.now(UTC))
        asked.extend(inputs)
        return prepare(inputs)

    companion = Companion(source, ask, name="Bluetooth", live=True, record=kept.record)
    running = asyncio.create_task(companion.run())
    before: list[Input] = [
        Link(0.0, "searching"),
        Link(1.0, "connecting", "ASSIOMA1L"),
        Notification(1.2, b"Assioma", "2a24", "ASSIOMA1L"),
    ]
    for item in before:
        source.queue.put_nowait(item)
    await source.taken()
    assert companion.view().links[-1].state == "connecting"
    assert not companion.status().recording
    with Library() as library:
        assert library.rides() == []
    first = Notification(40.0, PACKET, "2a63", "ASSIOMA1L")
    later = Notification(41.5, PACKET, "2a63", "ASSIOMA1L")
    for sent in (first, later, None):
        source.queue.put_nowait(sent)
    await running
    view = await companion.finish()
    assert asked == [*before, first]
    with Library() as library:
        ride = library.find("last")
        kept_inputs = [x for x in library.inputs(ride) if not isinstance(x, Tick)]
    assert ride.started <= prepared[0]  # for how long the setup took is no part of the ride either
    at_zero = [msgspec.structs.replace(item, t=0.0) for item in (*before, first)]
    assert kept_inputs == [*at_zero, msgspec.structs.replace(later, t=1.5)]
    assert view.t == 1.5  # the search is no part of the ride


async def test_the_time_of_events_never_falls_though_the_ride_begins_after_the_search() -> None:
    source, written = Scripted(), io.BytesIO()
    companion = Companion(source, prepare, name="Bluetooth", live=True, outlets=[JsonLines(written)])
    running = asyncio.create_task(companion.run())
    for item in (
        Link(0.0, "searching"),
        Link(38.0, "connecting", "ASSIOMA1L"),
        Notification(40.0, PACKET, "2a63", "ASSIOMA1L"),
        Link(41.5, "lost", "ASSIOMA1L"),
        None,
    ):
        source.queue.put_nowait(item)
    await running
    await companion.finish()
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    links = [(event["state"], event["t"]) for event in told if event["event"] == "link"]
    assert links == [("searching", 0.0), ("connecting", 0.0), ("lost", 1.5)]


async def test_marks_come_in_between_and_are_recorded() -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    companion = Companion(source, prepare, name="Bluetooth", live=False, record=kept.record)
    running = asyncio.create_task(companion.run())
    source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
    await source.taken()
    assert companion.status().recording
    companion.mark("lap")
    companion.mark("note", "left knee")
    source.queue.put_nowait(None)
    await running
    view = await companion.finish()
    assert view.notes == ((2.0, "left knee"),)
    with Library() as library:
        marks = [x for x in library.inputs(library.find("last")) if isinstance(x, Mark)]
    assert marks == [Mark(2.0, "lap"), Mark(2.0, "note", "left knee")]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["a key", "another thread"])
async def test_marks_are_taken_until_the_ride_is_closed_and_not_any_more(elsewhere: bool) -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    companion = Companion(source, prepare, name="Bluetooth", live=False, record=kept.record)

    async def mark(text: str) -> None:
        if elsewhere:
            await asyncio.to_thread(companion.mark, "note", text)
        else:
            companion.mark("note", text)
        await asyncio.sleep(0)

    source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
    source.queue.put_nowait(None)
    await companion.run()
    await mark("left knee")
    await companion.finish()
    await mark("too late")
    assert companion.view().notes == ((2.0, "left knee"),)
    assert companion.status().lost == 0
    with Library() as library:
        marks = [x for x in library.inputs(library.find("last")) if isinstance(x, Mark)]
    assert marks == [Mark(2.0, "note", "left knee")]


async def test_a_live_source_gets_a_tick_for_every_silent_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legbal.app.companion.TICK_S", 0.02)
    source, seen = Scripted(), asyncio.Event()
    companion = Companion(source, prepare, name="Bluetooth", live=True)
    feed = companion._ride.feed

    def noticed(item: Input) -> list[Event]:
        if isinstance(item, Tick):
            seen.set()
        return feed(item)

    monkeypatch.setattr(companion._ride, "feed", noticed)
    running = asyncio.create_task(companion.run())
    await asyncio.wait_for(seen.wait(), 30)
    source.queue.put_nowait(None)
    await running


async def test_finishing_closes_the_source_in_mid_ride() -> None:
    source = Scripted()
    companion = Companion(source, prepare, name="Bluetooth", live=True)
    running = asyncio.create_task(companion.run())
    source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
    await source.taken()
    await companion.finish()
    assert source.closed
    assert running.done()


async def test_a_source_that_fails_is_told_with_its_hint_and_what_came_is_kept() -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    companion = Companion(source, prepare, name="Bluetooth", live=False, record=kept.record)
    source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
    error = BluetoothError("the adapter is gone", reason="no adapter", hint="Plug it in")
    source.queue.put_nowait(error)
    with pytest.raises(BluetoothError):
        await companion.run()
    assert companion.status().error == "the adapter is gone. Plug it in"
    await companion.finish()
    with Library() as library:
        assert library.find("last").inputs == 1


async def test_what_never_began_leaves_no_ride_behind() -> None:
    source, kept = Scripted(), RideRecording("ride", complain=print)
    companion = Companion(source, prepare, name="Bluetooth", live=False, record=kept.record, keep=kept.keep)
    source.queue.put_nowait(Link(0.0, "searching"))
    source.queue.put_nowait(None)
    await companion.run()
    await companion.finish()
    with Library() as library:
        assert library.rides() == []


@pytest.mark.parametrize("ridden", [False, True])
async def test_what_came_before_a_ride_that_never_began_is_handed_over(ridden: bool) -> None:
    """A zero that was set while the cranks stood: a ride that begins has it among its inputs."""
    source, handed = Scripted(), list[Sequence[Input]]()
    companion = Companion(source, prepare, name="test", live=True, unridden=handed.append)
    zero = Notification(1.0, bytes.fromhex("200c011200"), "2a66", "ASSIOMA")
    await source.queue.put(zero)
    if ridden:
        await source.queue.put(Notification(2.0, PACKET, meter="ASSIOMA"))
    await source.queue.put(None)
    await companion.run()
    await companion.finish()
    assert [[x for x in inputs if not isinstance(x, Tick)] for inputs in handed] == (
        [] if ridden else [[zero]]
    )


def test_a_zero_of_a_ride_that_never_began_is_in_the_ledger_at_its_own_time() -> None:
    now = datetime.now(UTC)
    keep_unridden(
        pytest.fail,
        [
            Notification(0.5, bytes.fromhex("0b020800"), "2a65", "ASSIOMA"),
            Notification(1.0, bytes.fromhex("200c011200"), "2a66", "ASSIOMA"),
            Tick(601.0),
        ],
    )
    (zero,) = read_zeros(paths.library_file())
    assert (zero.meter, zero.offset_raw, zero.measures, zero.origin) == ("ASSIOMA", 18, "force", "set")
    assert 570 < (now - zero.set_at).total_seconds() <= 600


async def test_a_strap_does_not_stand_for_a_meter_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legbal.app.companion.TICK_S", 0.05)
    source = Scripted()
    companion = Companion(source, prepare, name="Bluetooth", live=True)
    running = asyncio.create_task(companion.run())
    source.queue.put_nowait(Notification(2.0, PACKET, "2a63", "m"))
    await source.taken()
    async with asyncio.timeout(30):
        t = 0.0
        while companion.view().t < 0.2:  # moved by ticks alone
            t += 0.01
            source.queue.put_nowait(beat(2.0 + t, 142))
            await asyncio.sleep(0.01)
    assert companion.view().heart_rate_bpm == 142
    source.queue.put_nowait(None)
    await running
