"""`legbal scan`, `zero`, `pair`, `crank-length`, `capture`: which meters are in range, what is set, what is sent."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from legbal.app import bluetooth_meters, nearby
from legbal.app.bluetooth_meters import MeterSession
from legbal.app.meters import Chooser
from legbal.app.nearby import MeterMatch
from legbal.app.ride_files import Packets
from legbal.cli.terminal import (
    ask_line,
    choose,
    complain,
    confirm,
    print_json,
    print_lines,
    show,
    until_ended,
    waiting,
)
from legbal.config import load
from legbal.errors import UsageError
from legbal.gatt.uuids import FITNESS_MACHINE, SERIAL_NUMBER, VECTOR
from legbal.meters.identify import connecting_advice
from legbal.present.document import Column, Table, table_text
from legbal.present.meter import signal
from legbal.present.numbers import brief, duration
from legbal.present.profile import expected
from legbal.present.sentences import say
from legbal.present.text import printable
from legbal.ride.inputs import Input

_COLUMNS = tuple(Column(x, "left") for x in ("name", "address", "signal", "meter", "balance", "also offers"))
_STRAP_COLUMNS = tuple(Column(x, "left") for x in ("heart-rate strap", "address", "signal"))

_MOST_NAMED = 3  # families that share a name
_EVERY_S = 10  # a line of progress, where it cannot be written over the last one
# 16-bit numbers of the Bluetooth SIG
_SERVICES = {
    "180d": "heart rate",
    "180f": "battery",
    "1814": "running",
    "1816": "speed and cadence",
    FITNESS_MACHINE: "trainer control",
}


def scan(seconds: float, as_json: bool, adapter: str | None) -> None:
    """Prints the power meters that are heard, strongest signal first, as a table or as JSON."""
    with waiting("Listening for power meters; turn the cranks …"):
        meters, straps = asyncio.run(nearby.scan(seconds, adapter))
    if as_json:
        print_json([*map(_object, meters), *map(_strap_object, straps)])
        return
    if meters:
        print_lines(*table_text(Table(_COLUMNS, [_cells(meter) for meter in meters])))
        near = {
            " ".join(connecting_advice(meter.families)): [x.name for x in meter.families if x.connecting]
            for meter in meters
        }
        for advice, families in near.items():
            if advice:
                print_lines(f"{' or '.join(families)}: {advice}", err=True)
    else:
        print_lines(
            "No power meter in range. Turn the cranks to wake it, and end its connection in other apps."
        )
    if straps:
        print_lines("", *table_text(Table(_STRAP_COLUMNS, [_device_cells(strap) for strap in straps])))


def _strap_object(strap: MeterMatch) -> dict[str, object]:
    return _advertised(strap) | {
        "profile": None,
        "kind": "heart_rate",
        "candidates": [],
        "balance": None,
        "connecting": "",
    }


def _advertised(match: MeterMatch) -> dict[str, object]:
    device = match.device
    return {
        "name": device.name,
        "address": device.address,
        "rssi_dbm": device.rssi,
        "services": device.services,
        "companies": device.companies,
    }


def _device_cells(match: MeterMatch) -> tuple[str, str, str]:
    device = match.device
    return printable(device.name or "")[:60] or "(no name)", device.address, signal(device.rssi)


def _object(meter: MeterMatch) -> dict[str, object]:
    return _advertised(meter) | {
        "profile": meter.families[0].id,  # several families may share its name, the likeliest first
        "kind": meter.families[0].kind,
        "candidates": [family.id for family in meter.families],
        "balance": expected(meter.families),
        "connecting": meter.families[0].connecting,
    }


def _cells(meter: MeterMatch) -> tuple[str, ...]:
    more = f" or {len(meter.families) - _MOST_NAMED} more" if len(meter.families) > _MOST_NAMED else ""
    offers = sorted(_SERVICES[uuid] for uuid in meter.device.services if uuid in _SERVICES)
    name, *place = _device_cells(meter)
    return (
        f"{name} ({', '.join(meter.aliases)})" if meter.aliases else name,
        *place,
        " or ".join(family.name for family in meter.families[:_MOST_NAMED]) + more,
        expected(meter.families),
        ", ".join(offers),
    )


def _say(text: str) -> None:
    show("")  # a line that counts stands there perhaps
    print_lines(text, err=True)


def _connected(
    meter: str | None,
    adapter: str | None,
    *,
    ask: bool,
    both: bool = False,
    reads: Sequence[str] = (),
    follows: Sequence[str] = (),
    take: Callable[[Input], None] = lambda _item: None,
) -> MeterSession:
    """The meter of that name, as `MeterSession`; `ask`: whether the rider may be asked which of several it is."""
    return MeterSession(
        load({"meter": meter, "adapter": adapter}),
        meter,
        say=_say,
        waited=lambda seconds: show("" if seconds is None else f"{duration(seconds)} …"),
        complain=complain,
        chooser=Chooser(choose, ask_line) if ask and sys.stdin.isatty() else None,
        both=both,
        reads=reads,
        follows=follows,
        take=take,
    )


def zero(meter: str | None, adapter: str | None, yes: bool) -> None:
    """Sets the zero offset of the meter and says what came of it."""
    asyncio.run(_zero(meter, adapter, yes))


async def _zero(meter: str | None, adapter: str | None, yes: bool) -> None:
    async def ready(instructions: Sequence[str]) -> None:
        for line in instructions:
            _say(line)
        if not yes and await ask_line("Press Enter when ready.") is None:
            raise UsageError("nobody is there to press Enter", hint="With --yes nothing is asked.")

    async with _connected(meter, adapter, ask=not yes, both=True) as link:
        async for answer in link.zero(ready):
            print_lines(*filter(None, answer))


def pair(meter: str | None, adapter: str | None, passkey: int | None) -> None:
    """Pairs the meter with this computer, and says so."""

    async def typed(question: str) -> str | None:
        return await ask_line(question) if passkey is None else str(passkey)

    chooser = Chooser(choose, typed)
    _say(say("pairing.search"))
    label = asyncio.run(
        bluetooth_meters.pair_meter(load({"meter": meter, "adapter": adapter}), chooser, complain)
    )
    print_lines(say("pairing.done", meter=label))


def crank_length(length: float | None, meter: str | None, adapter: str | None, yes: bool) -> None:
    """Prints the crank length with which the meter computes, in mm, after setting it where one is given."""
    print_lines(brief(asyncio.run(_crank_length(length, meter, adapter, yes)), " mm"))


async def _crank_length(length: float | None, meter: str | None, adapter: str | None, yes: bool) -> float:
    async with _connected(meter, adapter, ask=not yes) as link:

        async def agrees(stored: float, length_mm: float) -> bool:
            if yes:
                return True
            _say(f"{link.label} computes power with its crank length, for every app and head unit.")
            agreed = await confirm(f"Change it from {brief(stored)} to {brief(length_mm, ' mm')}?")
            if not agreed:
                _say("Nothing was changed.")
            return agreed

        return await link.crank_length(length, agrees)


def capture(
    meter: str | None,
    adapter: str | None,
    output: Path | None,
    overwrite: bool,
    seconds: float | None,
    with_serial: bool,
) -> None:
    """Records until Ctrl-C, then writes the file at once and whole."""
    packets = Packets(output, overwrite=overwrite)
    asyncio.run(until_ended(_record(packets, meter, adapter, seconds, with_serial)))
    show("")
    print_lines(f"{packets.write()}: {packets.text}")
    serial = "its serial number too" if with_serial else "not its serial number"
    _say(f"It holds the name that the meter advertises, its maker, model and versions; {serial}.")


async def _record(
    packets: Packets, meter: str | None, adapter: str | None, seconds: float | None, with_serial: bool
) -> None:
    async with _connected(
        meter,
        adapter,
        ask=True,
        reads=(SERIAL_NUMBER,) if with_serial else (),
        follows=(VECTOR,),
        take=packets.take,
    ) as link:
        await link.up()
        _say(f"Recording {link.label}: ride, coast and stand still in turn. Ctrl-C ends it.")
        own_line = sys.stderr.isatty()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not packets.are_full:
                    await asyncio.sleep(1 if own_line else _EVERY_S)
                    (show if own_line else _say)(f"{link.label}: {packets.text}")
