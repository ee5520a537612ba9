"""Bins of about a second, whatever the meter's rate."""

from __future__ import annotations

import pytest

from legbal.ride.revolution import Bin, Revolution, SecondBins


def _bins(rate: float, n: int, jitter: float = 0.0) -> list[Bin]:
    seconds, out = SecondBins(), []
    for i in range(n):
        t = i / rate + jitter * (-1) ** i
        told = seconds.feed(t, 200.0, Revolution(t, 0.6, 120.0, 200.0, 48.0, 0, "crank"))
        if told is not None:
            out.append(told)
    return out


@pytest.mark.parametrize("rate", [1.0, 2.0, 4.0])
def test_a_bin_takes_about_a_second(rate: float) -> None:
    assert len(_bins(rate, int(100 * rate))) == pytest.approx(100, abs=2)


def test_jitter_neither_doubles_nor_empties() -> None:
    assert [x.revolutions for x in _bins(1.0, 50, jitter=0.1)] == [1] * 50


def test_shares_are_weighed_by_work() -> None:
    seconds = SecondBins()
    seconds.feed(0.0, 200.0, None)
    seconds.feed(0.4, 100.0, Revolution(0.4, 0.5, 50.0, 100.0, 40.0, 0, "crank"))
    told = seconds.feed(0.8, 300.0, Revolution(0.8, 0.5, 150.0, 300.0, 48.0, 0, "crank"))
    assert told is not None
    assert told.left_percent == pytest.approx(46)
    assert told.cadence_rpm == pytest.approx(120)
    assert told.revolutions == 2


@pytest.mark.parametrize(("silent_s", "share"), [(3.0, 48.0), (3.01, None)])
def test_a_bin_of_more_than_three_seconds_has_no_share(silent_s: float, share: float | None) -> None:
    seconds = SecondBins()
    assert seconds.feed(10.0, 200.0, None) is not None
    told = seconds.feed(
        10.0 + silent_s, 200.0, Revolution(10.0 + silent_s, 0.7, 140.0, 200.0, 48.0, 0, "crank")
    )
    assert told is not None
    assert told.left_percent == share


def test_time_is_no_cadence() -> None:
    told = SecondBins().feed(0.0, 200.0, Revolution(0.0, 1.0, 200.0, 200.0, 48.0, 0, "time"))
    assert told is not None
    assert told.cadence_rpm is None


def test_revolutions_that_were_skipped_count_for_the_cadence() -> None:
    told = SecondBins().feed(0.0, 200.0, Revolution(0.0, 1.5, 300.0, 200.0, 48.0, 1, "crank"))
    assert told is not None
    assert told.cadence_rpm == pytest.approx(80)


@pytest.mark.parametrize(
    ("duration_s", "skipped", "rpm"), [(1.0, 4, 300.0), (0.99, 4, 60 / 0.99), (0.8, 24, 75.0)]
)
def test_a_revolution_after_a_long_gap_counts_alone_for_the_cadence(
    duration_s: float, skipped: int, rpm: float
) -> None:
    told = SecondBins().feed(
        0.0, 200.0, Revolution(0.0, duration_s, 200 * duration_s, 200.0, 48.0, skipped, "crank")
    )
    assert told is not None
    assert told.cadence_rpm == pytest.approx(rpm)


@pytest.mark.parametrize(("work_j", "share"), [(0.0, None), (0.5, 48.0)])
def test_any_work_gives_a_bin_its_share_and_none_gives_none(work_j: float, share: float | None) -> None:
    told = SecondBins().feed(0.0, 1.0, Revolution(0.0, 0.5, work_j, 1.0, 48.0, 0, "crank"))
    assert told is not None
    assert (told.left_percent, told.revolutions, told.cadence_rpm) == (share, 1, 120.0)


def test_a_revolution_without_a_balance_counts_in_no_bin() -> None:
    told = SecondBins().feed(0.0, 200.0, Revolution(0.0, 0.7, 140.0, 200.0, None, 0, "crank"))
    assert told == Bin(0.0, 200.0, None, 0, None)


def test_each_bin_has_its_own_revolutions_and_the_power_of_the_last_notification() -> None:
    seconds = SecondBins()
    told = [
        seconds.feed(t, power, Revolution(t, 0.5, work, power, left, 0, "crank"))
        for t, power, work, left in (
            (0.0, 100.0, 50.0, 40.0),
            (0.5, 200.0, 100.0, 44.0),
            (1.0, 300.0, 150.0, 49.0),
        )
    ]
    assert told == [Bin(0.0, 100.0, 40.0, 1, 120.0), None, Bin(1.0, 300.0, 47.0, 2, 120.0)]


@pytest.mark.parametrize(
    ("closes", "due"),
    [
        (0.75, 1.85),  # a quarter of a second before it is due, and the next not more than a tenth late
        (0.9375, 2.0),
        (1.0, 2.0),
        (1.0625, 2.0),
        (1.5, 2.4),
    ],
)
def test_a_bin_closes_a_quarter_of_a_second_early_and_the_next_makes_up_a_tenth(
    closes: float, due: float
) -> None:
    seconds = SecondBins()
    assert seconds.feed(0.0, 200.0, None) is not None
    assert seconds.feed(0.74, 200.0, None) is None
    assert seconds.feed(closes, 200.0, None) is not None
    assert seconds.feed(due - 0.26, 200.0, None) is None
    assert seconds.feed(due - 0.249, 200.0, None) is not None


def test_a_bin_is_due_a_second_after_the_one_before_to_the_quarter() -> None:
    seconds = SecondBins()
    told = [seconds.feed(t, 200.0, None) for t in (0.0, 1.0, 1.7499, 1.75)]
    assert [x is not None for x in told] == [True, True, False, True]
