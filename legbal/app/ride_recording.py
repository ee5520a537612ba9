"""What is kept of a ride: every input while it runs, and its summary when it has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from legbal.app.meter_profiles import profiles
from legbal.app.reindex import keep_summary
from legbal.errors import LibraryError
from legbal.library.recorder import Recorder, RecorderStatus
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideSource
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride


class Complain(Protocol):
    """Is told what goes wrong and, where that is known, what to do."""

    def __call__(self, text: str, hint: str | None = None, /) -> None:
        """Takes in one trouble."""
        ...


class RideRecording:
    """Records one ride and its summary.

    Args:
        source: what kind of ride it is.
        title: how the list of rides calls it.
        complain: is told what goes wrong, and what to do about it.
        aloud: it is told of the recording as that changes; the screen shows it by itself.
    """

    def __init__(
        self, source: RideSource, title: str = "", *, complain: Complain, aloud: bool = False
    ) -> None:
        self._source: RideSource = source
        self._title = title
        self._complain = complain
        self._aloud = aloud
        self._ride_id = ""
        self._recorder: Recorder | None = None

    def record(self, setup: Setup, started: datetime) -> Recorder:
        """A recorder, not yet started, for a ride with this setup whose second 0 was at `started`, aware."""
        ride = NewRide(setup=setup, source=self._source, title=self._title, started=started)
        self._ride_id = ride.id
        self._recorder = Recorder(ride, on_change=self._say if self._aloud else None)
        return self._recorder

    def keep(self, _ride: Ride) -> None:
        """Keeps the summary of the ride that has ended; what prevents that is said, the inputs are safe."""
        if self._recorder is not None and not (status := self._recorder.status).written:
            if not self._aloud:
                self._say(status)
            return
        try:
            with Library() as library:
                # With what a ride teaches, so that the next one begins at once, knowing this one.
                keep_summary(library, library.find(self._ride_id), profiles(), teaches=self._source == "ride")
        except LibraryError as error:
            self._complain(f"the ride's summary could not be kept: {error}", None)

    def _say(self, status: RecorderStatus) -> None:
        """Says how recording goes now that this has changed."""
        lost = f"{status.lost} inputs are lost" if status.lost else ""
        trouble = f"not recorded: {status.reason}" if status.reason else ""
        text = "; ".join(part for part in (trouble, lost) if part) or "recording goes on"
        self._complain(text, status.hint)
