"""A ride as CSV and as Parquet: the same table in both."""

from __future__ import annotations

import csv
import io
import re
import sys
from datetime import UTC, datetime, timedelta, timezone
from math import ceil, floor

import msgspec
import pyarrow.parquet
import pytest

from legbal.errors import FileFormatError
from legbal.files import exporting
from legbal.paths import install_command
from legbal.ride.events import ended_alerts
from legbal.ride.inputs import Input, Mark, PlannedStep, Setup
from legbal.ride.resample import ResampledRide, resample
from legbal.sources.simulator import demo
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications

STARTED = datetime(2026, 6, 1, 18, 30, 5, 250_000, timezone(timedelta(hours=2)))
HEADER = [
    "second", "time", "power_w", "cadence_rpm", "left_percent", "interval",
    "left_torque_effectiveness_percent", "right_torque_effectiveness_percent",
    "left_pedal_smoothness_percent", "right_pedal_smoothness_percent", "combined_pedal_smoothness_percent",
    "left_platform_centre_offset_mm", "right_platform_centre_offset_mm",
    "left_power_phase_start_deg", "left_power_phase_end_deg",
    "left_peak_phase_start_deg", "left_peak_phase_end_deg",
    "right_power_phase_start_deg", "right_power_phase_end_deg",
    "right_peak_phase_start_deg", "right_peak_phase_end_deg",
    "right_percent", "left_w", "right_w", "usual_percent", "alert", "alert_side", "lap", "note",
    "heart_rate_bpm",
]  # fmt: skip
DYNAMICS = {
    60: {
        "left_platform_centre_offset_mm": -4,
        "left_power_phase_start_deg": 340.3125,
        "left_power_phase_end_deg": 200.0,
        "right_pedal_smoothness_percent": 21.5,
    }
}


@pytest.fixture(scope="module")
def ride() -> ResampledRide:
    profile = shipped()["favero-assioma-duo"]
    setup = Setup(ftp_w=250, profile=profile, plan=(PlannedStep(60.0, 120.0), PlannedStep(150.0, 200.0)))
    return resample(setup, notifications(demo(profile, 3, seconds=200)))


NOTES = ((59.4, "left knee"), (59.9, "ok"), (900.0, "late"))


def of_csv(ride: ResampledRide, notes: tuple[tuple[float, str], ...] = NOTES) -> list[list[str]]:
    file = io.BytesIO()
    exporting.write_csv(file, exporting.rows(ride, STARTED, DYNAMICS, notes))
    return list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))


def test_csv_has_a_header_and_a_line_a_second(ride: ResampledRide) -> None:
    header, *lines = of_csv(ride)
    assert header == HEADER
    assert [line[0] for line in lines] == [str(t) for t in range(len(ride.seconds))]
    assert lines[0][1] == "2026-06-01T16:30:05Z"
    assert [line[5] for line in lines[60:62] + lines[120:122]] == ["", "1", "1", ""]
    second = ride.seconds[100]
    assert second.power_w is not None
    assert second.left_percent is not None
    assert float(lines[100][2]) == pytest.approx(second.power_w, abs=0.005)
    assert float(lines[100][4]) == pytest.approx(second.left_percent, abs=0.005)


def test_what_is_not_known_is_empty(ride: ResampledRide) -> None:
    assert set(of_csv(ride)[1][2:]) == {""}


def test_cycling_dynamics_have_columns(ride: ResampledRide) -> None:
    header, *lines = of_csv(ride)
    told = {name: text for name, text in zip(header[6:21], lines[60][6:21], strict=True) if text}
    assert told == {
        "left_platform_centre_offset_mm": "-4",
        "left_power_phase_start_deg": "340.31",
        "left_power_phase_end_deg": "200.0",
        "right_pedal_smoothness_percent": "21.5",
    }


