"""What rides teach, beside what follows on paper: where few nodes are pulled at, the curve can be solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.ride.baseline import TYPICAL_SHARES, Baseline, RideSample
from legbal.ride.baseline_fit import columns, learn, noise_within
from legbal.ride.day_level import next_level
from legbal.ride.noise import spread
from legbal.ride.recent_effort import RecentEffort
from legbal.ride.revolution import Bin
from tests.ride.pedalling import sample_of

FTP = 200.0


def ridden(*stretches: tuple[int, float, float], rpm: float | None = None, begin: int = 0) -> RideSample:
    """Stretches of (seconds, watts, left share) on end."""
    told = [(power, left) for seconds, power, left in stretches for _ in range(seconds)]
    return sample_of(Bin(float(begin + i), power, left, 1, rpm) for i, (power, left) in enumerate(told))


def _weights(place: float, nodes: int) -> list[float]:
    """How much of each node a place between them has."""
    place = min(max(place, 0.0), nodes - 1.001)
    return [max(0.0, 1.0 - abs(place - node)) for node in range(nodes)]


def written_out(rides: list[RideSample]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The curve, what cadence and what came before add, and each ride's own: least squares with each pull as a row."""
    rows, shares, weights = [], [], []
    for number, ride in enumerate(rides):
        before = RecentEffort()
        for t, watts, left, rpm in columns(ride).T.tolist():
            x = watts / FTP
            before.feed(t, x, rpm or None)
            rpm_nodes = _weights((rpm - 40) / 10, 9) if rpm else [0.0] * 9
            own = [float(i == number) for i in range(len(rides))]
            rows.append([*_weights((x - 0.2) / 0.1, 17), *rpm_nodes, before.power, before.cadence, *own])
            shares.append(left)
            weights.append(min(x, 1.2))
    columns_ = len(rows[0])
    pulls = [(600.0, i, i + 1) for i in range(16)] + [(1000.0, 17 + i, 18 + i) for i in range(8)]
    ridges = [60.0] * 9 + [40.0, 150.0] + [90.0] * len(rides)
    for strength, one, other in pulls:
        row = [0.0] * columns_
        row[one], row[other] = 1.0, -1.0
        rows.append(row)
        shares.append(0.0)
        weights.append(strength)
    for i, ridge in enumerate(ridges):
        rows.append([float(column == 17 + i) for column in range(columns_)])
        shares.append(0.0)
        weights.append(ridge)
    root = np.sqrt(weights)
    solved = np.linalg.lstsq(np.array(rows) * root[:, None], np.array(shares) * root, rcond=None)[0]
    curve, of_cadence, recent, of_rides = np.split(solved, (17, 26, 28))
    return curve, of_cadence, recent, of_rides


@pytest.mark.parametrize(
    "rides",
    [
        [ridden((300, 160.0, 49.0), (500, 200.0, 50.0))],
        [ridden((200, 80.0, 49.5), (300, 120.0, 50.0))],
        [ridden((200, 200.0, 49.0), (200, 300.0, 50.0))],  # above 1.2 of the reference no second weighs more
        [ridden((500, 240.0, 50.0), (90, 260.0, 49.0))],
        [ridden((600, 200.0, 49.0), rpm=80.0), ridden((600, 200.0, 51.0), rpm=100.0, begin=600)],
        [ridden((200, 100.0, 48.0), (200, 220.0, 49.0), (60, 100.0, 48.4), (100, 230.0, 49.5), rpm=70.0)],
    ],
)  # fmt: skip
def test_a_curve_is_that_of_least_squares_with_each_pull_written_out(rides: list[RideSample]) -> None:
    baseline = learn(rides, FTP)
    assert baseline is not None
    curve, cadence, recent, own = written_out(rides)
    off = np.array(baseline.left_percent) - curve
    assert off == pytest.approx(np.full(17, off[0]), abs=1e-3), "only the level differs: it is foretold"
    assert own.min() - 0.2 <= off[0] <= own.max() + 0.2
    assert baseline.cadence_points == pytest.approx(cadence, abs=1e-3)
    assert baseline.recent_points == pytest.approx(recent, abs=1e-3)
    assert (baseline.cadence_sd, baseline.slope_sd, baseline.recent_sd) == (0.4, 0.5, (0.9, 0.4))


