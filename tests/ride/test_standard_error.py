"""What a tally says of its own error, reckoned anew by numpy from the revolutions, batch by batch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.ride.balance import LEAST_REVOLUTIONS, Bands, Row, Tally


def ridden(n: int, seed: int = 1, scatter: float = 4.0) -> list[Row]:
    """So many revolutions of unequal work and time, whose shares scatter and fall slowly."""
    random = np.random.default_rng(seed)
    rows, t = list[Row](), 100.0
    for i in range(n):
        took, power = random.uniform(0.6, 1.0), random.uniform(100, 300)
        t += took
        rows.append((t, took, took * power, power, 48.0 - 0.01 * i + scatter * random.standard_normal()))
    return rows


def batched(rows: list[Row]) -> tuple[np.ndarray, int]:
    """Σ work, work × left, work × time of each full batch, and how many revolutions one has; the rest is left out."""
    size = 1
    while len(rows) >= 32 * size:
        size *= 2
    full = np.array(rows[: len(rows) // size * size]).reshape(-1, size, 5)
    work = full[:, :, 2]
    sums = (work.sum(1), (work * full[:, :, 4]).sum(1), (work * full[:, :, 0]).sum(1))
    return np.array(sums), size


def error_of(rows: list[Row], step: float = 0.0, slope: float = 0.0, middle: float = 0.0) -> float:
    """As the docstrings of `Tally` state it."""
    (work, left, time), size = batched(rows)
    table = np.array(rows)
    mean = np.average(table[:, 4], weights=table[:, 2])
    off = left - work * mean - slope * (time - work * middle)
    n = len(off)
    lag = (off[1:] * off[:-1]).sum() / (off**2).sum() if off.any() else 0.0
    likeness = np.clip((n * lag + 12 * 0.3) / (n + 12), 0.0, 0.8)
    plain = n * (off**2).sum() / work.sum() ** 2
    scatter = plain / (n - 1) * (1 + likeness) / (1 - likeness)
    wander = 0.4**2 / (1 + table[:, 1].sum() / 200.0)
    hidden = 0.0
    if step:
        rounding = step**2 / 12
        hidden = rounding * math.exp(-4 * math.pi**2 * max(0.0, plain * size - rounding) / step**2)
    return math.sqrt(scatter + wander + hidden)


@pytest.mark.parametrize("n", [8, 9, 31, 32, 33, 63, 64, 100, 128, 1000])
def test_the_error_of_a_share_is_that_of_its_batches(n: int) -> None:
    rows = ridden(n)
    tally = Tally().add_rows(rows)
    assert tally.standard_error() == pytest.approx(error_of(rows), rel=1e-9)
    share = tally.share()
    table = np.array(rows)
    assert share.left_percent == pytest.approx(np.average(table[:, 4], weights=table[:, 2]), rel=1e-12)
    assert share.standard_error == tally.standard_error()
    assert share.seconds == pytest.approx(table[:, 1].sum(), rel=1e-12)
    assert share.revolutions == n
    assert share.power_w == pytest.approx(table[:, 2].sum() / table[:, 1].sum(), rel=1e-12)


@pytest.mark.parametrize("likeness", [0.0, 0.9])
def test_neighbours_that_are_alike_or_opposed_are_believed_within_limits(likeness: float) -> None:
    """Batches in long waves are as good as one another's copies; such as alternate are no surer for it."""
    waves = [math.sin(i / 10) if likeness else (-1.0) ** i for i in range(31)]
    rows = [(float(i), 1.0, 200.0, 200.0, 48.0 + 3 * x) for i, x in enumerate(waves)]
    assert Tally().add_rows(rows).standard_error() == pytest.approx(error_of(rows), rel=1e-9)


@pytest.mark.parametrize("scatter", [0.0, 0.1, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("step", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("n", [20, 300])
def test_rounding_hides_less_the_more_the_shares_scatter(step: float, scatter: float, n: int) -> None:
    rows = [(*row[:4], 48.0 + scatter * step * (1 - 2 * (i % 3 > 0))) for i, row in enumerate(ridden(n))]
    assert Tally(step).add_rows(rows).standard_error() == pytest.approx(error_of(rows, step), rel=1e-9)


def test_a_share_not_said_to_be_rounded_is_not() -> None:
    rows = [(float(i), 1.0, 150.0, 150.0, 48.0) for i in range(20)]
    bands = Bands((0.75,), 200.0).add_rows(rows)
    assert bands.shares()[1].share == Tally(0.0).add_rows(rows).share()
    assert bands.shares()[1].share.standard_error == pytest.approx(0.4 / math.sqrt(1.1), rel=1e-12)
    coarse = Bands((0.75,), 200.0, 1.0).add_rows(rows).shares()[1].share.standard_error
    assert coarse == pytest.approx(math.sqrt(0.16 / 1.1 + 1 / 12), rel=1e-12)


@pytest.mark.parametrize("n", [8, 31, 100, 500])
def test_a_slope_is_that_of_a_line_through_the_batches(n: int) -> None:
    rows = ridden(n, seed=3)
    (work, left, time), _ = batched(rows)
    at = time / work
    middle = np.average(at, weights=work)
    spread = np.average((at - middle) ** 2, weights=work)
    slope = np.average(left / work * (at - middle), weights=work) / spread
    found = Tally().add_rows(rows).slope_per_minute()
    assert found is not None
    assert found[0] == pytest.approx(60 * slope, rel=1e-6)
    assert found[1] == pytest.approx(
        60 * error_of(rows, slope=slope, middle=middle) / math.sqrt(spread), rel=1e-6
    )


def test_too_few_revolutions_have_neither_a_slope_nor_an_error() -> None:
    few = Tally().add_rows(ridden(LEAST_REVOLUTIONS - 1))
    assert (few.slope_per_minute(), few.share().standard_error) == (None, None)
    enough = Tally().add_rows(ridden(LEAST_REVOLUTIONS))
    assert enough.slope_per_minute() is not None


@pytest.mark.parametrize(("apart_s", "told"), [(1.0, False), (1.001, True)])
def test_a_slope_needs_revolutions_that_lie_a_second_off_their_middle(apart_s: float, told: bool) -> None:
    rows = [(10.0 + apart_s * (-1) ** i, 0.7, 140.0, 200.0, 48.0 + i % 3) for i in range(16)]
    assert (Tally().add_rows(rows).slope_per_minute() is not None) is told


def test_of_nothing_and_of_no_power_there_is_no_share() -> None:
    assert Tally().share().power_w is None
    assert Tally().share().seconds == 0.0
    bare = Tally().add_rows([(1.0, 2.0, 300.0, 150.0, math.nan)]).share()
    assert (bare.left_percent, bare.power_w, bare.seconds, bare.revolutions) == (None, 150.0, 0.0, 0)
    idle = Tally().add_rows([(1.0, 2.0, 0.0, 0.0, 48.0)]).share()
    assert (idle.left_percent, idle.power_w) == (None, 0.0)


def test_the_lowest_band_begins_at_nothing_and_the_highest_is_open() -> None:
    shares = Bands((0.5, 1.0), 200.0).shares()
    assert [(x.name, x.low_ftp, x.high_ftp, x.share.power_w) for x in shares] == [
        ("<50 %", 0.0, 0.5, None),
        ("50–100 %", 0.5, 1.0, None),
        (">100 %", 1.0, None, None),
    ]
