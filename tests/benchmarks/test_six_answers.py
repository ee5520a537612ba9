"""The answers of `legbal me` hold what was planted, within the ranges that they state."""

from __future__ import annotations

from tests.benchmarks.six_answers import ONE, REPORTING, checks, coverage, simulate


def test_the_rider_who_is_printed_reads_the_truth() -> None:
    truth, answers = simulate(REPORTING, 0, truth=ONE)
    found = list(checks(truth, answers))
    assert [x.question for x in found if x.holds is False or x.wrong] == []
    assert {x.question for x in found if x.holds} == {
        *("how large", "where", "sprints", "how fast", "first deficit", "getting better", "change"),
    }


def test_ranges_of_riders_of_all_kinds_hold_their_truth() -> None:
    for of in coverage(simulate(77, number) for number in range(12)):
        assert of.hold >= of.stated - 2, of
        assert of.wrong <= 1, of


def test_a_truth_that_is_another_is_not_held() -> None:
    _, answers = simulate(REPORTING, 0, truth=ONE)
    other = ONE._replace(level=52.0, drift=2.0, sprints=4.0)
    wrong = {x.question for x in checks(other, answers) if x.holds is False}
    assert {"how large", "sprints", "how fast"} <= wrong
