"""Each place that runs beside a ride, broken: in words on the screen, as an event, and the ride is whole."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator

import pytest

from legbal.app import companion as companions
from legbal.app import ride_values, supervisor
from legbal.library.rides import Library
from legbal.library.writer import RideWriter
from legbal.present.remarks import remark
from legbal.ride.inputs import Link, Notification
from legbal.ride.statistics import RideStatistics
from legbal.tui.screens import live
from legbal.tui.screens.ride import SummaryScreen
from tests.app.breaking import DEFECT, PLACES, SECONDS, Breaker
from tests.app.riding import Fragile, Riding
from tests.brokers.mosquitto import mosquitto


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


@pytest.mark.parametrize(("step", "ftp_w"), [("_prepare", 180.0), ("_learn", 220.0), ("Ride", 180.0)])
async def test_a_setup_that_fails_costs_no_ride_and_is_told(
    step: str, ftp_w: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    riding = Riding(monkeypatch=monkeypatch)
    breaker = Breaker(monkeypatch)
    if step == "Ride":
        breaker.at(companions, step, lambda setup: setup.ftp_w == 220.0)
    else:
        breaker.at(riding.companion, step)
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
        Breaker(monkeypatch).at(RideStatistics, "bands")
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(SECONDS)
        await riding.source.taken()
        if not first:
            assert riding.companion.view().counts.notifications == SECONDS
            Breaker(monkeypatch).at(RideStatistics, "bands")
        words = "The numbers of this ride cannot be worked out. Its packets are recorded."
        await riding.until(pilot, lambda: remark(riding.companion.view().limits[0]) == words)
        await pilot.press("space")
        await riding.until(pilot, lambda: words in riding.screen())
        assert riding.companion.view().counts.notifications == 0, "no numbers that are over"
        (fault,) = (
            x for x in map(json.loads, riding.written.getvalue().splitlines()) if x["event"] == "fault"
        )
        assert (fault["code"], fault["error"]) == ("failed_view", "ZeroDivisionError")
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


@pytest.mark.parametrize(("owner", "name"), [(ride_values, "keep_summary"), (RideStatistics, "bands")])
async def test_a_summary_that_a_defect_prevents_is_told_and_the_ride_is_kept(
    owner: object, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    riding = Riding(keep=True, monkeypatch=monkeypatch)
    Breaker(monkeypatch).at(owner, name)
    riding.ride(SECONDS)
    riding.source.queue.put_nowait(None)
    await riding.companion.run()
    await riding.companion.finish()
    assert f"the ride's summary could not be saved: {DEFECT}" in capsys.readouterr().out
    with Library() as library:
        assert library.find("last").state == "done"
        assert len(list(library.inputs(library.find("last")))) == SECONDS
