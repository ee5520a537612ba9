"""Where the radio leaves what arrives until the ride takes it."""

import asyncio
from collections.abc import Callable
from typing import Literal

from legbal.meters.limits import Remark, RemarkOrText
from legbal.ride.inputs import Input, Link, Notification


class InputQueue(asyncio.Queue[Input | None]):
    """Where the radio's callbacks leave what arrives, stamped, until the ride takes it; None: no more will come.

    A ride that does not keep up loses the newest notifications; their number is told, as the remark of a link input,
    before the first one that finds room again.

    Args:
        clock: seconds, monotonic; its present value becomes 0.
        capacity: how many inputs may wait: at a meter's 4 a second, hours; at the 100 of a faulty one, ten minutes.
    """

    def __init__(self, clock: Callable[[], float], capacity: int = 65_536) -> None:
        super().__init__()  # unbounded: what is told of the link always finds room
        self._clock, self._start = clock, clock()
        self._capacity = capacity
        self._lost = 0
        self._last: tuple[str, str, RemarkOrText] | None = None

    def notify(self, meter: str, uuid: str, data: bytes) -> None:
        """Takes a characteristic's value that has just arrived."""
        now = self._clock() - self._start
        if self.qsize() >= self._capacity:
            self._lost += 1
            return
        if self._lost:
            self.put_nowait(Link(now, "connected", meter, Remark("link.inputs_lost", {"lost": self._lost})))
            self._lost = 0
        self.put_nowait(Notification(now, data, uuid, meter))

    def tell(
        self,
        state: Literal["searching", "connecting", "connected", "lost", "stalled", "ended"],
        meter: str = "",
        remark: RemarkOrText = "",
        rssi: int | None = None,
    ) -> None:
        """Takes the link's present state; the same thing is not said twice in a row."""
        if (state, meter, remark) != self._last:
            self._last = (state, meter, remark)
            self.put_nowait(Link(self._clock() - self._start, state, meter, remark, rssi))
