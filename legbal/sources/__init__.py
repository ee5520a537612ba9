"""Where do notifications come from: radio, recording, simulated rider. All enter by the same door."""

from collections.abc import AsyncGenerator
from typing import Protocol

from legbal.ride.inputs import Input


class Source(Protocol):
    """Gives the inputs of one ride, in order, until it is exhausted or its consumer stops.

    Times are seconds since the ride's start, never falling. Closing the iterator (`aclose`, or cancelling the
    task that iterates) ends the source in an orderly way: links are closed, files are shut.
    """

    def inputs(self) -> AsyncGenerator[Input, None]:
        """The inputs of the ride; raises SourceError when no (more) notifications can be had at all."""
