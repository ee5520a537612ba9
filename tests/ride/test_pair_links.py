"""What of a pair is late, lost, sent twice or counted anew, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from legbal.present.remarks import remark
from legbal.ride.inputs import Input, Link, Notification, Setup, Side, Tick
from legbal.ride.ride import Ride, fold
from legbal.sources.recorded_ride import with_ticks
from legbal.sources.simulator import SimulatedRide
from tests.ride.halves import SRM, STEADY, TWO, UNEVEN, Crank, steady, texts, truth, viewed
from tests.sources.dropping import dropping


def test_drops_of_either_link_cost_only_what_was_not_heard() -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=STEADY)
    events, view = fold(Setup(profile=SRM), dropping(ride, 60.0))
    assert any("has been missing since" in text for text in texts(events))
    assert any("Both sides are heard." in text for text in texts(events))
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.7)
    assert view.counts.without_balance > 0
    assert any(
        said.endswith("only one side was heard: that time counts in no average.")
        for said in map(remark, view.limits)
    )


@pytest.mark.parametrize("lost", ["left", "right"])
@pytest.mark.parametrize("told", [True, False])
def test_a_side_lost_for_a_minute_is_said_and_never_shown_as_0_or_100(lost: Side, told: bool) -> None:
    """Once with the link's word for it, once in mere silence."""
    away = (100.0, 160.0)

    def watts(side: Side) -> Callable[[float], int | None]:
        return lambda t: None if side == lost and away[0] <= t < away[1] else (96 if side == "left" else 104)

    inputs = steady(240, watts("left"), watts("right"))
    if told:
        inputs = sorted([*inputs, Link(away[0], "lost", lost)], key=lambda item: item.t)
    other = {"left": "right", "right": "left"}[lost]
    alone, events = [], []
    for item, ride, news in viewed(TWO, inputs):
        view = ride.view()
        events += news
        for share in (view.last_3s, view.last_10s, view.last_30s, view.ride):
            assert share.left_percent is None or 47.5 < share.left_percent < 48.5
        if view.one_sided is not None:
            alone.append(item.t)
            assert view.one_sided == other
            assert remark(view.limits[0]).startswith(f"The {lost} side has been missing since 1:")
            assert f"the {other} leg's alone" in remark(view.limits[0])
            assert view.one_leg is None
    assert alone[0] == pytest.approx(away[0] + (0 if told else 3.5), abs=1.6)
    assert alone[-1] == pytest.approx(away[1], abs=1.6)
    assert len(texts(events)) == 2
    view = ride.view()
    assert view.last_10s.left_percent == pytest.approx(48.0, abs=0.3)
    assert view.ride.power_w == pytest.approx(200.0, abs=2.0), "one leg's watts are in no average"
    assert view.one_sided is None
    assert [x.end_s for x in view.intervals[:-1]] == [], "no interval ends because a link does"


def test_a_side_that_never_comes_is_said() -> None:
    view = None
    for item, ride, _ in viewed(TWO, steady(60, lambda _t: 96, lambda _t: None)):
        view = ride.view()
        if item.t > 5:
            assert remark(view.limits[0]).startswith("The right side has not been heard yet")
            assert (view.balance, view.one_sided) == ("absent", "left")
    assert view is not None
    assert view.ride.left_percent is None
    assert view.power_w == 96.0
    assert view.cadence_rpm == pytest.approx(85.7, abs=0.5)


def test_half_a_power_is_not_shown_before_the_other_half_can_have_come() -> None:
    ride = Ride(TWO)
    ride.feed(steady(1, lambda _t: 96, lambda _t: None)[0])
    assert ride.view().power_w is None


def later(inputs: Sequence[Input], meter: str, delays: Sequence[float]) -> list[Input]:
    """The same with one meter's packets late, still in their order."""
    arrived, last, number = list[Input](), 0.0, 0
    for item in inputs:
        if isinstance(item, Notification) and item.meter == meter and item.uuid == "2a63":
            last = max(last, item.t + delays[number % len(delays)])
            number += 1
            item = Notification(last, item.data, item.uuid, item.meter)
        if not isinstance(item, Tick) and not (isinstance(item, Link) and item.state == "ended"):
            arrived.append(item)
    return list(with_ticks(sorted(arrived, key=lambda item: item.t)))


@pytest.mark.parametrize("delays", [(0.5,), (1.0,), (0.0, 1.0, 0.3, 0.9), (0.9, 0.1)])
def test_packets_late_by_up_to_a_second_change_nothing_much(delays: tuple[float, ...]) -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=UNEVEN)
    inputs = list(ride.timeline())
    _, on_time = fold(Setup(profile=SRM), inputs)
    events, view = fold(Setup(profile=SRM), later(inputs, ride.devices[1].name, delays))
    assert view.ride.left_percent == pytest.approx(on_time.ride.left_percent, abs=0.25)
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.5)
    assert texts(events) == []


