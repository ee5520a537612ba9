"""Months of rides from a real library: like with like, months by the rider's clock, change against noise."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from legbal.analysis.trend import Trend
from legbal.app.review import ReviewService
from legbal.app.trends import TrendService
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.library.rider import KnownMeter, add_change, remember
from legbal.meters.balance_octet import Reference
from legbal.present.trend import answer_sentences, change_blocks, left_out, of_trend
from legbal.ride.share import BalanceQuality, Period
from tests.analysis.shares import EASY, THRESHOLD, Shares, fill, kept, summary

SUMMER = timezone(timedelta(hours=2))
BEGIN = datetime(2026, 1, 5, 18, tzinfo=SUMMER)


def told(path: Path, **options: Any) -> Trend:
    return ReviewService(Settings(), path).trend(**options)


def months_of_rides(path: Path, per_month: float, rides: int = 24, seed: int = 1) -> None:
    """A ride a week whose threshold share changes and whose easy share does not."""
    random = np.random.default_rng(seed)
    for week in range(rides):
        day = random.normal(0, 0.3)
        share = 48.0 + per_month * week * 7 / 30.4375 + day + random.normal(0, 0.3)
        bands: Shares = {EASY: (49.5 + day + random.normal(0, 0.2), 0.2), THRESHOLD: (share, 0.3)}
        kept(path, BEGIN + timedelta(weeks=week), summary(bands))
    fill(path)


def test_all_bands_give_one_answer_and_a_band_that_differs_its_own(path: Path) -> None:
    months_of_rides(path, per_month=0.5, rides=40)
    (meter,) = told(path).meters
    assert (meter.meter, meter.balance, meter.reference, meter.swapped) == (
        "Pedals",
        "measured",
        "left",
        False,
    )
    easy, threshold = meter.bands
    assert easy.slope is not None
    assert threshold.slope is not None
    assert (easy.band, threshold.band) == ("55–75 %", "90–105 %")
    assert threshold.verdict in ("clear", "likely")
    assert of_trend(threshold).startswith(f"{threshold.verdict}: up 0.")
    assert threshold.slope.low < 0.5 < threshold.slope.high
    assert threshold.slope.value > easy.slope.value + 0.2
    assert easy.slope.low < 0 < easy.slope.high
    assert [len(band.rows) for band in meter.bands] == [40, 40]
    assert [month.first_day.month for month in threshold.months][:6] == [1, 2, 3, 4, 5, 6]
    assert sum(month.rides for month in threshold.months) == 40


def test_a_line_goes_through_no_change(path: Path) -> None:
    """Nothing before the change that was noted has part in what is drawn, nor in what is said since."""
    for number in range(40):
        share = 48.0 if number < 20 else 50.0
        kept(path, BEGIN + timedelta(days=4 * number), summary({EASY: (share, 0.3)}))
    fill(path)
    day = (BEGIN + timedelta(days=78)).date()
    add_change("cleats", day, path=path)
    (meter,) = told(path).meters
    assert meter.answer is not None
    assert meter.answer.since == day
    (band,) = meter.bands
    assert min(at for at, _ in band.path) > day.toordinal()
    assert all(left == pytest.approx(50, abs=0.2) for _, left in band.path)
    assert band.slope is not None
    assert band.verdict == "unknown"
    assert abs(band.slope.value) < 0.1


def test_a_change_that_nobody_noted_is_asked_about(path: Path) -> None:
    for number in range(60):
        random = np.random.default_rng(number)
        left = 48.0 + random.normal(0, 0.3) + (1.6 if number >= 40 else 0.0)
        kept(
            path, BEGIN + timedelta(days=3 * number), summary({EASY: (left + 1, 0.3), THRESHOLD: (left, 0.3)})
        )
    fill(path)
    (meter,) = told(path).meters
    assert meter.answer is not None
    (change,) = meter.answer.unnoted
    true = (BEGIN + timedelta(days=120)).date()
    assert change.first_day <= true <= change.last_day
    assert change.every_band
    assert meter.answer.rides_needed
    (said,) = [x for x in answer_sentences(meter.answer) if x.endswith("What changed?")]
    assert said.startswith(
        f"About {change.day.day} May 2026 the left share changed, in every band alike (clear: up 1."
    )


def test_a_ride_unlike_those_before_it_is_said_to_be(path: Path) -> None:
    for number in range(30):
        left = 48.0 + np.random.default_rng(number).normal(0, 0.4) - (9 if number == 29 else 0)
        kept(path, BEGIN + timedelta(days=3 * number), summary({EASY: (left, 0.3)}))
    fill(path)
    (meter,) = told(path).meters
    assert meter.answer is not None
    assert meter.answer.last is not None
    assert meter.answer.last.unusual
    assert any(x.startswith("The last ride is unusual: 3") for x in answer_sentences(meter.answer))


def test_a_months_error_counts_that_days_differ(path: Path) -> None:
    months_of_rides(path, per_month=0.0)
    (meter,) = told(path).meters
    easy = meter.bands[0]
    assert easy.slope is not None
    assert easy.slope.between_sd > 0.1
    for month in easy.months:
        assert month.share.standard_error is not None
        assert month.share.standard_error > 0.2 / month.rides**0.5


@pytest.mark.parametrize(
    ("started", "first_day"),
    [
        (datetime(2026, 5, 31, 23, 59, tzinfo=SUMMER), date(2026, 5, 1)),  # in UTC too
        (datetime(2026, 6, 1, 0, 30, tzinfo=SUMMER), date(2026, 6, 1)),  # in UTC it is still May
        (datetime(2026, 5, 31, 20, 0, tzinfo=timezone(timedelta(hours=-7))), date(2026, 5, 1)),  # in UTC June
        (datetime(2025, 12, 31, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2025, 12, 1)),
    ],
    ids=str,
)
def test_a_month_is_one_by_the_riders_clock_of_that_day(
    path: Path, started: datetime, first_day: date
) -> None:
    kept(path, started, summary({EASY: (49.0, 0.2)}))
    fill(path)
    found = told(path)
    ((month,),) = [band.months for band in found.meters[0].bands]
    assert month.first_day == first_day
    assert found.meters[0].bands[0].rows[0].started == started
    assert told(path, since=first_day).meters
    assert told(path, since=started.date()).meters
    assert not told(path, since=started.date() + timedelta(days=1)).meters


def test_only_like_is_put_with_like(path: Path) -> None:
    kinds: list[tuple[str, BalanceQuality, Reference, bool]] = [
        ("Pedals", "measured", "left", False),
        ("Pedals", "estimated", "left", False),
        ("Pedals", "measured", "assumed_left", False),
        ("Pedals", "measured", "left", True),
        ("Spider", "measured", "left", False),
    ]
    for number, (meter, balance, reference, swapped) in enumerate(kinds):
        stated = summary({EASY: (49.0, 0.2)}, balance=balance, reference=reference)
        kept(path, BEGIN + timedelta(days=number), stated, meter=meter, swap_sides=swapped)
    fill(path)
    found = told(path).meters
    assert {(x.meter, x.balance, x.reference, x.swapped) for x in found} == set(kinds)
    assert all(len(meter.bands[0].rows) == 1 for meter in found)


def test_a_ride_that_came_in_as_several_files_counts_once_and_the_longest_counts(path: Path) -> None:
    """As a head unit's file before it was finished, the same finished, and an export of it."""
    for late, seconds, share in ((0.0, 300.0, 47.0), (0.4, 1200.0, 49.0), (0.9, 600.0, 48.0)):
        kept(path, BEGIN + timedelta(seconds=late), summary({EASY: (share, 0.2)}, seconds))
    kept(path, BEGIN, summary({EASY: (52.0, 0.2)}), meter="Spider")
    kept(path, BEGIN + timedelta(hours=2), summary({EASY: (49.5, 0.2)}))
    fill(path)
    pedals, spider = told(path).meters
    assert [row.share.left_percent for row in pedals.bands[0].rows] == [49.0, 49.5]
    assert [row.share.left_percent for row in spider.bands[0].rows] == [52.0]


