"""Which power meters are in range."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import msgspec
from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from legbal.gatt.uuids import CYCLING_POWER, long_form, short_form
from legbal.sources.bluetooth.errors import translate_faults

# seconds: meters advertise every 0.1 to 1 s when awake; five see every one in the room, weak signals too
SCAN_S = 5.0
# seconds: the local Bluetooth service answers within milliseconds; after this long it hangs
SERVICE_S = 10.0

_LONGEST_LABEL = 40  # characters; a name in an advertisement has at most 29 octets, a stored one 248
_NO_SIGNAL = -127  # the stack knows the device but did not hear it in this scan


class Found(msgspec.Struct, frozen=True):
    """A power meter in range, as it advertises itself. Nothing in it is to be trusted.

    Attributes:
        name: as advertised, None where there was none.
        address: its Bluetooth address (on macOS, an identifier that the system made up).
        rssi: signal in dBm; None for a meter that is connected to this computer already.
        services: advertised service UUIDs, 16-bit in hex where there is a short form, sorted.
        companies: company numbers of its manufacturer data, sorted.
    """

    name: str | None
    address: str
    rssi: int | None
    services: tuple[str, ...] = ()
    companies: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """A stable name to show: printable, one line, at most 40 characters; else the address."""
        printable = "".join(c if c.isprintable() else " " for c in self.name or "")
        return " ".join(printable.split())[:_LONGEST_LABEL].rstrip() or self.address


class Sighting(msgspec.Struct, frozen=True):
    """A meter and the handle by which the system connects to it."""

    found: Found
    device: BLEDevice


async def find(seconds: float = SCAN_S) -> list[Found]:
    """The power meters that are heard within so many seconds, strongest signal first.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    with translate_faults():
        return [sighting.found for sighting in await look(seconds)]


async def look(
    seconds: float,
    enough: Callable[[Found], bool] = lambda _found: False,
    service_s: float = SERVICE_S,
) -> list[Sighting]:
    """Scans for `seconds`, or until a meter is `enough`; strongest signal first.

    Meters that are connected to this computer already (by a program that was killed, or another app) do not
    advertise: they are added at the end. What was heard goes first, for the stack may believe in a link
    that is long gone.

    Raises:
        BleakError, OSError, TimeoutError: see `legbal.sources.bluetooth.errors`.
    """
    seen: dict[str, Sighting] = {}
    stop = asyncio.Event()

    def take(sighting: Sighting) -> None:
        seen[sighting.found.address] = sighting
        if enough(sighting.found):
            stop.set()

    async with _scanning(take, service_s):
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
    if not stop.is_set():
        for sighting in await _connected(service_s):
            seen.setdefault(sighting.found.address, sighting)
    return sorted(seen.values(), key=lambda sighting: sighting.found.rssi or _NO_SIGNAL, reverse=True)


async def watch(pause_s: float = 0.5) -> AsyncGenerator[list[Found], None]:
    """The meters in range, in the order in which they were first heard; scans until it is closed.

    At once, and again whenever a meter was heard since, yet not before `pause_s` have passed.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    seen: dict[str, Found] = {}
    news = asyncio.Event()

    def take(sighting: Sighting) -> None:
        if seen.get(sighting.found.address) != sighting.found:
            seen[sighting.found.address] = sighting.found
            news.set()

    with translate_faults():
        async with _scanning(take, SERVICE_S):
            for sighting in await _connected(SERVICE_S):
                seen[sighting.found.address] = sighting.found
            while True:
                yield list(seen.values())
                await asyncio.sleep(pause_s)
                await news.wait()
                news.clear()


@asynccontextmanager
async def _scanning(take: Callable[[Sighting], None], service_s: float) -> AsyncIterator[None]:
    """Within it the radio scans, and `take` is given each meter whenever it is heard."""

    def heard(device: BLEDevice, advertisement: AdvertisementData) -> None:
        if advertisement.rssi == _NO_SIGNAL:
            return
        found = Found(
            name=advertisement.local_name or device.name,
            address=device.address,
            rssi=advertisement.rssi,
            services=tuple(sorted({short_form(uuid) for uuid in advertisement.service_uuids})),
            companies=tuple(sorted(advertisement.manufacturer_data)),
        )
        take(Sighting(found, device))

    scanner = BleakScanner(heard, service_uuids=[long_form(CYCLING_POWER)])
    async with asyncio.timeout(service_s):
        await scanner.start()
    try:
        yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(service_s):
                await scanner.stop()


async def _connected(service_s: float) -> list[Sighting]:
    """The meters that are connected to this computer already; none where the platform cannot say."""
    try:
        async with asyncio.timeout(service_s):
            adapter = await BleakAdapter.get()
            devices = await adapter.get_connected_devices([long_form(CYCLING_POWER)])
    except NotImplementedError:
        return []
    return [
        Sighting(Found(device.name, device.address, rssi=None, services=(CYCLING_POWER,)), device)
        for device in devices
    ]
