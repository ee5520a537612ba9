"""`legbal review`: what happened in a ride, as JSON of a fixed shape and as text of eighty columns."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legbal.app.meters import profiles
from legbal.cli import legbal
from legbal.files import capture
from legbal.ride.alerts import KINDS
from legbal.ride.meter import Meter
from legbal.ride.statistics import RideStatistics
from legbal.sources.simulator import demo
from tests.app.breaking import Breaker
from tests.files.fit_files import by_fitdecode
from tests.shared import shared
from tests.sources.simulated import notifications


def review(*arguments: str) -> Result:
    return CliRunner().invoke(legbal, ["review", *arguments])


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    """A capture of the demonstration."""
    profile = next(p for p in profiles() if p.id == "favero-assioma-duo")
    path = tmp_path / "ride.jsonl"
    capture.write(path, notifications(demo(profile, 1, seconds=500)))
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
    first, *rest = review(str(ride)).output.splitlines()
    assert first == said["headline"]
    text = " ".join(rest)
    assert (
        f"left share {said['ride']['left_percent']:.1f} ± {said['ride']['left_standard_error']:.1f}" in text
    )
    assert "Measured; the sides are right to about half a point" in text
    assert "55–75 %" not in text
    everything = review(str(ride), "--all").output
    assert "55–75 %" in everything
    assert [x in everything for x in ("Measured: each side has a sensor", "Measured; the sides")] == [
        True,
        False,
    ]


def test_at_most_120_words_stand_before_the_table(faded: Path) -> None:
    text = review(str(faded)).output
    assert len(text.partition("Intervals\n")[0].split()) <= 120


@pytest.mark.parametrize("what", ["a view", "an alert", "packets"])
def test_a_ride_on_which_code_fails_can_be_opened(
    what: str, ride: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "a view":
        Breaker(monkeypatch).at(RideStatistics, "bands")
    elif what == "packets":
        Breaker(monkeypatch).at(Meter, "read", lambda _, item: 5 < item.t < 7)
    else:
        Breaker(monkeypatch).at(KINDS["dropoff"], "__init__")
    said = review(str(ride))
    assert said.exit_code == 0, said.output
    words = {
        "a view": "The numbers of this ride cannot be worked out. Its packets are recorded.",
        "an alert": "An alert failed, so some may be missing: a defect of legbal.",
        "packets": "legbal could not use 2 of the packets: a defect of its own. They are recorded.",
    }
    shown = " ".join(said.output.split())
    assert [name for name, sentence in words.items() if sentence in shown] == [what]
    assert json.loads(review(str(ride), "--json").output)["ride"]["duration_s"] > 490
    page = tmp_path / "ride.html"
    reported = CliRunner().invoke(legbal, ["report", str(ride), "-o", str(page)])
    assert reported.exit_code == 0, reported.output
    assert words[what] in page.read_text(encoding="utf-8")


def test_every_garmin_ride_long_enough_has_garmins_own_balance() -> None:
    """Each file with a session balance that moves, and ten timed minutes or more: within 0.1 point."""
    compared = []
    for path in sorted(shared("data/fit").glob("*.fit")):
        session = by_fitdecode(path.read_bytes(), scaled=True)["session"][0]
        stated = session.get("left_right_balance")
        if stated is None or session["total_timer_time"] < 600:
            continue
        said = json.loads(review(str(path), "--json").output)["ride"]
        if said["balance"] != "constant":
            right = (stated & 0x3FFF) / 100
            assert said["left_percent"] == pytest.approx(100 - right if stated & 0x8000 else right, abs=0.1)
            compared.append(path.stem)
    assert compared == ["edge1030plus_lowbattery", "fenix6_indoor_turbo_dynamics_te_ps"]


@pytest.mark.parametrize("name", ["degenerate_tpv_const50", "degenerate_edge530_indoor_const_right100"])
def test_a_balance_that_never_moves_has_no_percentage(name: str) -> None:
    said = json.loads(review(str(shared(f"data/fit/{name}.fit")), "--json").output)["ride"]
    assert (said["balance"], said["left_percent"], said["left_standard_error"]) == ("constant", None, None)
    assert said["power_w"] > 50


@pytest.fixture
def faded(tmp_path: Path) -> Path:
    """A capture of the demonstration with both its drop-offs, its FTP beside it."""
    profile = next(p for p in profiles() if p.id == "favero-assioma-duo")
    ridden = demo(profile, 1, seconds=1500)
    path = tmp_path / "faded.jsonl"
    capture.write(path, notifications(ridden))
    path.with_suffix(".meta.json").write_text(json.dumps({"ftp": ridden.rider.ftp_w, "weak": "left"}))
    return path


def test_the_json_tells_what_happened(faded: Path) -> None:
    said = json.loads(review(str(faded), "--json").output)
    ride = said["ride"]
    assert ride["left_w"] + ride["right_w"] == pytest.approx(ride["power_w"])
    assert said["drift"] == said["efforts"]["drift"]
    of = {interval["number"]: interval for interval in said["intervals"]}
    pair = said["first_last"]
    for name in ("power_w", "left_percent"):
        assert pair[name] == [of[pair["first"]][name], of[pair["last"]][name]]
    assert pair["difference"] == pytest.approx(pair["left_percent"][1] - pair["left_percent"][0], abs=0.002)
    assert pair["standard_error"] > 0
    assert said["smallest"]["each"]
    first, second = said["dropoffs"]
    assert (first["side"], second["side"]) == ("left", "left")
    assert first["during"]["left_percent"] < first["before"]["left_percent"] - 2
    assert first["back_after_s"] == pytest.approx(75.0, abs=25.0)  # as the demonstration has it
    level = {band["name"]: band["left_percent"] for band in said["bands"]}
    for x in said["contrasts"]:
        assert x["low"] < x["difference"] < x["high"]
        assert (x["band_percent"], x["against_percent"]) == (level[x["band"]], level[x["against"]])


def test_a_replay_tells_the_drop_offs_and_intervals_of_the_review(faded: Path) -> None:
    reviewed = json.loads(review(str(faded), "--json").output)
    replayed = CliRunner().invoke(legbal, ["replay", str(faded), "--events", "--no-sound"]).output
    events = [json.loads(line) for line in replayed.splitlines()]
    alerts = [x for x in events if x["event"] == "alert" and x["kind"] == "dropoff"]
    assert [tuple(round(x[name], 3) for name in ("t", "since", "points")) for x in alerts] == [
        (x["told_s"], x["since_s"], x["points"]) for x in reviewed["dropoffs"]
    ]
    starts = [x["at"] for x in events if x["event"] == "interval_start"]
    assert [round(x, 3) for x in starts] == [x["start_s"] for x in reviewed["intervals"]]


def test_the_text_tells_what_happened(faded: Path) -> None:
    said = json.loads(review(str(faded), "--json").output)
    text = " ".join(review(str(faded), "--all").output.split())
    assert "left share" in text
    assert f"Interval {said['first_last']['last']} against interval {said['first_last']['first']}" in text
    assert "Drop-off 1: left leg from 5:5" in text
    assert all(f"1 {when} " in text for when in ("during", "after", "change"))
    assert "smallest lasting change that this meter could show" in text


@pytest.mark.parametrize(
    "name",
    [
        "stages_dash_indoor",
        "fenix6_indoor_turbo_dynamics_te_ps",
        "hammerhead_karoo_20251119",
        "wahoo_bolt_short",
    ],
)
def test_a_review_fits_eighty_columns(name: str) -> None:
    lines = review(str(shared(f"data/fit/{name}.fit")), "--all").output.splitlines()
    assert len(lines) > 10
    assert not [line for line in lines if len(line) > 80]


def test_cycling_dynamics_stand_in_the_review_of_a_ride_that_has_them() -> None:
    name = str(shared("data/fit/fenix6_indoor_turbo_dynamics_te_ps.fit"))
    text = review(name, "--all").output
    assert "torque effectiveness" in text
    assert "TE %" in text
    said = json.loads(review(name, "--json").output)
    assert 70 < said["ride"]["dynamics"]["left"]["torque_effectiveness_percent"] < 95
    assert all(x["dynamics"] for x in said["intervals"])


def test_a_constant_balance_has_no_slope_either() -> None:
    said = json.loads(review(str(shared("data/fit/degenerate_tpv_const50.fit")), "--json").output)
    assert {x["slope_per_minute"] for x in said["intervals"]} == {None}


def test_a_folder_is_called_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in str(review(str(tmp_path)).exception)


def test_too_few_revolutions_show_a_dash_and_no_bare_number(tmp_path: Path, ride: Path) -> None:
    short = tmp_path / "short.jsonl"
    short.write_bytes(b"".join(ride.read_bytes().splitlines(keepends=True)[:12]))
    said = json.loads(review(str(short), "--json").output)["ride"]
    assert said["left_percent"] is not None
    assert said["left_standard_error"] is None
    assert review(str(short)).output.startswith("Too short to say: fewer than 15 revolutions with a balance.")
