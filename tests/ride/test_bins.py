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
