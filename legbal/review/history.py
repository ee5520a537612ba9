"""The rider's usual balance, learnt from earlier rides: those of the library on the same meter, or of a folder.

Every ride is folded once, as it was ridden; what it teaches is kept in the library beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from legbal.errors import LegbalError
from legbal.library.rides import KeptRide, Library
from legbal.ride.baseline import Baseline, RideSample, learn
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.sources.recorded import opened

VERSION = "1"
"""Of the code that takes a sample; raised when it would take another one from the same inputs."""

_SAMPLE = "sample"
_MOST_RIDES = 20  # the newest; what a leg did a year ago is not usual any more


def sample(setup: Setup, inputs: Iterable[Input]) -> RideSample:
    """What one ride teaches, its drop-offs left out; judged without history, so that order does not matter."""
    ride = Ride(msgspec.structs.replace(setup, baseline=None))
    for item in inputs:
        ride.feed(item)
    return ride.sample()


def from_folder(folder: Path, setup: Setup, complain: Callable[[str], None]) -> Baseline | None:
    """The baseline that the captures and FIT files of a folder teach.

    Args:
        folder: its files *.jsonl and *.fit are one ride each.
        setup: of the ride that asks; a capture's sidecar overrides its FTP and plan for that capture.
        complain: is told of files that cannot be read; the others are used.
    """
    samples = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".jsonl", ".fit"):
            continue
        try:
            recorded = opened(str(path), complain)
            if isinstance(recorded.inputs, Iterable):
                samples.append(sample(recorded.ridden(setup), recorded.inputs))
        except LegbalError as error:
            complain(str(error))
    return learn(samples, setup.ftp_w)


def from_library(library: Library, meter: str, before: datetime, setup: Setup) -> Baseline | None:
    """The baseline that the rider's earlier rides on this meter teach; demonstrations teach nothing."""
    rides = [ride for ride in library.earlier(meter, before) if ride.source != "demo"]
    return learn([_sample_of(library, ride) for ride in rides[:_MOST_RIDES]], setup.ftp_w)


def _sample_of(library: Library, ride: KeptRide) -> RideSample:
    """A kept ride's sample: the stored one, or derived now and stored."""
    stored = library.derived(ride, _SAMPLE, VERSION)
    if stored is not None:
        return msgspec.msgpack.decode(stored, type=RideSample)
    taken = sample(library.setup(ride), library.inputs(ride))
    library.store(ride, _SAMPLE, VERSION, msgspec.msgpack.encode(taken))
    return taken
