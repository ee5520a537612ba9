"""What `legbal ride` says of the meter that it finds, in a process of its own against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import json
import signal

from legbal.gatt.measurement import Measurement, encode
from legbal.library.rides import Library
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import started
from tests.bluetooth.peripheral import ASSIOMA, Peripheral

Packets = list[tuple[float, str, bytes]]


def pedalled(turns: int, balance: int | None = 96) -> Packets:
    """One measurement a turn, at powers that change."""
    flags = 0x20 if balance is None else 0x23
    return [
        (
            turn * 0.8,
            "2a63",
            encode(
                Measurement(
                    flags=flags,
                    power_w=150 + 40 * (turn // 50 % 2),
                    balance_raw=balance,
                    crank_revolutions=turn,
                    crank_event_time_raw=round(turn * 819.2) & 0xFFFF,
                )
            ),
        )
        for turn in range(turns)
    ]


async def ridden(meter: Peripheral, sent: Packets, *options: str) -> list[dict[str, str]]:
    """The meter's own events of a ride in which it sends all that, up to Ctrl-C."""
    async with started("ride", "--events", "--meter", str(meter.name), *options) as command:
        await meter.subscribed()
        await meter.play(sent, speed=float("inf"))
        async with asyncio.timeout(30):
            while not _recorded(len(sent)):  # noqa: ASYNC110 - another process commits
                await asyncio.sleep(0.05)
        command.process.send_signal(signal.SIGINT)
        code, out, err = await command.ended()
    assert code == 0, err
    await meter.disconnected()
    events = [json.loads(line) for line in out.splitlines()]
    return [event for event in events if event["event"] == "meter"]


def _recorded(count: int) -> bool:
    with Library() as library:
        rides = library.rides(1)
        return bool(rides) and rides[0].state == "recording" and rides[0].inputs >= count


async def test_an_unlisted_meter_whose_balance_never_moves_is_found_out_once(radio: Bluetoothd) -> None:
    meter = radio.add_meter("PM 4711", values={"2a65": "09000000", "2a29": b"Nobody"})
    told = await ridden(meter, pedalled(320, balance=100))
    assert [event["text"] for event in told if event["what"] == "balance"] == [
        "The balance never moved from 50 % while power did: this meter does not measure it."
    ]


async def test_a_locked_ngeco_is_said_at_its_first_measurement(radio: Bluetoothd) -> None:
    meter = radio.add_meter("power2max 4711", values={"2a65": "08000000", "2a29": b"power2max"})
    told = await ridden(meter, pedalled(3, balance=None))
    assert [event["what"] for event in told] == ["identified", "balance"]
    assert told[0]["text"].startswith("power2max NGeco.")
    assert "its own features say" in told[1]["text"]


async def test_a_low_battery_is_told_once(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA | {"2a19": "0c"})
    told = await ridden(meter, [*pedalled(3), (9.0, "2a19", b"\x0b")])
    assert [event["text"] for event in told if event["what"] == "battery"] == ["Battery at 12 %."]


async def test_swapped_sides_are_typed_once_for_a_meter_and_taken_back_for_good(radio: Bluetoothd) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    swapped = []
    for options in (["--swap-sides"], [], ["--no-swap-sides"], []):
        await ridden(meter, pedalled(3), *options)
        with Library() as library:
            swapped.append(library.setup(library.find("last")).swap_sides)
    assert swapped == [True, True, False, False]
