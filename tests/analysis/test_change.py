"""Before against after a change: which rides count, what is found, and what is said of too few."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.analysis.change import MOST_DAYS, ChangeReport, windows
from legbal.analysis.months import Change
from legbal.app.review import ReviewService
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.library.rider import add_change
from legbal.present.document import document_text
from legbal.present.trend import change_blocks, of_effect
from tests.analysis.shares import EASY, THRESHOLD, fill, kept, summary

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)


def told(path: Path, number: int | None = None, today: date = MAY) -> list[ChangeReport]:
    return ReviewService(Settings(), path).change_reports(number, today=today)


def ride(path: Path, day: date, left: float, error: float = 0.2, meter: str = "Pedals") -> None:
    started = datetime(day.year, day.month, day.day, 18, tzinfo=UTC)
    kept(path, started, summary({EASY: (49.5, error), THRESHOLD: (left, error)}), meter=meter)


def rides(path: Path, before: int, after: int, change: float, scatter: float = 0.3) -> None:
    """Rides every other day around the first of May, of which those after it have another threshold share."""
    random = np.random.default_rng(before + after)
    for number in range(before):
        ride(path, MAY - (2 * number + 1) * DAY, 48.0 + random.normal(0, scatter))
    for number in range(after):
        ride(path, MAY + (2 * number + 1) * DAY, 48.0 + change + random.normal(0, scatter))
    fill(path)


def changed(first: int, last: int, number: int = 1) -> Change:
    return Change(
        number=number, kind="fit", first_day=MAY + first * DAY, last_day=MAY + last * DAY, words="x"
    )


spans = st.tuples(st.integers(-200, 200), st.integers(0, 40)).map(lambda x: changed(x[0], x[0] + x[1]))


@given(spans, st.lists(spans, max_size=6))
def test_a_window_lies_beside_its_change_and_reaches_no_neighbour(
    change: Change, others: list[Change]
) -> None:
    before, after = windows(change, [change, *others])
    neighbours = [x for x in others if (x.first_day, x.last_day) != (change.first_day, change.last_day)]
    if before:
        assert change.first_day - MOST_DAYS * DAY <= before[0] <= before[1] == change.first_day - DAY
        for other in neighbours:
            assert other.last_day < before[0] or other.first_day >= change.first_day
    if after:
        assert change.last_day + DAY == after[0] <= after[1] <= change.last_day + MOST_DAYS * DAY
        for other in neighbours:
            assert other.first_day > after[1] or other.last_day <= change.last_day


@given(spans, st.lists(spans, max_size=6))
def test_a_window_is_as_wide_as_its_neighbours_leave(change: Change, others: list[Change]) -> None:
    before, after = windows(change, [change, *others])
    taken = {x.first_day + n * DAY for x in others for n in range((x.last_day - x.first_day).days + 1)}
    if before and (change.first_day - before[0]).days < MOST_DAYS:
        assert before[0] - DAY in taken
    if after and (after[1] - change.last_day).days < MOST_DAYS:
        assert after[1] + DAY in taken
    if before is None:
        assert change.first_day - DAY in taken
    if after is None:
        assert change.last_day + DAY in taken


def test_changes_of_the_same_day_do_not_bound_each_other() -> None:
    assert windows(changed(0, 0), [changed(0, 0), changed(0, 0, 2)]) == windows(changed(0, 0), [])


def test_a_change_has_one_answer_and_its_bands_their_own(path: Path) -> None:
    add_change("left cleat 2° in", MAY, path=path)
    rides(path, 20, 20, change=1.8)
    ((meter,),) = [x.meters for x in told(path)]
    easy, threshold = meter.bands
    assert threshold.verdict == "clear"
    assert of_effect(threshold, over=False).startswith("clear: up 1.")
    assert threshold.difference is not None
    assert threshold.difference.low < 1.8 < threshold.difference.high
    assert easy.difference is not None
    assert easy.difference.low < 0 < easy.difference.high
    assert meter.difference is not None
    assert easy.difference.value < meter.difference.value < threshold.difference.value
    assert (meter.before, meter.after) == (20, 20)
    assert (threshold.before.rides, threshold.after.rides) == (20, 20)
    assert threshold.after.share.left_percent == pytest.approx(49.8, abs=0.3)


def test_nothing_happened_and_what_would_have_shown(path: Path) -> None:
    add_change("insoles", MAY, path=path)
    rides(path, 40, 40, change=0.0, scatter=0.2)
    (meter,) = told(path)[0].meters
    assert meter.verdict == "unknown"
    assert of_effect(meter, over=False).startswith("not known yet: −0.")
    assert of_effect(meter, over=False).endswith("would have shown four times out of five")


def test_too_few_rides_say_how_many_are_needed_about(path: Path) -> None:
    add_change("insoles", MAY, path=path)
    rides(path, 40, 2, change=0.0, scatter=0.7)
    effect = told(path)[0].meters[0].bands[1]
    assert effect.verdict == "too_few"
    assert effect.needed is not None
    assert of_effect(effect, over=False) == f"not known yet ({effect.needed} more rides like the last)"


def test_when_no_more_rides_can_count_none_are_asked_for(path: Path) -> None:
    add_change("insoles", MAY, path=path)
    rides(path, 40, 2, change=0.0, scatter=0.7)
    effect = told(path, today=MAY + 91 * DAY)[0].meters[0].bands[1]
    said = of_effect(effect, over=True)
    assert said == f"not known yet (2 rides after it; about {effect.needed} more were needed)"
    still = told(path, today=MAY + 90 * DAY)[0].meters[0].bands[1]
    assert of_effect(still, over=False).endswith(" more rides like the last)")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0, 5, "no ride before it to compare with"),
        (1, 5, "not known yet (1 ride before is too few)"),
        (40, 0, "not known yet ("),
        (40, 1, "not known yet ("),
    ],
)
def test_what_is_missing_is_of_effect(path: Path, before: int, after: int, words: str) -> None:
    add_change("saddle", MAY, path=path)
    rides(path, before, after, change=0.0)
    effect = told(path)[0].meters[0].bands[1]
    assert effect.verdict == "too_few"
    assert of_effect(effect, over=False).startswith(words)
    assert effect.difference is None


def test_rides_of_the_day_itself_and_within_a_block_count_to_neither_side(path: Path) -> None:
    add_change("single-leg strength", MAY, MAY + 20 * DAY, "training", path=path)
    for day in (-1, 0, 10, 20, 21):
        ride(path, MAY + day * DAY, 48.0)
    fill(path)
    (found,) = told(path)
    assert found.before == (MAY - 90 * DAY, MAY - DAY)
    assert found.after == (MAY + 21 * DAY, MAY + 110 * DAY)
    effect = found.meters[0].bands[0]
    assert (effect.before.rides, effect.after.rides) == (1, 1)


def test_a_neighbouring_change_ends_the_window(path: Path) -> None:
    first = add_change("cleats", MAY, path=path)
    second = add_change("saddle", MAY + 10 * DAY, path=path)
    for day in (-5, 5, 15):
        ride(path, MAY + day * DAY, 48.0)
    fill(path)
    one, two = told(path)
    assert (one.change, two.change) == (first, second)
    assert one.after == (MAY + DAY, MAY + 9 * DAY)
    assert two.before == (MAY + DAY, MAY + 9 * DAY)
    for found in (one, two):
        assert (found.meters[0].bands[0].before.rides, found.meters[0].bands[0].after.rides) == (1, 1)


def test_meters_are_never_compared_with_each_other(path: Path) -> None:
    add_change("new pedals", MAY, path=path)
    for day in range(1, 6):
        ride(path, MAY - day * DAY, 48.0, meter="Old")
        ride(path, MAY + day * DAY, 51.0, meter="New")
    fill(path)
    (found,) = told(path)
    assert {x.meter for x in found.meters} == {"Old", "New"}
    assert all(band.difference is None for meter in found.meters for band in meter.bands)


def test_one_change_can_be_asked_for_and_one_that_is_not_there_is_an_error(path: Path) -> None:
    assert told(path) == []
    add_change("a", MAY, path=path)
    second = add_change("b", MAY + DAY, path=path)
    assert [x.change for x in told(path, second.number)] == [second]
    with pytest.raises(LibraryError, match="there is no change 7"):
        told(path, 7)


def test_changes_of_the_same_days_are_told_with_each_other(path: Path) -> None:
    cleats = add_change("cleats", MAY + 3 * DAY, path=path)
    strength = add_change("strength", MAY, MAY + 3 * DAY, "training", path=path)
    add_change("saddle", MAY + 4 * DAY, path=path)
    found = {x.change.words: x for x in told(path, today=MAY + 9 * DAY)}
    assert found["cleats"].together == (strength,)
    assert found["strength"].together == (cleats,)
    assert found["saddle"].together == ()
    said = " ".join(document_text(change_blocks(found["cleats"])))
    assert "Changes 1 and 2 were made on the same days" in said
