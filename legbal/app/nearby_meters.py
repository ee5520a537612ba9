"""The meters in range as the rider knows them: by which name, of which family, and whether one is theirs."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import msgspec

from legbal.app.meters import last_used, profiles, with_pair
from legbal.config import Settings, load
from legbal.meters.identify import candidates
from legbal.meters.profile import UNLISTED
from legbal.present.profile import expected
from legbal.sources.bluetooth.discovery import PowerMeter, watch


class NearbyMeter(msgspec.Struct, frozen=True):
    """A meter in range, and what is known of its family.

    Attributes:
        name: as it is shown.
        selector: by what a ride asks for it.
        rssi: signal in dBm; None: it is connected to this computer already.
        balance: whether a balance can be expected of it: "yes, measured".
        family: its family or families.
        advice: what to know before connecting; may be empty.
        usual: it is the one ridden with last, or the one that the settings name.
        paired: it is one of the two that are ridden with together; a ride knows them.
    """

    name: str
    selector: str
    rssi: int | None
    balance: str
    family: str
    advice: str = ""
    usual: bool = False
    paired: bool = False


async def nearby_meters(complain: Callable[[str], None]) -> AsyncGenerator[Sequence[NearbyMeter], None]:
    """Those in range, again and again; `complain` is told what prevents that the last one is known.

    Raises BluetoothError where there is no Bluetooth, and what is wrong with settings or profiles.
    """
    settings = await asyncio.to_thread(load)
    usual = settings.meter or await asyncio.to_thread(last_used, complain) or ""
    settings = await asyncio.to_thread(with_pair, settings, {})
    async with aclosing(watch()) as watching:
        async for meters in watching:
            names = Counter(meter.label.casefold() for meter in meters)
            yield [
                nearby_meter(meter, names[meter.label.casefold()] == 1, usual, settings) for meter in meters
            ]


def nearby_meter(meter: PowerMeter, alone: bool, usual: str, settings: Settings) -> NearbyMeter:
    """What a meter in range is to the rider; `alone`: no other has its name."""
    families = candidates(profiles(), name=meter.name, services=meter.services) or (UNLISTED,)
    pair = [name.casefold() for name in settings.pair or ()]
    alias = next((own for own, name in settings.aliases.items() if name in (meter.name, meter.address)), "")
    return NearbyMeter(
        name=f"{alias} ({meter.label})" if alias else meter.label,
        selector=meter.label if meter.name and alone else meter.address,
        rssi=meter.rssi,
        balance=expected(families),
        family=" or ".join(family.name for family in families),
        advice=" ".join(dict.fromkeys(family.connecting for family in families if family.connecting)),
        paired=any(own.casefold().startswith(name) for own in (meter.label, meter.address) for name in pair),
        usual=bool(usual) and usual.casefold() in (meter.address.casefold(), meter.label.casefold()),
    )
