"""Which power meters are in range, and which of them is the rider's: the named, the usual, the only or the chosen one.

And the other half of a meter of two devices: known by its family's names, and by the number in them.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

import msgspec
from bleak import BleakAdapter, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from legbal.errors import BluetoothError
from legbal.gatt.uuids import CYCLING_POWER, long_form, short_form
from legbal.meters.identify import profile_by, side_of
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile, Side
from legbal.sources.bluetooth.errors import translate_faults

# seconds: the local Bluetooth service answers within milliseconds; after this long it hangs
SERVICE_S = 10.0

_LONGEST_LABEL = 40  # characters; a name in an advertisement has at most 29 octets, a stored one 248
_NO_SIGNAL = -127  # the stack knows the device but did not hear it in this scan
_MOST_LISTED = 8  # in an error message; a race start has dozens in range
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}

Choose = Callable[[Sequence["PowerMeter"]], Awaitable["PowerMeter"]]
"""Asks the rider which of several meters it is."""


class PowerMeter(msgspec.Struct, frozen=True):
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

    meter: PowerMeter
    device: BLEDevice


async def find(seconds: float) -> list[PowerMeter]:
    """The power meters that are heard within so many seconds, strongest signal first.

    Raises:
        BluetoothError: if this computer cannot scan.
    """
    with translate_faults():
        return [sighting.meter for sighting in (await look(seconds)).values()]


async def look(
    seconds: float,
    enough: Callable[[PowerMeter], bool] = lambda _meter: False,
    service_s: float = SERVICE_S,
) -> dict[str, Sighting]:
    """Scans for `seconds`, or until a meter is `enough`; by address, strongest signal first.

    Meters that are connected to this computer already (by a program that was killed, or another app) do not
    advertise: they are added at the end. What was heard goes first, for the stack may believe in a link
    that is long gone.

    Raises:
        BleakError, OSError, TimeoutError: see `legbal.sources.bluetooth.errors`.
    """
    stop = asyncio.Event()
    async with _scanning(stop, enough, service_s) as sightings:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
    if not stop.is_set():
        await _add_connected(sightings, service_s)
    return dict(sorted(sightings.items(), key=lambda item: item[1].meter.rssi or _NO_SIGNAL, reverse=True))


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
        if advertisement.rssi == _NO_SIGNAL:
            return
        meter = PowerMeter(
            name=advertisement.local_name or device.name,
            address=device.address,
            rssi=advertisement.rssi,
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


class MeterSelection:
    """What is looked for: the meter that the rider names, else the one used last, else the only one in range.

    Args:
        name: a name or address, or the beginning of one; None: not said.
        remembered: name or address of the meter that was used last; None: there is none.
        patience_s: how long the remembered one is waited for before another will do.
        choose: asks the rider which of several it is; without it several are an error.
        fold: takes out of the meters in range those that belong to another of them.
        as_typed: it is one side of a pair that the rider named: the ride calls it so, that it is known by that.

    Attributes:
        name: what is known of its name.
    """

    def __init__(
        self,
        name: str | None,
        remembered: str | None,
        patience_s: float,
        choose: Choose | None,
        fold: Callable[[Sequence[PowerMeter]], Sequence[PowerMeter]] = lambda meters: meters,
        *,
        as_typed: bool = False,
    ) -> None:
        self._typed, self._remembered = (name or "").strip(), (remembered or "").strip()
        self._patience_s, self._choose, self._fold, self._as_typed = patience_s, choose, fold, as_typed
        self.name = self._typed or self._remembered

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it: by its own name; else, for an address of a pair, by what was typed."""
        own = meter.label.casefold().startswith(self.name.casefold()) or not self._as_typed
        return meter.label if own else self.name

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant. Some send their name later than their address: wait for it."""
        return self.name != "" and meter.name is not None and is_named(meter, self.name)

    async def single(self, meters: Sequence[PowerMeter], waited_s: float) -> PowerMeter | None:
        """The one that is meant, after so many seconds of looking; None while it is not there.

        Raises:
            BluetoothError: AMBIGUOUS, if several may be meant and nobody can choose.
        """
        usual = [meter for meter in meters if self._remembered and is_named(meter, self._remembered)]
        if self._remembered and not self._typed and (usual or waited_s < self._patience_s):
            return await single(usual, self._choose)
        return await single(self._fold(named(meters, self._typed)), self._choose)

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none yet, and what to do."""
        if not self.name:
            return Remark("link.none_in_range")
        if not meters:
            return Remark("link.not_in_range", {"meter": self.name})
        return Remark(
            "link.others_in_range",
            {"meter": self.name, "others": tuple(meter.label for meter in meters[:3])},
        )


