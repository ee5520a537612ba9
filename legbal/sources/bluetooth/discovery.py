"""Which power meters are in range: heard by the radio, or connected to this computer already."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial

import msgspec
from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from legbal.errors import BluetoothError
from legbal.gatt.uuids import CYCLING_POWER, long_form, short_form
from legbal.ride.inputs import bounded_rssi, rssi_rank
from legbal.sources.bluetooth.adapters import searched
from legbal.sources.bluetooth.errors import ANY, FAULTS, failure, translate_faults
from legbal.sources.bluetooth.power_meter import PowerMeter

# seconds: the local Bluetooth service answers within milliseconds; after this long it hangs
SERVICE_S = 10.0
# seconds: so long another adapter may take to hear, too, what one has heard; meters advertise once a second or faster
_GRACE_S = 1.0

_METERS = (CYCLING_POWER,)

Counts = Callable[[PowerMeter], bool]


class Sighting(msgspec.Struct, frozen=True):
    """A meter and the handle by which the system connects to it.

    Attributes:
        meter: which.
        device: its handle, at the adapter that hears it best.
        adapter: the name of that one, where several search; None: there is no choice.
    """

    meter: PowerMeter
    device: BLEDevice
    adapter: str | None = None


async def find(
    seconds: float,
    adapter: str | None = None,
    named: Counts | None = None,
    services: Sequence[str] = _METERS,
) -> list[PowerMeter]:
    """The power meters, or what else advertises one of these services, that are heard within so many seconds.

    Strongest signal first; arguments as of `look`.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    sightings = await look(seconds, adapter=adapter, named=named, services=services)
    return [sighting.meter for sighting in sightings.values()]


async def look(
    seconds: float,
    enough: Counts = lambda _meter: False,
    service_s: float = SERVICE_S,
    meter: str = ANY,
    *,
    adapter: str | None = None,
    named: Counts | None = None,
    services: Sequence[str] = _METERS,
    begun: Callable[[], None] = lambda: None,
) -> dict[str, Sighting]:
    """Scans for `seconds`, or until a meter is `enough`; by address, strongest signal first.

    Meters that are connected to this computer already (by a program that was killed, or another app) do not advertise:
    they are added at the end. What was heard goes first, for the stack may believe in a link that is long gone.

    Args:
        seconds: how long at most.
        enough: whether no more need be heard.
        service_s: how long the local Bluetooth service may take to answer.
        meter: how errors name what is looked for.
        adapter: the name or address of the one that searches; None: all that are on do, and a meter counts as it is
            heard best.
        named: what is found though it does not advertise that it measures power, which some leave out.
        services: what is found by what it advertises.
        begun: is called once the radio searches.

    Raises:
        BluetoothError: if this computer cannot scan; it names `meter`.
    """
    stop = asyncio.Event()
    with _scan_faults(meter):
        names = await searched(adapter, service_s)
        async with _scanning(stop, enough, service_s, names, named, services) as sightings:
            begun()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await stop.wait()
        if not stop.is_set():
            await _add_connected(sightings, service_s, names, services)
    return dict(sorted(sightings.items(), key=lambda item: rssi_rank(item[1].meter.rssi), reverse=True))


