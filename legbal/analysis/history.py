"""What earlier rides teach: the rider's usual balance on this meter, and the FTP for which their power speaks.

Every ride is folded once, as it was ridden; what it teaches is kept in the library beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from legbal.analysis.corrected import setup_now, version
from legbal.errors import LegbalError
from legbal.library.rides import KeptRide, Library
from legbal.meters.profile import Profile
from legbal.ride.baseline_fit import RideSample, learn
from legbal.ride.ftp import Shown, from_rides, reckoned
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.sources.open_ride import open_ride

VERSION = "4"
"""Of the code that takes a lesson; raised when it would take another one from the same inputs."""

_LESSON = "lesson"
_MOST_RIDES = 20  # the newest; what a leg did a year ago is not usual any more
_TO_DOUBT = 3  # rides of half an hour, before a stated FTP is held against them


class Lesson(msgspec.Struct, frozen=True):
    """What one ride teaches: its pedalling without its drop-offs, and what its power says of FTP."""

    sample: RideSample
    ftp: Shown


def lesson(setup: Setup, inputs: Iterable[Input]) -> Lesson:
    """What one ride teaches; judged without history, so that order does not matter."""
    ride = Ride(msgspec.structs.replace(setup, baseline=None, earlier_ftp_w=None))
    for item in inputs:
        ride.feed(item)
    return Lesson(ride.sample(), ride.ftp_shown())


def with_lessons(setup: Setup, lessons: Sequence[Lesson]) -> Setup:
    """The setup with what these rides teach."""
    shown = [x.ftp for x in lessons]
    earlier = from_rides(shown) if setup.ftp_w is None else reckoned(shown, _TO_DOUBT)
    baseline = learn([x.sample for x in lessons], setup.ftp_w or earlier)
    return msgspec.structs.replace(setup, baseline=baseline, earlier_ftp_w=earlier)


def from_folder(folder: Path, setup: Setup, complain: Callable[[str], None]) -> Setup:
    """The setup with what the captures and FIT files of a folder teach.

    Args:
        folder: its files *.jsonl and *.fit are one ride each.
        setup: of the ride that asks; a capture's sidecar overrides its FTP and plan for that capture.
        complain: is told of files that cannot be read; the others are used.
    """
    lessons = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".jsonl", ".fit"):
            continue
        try:
            recorded = open_ride(str(path), complain)
            if isinstance(recorded.inputs, Iterable):
                lessons.append(lesson(recorded.setup_for(setup), recorded.inputs))
        except LegbalError as error:
            complain(str(error))
    return with_lessons(setup, lessons)


def from_library(
    library: Library, meter: str, before: datetime, setup: Setup, *, lessons_now: int = 1
) -> Setup:
    """The setup with what the rider's earlier rides on this meter teach.

    Demonstrations teach nothing. Neither do rides in which the rider's word on exchanged sides was another one:
    nobody knows whether that was so then, or was only found out later.

    Args:
        library: where the rides are.
        meter: its name.
        before: aware; only rides that started earlier count.
        setup: of the ride that asks.
        lessons_now: how many rides may be folded for it now; one takes up to a second, and a ride that is about
            to begin cannot wait. Lessons are otherwise taken when a ride has ended, and again with its summary.
    """
    alike = (
        ride
        for ride in library.earlier(meter, before)
        if ride.source != "demo" and library.setup(ride).swap_sides == setup.swap_sides
    )
    lessons = []
    for ride in islice(alike, _MOST_RIDES):
        known = _stored(library, ride, setup.profile)
        if known is None and lessons_now:
            lessons_now -= 1
            known = take(library, ride, setup.profile)
        if known is not None:
            lessons.append(known)
    return with_lessons(setup, lessons)


def _stored(library: Library, ride: KeptRide, profile: Profile) -> Lesson | None:
    """The lesson that was taken of a ride with its meter's profile as it is now."""
    stored = library.derived(ride, _LESSON, version(VERSION, profile))
    return None if stored is None else msgspec.msgpack.decode(stored, type=Lesson)


def take(library: Library, ride: KeptRide, profile: Profile) -> Lesson:
    """Takes a kept ride's lesson, with its meter's profile as it is now, and stores it."""
    setup = msgspec.structs.replace(library.setup(ride), profile=profile)
    taken = lesson(setup, library.inputs(ride))
    library.store(ride, _LESSON, version(VERSION, profile), msgspec.msgpack.encode(taken))
    return taken


def teaching(rides: Iterable[KeptRide]) -> frozenset[str]:
    """The ids of those rides, of these newest first, from which the next ride on one of their meters learns."""
    found, of_meter = set(), Counter[str]()
    for ride in rides:
        if ride.source != "demo" and any(of_meter[meter] < _MOST_RIDES for meter in ride.meters):
            found.add(ride.id)
            of_meter.update(ride.meters)
    return frozenset(found)


def take_again(library: Library, ride: KeptRide, profiles: Iterable[Profile]) -> None:
    """Takes a kept ride's lesson, unless it was taken by this code with the profile that its meter has now."""
    profile = setup_now(library, ride, profiles).profile
    if _stored(library, ride, profile) is None:
        take(library, ride, profile)