def test_what_came_before_is_learnt() -> None:
    """Efforts that begin a point lower than they go on; the curve is that of the steady ones."""
    rows, before, t = [], RecentEffort(), 0.0
    for _ in range(12):
        t += 200.0
        for i in range(240):
            t += 1.0
            before.feed(t, 1.0, None)
            rows.append(Bin(t, FTP, 49.0 + 1.5 * before.power + 0.5 * (-1) ** i, 1, None))
    baseline = learn([sample_of(rows)], FTP)
    assert baseline is not None
    assert baseline.recent_points[0] == pytest.approx(1.5, abs=0.3)
    assert baseline.usual(FTP) == pytest.approx(49.0, abs=0.15)


@pytest.mark.parametrize(("rpm", "usual"), [(None, 85.0), (1.0, 1.0), (88.0, 88.0)])
def test_the_usual_cadence_is_that_of_seconds_that_tell_one(rpm: float | None, usual: float) -> None:
    baseline = learn([ridden((200, 200.0, 49.0)), ridden((50, 200.0, 49.0), rpm=rpm)], FTP)
    assert baseline is not None
    assert baseline.cadence_rpm == usual


@pytest.mark.parametrize(("seconds", "learnt"), [(119, False), (120, True)])
def test_two_minutes_teach_and_less_does_not(seconds: int, learnt: bool) -> None:
    assert (learn([ridden((seconds, 200.0, 49.0))], FTP) is not None) is learnt


def test_pedalling_below_three_tenths_of_the_reference_teaches_nothing() -> None:
    assert learn([ridden((300, 60.0, 49.0))], FTP) is None
    assert learn([ridden((300, 61.0, 49.0))], FTP) is not None
    baseline = learn([ridden((300, 60.0, 30.0)), ridden((300, 200.0, 49.0))], FTP)
    assert baseline is not None
    assert baseline.rides == 1
    assert baseline.usual(60.0) == pytest.approx(49.0, abs=0.01)


def test_without_ftp_the_reference_is_what_a_tenth_of_the_pedalling_exceeds() -> None:
    baseline = learn([ridden(*((1, float(power), 49.0) for power in range(100, 301)))])
    assert baseline is not None
    assert baseline.reference_w == pytest.approx(280.0)


@pytest.mark.parametrize("shares", [(49.0,), (49.0, 49.0), (48.5, 49.5), (48.5, 49.0, 49.0, 50.5)])
def test_where_the_next_day_lies_is_foretold_from_days(shares: tuple[float, ...]) -> None:
    rides = [ridden((300, 200.0, left), begin=1000 * i) for i, left in enumerate(shares)]
    ages = [float(3 * (len(shares) - i)) for i in range(len(shares))]
    baseline = learn(rides, FTP, ages)
    assert baseline is not None
    assert baseline.rides == len(shares)
    curve, *_ = written_out(rides)
    errors = np.full(len(shares), spread(baseline.noise, 300))
    level, sd = next_level(np.array(shares) - curve[8], errors, np.array(ages))
    assert baseline.usual(FTP) == pytest.approx(curve[8] + level, abs=0.02)
    assert baseline.offset_sd == pytest.approx(sd, abs=0.02)
    assert spread(baseline.noise, 1) < 0.25, "what a whole day is off is no noise"


def test_rides_of_which_the_day_is_unknown_are_two_days_apart_the_newest_last() -> None:
    rides = [ridden((300, 200.0, left), begin=1000 * i) for i, left in enumerate((48.0, 49.0, 50.5))]
    assert learn(rides, FTP) == learn(rides, FTP, [6.0, 4.0, 2.0])
    assert learn(rides, FTP) != learn(rides, FTP, [2.0, 4.0, 6.0])


def scattered(seconds: int, watts: float, points: float, *, gap_s: int = 1, begin: int = 0) -> RideSample:
    """Alternating shares, a row of noise without memory that ends as soon as seconds are missing."""
    return sample_of(
        Bin(float(begin + gap_s * i), watts, 49.0 + points * (-1) ** i, 1, None) for i in range(seconds)
    )


@pytest.mark.parametrize(
    ("work_s", "seconds"),
    [(120, 420), (121, 121)],
)
def test_the_noise_is_that_of_work_where_there_is_more_than_two_minutes_of_it(
    work_s: int, seconds: int
) -> None:
    easy, work = scattered(300, 100.0, 1.0), scattered(work_s, 200.0, 1.0, begin=1000)
    baseline = learn([easy, work], FTP)
    assert baseline is not None
    assert baseline.noise.seconds == seconds


def test_work_is_above_six_tenths_of_the_reference() -> None:
    for watts, seconds in ((120.0, 700), (121.0, 400)):
        baseline = learn([scattered(300, 100.0, 1.0), scattered(400, watts, 1.0, begin=1000)], FTP)
        assert baseline is not None
        assert baseline.noise.seconds == seconds


