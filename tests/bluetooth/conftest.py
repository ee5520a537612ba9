"""The fake bluetoothd as a fixture, and a ride over it that waits for nothing longer than it must."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from legbal.sources.bluetooth.connection import Timings
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.programs import require_program


@pytest.fixture
async def radio() -> AsyncIterator[Bluetoothd]:
    """A fake bluetoothd on a bus of its own."""
    require_program("dbus-daemon")
    async with bluetoothd() as running:
        yield running


@pytest.fixture
def assioma(radio: Bluetoothd) -> Peripheral:
    """A pair of pedals in range."""
    return radio.add_meter("ASSIOMA17039L", values=ASSIOMA)


@pytest.fixture
def quick() -> Timings:
    """Waits cut down to what a fake radio needs, on a busy machine too."""
    return Timings(
        scan_s=0.3,
        remembered_s=0.5,
        connect_s=1.0,
        describe_s=1.0,
        read_s=1.0,
        answer_s=1.0,
        service_s=5.0,
        stall_s=0.8,
        rest_s=(5.0,),
        retry_s=(0.01,),
        close_s=3.0,
        accessory_s=0.01,
        accessory_retry_s=(0.01,),
    )
