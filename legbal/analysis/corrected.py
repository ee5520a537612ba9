"""Old rides in the light of a corrected profile: what is derived from them is derived anew, beside the old.

The packets stay as they were recorded, and so does the setup that the ride was ridden with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import closing

import msgspec

from legbal.library.rides import KeptRide, Library
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from legbal.ride.ride import MEASUREMENT
from legbal.ride.sender import profile_of

# what is told to the rider, but changes nothing of which meter it is or what its bytes mean
_NO_MATTER = {"statements": (), "connecting": "", "unlock": "", "connections": None}


def version(code: str, profile: Profile) -> str:
    """Of a derived value: the code's, with the profile's id, version and what it says of the bytes."""
    meaning = _digest(msgspec.structs.replace(profile, **_NO_MATTER, recognise=()), 4)
    return f"{code} {profile.id} {profile.version} {meaning}"


def basis(code: str, profiles: Sequence[Profile]) -> str:
    """Of the versions of all derived values: the code's, with what all profiles say that could matter to any ride."""
    return f"{code} {_digest([msgspec.structs.replace(x, **_NO_MATTER) for x in profiles], 8)}"


def _digest(said: object, size: int) -> str:
    return hashlib.blake2s(msgspec.json.encode(said), digest_size=size).hexdigest()


def corrected(setup: Setup, begun: Sequence[Input], profiles: Iterable[Profile]) -> Setup:
    """A kept ride's setup with the profile that its meter has now; all else is as it was ridden with.

    Args:
        setup: what it was ridden with.
        begun: its inputs up to the first measurement, by which the meter is known.
        profiles: the families as they are known now, the rider's own included.
    """
    then, known = setup.profile, tuple(profiles)
    now = profile_of(known, begun)
    if now is UNLISTED:
        now = next((profile for profile in known if profile.id == then.id), then)
    if now.id == then.id and now.reference == "flag":  # then the rider may have said whose balance it is
        now = msgspec.structs.replace(now, reference=then.reference)
    return msgspec.structs.replace(setup, profile=now)


def begun(inputs: Iterable[Input]) -> list[Input]:
    """The inputs up to the first measurement, that one included: by them a ride knows its meter."""
    first = []
    for item in inputs:
        first.append(item)
        if isinstance(item, Notification) and item.uuid in (MEASUREMENT, FIT_RECORD):
            break
    return first


def setup_now(library: Library, ride: KeptRide, profiles: Iterable[Profile]) -> Setup:
    """A kept ride's setup with the profile that its meter has now; a demonstration keeps its own."""
    setup = library.setup(ride)
    if ride.source == "demo":
        return setup
    inputs = library.inputs(ride)
    with closing(inputs):
        return corrected(setup, begun(inputs), profiles)
