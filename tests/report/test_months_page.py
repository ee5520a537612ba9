"""What is on the page of months, as it is built."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from legbal.analysis.trend import Trend
from legbal.present import numbers
from legbal.present.intensity import intensity
from legbal.present.numbers import share_error
from legbal.present.trend import of_trend
from legbal.report.plot import days
from legbal.report.trend import middles_of, trend_page
from tests.report.months import months_of_rides, several_meters
from tests.report.test_markup import Heard
from tests.report.test_page import data_of, trend


def test_a_trend_is_told_whole() -> None:
    months = months_of_rides(60)
    page = trend()
    for band in months.meters[0].bands:
        assert f"{of_trend(band)}." in Heard(page).text
    assert page.count('class="marker change"') == 2 * len(months.meters[0].bands)
    assert "left cleat 2° in" in page
    readout = data_of(page)["m0"]["readout"]
    bands = [(entry["sentence"], [entry["texts"][number] for number in entry["at"]]) for entry in readout]
    assert bands == [
        (
            f"{intensity(band.low_ftp, band.high_ftp)} {{value}} %",
            [share_error(row.share) for row in band.rows],
        )
        for band in months.meters[0].bands
    ]


@pytest.mark.parametrize("rides", [60, 1])
def test_the_days_of_a_trend_are_said_alike_above_it_and_by_its_chart(rides: int) -> None:
    months = months_of_rides(rides)
    started = sorted(months.meters[0].rides.values())
    span = numbers.days(started[0].date(), started[-1].date())
    assert (" to " in span) == (rides > 1)
    page = trend_page(months).decode()
    assert f"{numbers.count(rides, 'ride')}, {span}. Only like" in Heard(page).text
    if rides > 1:
        assert data_of(page)["m0"]["rest"] == span


def test_each_meter_has_an_axis_of_its_own_rides_of_three_months_at_least() -> None:
    trend = several_meters(("ASSIOMA", 60, 300), ("STAGES", 12, 50))
    axes = data_of(trend_page(trend).decode())
    assert set(axes) == {"m0", "m1"}
    for number, meter in enumerate(trend.meters):
        at = [days(row.started) for band in meter.bands for row in band.rows]
        low, high = axes[f"m{number}"]["low"], axes[f"m{number}"]["high"]
        assert low < min(at) <= max(at) < high
        assert high - low == pytest.approx(max(92.0, 1.0 * (max(at) - min(at))), rel=0.07)


def test_a_month_s_mean_lies_among_its_rides_also_where_the_month_has_just_begun() -> None:
    for band in months_of_rides(40, days=121).meters[0].bands:  # from 3 January to 3 May
        middles = middles_of(band, np.array([days(row.started) for row in band.rows])).tolist()
        for month, middle in zip(band.months, middles, strict=True):
            rides = [days(x.started) for x in band.rows if x.started.date().replace(day=1) == month.first_day]
            assert min(rides) <= middle <= max(rides)


def test_changes_beyond_a_meters_axis_are_not_drawn_on_it() -> None:
    page = trend_page(several_meters(("STAGES", 12, 70))).decode()  # January to March; the second is in June
    assert page.count('class="marker change"') == 4
    assert page.count('class="span change"') == 0


@pytest.mark.parametrize(("rides", "over"), [(4, 200), (12, 20)], ids=["few", "short"])
def test_a_meter_of_too_few_rides_has_them_in_a_table_and_no_charts(rides: int, over: int) -> None:
    trend = several_meters(("ASSIOMA", 60, 300), ("STAGES", rides, over))
    page = trend_page(trend).decode()
    assert set(data_of(page)) == {"m0"}
    assert page.count('class="chart"') == 4
    told = page.partition("<h2><bdi>STAGES")[2].partition("</section>")[0]
    assert "A trend needs 5 rides in a power band" in told
    for row in trend.meters[1].bands[0].rows:
        assert f"{row.started:%Y-%m-%d}" in told
        assert f"{row.share.left_percent:.1f} ± {row.share.standard_error:.1f}" in told


def test_changes_of_the_same_days_are_told_with_each_other() -> None:
    months = months_of_rides(20)
    first, second = months.changes
    assert "which one it was" not in Heard(trend_page(months).decode()).text
    within = msgspec.structs.replace(second, first_day=first.first_day)
    page = trend_page(msgspec.structs.replace(months, changes=(first, within))).decode()
    assert page.count("Changes 1 and 2 were made on the same days: which one it was is not known") == 1
    assert page.count('class="marker change"') == 4
    assert ">1, 2</text>" in page  # one flag for both


def test_a_trend_of_nothing_says_so() -> None:
    page = trend_page(Trend(meters=(), changes=(), pending=3)).decode()
    assert "No rides with a balance" in page
    assert "3 rides not read yet" in page
