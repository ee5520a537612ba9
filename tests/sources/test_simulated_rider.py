"""The simulated rider's legs: they scatter as in real rides, drop as the truth tells, and ride what is planned."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.ride.inputs import Side
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from legbal.sources.simulator.workout import Step, Workout
from tests.benchmarks.seconds import told
from tests.sources.simulated import ASSIOMA, intervals, measured
from tests.sources.workouts import FAMILIES


def test_the_scatter_shrinks_with_power() -> None:
    steps = tuple(Step(900.0, ftp, ftp) for ftp in (0.5, 1.1))
    truth = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("two", steps)).truth
    away = truth.left_percent - truth.usual_percent
    assert away[truth.t < 900].std() > 1.3 * away[truth.t > 900].std()


def test_the_first_seconds_after_a_stop_are_noisier() -> None:
    steps = (Step(3600.0, 0.7, 0.7, coasts_per_minute=2.0),)
    truth = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("stops", steps)).truth
    away = np.abs(truth.left_percent - truth.usual_percent)
    gap = np.diff(truth.t, prepend=0.0) - truth.pedalled_s > 0.5
    first = np.flatnonzero(gap[:-2])
    assert len(first) > 40
    assert np.median(away[np.concatenate((first + 1, first + 2))]) > 2 * np.median(away)


@pytest.mark.parametrize("weak_leg", ["left", "right"])
@pytest.mark.parametrize("points", [2.0, 5.0])
def test_the_decoded_balance_moves_by_the_drop_that_the_record_tells(weak_leg: Side, points: float) -> None:
    """The same seed without the fade differs in nothing else, so the difference is the drop (and
    rounding)."""

    def ridden(fade: Fade | None) -> SimulatedRide:
        return SimulatedRide(profile=ASSIOMA, seed=9, weak_leg=weak_leg, fade=fade)

    faded, healthy = ridden(Fade(points, "step", intervals=(3,))), ridden(None)
    (drop,) = faded.truth.drops
    assert (drop.points, drop.side, drop.interval) == (points, weak_leg, 3)
    interval = intervals(faded)[2]
    assert (drop.start, drop.end) == (interval.start + 60.0, interval.end)
    moved = told(faded)[1] - told(healthy)[1]
    times = np.array([t for t, _ in measured(faded)])
    during = (times > drop.start + 2) & (times < drop.end)
    assert moved[during].mean() == pytest.approx(-points if weak_leg == "left" else points, abs=0.15)
    assert not moved[times < drop.start].any()
    assert not moved[times > drop.end + 3].any()


def test_a_ramp_falls_slowly_and_comes_back_as_slowly() -> None:
    ride = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(4.0, "ramp", (2,), 30.0, 20.0, 40.0))
    (drop,) = ride.truth.drops
    assert (drop.end - drop.start, drop.back - drop.end) == (60.0, 20.0)
    t, taken = ride.truth.t, ride.truth.drop_points
    np.testing.assert_allclose(
        np.interp(drop.start + np.array([10, 20, 60, 70]), t, taken), [2, 4, 4, 2], atol=0.2
    )
    assert not taken[(t < drop.start) | (t > drop.back)].any()


def test_a_fade_takes_more_in_every_interval_and_an_intermittent_one_comes_and_goes() -> None:
    later = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(6.0, "fade"))
    assert [(drop.interval, drop.points) for drop in later.truth.drops] == [(2, 2.0), (3, 4.0), (4, 6.0)]
    off = SimulatedRide(profile=ASSIOMA, seed=9, fade=Fade(6.0, "intermittent", (1,), onset_s=0.0))
    start = intervals(off)[0].start
    within = (off.truth.t > start) & (off.truth.t < start + 120)
    assert np.mean(off.truth.drop_points[within] > 0) == pytest.approx(0.5, abs=0.05)


def test_the_usual_share_moves_with_power_as_the_rider_is() -> None:
    steps = tuple(Step(300.0, ftp, ftp) for ftp in (0.6, 1.0))
    ride = SimulatedRide(profile=ASSIOMA, seed=3, workout=Workout("two", steps))
    low, high = (
        ride.truth.usual_percent[select].mean() for select in (ride.truth.t < 290, ride.truth.t > 310)
    )
    assert high - low == pytest.approx(0.4 * ride.rider.power_slope, abs=0.1)


def test_earlier_rides_are_healthy_days_of_the_same_rider_on_the_same_meter() -> None:
    today = SimulatedRide(profile=ASSIOMA, seed=3, fade=Fade(5.0))
    before = today.earlier(3)
    assert len({ride.day for ride in (today, *before)}) == 4
    assert all(ride.rider == today.rider and ride.devices == today.devices for ride in before)
    assert not any(ride.truth.drops for ride in before)
    means = [ride.truth.usual_percent.mean() for ride in before]
    assert 0.0 < np.ptp(means) < 4 * today.rider.day_points


def test_nobody_coasts_into_a_hard_interval() -> None:
    steps = (Step(300.0, 0.5, 0.5, coasts_per_minute=30.0), Step(300.0, 1.0, 1.0, interval=True))
    truth = SimulatedRide(profile=ASSIOMA, seed=1, workout=Workout("late", steps)).truth
    pause = np.diff(truth.t, prepend=0.0) - truth.pedalled_s
    assert pause[truth.t < 300.0].sum() > 60.0
    assert pause[truth.t > 302.0].sum() < 0.01


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_workout_is_ridden_at_its_power(family: str) -> None:
    ride = SimulatedRide(profile=ASSIOMA, seed=11, workout=FAMILIES[family]())
    truth = ride.truth
    assert intervals(ride)
    for planned in intervals(ride):
        assert planned.low is not None
        assert planned.high is not None
        within = (truth.t > planned.start + 3) & (truth.t < planned.end - 1)
        watts = truth.power_w[within].mean() / ride.rider.ftp_w
        assert 0.85 * planned.low < watts < 1.15 * planned.high
    assert truth.t[-1] > ride.seconds - 20
