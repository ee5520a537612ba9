"""How does a ride run: what the screen needs of whoever runs it."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from legbal.ride.view import RideView


class Status(msgspec.Struct, frozen=True):
    """How the companion itself is doing, beside the ride: recording, sound, source."""

    recording: bool
    recording_text: str
    sound: Literal["on", "muted", "bell", "off"]
    sound_text: str
    source: str
    lost: int = 0
    finished: bool = False
    error: str = ""


class Live(Protocol):
    """A running ride, as the screen sees it."""

    def view(self) -> RideView:
        """The ride as it stands now."""
        ...

    def status(self) -> Status:
        """How recording, sound and source are doing now."""
        ...

    def mark(self, kind: str, text: str = "") -> None:
        """Record something that the rider did: a `Mark`'s kind, with a note's text."""
        ...

    async def run(self) -> None:
        """Run the ride until its source ends or the task is cancelled."""
        ...

    async def finish(self) -> RideView:
        """End the ride in order and return its last view."""
        ...