@pytest.mark.parametrize(("gap_s", "joined"), [(0, True), (1, True), (3, True), (4, False)])
def test_a_stretch_of_pedalling_ends_where_more_than_two_seconds_are_missing(
    gap_s: int, joined: bool
) -> None:
    """Means of two of these seconds are all alike; where none can be formed, the noise stays a typical rider's."""
    baseline = learn([scattered(300, 200.0, 1.0, gap_s=gap_s)], FTP)
    assert baseline is not None
    assert (baseline.noise.white > 0.79) is joined
    assert (baseline.noise.white == pytest.approx(TYPICAL_SHARES[0], abs=1e-3)) is not joined


def test_a_stretch_ends_with_its_ride() -> None:
    """Whether the next one begins later by its own clock or earlier."""
    later, earlier = (
        learn([scattered(3, 200.0, 1.0, begin=3 * (50 + way * i)) for i in range(50)], FTP) for way in (3, -1)
    )
    assert later is not None
    assert earlier is not None
    assert earlier.noise == later.noise
    assert earlier.rides == 50


def test_bursts_are_no_evidence() -> None:
    """A second counts for no more than 1.7 standard deviations, of which none is below 0.8 points."""
    baseline = learn([ridden((400, 200.0, 49.0), (10, 200.0, 90.0), (189, 200.0, 49.0))], FTP)
    assert baseline is not None
    assert baseline.usual(200.0) == pytest.approx(49.0 + 10 * 1.7 * 0.8 / 599, abs=0.003)


def test_pedalling_beyond_the_last_node_is_learnt_at_it() -> None:
    """At 1.8 of the reference, whatever more; of cadence at 120 and at 40."""
    most, beyond_most = (
        learn([ridden((200, 200.0, 49.0), (200, watts, 50.0))], FTP) for watts in (360.0, 1000.0)
    )
    assert most is not None
    assert beyond_most is not None
    assert beyond_most.usual(1000.0) == pytest.approx(most.usual(360.0), abs=0.05)
    assert most.usual(360.0) > most.usual(200.0)
    for beyond, at_most, node in ((200.0, 120.0, -1), (20.0, 40.0, 0)):
        one, other = (
            learn([ridden((300, 200.0, 49.0), rpm=80.0), ridden((300, 200.0, 50.0), rpm=rpm)], FTP)
            for rpm in (beyond, at_most)
        )
        assert one is not None
        assert other is not None
        assert one.cadence_points == other.cadence_points
        assert one.cadence_points[node] == max(one.cadence_points)


def within(points: float, seconds: int, *, level: float = 49.0, slope: float = 0.0) -> RideSample:
    """A ride of white noise about a level, and a slope over power."""
    random = np.random.default_rng(2)
    told = []
    for i in range(seconds):
        watts = 150.0 + 50.0 * (i // 60 % 3)
        left = level + slope * (watts / FTP - 1) + points * random.standard_normal() / math.sqrt(watts / FTP)
        told.append(Bin(float(i), watts, left, 1, 88.0))
    return sample_of(told)


@pytest.fixture(scope="module")
def believed() -> Baseline:
    baseline = learn([within(2.0, 4000)], FTP)
    assert baseline is not None
    return baseline


@pytest.mark.parametrize("points", [1.0, 2.0, 4.0])
def test_how_a_ride_scatters_is_learnt_beside_what_was_believed(points: float, believed: Baseline) -> None:
    """Its 3,000 seconds of work are worth twice the 1,500 of what was believed, less what is clipped."""
    noise = noise_within(within(points, 3000), believed, 1500.0)
    before = spread(believed.noise, 4)
    of_ride = before * points / 2
    assert spread(noise, 4) == pytest.approx(math.sqrt((2 * of_ride**2 + before**2) / 3), rel=0.06)
    assert noise.seconds == 3000


def test_a_level_and_slopes_of_the_day_are_no_noise(believed: Baseline) -> None:
    as_ever = noise_within(within(2.0, 3000), believed, 300.0)
    another = noise_within(within(2.0, 3000, level=45.0, slope=4.0), believed, 300.0)
    for seconds in (1, 10, 100):
        assert spread(another, seconds) == pytest.approx(spread(as_ever, seconds), rel=0.12)


def test_too_little_leaves_what_was_believed(believed: Baseline) -> None:
    assert noise_within(within(9.0, 20), believed, 300.0) == believed.noise