def test_parquet_holds_the_same_table(ride: ResampledRide) -> None:
    file = io.BytesIO()
    exporting.write_parquet(file, exporting.rows(ride, STARTED, DYNAMICS, NOTES), ride.view)
    table = pyarrow.parquet.read_table(io.BytesIO(file.getvalue()))
    header, *lines = of_csv(ride)
    assert table.column_names == header
    rows = table.to_pylist()
    assert len(rows) == len(lines)
    assert rows[0]["time"] == datetime(2026, 6, 1, 16, 30, 5, tzinfo=UTC)
    for row, line in zip(rows, lines, strict=True):
        for name, text in zip(HEADER[2:], line[2:], strict=True):
            is_word = name in ("alert", "alert_side", "note")
            assert row[name] == (None if not text else text if is_word else float(text))
    about = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert (about["meter"], about["reference"], about["balance"]) == ("ASSIOMA33757L", "left", "measured")


def test_no_cell_of_a_table_is_a_formula(ride: ResampledRide) -> None:
    """A spreadsheet would run it; what is text from outside stands in no cell."""
    view = msgspec.structs.replace(ride.view, meter_name="=cmd|' /C calc'!A0")
    file = io.BytesIO()
    exporting.write_csv(file, exporting.rows(msgspec.structs.replace(ride, view=view), STARTED, {}))
    head, *lines = file.getvalue().decode().splitlines()
    assert len(lines) > 100
    allowed = re.compile(r"-?\d+(\.\d+)?|dropoff|left|right|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|")
    assert all(allowed.fullmatch(cell) for line in lines for cell in line.split(","))
    assert all(re.fullmatch(r"\w+", cell) for cell in head.split(","))


def test_without_pyarrow_it_says_what_to_install(
    ride: ResampledRide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(FileFormatError, match="pyarrow") as caught:
        exporting.write_parquet(io.BytesIO(), exporting.rows(ride, STARTED, {}), ride.view)
    assert caught.value.hint == f"Install it with: {install_command('pyarrow>=21,<27')}"


def test_a_note_is_in_its_second_or_the_last_and_no_formula(ride: ResampledRide) -> None:
    at = HEADER.index("note")
    assert [(line[0], line[at]) for line in of_csv(ride)[1:] if line[at]] == [
        ("60", "left knee; ok"),
        ("200", "late"),
    ]
    assert of_csv(ride, ((60.0, "=1+1"),))[61][at] == "'=1+1"


def test_a_second_has_both_legs_what_is_usual_and_what_was_said_of_it() -> None:
    profile = shipped()["favero-assioma-duo"]
    packets = [*notifications(demo(profile, 1, seconds=500))]
    inputs: list[Input] = sorted([*packets, Mark(90.0, "lap"), Mark(150.5, "lap")], key=lambda x: x.t)
    ride = resample(Setup(ftp_w=250, profile=profile, weak_leg="left"), inputs)
    rows = list(exporting.rows(ride, STARTED, {}, [(90.5, "left knee")]))
    assert [row["second"] for row in rows if row["note"]] == [91]
    for row in rows:
        if row["left_percent"] is not None:
            assert row["left_percent"] + row["right_percent"] == pytest.approx(100, abs=0.01)
            assert row["left_w"] + row["right_w"] == pytest.approx(row["power_w"], abs=0.02)
    assert [rows[t]["lap"] for t in (90, 91, 150, 151, 299)] == [1, 2, 2, 3, 3]
    assert {x.usual_percent for x in ride.seconds} != {None}
    assert [x["usual_percent"] for x in rows] == [
        None if x.usual_percent is None else round(x.usual_percent, 2) for x in ride.seconds
    ]
    (alert, clear), *_ = ended_alerts(ride.events)
    assert clear is not None
    held = [x["second"] for x in rows if x["alert"] is not None and x["second"] <= clear.over_s]
    assert held == list(range(ceil(alert.t), floor(clear.over_s) + 1))
    assert (rows[held[0]]["alert"], rows[held[0]]["alert_side"]) == ("dropoff", alert.side)
