"""FTP: stated, from earlier rides, or from this one."""

from __future__ import annotations

import pytest

from legbal.ride.ftp import FtpEstimate


def blocks(estimate: FtpEstimate, *stretches: tuple[float, float]) -> FtpEstimate:
    """Feeds stretches of (minutes, watts)."""
    for minutes, watts in stretches:
        for _ in range(round(6 * minutes)):
            estimate.block(watts, watts or None)
    return estimate


def test_a_stated_ftp_is_the_one_in_use() -> None:
    estimate = blocks(FtpEstimate(250.0), (20, 150), (20, 240), (20, 140))
    assert (estimate.ftp_w, estimate.estimated) == (250.0, False)


def test_power_held_for_long_disproves_a_stated_ftp() -> None:
    estimate = blocks(FtpEstimate(200.0), (10, 120), (20, 260))
    assert estimate.estimated
    assert estimate.ftp_w == pytest.approx(260 / 1.06, rel=0.01)


def test_an_easy_ride_does_not_disprove_a_stated_ftp() -> None:
    estimate = blocks(FtpEstimate(300.0), (90, 140))
    assert (estimate.ftp_w, estimate.estimated) == (300.0, False)
    assert 200 < estimate.belief_w < 300


@pytest.mark.parametrize("ftp", [120.0, 200.0, 280.0, 380.0])
def test_with_nothing_stated_the_ride_leads_to_the_ftp(ftp: float) -> None:
    estimate = blocks(FtpEstimate(None), (15, 0.6 * ftp), *[(8, ftp), (4, 0.55 * ftp)] * 4, (10, 0.5 * ftp))
    assert estimate.estimated
    assert estimate.ftp_w == pytest.approx(ftp, rel=0.2)


def test_earlier_rides_weigh_more_than_the_typical_rider() -> None:
    today = ((20, 180.0),)
    assert blocks(FtpEstimate(None, 350.0), *today).ftp_w > blocks(FtpEstimate(None), *today).ftp_w + 50


def test_power_with_stops_between_is_not_held() -> None:
    assert blocks(FtpEstimate(200.0), (20, 300)).estimated
    assert not blocks(FtpEstimate(200.0), *[(2, 300), (1, 0)] * 7).estimated


def test_one_sprint_says_little() -> None:
    estimate = blocks(FtpEstimate(250.0), (10, 150), (0.5, 700), (10, 150))
    assert not estimate.estimated


def test_no_pedalling_leaves_the_estimate_alone() -> None:
    estimate = FtpEstimate(None)
    before = estimate.ftp_w
    assert blocks(estimate, (30, 0)).ftp_w == before
    assert estimate.easy_w is None
