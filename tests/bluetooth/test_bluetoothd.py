"""The fake itself: it copies what makes the real bluetoothd hard, and runs as a program."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakGATTProtocolError, BleakGATTProtocolErrorCode

from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.discovery import look
from tests import programs
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import full_uuid
from tests.bluetooth.riding import riding
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


async def device(radio: Bluetoothd) -> BLEDevice:
    assert radio.meters
    (sighting,) = (await look(0.2)).values()
    return sighting.device


async def test_a_client_that_stays_on_the_bus_after_a_drop_gets_values_it_did_not_ask_for(
    radio: Bluetoothd,
) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    client = BleakClient(await device(radio))
    heard: list[bytes] = []
    arrived = asyncio.Event()

    def callback(_characteristic: object, value: bytearray) -> None:
        heard.append(bytes(value))
        arrived.set()

    await client.connect()
    await client.start_notify(full_uuid("2a63"), callback)
    meter.drop()
    await radio.until(lambda: not meter.connected)
    async with asyncio.timeout(30):
        while client.is_connected:
            await radio.flush()
    await client.connect()  # the same client, without disconnect(): what legbal must not do
    assert await meter.send(b"\x07") == 1
    async with asyncio.timeout(30):
        await arrived.wait()
    assert heard == [b"\x07"]
    assert meter.subscriptions_at_connect == [0, 1]
    await client.disconnect()


async def test_the_control_point_refuses_a_request_whose_answer_nobody_would_hear(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L")
    meter.on_control = lambda request: bytes.fromhex("2005015901") if request == b"\x05" else None
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    async with BleakClient(await device(radio)) as client:
        with pytest.raises(BleakGATTProtocolError) as caught:
            await client.write_gatt_char(full_uuid("2a66"), b"\x05", response=True)
        assert caught.value.code is BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED
        await client.start_notify(full_uuid("2a66"), lambda _c, value: answers.put_nowait(bytes(value)))
        await client.write_gatt_char(full_uuid("2a66"), b"\x05", response=True)
        assert await asyncio.wait_for(answers.get(), 30) == bytes.fromhex("2005015901")
    assert meter.writes == [b"\x05"]


async def test_a_filter_with_a_short_uuid_matches_nothing(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L")
    assert await BleakScanner.discover(0.2, service_uuids=["1818"]) == []
    assert len(await BleakScanner.discover(0.2, service_uuids=[full_uuid("1818")])) == 1


async def test_as_a_program_it_plays_a_capture_to_whoever_subscribes(tmp_path: Path, quick: Timings) -> None:
    require_program("dbus-daemon")
    capture = tmp_path / "own.jsonl"
    lines = [{"t": number / 4, "hex": f"2300c80060{number:02x}000000"} for number in range(8)]
    capture.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bluetooth", str(capture), "--speed", "inf", "--then", "drop"),
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        first = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        name, _, address = first.partition("=")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, address)
            async with riding(BluetoothSource(timings=quick)) as ride:
                await ride.received(8)
                await ride.until(lambda: "lost" in ride.states)
        assert ride.payloads == [bytes.fromhex(str(line["hex"])) for line in lines]
        process.send_signal(signal.SIGTERM)
        said = (await asyncio.wait_for(process.stdout.read(), 30)).decode().splitlines()
        assert said[:4] == ["advertising own", "subscribed own", "sent own 8", "disconnected own"]
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_a_missing_program_skips_for_a_rider_and_fails_where_all_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(os.environ, "LEGBAL_REQUIRE_ALL", "0")
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        programs.require_program("no-such-program")
    monkeypatch.setitem(os.environ, "LEGBAL_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="lets no test skip"):
        programs.require_program("no-such-program")
    assert Path(programs.require_program("sh")).exists()
