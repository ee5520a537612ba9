"""The search for a meter: until it is clear which is meant and that one is heard, and again after every drop."""

import asyncio
import time
from collections.abc import Callable, Collection

from legbal.gatt.uuids import CYCLING_POWER
from legbal.sources.bluetooth.connection import Timings, step
from legbal.sources.bluetooth.discovery import Sighting, look
from legbal.sources.bluetooth.errors import ANY, as_remark, failure, is_lasting
from legbal.sources.bluetooth.power_meter import PowerMeter
from legbal.sources.bluetooth.queue import InputQueue
from legbal.sources.bluetooth.radio import Radio
from legbal.sources.bluetooth.selection import MeterSelection, SecondSide


class MeterSearch:
    """Looks for meters.

    Args:
        timings: how long to wait for what.
        adapter: name or address of the adapter that searches; None: all that are on do.

    Attributes:
        adapter: as given.
        radio: held while there is a search or a connection is made, of which the system refuses two at a time.
    """

    def __init__(self, timings: Timings, adapter: str | None) -> None:
        self.radio = Radio(timings.close_s)
        self._timings, self.adapter = timings, adapter
        self._searched = False

    async def pick(
        self, queue: InputQueue, sought: MeterSelection | SecondSide, *, lasting: bool
    ) -> Sighting:
        """Waits until it is clear which meter is meant, and in range; `lasting`: what waiting cannot heal ends it."""
        begin, failures = time.monotonic(), 0
        queue.tell("searching", sought.name)
        try:
            while True:
                try:
                    sightings = await self._look(sought.is_clear, named=sought.named)
                    meters = [sighting.meter for sighting in sightings.values()]
                    meter = await sought.single(meters, time.monotonic() - begin)
                    if meter is not None:
                        return sightings[meter.address]
                    remark, failures = sought.missing(meters), 0 if lasting else failures + 1
                except Exception as fault:  # the same, while it is looked for
                    if lasting and is_lasting(fault, searched=self._searched):
                        raise
                    remark, failures = as_remark(fault), failures + 1
                queue.tell("searching", sought.name, remark)
                if failures:  # beside a running ride the radio is not taken up with looking all the time
                    await asyncio.sleep(step(self._timings.retry_s, failures - 1))
        finally:
            sought.close()

    async def sight(self, meter: PowerMeter, others: Collection[str]) -> Sighting:
        """The meter, where it is heard: by address and name, else the only one of its name.

        `others`, by address, are not it, though they have its name. One of its address and another name is it where
        there is none of its name.

        Raises:
            BluetoothError: it is not heard.
        """

        def has_its_name(device: PowerMeter) -> bool:
            return meter.name is not None and device.name == meter.name

        def is_it(device: PowerMeter) -> bool:
            return device.address == meter.address and (device.name is None or has_its_name(device))

        def may_be(device: PowerMeter) -> bool:
            return device.address == meter.address or has_its_name(device)

        advertised = CYCLING_POWER in meter.services
        sightings = await self._look(is_it, meter.label, named=None if advertised else may_be)
        same = sightings.get(meter.address)
        if same is not None and is_it(same.meter):
            return same
        namesakes = [x for x in sightings.values() if has_its_name(x.meter) and x.meter.address not in others]
        if len(namesakes) == 1:
            return namesakes[0]
        if same is None:
            raise failure("meter not found", meter.label)
        return same

    async def _look(
        self,
        enough: Callable[[PowerMeter], bool],
        meter: str = ANY,
        *,
        named: Callable[[PowerMeter], bool] | None,
    ) -> dict[str, Sighting]:
        timings = self._timings

        def begun() -> None:
            self._searched = True

        async with self.radio:
            return await look(
                timings.scan_s,
                enough,
                timings.service_s,
                meter,
                adapter=self.adapter,
                named=named,
                begun=begun,
            )
