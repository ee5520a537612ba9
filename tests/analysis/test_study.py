"""The study of many riders: its tables, on processes and on a cluster, and what stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from legbal.app import executors
from legbal.app.study import COLUMNS, ERROR_COLUMNS, TREND_COLUMNS
from legbal.cli import legbal
from legbal.errors import UsageError
from tests.analysis.club import ridden
from tests.test_project.checkout import CHECKOUT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(legbal, ["study", *map(str, arguments)], catch_exceptions=False)


def rows(path: Path) -> list[dict[str, Any]]:
    return list(pyarrow.parquet.read_table(path).to_pylist())


def test_every_column_is_documented() -> None:
    text = (CHECKOUT / "docs/study.md").read_text(encoding="utf-8")
    named = {name.replace("right_", "left_", 1) if name != "right_w" else name for name in COLUMNS}
    assert not [name for name in (*named, *TREND_COLUMNS, *ERROR_COLUMNS) if f"`{name}`" not in text]


def test_the_tables_hold_every_file_and_the_bad_ones_end_nothing(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "out.parquet"
    result = run(folder, "-o", table, "--workers", "2")
    assert result.exit_code == 0
    assert "9 rides of 2 riders in" in result.stdout
    found = rows(table)
    assert list(found[0]) == list(COLUMNS)
    assert {row["file"] for row in found if row["band"] == "ride"} == {
        *(f"anna/{month}.fit" for month in range(6)),
        "ben/2025/again.FIT",
        "ben/2025/cut.fit",
        "ben/ride.jsonl",
    }
    by_file = {row["file"]: row for row in found if row["band"] == "ride"}
    assert "bytes are missing" in by_file["ben/2025/cut.fit"]["remarks"]
    assert "file's date" in by_file["ben/ride.jsonl"]["remarks"]
    assert {row["ftp_estimated"] for row in found} == {True}
    assert len({row["ftp_w"] for row in found if row["rider"] == "anna"}) == 1
    errors = rows(tmp_path / "out.errors.parquet")
    assert [(row["rider"], row["file"]) for row in errors] == [
        ("ben", "ben/2025/letter.fit"),
        ("ben", "ben/good.fit"),
    ]
    assert "not a FIT file" in errors[0]["error"]
    assert errors[1]["error"] == "is the same ride as ben/2025/again.FIT"


def test_each_rider_has_a_trend(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "riders.toml").write_text("[anna]\nftp = 200\n")
    result = run(
        folder,
        "-o",
        tmp_path / "out.parquet",
        "--riders",
        tmp_path / "riders.toml",
        "--workers",
        "1",
        "--json",
    )
    said = msgspec.json.decode(result.stdout)
    assert (said["rides"], said["errors"]) == (9, 2)
    trends = rows(tmp_path / "out.trends.parquet")
    assert list(trends[0]) == list(TREND_COLUMNS)
    assert len(trends) == len(said["trends"])
    rising = [row for row in trends if row["rider"] == "anna" and row["points_per_month"] is not None]
    assert rising
    for row in rising:
        assert row["rides"] == 6
        assert 0 < row["points_per_month"] < 1
        assert row["low"] < 1 < row["high"]
        assert row["verdict"] == "unknown"  # six rides: a line as much as a good spell
        assert row["probability"] > 0.1
    assert {row["ftp_estimated"] for row in rows(tmp_path / "out.parquet") if row["rider"] == "anna"} == {
        False
    }


def test_a_cluster_finds_the_same(folder: Path, tmp_path: Path, cluster: str) -> None:
    assert run(folder, "-o", tmp_path / "here.parquet", "--workers", "1").exit_code == 0
    assert run(folder, "-o", tmp_path / "there.parquet", "--dask", cluster).exit_code == 0
    for name in ("", ".errors", ".trends"):
        assert rows(tmp_path / f"here{name}.parquet") == rows(tmp_path / f"there{name}.parquet")


def test_nothing_is_overwritten_unasked(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out.trends.parquet").write_bytes(b"mine")
    result = CliRunner().invoke(legbal, ["study", str(folder), "-o", str(tmp_path / "out.parquet")])
    assert "out.trends.parquet is there already" in str(result.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["club", "out.trends.parquet"]
    assert run(folder, "-o", tmp_path / "out.parquet", "--overwrite", "--workers", "1").exit_code == 0
    assert rows(tmp_path / "out.trends.parquet")


def test_workers_and_a_cluster_exclude_each_other(folder: Path, tmp_path: Path) -> None:
    arguments = [
        "study",
        str(folder),
        "-o",
        str(tmp_path / "x.parquet"),
        "--dask",
        "tcp://x:1",
        "--workers",
        "2",
    ]
    assert isinstance(CliRunner().invoke(legbal, arguments).exception, UsageError)


def test_without_pyarrow_it_says_what_to_install(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    result = CliRunner().invoke(legbal, ["study", str(folder), "-o", str(tmp_path / "x.parquet")])
    assert "need the package pyarrow" in str(result.exception)


class Failing(ThreadPoolExecutor):
    """Does the work, but of the pieces named in `fails` something else becomes."""

    def __init__(self, fails: dict[int, BaseException]) -> None:
        super().__init__(1)
        self.fails, self.count = fails, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        failing = Future[Any]()
        error = self.fails.get(self.count)
        if isinstance(error, KeyboardInterrupt):
            raise error
        if error is None:
            return super().submit(fn, *args, **kwargs)
        failing.set_exception(error)
        return failing


def failing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: dict[int, BaseException]
) -> tuple[Result, list[dict[str, Any]]]:
    """What becomes of a study of six rides whose executor fails so, and the errors that it writes."""
    (folder / "riders.toml").write_text("[anna]\nftp = 200\n")
    with Failing(fails) as executor:
        monkeypatch.setattr(executors, "processes", lambda _: nullcontext((executor, 0)))
        out = folder / "out.parquet"
        result = CliRunner().invoke(
            legbal, ["study", f"{folder}/anna", "-o", f"{out}", "--riders", f"{folder}/riders.toml"]
        )
    errors = folder / "out.errors.parquet"
    return result, rows(errors) if errors.exists() else []


def test_when_a_worker_is_killed_what_is_done_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, errors = failing(folder, monkeypatch, {4: BrokenProcessPool("killed")})
    assert result.exit_code == 1
    assert "stopped: the system ended a worker (is memory short?) after 3 of 6 files" in result.stderr
    assert {row["file"] for row in rows(folder / "out.parquet")} == {"0.fit", "1.fit", "2.fit"}
    assert not errors


def test_when_the_cluster_goes_away_what_is_done_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, _ = failing(folder, monkeypatch, {3: CancelledError()})
    assert result.exit_code == 1
    assert "stopped: the cluster is gone after 2 of 6 files" in result.stderr


def test_a_defect_costs_the_file_it_is_met_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result, errors = failing(
        folder, monkeypatch, {4: ZeroDivisionError("oh"), 5: PermissionError(13, "Not yours")}
    )
    assert result.exit_code == 0
    assert "2 files could not be used" in result.stderr
    assert [(row["file"], row["error"]) for row in errors] == [
        ("3.fit", "a defect in legbal itself: ZeroDivisionError: oh"),
        ("4.fit", "cannot be read: Not yours"),
    ]


def test_stopped_at_once_it_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = failing(folder, monkeypatch, {1: KeyboardInterrupt()})
    assert result.exit_code == 1
    assert "nothing is written" in str(result.exception)
    assert not list(folder.glob("*.parquet"))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not a signal that can be sent there")
def test_ctrl_c_ends_it_with_what_is_done(tmp_path: Path) -> None:
    """As from a keyboard: every process of the group gets it; the bar tells when something is done."""
    top = tmp_path / "anna"
    top.mkdir()
    for number in range(200):
        (top / f"{number:03}.fit").write_bytes(ridden(number * 86_400, seconds=60 + number))
    (tmp_path / "riders.toml").write_text("[anna]\nftp = 200\n")
    arguments = ["-o", "out.parquet", "--riders", "riders.toml", "--workers", "1"]
    master, slave = os.openpty()
    study = subprocess.Popen(
        [sys.executable, "-m", "legbal", "study", "anna", *arguments],
        cwd=tmp_path,
        stderr=slave,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    os.close(slave)
    shown = b""
    while b" 3/200" not in shown:
        shown += os.read(master, 10_000)
    os.killpg(study.pid, signal.SIGINT)
    while True:
        try:
            more = os.read(master, 10_000)
        except OSError:  # the other side is shut
            break
        if not more:
            break
        shown += more
    os.close(master)
    stdout, _ = study.communicate(timeout=60)
    assert study.returncode == 1
    assert b"stopped after " in shown
    assert b"Traceback" not in shown
    done = [row for row in rows(tmp_path / "out.parquet") if row["band"] == "ride"]
    assert 3 <= len(done) < 200
    assert f"{len(done)} rides of 1 rider in" in stdout.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "anna", "out.errors.parquet", "out.parquet", "out.trends.parquet", "riders.toml",
    ]  # fmt: skip
