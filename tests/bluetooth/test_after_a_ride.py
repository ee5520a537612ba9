"""A ride on a meter goes where the settings send it once it is over, by itself; without a setting nowhere."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from legbal.library import deliveries
from legbal.paths import library_file
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.capture import put_in_range
from tests.bluetooth.command import started
from tests.bluetooth.peripheral import Peripheral
from tests.bluetooth.test_ride_command import kept
from tests.files.fit_files import by_fitdecode
from tests.outlets.ride_service import KEY, ride_service
from tests.shared import shared

CAPTURE = "data/captures/assioma_duo.jsonl"


async def ridden(meter: Peripheral, sent: list[tuple[float, str, bytes]]) -> None:
    """A ride of all that the meter sends, ended by a signal; it complains of nothing."""
    async with started("ride", "--headless", "--events", "--meter", str(meter.name)) as command:
        await meter.subscribed()
        await meter.play(sent, speed=float("inf"))
        await kept(str(meter.name), len(sent))
        command.process.send_signal(signal.SIGTERM)
        code, _, complaints = await command.ended()
    assert (code, complaints) == (0, "")
    await meter.disconnected()


async def test_a_ride_is_copied_and_uploaded_after_its_end(
    radio: Bluetoothd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "rides"
    folder.mkdir()
    ((meter, sent),) = put_in_range(radio, shared(CAPTURE))
    with ride_service(tmp_path) as (service, ca):
        for name, value in (
            ("SSL_CERT_FILE", ca),
            ("LEGBAL_COPY_TO", folder),
            ("LEGBAL_UPLOAD", "true"),
            ("LEGBAL_UPLOAD_KEY", KEY),
            ("LEGBAL_UPLOAD_URL", service.url),
        ):
            monkeypatch.setenv(name, str(value))
        await ridden(meter, sent)
        async with asyncio.timeout(60):
            while not all(x.done_at for x in deliveries.read(library_file())):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.05)
    assert {x.destination for x in deliveries.read(library_file())} == {"folder", "intervals.icu"}
    (copy,) = folder.iterdir()
    assert copy.read_bytes() == service.files[0]
    assert len(service.files) == 1
    assert by_fitdecode(service.files[0])["record"]


async def test_without_a_setting_it_stays_here(radio: Bluetoothd) -> None:
    ((meter, sent),) = put_in_range(radio, shared(CAPTURE))
    await ridden(meter, sent[:20])
    assert deliveries.read(library_file()) == []
