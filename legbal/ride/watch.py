"""When a leg is worth watching: its alert may be next, likely enough to have the rider look."""

from legbal.ride.inputs import Side

# So near to the bar, in standard deviations: set on real rides so that a third of such moments lead to an alert within
# a minute. `tests.benchmarks.operating_curve` holds it, and shows what others would do.
NEAR = 0.2
_STAYS_S = 20.0  # a word that came and went with every few seconds could not be read


class Watch:
    """Follows how near a step is to the bar.

    Attributes:
        side: the leg that is worth watching; None: neither.
    """

    def __init__(self) -> None:
        self.side: Side | None = None
        self._near_t = 0.0

    def feed(self, t: float, side: Side | None, beyond: float) -> None:
        """Takes in, at ride second `t`, whose step stands out most, and by how much beyond the bar; None: neither's."""
        if side is not None and beyond > -NEAR:
            self.side, self._near_t = side, t
        elif t - self._near_t > _STAYS_S:
            self.side = None
