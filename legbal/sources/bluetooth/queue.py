"""Where the radio leaves what arrives until the ride takes it."""

import asyncio
from collections.abc import Callable
from typing import Literal

from legbal.gatt.uuids import MEASUREMENT
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
        self._newest = 0.0

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def notify(self, meter: str, uuid: str, data: bytes, at: float | None = None) -> None:
        """Takes a characteristic's value that has just arrived, or did `at` that second."""
        if self.qsize() >= self._capacity:
            self._lost += 1
            return
        now = self._stamp(at)
        if self._lost:
            self.put_nowait(Link(now, "connected", meter, Remark("link.inputs_lost", {"lost": self._lost})))
            self._lost = 0
        self.put_nowait(Notification(now, data, uuid, meter))

    def notify_beside(self, device: str, uuid: str, data: bytes, at: float | None) -> None:
        """As `notify`, of a device beside the meters, which leaves them half of the room."""
        if self.qsize() < self._capacity // 2:
            self.put_nowait(Notification(self._stamp(at), data, uuid, device))

    def tell(
        self,
        state: Literal["searching", "connecting", "connected", "lost", "stalled", "ended"],
        meter: str = "",
        remark: RemarkOrText = "",
        rssi: int | None = None,
        at: float | None = None,
    ) -> None:
        """Takes the link's present state, or that `at` that second; the same thing is not said twice in a row."""
        if (state, meter, remark) != self._last:
            self._last = (state, meter, remark)
            self.put_nowait(Link(self._stamp(at), state, meter, remark, rssi))

    def _stamp(self, at: float | None) -> float:
        """The time of the next input: none is earlier than the one before it."""
        self._newest = max(self._newest, self.now if at is None else at)
        return self._newest


class MeterInbox:
    """One meter's way into the queue, on which what it says about itself goes before its first measurements.

    Args:
        queue: where its values and its link's states go.
        label: how the ride calls it.

    Attributes:
        values: the newest of each characteristic.
    """

    def __init__(self, queue: InputQueue, label: str) -> None:
        self.values: dict[str, bytes] = {}
        self._queue, self._label = queue, label
        self._held: list[tuple[float, bytes]] | None = None  # measurements with their times, while they wait
        self._rssi: int | None = None
        self._silent = False
        self._remark: Remark | None = None

    def hold(self) -> None:
        """From here on measurements wait for `open`, with the times at which they arrive."""
        self._held = []

    def deliver(self, uuid: str, data: bytes) -> None:
        """Takes a value that has just arrived."""
        self.values[uuid] = data
        if uuid != MEASUREMENT:
            # it describes the meter that sent what waits
            self._queue.notify(self._label, uuid, data, self.held_since)
        elif self._held is not None:
            self._held.append((self._queue.now, data))
        else:
            if self._silent:
                self._silent = False
                self._queue.tell("connected", self._label, rssi=self._rssi)
            self._queue.notify(self._label, uuid, data)

    def connected(self, rssi: int | None) -> None:
        """The link is up, since before the first measurement that waits."""
        self._rssi, self._silent = rssi, False
        self._queue.tell("connected", self._label, rssi=rssi, at=self.held_since)

    def tell(self, remark: Remark) -> None:
        """Tells it of the link that is up; while measurements wait, before them."""
        if self._held is None:
            self._queue.tell("connected", self._label, remark, self._rssi)
        else:
            self._remark = remark

    def silent(self, seconds: float) -> None:
        """Nothing has arrived for so long, though the link is up: told once until something arrives."""
        if not self._silent:
            self._silent = True
            silence = Remark("link.silent", {"meter": self._label, "silent_s": seconds})
            self._queue.tell("stalled", self._label, silence)

    def drop(self) -> None:
        """Forgets what waits: another meter sent it."""
        self._held = self._remark = None

    def open(self) -> None:
        """Nothing waits any longer."""
        held, self._held = self._held or (), None
        remark, self._remark = self._remark, None
        if remark is not None:
            self._queue.tell("connected", self._label, remark, self._rssi, held[0][0] if held else None)
        for at, data in held:
            self._queue.notify(self._label, MEASUREMENT, data, at)

    @property
    def held_since(self) -> float | None:
        """The time of the first measurement that waits; None: none does."""
        return self._held[0][0] if self._held else None