def test_bands_of_other_bounds_are_other_bands(path: Path) -> None:
    for number, bounds in enumerate([(0.55, 0.75), (0.55, 0.76)]):
        kept(path, BEGIN + timedelta(days=number), summary({bounds: (49.0, 0.2)}))
    fill(path)
    assert [len(band.rows) for band in told(path).meters[0].bands] == [1, 1]


@pytest.mark.parametrize("balance", ["constant", "absent"])
def test_a_balance_that_is_none_counts_nowhere(path: Path, balance: BalanceQuality) -> None:
    kept(path, BEGIN, summary({EASY: (50.0, 0.1)}, balance=balance))
    fill(path)
    assert told(path) == Trend(meters=(), changes=())


def test_demonstrations_and_mere_crossings_of_a_band_are_left_out(path: Path) -> None:
    kept(path, BEGIN, summary({EASY: (49.0, 0.2)}), source="demo")
    kept(path, BEGIN, summary({EASY: (49.0, 0.2)}, seconds=59.0))
    fill(path)
    assert told(path).meters == ()


def test_rides_in_which_the_meter_looked_wrong_are_left_out_and_named(path: Path) -> None:
    kept(path, BEGIN, summary({EASY: (49.0, 0.2)}))
    wrong = msgspec.structs.replace(summary({EASY: (30.0, 0.2)}), meter_wrong=(Period(0.0, None),))
    kept(path, BEGIN + timedelta(days=1), wrong)
    fill(path)
    found = told(path)
    assert [len(band.rows) for band in found.meters[0].bands] == [1]
    assert len(found.meter_wrong) == 1
    (block,) = left_out((), wrong=found.meter_wrong)
    assert f"1 ride in which the meter looked wrong ({found.meter_wrong[0]})" in str(block)
    assert TrendService(path).change_reports() == []
    TrendService(path).add_change("saddle", BEGIN.date(), None, "fit")
    (report,) = TrendService(path).change_reports(today=BEGIN.date())
    assert report.meter_wrong == found.meter_wrong
    assert "in which the meter looked wrong" in " ".join(map(str, change_blocks(report)))