@pytest.mark.parametrize("every", [2, 3])
def test_packets_that_are_skipped_leave_the_share_right(every: int) -> None:
    ride = SimulatedRide(profile=SRM, seed=4, workout=STEADY)
    inputs, number = list[Input](), 0
    for item in ride.timeline():
        if isinstance(item, Notification) and item.uuid == "2a63" and item.meter == ride.devices[0].name:
            number += 1
            if number % every == 0:
                continue
        inputs.append(item)
    events, view = fold(Setup(profile=SRM), inputs)
    assert view.ride.left_percent == pytest.approx(truth(ride), abs=0.6)
    assert texts(events) == []


def test_counters_and_clocks_wrap() -> None:
    """The left count wraps after six turns, its clock every 64 s, the right one's at other moments."""
    events, view = fold(TWO, steady(300, lambda _t: 96, lambda _t: 104))
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.05)
    assert view.counts.revolutions + view.counts.not_seen == pytest.approx(300 / 0.7, abs=8)
    assert texts(events) == []


@pytest.mark.parametrize("count", [0, 65_000, 7])
def test_a_reset_of_one_counter_is_got_over_within_seconds(count: int) -> None:
    inputs = steady(60, lambda _t: 96, lambda _t: 104)
    new = Crank("right", count=count, clock=17.0, behind=0.2)
    after = steady(60, lambda _t: 96, lambda _t: 104, begin=60.0)
    after = [
        new.packet(item.t, item.t / 0.7, 104)
        if isinstance(item, Notification) and item.meter == "right"
        else item
        for item in after
    ]
    revolutions: list[tuple[float, int]] = []
    for item, ride, _ in viewed(TWO, [*inputs, *after]):
        view = ride.view()
        revolutions.append((item.t, view.counts.revolutions))
        assert view.last_3s.left_percent is None or 47 < view.last_3s.left_percent < 49
        assert view.cadence_rpm is None or view.cadence_rpm < 90
    (before,) = {n for t, n in revolutions if 60 <= t <= 60.5} & {n for t, n in revolutions if t <= 60.0}
    assert next(t for t, n in revolutions if n > before + 1) < 66


# Any two streams, however they interleave.

DELAYS = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40)


@st.composite
def streams(draw: st.DrawFn) -> tuple[list[Input], float]:
    """Both sides of 60 turns or so, each packet late by its own delay, some sent twice, some lost; and the truth."""
    turn_s = draw(st.floats(0.5, 1.1))
    shares = draw(st.lists(st.floats(0.3, 0.7), min_size=8, max_size=8))
    offset = draw(st.floats(0.0, 0.99))
    inputs: list[Input] = []
    for name, phase in (("left", 0.0), ("right", offset)):
        crank = Crank(name, count=draw(st.integers(0, 65_535)), clock=draw(st.floats(0, 63)), behind=phase)
        delays, fates = draw(DELAYS), draw(st.lists(st.integers(0, 9), min_size=1, max_size=40))
        last = 0.0
        for second in range(60):
            t = second + 0.3
            last = max(last, t + delays[second % len(delays)])
            share = shares[int(t // 8) % 8]
            watts = round(200 * (share if name == "left" else 1 - share))
            fate = fates[second % len(fates)]
            if fate != 0:
                inputs += [crank.packet(last, t / turn_s, watts, turn_s)] * (2 if fate == 1 else 1)
    inputs.sort(key=lambda item: item.t)
    return list(with_ticks(inputs)), 100 * sum(shares[int((s + 0.3) // 8) % 8] for s in range(60)) / 60


@settings(max_examples=60, deadline=None)
@given(streams())
def test_however_two_streams_interleave_no_share_leaves_what_both_worked(
    drawn: tuple[list[Input], float],
) -> None:
    inputs, share = drawn
    assume(inputs)
    seen = -1.0
    for item, ride, events in viewed(TWO, inputs):
        assert not any("tell the same" in text for text in texts(events))
        if item.t < seen + 1.0 and item is not inputs[-1]:  # a view is most of the cost
            continue
        seen, view = item.t, ride.view()
        left = view.last_3s.left_percent
        assert left is None or 29 < left < 71
        assert view.power_w is None or view.one_sided or 115 < view.power_w < 285
        assert view.cadence_rpm is None or view.cadence_rpm < 125
    heard = view.ride.seconds > 50  # nearly all: what was lost may have been unlike the rest
    assert not heard or view.ride.left_percent == pytest.approx(share, abs=4)
    assert view.ride.revolutions == view.counts.revolutions
