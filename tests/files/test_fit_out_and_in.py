"""What is exported as a FIT file comes in again as it went out: the whole ride, its notes, laps and intervals."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from legbal.analysis.fit_file import find_file
from legbal.files.exporting import write as export
from legbal.files.fit.reading import read
from legbal.ride.inputs import Mark, Setup
from legbal.ride.ride import fold
from tests.files.fit_files import START, by_chiptime, by_fitdecode, fit, head, record, records

FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


def test_what_a_head_unit_knew_and_the_rider_wrote_comes_out_and_in_again(tmp_path: Path) -> None:
    laps = [
        ("LAP", {"timestamp": START + b, "start_time": START + a, "lap_trigger": trigger})
        for a, b, trigger in ((0, 40, 2), (40, 70, 0), (72, 119, 7))
    ]
    stands = [
        ("EVENT", {"timestamp": START + t, "event": 44, "event_type": 3, "data": position})
        for t, position in ((90, 1), (100, 0))
    ]
    session = {"timestamp": START + 119, "start_time": START, "sport": 2, "sub_sport": 6, "total_cycles": 173}
    known = ("SESSION", {**session, "threshold_power": 330})
    (tmp_path / "in.fit").write_bytes(fit(*head(), *records(range(120)), *stands, *laps, known))
    inputs = read(tmp_path / "in.fit", print).inputs
    noted = [(12.0, "left knee \0– 47 %"), (12.0, "é" * 150), (119.0, "\x1b[2Jdone\n")]
    file = io.BytesIO()
    started = FIT_EPOCH + timedelta(seconds=START)
    export(file, "fit", inputs, Setup(ftp_w=280.4, recorded_ftp_w=330.0), started, later=noted)
    assert by_fitdecode(file.getvalue())["memo_glob"][0]["mesg_num"] == 21
    (tmp_path / "out.fit").write_bytes(file.getvalue())
    again = read(tmp_path / "out.fit", print).inputs
    assert find_file(again) == msgspec.structs.replace(find_file(inputs), ftp_w=280)
    assert [(x.t, x.kind, x.text) for x in again if isinstance(x, Mark)] == [
        (12.0, "note", "left knee – 47 %"),
        (12.0, "note", "é" * 150),
        (70.0, "lap", ""),
        (119.0, "note", "[2Jdone"),
    ]


def test_intervals_that_power_tells_come_back_without_a_press_of_lap(tmp_path: Path) -> None:
    whole = ("LAP", {"timestamp": START + 419, "start_time": START, "lap_trigger": 7})
    ridden = [record(t, 300 if 120 <= t < 300 else 100) for t in range(420)]
    (tmp_path / "in.fit").write_bytes(fit(*head(), *ridden, whole))
    setup, bounds = Setup(ftp_w=250), []
    for name in ("in.fit", "out.fit"):
        inputs = read(tmp_path / name, print).inputs
        assert not [x for x in inputs if isinstance(x, Mark)]
        bounds.append([(x.start_s, x.end_s) for x in fold(setup, inputs)[1].intervals])
        file = io.BytesIO()
        export(file, "fit", inputs, setup, FIT_EPOCH + timedelta(seconds=START))
        (tmp_path / "out.fit").write_bytes(file.getvalue())
    assert len(bounds[0]) == 1
    assert bounds[1] == bounds[0]
    assert len(by_chiptime(file.getvalue())["lap"]) == 3
