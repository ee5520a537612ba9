"""`z` on the screen of a ride, all the way to a meter on a fake bluetoothd and back."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from textual.widgets import Static

from legbal.app.bluetooth_meters import set_zero_offsets
from legbal.app.companion import Companion
from legbal.ride.inputs import Setup
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.tui.app import RideApp
from legbal.tui.ride_dialogs import ZeroDialog
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import ASSIOMA
from tests.meters.profiles import shipped

PACKET = bytes.fromhex("2300c800607b000000")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("200c011200", "The zero offset is set: 0.56 N·m (raw 18)."),
        ("200c04", "Not set."),
        ("20", "Not set."),
        (None, "Not set."),
    ],
    ids=["success", "failed", "malformed", "silent"],
)
async def test_the_meter_is_asked_and_its_answer_shown(
    radio: Bluetoothd, quick: Timings, answer: str | None, words: str
) -> None:
    meter = radio.add_meter("ASSIOMA17039L", values=ASSIOMA | {"2a5d": "05"})
    meter.on_control = lambda _: None if answer is None else bytes.fromhex(answer)
    calm = msgspec.structs.replace(quick, stall_s=60.0)  # the meter says nothing more, and stays connected
    source = BluetoothSource(timings=calm)

    async def zero() -> str:
        return " ".join([sentence async for sentence, _ in set_zero_offsets(source)])

    companion = Companion(
        source,
        lambda _: Setup(profile=shipped()["favero-assioma-duo"]),
        name="Bluetooth",
        live=True,
        zero=zero,
    )
    app = RideApp(companion)
    async with app.run_test(size=(120, 40)) as pilot:
        await meter.subscribed()
        await meter.play([(0.0, "2a63", PACKET)], speed=float("inf"))
        async with asyncio.timeout(30):
            while not companion.view().counts.notifications:
                await pilot.pause(0.01)
        await pilot.press("z")
        assert isinstance(app.screen, ZeroDialog)
        assert "no foot" in str(app.screen.query(Static).first().content) or "feet off" in str(
            app.screen.query(Static).first().content
        )
        assert meter.writes == []
        await pilot.press("enter")
        await radio.until(lambda: bool(meter.writes))
        for worker in [worker for worker in app.workers if worker.name == "zero"]:
            await worker.wait()
        await pilot.pause()
        assert meter.writes[0] == b"\x0c"
        assert words in str(app.screen.query_one("#answer", Static).content)
        await companion.finish()
