"""The levels between which work and rest are told apart: from the FTP, the easy pedalling and the work of a ride."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import pytest

from legbal.ride.ftp import FtpEstimate
from legbal.ride.interval_thresholds import IntervalThresholds

FTP = 250.0


def easy(watts: float) -> FtpEstimate:
    """An estimate after a minute of such pedalling."""
    estimate = FtpEstimate(FTP)
    for _ in range(6):
        estimate.block(watts, watts)
    return estimate


def worked(levels: IntervalThresholds, *watts: float) -> IntervalThresholds:
    """Work, ten seconds of it at each."""
    for x in watts:
        levels.block(pedalled_w=x, in_work=True, quiet=False)
    return levels


def rested(levels: IntervalThresholds, *watts: float, quiet: bool = True) -> IntervalThresholds:
    """Rest, ten seconds of it at each."""
    for x in watts:
        levels.block(pedalled_w=x, in_work=False, quiet=quiet)
    return levels


@pytest.mark.parametrize("ftp_w", [180.0, 250.0])
def test_at_first_the_level_is_a_fraction_of_the_ftp(ftp_w: float) -> None:
    levels = IntervalThresholds(FtpEstimate(ftp_w))
    assert levels.ftp_w == pytest.approx(ftp_w)
    assert (levels.up_w, levels.down_w) == pytest.approx((0.73 * ftp_w, 0.73 * ftp_w))
    assert levels.rise_w == inf


@pytest.mark.parametrize(
    ("estimate", "contrast", "sure"),
    [
        (FtpEstimate(250.0), 1.08, 0.85),
        (FtpEstimate(None, 250.0), 1.08, 0.95),
        (FtpEstimate(None), 1.15, 0.95),
    ],
)
def test_work_stands_out_from_the_easy_pedalling_before_it_unless_it_is_work_for_sure(
    estimate: FtpEstimate, contrast: float, sure: float
) -> None:
    """More so where the FTP is only guessed."""
    ftp = estimate.belief_w
    below, between, above = 0.6 * ftp, 0.75 * ftp, 0.9 * ftp
    assert rested(IntervalThresholds(estimate), below).up_w == pytest.approx(0.73 * ftp)
    assert rested(IntervalThresholds(estimate), between).up_w == pytest.approx(contrast * between)
    assert rested(IntervalThresholds(estimate), above).up_w == pytest.approx(sure * ftp)
    assert rested(IntervalThresholds(estimate), between).down_w == pytest.approx(0.73 * ftp)


@pytest.mark.parametrize(
    ("blocks", "before"),
    [
        ((180.0, 190.0), 185.0),
        ((180.0,) * 5 + (192.0,), 182.0),
        ((180.0,) * 6 + (192.0,), 182.0),  # a minute is remembered: the seventh counts as the sixth did
        ((180.0,) * 20 + (192.0,), 182.0),
    ],
)
def test_easy_pedalling_is_the_mean_of_a_minute(blocks: Sequence[float], before: float) -> None:
    assert rested(IntervalThresholds(FtpEstimate(FTP)), *blocks).up_w == pytest.approx(1.08 * before)


def test_what_hints_at_work_and_what_was_hardly_pedalled_is_no_easy_pedalling() -> None:
    levels = rested(IntervalThresholds(FtpEstimate(FTP)), 190.0)
    rested(levels, 100.0, 240.0, quiet=False)
    levels.block(pedalled_w=None, in_work=False, quiet=True)
    assert levels.up_w == pytest.approx(1.08 * 190)


def test_easy_pedalling_before_a_boundary_counts_no_more_after_it() -> None:
    levels = rested(IntervalThresholds(FtpEstimate(FTP)), *[190.0] * 6)
    levels.turn()
    assert levels.up_w == pytest.approx(0.73 * FTP)
    assert rested(levels, 185.0).up_w == pytest.approx(1.08 * 185)


@pytest.mark.parametrize(
    ("blocks", "level"),
    [
        ((300.0,), 300.0),
        ((300.0, 320.0), 320.0),
        ((340.0, 300.0, 320.0), 320.0),
        ((400.0, 290.0, 300.0, 310.0), 310.0),
    ],
)
def test_an_interval_is_over_below_two_thirds_of_its_middle_power(
    blocks: Sequence[float], level: float
) -> None:
    assert worked(IntervalThresholds(FtpEstimate(FTP)), *blocks).down_w == pytest.approx(0.65 * level)


def test_an_interval_is_over_below_the_boundary_however_low_its_power() -> None:
    assert worked(IntervalThresholds(FtpEstimate(FTP)), 270.0).down_w == pytest.approx(0.73 * FTP)


@pytest.mark.parametrize(
    ("blocks", "rise_w"),
    [
        ((224.0, 224.0), inf),
        ((224.0, 224.0, 224.0), 1.35 * 224),
        ((210.0, 220.0, 224.0, 200.0), 1.35 * 220),
        ((226.0, 226.0, 226.0), inf),
    ],
)
def test_doubtful_work_may_turn_out_to_have_been_a_warm_up_after_half_a_minute(
    blocks: Sequence[float], rise_w: float
) -> None:
    levels = worked(IntervalThresholds(FtpEstimate(FTP)), *blocks)
    assert levels.rise_w == pytest.approx(rise_w)
    levels.turn()
    assert levels.rise_w == inf


@pytest.mark.parametrize(
    ("easy_w", "counts_as"),
    [(60.0, 0.40), (130.0, None), (200.0, 0.65)],
)
@pytest.mark.parametrize(("work", "middle_of"), [(0.70, 0.84), (0.90, 0.90), (1.00, 1.00), (1.30, 1.05)])
def test_after_an_interval_the_level_is_the_middle_between_easy_pedalling_and_work(
    easy_w: float, counts_as: float | None, work: float, middle_of: float
) -> None:
    """Within limits that the FTP sets."""
    estimate = easy(easy_w)
    ftp = estimate.belief_w
    levels = worked(IntervalThresholds(estimate), work * ftp)
    levels.turn()
    rest = easy_w if counts_as is None else counts_as * ftp
    expected = min((rest + middle_of * ftp) / 2, 0.78 * ftp)
    assert (levels.up_w, levels.down_w) == pytest.approx((expected, expected))


@pytest.mark.parametrize("work", [0.70, 0.80, 0.90, 0.95])
def test_in_an_interval_its_own_level_lowers_the_boundary_and_never_raises_it(work: float) -> None:
    estimate = easy(130.0)
    ftp = estimate.belief_w
    levels = worked(IntervalThresholds(estimate), work * ftp)
    own = (130.0 + max(work, 0.84) * ftp) / 2
    assert levels.up_w == pytest.approx(0.73 * ftp)
    assert levels.down_w == pytest.approx(max(min(0.73 * ftp, own), 0.65 * work * ftp))


def test_the_weakest_of_the_last_three_intervals_stands_for_the_next() -> None:
    estimate = easy(130.0)
    ftp = estimate.belief_w
    levels = IntervalThresholds(estimate)
    found = []
    for work in (0.95, 0.86, 1.0, 1.05, 1.05):
        worked(levels, work * ftp)
        levels.turn()
        found.append(2 * levels.up_w - 130)
    assert found == pytest.approx([x * ftp for x in (0.95, 0.86, 0.86, 0.86, 1.0)])


def test_what_was_only_the_way_to_work_and_what_had_no_level_stand_for_none() -> None:
    estimate = easy(130.0)
    ftp = estimate.belief_w
    levels = worked(IntervalThresholds(estimate), 1.0 * ftp)
    levels.turn()
    worked(levels, 0.86 * ftp)
    levels.turn(was_work=False)
    assert 2 * levels.up_w - 130 == pytest.approx(ftp)
    levels.turn()
    levels.turn()
    levels.turn()
    assert 2 * levels.up_w - 130 == pytest.approx(ftp)
