"""How the link to a meter is made: the measurements come first, and wait a moment for what it says about itself."""

import asyncio
from collections.abc import Callable

from legbal.errors import BluetoothError
from legbal.sources.bluetooth.connection import MeterConnection
from legbal.sources.bluetooth.description import Description
from legbal.sources.bluetooth.discovery import Sighting
from legbal.sources.bluetooth.errors import as_remark
from legbal.sources.bluetooth.pairing import Pairing
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.sources.bluetooth.queue import MeterInbox
from legbal.sources.bluetooth.radio import Radio


async def make_link(
    connection: MeterConnection,
    inbox: MeterInbox,
    sighting: Sighting,
    description: Description,
    pairing: Pairing,
    *,
    radio: Radio,
    describe_s: float,
    confirm: Callable[[PowerMeter], None] | None,
) -> None:
    """Connects, and has the measurements come.

    The first ones wait a moment for what the meter says about itself, by which the ride is set up. Later in the ride
    that is known already, and nothing waits.

    Args:
        connection: to the meter.
        inbox: takes what it sends.
        sighting: the meter as it was heard.
        description: what is read of it.
        pairing: where it must be paired.
        radio: held while the link is made.
        describe_s: how long the first measurements wait.
        confirm: judges by what it says whether it is the one, and raises where it is not: then nothing of what it
            sent is passed on. None: nothing waits.

    Raises:
        BluetoothError: the link does not come about, or there are no measurements.
    """
    async with radio:
        await connection.connect()
    inbox.hold()
    await connection.follow()
    describing = connection.beside(_describe(connection, inbox, sighting, description, pairing))
    if confirm is not None:
        await asyncio.wait({describing}, timeout=describe_s)
        try:
            confirm(sighting.meter)
        except Exception:  # whatever it is goes on, without what this meter sent
            inbox.drop()
            raise
    inbox.connected(sighting.meter.rssi)
    inbox.open()


async def _describe(
    connection: MeterConnection,
    inbox: MeterInbox,
    sighting: Sighting,
    description: Description,
    pairing: Pairing,
) -> None:
    """Reads what the meter says about itself; whatever fails there is told, and costs the ride nothing."""

    def tell(fault: Exception) -> None:
        inbox.tell(as_remark(fault))

    async def paired(error: BluetoothError) -> bool:
        tell(error)
        return await pairing.offer(sighting.device, connection.label, error, tell)

    try:
        await description.read(connection, paired)
    except Exception as fault:  # a defect, too: the measurements are what counts
        tell(fault)
