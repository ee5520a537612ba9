"""`legbal review`: what a ride's balance was, as JSON of a fixed shape and as tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legbal.cli import legbal
from legbal.cli.prepare import profiles
from legbal.files import capture
from legbal.sources.simulator import demo
from tests.shared import shared


def review(*arguments: str) -> Result:
    return CliRunner().invoke(legbal, ["review", *arguments])


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    """A capture of the demonstration."""
    profile = next(p for p in profiles() if p.id == "favero-assioma-duo")
    path = tmp_path / "ride.jsonl"
    capture.write(path, demo(profile, 1, seconds=500).notifications())
    return path


def test_the_json_has_the_shape_that_others_rely_on(ride: Path) -> None:
    said = json.loads(review(str(ride), "--json", "--ftp", "260").output)
    assert said["ride"].keys() >= {
        "left_percent", "left_standard_error", "balance", "reference", "power_w", "duration_s", "revolutions",
    }  # fmt: skip
    assert (said["ride"]["balance"], said["ride"]["reference"]) == ("measured", "left")
    assert 44 < said["ride"]["left_percent"] < 52
    assert [x["start_s"] for x in said["intervals"]] == sorted(x["start_s"] for x in said["intervals"])
    assert said["intervals"][0].keys() >= {
        "start_s",
        "end_s",
        "left_percent",
        "left_standard_error",
        "power_w",
    }
    assert [(x["low_ftp"], x["high_ftp"]) for x in said["bands"]][:2] == [(0.0, 0.55), (0.55, 0.75)]
    pedalled = sum(x["seconds"] for x in said["bands"])
    assert 0.8 * said["ride"]["duration_s"] < pedalled < said["ride"]["duration_s"]


def test_standard_input_is_reviewed_alike(ride: Path) -> None:
    command = [sys.executable, "-m", "legbal", "review", "-", "--json"]
    piped = subprocess.run(command, input=ride.read_bytes(), capture_output=True, check=True)
    assert json.loads(piped.stdout)["ride"] == json.loads(review(str(ride), "--json").output)["ride"]


def test_the_tables_say_the_same(ride: Path) -> None:
    said = json.loads(review(str(ride), "--json").output)
    text = review(str(ride)).output
    assert f"left {said['ride']['left_percent']:.1f} ± {said['ride']['left_standard_error']:.1f}" in text
    assert "measured, the meter names the left leg" in text
    assert "55–75 %" in text


@pytest.mark.parametrize(
    ("name", "right"), [("fenix6_indoor_turbo_dynamics_te_ps", 37842), ("edge1030plus_lowbattery", 37576)]
)
def test_a_garmin_ride_has_garmins_own_balance(name: str, right: int) -> None:
    """The session's field is hundredths of the right share with bit 15 set."""
    said = json.loads(review(str(shared(f"data/fit/{name}.fit")), "--json").output)["ride"]
    assert said["reference"] == "right"
    assert said["left_percent"] == pytest.approx(100 - (right & 0x3FFF) / 100, abs=0.1)


@pytest.mark.parametrize("name", ["degenerate_tpv_const50", "degenerate_edge530_indoor_const_right100"])
def test_a_balance_that_never_moves_has_no_percentage(name: str) -> None:
    said = json.loads(review(str(shared(f"data/fit/{name}.fit")), "--json").output)["ride"]
    assert (said["balance"], said["left_percent"], said["left_standard_error"]) == ("constant", None, None)
    assert said["power_w"] > 50


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in str(review(str(tmp_path)).exception)


def test_too_few_revolutions_show_a_dash_and_no_bare_number(tmp_path: Path, ride: Path) -> None:
    short = tmp_path / "short.jsonl"
    short.write_bytes(b"".join(ride.read_bytes().splitlines(keepends=True)[:12]))
    said = json.loads(review(str(short), "--json").output)["ride"]
    assert said["left_percent"] is not None
    assert said["left_standard_error"] is None
    assert review(str(short)).output.startswith("left —")
