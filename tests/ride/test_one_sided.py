"""One side of a pair, packet by packet: what its count and its clock tell of the crank, and what they do not."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from legbal.gatt.measurement import Measurement, decode, encode
from legbal.meters.limits import Remark
from legbal.ride.inputs import Input, Mark, Notification, Setup
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
        m = Measurement(0x20, 100, crank_revolutions=count, crank_event_time_raw=round(event_s * 1024))
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
