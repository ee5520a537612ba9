"""The outlet that keeps the computer awake: what it holds and tells, with a system of the test's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from legbal.app import inhibition, keep_awake
from legbal.app.companion import Companion
from legbal.app.inhibition import Inhibition
from legbal.app.keep_awake import KeepAwake
from legbal.app.ride_outlets import outlets_of
from legbal.config import Settings
from legbal.outlets import OutletStatus, RunState
from tests.app.riding import Riding
from tests.app.scripted import Scripted, prepare
from tests.tui.views import ride as view

PATIENCE_S = 30.0  # for so long a test waits at most


class System:
    """What the system answers, and whether something is held of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer = Inhibition("on", "", ("fake",))
        self.answering, self.taken, self.given_back = threading.Event(), threading.Event(), threading.Event()
        self.answering.set()
        self.fault: Exception | None = None
        monkeypatch.setattr(inhibition, "inhibition", self._inhibition)

    @contextmanager
    def _inhibition(self) -> Iterator[Inhibition]:
        assert self.answering.wait(PATIENCE_S)
        if self.fault is not None:
            raise self.fault
        self.taken.set()
        yield self.answer
        self.given_back.set()


class Observed(KeepAwake):
    """One of which a test waits for what the system answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def _become(self, status: OutletStatus) -> None:
        super()._become(status)
        self.answered.set()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


async def happens(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, PATIENCE_S)


def companion(source: Scripted, told: list[str], outlet: KeepAwake) -> Companion:
    return Companion(source, prepare, name="Bluetooth", live=False, outlets=[outlet], tell=told.append)


async def test_it_is_held_while_a_ride_runs_and_given_back_when_that_is_closed(system: System) -> None:
    told = list[str]()
    ride = companion(Scripted(), told, KeepAwake())
    running = asyncio.create_task(ride.run())
    await happens(system.taken)
    await ride.finish()
    assert system.given_back.is_set()
    assert running.cancelled()
    assert told == []


async def test_the_header_has_its_word_for_as_long_as_it_is_held(system: System) -> None:
    outlet = Observed()
    ride = companion(Scripted(), [], outlet)
    assert ride.status().headers == ()
    running = asyncio.create_task(ride.run())
    await happens(system.taken)
    await happens(outlet.answered)
    assert ride.status().headers == (OutletStatus("on", header="awake"),)
    await ride.finish()
    assert ride.status().headers == ()
    assert running.done()


async def test_a_ride_whose_source_has_ended_keeps_nothing_awake(system: System) -> None:
    """The rider may leave its screen as it is."""
    source = Scripted()
    ride = companion(source, [], KeepAwake())
    running = asyncio.create_task(ride.run())
    await happens(system.taken)
    source.queue.put_nowait(None)
    await running
    await happens(system.given_back)
    await ride.finish()


async def test_a_ride_that_fails_gives_it_back(system: System) -> None:
    source = Scripted()
    ride = companion(source, [], KeepAwake())
    running = asyncio.create_task(ride.run())
    await happens(system.taken)
    source.queue.put_nowait(ZeroDivisionError("a defect"))
    with pytest.raises(ZeroDivisionError):
        await running
    await happens(system.given_back)


@pytest.mark.parametrize(
    ("state", "word", "sentence"),
    [
        ("sleep", "may sleep", "The computer may sleep while you ride: no. "),
        ("blank", "may blank", "The screen may go dark while you ride: no. "),
    ],
)
async def test_a_refusal_is_told_once_and_its_word_stays(
    system: System, monkeypatch: pytest.MonkeyPatch, state: inhibition.State, word: str, sentence: str
) -> None:
    system.answer = Inhibition(state, "no", ())
    outlet = KeepAwake()
    riding = Riding(outlet, monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        await riding.until(pilot, lambda: riding.told)
        riding.ride()
        await riding.until(pilot, lambda: sentence in riding.screen())
        outlet._shown_until = 0.0  # the time for it is over
        await riding.until(pilot, lambda: sentence not in riding.screen())
        assert word in riding.screen()
        await riding.companion.finish()
    assert [x.startswith(sentence) for x in riding.told] == [True]
    assert [(x["name"], x["state"], x["reason"]) for x in riding.changes()] == [("awake", "failed", "no")]


async def test_what_fails_with_it_is_told_as_a_refusal(system: System) -> None:
    system.fault = RuntimeError("no such method")
    told = list[str]()
    ride = companion(Scripted(), told, outlet := Observed())
    running = asyncio.create_task(ride.run())
    await happens(outlet.answered)
    await ride.finish()
    assert running.done()
    assert outlet.status.header == "may sleep"
    assert "RuntimeError: no such method" in outlet.status.reason


async def test_a_system_that_does_not_answer_is_not_waited_for(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_awake, "_CLOSING_S", 0.01)
    system.answering.clear()
    ride = companion(Scripted(), [], KeepAwake())
    running = asyncio.create_task(ride.run())
    await asyncio.sleep(0)
    await ride.finish()
    assert running.done()
    assert not system.taken.is_set()
    system.answering.set()  # too late: it is given back at once
    await happens(system.given_back)


async def test_a_fault_after_the_end_is_nobodys_business(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_awake, "_CLOSING_S", 0.01)
    system.answering.clear()
    system.fault = RuntimeError("gone")
    outlet = KeepAwake()
    ride = companion(Scripted(), told := list[str](), outlet)
    running = asyncio.create_task(ride.run())
    await asyncio.sleep(0)
    await ride.finish()
    system.answering.set()
    await asyncio.to_thread(outlet._thread.join, PATIENCE_S)
    assert running.done()
    assert (told, outlet.status) == ([], OutletStatus("off"))


def test_before_it_has_begun_there_is_nothing_to_end() -> None:
    outlet = KeepAwake()
    outlet.view(view(), RunState())
    outlet.close()
    assert outlet.status == OutletStatus("off")


def test_who_rides_or_watches_is_kept_awake_for_unless_that_is_off() -> None:
    for live, watched, awake in ((True, False, True), (False, True, True), (False, False, False)):
        for setting in (True, False):
            outlets = outlets_of(Settings(awake=setting), {}, audible=False, live=live, watched=watched)
            assert any(isinstance(x, KeepAwake) for x in outlets) == (awake and setting)
