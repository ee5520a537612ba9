"""What rides teach, beside what follows on paper: where few nodes are pulled at, the curve can be solved by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from legbal.ride.baseline import TYPICAL_SHARES, RideSample
from legbal.ride.baseline_fit import learn
from legbal.ride.noise import spread
from legbal.ride.revolution import Bin

FTP = 200.0


def ridden(*stretches: tuple[int, float, float], rpm: float | None = None, begin: int = 0) -> RideSample:
    """Stretches of (seconds, watts, left share) on end."""
    told = [(power, left) for seconds, power, left in stretches for _ in range(seconds)]
    return RideSample.of(Bin(float(begin + i), power, left, 1, rpm) for i, (power, left) in enumerate(told))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((300, 160.0, 49.0), (500, 200.0, 50.0)),
        ((200, 80.0, 49.5), (300, 120.0, 50.0)),
        ((200, 200.0, 49.0), (200, 300.0, 50.0)),  # above 1.2 of the reference no second weighs more
        ((500, 240.0, 50.0), (90, 260.0, 49.0)),
    ],
)
def test_neighbours_pull_as_ten_minutes_of_pedalling_would(
    first: tuple[int, float, float], second: tuple[int, float, float]
) -> None:
    baseline = learn([ridden(first, second)], FTP)
    assert baseline is not None
    (a_s, a_w, a), (b_s, b_w, b) = first, second
    a_weighs, b_weighs = a_s * min(a_w / FTP, 1.2), b_s * min(b_w / FTP, 1.2)
    pull = 600.0 / round((b_w - a_w) / FTP / 0.1)  # of springs in a row
    matrix = np.array([[a_weighs + pull, -pull], [-pull, b_weighs + pull]])
    at = np.linalg.solve(matrix, [a_weighs * a, b_weighs * b])
    assert [baseline.usual(a_w), baseline.usual(b_w)] == pytest.approx(at, abs=1e-4)
    assert baseline.usual((a_w + b_w) / 2) == pytest.approx(at.mean(), abs=1e-4)
    node = round((a_w / FTP - 0.2) / 0.1)
    error = math.sqrt(np.linalg.inv(matrix)[0, 0]) * spread(baseline.noise, 60) * math.sqrt(60)
    assert baseline.error[node] == pytest.approx(error, rel=1e-4)


def test_what_cadence_adds_is_pulled_to_nothing() -> None:
    """At one power: 49 % at 80 a minute and 51 % at 100, two nodes apart."""
    slow, fast = ridden((600, 200.0, 49.0), rpm=80.0), ridden((600, 200.0, 51.0), rpm=100.0, begin=600)
    baseline = learn([slow, fast], FTP)
    assert baseline is not None
    nodes = 9
    stiff = np.diff(np.eye(nodes), axis=0)
    penalty = 1000.0 * stiff.T @ stiff + 60.0 * np.eye(nodes)
    # what is usual at this power may move freely, for its neighbours follow
    matrix, right = np.zeros((nodes + 1, nodes + 1)), np.zeros(nodes + 1)
    matrix[1:, 1:] = penalty
    for node, left in ((5, 49.0), (7, 51.0)):
        row = np.zeros(nodes + 1)
        row[[0, node]] = 1.0
        matrix += 600 * np.outer(row, row)
        right += 600 * left * row
    solved = np.linalg.solve(matrix, right)
    assert baseline.cadence_points == pytest.approx(solved[1:], abs=1e-3)
    assert baseline.usual(200.0) == pytest.approx(solved[0], abs=1e-3)
    assert baseline.cadence_rpm == 90.0
    assert (baseline.cadence_sd, baseline.slope_sd) == (0.4, 0.5)


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
def test_how_far_days_lie_apart_is_learnt_from_days(shares: tuple[float, ...]) -> None:
    """From a belief of 0.6 points that is worth four rides."""
    rides = [ridden((300, 200.0, left), begin=1000 * i) for i, left in enumerate(shares)]
    baseline = learn(rides, FTP)
    assert baseline is not None
    assert baseline.rides == len(shares)
    days = np.array(shares)
    scatter = ((days - days.mean()) ** 2).sum()
    assert baseline.offset_sd == pytest.approx(
        math.sqrt((0.6**2 * 4 + scatter) / (4 + len(days) - 1)), abs=1e-4
    )
    assert spread(baseline.noise, 1) < 0.25, "what a whole day is off is no noise"


def scattered(seconds: int, watts: float, points: float, *, gap_s: int = 1, begin: int = 0) -> RideSample:
    """Alternating shares, a row of noise without memory that ends as soon as seconds are missing."""
    return RideSample.of(
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
    for watts in (360.0, 1000.0):
        baseline = learn([ridden((200, 200.0, 49.0), (200, watts, 50.0))], FTP)
        assert baseline is not None
        pull = 600.0 / 8
        matrix = np.array([[200 + pull, -pull], [-pull, 240 + pull]])
        at = np.linalg.solve(matrix, [200 * 49.0, 240 * 50.0])
        assert [baseline.usual(200.0), baseline.usual(360.0)] == pytest.approx(at, abs=2e-3)
    for beyond, within, node in ((200.0, 120.0, -1), (20.0, 40.0, 0)):
        one, other = (
            learn([ridden((300, 200.0, 49.0), rpm=80.0), ridden((300, 200.0, 50.0), rpm=rpm)], FTP)
            for rpm in (beyond, within)
        )
        assert one is not None
        assert other is not None
        assert one.cadence_points == other.cadence_points
        assert one.cadence_points[node] == max(one.cadence_points)
