"""What a ride's screen shows while the ride itself is loaded."""

from array import array
from typing import cast

from legbal.app.live import Status
from legbal.present.sentences import say
from legbal.ride.share import EMPTY
from legbal.ride.view import Counts, Floats, Glance, RideView, Trace

_NO_NUMBERS = cast(
    Floats, array("d")
)  # a trace's own type is NumPy's, which takes longer to load than the screen
_VIEW = RideView(
    t=0.0,
    balance="unknown",
    reference="unknown",
    meter_name="",
    power_w=None,
    cadence_rpm=None,
    pedalling=False,
    last_3s=EMPTY,
    last_10s=EMPTY,
    last_30s=EMPTY,
    glance=Glance(learning_s=120.0),
    ride=EMPTY,
    interval=None,
    weak_leg="unknown",
    target_percent=None,
    usual=None,
    evidence=0.0,
    recovered=None,
    muted=False,
    ftp_w=None,
    limits=(),
    intervals=(),
    bands=(),
    alert=None,
    told=(),
    notes=(),
    counts=Counts(),
    trace=Trace(_NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS),
)


class UpcomingRide:
    """A `LiveRide` of which nothing has arrived yet.

    Attributes:
        marks: what the rider did meanwhile, which belongs to the ride: a `Mark`'s kind, with a note's text.
    """

    def __init__(self) -> None:
        self.marks: list[tuple[str, str]] = []

    def view(self) -> RideView:
        """As a ride begins."""
        return _VIEW

    def status(self) -> Status:
        """As of a ride that is to begin."""
        return Status(
            recording=False,
            recording_text=say("recording.to_begin"),
            sound="off",
            sound_text="",
            source="",
        )

    def mark(self, kind: str, text: str = "") -> None:
        """Keep it for the ride."""
        self.marks.append((kind, text))

    def zero_instructions(self) -> tuple[str, ...]:
        """None: there is no meter yet."""
        return ()

    async def zero(self) -> str:
        """Nobody asks for it without instructions."""
        raise NotImplementedError

    async def run(self) -> None:
        """Nothing comes of it."""

    async def finish(self) -> RideView:
        """There was nothing."""
        return _VIEW
