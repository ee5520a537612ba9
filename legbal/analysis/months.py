"""What months of rides are judged by: each ride's shares in its power bands, and what the rider changed."""

from datetime import date, datetime
from typing import Literal

import msgspec

from legbal.meters.balance_octet import Reference
from legbal.ride.share import BalanceQuality, BandShare

Kind = Literal["fit", "injury", "training"]
LONGEST_WORDS = 200  # characters of a change


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What the rider changed; its days are by the rider's own clock, equal for a change of one day."""

    number: int
    kind: Kind
    first_day: date
    last_day: date
    words: str


class ComparisonKey(msgspec.Struct, frozen=True):
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
    def comparison_key(self) -> "ComparisonKey":
        """What is equal of two that can be compared."""
        return ComparisonKey(self.meter, self.balance, self.reference, self.swapped)


class RideBands(ComparisonKey, frozen=True, kw_only=True):
    """A ride's shares in its power bands."""

    bands: tuple[BandShare, ...]  # those with a share and its error


class DatedRide(msgspec.Struct, frozen=True, kw_only=True):
    """A ride among others; `started` is aware, in the rider's zone of that day."""

    ride: str
    started: datetime
    rows: RideBands
