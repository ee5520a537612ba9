"""`legbal export`: where it writes, what it takes, and what it never does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legbal.cli import import_export, legbal
from legbal.files import capture
from legbal.library.writer import NewRide, keep
from legbal.paths import library_file
from legbal.ride.inputs import Notification, Setup
from legbal.sources.simulator import demo
from tests.files.fit_files import by_fitdecode
from tests.files.fit_files import ride as fit_ride
from tests.meters.profiles import shipped
from tests.ride.unusable import fail_at
from tests.sources.simulated import notifications

DUO = shipped()["favero-assioma-duo"]
DAY = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)
NAME = "2026-11-21-Hill-repeats"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(legbal, ["export", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def packets() -> list[Notification]:
    return list(notifications(demo(DUO, 1, seconds=120)))


@pytest.fixture
def kept(packets: list[Notification]) -> str:
    """A ride of the library."""
    ride = NewRide(setup=Setup(profile=DUO, ftp_w=250), title="Hill: repeats", started=DAY)
    return keep(library_file(), ride, packets)


def is_fit(octets: bytes) -> bool:
    return octets[8:12] == b".FIT" and bool(by_fitdecode(octets))


def test_a_kept_ride_is_a_fit_file_named_after_it(kept: str, tmp_path: Path) -> None:
    result = run(kept)
    assert result.exit_code == 0
    assert is_fit((tmp_path / f"{NAME}.fit").read_bytes())
    assert f"wrote {NAME}.fit" in result.stderr


@pytest.mark.parametrize("kind", ["csv", "parquet", "fit"])
def test_packets_that_the_fold_passed_over_are_told_where_seconds_are_written(
    kept: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, 50)
    result = run(kept, "-o", f"ride.{kind}")
    assert result.exit_code == 0
    said = "legbal could not use 1 of the packets: a defect of its own. They are recorded."
    assert result.stderr.splitlines() == [f"legbal: {said}", f"wrote ride.{kind}"]


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "fit"])
def test_the_name_after_o_says_the_format(kept: str, tmp_path: Path, kind: str) -> None:
    assert run(kept, "-o", f"out.{kind}").exit_code == 0
    octets = (tmp_path / f"out.{kind}").read_bytes()
    assert {
        "csv": octets.startswith(b"second,time,"),
        "parquet": octets.startswith(b"PAR1"),
        "jsonl": octets.startswith(b'{"t":'),
        "fit": is_fit(octets),
    }[kind]


def test_the_format_goes_before_the_name(kept: str, tmp_path: Path) -> None:
    run(kept, "--format", "csv", "-o", "table.txt")
    assert (tmp_path / "table.txt").read_bytes().startswith(b"second,")


def test_a_name_that_says_no_format_is_wrong_usage(kept: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "legbal", "export", kept, "-o", "table.txt"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "--format fit|csv|parquet|jsonl" in result.stderr


def test_the_capture_is_the_raw_packets(kept: str, packets: list[Notification]) -> None:
    run(kept, "-o", "ride.jsonl")
    bad: list[int] = []
    assert list(capture.read_file(Path("ride.jsonl"), lambda n, _: bad.append(n))) == packets
    assert not bad


def test_nothing_is_overwritten_unasked(kept: str) -> None:
    Path("ride.csv").write_text("mine")
    result = run(kept, "-o", "ride.csv")
    assert result.exit_code == 1
    assert "is there already" in str(result.exception)
    assert Path("ride.csv").read_text() == "mine"
    assert run(kept, "-o", "ride.csv", "--overwrite").exit_code == 0
    assert Path("ride.csv").read_text().startswith("second,")


def test_no_ride_is_read_where_the_file_is_there_already(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ride.csv").write_text("mine")
    monkeypatch.setattr(import_export, "export_ride", lambda *_: pytest.fail("the ride is read"))
    assert "is there already" in str(run(kept, "-o", "ride.csv").exception)


def test_what_cannot_be_written_leaves_no_file(tmp_path: Path, packets: list[Notification]) -> None:
    capture.write(Path("ride.jsonl"), packets)
    os.utime("ride.jsonl", (-1e9, -1e9))  # a date before FIT
    assert run("ride.jsonl", "-o", "out.fit").exit_code == 1
    assert [x.name for x in tmp_path.iterdir()] == ["ride.jsonl"]


def test_a_folder_takes_the_ride_s_name(kept: str, tmp_path: Path) -> None:
    (tmp_path / "rides").mkdir()
    run(kept, "-o", "rides", "--format", "csv")
    assert (tmp_path / "rides" / f"{NAME}.csv").exists()


def test_a_capture_is_dated_by_its_file_and_that_is_said(packets: list[Notification]) -> None:
    capture.write(Path("ride.jsonl"), packets)
    os.utime("ride.jsonl", (1_780_000_000, 1_780_000_000))
    result = run("ride.jsonl", "-o", "out.csv")
    assert "start time not recorded" in result.stderr
    assert "2026-05-28T20:2" in Path("out.csv").read_text()


def test_a_fit_file_is_exported_too() -> None:
    Path("in.fit").write_bytes(fit_ride(100))
    assert run("in.fit", "-o", "out.csv").exit_code == 0
    lines = Path("out.csv").read_text().splitlines()
    assert len(lines) == 101
    assert lines[51].split(",")[2] == "190.0"


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals on this system")
def test_a_long_ride_on_a_terminal_shows_its_progress() -> None:
    Path("in.fit").write_bytes(fit_ride(2000))
    master, slave = os.openpty()
    command = [sys.executable, "-m", "legbal", "export", "in.fit", "-o", "out.fit"]
    subprocess.run(command, stderr=slave, check=True)
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert "Exporting" in shown
    assert "100%" in shown


def test_standard_input_and_output(packets: list[Notification]) -> None:
    lines = b"".join(map(capture.line, packets))
    command = [sys.executable, "-m", "legbal", "export", "-", "-o", "-", "--format", "csv"]
    done = subprocess.run(command, input=lines, capture_output=True, check=True)
    assert done.stdout.startswith(b"second,time,power_w,")
    assert len(io.BytesIO(done.stdout).readlines()) > 118


def test_the_share_in_the_file_is_the_one_that_review_says(kept: str) -> None:
    run(kept)
    (session,) = by_fitdecode(Path(f"{NAME}.fit").read_bytes())["session"]
    said = json.loads(CliRunner().invoke(legbal, ["review", kept, "--json"]).stdout)["ride"]["left_percent"]
    assert session["left_right_balance"] == 0x8000 | round(100 * (100 - said))


def test_sides_can_be_swapped(kept: str) -> None:
    run(kept, "-o", "one.csv")
    run(kept, "-o", "other.csv", "--swap-sides")
    one, other = (Path(f"{name}.csv").read_text().splitlines()[100].split(",") for name in ("one", "other"))
    assert float(one[4]) + float(other[4]) == 100


def test_without_pyarrow_it_says_what_to_install_and_writes_nothing(
    kept: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    result = run(kept, "-o", "ride.parquet")
    assert result.exit_code == 1
    assert "pyarrow" in str(result.exception)
    assert not list(tmp_path.glob("*.parquet"))


def test_a_ride_that_is_not_there_is_told() -> None:
    result = run("zulu")
    assert result.exit_code == 1
    assert "no rides yet" in str(result.exception)
