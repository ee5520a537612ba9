"""What fails beside a ride: told once, on the screen and as an event, tried again, and no harm to the ride."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from legbal.app import companion as companions
from legbal.app.supervisor import Change, Supervisor
from legbal.outlets import Outlet, OutletStatus
from legbal.ride.events import Cue, Event
from legbal.ride.inputs import Input, Notification, Tick
from legbal.ride.meter import Meter
from tests.app.riding import Fragile, Riding
from tests.outlets.access import Access
from tests.ride.test_faults import Defect


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
