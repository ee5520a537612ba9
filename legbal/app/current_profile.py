"""The profile that a recorded ride's meter has now, which may be corrected since the ride.

The packets stay as they were recorded, and so does the setup that the ride was ridden with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing

import msgspec

from legbal.app.meter_profiles import profile_of
from legbal.gatt.uuids import MEASUREMENT
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup


def with_current_profile(setup: Setup, first: Sequence[Input], profiles: Iterable[Profile]) -> Setup:
    """A recorded ride's setup with the profile that its meter has now; all else is as it was ridden with.

    Args:
        setup: what it was ridden with.
        first: its preamble, by which the meter is known.
        profiles: the families as they are known now, the rider's own included.
    """
    then, known = setup.profile, tuple(profiles)
    now = profile_of(first, known)
    if now is UNLISTED:
        now = next((profile for profile in known if profile.id == then.id), then)
    if now.id == then.id and now.reference == "flag":  # then the rider may have said whose balance it is
        now = msgspec.structs.replace(now, reference=then.reference)
    return msgspec.structs.replace(setup, profile=now)


def preamble(inputs: Iterable[Input]) -> list[Input]:
    """The inputs up to the first measurement, that one included: by them a ride knows its meter."""
    first = []
    for item in inputs:
        first.append(item)
        if isinstance(item, Notification) and item.uuid in (MEASUREMENT, FIT_RECORD):
            break
    return first


def current_setup(library: Library, ride: RideRow, profiles: Iterable[Profile]) -> Setup:
    """A kept ride's setup with the profile that its meter has now; a demonstration keeps its own."""
    setup = library.setup(ride)
    if ride.source == "demo":
        return setup
    inputs = library.inputs(ride)
    with closing(inputs):
        return with_current_profile(setup, preamble(inputs), profiles)
