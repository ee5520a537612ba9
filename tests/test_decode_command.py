"""`legbal decode`, as a rider and as a program meet it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from legbal.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    with pytest.raises(SystemExit) as caught:
        main(["decode", *arguments])
    out, err = capsys.readouterr()
    assert isinstance(caught.value.code, int)
    return caught.value.code, [json.loads(line) for line in out.splitlines()], err


def one(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, objects, err = run(capsys, *arguments)
    assert (code, len(objects), err) == (0, 1, "")
    return objects[0]


def test_a_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    assert one(capsys, "2f00870058fe5b400e0f2b") == {
        "flags": 0x2F,
        "power_w": 135,
        "balance_percent": 44.0,
        "balance_reference": "left",
        "accumulated_torque_nm": 735.9375,
        "torque_source": "crank",
        "crank_revolutions": 3648,
        "crank_event_time_s": 10.7646484375,
    }


def test_every_field_of_a_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    text = "ff3f0a0064200001000000020003000400" + "0500faff4000e0ff683110070008000900" + "beef"
    assert one(capsys, text) == {
        "flags": 0x3FFF, "power_w": 10, "balance_percent": 50.0, "balance_reference": "left",
        "accumulated_torque_nm": 1.0, "torque_source": "crank",
        "wheel_revolutions": 1, "wheel_event_time_s": 2 / 2048,
        "crank_revolutions": 3, "crank_event_time_s": 4 / 1024,
        "maximum_force_n": 5, "minimum_force_n": -6, "maximum_torque_nm": 2.0, "minimum_torque_nm": -1.0,
        "maximum_angle_deg": 360, "minimum_angle_deg": 259,
        "top_dead_spot_angle_deg": 7, "bottom_dead_spot_angle_deg": 8, "accumulated_energy_kj": 9,
        "offset_compensation": True, "unparsed": "beef",
    }  # fmt: skip


def test_an_octet_above_200_is_raw_and_no_percentage(capsys: pytest.CaptureFixture[str]) -> None:
    found = one(capsys, "01002c01ff")
    assert found["balance_raw"] == 255
    assert "balance_percent" not in found


@pytest.mark.parametrize(
    ("uuid", "text", "wanted"),
    [
        ("2A64", "072a018007b40064009600", {"first_angle_deg": 180, "force_n": [100, 150], "direction": 0}),
        ("0x2a65", "0900", {"features": ["balance", "crank"], "distributed_system": "unspecified"}),
        ("00002a5d-0000-1000-8000-00805f9b34fb", "05", {"location": "left crank"}),
        ("2a66", "2005015901", {"request": 5, "result": "success", "crank_length_mm": 172.5}),
        ("2a66", "20055901", {"request": 5, "crank_length_mm": 172.5, "malformed": True}),
        ("2a37", "168e0004", {"bpm": 142, "contact": True, "rr_s": [1.0]}),
        ("2a66", "200302", {"request": 3, "result": "op code not supported"}),
    ],
)
def test_the_other_characteristics(
    capsys: pytest.CaptureFixture[str], uuid: str, text: str, wanted: dict[str, object]
) -> None:
    found = one(capsys, "--uuid", uuid, text)
    assert {key: found.get(key) for key in wanted} == wanted


def test_a_bad_value_does_not_hinder_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    code, objects, err = run(capsys, "2300", "0000f6ff", "no hex")
    assert (code, err) == (1, "")
    assert objects[0]["hex"] == "2300"
    assert "instantaneous power at octet 2" in objects[0]["error"]
    assert objects[1] == {"flags": 0, "power_w": -10}
    assert objects[2] == {"hex": "no hex", "error": "not pairs of hexadecimal digits"}


def test_of_a_measurement_that_was_cut_short_the_error_says_what_is_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, (found,), _ = run(capsys, "2300870058400e")
    assert (code, found["hex"], set(found)) == (1, "2300870058400e", {"hex", "error"})
    assert "crank event time at octet 7" in found["error"]
    assert "; whole: power_w 135, balance_percent 44.0, balance_reference left;" in found["error"]
    assert "missing: crank revolutions, crank event time" in found["error"]


def test_lines_of_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    given = b"0000f6ff\r\n\n0x00 00 0a 00\n\xff\n" + b"0" * 20_000 + b"\n00000b00"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    code, objects, _ = run(capsys)
    assert code == 1
    assert [found.get("power_w") for found in objects] == [-10, 10, None, None, 11]
    assert all(len(found.get("hex", "")) < 2000 for found in objects)


def test_what_comes_from_outside_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["decode", "\x1b[2J\u202e\x9b"])
    assert capsys.readouterr().out.strip().isprintable()


def test_an_unknown_characteristic_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, objects, err = run(capsys, "--uuid", "2a38", "00")
    assert (code, objects) == (2, [])
    assert "2a63" in err


def test_answers_a_line_before_the_next_one_comes() -> None:
    command = [sys.executable, "-m", "legbal", "decode"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for power in (b"01", b"02"):
            process.stdin.write(b"0000" + power + b"00\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"flags": 0, "power_w": int(power)}
        process.stdin.close()
        assert process.wait(timeout=30) == 0
