"""A defect of the fold, from one input that it cannot use, through the companion, to what the rider reads."""

from __future__ import annotations

import json

import pytest

from legbal.ride.inputs import Notification
from legbal.ride.meter import Meter
from legbal.tui.render import bar, glance, trace
from legbal.tui.screens import live
from tests.app.breaking import Breaker
from tests.app.riding import Riding
from tests.ride.test_faults import Defect


async def test_a_packet_that_the_fold_cannot_use_is_told_on_the_screen_and_the_ride_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Defect(Meter, "read", at=3).put(monkeypatch)
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(6)
        told = "One packet could not be used. The ride is recorded and goes on."
        await riding.until(pilot, lambda: told in riding.screen())
        await riding.until(pilot, lambda: riding.companion.view().t == 5.0)
        assert "recording" in riding.screen()
        assert sum(isinstance(item, Notification) for item in await riding.recorded()) == 6
    assert riding.told == [told]
    lines = [json.loads(line) for line in riding.written.getvalue().splitlines()]
    (fault,) = (line for line in lines if line["event"] == "fault")
    assert (fault["code"], fault["error"]) == ("unusable_input", "KeyError")


@pytest.mark.parametrize(
    ("owner", "name"), [(bar, "draw"), (trace, "draw"), (glance, "draw"), (live, "draw_header")]
)
async def test_a_drawing_that_fails_is_told_and_the_ride_goes_on(
    owner: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker(monkeypatch)
    breaker.at(owner, name)
    riding = Riding(monkeypatch=monkeypatch)
    async with riding.app.run_test(size=(120, 40)) as pilot:
        riding.ride(3)
        told = "A drawing has failed: ZeroDivisionError: defect. The ride goes on."
        await riding.until(pilot, lambda: told in riding.screen())
        await pilot.resize_terminal(100, 30)  # at which the toolkit asks for the drawings itself
        await riding.until(pilot, lambda: told in riding.screen())
        riding.ride(3)
        await riding.source.taken()
        assert not riding.companion.status().finished, "the ride goes on"
        breaker.broken = False
        await riding.until(pilot, lambda: told not in riding.screen())
        assert sum(isinstance(item, Notification) for item in await riding.recorded()) == 6
