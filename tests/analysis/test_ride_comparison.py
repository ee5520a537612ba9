"""How a ride stands against the last ones: a planted difference is found, and ranges hold it as often as they say."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pytest
from msgspec.structs import replace

from legbal.analysis.last_rides import last_rides
from legbal.analysis.months import DatedRide
from legbal.analysis.ride_comparison import compare
from legbal.analysis.summary import RideComparison
from legbal.present.headline import of_comparison
from legbal.ride.share import BandShare, Estimate
from tests.benchmarks.six_answers import ONE, rides_of
from tests.benchmarks.truth import draw

LOW, HIGH = (0.0, 0.55, 0.75), (0.9, 1.05, 1.2)  # where power bands begin, parts of FTP
RIDERS = 60


def with_bands(ride: DatedRide, change: Callable[[BandShare], BandShare | None]) -> DatedRide:
    bands = tuple(x for band in ride.rows.bands if (x := change(band)) is not None)
    return replace(ride, rows=replace(ride.rows, bands=bands))


def moved(ride: DatedRide, points: float) -> DatedRide:
    """The ride with its left share so much higher at every power."""

    def change(band: BandShare) -> BandShare:
        assert band.share.left_percent is not None
        return replace(band, share=replace(band.share, left_percent=band.share.left_percent + points))

    return with_bands(ride, change)


def only(ride: DatedRide, begins: Collection[float]) -> DatedRide:
    """The ride at these powers alone."""
    return with_bands(ride, lambda band: band if band.low_ftp in begins else None)


def rides(seed: int, count: int, *, day: float | None = None) -> list[DatedRide]:
    """Of a rider who neither changed anything nor gets better."""
    random = np.random.default_rng([31, seed, count])
    truth = (draw(random) if day is None else ONE._replace(day=day))._replace(change=0.0, slope=0.0)
    return rides_of(truth, random, count)[0]


def compared(some: list[DatedRide]) -> RideComparison:
    return compare(last_rides(some, {some[-1].ride})[some[-1].ride])


@pytest.mark.parametrize("count", [4, 11])
def test_ranges_hold_what_was_planted_and_no_change_is_rarely_called_one(count: int) -> None:
    none = [compared(rides(seed, count)).difference for seed in range(RIDERS)]
    held = [
        x.low <= 1.5 <= x.high
        for seed in range(RIDERS)
        for some in (rides(seed, count),)
        for x in (compared([*some[:-1], moved(some[-1], 1.5)]).difference,)
    ]
    assert np.mean(held) >= 0.9
    assert np.mean([x.certainty == "clear" for x in none]) <= 0.1
    assert np.mean([x.certainty != "unknown" for x in none]) <= 0.3
    assert abs(np.mean([x.value for x in none])) < 0.4


def test_a_planted_difference_is_found_once_it_stands_out_from_days() -> None:
    words = dict.fromkeys((0.5, 3.0), 0)
    for points in words:
        for seed in range(20):
            some = rides(seed, 11, day=0.4)
            found = compared([*some[:-1], moved(some[-1], -points)]).difference
            words[points] += found.certainty == "clear" and found.value < 0
    assert words[3.0] >= 18
    assert words[0.5] <= 4


def test_a_ride_at_another_power_is_none_at_another_share() -> None:
    """Bands that no ride has in common tell nothing of the day, and the range says so."""
    clear, errors = [], []
    for seed in range(RIDERS):
        some = rides(seed, 11)
        apart = [*(only(ride, LOW) for ride in some[:-1]), only(some[-1], HIGH)]
        if all(ride.rows.bands for ride in apart):
            found = compared(apart).difference
            clear.append(found.certainty == "clear")
            errors.append(found.standard_error / compared(some).difference.standard_error)
    assert np.mean(clear) <= 0.1
    assert np.mean(errors) > 1.2


def test_the_last_ten_before_it_on_its_meter_count_and_no_later_ones() -> None:
    some = rides(3, 16)
    ids = {ride.ride for ride in some}
    found = last_rides(some, ids)
    assert found[some[12].ride] == some[2:13]
    assert found.keys() == {ride.ride for ride in some[2:]}
    assert len(compare(found[some[12].ride]).shares) == 11
    other = [replace(ride, rows=replace(ride.rows, meter="Spider")) for ride in some[:12]]
    moved_on = last_rides([*other, *some[12:]], ids)
    assert some[13].ride not in moved_on
    assert moved_on[some[14].ride] == some[12:15]
    assert last_rides(some, {"nobody"}) == {}


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (Estimate(-2.0, 0.5), "The left share is clearly 2.0 points lower than on your last 2 rides"),
        (Estimate(1.0, 0.6), "The left share is likely 1.0 points higher than on your last 2 rides"),
        (Estimate(0.2, 0.5), "Against your last 2 rides at equal power: not known yet: −0.8 to +1.2 points."),
    ],
)
def test_it_is_said_in_one_of_three_words(difference: Estimate, words: str) -> None:
    sentence = of_comparison(RideComparison(difference=difference, shares=(48.0, 48.4, 46.2)))
    assert sentence.startswith(words)
    assert ("(at most 2.2)" in sentence) == ("likely" in sentence)
    assert sentence.endswith("(46.2 to 48.4 %)")
