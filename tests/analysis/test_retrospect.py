"""Of a pair of which one half was missing, a ride that is over tells which, when, and whose watts there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import pytest

from legbal.analysis.retrospect import in_retrospect
from legbal.analysis.ride_analysis import analyse
from legbal.analysis.summary import Summary
from legbal.meters.limits import Remark
from legbal.present.objects import plain, structured
from legbal.ride.inputs import Input, Mark, Setup
from legbal.ride.ride import fold
from tests.ride.halves import TWO, steady

Watts = Callable[[float], int | None]


def always(watts: int) -> Watts:
    return lambda _: watts


def within(watts: int, *spans: tuple[float, float]) -> Watts:
    return lambda t: watts if any(begin <= t < end for begin, end in spans) else None


def never(_: float) -> None:
    return None


def summary(inputs: Sequence[Input], setup: Setup = TWO) -> Summary:
    return analyse(setup, inputs).summary


def of_pair(said: Summary) -> dict[str, Remark]:
    """What is said of its halves, by code; of a leg alone by its side, too."""
    remarks = [x for x in said.limits if isinstance(x, Remark) and x.code.startswith("pair.")]
    return {x.code + (f" {x.values['side']}" if x.code == "pair.alone" else ""): x for x in remarks}


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_half_that_never_came_is_named_and_no_balance_is_measured(side: str) -> None:
    halves = (always(90), never) if side == "left" else (never, always(90))
    said = summary(steady(60, *halves))
    other = "right" if side == "left" else "left"
    never_came, alone = said.limits[:2]
    assert never_came == Remark("pair.never_heard", {"side": other, "other": side})
    assert isinstance(alone, Remark)
    assert alone.code == "pair.alone"
    assert alone.values == {"side": side, "since_s": 4.0, "until_s": 60.0, "seconds": 56.0, "power_w": 90.0}
    assert said.ride.balance == "absent"
    assert not [x for x in said.limits if isinstance(x, Remark) and x.code.startswith("limit.")]
    assert structured(msgspec.json.decode(msgspec.json.encode(plain(said))), Summary) == said


def test_a_half_that_came_for_the_first_minutes_alone_was_missing_from_then_on() -> None:
    said = summary(steady(120, always(90), within(100, (0, 60))))
    told = of_pair(said)
    assert [*told] == ["pair.was_missing", "pair.alone left"]
    assert told["pair.was_missing"].values == {
        "side": "right",
        "other": "left",
        "since": pytest.approx(59.65),
    }
    alone = told["pair.alone left"].values
    assert (alone["since_s"], alone["until_s"], alone["seconds"]) == (63.0, 120.0, 57.0)
    assert alone["power_w"] == 90.0, "nothing of the other leg, which was held until it was missed"
    assert said.ride.balance == "measured"
    assert Remark("limit.measured") in said.limits


def test_a_half_that_came_for_the_last_minutes_alone_left_the_other_leg_s_watts_before() -> None:
    told = of_pair(summary(steady(120, within(90, (60, 120)), always(100))))
    assert [*told] == ["pair.alone right"]
    alone = told["pair.alone right"].values
    assert (alone["since_s"], alone["until_s"], alone["power_w"]) == (4.0, 60.0, 100.0)


def test_a_half_that_is_gone_twice_is_told_once_over_both_times() -> None:
    told = of_pair(summary(steady(200, always(90), within(100, (0, 40), (80, 120), (160, 200)))))
    assert [*told] == ["pair.alone left"]
    alone = told["pair.alone left"].values
    assert (alone["since_s"], alone["until_s"], alone["seconds"]) == (43.0, 160.0, 74.0)


def test_two_halves_that_were_never_there_together_are_told_each_with_its_watts() -> None:
    said = summary(steady(180, within(90, (0, 60)), within(100, (120, 180))))
    told = of_pair(said)
    assert [*told] == ["pair.never_together", "pair.alone left", "pair.alone right"]
    assert told["pair.alone left"].values["power_w"] == 90.0
    assert told["pair.alone right"].values["power_w"] == 100.0
    assert not [x for x in said.limits if isinstance(x, Remark) and x.code.startswith("limit.")]


def test_a_leg_alone_that_rests_has_no_watts_to_tell() -> None:
    assert [*of_pair(summary(steady(60, always(0), never)))] == ["pair.never_heard"]


def test_both_halves_all_the_time_say_nothing_of_a_missing_one() -> None:
    assert not of_pair(summary(steady(60, always(90), always(100))))


def test_what_turned_out_to_be_both_legs_watts_is_no_leg_s_alone() -> None:
    """One that sends a balance that moves has both legs already, and had them while it was heard alone."""
    early = steady(60, always(180), never, octet=100)
    late = steady(60, always(180), never, begin=60, octet=104)
    assert [*of_pair(summary([*early, *late]))] == ["pair.total"]


def test_a_leg_that_the_rider_names_anew_is_the_other_one_from_then_on() -> None:
    inputs = steady(60, always(90), never)
    place = next(i for i, item in enumerate(inputs) if item.t > 30)
    said = summary([*inputs[:place], Mark(30.0, "reference_right"), *inputs[place:]])
    told = of_pair(said)
    assert [*told] == ["pair.never_heard", "pair.alone right"]
    assert told["pair.never_heard"].values["side"] == "left"
    assert told["pair.alone right"].values["since_s"] == 30.0


def test_from_the_last_view_alone_it_is_told_who_was_missing() -> None:
    """As on the screen that a ride ends with, which has no seconds to look back on."""
    _, view = fold(TWO, steady(60, always(90), never))
    assert in_retrospect(view) == (
        Remark("pair.never_heard", {"side": "right", "other": "left"}),
        *(x for x in view.limits if isinstance(x, Remark) and x.code.startswith("ftp.")),
    )
    _, view = fold(TWO, steady(120, within(90, (60, 120)), always(100)))
    assert in_retrospect(view) == view.limits, "for how long is all that it knows"