async def watch(
    pause_s: float = 0.5,
    *,
    adapter: str | None = None,
    named: Counts | None = None,
    services: Sequence[str] = _METERS,
) -> AsyncGenerator[list[PowerMeter], None]:
    """The meters in range, in the order in which they were first heard; scans until it is closed.

    At once, and again whenever a meter was heard since, yet not before `pause_s` have passed. Arguments as of `look`.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    news = asyncio.Event()
    with _scan_faults():
        names = await searched(adapter, SERVICE_S)
        async with _scanning(news, lambda _meter: True, SERVICE_S, names, named, services) as sightings:
            await _add_connected(sightings, SERVICE_S, names, services)
            while True:
                yield [sighting.meter for sighting in sightings.values()]
                await asyncio.sleep(pause_s)
                await news.wait()
                news.clear()


@contextmanager
def _scan_faults(meter: str = ANY) -> Iterator[None]:
    """As `translate_faults`: what is gone in a scan is the adapter, not a meter."""
    try:
        with translate_faults(meter):
            yield
    except BluetoothError as error:
        if error.reason != "meter not found":
            raise
        raise failure("no adapter") from error


class _Detections:
    """What the scanning adapters hear: the meters by address, each as it is heard best.

    Args:
        news: is set when a meter that counts is new or other, and every adapter that hears it had the time to.
        counts: which do.
        adapters: how many search.
        named, services: as of `look`.
    """

    def __init__(
        self,
        news: asyncio.Event,
        counts: Counts,
        adapters: int,
        named: Counts | None,
        services: Sequence[str],
    ) -> None:
        self._services = frozenset(services)
        self.sightings: dict[str, Sighting] = {}
        self._by_adapter: dict[str, dict[str | None, Sighting]] = {}
        self._news, self._counts, self._adapters, self._named = news, counts, adapters, named

    def take(self, adapter: str | None, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """An advertisement was heard by that adapter."""
        if advertisement.rssi == -127:  # the stack knows the device but did not hear it in this scan
            return
        meter = PowerMeter(
            name=advertisement.local_name or device.name,
            address=device.address,
            rssi=bounded_rssi(advertisement.rssi),
            services=tuple(sorted({short_form(uuid) for uuid in advertisement.service_uuids})),
            companies=tuple(sorted(advertisement.manufacturer_data)),
        )
        if self._services.isdisjoint(meter.services) and (self._named is None or not self._named(meter)):
            return
        by_adapter = self._by_adapter.setdefault(meter.address, {})
        by_adapter[adapter] = Sighting(meter, device, adapter)
        before = self.sightings.get(meter.address)
        best = max(by_adapter.values(), key=lambda sighting: rssi_rank(sighting.meter.rssi))
        self.sightings[meter.address] = best
        if (before is None or before.meter != best.meter) and self._counts(best.meter):
            if len(by_adapter) == self._adapters:
                self._news.set()
            else:
                asyncio.get_running_loop().call_later(_GRACE_S, self._news.set)


@asynccontextmanager
async def _scanning(
    news: asyncio.Event,
    counts: Counts,
    service_s: float,
    names: Sequence[str | None],
    named: Counts | None,
    services: Sequence[str],
) -> AsyncIterator[dict[str, Sighting]]:
    """Within it the adapters of these names scan, as far as they can; gives what they hear, by address."""
    detections = _Detections(news, counts, len(names), named, services)
    advertised = None if named is not None else [long_form(service) for service in services]
    faults: list[Exception] = []  # one for each that cannot scan, or cannot any more

    async def stop(scanner: BleakScanner) -> None:
        try:
            await _stop(scanner, service_s)
        except FAULTS as error:
            faults.append(error)

    async with AsyncExitStack() as scans:
        for name in names:
            scanner = BleakScanner(
                partial(detections.take, name),
                service_uuids=advertised,
                bluez={} if name is None else {"adapter": name},
            )
            try:
                await _start(scanner, service_s)
            except FAULTS as error:
                faults.append(error)
                continue
            scans.push_async_callback(stop, scanner)
        if len(faults) == len(names):
            raise faults[-1]
        yield detections.sightings
    if len(faults) == len(names):
        raise faults[-1]


async def _start(scanner: BleakScanner, service_s: float) -> None:
    """Starts it; where that is called off, what was begun is taken back: else the service refuses every later scan."""
    starting = asyncio.create_task(scanner.start())
    try:
        async with asyncio.timeout(service_s):
            await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(*FAULTS):
            async with asyncio.timeout(service_s):
                await starting
            await _stop(scanner, service_s)
        raise
    finally:
        starting.cancel()


async def _stop(scanner: BleakScanner, service_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(service_s):
            await scanner.stop()


async def _add_connected(
    sightings: dict[str, Sighting], service_s: float, names: Sequence[str | None], services: Sequence[str]
) -> None:
    with suppress(NotImplementedError):  # what a backend of bleak raises that cannot list them
        async with asyncio.timeout(service_s):
            for name in names:
                adapter = await BleakAdapter.get(bluez={} if name is None else {"adapter": name})
                for service in services:
                    for device in await adapter.get_connected_devices([long_form(service)]):
                        meter = PowerMeter(device.name, device.address, rssi=None, services=(service,))
                        sightings.setdefault(device.address, Sighting(meter, device, name))
