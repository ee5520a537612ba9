"""`legbal scan`: the power meters in range, strongest signal first, as a table or as JSON."""

import asyncio
from collections.abc import Mapping, Sequence

import click
import msgspec

from legbal.app.meters import profiles
from legbal.cli.terminal import waiting
from legbal.config import load
from legbal.meters.identify import candidates
from legbal.meters.profile import UNLISTED, Profile
from legbal.present.document import Column, Table
from legbal.present.grid import table_text
from legbal.present.meter import signal
from legbal.present.profile import expected
from legbal.present.text import printable
from legbal.sources.bluetooth.discovery import PowerMeter, find

COLUMNS = tuple(
    Column(x, "left") for x in ("name", "address", "signal", "meter", "kind", "balance", "also offers")
)

_MOST_NAMED = 3  # families that share a name
# 16-bit numbers of the Bluetooth SIG
_SERVICES = {
    "180d": "heart rate",
    "180f": "battery",
    "1814": "running",
    "1816": "speed and cadence",
    "1826": "trainer control",
}


def scan(seconds: float, as_json: bool) -> None:
    """Prints the power meters that are heard."""
    listed = profiles()
    with waiting("Listening for power meters; turn the cranks …"):
        devices = asyncio.run(find(seconds))
    meters = [
        (device, candidates(listed, name=device.name, services=device.services) or (UNLISTED,))
        for device in devices
    ]
    if as_json:
        click.echo(msgspec.json.encode([_object(device, families) for device, families in meters]))
    elif meters:
        aliases = load().aliases
        rows = [_cells(device, families, aliases) for device, families in meters]
        click.echo("\n".join(table_text(Table(COLUMNS, rows))))
        near = {x.name: x.connecting for _, families in meters for x in families if x.connecting}
        for name, connecting in near.items():
            click.echo(f"{name}: {connecting}", err=True)
    else:
        click.echo(
            "No power meter in range. Turn the cranks to wake it, and end its connection in other apps."
        )


def _object(device: PowerMeter, families: Sequence[Profile]) -> dict[str, object]:
    return {
        "name": device.name,  # as advertised; several families may share it, the likeliest first
        "address": device.address,
        "rssi_dbm": device.rssi,
        "services": device.services,
        "companies": device.companies,
        "profile": families[0].id,
        "kind": families[0].kind,
        "candidates": [family.id for family in families],
        "balance": expected(families),
        "connecting": families[0].connecting,
    }


def _cells(device: PowerMeter, families: Sequence[Profile], aliases: Mapping[str, str]) -> tuple[str, ...]:
    more = f" or {len(families) - _MOST_NAMED} more" if len(families) > _MOST_NAMED else ""
    offers = sorted(_SERVICES[uuid] for uuid in device.services if uuid in _SERVICES)
    own = [alias for alias, meter in aliases.items() if meter in (device.name, device.address)]
    name = printable(device.name or "")[:60] or "(no name)"
    return (
        f"{name} ({', '.join(map(printable, own))})" if own else name,
        printable(device.address),
        signal(device.rssi),
        " or ".join(family.name for family in families[:_MOST_NAMED]) + more,
        " or ".join(dict.fromkeys(family.kind for family in families)),
        expected(families),
        ", ".join(offers),
    )
