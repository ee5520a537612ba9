"""Rides of known shares in a real library: kept as legbal keeps them, their summaries stated instead of derived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from legbal.analysis.summary import RideSummary, Summary
from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.app.ride_values import SUMMARY, contributing_rides, derive_ride
from legbal.library.derived import basis, stale_rides, version, write_derived
from legbal.library.rides import Library, RideRow
from legbal.library.writer import NewRide, RideSource, keep
from legbal.meters.balance_octet import Reference
from legbal.meters.profile import UNLISTED
from legbal.ride.inputs import Notification, Setup, Tick
from legbal.ride.share import BalanceQuality, BandShare, Share, band_name
from tests.library.values import store

Bounds = tuple[float, float | None]
EASY: Bounds = (0.55, 0.75)
THRESHOLD: Bounds = (0.90, 1.05)
Shares = Mapping[Bounds, tuple[float, float]]
"""Left percent and standard error, by a power band's bounds."""


def summary(
    bands: Shares,
    seconds: float = 1200.0,
    balance: BalanceQuality = "measured",
    reference: Reference = "left",
) -> Summary:
    """A summary that states these shares."""
    return Summary(
        ride=RideSummary(
            share=Share(49.0, 0.2, revolutions=7500, power_w=180.0),
            balance=balance,
            reference=reference,
            duration_s=5400.0,
        ),
        intervals=(),
        bands=tuple(
            BandShare(
                band_name(low, high),
                low,
                high,
                Share(left, error, seconds=seconds, revolutions=round(1.4 * seconds), power_w=250.0 * low),
            )
            for (low, high), (left, error) in bands.items()
        ),
    )


def kept(
    path: Path,
    started: datetime,
    stated: Summary,
    *,
    meter: str = "Pedals",
    source: RideSource = "ride",
    swap_sides: bool = False,
) -> RideRow:
    """A ride in the library whose summary is `stated`; its rows are yet to be filled."""
    ride = NewRide(setup=Setup(swap_sides=swap_sides), started=started, source=source)
    keep(path, ride, [Notification(0.0, b"", meter=meter), Tick(5400.0)])
    with Library(path) as library:
        found = library.find(ride.id)
        store(library, found, "summary", version("summary", UNLISTED), SUMMARY.encode(stated))
    return found


def fill(path: Path) -> None:
    """Fills the rows of all rides, as the background does it, but in this process, which takes a tenth as long."""
    families = profiles()
    by = basis(families)
    with Library(path) as library:
        teach = contributing_rides(library.rides())
        for name in stale_rides(path, by):
            derivation = Derivation.current(library, library.find(name), families)
            derive_ride(derivation, by, teaches=name in teach)
            write_derived(path, name, derivation.new)