def is_named(meter: PowerMeter, name: str) -> bool:
    """Whether the meter's name or address is exactly `name`, in any case of letters."""
    return name.casefold() in _names(meter)


def named(meters: Sequence[PowerMeter], name: str) -> list[PowerMeter]:
    """The meters that `name` may mean: those of that name or address, else those that begin so; all for ""."""
    exact = [meter for meter in meters if is_named(meter, name)]
    start = name.casefold()
    return exact or [meter for meter in meters if any(own.startswith(start) for own in _names(meter))]


async def single(meters: Sequence[PowerMeter], choose: Choose | None) -> PowerMeter | None:
    """The only one of these, or the one that is chosen; None where there is none.

    Raises:
        BluetoothError: AMBIGUOUS, listing them, if there are several and nobody to choose.
    """
    if len(meters) <= 1:
        return meters[0] if meters else None
    if choose is not None:
        return await choose(meters)
    listed = ", ".join(f"{meter.label} ({meter.address})" for meter in meters[:_MOST_LISTED])
    more = f" and {len(meters) - _MOST_LISTED} more" if len(meters) > _MOST_LISTED else ""
    raise BluetoothError(
        f"{len(meters)} power meters are in range: {listed}{more}",
        reason="several meters",
        hint="Say which one with --meter NAME; the beginning of its name or its address will do.",
    )


def _names(meter: PowerMeter) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (meter.name, meter.label, meter.address) if name)


class SecondSide:
    """What is looked for when one half is connected: the half of the other side, of the same family."""

    def __init__(self, profile: Profile, side: Side, of: PowerMeter, choose: Choose | None) -> None:
        self.side, self._profile, self._of, self._choose = side, profile, of, choose
        self.name = f"the {side} side of {of.label}"

    def label(self, meter: PowerMeter) -> str:
        """How the ride calls it."""
        return meter.label

    def is_clear(self, meter: PowerMeter) -> bool:
        """Whether no other meter can be meant: it has the same number."""
        return self._fits(meter) and _number(meter) == _number(self._of)

    async def single(self, meters: Sequence[PowerMeter], _waited_s: float) -> PowerMeter | None:
        """The one of the same number; else the only one; else the one that the rider chooses."""
        fitting = [meter for meter in meters if self._fits(meter)]
        candidates = [meter for meter in fitting if self.is_clear(meter)] or fitting
        if len(candidates) > 1 and self._choose is None:
            return None  # `missing` says how to name it
        return await single(candidates, self._choose)

    def missing(self, meters: Sequence[PowerMeter]) -> Remark:
        """Why there is none."""
        several = tuple(meter.label for meter in meters if self._fits(meter))
        if several:
            return Remark("link.side_unclear", {"side": self.side, "meters": several})
        return Remark("link.side_not_in_range", {"side": self.side, "meter": self._of.label})

    def _fits(self, meter: PowerMeter) -> bool:
        return meter.address != self._of.address and _side(self._profile, meter) == self.side


def second_side_of(
    meter: PowerMeter, values: Mapping[str, bytes], profiles: Iterable[Profile], choose: Choose | None
) -> SecondSide | None:
    """The other half to look for, once a meter is connected; None where it is whole.

    Args:
        meter: which is connected.
        values: what was read from it, by characteristic. A pedal that says that it sends the balance itself
            needs no other.
        profiles: the families.
        choose: asks the rider which of several it is.
    """
    profile = profile_by(profiles, meter.name, values)
    side = _side(profile, meter)
    return None if side is None else SecondSide(profile, _OTHER[side], meter, choose)


def without_second_sides(meters: Sequence[PowerMeter], profiles: Sequence[Profile]) -> list[PowerMeter]:
    """The meters, but for right halves whose left half is there too: the two are one meter to choose."""

    def belongs_to_another(meter: PowerMeter) -> bool:
        profile = profile_by(profiles, meter.name, {})
        if _side(profile, meter) != "right":
            return False
        lefts = [x for x in meters if _side(profile, x) == "left"]
        rights = [x for x in meters if _side(profile, x) == "right"]
        return any(_number(x) == _number(meter) for x in lefts) or len(lefts) == len(rights) == 1

    return [meter for meter in meters if not belongs_to_another(meter)]


def _side(profile: Profile, meter: PowerMeter) -> Side | None:
    return None if meter.name is None else side_of(profile, meter.name)


def _number(meter: PowerMeter) -> str:
    return "".join(re.findall(r"\d+", meter.name or ""))
