"""Two halves laid beside each other, packet by packet: which turns both have told, and when one leg is at rest."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.gatt.measurement import Measurement, encode
from legbal.ride.alignment import Alignment, DuplicatePower, PairedSpan
from legbal.ride.inputs import Notification, Setup, Side
from legbal.ride.meter import Meter
from legbal.ride.one_sided import OTHER, OneSided

# arrival, side, watts, count, seconds of the event by its own clock
Packet = tuple[float, Side, int, int, float]


class Laid:
    """An alignment of two sides that are fed as a pair would."""

    def __init__(self) -> None:
        self.alignment = Alignment()
        for side in OTHER:
            self.alignment.halves[side] = OneSided(Meter(side, Setup()))
        self._exchanged = False

    def exchange(self) -> None:
        """Left is right, whatever the packets call themselves."""
        self._exchanged = True
        self.alignment.exchange()

    def feed(self, t: float, side: Side, power: int, count: int, event_s: float) -> PairedSpan | None:
        m = Measurement(
            0x20, power, crank_revolutions=count & 0xFFFF, crank_event_time_raw=round(event_s * 1024) & 0xFFFF
        )
        side = OTHER[side] if self._exchanged else side
        half = self.alignment.halves[side]
        revolution = half.meter.read(Notification(t, encode(m), meter=side))
        return self.alignment.feed(t, side, half.feed(t, revolution, self.alignment.timed))

    def told(self, *packets: Packet) -> list[PairedSpan]:
        return [span for packet in packets if (span := self.feed(*packet)) is not None]


def turning(
    turns: range, left: int = 96, right: int = 104, *, apart: int = 7, late_s: float = 0.5
) -> list[Packet]:
    """Both once a second, a turn each; the right one tells it `late_s` later, its count so many turns ahead."""
    packets = list[Packet]()
    for i in turns:
        packets.append((float(i), "left", left, i, float(i)))
        packets.append((i + late_s, "right", right, i + apart, i + 20.0 + late_s))
    return packets


def test_each_turn_is_told_once_when_both_have_told_it() -> None:
    assert Laid().told(*turning(range(5))) == [PairedSpan(96.0, 104.0, 1.0, 0)] * 4


def test_what_neither_told_singly_counts_as_skipped() -> None:
    laid = Laid()
    laid.told(*turning(range(3)))
    assert laid.told(*turning(range(5, 6))) == [PairedSpan(288.0, 312.0, 3.0, 2)]
    assert laid.told(*turning(range(6, 7))) == [PairedSpan(96.0, 104.0, 1.0, 0)]


def test_what_only_one_side_skipped_is_told_when_it_speaks_again() -> None:
    laid = Laid()
    laid.told(*turning(range(3)))
    assert laid.told((3.0, "left", 96, 3, 3.0), (4.0, "left", 96, 4, 4.0), (4.5, "right", 104, 11, 24.5)) == [
        PairedSpan(192.0, 208.0, 2.0, 1)
    ]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("turn_s", "waits"), [(1.0, True), (1.1, False)])
def test_a_turn_within_a_longer_span_of_the_other_side_waits_up_to_a_second(
    side: Side, turn_s: float, waits: bool
) -> None:
    """One side tells every turn, the other one two at once; a slower turn is taken out of them."""
    laid, other = Laid(), OTHER[side]

    def turned(t: float, which: Side, turns: int) -> PairedSpan | None:
        ahead, phase = (7, 20.5) if which == "right" else (0, 0.0)
        return laid.feed(t, which, 100, turns + ahead, turns * turn_s + phase)

    for i in range(3):
        turned(i * turn_s, "left", i)
        turned(i * turn_s + 0.5, "right", i)
    assert turned(3 * turn_s + 0.6, side, 3) is None
    within = turned(4 * turn_s + 0.6, other, 4)
    rest = turned(4 * turn_s + 0.7, side, 4)
    told = [span for span in (within, rest) if span is not None]
    assert [round(span.seconds, 2) for span in told] == ([2.0] if waits else [1.1, 1.1])
    assert all(span.left_j == pytest.approx(span.right_j, abs=0.2) for span in told)
    assert sum(span.skipped for span in told) == (1 if waits else 0)


def test_a_repeat_tells_nothing_anew() -> None:
    laid = Laid()
    packets = turning(range(4))
    laid.told(*packets)
    assert laid.told((4.0, *packets[-2][1:]), (4.5, *packets[-1][1:])) == []
    assert laid.told(*turning(range(5, 6))) == [PairedSpan(192.0, 208.0, 2.0, 1)]


def test_a_count_that_begins_anew_is_laid_beside_the_other_anew() -> None:
    laid = Laid()
    laid.told(*turning(range(4)))
    new = turning(range(4, 9), apart=900)
    told = laid.told(*new)
    assert all(span.left_j / span.right_j == pytest.approx(96 / 104) for span in told)
    assert sum(span.seconds for span in told) >= 3.0


@pytest.mark.parametrize(
    ("power", "rested_s", "drilled"), [(0, 2.9, False), (0, 3.0, True), (0, 3.1, True), (1, 3.1, False)]
)
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_leg_rests_that_stands_at_0_w_for_three_seconds(
    side: Side, power: int, rested_s: float, drilled: bool
) -> None:
    """The other one turns on, a turn a second."""
    laid = Laid()
    laid.told(*turning(range(10), left=100, right=100))
    last = 9.0 if side == "left" else 9.5  # of its own, by arrival
    count, event = (9, 9.0) if side == "left" else (16, 29.5)
    other = OTHER[side]
    ahead, on = (7, 20.5) if other == "right" else (0, 0.0)
    for i in range(10, 13):
        laid.feed(i + (0.5 if other == "right" else 0.0), other, 100, i + ahead, i + on)
    span = laid.feed(last + rested_s, side, power, count, event)
    if not drilled:
        assert span is None
    else:
        legs = (0.0, 300.0) if side == "left" else (300.0, 0.0)
        assert span == PairedSpan(*legs, 3.0, 0)


@pytest.mark.parametrize(("still_s", "drilled"), [(1.99, True), (2.0, False)])
def test_the_other_leg_turned_within_two_seconds(still_s: float, drilled: bool) -> None:
    laid = Laid()
    laid.told(*turning(range(10), left=100, right=100))
    for i in (10, 11):
        laid.feed(float(i), "left", 100, i, float(i))
    span = laid.feed(11.0 + still_s, "right", 0, 16, 29.5)
    assert (span == PairedSpan(200.0, 0.0, 2.0, 0)) is drilled


def test_after_a_drill_both_count_on_from_where_they_are() -> None:
    laid = Laid()
    laid.told(*turning(range(10), left=100, right=100))
    for i in range(10, 14):
        laid.feed(float(i), "left", 100, i, float(i))
        laid.feed(i + 0.5, "right", 0, 16, 29.5)
    # the right count has stood still for four turns, so that it is three ahead now
    packets = turning(range(14, 20), apart=3)
    told = laid.told(*packets)
    assert all(span.left_j / span.right_j == pytest.approx(96 / 104) for span in told)
    assert len(told) == 5


def test_exchanged_halves_tell_each_other_s_work() -> None:
    laid = Laid()
    laid.told(*turning(range(5)))
    laid.exchange()
    assert not any(half.spans for half in laid.alignment.halves.values())
    told = laid.told(*turning(range(5, 10)))
    assert told[-4:] == [PairedSpan(104.0, 96.0, 1.0, 0)] * 4


def test_by_time_both_are_laid_beside_each_other_by_ride_seconds() -> None:
    laid = Laid()
    laid.told(*turning(range(5), late_s=0.0))
    laid.alignment.by_time(4.0)
    told = laid.told(*turning(range(5, 8), late_s=0.0), *turning(range(8, 12), 192, 208, late_s=0.0))
    laid.alignment.by_time(100.0)  # it is known already
    told += laid.told(*turning(range(12, 14), late_s=0.0))
    assert told == [
        *[PairedSpan(96.0, 104.0, 1.0, 0)] * 2,
        *[PairedSpan(192.0, 208.0, 1.0, 0)] * 4,
        *[PairedSpan(96.0, 104.0, 1.0, 0)] * 2,
    ]
    laid.exchange()
    assert not any(half.spans for half in laid.alignment.halves.values())
    again = [*turning(range(14, 16), late_s=0.0), *turning(range(16, 18), 192, 208, late_s=0.0)]
    assert laid.told(*again) == [
        *[PairedSpan(104.0, 96.0, 1.0, 0)] * 2,
        *[PairedSpan(208.0, 192.0, 1.0, 0)] * 2,
    ]
    laid.alignment.by_count()
    assert not laid.alignment.timed
    told = laid.told(*turning(range(18, 24)))
    assert told[-4:] == [PairedSpan(104.0, 96.0, 1.0, 0)] * 4


def turns(left_percent: float, apart: float, power: float, moved: float, n: int = 120) -> list[bool]:
    """Whether each turn gives two away; shares alternate around one, at a power that moves once."""
    watch = DuplicatePower(1000.0)
    return [
        watch.feed(left_percent + apart * (-1) ** i, power + (moved if i == 60 else 0.0), 1.0)
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("left_percent", "apart", "moved", "alike"),
    [
        (50.0, 0.5, 25.0, True),
        (50.0, 0.5, 24.0, False),
        (50.0, 1.0, 25.0, False),
        (50.0, 0.99, 25.0, True),
        (51.0, 0.5, 25.0, True),
        (51.01, 0.5, 25.0, False),
        (49.0, 0.5, 25.0, True),
        (48.99, 0.5, 25.0, False),
    ],
)
def test_two_that_differ_less_than_legs_do_while_power_moves_are_told_after_120_turns(
    left_percent: float, apart: float, moved: float, alike: bool
) -> None:
    assert turns(left_percent, apart, 200.0, moved) == [False] * 119 + [alike]


def test_every_120_turns_are_looked_at_for_themselves() -> None:
    watch = DuplicatePower(1000.0)
    first = [watch.feed(50.0 + 3 * (-1) ** i, 200.0 + i, 1.0) for i in range(120)]
    second = [watch.feed(50.0, 200.0 + i, 1.0) for i in range(120)]
    assert (first, second) == ([False] * 120, [False] * 119 + [True])


@pytest.mark.parametrize("left_percent", [42.0, 58.0])
@pytest.mark.parametrize(("off", "told"), [(0.01, True), (0.0, True), (-0.01, False)])
def test_more_power_than_is_held_gives_away_two_that_are_within_eight_points(
    left_percent: float, off: float, told: bool
) -> None:
    inside = left_percent + (off if left_percent < 50 else -off)
    watch = DuplicatePower(200.0)
    found = [watch.feed(inside + 2.0 * (-1) ** i, 400.0, 1.0) for i in range(120)]
    assert found == [False] * 119 + [told]


def test_a_minute_that_is_unlike_ends_what_was_held() -> None:
    watch = DuplicatePower(200.0)
    random = np.random.default_rng(1)
    found = []
    for minute, around in enumerate((53.0, 60.0, 53.0, 53.0)):
        found += [minute for _ in range(60) if watch.feed(around + random.uniform(-4, 4), 400.0, 1.0)]
    assert found == [3]
