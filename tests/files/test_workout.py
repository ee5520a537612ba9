"""Workout files as plans of work intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import FileFormatError
from legbal.files.workout import read_plan
from legbal.ride.inputs import PlannedStep
from tests.files import fit_files


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def zwo(tmp_path: Path, *elements: str) -> Path:
    body = "\n".join(elements)
    return written(
        tmp_path, "plan.zwo", f"<workout_file><name>x</name><workout>{body}</workout></workout_file>"
    )


def test_zwo_repeats_steady_stretches_and_ramps(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<Warmup Duration="600" PowerLow="0.4" PowerHigh="1.2"/>',
        '<SteadyState Duration="300" Power="0.9" pace="0"><textevent message="go"/></SteadyState>',
        '<SteadyState Duration="60" Power="0.5"/>',
        '<IntervalsT Repeat="2" OnDuration="30" OffDuration="15" OnPower="1.2" OffPower="0.5"/>',
        '<Ramp Duration="120" PowerLow="0.8" PowerHigh="1.0"/>',
        '<FreeRide Duration="60" FlatRoad="1"/>',
        '<MaxEffort Duration="20"/>',
        '<Cooldown Duration="300" PowerLow="0.9" PowerHigh="0.8"/>',
    )
    assert read_plan(path) == (
        PlannedStep(600, 900, 0.9, 0.9),
        PlannedStep(960, 990, 1.2, 1.2),
        PlannedStep(1005, 1035, 1.2, 1.2),
        PlannedStep(1050, 1170, 0.8, 1.0),
        PlannedStep(1230, 1250),
    )


def test_over_unders_are_one_interval(tmp_path: Path) -> None:
    path = zwo(
        tmp_path,
        '<SteadyState Duration="60" Power="0.5"/>',
        '<IntervalsT Repeat="3" OnDuration="60" OffDuration="120" OnPower="1.05" OffPower="0.9"/>',
    )
    assert read_plan(path) == (PlannedStep(60, 600, 0.9, 1.05),)


@pytest.mark.parametrize("ending", ["erg", "ERG"])
def test_erg_plans_in_watts_of_its_own_ftp(tmp_path: Path, ending: str) -> None:
    text = (
        "[COURSE HEADER]\r\nVERSION = 2\r\nFTP=200\r\nMINUTES WATTS\r\n[END COURSE HEADER]\r\n"
        "[COURSE DATA]\r\n0.00\t80\r\n10.00\t140\r\n10.00\t200\r\n15.00\t200\r\n15.00\t100\r\n20.00\t100\r\n"
        "[END COURSE DATA]\r\n"
        "[COURSE TEXT]\r\n5\tgo\t10\r\n[END COURSE TEXT]\r\n"
    )
    assert read_plan(written(tmp_path, f"plan.{ending}", text)) == (PlannedStep(600, 900, 1.0, 1.0),)


def test_erg_without_an_ftp_needs_the_riders(tmp_path: Path) -> None:
    text = "[COURSE HEADER]\nMINUTES WATTS\n[COURSE DATA]\n0 250\n5 250\n[END COURSE DATA]\n"
    path = written(tmp_path, "plan.erg", text)
    assert read_plan(path, 250.0) == (PlannedStep(0, 300, 1.0, 1.0),)
    with pytest.raises(FileFormatError, match="watts") as caught:
        read_plan(path)
    assert "--ftp" in str(caught.value.hint)


def test_mrc_plans_in_percent(tmp_path: Path) -> None:
    text = (
        "[COURSE HEADER]\nMINUTES PERCENT\n[END COURSE HEADER]\n[COURSE DATA]\n"
        "0 50\n5 50\n5 90\n10 90\n10 105\n11 105\n11 50\n12 50\n[END COURSE DATA]\n"
    )
    assert read_plan(written(tmp_path, "plan.mrc", text), 300.0) == (PlannedStep(300, 660, 0.9, 1.05),)


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


def test_fit_step_until_lap_is_pressed_cannot_be_planned(tmp_path: Path) -> None:
    path = fit(tmp_path, timed(60, 100), {"duration_type": "open", "target_type": "open"})
    with pytest.raises(FileFormatError, match="step 2 has no duration") as caught:
        read_plan(path)
    assert "lap" in str(caught.value.hint)


def test_fit_repeats_without_end_are_refused(tmp_path: Path) -> None:
    path = fit(tmp_path, timed(0.001, 100), repeat(0, 2**31))
    with pytest.raises(FileFormatError):
        read_plan(path)


def test_sidecar_of_a_capture(tmp_path: Path) -> None:
    sidecar = {
        "ftp": 327,
        "weak": "right",
        "plan": [{"start": 532, "end": 832}, {"start": 1012, "end": 1312}],
    }
    path = written(tmp_path, "ride.meta.json", json.dumps(sidecar))
    assert read_plan(path) == (PlannedStep(532, 832), PlannedStep(1012, 1312))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("plan.zwo", "<workout_file>", "not XML"),
        ("plan.zwo", "<workout_file/>", "no <workout>"),
        (
            "plan.zwo",
            "<!DOCTYPE x [<!ENTITY a 'b'>]><workout_file><workout/></workout_file>",
            "document type",
        ),
        ("plan.zwo", '<workout><SteadyState Duration="x" Power="1"/></workout>', "Duration is 'x'"),
        ("plan.zwo", '<workout><SteadyState Duration="nan" Power="1"/></workout>', "Duration"),
        ("plan.zwo", '<workout><SteadyState Duration="99999" Power="1"/></workout>', "more than a day"),
        ("plan.zwo", '<workout><SteadyState Duration="600" Power="0.6"/></workout>', "no work above 75%"),
        ("plan.mrc", "hello", "no course data"),
        ("plan.mrc", "[COURSE DATA]\n5 100\n0 100\n", "comes after"),
        ("plan.mrc", "[COURSE DATA]\n5 x\n", "a power"),
        ("plan.fit", "hello", "not a FIT file"),
        ("plan.json", "[]", "sidecar"),
        ("plan.json", '{"plan": [{"start": 5, "end": 4}]}', "does not follow 0 s in order"),
        ("plan.txt", "", "not a workout file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(FileFormatError, match=problem) as caught:
        read_plan(path)
    assert str(path) in str(caught.value)


def test_a_missing_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_plan(tmp_path / "none.zwo")
    with pytest.raises(FileFormatError, match="1 MiB"):
        read_plan(written(tmp_path, "huge.zwo", bytes(2**20 + 1)))


def test_a_recorded_ride_is_no_plan(tmp_path: Path) -> None:
    path = written(tmp_path, "ride.fit", fit_files.fit(*fit_files.head()))
    with pytest.raises(FileFormatError, match="holds no workout"):
        read_plan(path)


@given(
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
    st.sampled_from(["zwo", "erg", "fit", "json"]),
)
def test_any_octets_give_a_plan_or_a_message(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{ending}"
    path.write_bytes(octets)
    try:
        plan = read_plan(path, 200.0)
    except FileFormatError:
        return
    assert all(step.start < step.end for step in plan)