def test_rides_not_yet_derived_are_counted_and_left_out(path: Path) -> None:
    kept(path, BEGIN, summary({EASY: (49.0, 0.2)}))
    found = told(path)
    assert (found.meters, found.pending) == ((), 1)
    fill(path)
    found = told(path)
    assert (len(found.meters), found.pending) == (1, 0)


@pytest.mark.parametrize(
    ("rides", "apart", "words"),
    [
        (4, timedelta(weeks=2), "4 rides; 5 needed"),
        (6, timedelta(days=5), "25 days; 4 weeks needed"),
    ],
)
def test_too_little_is_said_to_be_that(path: Path, rides: int, apart: timedelta, words: str) -> None:
    for number in range(rides):
        kept(path, BEGIN + number * apart, summary({EASY: (49.0, 0.2)}))
    fill(path)
    band = told(path).meters[0].bands[0]
    assert (band.verdict, of_trend(band), band.slope) == ("too_few", words, None)
    assert band.months


@pytest.mark.parametrize("typed", ["ped", "PEDALS", "a0:01"])
def test_a_meter_is_named_by_how_its_name_begins_or_by_its_address(path: Path, typed: str) -> None:
    for meter in ("Pedals", "Spider"):
        kept(path, BEGIN, summary({EASY: (49.0, 0.2)}), meter=meter)
    fill(path)
    remember(KnownMeter(address="A0:01", name="Pedals"), path)
    assert [x.meter for x in told(path, meter=typed).meters] == ["Pedals"]


@pytest.mark.parametrize("typed", ["55-75", "55–75 %", "55 - 75%"])
def test_a_band_is_named_as_it_can_be_typed(path: Path, typed: str) -> None:
    months_of_rides(path, 0.0, rides=2)
    assert [x.band for x in told(path, band=typed).meters[0].bands] == ["55–75 %"]


def test_a_meter_or_band_that_is_not_there_is_an_error_that_lists_them(path: Path) -> None:
    months_of_rides(path, 0.0, rides=1)
    with pytest.raises(LibraryError, match="no ride on a meter 'x'") as caught:
        told(path, meter="x")
    assert "'Pedals'" in (caught.value.hint or "")
    with pytest.raises(LibraryError, match="no ride in a power band '1-2'") as caught:
        told(path, band="1-2")
    assert "55–75 %, 90–105 %" in (caught.value.hint or "")


def test_the_changes_of_that_time_come_with_it(path: Path) -> None:
    add_change("old", date(2020, 1, 1), path=path)
    new = add_change("cleats", date(2026, 2, 1), path=path)
    assert told(path, since=date(2026, 1, 1)).changes == (new,)
    assert len(told(path).changes) == 2


def test_an_empty_or_missing_library_has_no_trend(path: Path) -> None:
    assert told(path, meter="x", band="y") == Trend(meters=(), changes=())
    assert not path.exists()
