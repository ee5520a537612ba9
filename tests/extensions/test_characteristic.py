"""A new characteristic is one module and one entry: here temperature, 0x2A6E, which exists nowhere else."""

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

TEMPERATURE = "2a6e"


class Temperature(msgspec.Struct, frozen=True):
    """What 0x2A6E says. Source: Bluetooth SIG, Environmental Sensing Service 1.0."""

    temperature_c: float


def decode(payload: bytes) -> Temperature:
    """Raises DecodeError where it is cut short or too long."""
    octets = ByteReader(payload)
    hundredths = octets.integer("temperature", 2, signed=True)
    octets.end("end of temperature")
    return Temperature(hundredths / 100)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    def describe(payload: bytes) -> dict[str, object]:
        return msgspec.structs.asdict(decode(payload))

    monkeypatch.setitem(CHARACTERISTICS, TEMPERATURE, Characteristic(describe, followed=True))


def asked(*typed: str) -> Result:
    return CliRunner().invoke(legbal, typed)


def test_it_is_decoded_and_what_is_cut_short_is_told() -> None:
    done = asked("decode", "--uuid", "0x2A6E", "2808", "28", "38ff", "", "280800")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert said[:3] == [
        {"temperature_c": 20.88},
        {"hex": "28", "error": said[1]["error"]},
        {"temperature_c": -2.0},
    ]
    assert all("error" in one for one in said[3:])
    with pytest.raises(DecodeError):
        decode(b"")


def test_it_is_named_among_those_that_can_be_decoded() -> None:
    refused = asked("decode", "--uuid", "2a00", "00")
    assert TEMPERATURE in str(getattr(refused.exception, "hint", ""))


def test_it_is_kept_raw_beside_a_ride_and_moves_nothing_in_it(tmp_path: Path) -> None:
    """Whatever a meter sends is imported and exported again; what the fold does not know, it passes over."""
    ride = [
        Notification(float(t), struct.pack("<HhBHH", 0x0023, 200, 98, t, t * 1024 % 65536), "2a63", "meter")
        for t in range(60)
    ]
    said = [Notification(t + 0.5, bytes([70 + t % 5, 8]), TEMPERATURE, "meter") for t in range(59)]
    both = sorted([*ride, *said], key=lambda item: item.t)
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

    sent = [bytes([71, 8]), bytes([72, 8])]
    kept = RideRecording("ride", complain=print)
    async with bluetoothd() as radio:
        meter = radio.add_meter("ASSIOMA17039L", values={**ASSIOMA, TEMPERATURE: b""})
        companion = Companion(Watched(), prepare, name="meter", live=True, record=kept.record, keep=kept.keep)
        riding = asyncio.create_task(companion.run())
        await meter.subscribed(TEMPERATURE)
        await meter.send(*sent, uuid=TEMPERATURE)
        await meter.send(working(1))
        async with asyncio.timeout(30):
            await measured.wait()
        await companion.finish()
        await asyncio.gather(riding, return_exceptions=True)
    with Library() as library:
        inputs = list(library.inputs(library.find("last")))
    found = [x.data for x in inputs if isinstance(x, Notification) and x.uuid == TEMPERATURE]
    assert found == sent
    said = asked("decode", "--uuid", TEMPERATURE, *(data.hex() for data in found)).stdout.splitlines()
    assert [json.loads(line)["temperature_c"] for line in said] == [21.19, 21.2]
