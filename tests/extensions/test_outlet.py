"""A new outlet is one class: here a lamp with a button, which nothing in legbal names."""

from __future__ import annotations

import io
import json

from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.library.rides import Library
from legbal.outlets import Outlet, OutletStatus, RideAccess, RunState
from legbal.outlets.jsonlines import JsonLines
from legbal.ride.events import Alert, Clear, Event, IntervalEnd
from legbal.ride.inputs import Mark
from legbal.ride.view import RideView
from legbal.sources.simulator import demo
from tests.app.scripted import ASSIOMA, prepare


class Lamp(Outlet):
    """Shines while a leg is down; at the end of an interval its button is pressed. It breaks after two alerts."""

    name, title, audible = "lamp", "The lamp", False

    def __init__(self) -> None:
        self.shone: list[bool] = []
        self.seen_s = 0.0
        self._state = OutletStatus("off")
        self._ride: RideAccess | None = None

    @property
    def status(self) -> OutletStatus:
        return self._state

    def start(self, ride: RideAccess) -> None:
        self._ride, self._state = ride, OutletStatus("on")

    def event(self, event: Event) -> None:
        if isinstance(event, Alert | Clear):
            self.shone.append(isinstance(event, Alert))
            if self.shone == [True, False, True]:
                raise OSError("the bulb is gone")
        elif isinstance(event, IntervalEnd) and self._ride is not None:
            self._ride.mark("note", "pressed")

    def view(self, view: RideView, _run: RunState) -> None:
        self.seen_s = view.t

    def close(self) -> None:
        self._state = OutletStatus("off")


async def test_it_takes_in_a_ride_steers_it_and_fails_without_harm() -> None:
    lamp, written, told = Lamp(), io.BytesIO(), list[str]()
    kept = RideRecording("demo", "Demonstration", complain=print)
    companion = Companion(
        demo(ASSIOMA, 1, seconds=700, speed=None),
        prepare,
        name="demo",
        live=False,
        record=kept.record,
        outlets=[lamp, JsonLines(written)],
        tell=told.append,
        keep=kept.keep,
    )
    await companion.run()
    view = await companion.finish()
    events = [json.loads(line) for line in written.getvalue().splitlines()]

    assert lamp.shone == [True, False, True]
    assert lamp.seen_s > 0
    assert lamp.status.state == "off"
    failed = [event for event in events if event["event"] == "outlet"]
    assert [(x["name"], x["state"], x["reason"]) for x in failed] == [
        ("lamp", "failed", "OSError: the bulb is gone")
    ]
    assert told == ["The lamp has failed: OSError: the bulb is gone. The ride goes on."]
    assert [x["event"] for x in events if x["event"] in ("alert", "clear")] == ["alert", "clear"] * 2
    assert {text for _, text in view.notes} == {"pressed"}
    with Library() as library:
        marks = [x for x in library.inputs(library.find("last")) if isinstance(x, Mark)]
    assert [mark.text for mark in marks] == ["pressed"] * len(view.notes)
