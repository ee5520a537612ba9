"""A defect of the fold: the input is passed over and told, and live, replay and every later reading agree."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legbal.analysis.ride_analysis import analyse, summarise_ride
from legbal.outlets.jsonlines import encode as line
from legbal.present.remarks import remark
from legbal.ride.events import Alert, Clear, Event, Fault, IntervalEnd, IntervalStart
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup, Tick
from legbal.ride.interval import Intervals
from legbal.ride.meter import Meter
from legbal.ride.recent_revolutions import Ring
from legbal.ride.resample import resample
from legbal.ride.ride import Ride, fold
from legbal.ride.statistics import RideStatistics
from tests.ride.companioned import companioned
from tests.ride.folding import ASSIOMA, numbers, one_by_one, pedalled, simulated
from tests.ride.halves import TWO, Crank

NO_NUMBERS = "The numbers of this ride cannot be worked out. Its packets are recorded."
SETUP = Setup(ftp_w=220.0, profile=ASSIOMA)
PLACES = {
    "decoding": (Meter, "read"),
    "adding up": (RideStatistics, "add"),
    "intervals": (Intervals, "feed"),
}


@dataclass
class Defect:
    """Code that fails for the n-th of its calls in a ride, and from then on as often as told."""

    owner: type
    name: str
    at: int
    times: int = 1

    def put(self, patch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Puts it in place; gives what begins to count anew, for another reading of the ride."""
        real: Callable[..., Any] = getattr(self.owner, self.name)
        calls = itertools.count(1)

        def failing(*args: Any, **others: Any) -> Any:
            if self.at <= next(calls) < self.at + self.times:
                raise KeyError(self.name)
            return real(*args, **others)

        def anew() -> None:
            nonlocal calls
            calls = itertools.count(1)

        patch.setattr(self.owner, self.name, failing)
        return anew


