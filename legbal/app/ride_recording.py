"""A ride in the library: its inputs while it runs, its summary when it has ended."""

from datetime import datetime
from typing import Protocol

from legbal.app.meters import profiles
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
        self._title, self._complain, self._aloud = title, complain, aloud

    def record(self, setup: Setup, started: datetime) -> Recorder:
        """A recorder, not yet started, for a ride with this setup whose second 0 was at `started`, aware."""
        return Recorder(
            NewRide(setup=setup, source=self._source, title=self._title, started=started),
            on_change=self._say if self._aloud else lambda _: None,
        )

    def keep(self, _ride: Ride, recorder: Recorder) -> None:
        """Keeps the summary of the ride that has ended; what prevents that is said, the inputs are safe."""
        if not recorder.status.written:
            if not self._aloud:
                self._say(recorder.status)
            return
        # all that is derived once a ride is over, which its beginning need not wait for
        from legbal.app.ride_values import keep_summary

        try:
            with Library() as library:
                # With what a ride teaches, so that the next one begins at once, knowing this one.
                keep_summary(
                    library, library.find(recorder.ride_id), profiles(), teaches=self._source == "ride"
                )
        except LibraryError as error:
            self._complain(f"the ride's summary could not be kept: {error}", None)

    def _say(self, status: RecorderStatus) -> None:
        troubles = (
            f"not recorded: {status.reason}" if status.reason else "",
            f"{status.lost} inputs are lost" if status.lost else "",
        )
        self._complain("; ".join(filter(None, troubles)) or "recording goes on", status.hint)
