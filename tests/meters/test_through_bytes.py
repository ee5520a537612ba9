"""Every profile, through the bytes that such a meter would send, into the fold and before the observer."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from legbal.gatt.measurement import decode
from legbal.meters.probe import MeterProbe, Report
from legbal.meters.profile import Placeholder, Profile
from legbal.present.remarks import remark
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from legbal.ride.view import RideView
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications

PROFILES = shipped()
ONE_DEVICE = sorted(profile.id for profile in PROFILES.values() if profile.peripherals == 1)
# Power moves, and the rider stops often enough to show what is sent at rest.
RIDDEN = Workout(
    "ridden", (Step(200.0, 0.6, 0.9), Step(100.0, 0.7, 0.7, coasts_per_minute=20.0), Step(60.0, 0.8, 0.8))
)


@dataclasses.dataclass(frozen=True)
class Ridden:
    """One ride: what it was, what the fold made of it, and what was seen of the meter."""

    ride: SimulatedRide
    view: RideView
    seen: Report

    @property
    def truth(self) -> float:
        """The rider's true left share."""
        truth = self.ride.truth
        return float(np.average(truth.left_percent, weights=truth.power_w * truth.pedalled_s))


def ridden(profile: Profile) -> Ridden:
    ride = SimulatedRide(profile=profile, seed=4, workout=RIDDEN)
    observer = MeterProbe()
    for item in notifications(ride):
        if item.uuid == "2a63":
            observer.feed(item.t, decode(item.data))
    _, view = fold(Setup(profile=profile), ride.timeline())
    return Ridden(ride, view, observer.report())


@pytest.mark.parametrize("profile_id", ONE_DEVICE)
def test_each_kind_is_told_rightly_and_its_balance_is_the_riders(profile_id: str) -> None:
    profile = PROFILES[profile_id]
    found = ridden(profile)
    share = found.view.ride
    if profile.has_balance:
        assert found.view.balance == profile.kind
        assert share.left_percent == pytest.approx(found.truth, abs=1.3 if profile.rezeroes else 0.8)
    else:
        assert found.view.balance == "absent"
        assert share.left_percent is None
        assert remark(found.view.limits[0]).startswith("No balance")


@pytest.mark.parametrize("profile_id", ONE_DEVICE)
def test_what_is_seen_of_each_meter_is_what_its_profile_says(profile_id: str) -> None:
    profile = PROFILES[profile_id]
    seen = ridden(profile).seen
    assert seen.fields == profile.fields
    assert seen.rate_hz == pytest.approx(profile.rate_hz, rel=0.1)
    if profile.kind == "bridge":
        assert (seen.balance, seen.octet_percent) == ("constant", 0.0)
    elif profile.has_balance:
        assert seen.balance == "moves"
        assert seen.resolution_percent == profile.resolution_percent
        assert seen.reference_left is True
    else:
        assert seen.balance == "absent"
    if "crank" in profile.fields:
        assert seen.repeats
        assert seen.counts_while_stopped in (profile.counts_while_stopped, None)
        if profile.has_balance:
            assert seen.placeholder == profile.placeholder


@pytest.mark.parametrize("placeholder", ["fifty", "last", "zero", "hundred", "absent"])
def test_no_placeholder_is_ever_averaged(placeholder: Placeholder) -> None:
    profile = msgspec.structs.replace(PROFILES["favero-assioma-duo"], placeholder=placeholder)
    found = ridden(profile)
    assert found.view.ride.left_percent == pytest.approx(found.truth, abs=0.8)
    assert found.seen.placeholder == placeholder


@pytest.mark.parametrize("profile_id", ["favero-assioma-duo", "power2max-ngeco"])
def test_a_meter_whose_balance_does_not_arrive_says_so(profile_id: str) -> None:
    profile = PROFILES[profile_id]
    locked = msgspec.structs.replace(profile, fields=("crank",))
    found = SimulatedRide(profile=locked, seed=4, workout=RIDDEN)
    _, view = fold(Setup(profile=profile), found.timeline())
    assert view.balance == "absent"
    assert view.ride.left_percent is None
    assert remark(view.limits[0]).startswith("This meter sends no balance")
    assert any("paid unlock" in said for said in map(remark, view.limits)) == (
        profile_id == "power2max-ngeco"
    )


def test_a_right_side_doubled_is_twice_the_right_legs_watts() -> None:
    left, right = (ridden(PROFILES[name]).view.ride.power_w for name in ("stages-l", "stages-r"))
    assert left is not None
    assert right is not None
    assert right > left  # the simulated rider's left leg is the weaker one
