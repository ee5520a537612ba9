"""Drop-offs told: the legs before, during and after, how long it took, and who gave the missing watts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from legbal.analysis.dropoff_analysis import dropoffs
from legbal.analysis.ride_analysis import analyse
from legbal.analysis.summary import DropOffSummary, IntervalSummary
from legbal.app.meters import profiles
from legbal.ride.events import Alert, Clear, Event
from legbal.ride.inputs import Setup, Side
from legbal.ride.share import Share
from legbal.ride.view import Floats
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from legbal.sources.simulator.workout import Step, Workout
from tests.analysis.riding import judged
from tests.sources.simulated import intervals

ASSIOMA = next(p for p in profiles() if p.id == "favero-assioma-duo")
SINCE, BACK, TOLD, CLEARED = 300.0, 360.0, 330.0, 380.0


def alert(t: float = TOLD, since: float = SINCE, side: Side = "left") -> Alert:
    return Alert(
        t=t, kind="dropoff", side=side, points=4.0, present_percent=46.0, reference_percent=50.0,
        since=since, revolutions=30, sure=0.9,
    )  # fmt: skip


def clear(t: float = CLEARED, **more: Any) -> Clear:
    return Clear(t, "dropoff", "left", **({"at": BACK} | more))


def interval(start_s: float, end_s: float) -> IntervalSummary:
    return IntervalSummary(
        share=Share(50.0, 0.5, revolutions=15, power_w=250.0),
        number=1,
        start_s=start_s,
        end_s=end_s,
        usual_percent=None,
        slope_per_minute=None,
        slope_error=None,
    )


def ride(
    left_w: Floats, right_w: Floats, *, unsteady_w: float = 0.0, seconds: int = 600
) -> tuple[Floats, Floats]:
    """Rows of one revolution a second, and the seconds' cadence, 90 before the drop-off and 80 from then on."""
    rng = np.random.default_rng(1)
    t = np.arange(1.0, seconds + 1)
    total = left_w + right_w
    left = 100 * left_w / total + rng.normal(0.0, 1.0, len(t))
    power = total + unsteady_w * np.repeat(rng.normal(0.0, 1.0, seconds // 20), 20)
    told = np.column_stack([t, np.ones(len(t)), power, power, left])
    return told, np.where(np.arange(seconds + 1) <= SINCE, 90.0, 80.0)


def stretch(usual: float, down: float, seconds: int = 600) -> Floats:
    """A value a second: one as usual, another while the leg is down."""
    t = np.arange(1.0, seconds + 1)
    return np.where((t > SINCE) & (t <= BACK), down, usual)


def told_of(
    left_w: tuple[float, float],
    right_w: tuple[float, float],
    events: Sequence[Event] = (alert(), clear()),
    intervals: Sequence[IntervalSummary] = (interval(0.0, 600.0),),
    *,
    unsteady_w: float = 0.0,
) -> tuple[DropOffSummary, ...]:
    """The drop-offs of a ride whose legs give so much as usual, and so much while the leg is down."""
    rows, cadence_rpm = ride(stretch(*left_w), stretch(*right_w), unsteady_w=unsteady_w)
    pedalling = judged(rows, 260.0)
    return dropoffs(events, rows, cadence_rpm, intervals, pedalling)


def test_before_during_and_after_are_told_apart() -> None:
    (found,) = told_of((125.0, 115.0), (125.0, 135.0))
    assert (found.side, found.told_s, found.since_s, found.cleared_s) == ("left", TOLD, SINCE, CLEARED)
    assert (found.points, found.sure) == (4.0, 0.9)
    assert found.before.share.left_percent == pytest.approx(50.0, abs=0.5)
    assert found.during.share.left_percent == pytest.approx(46.0, abs=0.5)
    assert found.after.share.left_percent == pytest.approx(50.0, abs=0.5)
    assert found.difference is not None
    assert found.difference.value == pytest.approx(-4.0, abs=0.5)
    assert found.before.share.standard_error is not None
    assert found.before.share.power_w == pytest.approx(250.0)
    assert found.during.share.left_w == pytest.approx(115.0, abs=1.5)
    assert found.during.share.right_w == pytest.approx(135.0, abs=1.5)
    assert (found.before.cadence_rpm, found.during.cadence_rpm) == (90.0, 80.0)
    assert (found.before.seconds, found.after.seconds) == (60.0, 60.0)


@pytest.mark.parametrize(
    ("left", "right", "covered"),
    [
        (115.0, 135.0, "other leg"),
        (115.0, 125.0, "power fell"),
        (105.0, 135.0, "both"),
        (125.0, 147.0, "other leg"),
    ],
    ids=["held", "fallen", "in part", "risen"],
)
def test_who_gave_the_missing_watts(left: float, right: float, covered: str) -> None:
    (found,) = told_of((125.0, left), (125.0, right), unsteady_w=1.0)
    assert found.covered == covered


def test_a_drop_off_soon_after_the_interval_began_is_told_by_the_scatter_within_it() -> None:
    (found,) = told_of(
        (125.0, 115.0), (125.0, 136.0), (alert(), clear()), (interval(281.0, 600.0),), unsteady_w=3.0
    )
    assert found.before.seconds < 20
    assert found.covered == "other leg"


def test_that_the_other_leg_gave_all_or_a_part_is_told_as_a_part() -> None:
    (found,) = told_of((125.0, 105.0), (125.0, 135.0), unsteady_w=7.0)
    assert found.covered == "both"


def test_power_that_varies_more_than_that_does_not_tell() -> None:
    (found,) = told_of((125.0, 115.0), (125.0, 130.0), unsteady_w=40.0)
    assert found.covered is None


def test_of_the_right_leg_the_left_one_covers() -> None:
    events = (alert(side="right"), Clear(CLEARED, "dropoff", "right", at=BACK))
    (found,) = told_of((125.0, 135.0), (125.0, 115.0), events)
    assert (found.side, found.covered) == ("right", "other leg")
    assert found.back_after_s == BACK - SINCE


def test_one_that_a_rest_ended_was_never_back_and_the_next_interval_comes_after() -> None:
    intervals = (interval(0.0, 350.0), interval(450.0, 600.0))
    (found,) = told_of((125.0, 115.0), (125.0, 135.0), (alert(), clear(650.0, reason="rest")), intervals)
    assert found.back_after_s is None
    assert found.during.seconds > 0
    assert found.during.share.left_percent is not None


def test_one_that_lasted_to_the_end_has_no_after() -> None:
    (found,) = told_of((125.0, 115.0), (125.0, 135.0), (alert(),), (interval(0.0, 350.0),))
    assert (found.cleared_s, found.back_after_s) == (None, None)
    assert found.during.share.left_percent == pytest.approx(46.0, abs=0.5)
    assert (found.after.share.left_percent, found.after.seconds) == (None, 0.0)


def test_what_is_before_a_second_one_is_not_the_first_one() -> None:
    again = alert(t=400.0, since=385.0)
    events = (alert(), clear(), again, clear(420.0))
    _, second = told_of((125.0, 115.0), (125.0, 135.0), events)
    assert second.before.share.left_percent == pytest.approx(50.0, abs=0.5)


def test_a_threshold_is_no_drop_off() -> None:
    threshold = Alert(
        t=100.0, kind="threshold", side="left", points=4.0, present_percent=46.0, reference_percent=50.0,
        since=90.0, revolutions=30,
    )  # fmt: skip
    assert told_of((125.0, 115.0), (125.0, 135.0), (threshold,)) == ()


LONG = Workout(
    "long",
    (
        Step(300.0, 0.5, 0.7),
        Step(600.0, 0.95, 0.95, interval=True),
        Step(180.0, 0.5, 0.5),
        Step(600.0, 0.95, 0.95, interval=True),
        Step(120.0, 0.5, 0.5),
    ),
)


def test_known_drop_offs_are_recovered_within_their_errors() -> None:
    """Simulated riders whose weak leg gives 6 points less for two minutes: what the review says against the truth."""
    misses, ends, covered = list[float](), list[float](), list[str | None]()
    falls = list[float]()
    for seed in range(12):
        fade = Fade(points=6.0, shape="step", intervals=(2,), onset_s=200.0, hold_s=120.0)
        simulated = SimulatedRide(profile=ASSIOMA, seed=400 + seed, workout=LONG, fade=fade)
        setup = Setup(
            profile=ASSIOMA, ftp_w=simulated.rider.ftp_w, weak_leg="left", plan=intervals(simulated)
        )
        truth = simulated.truth
        (drop,) = truth.drops
        healthy = truth.usual_percent
        for found in analyse(setup, simulated.timeline()).summary.dropoffs:
            if not drop.start - 30 < found.since_s < drop.end:
                continue
            assert found.back_after_s is not None
            covered.append(found.covered)
            assert found.difference is not None
            falls.append((found.difference.value + 6.0) / found.difference.standard_error)
            ends.append(found.since_s + found.back_after_s - drop.back)
            at = np.interp(drop.start, truth.t, healthy)
            for around, true in ((found.before, at), (found.during, at - 6.0), (found.after, at)):
                assert around.share.left_percent is not None
                assert around.share.standard_error is not None
                misses.append((around.share.left_percent - true) / around.share.standard_error)
    assert len(ends) >= 9  # of twelve; it is not the detector that is tried here
    assert 0.6 < np.std(falls) < 1.5
    assert abs(float(np.mean(falls))) < 0.7
    assert "power fell" not in covered  # the simulated rider holds the power
    assert np.median(np.abs(ends)) < 5.0
    assert 0.6 < np.std(misses) < 1.4
    assert abs(float(np.mean(misses))) < 0.5
