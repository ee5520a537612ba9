"""The packets of a capture while it is recorded: what goes into the file, and what does not."""

from __future__ import annotations

import re

import msgspec

from legbal.gatt.uuids import MEASUREMENT
from legbal.ride.inputs import Input, Notification

MOST = 500_000  # 34 hours at 4 a second, a few minutes of a meter gone mad
NAMELESS = "meter"

# how a meter without a name is called: by its address, or on macOS by an identifier that the system made up
_ADDRESS = re.compile(
    r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)


class Packets:
    """Notifications with seconds since the first one, and without addresses.

    Attributes:
        notifications: in order of arrival.
    """

    def __init__(self) -> None:
        self.notifications: list[Notification] = []
        self._start = 0.0
        self._measurements = 0

    @property
    def full(self) -> bool:
        """Whether there is room for no more."""
        return len(self.notifications) >= MOST

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        other = len(self.notifications) - self._measurements
        return f"{self._measurements} measurements and {other} other packets in {seconds:.0f} s"

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or self.full:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        meter = NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter
        t = round(item.t - self._start, 6)
        self.notifications.append(msgspec.structs.replace(item, t=t, meter=meter))
