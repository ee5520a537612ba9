"""Which power meters are in range: heard by the radio, or connected to this computer already."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from legbal.gatt.uuids import CYCLING_POWER, long_form, short_form
from legbal.ride.inputs import bounded_rssi, rssi_rank
from legbal.sources.bluetooth.errors import ANY, translate_faults
from legbal.sources.bluetooth.power_meter import PowerMeter

# seconds: the local Bluetooth service answers within milliseconds; after this long it hangs
SERVICE_S = 10.0


class Sighting(msgspec.Struct, frozen=True):
    """A meter and the handle by which the system connects to it."""

    meter: PowerMeter
    device: BLEDevice


async def find(seconds: float) -> list[PowerMeter]:
    """The power meters that are heard within so many seconds, strongest signal first.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    return [sighting.meter for sighting in (await look(seconds)).values()]


async def look(
    seconds: float,
    enough: Callable[[PowerMeter], bool] = lambda _meter: False,
    service_s: float = SERVICE_S,
    meter: str = ANY,
) -> dict[str, Sighting]:
    """Scans for `seconds`, or until a meter is `enough`; by address, strongest signal first.

    Meters that are connected to this computer already (by a program that was killed, or another app) do not advertise:
    they are added at the end. What was heard goes first, for the stack may believe in a link that is long gone.

    Raises:
        BluetoothError: if this computer cannot scan; it names `meter`.
    """
    stop = asyncio.Event()
    with translate_faults(meter):
        async with _scanning(stop, enough, service_s) as sightings:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await stop.wait()
        if not stop.is_set():
            await _add_connected(sightings, service_s)
    return dict(sorted(sightings.items(), key=lambda item: rssi_rank(item[1].meter.rssi), reverse=True))


async def watch(pause_s: float = 0.5) -> AsyncGenerator[list[PowerMeter], None]:
    """The meters in range, in the order in which they were first heard; scans until it is closed.

    At once, and again whenever a meter was heard since, yet not before `pause_s` have passed.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    news = asyncio.Event()
    with translate_faults():
        async with _scanning(news, lambda _meter: True, SERVICE_S) as sightings:
            await _add_connected(sightings, SERVICE_S)
            while True:
                yield [sighting.meter for sighting in sightings.values()]
                await asyncio.sleep(pause_s)
                await news.wait()
                news.clear()


@asynccontextmanager
async def _scanning(
    news: asyncio.Event, counts: Callable[[PowerMeter], bool], service_s: float
) -> AsyncIterator[dict[str, Sighting]]:
    """Within it the radio scans; gives the meters by address, and sets `news` when one that counts is new or other."""
    sightings: dict[str, Sighting] = {}

    def detected(device: BLEDevice, advertisement: AdvertisementData) -> None:
        if advertisement.rssi == -127:  # the stack knows the device but did not hear it in this scan
            return
        meter = PowerMeter(
            name=advertisement.local_name or device.name,
            address=device.address,
            rssi=bounded_rssi(advertisement.rssi),
            services=tuple(sorted({short_form(uuid) for uuid in advertisement.service_uuids})),
            companies=tuple(sorted(advertisement.manufacturer_data)),
        )
        before = sightings.get(meter.address)
        sightings[meter.address] = Sighting(meter, device)
        if (before is None or before.meter != meter) and counts(meter):
            news.set()

    scanner = BleakScanner(detected, service_uuids=[long_form(CYCLING_POWER)])
    async with asyncio.timeout(service_s):
        await scanner.start()
    try:
        yield sightings
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(service_s):
                await scanner.stop()


async def _add_connected(sightings: dict[str, Sighting], service_s: float) -> None:
    with suppress(NotImplementedError):  # what a backend of bleak raises that cannot list them
        async with asyncio.timeout(service_s):
            adapter = await BleakAdapter.get()
            for device in await adapter.get_connected_devices([long_form(CYCLING_POWER)]):
                meter = PowerMeter(device.name, device.address, rssi=None, services=(CYCLING_POWER,))
                sightings.setdefault(device.address, Sighting(meter, device))
