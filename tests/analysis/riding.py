"""Rides for reviews: simulated ones whose truth is known, straight as revolutions."""

from __future__ import annotations

import msgspec
import numpy as np

from legbal.analysis.comparisons import RideRevolutions
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import summarise
from legbal.ride.balance import Bands
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from legbal.ride.share import BandShare
from legbal.ride.view import Floats
from legbal.sources.simulator.rider import SimulatedPedalling as Truth
from legbal.sources.simulator.rider import SimulatedRider, pedal, rider
from legbal.sources.simulator.workout import Workout

EDGES = Setup().bands


def ridden(seed: int, workout: Workout, *, drift: float | None = None) -> tuple[SimulatedRider, Truth]:
    """A healthy ride of the rider of a seed; `drift` in the place of what a ride's drift spreads by."""
    person = rider(seed, "left")
    if drift is not None:
        scatter = msgspec.structs.replace(person.scatter, drift=drift)
        person = msgspec.structs.replace(person, scatter=scatter)
    return person, pedal(person, workout, "left", None, np.random.default_rng([seed, 7]))


def rows(truth: Truth) -> Floats:
    """A ride's revolutions as rows of a `Ring`."""
    work = truth.power_w * truth.pedalled_s
    return np.column_stack([truth.t, truth.pedalled_s, work, truth.power_w, truth.left_percent])


def bands(told: Floats, ftp_w: float) -> tuple[BandShare, ...]:
    """The summaries of the power bands that rows make."""
    sorted_in = Bands(EDGES, ftp_w)
    sorted_in.add_rows(told)
    _, view = fold(Setup(), [])
    return summarise(msgspec.structs.replace(view, bands=sorted_in.shares()), CyclingDynamics()).bands


def judged(told: Floats, ftp_w: float) -> RideRevolutions:
    """What a review compares with: the pedalling with the noise around its line."""
    return RideRevolutions(told, EDGES, ftp_w)
