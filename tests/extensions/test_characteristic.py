"""A new characteristic is one module and one entry: here heart rate measurement, 0x2A37, which exists nowhere else."""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.cli import legbal
from legbal.errors import DecodeError
from legbal.gatt.characteristics import ByteReader
from legbal.gatt.registry import CHARACTERISTICS, Characteristic
from legbal.library.rides import Library
from legbal.ride.inputs import Input, Notification, Setup
from legbal.ride.ride import fold
from tests.app.scripted import prepare
from tests.programs import require_program

HEART_RATE = "2a37"


class HeartRate(msgspec.Struct, frozen=True):
    """What 0x2A37 says. Source: Bluetooth SIG, Heart Rate Service 1.0."""

    heart_rate_bpm: int
    intervals_s: tuple[float, ...] = ()


def decode(payload: bytes) -> HeartRate:
    """Raises DecodeError where it is cut short or too long."""
    octets = ByteReader(payload)
    flags = octets.integer("flags", 1)
    rate = octets.integer("heart rate", 2 if flags & 1 else 1)
    if flags & 8:
        octets.integer("energy expended", 2)
    intervals = []
    while flags & 16 and octets.left:
        intervals.append(octets.integer("interval", 2) / 1024)
    octets.end("end of heart rate measurement")
    return HeartRate(rate, tuple(intervals))


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    def describe(payload: bytes) -> dict[str, object]:
        return msgspec.structs.asdict(decode(payload))

    monkeypatch.setitem(CHARACTERISTICS, HEART_RATE, Characteristic(describe, followed=True))


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


@pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")
async def test_a_meter_that_has_it_is_subscribed_to_and_what_it_sends_is_recorded_and_decoded() -> None:
    require_program("dbus-daemon")
    # bleak and D-Bus, which other systems' tests do without
    from legbal.sources.bluetooth import BluetoothSource
    from tests.bluetooth.bluetoothd import bluetoothd
    from tests.bluetooth.packets import working
    from tests.bluetooth.peripheral import ASSIOMA

    measured = asyncio.Event()

    class Watched(BluetoothSource):
        async def inputs(self) -> AsyncGenerator[Input, None]:
            async for item in super().inputs():
                yield item
                if isinstance(item, Notification) and item.uuid == "2a63":  # the ride has taken it
                    measured.set()

    beats = [bytes([0, 71]), bytes([0, 72])]
    kept = RideRecording("ride", complain=print)
    async with bluetoothd() as radio:
        meter = radio.add_meter("ASSIOMA17039L", values={**ASSIOMA, HEART_RATE: b""})
        companion = Companion(Watched(), prepare, name="meter", live=True, record=kept.record, keep=kept.keep)
        riding = asyncio.create_task(companion.run())
        await meter.subscribed(HEART_RATE)
        await meter.send(*beats, uuid=HEART_RATE)
        await meter.send(working(1))
        async with asyncio.timeout(30):
            await measured.wait()
        await companion.finish()
        await asyncio.gather(riding, return_exceptions=True)
    with Library() as library:
        inputs = list(library.inputs(library.find("last")))
    found = [x.data for x in inputs if isinstance(x, Notification) and x.uuid == HEART_RATE]
    assert found == beats
    said = asked("decode", "--uuid", HEART_RATE, *(data.hex() for data in found)).stdout.splitlines()
    assert [json.loads(line)["heart_rate_bpm"] for line in said] == [71, 72]
