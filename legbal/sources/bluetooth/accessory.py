"""A device beside the meters of a ride, as a heart-rate strap: found, connected and lost without their noticing.

It has the radio only while no meter wants it, and a place in the queue only while that has room. What fails is tried
again, and told to nobody but the log.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from legbal.gatt.uuids import CYCLING_POWER, HEART_RATE, HEART_RATE_SERVICE
from legbal.ride.inputs import rssi_rank
from legbal.sources.bluetooth.connection import MeterConnection, Timings, step
from legbal.sources.bluetooth.discovery import Sighting, look
from legbal.sources.bluetooth.errors import failure
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.sources.bluetooth.queue import InputQueue
from legbal.sources.bluetooth.radio import Radio, RadioTakenError

_log = logging.getLogger(__name__)

ANY_NAME: Final = "any"
# values; a strap sends one a second, a trainer four: one gone mad fills neither memory nor library
_MOST_A_SECOND = 16


class AccessoryKind(NamedTuple):
    """What it is: the service that it advertises, and the characteristic that is followed."""

    service: str
    measurement: str


STRAP: Final = AccessoryKind(HEART_RATE_SERVICE, HEART_RATE)


class RideBeside(NamedTuple):
    """What an accessory may know of the ride that it is beside.

    Attributes:
        queue: where what it sends goes.
        radio: which it borrows.
        is_underway: whether every meter is connected, and measures: before that nothing is looked for.
        taken: the addresses of the meters; a device has one connection to this computer.
        held_since: the time of the first measurement that waits to be passed on; None: none does.
    """

    queue: InputQueue
    radio: Radio
    is_underway: Callable[[], bool]
    taken: Callable[[], Collection[str]]
    held_since: Callable[[], float | None]


class Accessory:
    """A device beside the meters, over all the links to it.

    Args:
        kind: of what kind.
        name: a name or address, or the beginning of one, in any case of letters; or "any", the one first heard best.
        timings: how long to wait for what.
        adapter: as of `BluetoothSource`.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        kind: AccessoryKind,
        name: str,
        timings: Timings,
        adapter: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kind, self._name = kind, name.strip().casefold()
        self._timings, self._adapter, self._clock = timings, adapter, clock
        self._last: tuple[str, ...] = ()  # address and label of the one that was connected
        self._arrivals: deque[float] = deque(maxlen=_MOST_A_SECOND)

    async def keep(self, ride: RideBeside) -> None:
        """Looks for it and connects, again and again, until it is cancelled; raises nothing else."""
        failures = 0
        while True:
            while not ride.is_underway():  # noqa: ASYNC110 - meters come and go in many ways, and a second is soon
                await asyncio.sleep(self._timings.accessory_s)
            try:
                await self._connect(ride)
                failures = 0
            except RadioTakenError:
                _log.debug("the radio is a meter's")
            except Exception as fault:  # a defect, too: the ride has its meter
                _log.debug("%s: %r", self._name, fault)
                failures += 1
            await asyncio.sleep(step(self._timings.accessory_retry_s, max(failures - 1, 0)))

    async def _connect(self, ride: RideBeside) -> None:
        """One link, from the search to its end."""
        sighting = await ride.radio.lend(lambda: self._sight(ride.taken()))
        label = sighting.meter.label

        def deliver(uuid: str, data: bytes) -> None:
            now = self._clock()
            if len(self._arrivals) < _MOST_A_SECOND or now - self._arrivals[0] >= 1.0:
                self._arrivals.append(now)
                ride.queue.notify_beside(label, uuid, data, ride.held_since())

        connection = MeterConnection(
            sighting.device, label, deliver, self._timings, time.monotonic, self._kind.measurement
        )
        try:
            await ride.radio.lend(connection.connect)
            await connection.follow()
            self._last = (sighting.meter.address, label)
            end = await connection.ends(self._timings.rest_s[0])
            _log.debug("%s is %s", label, end)
        finally:
            await connection.close()

    async def _sight(self, taken: Collection[str]) -> Sighting:
        """The one that is meant, as it is heard now. Raises BluetoothError."""

        def exactly(device: PowerMeter) -> bool:
            return self._name in device.names and self._may_be(device, taken)

        sightings = await look(
            self._timings.scan_s,
            exactly,
            self._timings.service_s,
            self._name,
            adapter=self._adapter,
            services=(self._kind.service,),
        )
        candidates = [x for x in sightings.values() if self._may_be(x.meter, taken)]
        if not candidates:
            raise failure("meter not found", self._name)

        def closeness(sighting: Sighting) -> tuple[bool, bool, int]:
            device = sighting.meter
            return exactly(device), device.address in self._last, rssi_rank(device.rssi)

        return max(candidates, key=closeness)

    def _may_be(self, device: PowerMeter, taken: Collection[str]) -> bool:
        """Whether it is of that name and no meter, not even one that passes on what a strap says."""
        # the one before, be it under a new address: somebody else's must not get into the ride
        is_own = not self._last or device.address in self._last or device.label in self._last
        named = is_own if self._name == ANY_NAME else any(x.startswith(self._name) for x in device.names)
        return named and device.address not in taken and CYCLING_POWER not in device.services
