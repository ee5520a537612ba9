"""What the live screen draws from: the newest snapshot, and the one whose numbers stand for this second."""

from __future__ import annotations

import msgspec

from legbal.app.companion import Status
from legbal.ride.view import RideView


class Frame(msgspec.Struct, frozen=True, eq=False):
    """One frame's values.

    `now` is as new as the timer allows; alerts and states follow it. `steady` changes at most once a second;
    numbers, bar and trace follow it, so that they can be read. Frames are compared by identity.
    """

    now: RideView
    steady: RideView
    status: Status
    held: bool = False
    flash: str = ""  # the answer to the last key, for a moment
