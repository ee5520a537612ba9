"""What a meter says about itself: read at each connection, and never waited for by what it measures."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from legbal.errors import BluetoothError
from legbal.sources.bluetooth.connection import MeterConnection, Timings, step

# seconds: a link that is lost so soon after a read that was not answered was lost by it. The system gives it up after
# the 30 s of an ATT transaction (Bluetooth Core Specification, Attribute Protocol, 3.3.3)
_BLAMED_S = 35.0


class Description:
    """What a meter says about itself, over all the connections of a ride.

    Args:
        reads: the characteristics that are read.
        follows: those whose changes are wanted, too.
        timings: how long to wait for what.
        clock: seconds, monotonic.
    """

    def __init__(
        self, reads: Sequence[str], follows: Sequence[str], timings: Timings, clock: Callable[[], float]
    ) -> None:
        self._reads, self._follows, self._timings, self._clock = list(reads), follows, timings, clock
        self._unanswered: list[str] = []
        self._round_at = 0.0
        self._blamed: set[str] = set()

    async def read(
        self, connection: MeterConnection, pair: Callable[[BluetoothError], Awaitable[bool]]
    ) -> None:
        """Has all of it delivered, beside whatever else goes on; ends when no answer is open any more.

        What is not answered is asked again, ever later. All are asked at once: one that is not answered holds up the
        others only where the meter itself answers in order.

        Args:
            connection: is up.
            pair: is told, once, that the meter must be paired to say something; gives whether it is now.
        """
        waiting, may_pair = list(self._reads), True
        for again in count():
            self._round_at = self._clock()
            answers = zip(waiting, await asyncio.gather(*map(connection.read, waiting)), strict=True)
            errors = {uuid: error for uuid, error in answers if error is not None}
            if not again:
                await connection.subscribe(self._follows)
            waiting = [uuid for uuid, error in errors.items() if error.reason == "no answer in time"]
            self._unanswered = list(waiting)
            unpaired = [uuid for uuid, error in errors.items() if error.reason == "not paired"]
            paired = bool(unpaired) and may_pair and await pair(errors[unpaired[0]])
            may_pair = may_pair and not unpaired
            if paired:
                waiting += unpaired
            elif waiting:
                await asyncio.sleep(step(self._timings.again_s, again))
            else:
                return

    def lost(self) -> None:
        """The link is lost: a read that took it down for the second time is not asked for again in this ride."""
        if self._unanswered and self._clock() - self._round_at < _BLAMED_S:
            uuid = self._unanswered[0]  # behind this one all others waited
            if uuid in self._blamed:
                self._reads.remove(uuid)
            self._blamed.add(uuid)
        self._unanswered = []
