"""`legbal capture` in a process of its own, against a fake bluetoothd; and its file read back."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from legbal.app.ride_files import MOST_PACKETS, NAMELESS, Packets
from legbal.files import capture
from legbal.gatt import measurement
from legbal.gatt.characteristics import decode_feature, decode_text
from legbal.ride.inputs import Link, Notification
from legbal.sources.recorded_ride import open_ride
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.command import Command, legbal, started
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

NAME = "ASSIOMA17039L"
SERIAL = b"A-1234567"
VALUES: dict[str, str | bytes] = ASSIOMA | {"2a25": SERIAL, "2a26": b"6.24", "2a19": "5a", "2a64": b""}
PLAIN = [
    bytes.fromhex(f"2000{watts:02x}00{turn:02x}00{turn:02x}04") for turn, watts in enumerate([90, 120, 0])
]
VECTOR = bytes.fromhex("0105000004")


@pytest.fixture
async def radio() -> AsyncIterator[Bluetoothd]:
    """A fake bluetoothd on a bus of its own."""
    require_program("dbus-daemon")
    async with bluetoothd() as running:
        yield running


async def packets_recorded(command: Command, meter: Peripheral) -> None:
    """Sends packets that are surely recorded: they are older than a drop that legbal has come back from."""
    await meter.subscribed("2a64")
    await meter.send(*PLAIN)
    await meter.send(VECTOR, uuid="2a64")
    meter.drop()
    await command.said("looking for it again")
    await meter.subscribed("2a64")


def read(path: Path) -> list[Notification]:
    """All packets of a capture file; none of its lines may be unreadable."""
    problems: list[tuple[int, str]] = []
    packets = list(capture.read_file(path, lambda number, problem: problems.append((number, problem))))
    assert problems == []
    return packets


def names(folder: Path) -> list[str]:
    """What is in a folder, half-written files too."""
    return [path.name for path in folder.iterdir()]


def values(packets: list[Notification], uuid: str) -> list[bytes]:
    """What came of one characteristic, in order."""
    return [packet.data for packet in packets if packet.uuid == uuid]


async def test_ctrl_c_leaves_a_whole_file_of_raw_packets_and_device_information(
    radio: Bluetoothd, tmp_path: Path
) -> None:
    meter = radio.add_meter(NAME, values=VALUES)
    async with started("capture", "--meter", NAME, "-o", "bug.jsonl", folder=tmp_path) as command:
        await packets_recorded(command, meter)
        assert names(tmp_path) == []
        command.process.send_signal(signal.SIGINT)
        code, out, err = await command.ended()
    assert code == 0
    assert out.startswith("bug.jsonl: 3 measurements and ")
    assert "not its serial number" in err
    assert names(tmp_path) == ["bug.jsonl"]
    packets = read(tmp_path / "bug.jsonl")
    assert values(packets, "2a63") == PLAIN
    assert values(packets, "2a64") == [VECTOR]
    assert measurement.decode(values(packets, "2a63")[1]).power_w == 120
    assert "crank" in decode_feature(values(packets, "2a65")[0]).features
    assert decode_text(values(packets, "2a29")[0]) == "Favero Electronics Srl"
    assert values(packets, "2a26")[0] == b"6.24"
    assert values(packets, "2a19")[0] == b"\x5a"
    assert {packet.meter for packet in packets} == {NAME}
    assert packets[0].t == 0
    text = (tmp_path / "bug.jsonl").read_text(encoding="utf-8")
    assert SERIAL.hex() not in text
    assert meter.address not in text
    assert not meter.connected


async def test_a_capture_is_ridden_again_and_decoded(radio: Bluetoothd, tmp_path: Path) -> None:
    meter = radio.add_meter(NAME, values=VALUES)
    async with started("capture", "--meter", NAME, "-o", "bug.jsonl", folder=tmp_path) as command:
        await packets_recorded(command, meter)
        command.process.send_signal(signal.SIGTERM)
        code, _out, _err = await command.ended()
    assert code == 0
    code, _out, err = await legbal("replay", "bug.jsonl", "--events", folder=tmp_path)
    assert (code, err) == (0, "")
    complaints: list[str] = []
    recorded = open_ride(str(tmp_path / "bug.jsonl"), complaints.append)
    assert isinstance(recorded.inputs, list)
    replayed = [item for item in recorded.inputs if isinstance(item, Notification)]
    assert (replayed, complaints) == (read(tmp_path / "bug.jsonl"), [])
    hexes = [packet.data.hex() for packet in read(tmp_path / "bug.jsonl") if packet.uuid == "2a63"]
    code, out, _err = await legbal("decode", *hexes)
    assert code == 0
    assert [json.loads(line)["power_w"] for line in out.splitlines()] == [90, 120, 0]


async def test_after_so_many_seconds_it_ends_by_itself_even_if_only_information_came(
    radio: Bluetoothd, tmp_path: Path
) -> None:
    radio.add_meter(NAME, values=VALUES)
    code, out, _err = await legbal(
        *("capture", "--meter", NAME, "--seconds", "0.5", "--with-serial"), folder=tmp_path
    )
    assert code == 0
    (name,) = names(tmp_path)
    assert out.startswith(f"{name}: 0 measurements")
    assert name.startswith(f"{NAME}-")
    assert values(read(tmp_path / name), "2a25") == [SERIAL]


async def test_a_file_that_is_there_is_not_touched_and_no_meter_is_bothered(
    radio: Bluetoothd, tmp_path: Path
) -> None:
    meter = radio.add_meter(NAME, values=VALUES)
    (tmp_path / "bug.jsonl").write_text("mine", encoding="utf-8")
    code, out, err = await legbal("capture", "-o", "bug.jsonl", folder=tmp_path)
    assert (code, out, meter.connections) == (1, "", 0)
    assert "bug.jsonl is there already" in err
    assert "--overwrite" in err
    assert (tmp_path / "bug.jsonl").read_text(encoding="utf-8") == "mine"


async def test_a_file_is_replaced_when_that_is_asked_for(radio: Bluetoothd, tmp_path: Path) -> None:
    radio.add_meter(NAME, values=VALUES)
    (tmp_path / "bug.jsonl").write_text("mine", encoding="utf-8")
    code, _out, _err = await legbal(
        *("capture", "--meter", NAME, "-o", "bug.jsonl", "--overwrite", "--seconds", "0.5"), folder=tmp_path
    )
    assert code == 0
    assert values(read(tmp_path / "bug.jsonl"), "2a24") == [b"Assioma"]


async def test_a_folder_that_is_not_there_is_said_before_the_recording(
    radio: Bluetoothd, tmp_path: Path
) -> None:
    meter = radio.add_meter(NAME)
    code, _out, err = await legbal("capture", "-o", "no/such/bug.jsonl", folder=tmp_path)
    assert (code, meter.connections) == (1, 0)
    assert "no folder" in err


async def test_without_a_meter_there_is_no_file(radio: Bluetoothd, tmp_path: Path) -> None:
    async with started("capture", "--meter", NAME, "-o", "bug.jsonl", folder=tmp_path) as command:
        await radio.scanned()
        command.process.send_signal(signal.SIGINT)
        code, out, err = await command.ended()
    assert (code, out) == (1, "")
    assert "nothing was recorded" in err
    assert names(tmp_path) == []


async def test_a_killed_capture_leaves_no_half_of_a_file(radio: Bluetoothd, tmp_path: Path) -> None:
    meter = radio.add_meter(NAME, values=VALUES)
    async with started("capture", "--meter", NAME, "-o", "bug.jsonl", folder=tmp_path) as command:
        await packets_recorded(command, meter)
        command.process.kill()
        await command.ended()
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "address", ["E0:0D:5C:00:00:01", "e00d5c00-1234-5678-9abc-00805f9b34fb"], ids=["address", "macOS"]
)
def test_the_address_of_a_nameless_meter_is_replaced(address: str) -> None:
    packets = Packets()
    packets.take(Link(1.0, "connected", address))
    packets.take(Notification(2.5, PLAIN[0], meter=address))
    packets.take(Notification(3.75, PLAIN[1], meter=address))
    assert [(packet.t, packet.meter) for packet in packets.notifications] == [(0, NAMELESS), (1.25, NAMELESS)]


def test_a_capture_is_full_some_day() -> None:
    packets = Packets()
    packet = Notification(0.0, PLAIN[0], meter=NAME)
    for _ in range(MOST_PACKETS + 1):
        packets.take(packet)
    assert len(packets.notifications) == MOST_PACKETS
