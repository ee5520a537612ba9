"""A pair's halves connect, send, drop, come back and never come, in any order: the ride goes on, and opens again."""

from __future__ import annotations

import json
import signal
import sys
from itertools import product
from pathlib import Path

import pytest

from legbal.ride.events import Fault
from legbal.ride.inputs import Notification, Setup
from legbal.ride.ride import Ride, fold
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import legbal, started
from tests.bluetooth.peripheral import Peripheral
from tests.bluetooth.riding import Riding, riding
from tests.bluetooth.test_pair import HALF, half, measured, states
from tests.bluetooth.test_ride_command import kept

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

PAIR = ("left", "right")
# what a half does one after the other; it may stop anywhere, at the beginning: then it never comes
COURSES = {
    "sends": ("connect", "send", "drop", "connect", "send", "drop"),
    "drops before it ever sends": ("connect", "drop", "connect", "drop", "connect", "send"),
}
STOPS = [
    *(("sends", stop) for stop in (0, 1, 2, 3, 6)),
    *((name, stop) for name in list(COURSES)[1:] for stop in (2, 4)),
]


class Half:
    """One half of the pair, which does as it is told."""

    def __init__(self, ride: Riding, meter: Peripheral) -> None:
        self._ride, self._meter = ride, meter
        self.sent: list[bytes] = []

    async def do(self, action: str) -> None:
        """Does it, and waits until the ride has it."""
        ride, meter = self._ride, self._meter
        before = len(states(ride, meter))
        match action:
            case "connect":
                meter.advertised = True
                await ride.until(lambda: "connected" in states(ride, meter)[before:])
            case "send":
                self.sent.append(half(len(self.sent) + 1, 100))
                await meter.send(self.sent[-1])
                await ride.until(lambda: measured(ride, meter) == self.sent)
            case _:
                meter.advertised = False
                meter.drop()
                await ride.until(lambda: "lost" in states(ride, meter)[before:])


async def ridden(radio: Bluetoothd, quick: Timings, order: list[tuple[int, str]]) -> None:
    """Rides with what the left half (0) and the right one (1) do in this order."""
    meters = [radio.add_meter(name, values=HALF, advertised=False) for name in PAIR]
    async with riding(BluetoothSource(pair=PAIR, timings=quick)) as ride:
        halves = [Half(ride, meter) for meter in meters]
        for which, action in order:
            await halves[which].do(action)
        inputs = list(ride.inputs)
        assert ride.ended is not None
        assert not ride.ended.done()
    setup, live = Setup(pair=PAIR), Ride(Setup(pair=PAIR))
    events = [event for item in inputs for event in live.feed(item)] + live.close()
    assert not [event for event in events if isinstance(event, Fault)]
    measurements = [x for x in inputs if isinstance(x, Notification) and x.uuid == "2a63"]
    assert live.view().counts.notifications == len(measurements) == sum(len(x.sent) for x in halves)
    again = fold(setup, inputs)[1]
    assert (again.counts, again.links) == (live.view().counts, live.view().links)
    for meter in meters:
        radio.meters.remove(meter)
        if meter.path in radio.objects:
            radio.forget(meter)


@pytest.mark.parametrize("first", [0, 1], ids=PAIR)
@pytest.mark.parametrize(("course", "stop"), STOPS)
async def test_one_half_stops_anywhere_while_the_other_does_as_it_likes(
    radio: Bluetoothd, quick: Timings, course: str, stop: int, first: int
) -> None:
    other = 1 - first
    ours = [(first, action) for action in COURSES[course][:stop]]
    steady = [(other, "connect"), *[(other, "send")] * len(ours)]
    in_turn = [*steady[:1], *(step for both in zip(ours, steady[1:], strict=True) for step in both)]
    for order in (in_turn, [*ours, *steady], *([ours] if stop == len(COURSES[course]) else [])):
        await ridden(radio, quick, order)


@pytest.mark.parametrize("courses", product(COURSES, COURSES), ids=" ".join)
async def test_both_halves_drop_and_come_back_in_turn(
    radio: Bluetoothd, quick: Timings, courses: tuple[str, str]
) -> None:
    left, right = ([(which, action) for action in COURSES[x]] for which, x in enumerate(courses))
    await ridden(radio, quick, [step for both in zip(left, right, strict=True) for step in both])
    await ridden(radio, quick, [*right[:3], *left, *right[3:]])


@pytest.mark.parametrize("silent", PAIR)
async def test_a_half_that_drops_before_it_ever_sends_leaves_a_ride_that_opens_again(
    radio: Bluetoothd, silent: str, tmp_path: Path
) -> None:
    meters = {name: radio.add_meter(name, values=HALF) for name in PAIR}
    gone = meters.pop(silent)
    ((name, stays),) = meters.items()
    async with started("ride", "--events", "--left-meter", "left", "--right-meter", "right") as command:
        await gone.subscribed()
        gone.advertised = False
        gone.drop()
        await stays.subscribed()
        await stays.send(*(half(number, 100) for number in range(30)))
        await kept(name, 30)
        command.process.send_signal(signal.SIGINT)
        code, out, err = await command.ended()
    assert (code, "Traceback" in err) == (0, False), err
    assert "fault" not in {json.loads(line)["event"] for line in out.splitlines()}
    code, out, err = await legbal("review", "last", "--json", folder=tmp_path)
    assert code == 0, err
