"""What months of rides are judged by: each ride's shares in its power bands, and what the rider changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from legbal.ride.inputs import Setup
from legbal.ride.share import BalanceQuality, BandShare, Reference

if TYPE_CHECKING:  # it brings numpy along
    from legbal.analysis.summary import Summary

Kind = Literal["fit", "injury", "training"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What the rider changed; its days are by the rider's own clock, equal for a change of one day."""

    number: int
    kind: Kind
    first_day: date
    last_day: date
    words: str


class Alike(msgspec.Struct, frozen=True):
    """What rides that can be compared have in common: one meter, and its balance of one kind and read in one way.

    Attributes:
        meter: as the ride names it, "left + right" for a pair; "" where nothing named it.
        swapped: whether the rider said that left is right.
    """

    meter: str
    balance: BalanceQuality
    reference: Reference
    swapped: bool

    @property
    def alike(self) -> tuple[str, BalanceQuality, Reference, bool]:
        """What is equal of two that can be compared, in the order of the fields."""
        return self.meter, self.balance, self.reference, self.swapped


class RideBands(Alike, frozen=True, kw_only=True):
    """A ride's shares in its power bands."""

    bands: tuple[BandShare, ...]  # those with a share and its error


class DatedRide(msgspec.Struct, frozen=True, kw_only=True):
    """A ride among others; `started` is aware, in the rider's zone of that day."""

    ride: str
    started: datetime
    rows: RideBands


def bands_of(meters: Sequence[str], setup: Setup, summary: Summary) -> RideBands:
    """What a summary says of the balance in each power band; a band without an error has nothing to compare.

    Neither has a balance that is none: one that never moved, or is not there. `meters` are those that sent something,
    the first to do so first.
    """
    is_one = summary.ride.balance not in ("constant", "absent")
    both = setup.pair is not None or setup.profile.peripherals == 2
    return RideBands(
        meter=" + ".join(sorted(meters) if both else meters[:1]),
        balance=summary.ride.balance,
        reference=summary.ride.reference,
        swapped=setup.swap_sides,
        bands=tuple(
            band
            for band in summary.bands
            if is_one and band.share.left_percent is not None and band.share.standard_error
        ),
    )
