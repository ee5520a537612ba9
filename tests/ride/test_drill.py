"""One leg alone: what is of both legs, what is a drill, and what is left out; means and errors rest on the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.ride.balance import Bands, Row, Tally
from legbal.ride.drill import Drill, OneLegDetector
from legbal.ride.events import IntervalEnd, IntervalStart
from legbal.ride.inputs import Side
from legbal.ride.revolution import Revolution
from legbal.ride.statistics import RideStatistics
from tests.ride.drilling import turns

BANDS = (0.55, 0.75)


def sorted_out(*parts: Sequence[Revolution]) -> tuple[list[float | None], OneLegDetector]:
    """The shares of both legs, and what became of the others."""
    detector = OneLegDetector()
    shares = [detector.feed(turn).left_percent for part in parts for turn in part]
    detector.close()
    return shares, detector


@pytest.mark.parametrize(
    ("resting", "side"), [(100.0, "left"), (97.0, "left"), (0.0, "right"), (5.0, "right")]
)
def test_a_run_of_one_leg_under_power_is_a_drill(resting: float, side: Side) -> None:
    shares, found = sorted_out(turns([48.0] * 20 + [resting] * 30 + [48.0] * 20))
    assert found.drills == (Drill(side, 20.0, 50.0, 30.0, 30, 100.0),)
    assert shares == [48.0] * 20 + [None] * 32 + [48.0] * 18, "the two after it are mixed"
    assert found.left_out_s == 0.0


@pytest.mark.parametrize(
    ("seconds", "watts", "is_drill"),
    [(9, 200.0, False), (10, 45.0, True), (10, 44.9, False), (600, 40.0, False)],
)
def test_less_than_ten_seconds_or_45_watts_are_left_out_as_no_drill(
    seconds: int, watts: float, is_drill: bool
) -> None:
    shares, found = sorted_out(turns([100.0] * seconds, watts), turns([48.0] * 9, begin=seconds))
    assert (len(found.drills), found.left_out_s) == ((1, 0.0) if is_drill else (0, seconds))
    assert shares[:seconds] == [None] * seconds


def test_one_record_of_ten_seconds_is_no_drill() -> None:
    """As smart recording writes them: ten seconds, and one value."""
    _, found = sorted_out(turns([48.0, 100.0, 48.0], each_s=10.0))
    assert (found.drills, found.left_out_s) == ((), 10.0)
    _, found = sorted_out(turns([48.0, *[100.0] * 8, 48.0], each_s=8.0))
    assert [(x.start_s, x.end_s, x.seconds) for x in found.drills] == [(8.0, 72.0, 64.0)]


def test_isolated_zeros_and_hundreds_are_left_out_and_their_neighbours_stay() -> None:
    lefts = [48.0, 100.0, 47.0, 0.0, 0.0, 49.0, 100.0, 0.0, 50.0]
    shares, found = sorted_out(turns(lefts))
    assert shares == [48.0, None, 47.0, None, None, 49.0, None, None, 50.0]
    assert (found.drills, found.left_out_s) == ((), 5.0)


def test_a_spider_s_wild_values_at_hardly_any_power_are_no_drill() -> None:
    rng = np.random.default_rng(2)
    for seed in range(20):
        wild = np.clip(np.random.default_rng(seed).normal(50.0, 60.0, 300), 0, 100)
        power = rng.uniform(1, 40, 300)
        detector = OneLegDetector()
        for t, (left, watts) in enumerate(zip(wild.tolist(), power.tolist(), strict=True)):
            detector.feed(Revolution(float(t), 1.0, watts, watts, left, 0, "crank"))
        detector.close()
        assert detector.drills == ()


def test_a_dragged_leg_and_a_stray_value_end_no_drill() -> None:
    lefts = [100.0, 98.0, 93.0, 100.0, 90.0, 100.0] * 3 + [60.0, 40.0] + [100.0] * 10 + [48.0] * 5
    shares, found = sorted_out(turns(lefts))
    assert [(x.start_s, x.end_s, x.revolutions) for x in found.drills] == [(0.0, 30.0, 30)]
    assert shares == [None] * 32 + [48.0] * 3


def test_a_stray_value_ends_what_is_no_run_yet_or_too_soft_for_one() -> None:
    shares, found = sorted_out(turns([100.0] * 2 + [89.0] + [100.0] * 2 + [48.0]))
    assert shares == [None] * 2 + [89.0] + [None] * 2 + [48.0]
    assert (found.drills, found.left_out_s) == ((), 4.0)
    shares, found = sorted_out(turns([100.0] * 9 + [89.0] + [100.0] * 9 + [48.0], 40.0))
    assert shares == [None] * 9 + [89.0] + [None] * 9 + [48.0]
    assert (found.drills, found.left_out_s) == ((), 18.0)


@pytest.mark.parametrize("each_s", [0.6, 1.0])
def test_what_a_meter_mixes_at_either_end_of_a_drill_is_in_no_mean(each_s: float) -> None:
    mixed = [61.0, 74.0, 87.0]
    lefts = ([48.0] * 40 + mixed + [100.0] * 40 + mixed[::-1]) * 10 + [48.0] * 40
    statistics = RideStatistics(BANDS)
    statistics.use_ftp(150.0)
    statistics.interval(IntervalStart(0.0, 0.0, 1), lambda _: None)
    for n, turn in enumerate(turns(lefts, each_s=each_s)):
        statistics.add(turn)
        if n % 5 == 0:
            statistics.bands()
    (interval,) = statistics.interval_views(lambda _: None)
    of_ride = statistics.ride.share()
    assert (of_ride.left_percent, of_ride.revolutions) == (48.0, 40 + 10 * 39), "one still came back"
    assert interval.share == of_ride
    assert [band.share.left_percent for band in statistics.bands()] == [None, 48.0, None]
    assert np.nanmax(statistics.ring.rows()[:, 4]) == 48.0
    assert len(statistics.mixed) == 30


def test_an_interval_that_lap_ends_as_a_drill_begins_has_no_mixed_turn() -> None:
    statistics = RideStatistics(BANDS)
    statistics.interval(IntervalStart(0.0, 0.0, 1), lambda _: None)
    lefts = [48.0] * 60 + [61.0, 74.0] + [100.0] * 20
    for turn in turns(lefts):
        statistics.add(turn)
        if turn.t == 62.0:
            statistics.interval(IntervalEnd(62.0, 62.0, 1, "lap"), lambda _: 47.5)
    (ended,) = statistics.interval_views(lambda _: None)
    assert (ended.share.left_percent, ended.share.revolutions) == (48.0, 59)
    assert (ended.end_s, ended.by, ended.usual_percent) == (62.0, "power", 47.5)


def test_of_an_interval_too_long_to_be_added_up_again_nothing_changes() -> None:
    statistics = RideStatistics(BANDS)
    statistics.interval(IntervalStart(0.0, 0.0, 1), lambda _: None)
    for turn in turns([48.0] * 9000 + [61.0] * 2 + [100.0] * 5):
        statistics.add(turn)
        if turn.t == 9002.0:
            statistics.interval(IntervalEnd(9002.0, 9002.0, 1, "lap"), lambda _: None)
    (ended,) = statistics.interval_views(lambda _: None)
    assert ended.share.revolutions == 9002


def test_what_lies_further_back_and_what_stands_before_placeholders_is_not_mixed() -> None:
    apart, soft = RideStatistics(BANDS), RideStatistics(BANDS)
    for turn in (*turns([48.0] * 9), *turns([100.0] * 9, begin=15.0)):
        apart.add(turn)
    for turn in turns([48.0, 47.0, 100.0, 100.0, 100.0, 100.0, 48.0] * 5, 40.0):
        soft.add(turn)
    for turn in turns([48.0, 47.0, 100.0, 100.0, 48.0] * 5, 200.0, begin=100.0):
        soft.add(turn)
    assert (apart.mixed, soft.mixed) == (set(), set())


def test_drills_of_either_leg_follow_one_another() -> None:
    shares, found = sorted_out(turns(([100.0] * 30 + [55.0] + [0.0] * 30 + [52.0]) * 2))
    assert [(x.side, x.start_s, x.end_s) for x in found.drills] == [
        ("left", 0.0, 30.0), ("right", 31.0, 61.0), ("left", 62.0, 92.0), ("right", 93.0, 123.0)
    ]  # fmt: skip
    assert set(shares) == {None}, "a mixed turn between two drills is of neither"


@pytest.mark.parametrize(("paused_s", "drills"), [(10.0, 1), (10.1, 2)])
def test_a_pause_of_more_than_ten_seconds_parts_two_drills(paused_s: float, drills: int) -> None:
    _, found = sorted_out(turns([100.0] * 20), turns([100.0] * 20, begin=20.0 + paused_s))
    assert len(found.drills) == drills
    assert sum(x.seconds for x in found.drills) == 40.0


def test_what_has_no_share_passes() -> None:
    shares, found = sorted_out(turns([None, 100.0, None, 48.0]))
    assert (shares, found.left_out_s) == ([None, None, None, 48.0], 1.0)


blocks = st.lists(
    st.tuples(
        st.sampled_from(["both", "left", "right", "placeholder", "none"]),
        st.integers(1, 40),
        st.floats(20, 400),
        st.floats(0.3, 2.5),
    ),
    min_size=1,
    max_size=12,
)


def _ridden(blocks: Sequence[tuple[str, int, float, float]]) -> list[Revolution]:
    made, t, rng = list[Revolution](), 0.0, np.random.default_rng(len(blocks))
    for kind, count, watts, each_s in blocks:
        for _ in range(count):
            t += each_s
            left = {
                "both": float(np.clip(rng.normal(48, 5), 20, 80)),
                "left": 100.0,
                "right": 0.0,
                "none": None,
            }
            share = left.get(kind, float(rng.choice([0.0, 100.0, 50.0])))
            made.append(Revolution(t, each_s, watts * each_s, watts, share, 0, "crank"))
    return made


@given(blocks)
def test_a_mean_its_error_its_seconds_and_its_watts_rest_on_the_same_revolutions(
    blocks: list[tuple[str, int, float, float]],
) -> None:
    """Over the ride, its intervals, its bands and the last seconds: those that keep their share, and no others."""
    ridden, statistics = _ridden(blocks), RideStatistics(BANDS)
    detector = statistics.one_leg
    statistics.use_ftp(250.0)
    begun = ridden[len(ridden) // 3].t
    rows = list[Row]()
    for number, raw in enumerate(ridden):
        turn = statistics.add(raw)
        if turn.left_percent is not None:
            assert turn.left_percent == raw.left_percent
            rows.append((turn.t, turn.duration_s, turn.work_j, turn.power_w, turn.left_percent))
        if number == len(ridden) // 2:
            statistics.interval(IntervalStart(turn.t, begun, 1), lambda _: None)
        if number % 7 == 0:  # looking at it changes nothing
            statistics.bands()
    rows = [row for row in rows if row[0] not in statistics.mixed]
    (interval,) = statistics.interval_views(lambda _: None)
    end = ridden[-1].t
    for share, of in (
        (statistics.ride.share(), rows),
        (interval.share, [row for row in rows if row[0] > begun]),
        (statistics.last(30.0, end), [row for row in rows if row[0] > end - 30.0]),
    ):
        expected = Tally().add_rows(of).share()
        if not of:
            assert (share.left_percent, share.standard_error, share.seconds, share.revolutions) == (
                None,
                None,
                0,
                0,
            )
            continue
        work = math.fsum(row[2] for row in of)
        assert share.left_percent == pytest.approx(math.fsum(row[2] * row[4] for row in of) / work)
        assert share.seconds == pytest.approx(math.fsum(row[1] for row in of))
        assert share.power_w == pytest.approx(work / share.seconds)
        assert share.revolutions == len(of)
        assert share.standard_error == pytest.approx(expected.standard_error, rel=1e-6)
        assert (share.left_w or 0) + (share.right_w or 0) == pytest.approx(share.power_w)
    of_bands = [band.share for band in Bands(BANDS, 250.0).add_rows(rows).shares()]
    for band, expected in zip(statistics.bands(), of_bands, strict=True):
        if expected.left_percent is not None:
            assert band.share.left_percent == pytest.approx(expected.left_percent)
            assert band.share.revolutions == expected.revolutions
            assert band.share.standard_error == pytest.approx(expected.standard_error, rel=1e-6)
    detector.close()
    told_s = sum(x.seconds for x in detector.drills) + detector.left_out_s
    alone_s = sum(x.duration_s for x in ridden if x.left_percent in (0.0, 100.0))
    without_s = sum(x.duration_s for x in ridden if x.left_percent is not None) - sum(row[1] for row in rows)
    assert alone_s - 1e-6 <= told_s <= without_s + 1e-6
