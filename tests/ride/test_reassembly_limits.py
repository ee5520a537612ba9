"""Which of two notifications are parts of one measurement, how long one waits for the other, and what is then given."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from legbal.gatt.fields import PRESENCE
from legbal.gatt.measurement import Measurement
from legbal.ride.inputs import Setup
from legbal.ride.reassembly import Reassembler
from legbal.ride.ride import fold
from tests.ride.packets import BALANCE, CRANK, OTHERS, TORQUE, part, ridden, split

WHOLE = [x.whole for x in ridden(12)]
KNOWN_AT = 0.03


def crank(turn: int) -> Measurement:
    return part(WHOLE[turn], CRANK)


def balance(turn: int) -> Measurement:
    return part(WHOLE[turn], BALANCE)


def in_parts(first: int = CRANK, second: int = BALANCE) -> Reassembler:
    """It has seen one measurement in such parts."""
    reassembler = Reassembler()
    assert reassembler.feed(0.0, part(WHOLE[0], first)) == (0.0, part(WHOLE[0], first))
    reassembler.feed(KNOWN_AT, part(WHOLE[0], second))
    return reassembler


def is_joined(reassembler: Reassembler, t: float, second: Measurement) -> bool:
    """Whether what comes then is the rest of what was given at once and counts turns: then it is given no more."""
    given = reassembler.feed(t, second)
    assert given in (None, (t, second))
    return given is None


def test_at_first_nothing_is_usual_and_nothing_waits() -> None:
    reassembler = Reassembler()
    assert (reassembler.latest, reassembler.usual, reassembler.pending) == (None, -1, False)


def test_what_comes_in_no_parts_is_usual() -> None:
    reassembler = Reassembler()
    for t, m in enumerate(WHOLE[:3]):
        assert reassembler.feed(float(t), m) == (t, m)
        assert (reassembler.usual, reassembler.pending) == (m.flags, False)
        assert reassembler.latest == (t, m)


def test_of_parts_none_is_usual_and_one_that_waits_is_pending() -> None:
    reassembler = in_parts()
    assert (reassembler.latest, reassembler.usual, reassembler.pending) == (None, -1, True)
    assert reassembler.feed(0.7, crank(1)) is None
    assert (reassembler.latest, reassembler.usual, reassembler.pending) == ((0.7, crank(1)), -1, True)
    assert reassembler.feed(0.73, balance(1)) == (0.73, part(WHOLE[1], CRANK | BALANCE))
    assert (reassembler.latest, reassembler.usual, reassembler.pending) == (None, -1, False)


@pytest.mark.parametrize(("gap_s", "joined"), [(0.0, True), (1.0, True), (1.001, False)])
def test_the_second_part_comes_within_a_second(gap_s: float, joined: bool) -> None:
    reassembler = Reassembler()
    reassembler.feed(5.0, crank(0))
    assert is_joined(reassembler, 5.0 + gap_s, balance(0)) == joined


@pytest.mark.parametrize(
    ("waits", "together_s"),
    [
        ([0.625], 0.375),
        ([5.0], 1.0),  # a slow meter's parts come as close together as any
        ([0.625, 5.0, 5.0, 5.0, 5.0], 1.0),  # most were lost
        ([0.625, 0.625, 5.0, 5.0, 5.0], 0.375),
        ([0.125] * 3 + [0.625] * 6, 0.375),  # some came in a heap
        ([0.625] * 6 + [0.125] * 3, 0.375),
        ([0.125] * 4 + [0.625] * 5, 0.075),
        ([0.125] * 4 + [0.625] * 6, 0.375),  # and the oldest of ten is forgotten
        ([0.125] * 9 + [0.625] * 5, 0.075),
        ([0.125] * 9 + [0.625] * 6, 0.375),
    ],
)
def test_of_two_measurements_a_part_belongs_to_the_nearer(waits: Sequence[float], together_s: float) -> None:
    """Three fifths of the time between them: of the last nine such times the third of which as many are shorter."""
    for apart, joined in ((-0.001, True), (0.001, False)):
        reassembler, t = Reassembler(), 0.0
        turns = [msgspec.structs.replace(crank(0), power_w=100 + i) for i in range(len(waits) + 1)]
        reassembler.feed(t, turns[0])
        for wait, turn in zip(waits, turns[1:], strict=True):
            t += wait
            assert reassembler.feed(t, turn) == (t, turn)
        second = msgspec.structs.replace(balance(0), power_w=100 + len(waits))
        assert is_joined(reassembler, t + together_s + apart, second) == joined


def test_exactly_three_fifths_of_the_way_to_the_next_measurement_a_part_still_belongs() -> None:
    reassembler = Reassembler()
    for t, power in ((0.0, 100), (0.625, 180)):
        reassembler.feed(t, msgspec.structs.replace(crank(0), power_w=power))
    assert is_joined(reassembler, 1.0, balance(0))


@pytest.mark.parametrize("fields", [BALANCE, TORQUE, BALANCE | TORQUE, OTHERS, 1 << 4, 1 << 6])
def test_a_part_waits_for_the_other_only_if_that_has_something_to_count(fields: int) -> None:
    waits = fields & (BALANCE | TORQUE) != 0
    reassembler = in_parts(CRANK, fields)
    first, second = crank(1), part(WHOLE[1], fields)
    assert reassembler.feed(0.7, first) == (None if waits else (0.7, first))
    joined = reassembler.feed(0.73, second)
    assert joined == ((0.73, part(WHOLE[1], CRANK | fields)) if waits else None)
    swapped = in_parts(CRANK, fields)
    assert swapped.feed(0.7, second) is None, "the crank is always worth waiting for"
    assert swapped.feed(0.73, first) == (0.73, part(WHOLE[1], CRANK | fields))


def test_a_turn_that_comes_second_is_given_even_where_the_first_part_was() -> None:
    reassembler = Reassembler()
    assert reassembler.feed(0.0, balance(0)) == (0.0, balance(0))
    assert reassembler.feed(0.03, crank(0)) == (0.03, part(WHOLE[0], CRANK | BALANCE))


@pytest.mark.parametrize("later_s", [0.7, 3.0, 3.5, 60.0])
def test_a_turn_whose_second_part_was_lost_is_given_when_the_next_part_comes(later_s: float) -> None:
    for following in (crank(2), balance(2)):
        reassembler = in_parts()
        assert reassembler.feed(0.7, crank(1)) is None
        assert reassembler.feed(0.7 + later_s, following) == (0.7, crank(1))
        rest = balance(2) if following == crank(2) else crank(2)
        told = reassembler.feed(0.73 + later_s, rest)
        assert told == (0.73 + later_s, part(WHOLE[2], CRANK | BALANCE))
    reassembler = in_parts()
    assert reassembler.feed(0.7, crank(1)) is None
    assert reassembler.feed(0.7 + later_s, part(WHOLE[2], OTHERS)) == (0.7, crank(1))


@pytest.mark.parametrize(("later_s", "kept"), [(3.0, True), (3.001, False)])
def test_a_turn_that_waits_is_given_before_a_whole_measurement_unless_there_is_a_gap(
    later_s: float, kept: bool
) -> None:
    """Then the whole one waits in its turn."""
    reassembler = in_parts()
    assert reassembler.feed(0.0 + 1.0, crank(1)) is None
    told = reassembler.feed(1.0 + later_s, WHOLE[5])
    assert told == ((1.0, crank(1)) if kept else (1.0 + later_s, WHOLE[5]))
    after = reassembler.feed(2.0 + later_s, crank(6))
    assert after == ((1.0 + later_s, WHOLE[5]) if kept else None)


@pytest.mark.parametrize("whole", [True, False])
def test_what_waits_and_counts_no_turn_gives_way_to_what_does(whole: bool) -> None:
    reassembler = in_parts()
    assert reassembler.feed(0.7, balance(1)) is None
    following = WHOLE[2] if whole else part(WHOLE[2], OTHERS)
    assert reassembler.feed(1.4, following) == (1.4, following)


def test_what_neither_part_understands_is_kept_whichever_has_it() -> None:
    for first_octets, second_octets, kept in (
        (b"\x01", b"", b"\x01"),
        (b"", b"\x02", b"\x02"),
        (b"\x01", b"\x02", b"\x01"),
    ):
        reassembler = in_parts()
        reassembler.feed(0.7, msgspec.structs.replace(crank(1), unparsed=first_octets))
        joined = reassembler.feed(0.73, msgspec.structs.replace(balance(1), unparsed=second_octets))
        assert joined is not None
        assert joined[1].unparsed == kept


@pytest.mark.parametrize("bit", [1 << 12, 1 << 13])
def test_parts_agree_in_every_bit_that_announces_no_field(bit: int) -> None:
    assert not bit & PRESENCE
    for first, second, joined in ((bit, bit, True), (0, bit, False), (bit, 0, False)):
        reassembler = Reassembler()
        reassembler.feed(0.0, msgspec.structs.replace(crank(0), flags=crank(0).flags | first))
        rest = msgspec.structs.replace(balance(0), flags=balance(0).flags | second)
        assert is_joined(reassembler, 0.03, rest) == joined


def test_a_part_that_waits_for_the_rest_is_measured_with_it() -> None:
    parts, wholes = split(ridden(40), BALANCE)
    assert len(parts) == 2 * len(wholes)
    (_, of_parts), (_, of_wholes) = (fold(Setup(), inputs) for inputs in (parts, wholes))
    assert len(wholes) == 40
    assert of_parts.ride.revolutions == of_wholes.ride.revolutions
    assert of_parts.ride.left_percent == pytest.approx(of_wholes.ride.left_percent)
