"""The shares of a trace, reckoned all at once, are those of a tally that adds up each window by itself."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.analysis.ride_trace import WINDOW_S, shares_before
from legbal.ride.balance import Tally
from legbal.ride.share import EMPTY
from legbal.ride.view import Floats


def ridden(a_second: float, seconds: int, *, whole: bool) -> Floats:
    """Revolutions with a coast, some without a share and some without work; `whole`: as a meter's octets say them."""
    random = np.random.default_rng(int(10 * a_second))
    t = np.arange(1, seconds * a_second) / a_second
    t = t[(t < 40) | (t > 75)]
    duration, watts, left = (
        np.full(len(t), 1 / a_second),
        random.normal(200, 40, len(t)),
        random.normal(48, 2, len(t)),
    )
    if whole:
        duration, watts, left = np.full(len(t), 1 / 1024), watts.round(), (2 * left).round() / 2
    watts[random.random(len(t)) < 0.05] = 0.0
    left[random.random(len(t)) < 0.05] = np.nan
    return np.column_stack((t, duration, watts * duration, watts, left))


@pytest.mark.parametrize("step", [0.0, 0.5])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("a_second", [0.2, 1.0, 1.5, 4.0, 11.0])
def test_each_share_is_that_of_a_tally(a_second: float, whole: bool, step: float) -> None:
    """Of few revolutions and of so many that batches double once and again."""
    rows, t = ridden(a_second, 130, whole=whole), np.arange(131.0)
    for at, share in zip(t.tolist(), shares_before(rows, t, step), strict=True):
        within = rows[(rows[:, 0] > at - WINDOW_S) & (rows[:, 0] <= at)]
        of_both = within[~np.isnan(within[:, 4])]
        expected = Tally(step).add_rows(of_both).share()
        if expected.left_percent is None:
            assert share == EMPTY
            continue
        assert share.revolutions == expected.revolutions
        if whole:
            assert (share.left_percent, share.seconds, share.power_w) == (
                expected.left_percent,
                expected.seconds,
                expected.power_w,
            )
        assert share.left_percent == pytest.approx(expected.left_percent, rel=1e-13)
        assert share.power_w == pytest.approx(expected.power_w, rel=1e-13)
        assert share.standard_error == pytest.approx(expected.standard_error, rel=1e-12)


def test_where_nothing_has_a_share_no_second_has_one() -> None:
    rows = ridden(1.0, 60, whole=True)
    rows[:, 4] = np.nan
    for some in (rows, rows[:0]):
        assert {x.left_percent for x in shares_before(some, np.arange(61.0), 0.5)} == {None}
    assert list(shares_before(rows, np.arange(0.0), 0.5)) == []
