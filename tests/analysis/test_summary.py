"""What is kept of a ride says what its meter can and cannot know."""

from __future__ import annotations

import msgspec
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import Summary, summarise
from legbal.meters.limits import limits
from legbal.present.objects import plain, structured
from legbal.present.remarks import remark
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped

PROFILES = shipped()


@pytest.mark.parametrize("family", ["favero-assioma-duo", "power2max-ng", "stages-l"])
def test_a_summary_holds_the_honest_limits_of_its_meter(family: str) -> None:
    profile = PROFILES[family]
    ride = SimulatedRide(profile=profile, seed=1, workout=Workout("short", (Step(60.0, 0.7, 0.7),)))
    _, view = fold(Setup(ftp_w=250.0, profile=profile), ride.timeline())
    summary = structured(
        msgspec.json.decode(msgspec.json.encode(plain(summarise(view, CyclingDynamics())))), Summary
    )
    assert summary.limits == limits(profile)


def test_measured_names_the_expected_error_and_what_to_compare_with() -> None:
    said = " ".join(map(remark, limits(PROFILES["favero-assioma-duo"])))
    assert "±1 %" in said
    assert "half a point" in said
    assert "on the same meter" in said


def test_a_summary_of_an_older_legbal_can_be_read() -> None:
    old = {
        "ride": plain(summarise(fold(Setup(), [])[1], CyclingDynamics()).ride),
        "intervals": [],
        "bands": [],
    }
    assert structured(old, Summary).limits == ()
