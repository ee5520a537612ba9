"""Student's t against published tables, and the power of a t test against what must hold of it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.analysis.meta_regression import two_sided_p, two_sided_quantile
from legbal.analysis.power_analysis import noncentrality

# NIST/SEMATECH e-Handbook 1.3.6.7.2 and Fisher & Yates: degrees of freedom, P(|T| ≥ t), t
TABLE = [
    (1, 0.10, 6.314), (1, 0.05, 12.706), (1, 0.001, 636.619), (2, 0.05, 4.303), (2, 0.01, 9.925),
    (3, 0.05, 3.182), (5, 0.05, 2.571), (5, 0.01, 4.032), (10, 0.10, 1.812), (10, 0.05, 2.228),
    (10, 0.001, 4.587), (20, 0.05, 2.086), (30, 0.05, 2.042), (60, 0.01, 2.660), (100, 0.05, 1.984),
    (1000, 0.05, 1.962),
]  # fmt: skip


@pytest.mark.parametrize(("df", "p", "t"), TABLE)
def test_quantiles_are_those_of_the_tables(df: int, p: float, t: float) -> None:
    assert two_sided_quantile(p, df) == pytest.approx(t, abs=0.0006)
    assert two_sided_p(t, df) == pytest.approx(p, rel=2e-3)


@given(st.floats(0.0, 50.0))
def test_one_and_two_degrees_of_freedom_have_closed_forms(t: float) -> None:
    assert two_sided_p(t, 1) == pytest.approx(1 - 2 * math.atan(t) / math.pi, abs=1e-12)
    assert two_sided_p(t, 2) == pytest.approx(1 - t / math.sqrt(2 + t * t), abs=1e-12)


@given(st.floats(-30.0, 30.0))
def test_many_degrees_of_freedom_are_the_normal_distribution(t: float) -> None:
    assert two_sided_p(t, 1e6) == pytest.approx(math.erfc(abs(t) / math.sqrt(2)), abs=1e-6)


@given(st.floats(1e-6, 0.999), st.integers(1, 5000))
def test_quantile_and_tail_are_inverses(p: float, df: int) -> None:
    assert two_sided_p(two_sided_quantile(p, df), df) == pytest.approx(p, rel=1e-9)


# Cohen 1988, table 2.3.5 and later computations of the noncentral t: n in each of two groups, and the effect in
# standard deviations that is found at 5 % with 80 % power.
@pytest.mark.parametrize(("n", "effect"), [(26, 0.79), (64, 0.50), (17, 0.99), (394, 0.20), (6, 1.80)])
def test_effects_found_with_eighty_percent_power(n: int, effect: float) -> None:
    assert noncentrality(0.8, 0.05, 2 * n - 2) * math.sqrt(2 / n) == pytest.approx(effect, abs=0.01)


def test_an_effect_of_no_size_is_found_as_often_as_the_test_errs() -> None:
    assert noncentrality(0.0501, 0.05, 8) == pytest.approx(0, abs=0.05)
