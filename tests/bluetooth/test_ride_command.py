"""`legbal ride` as a rider runs it: a process of its own, bleak's BlueZ backend, a fake bluetoothd."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from pathlib import Path

import pytest

from legbal.library.rider import read_meters
from legbal.library.rides import Library
from legbal.ride.inputs import Link, Notification
from legbal.ride.ride import fold
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.capture import put_in_range
from tests.bluetooth.command import running
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.shared import shared

OURS = [
    bytes.fromhex(x)
    for x in ("2300c800607b000000", "2300ca0062 7c003803".replace(" ", ""), "2300c600607d007006")
]


async def ended(
    process: asyncio.subprocess.Process, by: signal.Signals
) -> tuple[list[dict[str, object]], str]:
    """Its events and complaints, after an orderly end by this signal."""
    process.send_signal(by)
    output, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, complaints.decode()
    return [json.loads(x) for x in output.splitlines()], complaints.decode()


def recorded(meter: str) -> list[bytes]:
    """The measurements in the library's newest ride."""
    with Library() as library:
        inputs = library.inputs(library.find("last"))
        return [
            x.data for x in inputs if isinstance(x, Notification) and x.uuid == "2a63" and x.meter == meter
        ]


async def kept(meter: str, count: int) -> None:
    """Waits until so many of its measurements are committed."""
    async with asyncio.timeout(30):
        while not _rides() or len(recorded(meter)) < count:  # noqa: ASYNC110 - another process commits
            await asyncio.sleep(0.05)


def _rides() -> int:
    with Library() as library:
        return len(library.rides())


async def ridden(
    meter: Peripheral, sent: list[tuple[float, str, bytes]], by: signal.Signals
) -> list[dict[str, object]]:
    async with running("ride", "--headless", "--events", "--meter", str(meter.name)) as process:
        await meter.subscribed()
        await meter.play(sent, speed=float("inf"))
        await kept(str(meter.name), len(sent))
        events, complaints = await ended(process, by)
    assert complaints == ""
    await meter.disconnected()
    return events


@pytest.mark.parametrize("name", ["assioma_duo", "stages_lr_left_crank"])
async def test_a_capture_sent_by_a_meter_is_ridden_recorded_and_documented(
    radio: Bluetoothd, name: str
) -> None:
    """Every packet is in the library as it was sent; the documented share and error are those of the bytes."""
    ((meter, sent),) = put_in_range(radio, shared(f"data/captures/{name}.jsonl"))
    events = await ridden(meter, sent, signal.SIGINT)
    assert [e["state"] for e in events if e["event"] == "link"] == ["searching", "connecting", "connected"]
    assert recorded(str(meter.name)) == [data for _, _, data in sent]
    with Library() as library:
        ride = library.find("last")
        _, view = fold(library.setup(ride), library.inputs(ride))
    page = (Path(__file__).parents[2] / "docs" / "captures.md").read_text()
    row = next(x for x in page.splitlines() if x.startswith(f"| `{name}"))
    share, error = re.findall(r"(\d+\.\d+) ± (\d+\.\d+)", row)[0]
    assert view.ride.left_percent == pytest.approx(float(share), abs=0.005)
    assert view.ride.standard_error == pytest.approx(float(error), abs=0.005)
    assert view.balance == "measured"


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP])
async def test_a_kill_or_a_closed_terminal_is_an_orderly_end(radio: Bluetoothd, by: signal.Signals) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    await ridden(meter, [(i * 1.0, "2a63", data) for i, data in enumerate(OURS)], by)
    assert recorded(str(meter.name)) == OURS
    with Library() as library:
        assert library.find("last").state == "done"


async def test_a_drop_leaves_one_ride_with_the_gap_marked(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    sent = [(i * 1.0, "2a63", data) for i, data in enumerate(OURS)]
    async with running("ride", "--headless", "--events") as process:
        await meter.subscribed()
        await meter.play(sent[:2], speed=float("inf"))
        meter.drop()
        await meter.subscribed()
        await meter.play(sent[2:], speed=float("inf"))
        await kept(str(meter.name), 3)
        await ended(process, signal.SIGINT)
    assert recorded(str(meter.name)) == OURS
    with Library() as library:
        (ride,) = library.rides()
        states = [x.state for x in library.inputs(ride) if isinstance(x, Link)]
    assert states.count("connected") == 2
    assert "lost" in states


async def test_the_meter_is_remembered_for_the_next_ride(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    sent = [(i * 1.0, "2a63", data) for i, data in enumerate(OURS)]
    await ridden(meter, sent, signal.SIGINT)
    (known,) = read_meters()
    assert known.name == "ASSIOMA17039L"
    with Library() as library:
        assert library.setup(library.find("last")).profile.id == "favero-assioma-duo"
    radio.add_meter("Quarq 1234")
    async with running("ride", "--headless", "--events") as process:
        await meter.subscribed()
        await ended(process, signal.SIGINT)


async def test_several_meters_and_nobody_to_ask_is_said_with_what_to_do(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    radio.add_meter("Quarq \x1b[31m1234")
    async with running("ride", "--events") as process:
        output, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert b"--meter" in complaints
    assert b"\x1b" not in complaints + output
    assert b"Traceback" not in complaints


async def test_without_bluetooth_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    async with running("ride", "--headless", "--no-sound") as process:
        _, complaints = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert complaints.decode().splitlines() == [
        "legbal: The Bluetooth service does not run",
        "Install BlueZ and start it: “sudo systemctl enable --now bluetooth”.",
    ]
