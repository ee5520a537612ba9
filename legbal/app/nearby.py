"""What is in range of the radio, and what each is to the rider: their own meter, one of a pair, of which family."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing

import msgspec

from legbal.app.meters import last_used, profiles, with_pair
from legbal.app.straps import NO_NAMES, is_strap
from legbal.config import Settings, load
from legbal.gatt.uuids import CYCLING_POWER, HEART_RATE_SERVICE
from legbal.meters.identify import candidates, connecting_advice
from legbal.meters.profile import UNLISTED, Profile
from legbal.present.profile import expected
from legbal.sources.bluetooth.discovery import find, watch
from legbal.sources.bluetooth.power_meter import PowerMeter


class MeterMatch(msgspec.Struct, frozen=True):
    """A meter in range, the families that it may be of, the likeliest first, and the rider's own names for it."""

    device: PowerMeter
    families: Sequence[Profile]
    aliases: Sequence[str]


def _recognise(device: PowerMeter, listed: Sequence[Profile], aliases: Mapping[str, str]) -> MeterMatch:
    families = candidates(listed, name=device.name, services=device.services) or (UNLISTED,)
    own = [alias for alias, meter in aliases.items() if meter in (device.name, device.address)]
    return MeterMatch(device, families, own)


async def scan(seconds: float, adapter: str | None = None) -> tuple[list[MeterMatch], list[MeterMatch]]:
    """The power meters, and the heart-rate straps, within so many seconds, strongest signal first.

    The rider's own meters are among them in any case. Raises BluetoothError where there is no Bluetooth, and what is
    wrong with settings or profiles.
    """
    listed, settings = profiles(), load({"adapter": adapter})  # a bad one is said before the wait
    own = _own(settings)
    devices = await find(seconds, settings.adapter, own, (CYCLING_POWER, HEART_RATE_SERVICE))
    straps = [device for device in devices if is_strap(device) and not own(device)]
    meters = [_recognise(x, listed, settings.aliases) for x in devices if x not in straps]
    return meters, [MeterMatch(strap, (), ()) for strap in straps]


def _own(settings: Settings) -> Callable[[PowerMeter], bool]:
    """Whether a device is one that the settings name: it is listed though it does not advertise power."""
    pair = settings.pair or ()
    names = {name.casefold() for name in (settings.meter, *pair, *settings.aliases.values()) if name}
    return lambda meter: not names.isdisjoint(meter.names)


class NearbyMeter(msgspec.Struct, frozen=True):
    """A meter in range, and what is known of its family.

    Attributes:
        name: as it is shown.
        selector: by what a ride asks for it.
        rssi: signal in dBm; None: it is connected to this computer already.
        balance: what its balance is worth: "measured".
        family: its family or families.
        advice: what to know before connecting; may be empty.
        usual: it is the one ridden with last, or the one that the settings name.
        paired: it is one of the two that are ridden with together; a ride knows them.
        sides: it may tell the legs apart.
        strap: it is a heart-rate strap, and no meter.
    """

    name: str
    selector: str
    rssi: int | None
    balance: str
    family: str
    advice: str = ""
    usual: bool = False
    paired: bool = False
    sides: bool = True
    strap: bool = False


async def nearby_meters(complain: Callable[[str], None]) -> AsyncGenerator[Sequence[NearbyMeter], None]:
    """Those in range, and heart-rate straps, again and again.

    `complain` is told what prevents that the last one is known.

    Raises BluetoothError where there is no Bluetooth, and what is wrong with settings or profiles.
    """
    settings = await asyncio.to_thread(load)
    last = None if settings.meter else await asyncio.to_thread(last_used, complain)
    usual = settings.meter or (last.address if last else "")
    settings = await asyncio.to_thread(with_pair, settings, {})
    services = CYCLING_POWER, HEART_RATE_SERVICE
    devices = watch(adapter=settings.adapter, named=_own(settings), services=services)
    async with aclosing(devices) as watching:
        async for meters in watching:
            names = Counter(meter.label.casefold() for meter in meters)
            yield [
                nearby_meter(meter, names[meter.label.casefold()] == 1, usual, settings) for meter in meters
            ]


def nearby_meter(meter: PowerMeter, alone: bool, usual: str, settings: Settings) -> NearbyMeter:
    """What a meter in range is to the rider; `alone`: no other has its name."""
    match = _recognise(meter, profiles(), settings.aliases)
    pair = [name.casefold() for name in settings.pair or ()]
    own_word = meter.name and alone and meter.label.casefold() not in NO_NAMES
    return NearbyMeter(
        name=f"{match.aliases[0]} ({meter.label})" if match.aliases else meter.label,
        selector=meter.label if own_word else meter.address,
        rssi=meter.rssi,
        balance=expected(match.families),
        family=" or ".join(family.name for family in match.families),
        advice=" ".join(connecting_advice(match.families)),
        strap=is_strap(meter) and not _own(settings)(meter),
        paired=any(own.casefold().startswith(name) for own in (meter.label, meter.address) for name in pair),
        sides=meter.may_know_sides(profiles()),
        usual=bool(usual) and usual.casefold() in (meter.address.casefold(), meter.label.casefold()),
    )
