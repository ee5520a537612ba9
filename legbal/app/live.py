"""What a screen needs of a running ride, whether it runs here or on another machine."""

from typing import Protocol

import msgspec

from legbal.outlets import OutletState, OutletStatus
from legbal.ride.view import RideView


class Status(msgspec.Struct, frozen=True):
    """How the companion itself is doing, beside the ride: recording, sound, source."""

    recording: bool
    recording_text: str
    sound: OutletState  # of the first outlet that is heard; "off" where there is none
    sound_text: str
    source: str
    lost: int = 0
    finished: bool = False
    error: str = ""
    recordable: bool = True  # False: this ride is not meant to be recorded, as a replay
    ride_id: str = ""  # in the library, once it is recorded
    headers: tuple[OutletStatus, ...] = ()  # of the outlets that have a word in the screen's first line
    trouble: str = ""  # what is wrong with the outlets that are not heard; empty while nothing is
    following: str = ""  # whose ride this is and when it was last heard, where it is somebody else's
    stale: bool = False  # what is shown is no longer now
    fault: str = ""  # a defect that the ride has just met, in a sentence
    loading: bool = False  # the ride is yet to be made: what it looks for, keeps and sounds like is not known


class LiveRide(Protocol):
    """A running ride, as the screen sees it."""

    def view(self) -> RideView:
        """The ride as it stands now."""

    def status(self) -> Status:
        """How recording, sound and source are doing now."""

    def mark(self, kind: str, text: str = "") -> None:
        """Record something that the rider did: a `Mark`'s kind, with a note's text."""

    def zero_instructions(self) -> tuple[str, ...]:
        """What the rider does before the meter's zero offset is set; none where there is no meter to ask."""

    async def zero(self) -> str:
        """Have the meter set its zero offset and say what came of it; raises LegbalError."""

    async def run(self) -> None:
        """Run the ride until its source ends or the task is cancelled."""

    async def finish(self) -> RideView:
        """End the ride in order and return its last view."""
