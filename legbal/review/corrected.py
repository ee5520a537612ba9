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
from legbal.review.summary import VERSION, Summary, summarise
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from legbal.ride.ride import MEASUREMENT, fold
from legbal.ride.sender import profile_of

SUMMARY = "summary"
# what tells a meter, or is told to the rider, but changes nothing of what its bytes mean
_NO_MEANING = {"statements": (), "recognise": (), "connecting": "", "unlock": "", "connections": None}


def version(code: str, profile: Profile) -> str:
    """Of a derived value: the code's, with the profile's id, version and what it says of the bytes."""
    meaning = msgspec.json.encode(msgspec.structs.replace(profile, **_NO_MEANING))
    return f"{code} {profile.id} {profile.version} {hashlib.blake2s(meaning, digest_size=4).hexdigest()}"


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


def outdated(library: Library, ride: KeptRide, profiles: Iterable[Profile]) -> bool:
    """Whether the ride is over and has no summary by the present code and profile."""
    if ride.state == "recording":
        return False
    wanted = version(VERSION, setup_now(library, ride, profiles).profile)
    return wanted not in library.versions(ride, SUMMARY)[:1]


def derive(library: Library, ride: KeptRide, profiles: Iterable[Profile]) -> Summary:
    """Derives the ride's summary with the profile that its meter has now, and keeps it as the newest."""
    setup = setup_now(library, ride, profiles)
    _, view = fold(setup, library.inputs(ride))
    summary = summarise(view)
    library.store(ride, SUMMARY, version(VERSION, setup.profile), msgspec.json.encode(summary))
    return summary
