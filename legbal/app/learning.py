"""What the rider's earlier rides teach the next one: what is usual, and what their power says of FTP."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from legbal.app.derivation import Derivation, DerivedValue, LibraryRide
from legbal.errors import LegbalError
from legbal.library.derived import version
from legbal.library.rides import Library
from legbal.ride.baseline_fit import RideSample, learn
from legbal.ride.ftp import FtpContribution, estimate_from_power, from_rides
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.sources.replay import open_ride

MOST_RIDES = 20
"""So many earlier rides teach, the newest; what a leg did a year ago is not usual any more."""

_TO_DOUBT = 3  # rides of half an hour, before a stated FTP is held against them


class RideContribution(msgspec.Struct, frozen=True):
    """What one ride teaches: its pedalling without its drop-offs, and what its power says of FTP."""

    sample: RideSample
    ftp: FtpContribution


def contribution(setup: Setup, inputs: Iterable[Input]) -> RideContribution:
    """What one ride teaches; judged without history, so that order does not matter."""
    ride = Ride(msgspec.structs.replace(setup, baseline=None, earlier_ftp_w=None))
    for item in inputs:
        ride.feed(item)
    return RideContribution(ride.usual.sample(), ride.intervals.estimate.contribution)


def with_contributions(setup: Setup, rides: Sequence[RideContribution]) -> Setup:
    """The setup with what these rides teach."""
    shown = [x.ftp for x in rides]
    earlier = from_rides(shown) if setup.ftp_w is None else estimate_from_power(shown, _TO_DOUBT)
    return msgspec.structs.replace(
        setup,
        baseline=learn([x.sample for x in rides], setup.ftp_w or earlier),
        earlier_ftp_w=earlier,
    )


CONTRIBUTION = DerivedValue[RideContribution](
    "contribution",
    lambda ride: contribution(ride.setup, ride.inputs()),
    msgspec.msgpack.encode,
    msgspec.msgpack.Decoder(RideContribution).decode,
    "lesson",
)


def learn_from_folder(folder: Path, setup: Setup, complain: Callable[[str], None]) -> Setup:
    """The setup with what the captures and FIT files of a folder teach.

    Args:
        folder: its files *.jsonl and *.fit are one ride each.
        setup: of the ride that asks; a capture's sidecar overrides its FTP and plan for that capture.
        complain: is told of files that cannot be read; the others are used.
    """
    rides = []
    for path in sorted(x for x in folder.iterdir() if x.suffix.lower() in (".jsonl", ".fit")):
        try:
            recorded = open_ride(str(path), complain)
            rides.append(contribution(recorded.setup_for(setup), recorded.inputs))
        except LegbalError as error:
            complain(str(error))
    return with_contributions(setup, rides)


def learn_from_library(
    library: Library, meter: str, before: datetime, setup: Setup, *, folds: int = 1
) -> Setup:
    """The setup with what the rider's earlier rides on this meter teach.

    Demonstrations teach nothing. Neither do rides in which the rider's word on exchanged sides was another one:
    nobody knows whether that was so then, or was only found out later.

    Args:
        library: where the rides are.
        meter: its name.
        before: aware; only rides that started earlier count.
        setup: of the ride that asks.
        folds: how many rides may be folded for it now; one takes up to a second, and a ride that is about to begin
            cannot wait. Contributions are otherwise kept when a ride has ended, and again with its summary.
    """
    alike = (
        ride
        for ride in library.earlier(meter, before)
        if ride.source != "demo" and library.setup(ride).swap_sides == setup.swap_sides
    )
    rides = []
    for ride in islice(alike, MOST_RIDES):
        then = msgspec.structs.replace(library.setup(ride), profile=setup.profile)
        taught = CONTRIBUTION.read(
            library.derived(ride, "contribution", version("contribution", then.profile))
        )
        if taught is None and folds:
            folds -= 1
            taught = Derivation(then, in_library=LibraryRide(library, ride)).get_and_save(CONTRIBUTION)
        if taught is not None:
            rides.append(taught)
    return with_contributions(setup, rides)
