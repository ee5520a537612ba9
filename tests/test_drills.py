"""Drills with one leg and placeholders of 0 or 100 %, as review, report, exports and MQTT tell of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.ride_analysis import analyse
from legbal.cli import legbal
from legbal.files import capture
from legbal.ride.balance import Tally
from legbal.ride.inputs import Notification, Setup
from legbal.ride.resample import resample
from tests.files.test_cases import case
from tests.ride.drilling import about, packets


def output(*arguments: str) -> str:
    result = CliRunner().invoke(legbal, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def reviewed(path: Path | str) -> dict[str, Any]:
    return dict(json.loads(output("review", "--json", "--ftp", "250", str(path))))


def drilled(seed: int = 3) -> list[Notification]:
    """An hour at 48 %: a quarter at 150 W, then 220 W with ten drills at 100 W; and a placeholder each minute."""
    lefts, watts = np.array(about(48.0, 3600, seed)), np.where(np.arange(3600) < 900, 150, 220)
    for start in range(1000, 3000, 200):
        lefts[start : start + 60], watts[start : start + 60] = 100.0, 100
    lefts[30::60] = np.where(lefts[30::60] == 100, 100, 0)
    return packets(lefts.tolist(), watts.tolist())


def capture_of(folder: Path, inputs: list[Notification]) -> Path:
    path = folder / "ride.jsonl"
    capture.write(path, inputs)
    return path


def test_soft_pedalling_at_a_placeholder_of_100_is_in_no_band() -> None:
    said = reviewed(case("f08_soft_128.fit"))
    (easy, *_) = said["bands"]
    assert (easy["name"], easy["left_percent"]) == ("<55 %", pytest.approx(48.0, abs=1.0))
    assert said["ride"]["left_percent"] == pytest.approx(48.0, abs=0.3)
    assert all(x["low"] < 0 < x["high"] for x in said["contrasts"])
    assert said["drills"] == []
    assert [x for x in said["limits"] if "left out" in x] == ["7:29 of 0 or 100 % left out."]


def test_a_drill_of_six_minutes_is_told_beside_the_mean_of_both_legs() -> None:
    path = str(case("f10_left_drill.fit"))
    said = reviewed(path)
    ride, (drill,) = said["ride"], said["drills"]
    assert (drill["side"], drill["seconds"], drill["power_w"]) == ("left", 360.0, pytest.approx(90.0))
    assert ride["left_percent"] == pytest.approx(48.1, abs=0.1)
    assert ride["left_standard_error"] < 0.5
    assert ride["power_w"] == pytest.approx(180.2, abs=0.1)
    assert ride["left_w"] + ride["right_w"] == pytest.approx(ride["power_w"], abs=0.002)
    assert sum(x["seconds"] for x in said["bands"]) == ride["seconds"] == 1434.0
    assert [(x["band"], x["against"]) for x in said["contrasts"]] == [("75–90 %", "55–75 %")]
    assert abs(said["contrasts"][0]["difference"]) < 0.5
    text = output("review", "--all", "--ftp", "250", path)
    assert "One leg alone: the left leg 6:00 at 90 W." in text
    assert "1      left  9:59  6:00     90" in text


def test_what_is_in_a_mean_is_in_its_error_and_in_all_that_is_compared() -> None:
    """The ride, its bands and what reviews compare: the same revolutions, seconds and watts."""
    setup = Setup(ftp_w=250)
    ride = resample(setup, drilled())
    view, rows = ride.view, ride.rows
    counted = rows[~np.isnan(rows[:, 4])]
    assert view.ride == Tally().add_rows(counted).share()
    assert view.ride.left_percent == pytest.approx(48.0, abs=0.3)
    compared = RideRevolutions(rows, setup.bands, 250.0)
    assert np.array_equal(compared.t, counted[:, 0])
    for place, band in enumerate(view.bands):
        inside = compared.band == place
        assert band.share.revolutions == np.count_nonzero(inside)
        if inside.any():
            assert band.share.seconds == pytest.approx(counted[inside, 1].sum())
            assert band.share.power_w == pytest.approx(counted[inside, 2].sum() / counted[inside, 1].sum())
            weights = compared.mean_of(inside)
            assert band.share.left_percent == pytest.approx(float(weights @ compared.left_percent))
    assert len(view.drills) == 10
    assert len(counted) + sum(x.revolutions for x in view.drills) == pytest.approx(
        3599 - 50 - 10 * (3 + 2), abs=20
    )


def test_no_comparison_within_the_ride_claims_what_a_drill_did() -> None:
    summary = analyse(Setup(ftp_w=250), drilled()).summary
    assert [x.difference.real for x in summary.contrasts] == [False] * len(summary.contrasts)
    assert len(summary.contrasts) == 1
    assert summary.drift is not None
    assert not summary.drift.real
    assert summary.dropoffs == ()


def test_the_trace_s_shares_and_watts_are_those_of_both_legs() -> None:
    trace = analyse(Setup(ftp_w=250), drilled()).trace
    finite = np.isfinite(trace.left_percent)
    assert np.array_equal(finite, np.isfinite(trace.share_w))
    assert trace.left_percent[finite].min() > 40
    assert trace.left_percent[finite].max() < 56
    assert trace.share_w[1000:1075][finite[1000:1075]].min() == pytest.approx(220, abs=1.0)
    assert not finite[1030:1060].any()


def test_a_ride_of_drills_alone_says_that_it_has_no_balance_and_why(tmp_path: Path) -> None:
    lefts = ([100.0] * 30 + [60.0] + [0.0] * 30 + [40.0]) * 10
    path = capture_of(tmp_path, packets(lefts, [90, 110] * (len(lefts) // 2)))
    said = reviewed(path)
    assert (said["ride"]["left_percent"], said["ride"]["power_w"]) == (None, pytest.approx(100.0, abs=0.2))
    assert len(said["drills"]) == 20
    text = " ".join(output("review", str(path)).split())
    assert "No balance: one leg pedalled alone all ride." in text
    assert "the left leg 4:59 at 100 W and the right leg 5:00 at 100 W" in text
    output("report", str(path), "-o", str(tmp_path / "ride.html"))
    assert "No balance: one leg pedalled alone all ride." in (tmp_path / "ride.html").read_text()


def test_a_report_marks_its_drills(tmp_path: Path) -> None:
    path = capture_of(tmp_path, drilled())
    output("report", str(path), "-o", str(tmp_path / "ride.html"), "--ftp", "250")
    page = (tmp_path / "ride.html").read_text()
    assert "<title>left leg alone</title>" in page
    assert "Drills with one leg" in page
    assert "One leg alone: the left leg 10:00 at 100 W." in page


def test_an_exported_drill_is_one_when_it_comes_back(tmp_path: Path) -> None:
    """Its seconds say what was told; laps and session are of both legs."""
    path = capture_of(tmp_path, drilled())
    exported = tmp_path / "ride.fit"
    output("export", str(path), "-o", str(exported), "--ftp", "250")
    said, again = reviewed(path), reviewed(exported)
    assert [(x["side"], x["seconds"]) for x in again["drills"]] == [
        (x["side"], pytest.approx(x["seconds"], abs=1.5)) for x in said["drills"]
    ]
    assert again["ride"]["left_percent"] == pytest.approx(said["ride"]["left_percent"], abs=0.1)
    assert again["ride"]["left_standard_error"] == pytest.approx(said["ride"]["left_standard_error"], abs=0.1)
