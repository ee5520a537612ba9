"""One meter of a ride: connected, and again after every drop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from legbal.errors import BluetoothError
from legbal.gatt.uuids import MEASUREMENT
from legbal.library.rider import KnownMeter, describe_meter
from legbal.meters.identify import candidates
from legbal.meters.limits import Remark
from legbal.meters.profile import Profile
from legbal.sources.bluetooth.connection import MeterConnection, Timings, step
from legbal.sources.bluetooth.description import Description
from legbal.sources.bluetooth.discovery import Sighting
from legbal.sources.bluetooth.errors import advice, as_remark, failure, is_lasting
from legbal.sources.bluetooth.link import make_link
from legbal.sources.bluetooth.pairing import Pairing
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.sources.bluetooth.queue import InputQueue, MeterInbox
from legbal.sources.bluetooth.search import MeterSearch
from legbal.sources.bluetooth.selection import MeterSelection, SecondSide, is_other

Selection = MeterSelection | SecondSide


class PassedOverError(Exception):
    """The meter that was picked turned out not to be the one; the remark says why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark)
        self.remark = remark


class FailureReasons:
    """Why there is no link, to be told: the same reason once, and what is known of a family once a ride.

    Attributes:
        refused: the meter is heard, and the link does not come about.
    """

    def __init__(self) -> None:
        self.refused = False
        self._newest: Remark | None = None
        self._advised: set[str] = set()

    def remark(self, fault: Exception, families: Sequence[Profile]) -> Remark | None:
        """That reason, with what is known of connecting to these families; None where it stands already."""
        if as_remark(fault) == self._newest:
            return None
        self._newest, self.refused, also = as_remark(fault), True, []
        if isinstance(fault, BluetoothError):
            self.refused = fault.reason != "meter not found"
            also = [sentence for sentence in advice(fault, families) if sentence not in self._advised]
            self._advised.update(also)
        return as_remark(fault, also)

    def clear(self) -> None:
        """There is a link, or the meter is heard again."""
        self.refused, self._newest = False, None


class ChosenMeter:
    """A meter that was picked, over all the links to it.

    Args:
        picked: as it was heard then.
        sought: what was looked for.
        queue: where what it sends goes, and what becomes of its link.
        search: finds it again.
        pairing: where it must be paired.
        description: what it says about itself.
        timings: how long to wait for what.
        profiles: the families.
        described: is called when it has been connected, and whenever more is known of it.
        first: whether the ride begins with it: until it has been connected, a defect or what waiting cannot heal is
            raised. The other one of two ends no ride.

    Attributes:
        meter: as it was heard last; it may have another address than before.
        connection: the link to it, while it is up.
    """

    def __init__(
        self,
        picked: Sighting,
        sought: Selection,
        queue: InputQueue,
        *,
        search: MeterSearch,
        pairing: Pairing,
        description: Description,
        timings: Timings,
        profiles: Sequence[Profile],
        described: Callable[[], None],
        first: bool,
    ) -> None:
        self.meter: PowerMeter = picked.meter
        self.connection: MeterConnection | None = None
        self._picked, self._sought, self._first = picked, sought, first
        self._label = sought.label(picked.meter)
        self._queue, self._inbox = queue, MeterInbox(queue, self._label)
        self._search, self._pairing, self._description = search, pairing, description
        self._timings, self._profiles, self._described = timings, profiles, described
        self._identity: KnownMeter | None = None  # once it has been connected
        self._namesakes: set[str] = set()
        self._reasons = FailureReasons()
        self._failures = self._fruitless = 0

    @property
    def values(self) -> dict[str, bytes]:
        """The newest of each characteristic."""
        return self._inbox.values

    @property
    def held_since(self) -> float | None:
        """The time of its first measurement that waits to be passed on; None: none does."""
        return self._inbox.held_since

    async def keep(self) -> None:
        """Connects again and again; what fails is told and tried again, a defect too.

        Raises:
            PassedOverError: it is not the one that is looked for.
        """
        sighting: Sighting | None = self._picked
        while True:
            try:
                sighting = sighting or await self._search.sight(self.meter, self._namesakes)
                await self._connect(sighting)
            except Exception as fault:  # a defect, too: the ride and the other meter go on
                if self._identity is None:
                    self._give_up(fault)
                self._tell(fault)
                paired = sighting is not None and await self._pairing.offer(
                    sighting.device, self._label, fault, self._tell
                )
                self._failures = 0 if paired else self._failures + 1  # then it is tried at once
            sighting = None
            await asyncio.sleep(step(self._timings.retry_s, max(self._failures - 1, 0)))

    async def _connect(self, sighting: Sighting) -> None:
        """One link, from its beginning to its end."""
        if not self._reasons.refused:  # else the reason stands until there is a link
            self._reasons.clear()
            over = sighting.adapter if self._search.adapter is None else None
            best = Remark("link.best_heard", {"adapter": over}) if over else ""
            self._queue.tell("connecting", self._label, best, rssi=sighting.meter.rssi)
        connection = MeterConnection(
            sighting.device, self._label, self._deliver, self._timings, time.monotonic
        )
        try:
            await self._link(connection, sighting)
            end = await connection.ends(step(self._timings.rest_s, self._fruitless), self._inbox.silent)
            if end == "lost":
                self._description.lost()
            again = Remark("link.searched_again" if end == "lost" else "link.connected_again")
            self._queue.tell(end, self._label, again)
        finally:
            self.connection = None
            self._inbox.open()
            await connection.close()
        if connection.latest is None:
            self._failures += 1
            self._fruitless += 1
        else:
            self._failures = self._fruitless = 0

    async def _link(self, connection: MeterConnection, sighting: Sighting) -> None:
        moved = sighting.meter.address != self.meter.address
        await make_link(
            connection,
            self._inbox,
            sighting,
            self._description,
            self._pairing,
            radio=self._search.radio,
            describe_s=self._timings.describe_s,
            confirm=self._confirm if moved or self._identity is None else None,
        )
        self.connection = connection
        self._reasons.clear()
        if moved:
            self.meter = sighting.meter
        if self._identity is None:
            self._identity = describe_meter(self.meter.address, self._label, self.values)
            self._described()

    def _confirm(self, device: PowerMeter) -> None:
        """Judges by what it says of itself; raises where it is not the one."""
        if self._identity is None:
            if against := self._sought.passes_over(self.meter, None, self.values):
                raise PassedOverError(against)
        elif device.address != self.meter.address and is_other(self._identity, self.values):
            self._namesakes.add(device.address)
            raise failure("meter not found", self._label)

    def _give_up(self, fault: Exception) -> None:
        """Raises where it turns out, before it has been connected, not to be the one, or never to be connected."""
        if isinstance(fault, PassedOverError):
            against: Remark | None = fault.remark
        else:
            against = self._sought.passes_over(self.meter, fault, self.values)
        if against is not None:
            self._queue.tell("searching", self._sought.name, against)
            raise PassedOverError(against) from fault
        if self._first and is_lasting(fault, searched=True):
            raise fault

    def _deliver(self, uuid: str, data: bytes) -> None:
        self._inbox.deliver(uuid, data)
        if self._identity is not None and uuid != MEASUREMENT:  # what was not answered at first
            self._described()

    def _tell(self, fault: Exception) -> None:
        families = candidates(self._profiles, name=self.meter.name, services=self.meter.services)
        if (remark := self._reasons.remark(fault, families)) is not None:
            self._queue.tell("searching", self._label, remark)
