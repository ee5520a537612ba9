"""FIT workouts as plans of work intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from legbal.errors import FileFormatError
from legbal.files.workout import read_plan
from legbal.ride.inputs import PlannedStep
from tests.files import fit_files
from tests.files.workouts import understood, written


def fit(tmp_path: Path, *steps: dict[str, Any]) -> Path:
    messages = [
        ("file_id", {"type": "workout", "manufacturer": "development", "product": 1}),
        ("workout", {"sport": "cycling", "num_valid_steps": len(steps)}),
        *(("workout_step", {"message_index": index, **step}) for index, step in enumerate(steps)),
    ]
    return written(tmp_path, "plan.fit", fit_files.fit(*messages))


def timed(seconds: float, low: int | None, high: int | None = None, **more: Any) -> dict[str, Any]:
    step: dict[str, Any] = {"duration_type": "time", "duration_value": int(seconds * 1000), **more}
    if low is None:
        return {**step, "target_type": "open"}
    return {
        **step,
        "target_type": "power",
        "target_value": 0,
        "custom_target_value_low": low,
        "custom_target_value_high": high or low,
    }


def repeat(back_to: int, times: int) -> dict[str, Any]:
    return {
        "duration_type": "repeat_until_steps_cmplt",
        "duration_value": back_to,
        "target_type": "open",
        "target_value": times,
    }


def test_fit_workout_with_nested_repeats(tmp_path: Path) -> None:
    path = fit(
        tmp_path,
        timed(600, 80, intensity="warmup"),
        timed(30, 115, 125, intensity="active"),
        timed(30, 50, intensity="rest"),
        repeat(1, 2),
        timed(120, 50, intensity="rest"),
        repeat(1, 2),
        timed(60, None, intensity="active"),
    )
    assert read_plan(path) == (
        PlannedStep(600, 630, 1.15, 1.25),
        PlannedStep(660, 690, 1.15, 1.25),
        PlannedStep(840, 870, 1.15, 1.25),
        PlannedStep(900, 930, 1.15, 1.25),
        PlannedStep(1080, 1140),
    )


def test_fit_power_in_watts_and_zones(tmp_path: Path) -> None:
    zone = {**timed(60, 90), "target_value": 4}
    path = fit(tmp_path, timed(60, 1000 + 240, 1000 + 260), timed(60, 1000 + 100), zone)
    assert read_plan(path, 250.0) == (PlannedStep(0, 60, 0.96, 1.04), PlannedStep(120, 180, 0.98, 0.98))
    with pytest.raises(FileFormatError, match="watts"):
        read_plan(path)


@pytest.mark.parametrize(
    "kind",
    ["open", "distance", "calories", "hr_less_than", "power_greater_than", "repeat_until_time", "reps"],
)
def test_a_fit_plan_ends_at_a_step_whose_end_nobody_knows(tmp_path: Path, kind: str) -> None:
    odd = {"duration_type": kind, "duration_value": 1000, "target_type": "open"}
    plan, said = understood(fit(tmp_path, timed(60, 100), odd, timed(60, 100)))
    assert plan == (PlannedStep(0, 60, 1.0, 1.0),)
    assert said == [
        ", step 2: has no duration in time, so its end is not known beforehand. The plan ends there."
    ]


def test_a_fit_plan_that_begins_with_lap_plans_nothing(tmp_path: Path) -> None:
    plan, said = understood(fit(tmp_path, {"duration_type": "open", "target_type": "open"}, timed(60, 100)))
    assert plan == ()
    assert [", step 1: has no duration" in said[0], "plans no work" in said[1]] == [True, True]


def test_fit_repeats_without_end_end_the_plan(tmp_path: Path) -> None:
    _, said = understood(fit(tmp_path, timed(1, 100), repeat(0, 2**31)))
    assert said == [", step 2: repeats too often for a workout. The plan ends there."]


def test_fit_steps_by_heart_rate_cadence_and_a_second_target(tmp_path: Path) -> None:
    """Power may be the second target; of heart rate the lower zones are easy; else the intensity says it."""

    def by(target: str, zone: int, **more: Any) -> dict[str, Any]:
        return {**timed(60, None, intensity="active"), "target_type": target, "target_value": zone, **more}

    path = fit(
        tmp_path,
        by("heart_rate", 2),
        by("heart_rate", 4),
        by("heart_rate", 1, intensity="recovery"),
        by("cadence", 0, secondary_target_type="power", secondary_target_value=1),
        by("cadence", 0, secondary_target_type="power", secondary_target_value=5),
        by("power", 0),
    )
    plan, said = understood(path)
    assert plan == (PlannedStep(60, 120), PlannedStep(240, 360, 1.13, 1.13))
    assert said == []


def test_a_damaged_fit_plan_is_used_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    whole = fit(tmp_path, *[timed(60, 100), timed(60, 50)] * 5)
    cut = written(tmp_path, "cut.fit", whole.read_bytes()[:-40])
    plan, (said,) = understood(cut)
    assert 2 <= len(plan) < 5
    assert said.endswith("The plan ends there.")
