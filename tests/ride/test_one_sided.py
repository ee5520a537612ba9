"""One side of a pair, packet by packet: what its count and its clock tell of the crank, and what they do not."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from legbal.gatt.measurement import Measurement, decode, encode
from legbal.meters.limits import Remark
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup
from legbal.ride.meter import Meter
from legbal.ride.one_sided import News, OneSided
from legbal.ride.ride import fold
from tests.ride.halves import TWO, steady


def told(
    packets: list[tuple[float, int, float]], *, timed: bool = False, unread: int = -1
) -> tuple[list[News], OneSided]:
    """What one side gives for packets of (arrival, count, event time); of `unread` no revolution is known."""
    side = OneSided(Meter("left", Setup()))
    news: list[News] = []
    for number, (t, count, event_s) in enumerate(packets):
        m = Measurement(
            0x20, 100, crank_revolutions=count, crank_event_time_raw=round(event_s * 1024) & 0xFFFF
        )
        revolution = side.meter.read(Notification(t, encode(m), meter="left"))
        news.append(side.feed(t, None if number == unread else revolution, timed))
    return news, side


def test_turns_of_the_crank_leave_no_hole() -> None:
    news, side = told([(0.0, 5, 1.0), (1.0, 6, 2.0), (3.0, 8, 4.0)])
    assert news == ["reset", "turned", "turned"]
    assert [(x.begin, x.end, x.seconds) for x in side.spans] == [(0.0, 1.0, 1.0), (1.0, 3.0, 2.0)]
    assert sum(x.work_j for x in side.spans) == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("packet", "news"),
    [
        pytest.param((2.0, 6, 2.5), "still", id="the clock alone goes on"),
        pytest.param((2.0, 6, 2.0), "still", id="a repeat"),
        pytest.param((2.0, 7, 2.0), "reset", id="the count alone goes on"),
        pytest.param((4.0, 9, 2.1), "reset", id="faster than legs turn"),
        pytest.param((1.1, 60, 9.0), "reset", id="more turns than there was time for"),
        pytest.param((5.5, 7, 6.0), "gap", id="slower than a crank that turns"),
        pytest.param((40.0, 40, 41.0), "gap", id="longer than the clock tells"),
    ],
)
def test_what_is_no_turn_of_the_crank(packet: tuple[float, int, float], news: News) -> None:
    found, side = told([(0.0, 5, 1.0), (1.0, 6, 2.0), packet])
    assert found[-1] == news
    assert len(side.spans) == (news == "still")


def test_a_turn_of_unknown_work_is_a_gap() -> None:
    news, side = told([(0.0, 5, 1.0), (1.0, 6, 2.0), (2.0, 7, 3.0)], unread=2)
    assert news[-1] == "gap"
    assert not side.spans
    assert side.place == 2.0


@pytest.mark.parametrize(
    ("packet", "news"),
    [
        pytest.param((2.0, 7, 2.1), "reset", id="turns of a twentieth of a second"),
        pytest.param((2.0, 7, 2.0 + 205 / 1024), "turned", id="turns of a fifth of a second"),
        pytest.param((5.0, 7, 5.0), "turned", id="a turn of three seconds"),
        pytest.param((5.0, 7, 5.0 + 1 / 1024), "gap", id="a turn of more"),
        pytest.param((1.1, 21, 5.05), "turned", id="fifteen turns of a fifth, three seconds late"),
        pytest.param((1.1, 22, 5.3), "reset", id="and a turn more"),
        pytest.param((33.0, 17, 34.0), "turned", id="half a wrap of the clock"),
        pytest.param((33.1, 17, 34.0), "gap", id="and a bit more"),
    ],
)
def test_what_is_just_a_turn_of_the_crank(packet: tuple[float, int, float], news: News) -> None:
    assert told([(0.0, 5, 1.0), (1.0, 6, 2.0), packet])[0][-1] == news


def test_of_a_long_stretch_the_last_turn_alone_is_known() -> None:
    for seconds, span in ((5.0, (1.0, 6.0, 5.0)), (5.5, (5.0, 6.0, 1.1))):
        news, side = told([(0.0, 5, 1.0), (1.0, 6, 2.0), (1.0 + seconds, 11, 2.0 + seconds)])
        assert news[-1] == "turned"
        assert side.spans[-1][:3] == pytest.approx(span, abs=1e-3)
        assert len(side.spans) == (2 if seconds == 5.0 else 1)


def test_a_turn_without_power_is_a_span_without_work() -> None:
    side = OneSided(Meter("left", Setup()))
    for t in range(4):
        m = Measurement(0x20, 0, crank_revolutions=t, crank_event_time_raw=t * 1024)
        news = side.feed(float(t), side.meter.read(Notification(float(t), encode(m), meter="left")), False)
    assert news == "turned"
    assert [(x.begin, x.end, x.work_j) for x in side.spans] == [(0, 1, 0), (1, 2, 0), (2, 3, 0)]


def test_a_crank_event_was_when_the_quickest_packets_say() -> None:
    """Of a turn a second that is told 0.2 s later, but once 1.2 s later."""
    late = [0.2, 0.2, 0.2, 1.2, 0.2]
    _, side = told([(i + late[i], i, float(i)) for i in range(4)])
    assert side.at == pytest.approx(3.2, abs=0.01)
    assert side.moved_t == 4.2
    assert side.turn_s == 1.0
    _, side = told([(i + late[i], i, float(i)) for i in range(5)])
    assert side.at == pytest.approx(4.2, abs=0.01)


def test_a_clock_that_runs_slow_is_followed() -> None:
    """And such as runs fast; by no more than two thousandths of the time."""
    _, side = told([(1.001 * i, i, float(i)) for i in range(60)])
    assert side.at == pytest.approx(1.001 * 59)
    _, fast = told([(0.999 * i, i, float(i)) for i in range(60)])
    assert fast.at == pytest.approx(0.999 * 59)
    _, slower = told([(1.003 * i, i, float(i)) for i in range(60)])
    assert slower.at == pytest.approx(59 + 0.002 * 1.003 * 59)


def test_an_event_that_seems_more_than_three_seconds_old_is_taken_for_new() -> None:
    for late, at in ((3.0, 1.0 + 0.002 * 4.0), (3.1, 4.1)):
        _, side = told([(0.0, 0, 0.0), (1.0 + late, 1, 1.0)])
        assert side.at == pytest.approx(at, abs=0.01)


def test_a_side_is_gone_after_three_and_a_half_seconds_or_with_its_link() -> None:
    side = OneSided(Meter("left", Setup()))
    assert side.is_gone(0.0)
    _, side = told([(10.0, 5, 1.0)])
    assert not side.is_gone(13.5)
    assert side.is_gone(13.51)
    side.meter.device.follow(Link(11.0, "lost", "left"))
    assert side.is_gone(11.0)


def test_a_side_that_sends_its_leg_twice_has_half_its_watts() -> None:
    side = OneSided(Meter("left", Setup()), doubled=True)
    for t in range(2):
        m = Measurement(0x20, 193, crank_revolutions=t, crank_event_time_raw=t * 1024)
        side.feed(float(t), side.meter.read(Notification(float(t), encode(m), meter="left")), False)
    assert side.power_w == 96.5
    assert side.spans[0].work_j == 96.5


def test_64_spans_wait_for_the_other_side() -> None:
    _, side = told([(float(i), i, float(i)) for i in range(71)])
    assert len(side.spans) == 64
    assert side.spans[-1].end == 70.0


def test_without_a_count_of_its_own_a_packet_tells_no_turn() -> None:
    side = OneSided(Meter("left", Setup()))
    read = side.meter.read(Notification(1.0, encode(Measurement(0, 100)), meter="left"))
    assert side.feed(1.0, read, False) == "still"
    assert (side.last_packet_t, side.power_w, side.place) == (1.0, 100.0, 0.0)


def test_counted_again_after_time_alone_whole_turns_go_on() -> None:
    packets = [(0.5, 5, 1.0), (1.5, 6, 2.0)]
    side = told(packets, timed=True)[1]
    assert side.place == 1.5
    for t, count in ((2.5, 7), (3.5, 8)):
        m = Measurement(0x20, 100, crank_revolutions=count, crank_event_time_raw=(count - 4) * 1024)
        news = side.feed(t, side.meter.read(Notification(t, encode(m), meter="left")), False)
    assert news == "turned"
    assert [(x.begin, x.end) for x in side.spans] == [(2.0, 3.0)]


@pytest.mark.parametrize(("wait_s", "news"), [(0.0, "still"), (0.1, "turned"), (3.0, "turned"), (3.1, "gap")])
def test_by_time_a_wait_of_three_seconds_is_a_span(wait_s: float, news: News) -> None:
    assert told([(0.0, 5, 1.0), (1.0, 6, 2.0), (1.0 + wait_s, 7, 3.0)], timed=True)[0][-1] == news


def test_by_time_a_repeat_under_power_waits_and_a_rest_does_not() -> None:
    for power, news, spans in ((1, "still", 0), (0, "turned", 1), (-5, "turned", 1)):
        side = OneSided(Meter("left", Setup()))
        side.feed(0.0, None, True)
        side.meter.power_w = power
        assert side.feed(1.0, None, True) == news
        assert [(x.seconds, x.work_j) for x in side.spans] == [(1.0, 0.0)] * spans


def test_by_time_a_span_is_the_wait_and_a_long_one_is_a_gap() -> None:
    packets = [(0.0, 5, 1.0), (1.0, 6, 2.0), (1.0, 7, 3.0), (2.5, 8, 4.0), (6.0, 9, 5.0), (7.0, 10, 6.0)]
    news, side = told(packets, timed=True)
    assert news == ["reset", "turned", "still", "turned", "gap", "turned"]
    assert [(x.begin, x.end, x.work_j) for x in side.spans] == [(6.0, 7.0, 100.0)]


def test_left_stays_left_where_the_rider_says_so() -> None:
    inputs = steady(60, lambda _t: 96, lambda _t: 104)
    _, view = fold(TWO, [*inputs, Mark(60.0, "reference_left")])
    _, same = fold(TWO, inputs)
    assert view.ride == same.ride


@pytest.mark.parametrize(
    ("mark", "reference", "percent"),
    [("reference_left", "assumed_left", 48.0), ("reference_right", "right", 52.0)],
)
def test_of_a_total_the_rider_names_the_side_of_its_own_octet(
    mark: Literal["reference_left", "reference_right"], reference: str, percent: float
) -> None:
    octets = iter([96, 97, 95] * 100)

    def unnamed(item: Input) -> Input:
        if not isinstance(item, Notification) or item.meter != "left":
            return item
        m = decode(item.data)
        both = msgspec.structs.replace(m, flags=0x21, power_w=200, balance_raw=next(octets))
        return msgspec.structs.replace(item, data=encode(both))

    inputs = [unnamed(item) for item in steady(180, lambda _t: 100, lambda _t: 104)]
    marked = [*(x for x in inputs if x.t < 60), Mark(60.0, mark), *(x for x in inputs if x.t >= 60)]
    _, view = fold(TWO, marked)
    assert view.reference == reference
    assert view.last_10s.left_percent == pytest.approx(percent, abs=0.3)


def test_a_side_that_never_says_a_watt_measures_no_balance() -> None:
    _, view = fold(TWO, steady(260, lambda t: 150 + int(t) % 60, lambda _t: 0))
    assert view.balance == "constant"
    assert Remark("pair.constant") in view.limits
