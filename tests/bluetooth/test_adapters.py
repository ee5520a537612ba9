"""Several Bluetooth adapters in one computer: each searches, one is chosen, and the doctor lists them."""

from __future__ import annotations

import sys

import pytest
from dbus_fast import Variant

from legbal.app.checks import bluetooth
from legbal.errors import BluetoothError
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.adapters import searched
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.discovery import find
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.command import legbal
from tests.bluetooth.objects import ADAPTER
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.bluetooth.riding import riding

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

SECOND = "00:1A:7D:DA:71:22"
ADDRESS = "E0:0D:5C:00:00:77"


def heard(radio: Bluetoothd, **strengths: int) -> dict[str, Peripheral]:
    """One pair of pedals, as strong as each adapter hears it."""
    return {
        adapter: radio.add_meter("ASSIOMA17039L", address=ADDRESS, values=ASSIOMA, rssi=rssi, adapter=adapter)
        for adapter, rssi in strengths.items()
    }


@pytest.mark.parametrize("best", ["hci0", "hci1"])
@pytest.mark.parametrize("named", [None, "ASSIOMA17039L"])
async def test_the_adapter_that_hears_the_meter_best_holds_it(
    radio: Bluetoothd, quick: Timings, best: str, named: str | None
) -> None:
    radio.add_adapter("hci1", SECOND)
    meters = heard(radio, **{"hci0": -80, "hci1": -80, best: -50})
    async with riding(BluetoothSource(meter=named, timings=quick)) as ride:
        await ride.connected()
    connecting = next(link for link in ride.links if link.state == "connecting")
    assert remark(connecting.remark) == f"over {best}, which hears it best"
    assert connecting.rssi == -50
    assert {adapter: meter.connections for adapter, meter in meters.items()} == {
        "hci0": best == "hci0",
        "hci1": best == "hci1",
    }


async def test_after_a_drop_the_other_adapter_takes_over_when_it_hears_the_meter_better(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_adapter("hci1", SECOND)
    meters = heard(radio, hci0=-50, hci1=-70)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await meters["hci0"].subscribed()
        meters["hci0"].rssi = -90
        meters["hci0"].drop()
        await meters["hci1"].subscribed()
        await ride.connected(2)


async def test_a_meter_that_only_the_second_adapter_hears_is_found(radio: Bluetoothd, quick: Timings) -> None:
    radio.add_adapter("hci1", SECOND)
    radio.add_meter("Stages 20561", rssi=-90)
    heard(radio, hci1=-60)
    async with riding(BluetoothSource(meter="assioma", timings=quick)) as ride:
        await ride.connected()
    assert {meter.name for meter in await find(0.2)} == {"Stages 20561", "ASSIOMA17039L"}


@pytest.mark.parametrize("chosen", ["hci0", "HCI1", SECOND, SECOND.lower()])
async def test_the_chosen_adapter_alone_searches_and_holds(
    radio: Bluetoothd, quick: Timings, chosen: str
) -> None:
    radio.add_adapter("hci1", SECOND)
    meters = heard(radio, hci0=-70, hci1=-70)
    async with riding(BluetoothSource(adapter=chosen, timings=quick)) as ride:
        await ride.connected()
        assert all("over" not in remark(link.remark) for link in ride.links)
    used = "hci0" if chosen == "hci0" else "hci1"
    assert [adapter for adapter, meter in meters.items() if meter.connections] == [used]


async def test_an_adapter_that_is_off_or_knows_no_low_energy_is_left_out(
    radio: Bluetoothd, quick: Timings
) -> None:
    radio.add_adapter("hci1", SECOND, powered=False)
    radio.add_adapter("hci2", "00:1A:7D:DA:71:33", roles=())
    meters = heard(radio, hci0=-80, hci1=-50, hci2=-50)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await ride.connected()
        assert all("over" not in remark(link.remark) for link in ride.links)
    assert meters["hci0"].connections == 1


async def test_a_chosen_adapter_that_is_off_is_named_and_waited_for(
    radio: Bluetoothd, quick: Timings
) -> None:
    """The system's own switch would switch another one on."""
    radio.add_adapter("hci1", SECOND, powered=False)
    meters = heard(radio, hci0=-50, hci1=-50)
    async with riding(BluetoothSource(adapter="hci1", timings=quick)) as ride:
        told = remark((await ride.told("The Bluetooth adapter hci1 is switched off")).remark)
        assert f"“select {SECOND}” and “power on”" in told
        radio.objects.change("/org/bluez/hci1", ADAPTER, {"Powered": Variant("b", True)})
        await ride.connected()
    assert meters["hci0"].connections == 0


@pytest.mark.parametrize("several", [True, False])
async def test_an_adapter_that_is_pulled_out_of_a_search_does_not_end_it(
    radio: Bluetoothd, quick: Timings, several: bool
) -> None:
    if several:
        radio.add_adapter("hci1", SECOND)
    async with riding(BluetoothSource(timings=quick)) as ride:
        await radio.until(lambda: len(radio.scanning) == 1 + several)
        radio.remove_adapter()
        if several:
            heard(radio, hci1=-60)
        else:
            await ride.told("This computer shows no Bluetooth LE adapter")
            radio.add_adapter("hci0", "00:1A:7D:DA:71:13")
            heard(radio, hci0=-60)
        await ride.connected()
    told = [remark(link.remark) for link in ride.links]
    assert not [text for text in told if "asleep" in text]


async def test_an_adapter_that_is_not_there_is_said_with_those_that_are(radio: Bluetoothd) -> None:
    radio.add_adapter("hci1", SECOND)
    with pytest.raises(BluetoothError, match="no Bluetooth adapter hci7; there is hci0") as caught:
        await find(0.2, "hci7")
    assert caught.value.reason == "no adapter"
    assert f"hci1 ({SECOND})" in str(caught.value)


async def test_where_the_system_chooses_by_itself_that_is_said() -> None:
    with pytest.raises(BluetoothError, match="only the system") as caught:
        await searched("hci0", 1.0, "darwin")
    assert "--adapter" in (caught.value.hint or "")


async def test_the_doctor_lists_the_adapters(radio: Bluetoothd) -> None:
    radio.add_adapter("hci1", SECOND, powered=False)
    heard(radio, hci0=-60)
    row = (await bluetooth(None, 0.2))[2]
    assert (row.what, row.state) == ("Bluetooth adapter", "works")
    assert row.text == f"hci0 (00:1A:7D:DA:71:13, on), hci1 ({SECOND}, off)"
    assert (await bluetooth("hci0", 0.2))[2].text.endswith("; hci0 is chosen")
    rows = await bluetooth("hci1", 0.2)
    assert rows[2].state == "fails"
    assert "switched off" in rows[2].text


@pytest.mark.parametrize("how", ["typed", "setting"])
async def test_scan_takes_the_adapter(radio: Bluetoothd, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    radio.add_adapter("hci1", SECOND)
    heard(radio, hci0=-60)
    radio.add_meter("Stages 20561", adapter="hci1")
    if how == "setting":
        monkeypatch.setenv("LEGBAL_ADAPTER", "hci1")
    typed = ("--adapter", "hci1") if how == "typed" else ()
    code, out, _ = await legbal("scan", "--seconds", "0.3", *typed)
    assert code == 0
    assert "Stages 20561" in out
    assert "ASSIOMA" not in out
