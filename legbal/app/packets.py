"""A meter's raw packets, recorded for a bug report or a profile, and kept in a file."""

import re
from datetime import datetime
from pathlib import Path

import msgspec

from legbal.errors import CaptureError, SourceError
from legbal.files import capture
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

    Args:
        output: the file; None: one here that is named by meter and time.
        overwrite: whether a file that is there already may be replaced.

    Attributes:
        notifications: in order of arrival.

    Raises:
        CaptureError: the file could not be written: said before the recording, not after it.
    """

    def __init__(self, output: Path | None = None, *, overwrite: bool = False) -> None:
        if output is not None and output.exists() and not overwrite:
            raise CaptureError(
                f"{output} is there already", hint="Choose another name, or replace it with --overwrite."
            )
        if output is not None and not output.parent.is_dir():
            raise CaptureError(f"{output} cannot be written: there is no folder {output.parent}")
        self._output, self._overwrite = output, overwrite
        self.notifications: list[Notification] = []
        self._measurements = 0  # counted as they come: `text` is asked each second, in the radio's loop
        self._start = 0.0

    @property
    def text(self) -> str:
        """How much there is, for the rider."""
        seconds = self.notifications[-1].t if self.notifications else 0.0
        others = len(self.notifications) - self._measurements
        return f"{self._measurements} measurements and {others} other packets in {seconds:.0f} s"

    @property
    def are_full(self) -> bool:
        """Whether no more are kept."""
        return len(self.notifications) >= MOST

    def take(self, item: Input) -> None:
        """Keeps a notification; links and what comes when it is full are passed over."""
        if not isinstance(item, Notification) or self.are_full:
            return
        if not self.notifications:
            self._start = item.t
        self._measurements += item.uuid == MEASUREMENT
        self.notifications.append(
            msgspec.structs.replace(
                item,
                t=round(item.t - self._start, 6),
                meter=NAMELESS if _ADDRESS.fullmatch(item.meter) else item.meter,
            )
        )

    def write(self) -> Path:
        """Writes the file at once and whole; gives where. Raises SourceError where there is nothing to write."""
        if not self.notifications:
            raise SourceError(
                "nothing was recorded", hint="Turn the cranks to wake the meter, and try again."
            )
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.notifications[0].meter).strip("-") or NAMELESS
        path = self._output or Path(f"{name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
        capture.write(path, self.notifications, overwrite=self._overwrite)
        return path
