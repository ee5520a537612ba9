"""The crank length read and set, through bleak's BlueZ backend against a fake bluetoothd."""

from __future__ import annotations

import sys

import pytest

from legbal.errors import BluetoothError
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.control import crank_length, set_crank_length
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.peripheral import STAGES, Peripheral
from tests.bluetooth.riding import connected

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


@pytest.mark.parametrize(
    "answer", ["2005015901", "20055901", "2005015901ff"], ids=["sound", "Stages", "more"]
)
async def test_the_crank_length_is_read(radio: Bluetoothd, quick: Timings, answer: str) -> None:
    meter = radio.add_meter("Stages 20561", values=STAGES)
    meter.on_control = lambda _request: bytes.fromhex(answer)
    async with connected(meter, quick) as (source, _ride):
        assert await crank_length(source.connection()) == 172.5
    assert meter.writes == [b"\x05"]


@pytest.mark.parametrize(("answer", "words"), [("200502", "not supported"), ("200501", "does not say")])
async def test_a_crank_length_that_is_not_said_is_an_error(
    assioma: Peripheral, quick: Timings, answer: str, words: str
) -> None:
    assioma.on_control = lambda _request: bytes.fromhex(answer)
    async with connected(assioma, quick) as (source, _ride):
        with pytest.raises(BluetoothError, match=words):
            await crank_length(source.connection())


@pytest.mark.parametrize("taken", ["200401", "2004"], ids=["success", "no result"])
async def test_a_crank_length_is_set_and_read_back(assioma: Peripheral, quick: Timings, taken: str) -> None:
    assioma.on_control = lambda request: bytes.fromhex("2005015501" if request == b"\x05" else taken)
    async with connected(assioma, quick) as (source, _ride):
        assert await set_crank_length(source.connection(), 170.5) == 170.5
    assert assioma.writes == [bytes.fromhex("045501"), b"\x05"]


async def test_a_crank_length_that_is_not_kept_is_an_error(assioma: Peripheral, quick: Timings) -> None:
    assioma.on_control = lambda request: bytes.fromhex("2005015901" if request == b"\x05" else "200401")
    async with connected(assioma, quick) as (source, _ride):
        with pytest.raises(BluetoothError, match=r"given .* 165 mm and keeps 172\.5 mm"):
            await set_crank_length(source.connection(), 165.0)
