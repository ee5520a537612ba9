"""A leg is worth watching shortly before its alert may come: the word stays readable, and goes with the alert."""

from __future__ import annotations

from legbal.ride.events import Alert
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.ride.watch import NEAR, Watch
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.rider import Fade
from tests.meters.profiles import shipped
from tests.sources.workouts import FAMILIES


def test_it_begins_near_the_bar_and_stays_for_20_seconds() -> None:
    watch = Watch()
    for t, beyond, side in (
        (0.0, -0.5, None),
        (4.0, -NEAR / 2, "left"),
        (8.0, -3.0, "left"),
        (24.0, -3.0, "left"),
        (28.0, -3.0, None),
    ):
        watch.feed(t, "left", beyond)
        assert watch.side == side
    watch.feed(32.0, None, 1.0)  # no step of either leg
    assert watch.side is None


def test_before_the_alert_of_a_leg_that_fades_it_is_watched_and_not_while_the_alert_holds() -> None:
    fade = Fade(points=5.0, shape="ramp", intervals=(2,), onset_s=60.0, ramp_s=60.0, hold_s=90.0)
    profile = shipped()["favero-assioma-duo"]
    ride = SimulatedRide(profile=profile, seed=5, workout=FAMILIES["threshold"](), fade=fade)
    fold = Ride(Setup(ftp_w=round(ride.rider.ftp_w), weak_leg=ride.weak_leg, profile=profile))
    seen = []
    for item in ride.timeline():
        alerts = [x for x in fold.feed(item) if isinstance(x, Alert)]
        if alerts:
            break
        seen.append(fold.view().watch)
    assert alerts
    assert alerts[0].side == ride.weak_leg
    assert set(seen) == {None, ride.weak_leg}
    assert seen.index(ride.weak_leg) > 0.9 * len(seen)  # not before the leg fell
    assert fold.view().watch is None
