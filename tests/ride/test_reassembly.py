"""A measurement split over two notifications is one measurement, however its fields are divided."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legbal.analysis.ride_analysis import analyse
from legbal.files import capture
from legbal.gatt.fields import PRESENCE
from legbal.gatt.measurement import Measurement, decode, encode
from legbal.outlets.jsonlines import encode as line
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.reassembly import Reassembler
from legbal.ride.revolution import CrankCounter
from legbal.ride.ride import fold
from legbal.ride.view import RideView
from tests.ride.companioned import companioned
from tests.ride.folding import ASSIOMA, numbers, one_by_one
from tests.ride.halves import TWO
from tests.ride.packets import BALANCE, CRANK, OTHERS, STATUS, TORQUE, part, ridden, sent, split
from tests.shared import shared

SETUP = Setup(ftp_w=250.0, profile=ASSIOMA)


def said(view: RideView) -> object:
    """Revolutions and shares, to a hundredth."""
    return json.loads(
        json.dumps(
            [
                view.counts.revolutions,
                view.counts.not_seen,
                *(round(x or 0.0, 2) for x in (view.ride.left_percent, view.ride.power_w, view.ride.seconds)),
                *(round(x.share.left_percent or 0.0, 2) for x in view.bands),
                view.ride.revolutions,
            ]
        )
    )


def test_forces_in_a_second_notification_cost_no_revolution() -> None:
    """The case c20: 400 turns, balance and crank in the first part; the share by hand from its bytes."""
    inputs = list(
        capture.read_file(
            shared("data/cases/c20_split_forces.jsonl"), lambda _, problem: pytest.fail(problem)
        )
    )
    work = left = 0.0
    last: Measurement | None = None
    for item in inputs:
        m = decode(item.data)
        if m.crank_event_time_raw is None or m.balance_percent is None:
            continue
        if last is not None and last.crank_event_time_raw is not None:
            joules = m.power_w * ((m.crank_event_time_raw - last.crank_event_time_raw) & 0xFFFF) / 1024
            work, left = work + joules, left + joules * m.balance_percent
        last = m
    _, view = fold(Setup(ftp_w=250.0), inputs)
    assert view.counts.revolutions == 399
    assert view.ride.left_percent == pytest.approx(left / work, abs=1e-9)
    assert view.ride.left_percent == pytest.approx(
        45.8, abs=0.31
    )  # the rider's, within the error of 399 turns
    assert not any("limit.by_time" in str(limit) for limit in view.limits)


DIVISIONS = st.integers(0, PRESENCE).map(lambda drawn: drawn & PRESENCE)


@given(DIVISIONS, st.lists(st.booleans(), min_size=1, max_size=9), st.sampled_from([0.0, 0.03, 0.1, 0.3]))
@settings(max_examples=40, deadline=None)
def test_any_division_in_any_order_gives_what_the_whole_gives(
    first: int, swapped: list[bool], gap_s: float
) -> None:
    if len(set(swapped)) > 1:
        gap_s = min(gap_s, 0.1)  # half-way to the next measurement nothing says of which it is a part
    parts, wholes = split(ridden(40, gap_s=gap_s), first, swapped)
    assert said(fold(SETUP, parts)[1]) == said(fold(SETUP, wholes)[1])


def counted(wholes: Sequence[Input]) -> tuple[int, float, float]:
    """Revolutions, and of those with a balance the seconds and the left share, as the parts that arrived allow."""
    counter, revolutions, seconds, work, left = CrankCounter(), 0, 0.0, 0.0, 0.0
    for item in wholes:
        assert isinstance(item, Notification)
        m = decode(item.data)
        revolution = m.crank_revolutions is not None and counter.feed(
            item.t,
            m.power_w,
            m.balance_percent,
            m.crank_revolutions,
            m.crank_event_time_raw,
            m.accumulated_torque_raw,
        )
        if revolution:
            revolutions += 1
            if revolution.left_percent is not None:
                seconds += revolution.duration_s
                work += revolution.work_j
                left += revolution.work_j * revolution.left_percent
    return revolutions, seconds, left / work if work else 0.0


FATES = st.lists(st.sampled_from(["", "", "", "", "0", "1", "01"]), min_size=1, max_size=30)


@given(DIVISIONS, st.booleans(), FATES)
@settings(max_examples=60, deadline=None)
def test_a_lost_part_costs_no_more_than_what_was_in_it(first: int, swapped: bool, fates: list[str]) -> None:
    """But for one revolution until it is known that there are parts, and one that waits when the ride ends."""
    parts, wholes = split(ridden(40, powers=(180, 200, 220, 190, 240)), first, [swapped], ["", *fates])
    view, (revolutions, seconds, left) = fold(SETUP, parts)[1], counted(wholes)
    assert revolutions - 2 <= view.counts.revolutions <= revolutions
    turn_s, longest_s = 0.7, 5.0  # of a revolution, and what one stands for at the most
    assert seconds - longest_s - 2 * turn_s <= view.ride.seconds <= seconds + turn_s / 2
    if seconds > 15:
        assert view.ride.left_percent == pytest.approx(left, abs=0.7)


@pytest.mark.parametrize("first", [CRANK, BALANCE, TORQUE | BALANCE, CRANK | TORQUE, OTHERS])
def test_live_replay_and_review_of_it_say_the_same(first: int) -> None:
    parts, wholes = split(ridden(300), first)
    events, view = fold(SETUP, parts)
    live_events, live_view = one_by_one(SETUP, parts)
    told, replayed = companioned(SETUP, parts)
    assert told == [line(e) for e in events] == [line(e) for e in live_events]
    assert numbers(live_view) == numbers(view) == numbers(replayed)
    reviewed, whole = analyse(SETUP, parts).summary, analyse(SETUP, wholes).summary
    assert reviewed.ride.balance == whole.ride.balance
    # the torque of the very first turn comes before it is known that there are parts
    assert reviewed.ride.share.left_percent == pytest.approx(whole.ride.share.left_percent, abs=1e-4)
    assert reviewed.ride.share.revolutions == whole.ride.share.revolutions == 299
    assert [x.share.revolutions for x in reviewed.bands] == [x.share.revolutions for x in whole.bands]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("first", [CRANK, TORQUE, CRANK | TORQUE])
def test_both_halves_of_a_pair_may_send_in_parts(first: int, swapped: bool) -> None:
    parts, wholes = list[Input](), list[Input]()
    fields = CRANK | TORQUE | 1 << 6
    for side, watts in (("left", (90, 95, 100)), ("right", (110, 105, 100))):
        ride = ridden(120, powers=watts, fields=fields)
        if side == "right":
            ride = [x._replace(t=x.t + 0.31) for x in ride]
        of_side = split(ride, first, [swapped], meter=side)
        parts += of_side[0]
        wholes += of_side[1]
    views = [fold(TWO, sorted(x, key=lambda item: item.t))[1] for x in (parts, wholes)]
    assert said(views[0]) == said(views[1])
    assert views[0].counts.revolutions > 100
    assert views[0].ride.left_percent == pytest.approx(47.5, abs=0.2)


@pytest.mark.parametrize("meters", [("left", "right"), ("meter",)])
def test_what_counts_turns_is_not_counted_by_time_even_where_its_first_turns_are_lost(
    meters: tuple[str, ...],
) -> None:
    """Second parts come before the crank is heard of: time stands in for these, and for no more."""
    lost = ["0", "0", "0", *[""] * 77]
    setup, fields = (SETUP, PRESENCE) if len(meters) == 1 else (TWO, CRANK | TORQUE | 1 << 6)
    inputs = [
        x for meter in meters for x in split(ridden(80, fields=fields), CRANK, lost=lost, meter=meter)[0]
    ]
    inputs.sort(key=lambda item: item.t)
    early = fold(setup, [x for x in inputs if x.t < 2.1])[1]
    assert any("by_time" in str(limit) for limit in early.limits)
    _, view = fold(setup, inputs)
    assert not any("by_time" in str(limit) for limit in view.limits)
    assert 74 <= view.counts.revolutions <= 79
    assert view.ride.seconds <= 79 * 0.7 + 0.1


def test_a_meter_that_leaves_its_crank_out_at_rest_counts_no_time_there() -> None:
    moving = [sent(part(m, CRANK | BALANCE), t) for t, m, _ in ridden(20)]
    pause = [
        Notification(14.0 + i, encode(Measurement(STATUS | BALANCE, 5, balance_raw=100))) for i in range(4)
    ]
    pause = [Notification(x.t, x.data, meter="meter") for x in pause]
    _, view = fold(SETUP, [*moving, *pause])
    assert view.counts.revolutions == 19


def test_two_measurements_of_other_fields_are_not_one() -> None:
    """Another power, another offset bit, a field that both have, or a second between them."""
    crank, balance = (part(ridden(1)[0].whole, x) for x in (CRANK, BALANCE))
    for t, second in (
        (0.03, msgspec.structs.replace(balance, power_w=181)),
        (0.03, msgspec.structs.replace(balance, flags=balance.flags | 1 << 12)),
        (0.03, part(ridden(1)[0].whole, CRANK | BALANCE)),
        (1.5, balance),
    ):
        reassembler = Reassembler()
        assert reassembler.feed(0.0, crank) == (0.0, crank)
        assert reassembler.feed(t, second) == (t, second)


def test_each_part_says_of_its_own_fields_whose_they_are() -> None:
    """The one with the balance says that it is the left leg's, though the one with the crank does not."""
    whole = ridden(1)[0].whole
    balance = part(whole, BALANCE)
    rest = part(whole, CRANK | TORQUE)
    rest = msgspec.structs.replace(rest, flags=rest.flags & ~0b10)
    for parts in ((balance, rest), (rest, balance)):
        reassembler = Reassembler()
        reassembler.feed(0.0, parts[0])
        reassembler.feed(0.03, parts[1])
        reassembler.feed(0.7, parts[0])
        joined = reassembler.feed(0.73, parts[1])
        assert joined is not None
        assert joined[1] == part(whole, BALANCE | CRANK | TORQUE)
