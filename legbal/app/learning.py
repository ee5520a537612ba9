"""What a rider's earlier rides teach, from the library or from a folder of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from legbal.analysis.learning import contribution, with_contributions
from legbal.app.derivation import CONTRIBUTION, Derivation
from legbal.errors import LegbalError
from legbal.library.rides import Library, RideRow
from legbal.ride.inputs import Setup
from legbal.sources.open_ride import open_ride

_MOST_RIDES = 20  # the newest; what a leg did a year ago is not usual any more


def from_folder(folder: Path, setup: Setup, complain: Callable[[str], None]) -> Setup:
    """The setup with what the captures and FIT files of a folder teach.

    Args:
        folder: its files *.jsonl and *.fit are one ride each.
        setup: of the ride that asks; a capture's sidecar overrides its FTP and plan for that capture.
        complain: is told of files that cannot be read; the others are used.
    """
    rides = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in (".jsonl", ".fit"):
            continue
        try:
            recorded = open_ride(str(path), complain)
            rides.append(contribution(recorded.setup_for(setup), recorded.inputs))
        except LegbalError as error:
            complain(str(error))
    return with_contributions(setup, rides)


def from_library(library: Library, meter: str, before: datetime, setup: Setup, *, folds: int = 1) -> Setup:
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
    for ride in islice(alike, _MOST_RIDES):
        then = msgspec.structs.replace(library.setup(ride), profile=setup.profile)
        derivation = Derivation(library, ride, then)
        found = derivation.find(CONTRIBUTION)
        if found is None and folds:
            folds -= 1
            found = derivation.get(CONTRIBUTION)
            derivation.save()
        if found is not None:
            rides.append(found)
    return with_contributions(setup, rides)


def teaching(rides: Iterable[RideRow]) -> frozenset[str]:
    """The ids of those rides, of these newest first, from which the next ride on one of their meters learns."""
    found, of_meter = set(), Counter[str]()
    for ride in rides:
        if ride.source != "demo" and any(of_meter[meter] < _MOST_RIDES for meter in ride.meters):
            found.add(ride.id)
            of_meter.update(ride.meters)
    return frozenset(found)