@pytest.mark.parametrize("place", PLACES)
def test_one_input_fails_and_every_reading_says_the_same(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = simulated()
    untouched, _ = fold(SETUP, inputs)
    anew = Defect(*PLACES[place], at=400).put(monkeypatch)
    events, view = fold(SETUP, inputs)
    anew()
    live_events, live_view = one_by_one(SETUP, inputs)
    anew()
    told, replayed = companioned(SETUP, inputs)
    anew()
    reviewed = analyse(SETUP, inputs)
    assert [line(e) for e in live_events] == [line(e) for e in events]
    assert told == [line(e) for e in events] == [line(e) for e in reviewed.events]
    assert numbers(live_view) == numbers(view) == numbers(replayed)
    (fault,) = [e for e in events if isinstance(e, Fault)]
    assert (fault.code, fault.error) == ("unusable_input", "KeyError")
    item = inputs[fault.input - 1]
    assert isinstance(item, Notification)
    assert (item.t, item.meter) == (fault.t, fault.meter)
    assert view.counts.unusable == 1
    words = "legbal could not use 1 of the packets: a defect of its own. They are recorded."
    assert words in map(remark, reviewed.summary.limits)
    kinds = (Alert, Clear, IntervalStart, IntervalEnd)
    assert [type(e) for e in events if isinstance(e, kinds)] == [
        type(e) for e in untouched if isinstance(e, kinds)
    ], "one input less changes no alert and no interval"


@pytest.mark.parametrize("place", PLACES)
def test_a_defect_that_stays_is_told_once_and_counted(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Defect(*PLACES[place], at=5, times=10_000).put(monkeypatch)
    events, view = fold(SETUP, pedalled(200))
    assert [json.loads(line(e))["event"] for e in events if isinstance(e, Fault)] == ["fault"]
    assert view.counts.unusable > 190


def test_what_was_settled_before_the_defect_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interval that the fold holds as begun was told as begun."""
    Defect(RideStatistics, "interval", at=1).put(monkeypatch)
    events, view = fold(Setup(ftp_w=200.0), [*pedalled(10), Mark(8.0, "lap"), *pedalled(10)])
    told = [type(e) for e in events if isinstance(e, Fault | IntervalStart | IntervalEnd)]
    assert told == [IntervalStart, Fault, IntervalEnd]
    assert view.counts.unusable == 1


def test_a_defect_at_the_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    Defect(Intervals, "close", at=1).put(monkeypatch)
    events, view = fold(SETUP, pedalled(20))
    (fault,) = [e for e in events if isinstance(e, Fault)]
    assert (fault.code, fault.input) == ("unsettled_end", 20)
    assert "The ride's end could not be settled: a defect of legbal." in map(remark, view.limits)


@pytest.mark.parametrize(("owner", "name"), [(RideStatistics, "bands"), (Ride, "stated"), (Ring, "since")])
def test_a_view_that_fails_is_told_and_the_ride_can_be_opened(
    owner: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Defect(owner, name, at=1, times=10_000).put(monkeypatch)
    events, view = one_by_one(SETUP, pedalled(20))
    (fault,) = [e for e in events if isinstance(e, Fault)]
    assert (fault.code, fault.error, view.counts.notifications) == ("failed_view", "KeyError", 0)
    reviewed = analyse(SETUP, pedalled(20), lenient=True).summary
    assert reviewed.ride.duration_s == view.t > 0
    assert remark(reviewed.limits[0]) == NO_NUMBERS
    for keeps in (analyse, summarise_ride, fold, resample):
        with pytest.raises(KeyError, match=name):
            keeps(SETUP, pedalled(20))


def faults(setup: Setup, inputs: Iterable[Input]) -> list[Event]:
    ride, found = Ride(setup), list[Event]()
    for item in inputs:
        found += [e for e in ride.feed(item) if isinstance(e, Fault)]
        ride.view()
    return found + [e for e in ride.close() if isinstance(e, Fault)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_half_that_connects_and_drops_before_it_ever_sends(side: str) -> None:
    """Live, what comes before the first packet comes at 0: the drop and the packet after it at the same time."""
    crank = Crank(side)
    inputs: list[Input] = [
        Link(0.0, "connected", side),
        Link(0.0, "lost", side),
        Link(0.0, "connected", side),
        *(crank.packet(float(t), t / 0.7, 100) for t in range(20)),
    ]
    assert faults(TWO, inputs) == []
    _, view = fold(TWO, inputs)
    assert view.one_sided == side
    assert "has not been heard yet" in remark(view.limits[0])


def test_a_half_that_drops_before_the_other_ever_sent() -> None:
    """Nobody is heard, so nobody is the only one heard."""
    left = Crank("left")
    inputs: list[Input] = [
        Link(0.0, "connected", "left"),
        Link(0.1, "connected", "right"),
        left.packet(0.2, 0.3, 100),
        Link(0.5, "lost", "left"),
        Link(0.6, "lost", "right"),
        *(Tick(1.0 + i) for i in range(8)),
        Link(9.0, "connected", "right"),
        *(Crank("right").packet(9.5 + i, (9.5 + i) / 0.7, 100) for i in range(20)),
    ]
    assert faults(TWO, inputs) == []
    ride = Ride(TWO)
    for item in inputs:
        ride.feed(item)
        assert ride.view().one_sided is None or item.t > 9
    view = ride.view()
    assert view.one_sided == "right"
    assert remark(view.limits[0]).startswith("The left side has been missing since 0:00")


steps = st.tuples(
    st.sampled_from(["connected", "lost", "packet", "packet", "wait", "reference_right"]),
    st.sampled_from(["left", "right"]),
    st.sampled_from([0.0, 0.0, 0.3, 1.0, 4.0]),
)


@given(st.lists(steps, max_size=40))
@settings(max_examples=300)
def test_any_order_of_connecting_sending_dropping_and_coming_back(
    orders: list[tuple[str, str, float]],
) -> None:
    cranks = {"left": Crank("left"), "right": Crank("right", count=12, clock=3.0, behind=0.5)}
    inputs, t = list[Input](), 0.0
    for what, side, later in orders:
        t += later
        if what == "packet":
            inputs.append(cranks[side].packet(t, t / 0.7, 100))
        elif what == "wait":
            inputs.append(Tick(t))
        elif what == "reference_right":
            inputs.append(Mark(t, "reference_right"))
        else:
            inputs.append(Link(t, "lost" if what == "lost" else "connected", side))
    assert faults(TWO, inputs) == []
