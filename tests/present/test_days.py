"""Days as riders write them: what is understood, and what is asked back."""

from __future__ import annotations

from datetime import date

import pytest

from legbal.errors import UsageError
from legbal.present.days import parse_day

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-08-01", date(2026, 8, 1)),
        ("2026/8/1", date(2026, 8, 1)),
        ("1 Aug 2026", date(2026, 8, 1)),
        ("1st August 2026", date(2026, 8, 1)),
        ("Aug 1, 2026", date(2026, 8, 1)),
        ("1 aug. 2026", date(2026, 8, 1)),
        ("1.8.2026", date(2026, 8, 1)),
        ("13/08/2026", date(2026, 8, 13)),
        ("08/13/2026", date(2026, 8, 13)),
        ("05/05/2026", date(2026, 5, 5)),
        ("1 Aug", date(2026, 8, 1)),
        ("24 December", date(2025, 12, 24)),  # the last there was
        ("today", TODAY),
        (" Yesterday ", date(2026, 11, 29)),
    ],
)
def test_a_day_is_understood(typed: str, day: date) -> None:
    assert parse_day(typed, TODAY) == day


@pytest.mark.parametrize("typed", ["2026-05", "May 2026", "may"])
def test_a_month_is_its_first_day_only_where_that_is_meant(typed: str) -> None:
    assert parse_day(typed, TODAY, month=True) == date(2026, 5, 1)
    with pytest.raises(UsageError):
        parse_day(typed, TODAY)


def test_what_two_riders_would_read_as_two_days_is_asked_back() -> None:
    with pytest.raises(UsageError, match="'01/08/2026' may be 1 August or 8 January") as refused:
        parse_day("01/08/2026", TODAY)
    assert refused.value.hint == "Write 2026-08-01 or 2026-01-08."


@pytest.mark.parametrize("typed", ["", "x", "2026-02-30", "30 Feb 2026", "1 2 Aug", "Aug x", "32/13/2026"])
def test_what_is_no_day_is_answered_by_an_example(typed: str) -> None:
    with pytest.raises(UsageError, match="is not a date") as refused:
        parse_day(typed, TODAY)
    assert refused.value.hint == "Write it as 2026-11-30, 30 Nov 2026 or yesterday."


@pytest.mark.parametrize("typed", ["1 Jan 1969", "2999-01-01"])
def test_a_year_that_nobody_means_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="before 1970 or after 2099"):
        parse_day(typed, TODAY)
