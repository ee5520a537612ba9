"""What the efforts of a ride say beside its power bands: how a leg tired, how the sprints were shared, and the noise.

Time is time of effort: seconds within intervals, one after the other, without the rests between them.
"""

import msgspec

from legbal.ride.baseline import Noise
from legbal.ride.inputs import Side
from legbal.ride.share import EMPTY, Estimate, Share

LEAST_DEFICIT = 2.0  # points below the level before, from which a drop-off counts


class Deficit(msgspec.Struct, frozen=True):
    """A drop-off that was told, of so many points and of `LEAST_DEFICIT` at least.

    Attributes:
        effort_s: seconds of effort before it; `below_s`: of effort during it.
        back_after_s: seconds until the leg was back; None where the alert ended otherwise.
    """

    side: Side
    effort_s: float
    points: float
    below_s: float
    back_after_s: float | None = None


class Efforts(msgspec.Struct, frozen=True, kw_only=True):
    """The efforts of one ride.

    Attributes:
        seconds: all of them.
        drift: of the left share outside drop-offs, points an hour of effort, bands kept apart; None with too little
            effort.
        deficits: in order.
        sprints: the share in efforts of 5 to 20 s far above FTP, of all of them together, and its error.
        noise: of the share, second by second, as the drop-off alert weighs it; None without a balance.
    """

    seconds: float = 0.0
    drift: Estimate | None = None
    deficits: tuple[Deficit, ...] = ()
    sprints: Share = EMPTY
    noise: Noise | None = None

    def first(self, side: Side) -> float | None:
        """Seconds of effort until a leg's first deficit; None: it had none in all of `seconds`."""
        return next((x.effort_s for x in self.deficits if x.side == side), None)

    def below(self, side: Side) -> float:
        """Seconds of effort in which a leg was in deficit."""
        return sum(x.below_s for x in self.deficits if x.side == side)

    def back(self, side: Side) -> float | None:
        """Seconds until a leg was back, in the mean; None where it never was, or had no deficit."""
        backs = [x.back_after_s for x in self.deficits if x.side == side and x.back_after_s is not None]
        return sum(backs) / len(backs) if backs else None
