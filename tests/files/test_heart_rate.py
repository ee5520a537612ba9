"""Heart rate in files: a strap's out of a ride, and a head unit's into one, the same as other programs read it."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from legbal.cli import legbal
from legbal.files import capture, exporting
from legbal.files.fit.reading import read
from legbal.library.rides import Library
from legbal.ride.inputs import Input, Mark, Notification, Setup, is_heart_rate
from legbal.ride.ride import fold
from tests.files.fit_files import by_chiptime, by_fitdecode, fit, head, records
from tests.ride.straps import STRAP, beat
from tests.shared import shared

STARTED = datetime(2026, 6, 1, 16, 30, 5, tzinfo=UTC)
SETUP = Setup(ftp_w=250.0)


def packet(t: int) -> Notification:
    octets = struct.pack("<HhBHH", 0x0023, 200, 98, t, t * 1024 % 65536)
    return Notification(float(t), octets, "2a63", "ASSIOMA17039L")


def ridden(seconds: int = 300) -> list[Input]:
    """With a strap that is put on after 100 s, and beats one faster every second."""
    beats = [beat(t + 0.25, 100 + (t - 100) // 2) for t in range(100, seconds - 1)]
    return sorted([*map(packet, range(seconds)), *beats], key=lambda x: x.t)


def written(kind: exporting.Format, inputs: Iterable[Input]) -> bytes:
    file = io.BytesIO()
    exporting.write(file, kind, list(inputs), SETUP, STARTED)
    return file.getvalue()


def run(*typed: str | Path) -> Result:
    return CliRunner().invoke(legbal, [*map(str, typed)])


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    path = tmp_path / "ride.jsonl"
    capture.write(path, [x for x in ridden() if isinstance(x, Notification)])
    return path


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_a_straps_heart_rate_is_in_the_fit_file(decoder: Any) -> None:
    messages = decoder(written("fit", [*ridden(), Mark(299.0, "note", "done")]))
    told = [x.get("heart_rate") for x in messages["record"]]
    assert told[:100] == [None] * 100
    assert told[101:104] == [100, 100, 101]
    for summary in (*messages["lap"], *messages["session"]):
        assert (summary["avg_heart_rate"], summary["max_heart_rate"]) == (149, 199)


@pytest.mark.parametrize("kind", ["fit", "csv"])
def test_a_ride_without_a_strap_is_written_as_ever(kind: exporting.Format) -> None:
    alone = written(kind, [x for x in ridden() if not is_heart_rate(x)])
    beside = written(kind, ridden())
    if kind == "fit":
        assert b"heart" not in repr(by_chiptime(alone)).encode()
        for name, messages in by_chiptime(beside).items():
            for mine, its in zip(messages, by_chiptime(alone)[name], strict=True):
                assert {field: x for field, x in mine.items() if "heart_rate" not in field} == its
    else:
        rows = list(csv.reader(io.StringIO(beside.decode())))
        assert rows[0][-1] == "heart_rate_bpm"
        assert [row[:-1] for row in rows] == [x[:-1] for x in csv.reader(io.StringIO(alone.decode()))]
        assert [row[-1] for row in rows[101:104]] == ["", "100", "100"]


def test_parquet_has_the_column() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written("parquet", ridden())))
    assert table.column("heart_rate_bpm").to_pylist()[100:104] == [None, 100, 100, 101]


def test_a_capture_brings_it_in_raw_and_gives_it_out_again(ride: Path) -> None:
    kept = json.loads(run("import", "--json", ride).stdout)["ride"]
    with Library() as library:
        row = library.find(kept)
        inputs = list(library.inputs(row))
    assert row.meters == ("ASSIOMA17039L",)
    assert [x for x in inputs if is_heart_rate(x)] == [x for x in ridden() if is_heart_rate(x)]
    assert run("export", kept, "--format", "jsonl", "-o", "-").stdout.encode() == ride.read_bytes()


def test_whose_ride_it_is_names_the_meter_alone(ride: Path) -> None:
    kept = json.loads(run("import", "--json", "--meter", "Pedals", ride).stdout)["ride"]
    with Library() as library:
        row = library.find(kept)
        names = {x.meter for x in library.inputs(row) if isinstance(x, Notification)}
    assert (row.meters, names) == (("Pedals",), {"Pedals", STRAP})


def test_a_review_says_it_of_the_ride_and_each_interval(ride: Path, tmp_path: Path) -> None:
    (tmp_path / "ride.meta.json").write_text(
        '{"ftp": 250, "plan": [{"start": 20, "end": 60}, {"start": 150, "end": 200}]}'
    )
    told = json.loads(run("review", "--json", ride).stdout)
    assert told["ride"]["heart_rate"] == {"mean_bpm": pytest.approx(149, abs=0.5), "max_bpm": 199}
    by_number = {x["start_s"]: x["heart_rate"] for x in told["intervals"]}
    assert by_number[150.0] == {"mean_bpm": pytest.approx(137, abs=1), "max_bpm": 149}
    assert by_number[20.0] is None
    text = run("review", "--all", ride).stdout
    assert "149 bpm in the mean, 199 bpm at most." in text
    page = tmp_path / "page.html"
    assert run("report", ride, "-o", page).exit_code == 0
    assert re.search(r"<th[^>]*>bpm</th>", page.read_text("utf-8"))


def test_one_without_says_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "ride.jsonl"
    capture.write(path, map(packet, range(300)))
    assert json.loads(run("review", "--json", path).stdout)["ride"]["heart_rate"] is None
    assert "bpm" not in run("review", "--all", path).stdout


def test_a_head_units_own_comes_in_and_goes_out_again(tmp_path: Path) -> None:
    messages = records(range(120), balance=0x80 | 50, heart_rate=142)
    path = tmp_path / "in.fit"
    path.write_bytes(fit(*head(), *messages))
    inputs = read(path, print).inputs
    _, view = fold(Setup(), inputs)
    assert view.heart_rate_bpm == 142
    assert all(x["heart_rate"] == 142 for x in by_chiptime(written("fit", inputs))["record"])


@pytest.mark.parametrize(
    "name", ["edge1030plus_lowbattery", "hammerhead_karoo_20251119", "fr935_indoor_short"]
)
def test_what_head_units_recorded_is_what_they_say_of_it(name: str) -> None:
    path = shared(f"data/fit/{name}.fit")
    (session,) = by_fitdecode(path.read_bytes())["session"]
    told = json.loads(run("review", "--json", path).stdout)["ride"]["heart_rate"]
    stated = {"mean_bpm": session.get("avg_heart_rate"), "max_bpm": session.get("max_heart_rate")}
    assert told == {"mean_bpm": pytest.approx(stated["mean_bpm"], abs=1.5), "max_bpm": stated["max_bpm"]}
