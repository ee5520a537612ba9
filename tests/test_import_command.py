"""`legbal import`: each file by itself, each only once, and what is told of those that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from legbal.app import ride_files
from legbal.cli import legbal
from legbal.errors import LibraryError
from legbal.files import capture
from legbal.library.rider import KnownMeter, remember
from legbal.library.rides import Library
from legbal.ride.inputs import FIT_RECORD, Notification
from legbal.sources.recorded_ride import open_ride
from legbal.sources.simulator import demo
from tests.files.fit_files import START, fit, head, record, records, ride
from tests.meters.profiles import shipped
from tests.shared import shared
from tests.sources.simulated import notifications


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(legbal, ["import", *map(str, arguments)])


def objects(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good file among others of every bad kind."""
    good = ride(120)
    files = {
        "good.fit": good,
        "empty.fit": b"",
        "letter.fit": b"Dear rider, this is no FIT file.",
        "photo.jpg": b"\xff\xd8",
        "truncated.fit": good[: len(good) // 2],
        "unfinished.fit": good[:4] + bytes(4) + good[8:-2],
        "flipped.fit": good[:-1] + bytes([good[-1] ^ 1]),
        "settings.fit": fit(*head()),
        "nothing.jsonl": b"",
    }
    for name, octets in files.items():
        (tmp_path / name).write_bytes(octets)
    return tmp_path


def test_each_file_has_one_object_and_the_bad_ones_keep_no_good_one_out(folder: Path) -> None:
    names = [
        "empty.fit", "letter.fit", "photo.jpg", "settings.fit", "nothing.jsonl", "missing.fit",
        "truncated.fit", "unfinished.fit", "flipped.fit", "good.fit",
    ]  # fmt: skip
    result = run(*(folder / name for name in names), "--json")
    assert result.exit_code == 1
    found = {Path(x["file"]).name: x for x in objects(result)}
    assert list(found) == names
    assert all(x.keys() == {"file", "ride", "error", "new"} for x in found.values())
    reasons = {
        "empty.fit": "is empty",
        "letter.fit": "not a FIT file",
        "photo.jpg": "not a FIT file (.fit), a capture",
        "settings.fit": "no recorded ride",
        "nothing.jsonl": "holds no notification",
        "missing.fit": "No such file",
    }
    for name, reason in reasons.items():
        assert reason in found[name]["error"]
        assert (found[name]["ride"], found[name]["new"]) == (None, False)
    told = {"truncated.fit": "missing", "unfinished.fit": "never finished", "flipped.fit": "checksum"}
    for name, reason in told.items():
        assert reason in found[name]["error"]
        assert found[name]["new"]
    assert (found["good.fit"]["error"], found["good.fit"]["new"]) == (None, True)
    with Library() as library:
        assert {x.id for x in library.rides()} == {x["ride"] for x in found.values() if x["ride"]}


def test_importing_twice_adds_nothing(folder: Path) -> None:
    (first,) = objects(run(folder / "good.fit", "--json"))
    (folder / "copy.fit").write_bytes((folder / "good.fit").read_bytes())
    again = run(folder / "good.fit", folder / "copy.fit", "--json")
    assert again.exit_code == 0
    assert [(x["ride"], x["new"], x["error"]) for x in objects(again)] == [(first["ride"], False, None)] * 2
    with Library() as library:
        assert len(library.rides()) == 1


def test_an_exported_capture_comes_back_with_its_date(folder: Path) -> None:
    (first,) = objects(run(folder / "good.fit", "--json"))
    exported = CliRunner().invoke(legbal, ["export", first["ride"], "-o", str(folder / "again.jsonl")])
    assert exported.exit_code == 0
    (again,) = objects(run(folder / "again.jsonl", "--json"))
    with Library() as library:
        there, back = (library.find(x["ride"]).started for x in (first, again))
    assert abs((there - back).total_seconds()) < 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.fit")
    (found,) = objects(run(folder / "pipe.fit", "--json"))
    assert found["ride"] is None
    assert found["error"].endswith("pipe.fit: cannot be read: it is not a file")


def test_without_json_it_says_the_same_in_words(folder: Path) -> None:
    result = run(folder / "letter.fit", folder / "good.fit", folder / "good.fit")
    assert result.exit_code == 1
    assert "letter.fit: not a FIT file" in result.stderr
    new, *left_out = result.stdout.splitlines()
    line = "8 Nov 2024, 2 min, left 48.0 %, 1 interval, no drop-off"
    name = new.removeprefix(f"{line} (ride ").removesuffix(")")
    assert new == f"{line} (ride {name})"
    assert left_out == ["1 was already here", "1 is damaged: letter.fit"]
    assert run(folder / "good.fit").stdout == f"already here as ride {name}: {line}\n"


def test_the_ride_is_kept_with_its_file_start_meter_and_summary(folder: Path) -> None:
    run(folder / "good.fit")
    with Library() as library:
        kept = library.find("last")
        assert (kept.source, kept.title, kept.meters) == ("import", "good", ("Garmin Edge 530",))
        assert kept.started.timestamp() == START + 631065600
        assert kept.duration_s == 119
        original = library.original(kept)
        assert original is not None
        assert original.data == (folder / "good.fit").read_bytes()
        summary = library.derived(kept, "summary")
        assert summary is not None
        assert json.loads(summary)["ride"]["left_percent"] == pytest.approx(48, abs=0.1)


@pytest.mark.parametrize("kind", [["--json"], []])
def test_review_says_the_same_of_the_ride_as_of_the_file(folder: Path, kind: list[str]) -> None:
    (found,) = objects(run(folder / "good.fit", "--json"))
    said = [
        CliRunner().invoke(legbal, ["review", name, *kind]).stdout
        for name in (found["ride"], str(folder / "good.fit"))
    ]
    assert said[0] == said[1]
    assert kind or "over 1:59 of pedalling." in " ".join(said[0].split())


def test_left_is_assumed_only_when_the_rider_says_so(tmp_path: Path) -> None:
    (tmp_path / "bolt.fit").write_bytes(fit(*head(), *[record(t, 200, 46 + t % 3) for t in range(60)]))
    (tmp_path / "bolt2.fit").write_bytes(fit(*head(), *[record(t, 200, 46 + t % 3) for t in range(61)]))
    run(tmp_path / "bolt.fit")
    run(tmp_path / "bolt2.fit", "--assume-left")
    with Library() as library:
        assert {library.setup(kept).assume_left for kept in library.rides()} == {False, True}


def test_an_imported_ride_is_history_of_the_meter_that_it_names(folder: Path) -> None:
    run(folder / "good.fit")
    run(folder / "truncated.fit", "--meter", "ASSIOMA1L")
    with Library() as library:
        now = library.rides()[0].started.replace(year=2030)
        assert [kept.title for kept in library.earlier(["Garmin Edge 530"], now, 9, 0)] == ["good"]
        assert [kept.title for kept in library.earlier(["ASSIOMA1L"], now, 9, 0)] == ["truncated"]


def test_a_ride_is_counted_to_a_meter_by_the_rider_s_own_name_for_it_or_its_address(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(KnownMeter(address="AA:01", name="ASSIOMA1L"))
    monkeypatch.setenv("LEGBAL_ALIASES", "race bike = assioma1l, old=Pedals 7")
    run(folder / "good.fit", "--meter", "Race Bike")
    run(folder / "truncated.fit", "--meter", "aa:01")
    run(folder / "flipped.fit", "--meter", "old")
    with Library() as library:
        assert {kept.title: kept.meters for kept in library.rides()} == {
            "good": ("ASSIOMA1L",),
            "truncated": ("ASSIOMA1L",),
            "flipped": ("Pedals 7",),
        }


def test_a_defect_costs_the_one_file_it_was_met_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(name: str, *others: Any) -> Any:
        if name.endswith("flipped.fit"):
            raise KeyError("record")
        return open_ride(name, *others)

    monkeypatch.setattr(ride_files, "open_ride", failing)
    result = run(folder / "flipped.fit", folder / "good.fit", "--json")
    defect, good = objects(result)
    assert result.exit_code == 1
    assert (defect["ride"], defect["new"], good["new"]) == (None, False, True)
    assert defect["error"] == f"{folder / 'flipped.fit'}: a defect in legbal itself: KeyError: 'record'"


def test_an_error_names_its_file_once(folder: Path) -> None:
    for name in ("nothing.jsonl", "missing.jsonl", "empty.fit", "missing.fit"):
        (found,) = objects(run(folder / name, "--json"))
        assert found["error"].count(name) == 1


def test_a_capture_is_imported_too(tmp_path: Path) -> None:
    path = tmp_path / "ride.jsonl"
    packets = list(notifications(demo(shipped()["favero-assioma-duo"], 1, seconds=120)))
    capture.write(path, packets)
    os.utime(path, (1_780_000_000, 1_780_000_000))
    (found,) = objects(run(path, "--json"))
    with Library() as library:
        kept = library.find(found["ride"])
        assert [item for item in library.inputs(kept) if isinstance(item, Notification)] == packets
        assert kept.started.timestamp() == pytest.approx(1_780_000_000 - kept.duration_s, abs=1)


def test_cycling_dynamics_are_in_the_library(tmp_path: Path) -> None:
    (tmp_path / "dynamics.fit").write_bytes(
        fit(*head(), *records(range(30), left_torque_effectiveness=80.5, right_pco=3))
    )
    run(tmp_path / "dynamics.fit")
    with Library() as library:
        inputs = library.inputs(library.find("last"))
        told = [x for x in inputs if isinstance(x, Notification) and x.uuid == FIT_RECORD]
    kept = [json.loads(x.data) for x in told]
    assert {(x["left_torque_effectiveness"], x["right_pco"]) for x in kept} == {(80.5, 3)}


def test_without_a_terminal_nothing_but_the_result_is_written(folder: Path) -> None:
    command = [sys.executable, "-m", "legbal", "import", "good.fit", "truncated.fit", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [json.loads(line)["new"] for line in done.stdout.splitlines()] == [True, True]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's files may be named with any octets")
def test_a_file_s_name_may_be_anything(folder: Path) -> None:
    names = [os.fsdecode(b"caf\xe9.fit"), "\x1b[31mred.fit"]
    for number, name in enumerate(names):
        (folder / name).write_bytes(ride(60 + number))
    found = objects(run(*(folder / name for name in names), "--json"))
    assert [x["new"] for x in found] == [True, True]
    assert found[0]["file"].endswith("caf?.fit")
    assert "\x1b" not in run(folder / names[1]).stdout


def test_a_failure_ends_the_process_with_1(folder: Path) -> None:
    command = [sys.executable, "-m", "legbal", "import", "empty.fit", "good.fit"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "empty.fit: is empty" in done.stderr
    assert "left 48.0 %" in done.stdout


def test_all_shared_files_are_imported() -> None:
    files = sorted(shared("data/fit").glob("*.fit"))
    result = run(*files, "--json")
    assert result.exit_code == 0
    assert all(x["new"] and x["error"] is None for x in objects(result))


def test_a_library_that_cannot_be_written_is_told_of_each_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LibraryError("the library: the disk is full", hint="Free some space.")

    monkeypatch.setattr("legbal.library.writer.keep", full)
    (found,) = objects(run(folder / "good.fit", "--json"))
    assert found["error"] == f"{folder / 'good.fit'}: the library: the disk is full. Free some space."
