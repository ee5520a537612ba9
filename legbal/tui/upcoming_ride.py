"""What a ride's screen shows while the ride itself is loaded."""

from legbal.app.live import Status
from legbal.errors import SourceError
from legbal.ride.view import BLANK, RideView


class UpcomingRide:
    """A `LiveRide` of which nothing has arrived yet.

    Attributes:
        marks: what the rider did meanwhile, which belongs to the ride: a `Mark`'s kind, with a note's text.
    """

    def __init__(self) -> None:
        self.marks: list[tuple[str, str]] = []

    def view(self) -> RideView:
        """Of no ride."""
        return BLANK

    def status(self) -> Status:
        """That it is yet to be loaded."""
        return Status(recording=False, recording_text="", sound="off", sound_text="", source="", loading=True)

    def mark(self, kind: str, text: str = "") -> None:
        """Keep it for the ride."""
        self.marks.append((kind, text))

    def zero_instructions(self) -> tuple[str, ...]:
        """None: there is no meter yet."""
        return ()

    async def zero(self) -> str:
        """Raises SourceError: there is no meter yet."""
        raise SourceError("This ride has no meter yet")

    async def run(self) -> None:
        """Nothing comes of it."""

    async def finish(self) -> RideView:
        """There was nothing."""
        return BLANK
