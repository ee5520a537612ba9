"""A ride second by second, with the share over the half minute before each."""

import msgspec
import numpy as np

from legbal.ride.balance import Tally
from legbal.ride.resample import ResampledRide
from legbal.ride.view import Floats

WINDOW_S = 30  # over which a trace's share reaches, as `RideView.last_30s`


class RideTrace(msgspec.Struct, frozen=True):
    """A ride second by second: arrays of shape (n,), NaN where nothing can be said.

    Attributes:
        t: the end of each second, ride seconds.
        power_w: as the meter stated it; `cadence_rpm`: at that moment.
        left_percent: the work-weighted left share over the 30 s before, with `left_standard_error` in points; both
            only where as many revolutions stand behind them as behind a share in a table.
        usual_percent: the left share that was usual then, at the power of that moment.
        share_w: mean watts of the revolutions behind `left_percent`.
    """

    t: Floats
    power_w: Floats
    cadence_rpm: Floats
    left_percent: Floats
    left_standard_error: Floats
    usual_percent: Floats
    share_w: Floats


def trace_of(ride: ResampledRide, step: float) -> RideTrace:
    """The ride's seconds as arrays; `step` is that in which the meter sends the share, percent."""
    seconds = ride.seconds
    t = np.array([second.t for second in seconds], float)
    left, error, share_w = np.full((3, len(t)), np.nan)
    ends = np.searchsorted(ride.rows[:, 0], t, "right")
    starts = np.searchsorted(ride.rows[:, 0], t - WINDOW_S, "right")
    for i in np.flatnonzero([second.left_percent is not None for second in seconds]):
        share = Tally(step).add_rows(ride.rows[starts[i] : ends[i]]).share()
        if share.rests_on():
            left[i], error[i], share_w[i] = share.left_percent, share.standard_error, share.power_w
    return RideTrace(
        t=t,
        power_w=np.array([second.power_w for second in seconds], float),
        cadence_rpm=np.array([second.cadence_rpm for second in seconds], float),
        left_percent=left,
        left_standard_error=error,
        usual_percent=np.array([second.usual_percent for second in seconds], float),
        share_w=share_w,
    )
