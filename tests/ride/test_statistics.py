"""What is added up: which revolutions an interval has, what the bands are of, and what is usual beside each."""

from __future__ import annotations

import pytest

from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.revolution import Revolution
from legbal.ride.share import Share
from legbal.ride.statistics import RideStatistics

BANDS = (0.55, 0.75)


def ridden(
    seconds: int, watts: float = 200.0, *, left: float | None = 48.0, begin: int = 1
) -> list[Revolution]:
    """One revolution a second."""
    return [Revolution(float(t), 1.0, watts, watts, left, 0, "crank") for t in range(begin, begin + seconds)]


def added(*revolutions: Revolution) -> RideStatistics:
    statistics = RideStatistics(BANDS)
    for revolution in revolutions:
        statistics.add(revolution)
    return statistics


def no_usual(_: float) -> float | None:
    return None


@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 100])
def test_every_revolution_counts_once_however_they_are_added_up(n: int) -> None:
    statistics = added(*ridden(n))
    assert statistics.ride.share().revolutions == n
    assert len(statistics.ring.rows()) == n
    assert statistics.last(1000.0, 1000.0).revolutions == n


def test_without_a_left_share_a_revolution_is_in_no_mean_of_any() -> None:
    share = added(*ridden(5, 100.0, left=None), *ridden(5, 200.0, begin=6)).ride.share()
    assert (share.power_w, share.left_percent, share.revolutions, share.seconds) == (200.0, 48.0, 5, 5.0)
    assert added(*ridden(5, 100.0, left=None)).ride.share() == Share(power_w=100.0)


def test_the_last_seconds_end_now_and_begin_after_their_first() -> None:
    statistics = added(*ridden(10))
    assert statistics.last(3.0, 10.0).revolutions == 3
    assert statistics.last(3.0, 12.0).revolutions == 1
    assert statistics.last(3.0, 13.0) == Share()


@pytest.mark.parametrize("n", [0, 3, 200])
@pytest.mark.parametrize("t", [0.0, 1.5, 190.0, 199.0, 300.0])
def test_what_was_told_later_than_a_second_is_known_wherever_it_lies(n: int, t: float) -> None:
    """Freshly told, waiting to be added up, or in the ring alone."""
    statistics = added(*ridden(n))
    later = [(float(at), 1.0, 200.0, 200.0, 48.0) for at in range(1, n + 1) if at > t]
    assert statistics.since(t) == later
    statistics.bands()
    assert statistics.since(t) == later


def test_there_are_no_bands_before_an_ftp_is_known() -> None:
    statistics = added(*ridden(10, 100.0))
    assert statistics.bands() == ()
    assert statistics.ftp_w == 0.0
    statistics.use_ftp(200.0)
    assert [band.share.revolutions for band in statistics.bands()] == [10, 0, 0]
    for revolution in ridden(3, 150.0, begin=11):
        statistics.add(revolution)
    assert [band.share.revolutions for band in statistics.bands()] == [10, 0, 3]


@pytest.mark.parametrize(("ftp_w", "banded"), [(206.0, [0, 10, 0]), (206.1, [10, 0, 0]), (190.0, [0, 0, 10])])
def test_an_ftp_that_moves_by_3_percent_moves_no_edges(ftp_w: float, banded: list[int]) -> None:
    """146 W are 73 % of 200 W, and 113.2 W of 206 W would be easy."""
    watts = 113.2 if ftp_w > 200 else 146.0
    statistics = added(*ridden(10, watts))
    statistics.use_ftp(200.0)
    statistics.use_ftp(ftp_w)
    assert statistics.ftp_w == ftp_w
    assert [band.share.revolutions for band in statistics.bands()] == banded


def test_an_interval_has_the_revolutions_between_its_back_dated_bounds() -> None:
    statistics = added(*ridden(40))
    statistics.interval(IntervalStart(40.0, 20.0, 1), no_usual)
    (running,) = statistics.interval_views(lambda watts: watts / 4)
    assert (running.number, running.start_s, running.end_s, running.by) == (1, 20.0, None, "power")
    assert (running.share.revolutions, running.usual_percent) == (20, 50.0)
    for revolution in ridden(20, begin=41):
        statistics.add(revolution)
    (running,) = statistics.interval_views(no_usual)
    assert running.share.revolutions == 40
    statistics.interval(IntervalEnd(60.0, 50.0, 1), lambda watts: watts / 5)
    (ended,) = statistics.interval_views(no_usual)
    assert (ended.start_s, ended.end_s, ended.share.revolutions) == (20.0, 50.0, 30)
    assert ended.usual_percent == 40.0, "what was usual then"
    assert ended.slope_per_minute == pytest.approx(0.0)
    assert ended.slope_error is not None


def test_an_interval_without_a_revolution_has_nothing_usual_beside_it() -> None:
    statistics = added()
    statistics.interval(IntervalStart(10.0, 10.0, 1, "lap"), lambda _: 48.0)
    (running,) = statistics.interval_views(lambda _: 48.0)
    assert (running.share, running.usual_percent, running.by) == (Share(), None, "lap")
    assert (running.slope_per_minute, running.slope_error) == (None, None)


def test_an_end_without_a_start_ends_nothing() -> None:
    statistics = added(*ridden(10))
    statistics.interval(IntervalEnd(10.0, 10.0, 1), no_usual)
    assert statistics.interval_views(no_usual) == ()


def test_of_an_interval_longer_than_what_is_held_the_running_sum_counts() -> None:
    statistics = added()
    statistics.interval(IntervalStart(0.0, 0.0, 1), no_usual)
    for revolution in ridden(9000):
        statistics.add(revolution)
    statistics.interval(IntervalEnd(9000.0, 9000.0, 1), no_usual)
    (ended,) = statistics.interval_views(no_usual)
    assert ended.share.revolutions == 9000
