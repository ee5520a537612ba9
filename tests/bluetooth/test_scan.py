"""Finding power meters, through bleak's BlueZ backend against a fake bluetoothd."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing

import pytest
from bleak import BleakClient
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import BluetoothError, BluetoothReason
from legbal.sources.bluetooth.discovery import find, look, watch
from legbal.sources.bluetooth.power_meter import PowerMeter
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.peripheral import ASSIOMA, full_uuid
from tests.programs import require_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")


async def test_power_meters_are_found_and_nothing_else(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", rssi=-71, manufacturer_data={0x0590: b"\x01"})
    radio.add_meter("heart", services=("180d",))
    (found,) = await find(0.2)
    assert found == PowerMeter("ASSIOMA17039L", "E0:0D:5C:00:00:01", -71, ("180a", "180f", "1818"), (0x0590,))


async def test_the_scan_is_filtered_by_the_full_uuid_and_ends(radio: Bluetoothd) -> None:
    scan = asyncio.create_task(find(0.2))
    await radio.scanned()
    (rules,) = radio.filters.values()
    assert rules["UUIDs"].value == [full_uuid("1818")]
    await scan
    await radio.until(lambda: all("UUIDs" not in rules for rules in radio.filters.values()))


async def test_the_strongest_of_two_meters_comes_first(radio: Bluetoothd) -> None:
    radio.add_meter("far", rssi=-90)
    radio.add_meter("near", rssi=-50)
    assert [found.name for found in await find(0.2)] == ["near", "far"]


async def test_no_strength_is_out_of_bounds_and_unknown_ones_come_last(radio: Bluetoothd) -> None:
    for rssi in (127, -90, 0, -300, 21):
        radio.add_meter(f"PM{rssi}", rssi=rssi)
    found = [(meter.name, meter.rssi) for meter in await find(0.2)]
    assert found[:2] == [("PM0", 0), ("PM-90", -90)]
    assert sorted(found[2:]) == [("PM-300", 127), ("PM127", 127), ("PM21", 127)]


async def test_a_scan_that_is_called_off_as_it_starts_is_in_nobodys_way(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L")
    scan = asyncio.create_task(find(60.0))
    await radio.scanned()  # the service has begun, and its answer is on the way
    scan.cancel()
    await asyncio.wait({scan})
    assert scan.cancelled()
    assert not radio.scanning
    assert len(await find(0.2)) == 1


async def test_a_meter_that_wakes_during_the_scan_is_found(radio: Bluetoothd) -> None:
    meter = radio.add_meter("sleeper", advertised=False)
    scan = asyncio.create_task(find(0.4))
    await radio.scanned()
    meter.advertised = True
    assert [found.name for found in await scan] == ["sleeper"]


async def test_a_name_that_comes_in_the_scan_response_is_known(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", name_in_scan_response=True)
    assert [found.name for found in await find(0.2)] == ["ASSIOMA17039L"]


async def test_a_meter_without_a_name_goes_by_its_address(radio: Bluetoothd) -> None:
    radio.add_meter(None)
    (found,) = await find(0.2)
    assert (found.name, found.label) == (None, "E0:0D:5C:00:00:01")


async def test_a_meter_left_connected_to_this_computer_is_found_though_it_does_not_advertise(
    radio: Bluetoothd,
) -> None:
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    (sighting,) = (await look(0.2)).values()
    async with BleakClient(sighting.device):
        (found,) = await find(0.2)
    assert (found.name, found.rssi) == ("ASSIOMA17039L", None)


async def test_a_scan_that_has_seen_enough_ends_at_once(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L")
    async with asyncio.timeout(30):
        assert len(await look(3600.0, lambda found: found.name == "ASSIOMA17039L")) == 1


async def test_an_adapter_that_is_off_is_named_with_what_to_do(radio: Bluetoothd) -> None:
    radio.power(False)
    await refused("adapter off", "rfkill")


async def test_a_computer_without_an_adapter_is_told(radio: Bluetoothd) -> None:
    radio.remove_adapter()
    await refused("no adapter", "adapter")


async def test_no_bluez_on_the_bus_is_told() -> None:
    require_program("dbus-daemon")
    async with bluetoothd(present=False):
        await refused("no Bluetooth service", "systemctl")


async def test_a_bus_that_forbids_bluez_is_told() -> None:
    require_program("dbus-daemon")
    async with bluetoothd(permitted=False):
        await refused("no permission", "usermod")


async def test_no_bus_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    await refused("no Bluetooth service", "systemctl")


async def test_an_unusable_bus_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "nonsense")
    await refused("no Bluetooth service", "systemctl")


@given(st.none() | st.text())
def test_a_label_is_one_printable_line_whatever_is_advertised(name: str | None) -> None:
    label = PowerMeter(name, "E0:0D:5C:00:00:01", -60).label
    assert label
    assert label.isprintable()
    assert len(label) <= 40
    assert label == label.strip()


async def refused(reason: BluetoothReason, hint: str) -> None:
    """Scans and expects it to fail for this reason, with this in the hint."""
    with pytest.raises(BluetoothError) as caught:
        await find(0.2)
    assert caught.value.reason == reason
    assert hint in (caught.value.hint or "")


async def test_meters_are_watched_live_in_the_order_in_which_they_were_heard(radio: Bluetoothd) -> None:
    radio.add_meter("first", rssi=-80)
    sleeper = radio.add_meter("sleeper", advertised=False)
    async with asyncio.timeout(30), aclosing(watch(pause_s=0.01)) as meters:
        while [found.name for found in await anext(meters)] != ["first"]:
            pass
        sleeper.advertised = True
        while [found.name for found in await anext(meters)] != ["first", "sleeper"]:
            pass
    await radio.until(lambda: all("UUIDs" not in rules for rules in radio.filters.values()))


async def test_watching_names_an_adapter_that_is_off(radio: Bluetoothd) -> None:
    radio.power(False)
    with pytest.raises(BluetoothError) as caught:
        await anext(watch())
    assert caught.value.reason == "adapter off"


async def test_a_meter_that_is_connected_already_is_watched_too(radio: Bluetoothd) -> None:
    radio.add_meter("ASSIOMA17039L", values=ASSIOMA)
    (sighting,) = (await look(0.2)).values()
    async with BleakClient(sighting.device), aclosing(watch()) as meters:
        (found,) = await anext(meters)
    assert (found.name, found.rssi) == ("ASSIOMA17039L", None)
