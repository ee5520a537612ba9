"""A new characteristic is one module and a line: here heart rate measurement, 0x2A37, which exists nowhere else."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from legbal.cli import decode as decode_command
from legbal.cli import legbal
from legbal.errors import DecodeError
from legbal.gatt.byte_reader import ByteReader
from legbal.ride.inputs import Notification, Setup
from legbal.ride.ride import fold

HEART_RATE = "2a37"


class HeartRate(msgspec.Struct, frozen=True):
    """What 0x2A37 says. Source: Bluetooth SIG, Heart Rate Service 1.0."""

    heart_rate_bpm: int
    intervals_s: tuple[float, ...] = ()


def decode(payload: bytes) -> HeartRate:
    """Raises DecodeError where it is cut short or too long."""
    octets = ByteReader(payload)
    flags = octets.unsigned("flags", 1)
    rate = octets.unsigned("heart rate", 2 if flags & 1 else 1)
    if flags & 8:
        octets.unsigned("energy expended", 2)
    intervals = []
    while flags & 16 and octets.left:
        intervals.append(octets.unsigned("interval", 2) / 1024)
    octets.end("end of heart rate measurement")
    return HeartRate(rate, tuple(intervals))


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        decode_command.DESCRIBERS, HEART_RATE, lambda payload: msgspec.structs.asdict(decode(payload))
    )


def asked(*typed: str) -> Result:
    return CliRunner().invoke(legbal, typed)


def test_it_is_decoded_and_what_is_cut_short_is_told() -> None:
    done = asked("decode", "--uuid", "0x2A37", "0048", "1048000400", "014801", "01", "004800")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[:3] == [
        {"heart_rate_bpm": 72, "intervals_s": []},
        {"hex": "1048000400", "error": said[1]["error"]},
        {"heart_rate_bpm": 328, "intervals_s": []},
    ]
    assert all("error" in one for one in said[3:])
    assert json.loads(asked("decode", "--uuid", HEART_RATE, "104800040005").stdout)["intervals_s"] == [
        1.0,
        1.25,
    ]
    with pytest.raises(DecodeError):
        decode(b"")


def test_it_is_named_among_those_that_can_be_decoded() -> None:
    refused = asked("decode", "--uuid", "2a00", "00")
    assert HEART_RATE in str(getattr(refused.exception, "hint", ""))


def test_it_is_kept_raw_beside_a_ride_and_moves_nothing_in_it(tmp_path: Path) -> None:
    """Whatever a meter sends is imported and exported again; what the fold does not know, it passes over."""
    ride = [
        Notification(float(t), struct.pack("<HhBHH", 0x0023, 200, 98, t, t * 1024 % 65536), "2a63", "meter")
        for t in range(60)
    ]
    beats = [Notification(t + 0.5, bytes([0, 70 + t % 5]), HEART_RATE, "meter") for t in range(59)]
    both = sorted([*ride, *beats], key=lambda item: item.t)
    assert fold(Setup(), both)[1].ride == fold(Setup(), ride)[1].ride
    lines = [{"t": item.t, "uuid": item.uuid, "hex": item.data.hex(), "meter": item.meter} for item in both]
    file = tmp_path / "ride.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    kept = json.loads(asked("import", "--json", str(file)).stdout)["ride"]
    exported = asked("export", kept, "--format", "jsonl", "-o", "-").stdout.splitlines()
    assert [json.loads(line) for line in exported] == lines
