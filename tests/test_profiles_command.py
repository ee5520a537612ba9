"""`legbal profiles`, as a rider and as a program meet it; and a rider's own profile from file to screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from legbal.app import meters, ride_setup
from legbal.cli import main
from legbal.config import Settings
from legbal.files import capture
from legbal.meters.balance_octet import balance_octets
from legbal.meters.profile_file import parse
from legbal.present.remarks import remark
from legbal.ride.inputs import Notification
from legbal.ride.ride import fold
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import SMALL, shipped
from tests.ride.packets import CRANK, ridden, split
from tests.sources.simulated import notifications

RIDDEN = Workout("ridden", (Step(300.0, 0.6, 0.9), Step(60.0, 0.7, 0.7, coasts_per_minute=10.0)))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A rider's folder of profiles, empty at first; nothing of the machine's own."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    meters.profiles.cache_clear()
    own = tmp_path / "profiles"
    own.mkdir()
    yield own
    meters.profiles.cache_clear()


def profiles(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    meters.profiles.cache_clear()
    with pytest.raises(SystemExit) as caught:
        main(["profiles", *arguments])
    out, err = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, out, err


def recorded(path: Path, profile_id: str = "favero-assioma-duo", *, meter: str | None = None) -> Path:
    """A capture of a simulated ride on a meter of that family, under another name where one is given."""
    ride = SimulatedRide(profile=shipped()[profile_id], seed=3, workout=RIDDEN)
    sent = notifications(ride)
    capture.write(path, (Notification(one.t, one.data, one.uuid, meter or one.meter) for one in sent))
    return path


def test_the_list_has_every_family_and_what_its_balance_is(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = profiles(capsys)
    heading, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert heading.split() == ["profile", "meter", "balance", "known", "from"]
    assert [line.split()[0] for line in lines] == sorted(shipped())
    assert any("no balance: one side, doubled" in line and line.startswith("stages-l ") for line in lines)


def test_json_has_id_name_kind_and_a_summary_of_the_provenance(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = profiles(capsys, "--json")
    listed = {profile["id"]: profile for profile in json.loads(out)}
    assert code == 0
    assert set(listed) == set(shipped())
    duo = listed["favero-assioma-duo"]
    assert (duo["name"], duo["kind"], duo["version"]) == ("Favero Assioma Duo", "measured", 1)
    assert duo["provenance"]["captured"] >= 8


@pytest.mark.parametrize("profile_id", sorted(shipped()))
def test_show_has_every_statement_with_its_source_and_the_limits(
    capsys: pytest.CaptureFixture[str], profile_id: str
) -> None:
    code, out, _ = profiles(capsys, "show", profile_id)
    profile = shipped()[profile_id]
    unwrapped = "".join(out.split())
    assert code == 0
    assert all(len(line) <= 100 for line in out.splitlines())
    for statement in profile.statements:
        assert "".join(f"{statement.provenance}:{statement.source}".split()) in unwrapped
    assert ("Nobalance:" in unwrapped) == (not profile.has_balance)


def test_an_unknown_profile_is_wrong_usage_with_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = profiles(capsys, "show", "stage-lr")
    assert code == 2
    assert "Did you mean stages-lr?" in err
    code, _, err = profiles(capsys, "show", "\x1b[2J")
    assert code == 2
    assert "\x1b" not in err


def test_check_passes_all_that_ships_and_the_riders_own(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "mine.toml").write_text(SMALL, "utf-8")
    code, out, err = profiles(capsys, "check")
    assert (code, err) == (0, "")
    assert "mine.toml: a-meter, A Meter" in out
    assert len(out.splitlines()) == len(shipped()) + 1


def test_check_says_of_each_file_what_is_wrong_and_checks_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good, bad, worse = (tmp_path / name for name in ("good.toml", "bad.toml", "worse.toml"))
    good.write_text(SMALL, "utf-8")
    bad.write_text(SMALL.replace('"measured"', '"mesured"'), "utf-8")
    worse.write_bytes(b"\xff\xfe")
    missing = tmp_path / "missing.toml"
    code, out, err = profiles(capsys, "check", *map(str, (bad, worse, missing, good)))
    assert code == 1
    assert out == f"{good}: a-meter, A Meter\n"
    assert f"legbal: {bad}: kind.value: Invalid enum value 'mesured', allowed are measured, estimated" in err
    assert f"legbal: {worse}: cannot be read" in err
    assert f"legbal: {missing}: cannot be read" in err


def test_an_own_file_that_is_wrong_fails_the_check_of_all(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "mine.toml").write_text(SMALL.replace("[kind]", "[kinds]"), "utf-8")
    code, out, err = profiles(capsys, "check")
    assert code == 1
    assert "legbal: mine.toml: 'kinds' is not a key of a profile" in err
    assert "Did you mean kind?" in err
    assert len(out.splitlines()) == len(shipped())


def test_an_own_profile_takes_the_place_of_one_with_its_id(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "mine.toml").write_text(SMALL.replace('"a-meter"', '"stages-lr"'), "utf-8")
    code, out, _ = profiles(capsys, "show", "stages-lr")
    assert code == 0
    assert out.startswith("A Meter (stages-lr, version 2)")


OWN = """
id = "newbie"
name = "Newbie N1"
[[recognise]]
names = ["NEWBIE *"]
provenance = "captured"
source = "a scan"
[kind]
value = "measured"
provenance = "vendor"
source = "its maker"
[swapped]
value = true
provenance = "captured"
source = "a one-leg drill"
"""


def test_an_own_file_is_enough_to_ride_on_a_new_meter(home: Path, tmp_path: Path) -> None:
    """From the file over the recognised name to what the ride says: no code knows this meter."""
    sent = recorded(tmp_path / "ride.jsonl", meter="NEWBIE 12")
    unread = [item for item in capture.read_file(sent, fail) if item.uuid not in ("2a29", "2a24")]
    _, without = fold(ride_setup.live_setup(Settings(), {}, unread), unread)
    assert without.balance == "unknown"
    (home / "newbie.toml").write_text(OWN, "utf-8")
    meters.profiles.cache_clear()
    setup = ride_setup.live_setup(Settings(), {}, unread)
    assert (setup.profile.id, setup.profile.name) == ("newbie", "Newbie N1")
    assert balance_octets(setup.profile)[True].left_percent[90] == 55.0
    _, view = fold(setup, unread)
    assert view.balance == "measured"
    assert remark(view.limits[0]).startswith("Measured")
    assert view.ride.left_percent is not None
    assert without.ride.left_percent is not None
    assert view.ride.left_percent == pytest.approx(100 - without.ride.left_percent, abs=1e-9)


def fail(number: int, problem: str) -> None:
    raise AssertionError(f"line {number}: {problem}")


def test_a_draft_of_a_capture_is_a_profile_with_its_conclusions(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = profiles(capsys, "draft", str(recorded(tmp_path / "ride.jsonl", meter="NEWBIE 12345")))
    assert (code, err) == (0, "")
    drafted = parse(out, "the draft")
    duo = shipped()["favero-assioma-duo"]
    assert out.startswith("# The balance moves from revolution to revolution")
    assert drafted.recognise[0].names == ("NEWBIE *",)
    for key in ("resolution_percent", "placeholder", "fields", "rate_hz", "repeats", "skips", "features"):
        assert getattr(drafted, key) == getattr(duo, key), key


def test_a_draft_of_a_meter_that_sends_in_two_notifications_is_that_of_one_that_sends_in_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    drafts = []
    for name, inputs in zip(("parts", "wholes"), split(ridden(300), CRANK), strict=True):
        capture.write(tmp_path / f"{name}.jsonl", (x for x in inputs if isinstance(x, Notification)))
        code, out, err = profiles(capsys, "draft", str(tmp_path / f"{name}.jsonl"))
        assert (code, err) == (0, "")
        drafts.append(parse(out, name))
    for key in ("fields", "resolution_percent", "reference", "rate_hz", "repeats", "skips"):
        assert getattr(drafts[0], key) == getattr(drafts[1], key), key


def test_a_saved_draft_is_used_at_once_and_never_overwritten(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    ride = recorded(tmp_path / "ride.jsonl", "smartspin2k", meter="BRIDGE 7000")
    code, out, _ = profiles(capsys, "draft", str(ride), "--save")
    path = home / "bridge.toml"
    assert (code, out) == (0, f"{path}: BRIDGE\n")
    assert "never moved from 0 % while power did" in path.read_text("utf-8")
    _, listed, _ = profiles(capsys, "show", "bridge")
    assert "No balance" in listed
    code, _, err = profiles(capsys, "draft", str(ride), "--save")
    assert code == 1
    assert "there already" in err


def test_a_draft_is_for_the_meter_of_the_rider_s_own_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride = str(recorded(tmp_path / "ride.jsonl", "powertap-p1"))
    right = next(device.name for device in SimulatedRide(profile=shipped()["powertap-p1"], seed=3).devices)
    monkeypatch.setenv("LEGBAL_ALIASES", f"the right one = {right}")
    by_its_name = profiles(capsys, "draft", ride, "--meter", right)
    assert profiles(capsys, "draft", ride, "--meter", "The right one") == by_its_name
    assert by_its_name[0] == 0


def test_a_draft_is_for_one_meter_and_says_of_which_others_there_are(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ride = str(recorded(tmp_path / "ride.jsonl", "powertap-p1"))
    code, out, err = profiles(capsys, "draft", ride)
    assert code == 0
    assert "this is a draft for" in err
    assert "--meter" in err
    right = next(device.name for device in SimulatedRide(profile=shipped()["powertap-p1"], seed=3).devices)
    code, out, err = profiles(capsys, "draft", ride, "--meter", right)
    assert (code, err) == (0, "")
    assert out.startswith("# No balance came while there was power")
    code, _, err = profiles(capsys, "draft", ride, "--meter", "nobody")
    assert code == 2
    assert "no measurements of 'nobody'" in err


def test_a_draft_passes_over_what_cannot_be_read_and_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ride = recorded(tmp_path / "ride.jsonl", meter="NEWBIE 12345")
    with ride.open("a", encoding="utf-8") as file:
        file.write('{"t": 361, "hex": "23", "meter": "NEWBIE 12345"}\nnonsense\n')
    code, out, err = profiles(capsys, "draft", str(ride))
    assert code == 0
    assert "ride.jsonl, line" in err
    assert "could not be decoded: 1" in err
    assert parse(out, "the draft").resolution_percent == 1.0


def test_without_measurements_there_is_nothing_to_draft(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    heart = tmp_path / "heart.jsonl"
    heart.write_text('{"t": 0, "uuid": "2a37", "hex": "0060"}\n', "utf-8")
    code, _, err = profiles(capsys, "draft", str(heart))
    assert code == 1
    assert "no power meter" in err


def test_a_draft_needs_a_whole_ride(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = profiles(capsys, "draft", "-")
    assert code == 2
    assert "whole ride" in err
