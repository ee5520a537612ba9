"""What is kept of a ride: every input while it runs, and its summary when it has ended."""

from __future__ import annotations

import click
import msgspec

from legbal.errors import LibraryError
from legbal.library.recorder import Recorder
from legbal.library.rides import Library
from legbal.library.writer import NewRide, RideSource
from legbal.review.corrected import SUMMARY, version
from legbal.review.summary import VERSION, summarise
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride


class Keeping:
    """Records one ride and its summary.

    Args:
        source: what kind of ride it is.
        title: how the list of rides calls it.
    """

    def __init__(self, source: RideSource, title: str = "") -> None:
        self._source: RideSource = source
        self._title = title
        self._ride_id = ""

    def record(self, setup: Setup) -> Recorder:
        """A recorder, not yet started, for a ride with this setup."""
        ride = NewRide(setup=setup, source=self._source, title=self._title)
        self._ride_id = ride.id
        return Recorder(ride)

    def keep(self, ride: Ride) -> None:
        """Keeps the summary of the ride that has ended; what prevents that is said, the inputs are safe."""
        try:
            with Library() as library:
                kept = library.find(self._ride_id)
                by = version(VERSION, ride.setup.profile)
                library.store(kept, SUMMARY, by, msgspec.json.encode(summarise(ride.view())))
        except LibraryError as error:
            click.echo(f"legbal: the ride's summary could not be kept: {error}", err=True)
