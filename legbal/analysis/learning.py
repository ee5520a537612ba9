"""What rides teach the next one: the rider's usual balance on a meter, and the FTP for which their power speaks.

Every ride is folded once, as it was ridden, and leaves its contribution.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from legbal.ride.baseline_fit import RideSample, learn
from legbal.ride.ftp import Shown, from_rides, reckoned
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride

_TO_DOUBT = 3  # rides of half an hour, before a stated FTP is held against them


class RideContribution(msgspec.Struct, frozen=True):
    """What one ride teaches: its pedalling without its drop-offs, and what its power says of FTP."""

    sample: RideSample
    ftp: Shown


def contribution(setup: Setup, inputs: Iterable[Input]) -> RideContribution:
    """What one ride teaches; judged without history, so that order does not matter."""
    ride = Ride(msgspec.structs.replace(setup, baseline=None, earlier_ftp_w=None))
    for item in inputs:
        ride.feed(item)
    return RideContribution(ride.usual.sample(), ride.intervals.estimate.shown)


def with_contributions(setup: Setup, rides: Sequence[RideContribution]) -> Setup:
    """The setup with what these rides teach."""
    shown = [x.ftp for x in rides]
    earlier = from_rides(shown) if setup.ftp_w is None else reckoned(shown, _TO_DOUBT)
    baseline = learn([x.sample for x in rides], setup.ftp_w or earlier)
    return msgspec.structs.replace(setup, baseline=baseline, earlier_ftp_w=earlier)
