"""What the rider has chosen to see of recorded rides: some of the list in an order, one meter's trend in one band."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import msgspec

from legbal.analysis.months import zero_days
from legbal.present.balance_remarks import quality_word
from legbal.present.meter import has_balance, ride_state
from legbal.present.numbers import reliable_share
from legbal.present.sentences import say

if TYPE_CHECKING:  # the list stands before what computes is loaded
    from legbal.analysis.change import ChangeReport
    from legbal.analysis.trend import BandTrend, MeterTrend, Trend
    from legbal.app.rides import ListItem


class Order(NamedTuple):
    """A way to sort the list: its name, and by what; `down` is from the greatest."""

    name: str
    by: Callable[[ListItem], Any]
    down: bool = False


def left_percent(entry: ListItem) -> float | None:
    """A ride's left share; None where it has none, or too little pedalling carries it."""
    shown = reliable_share(entry.share) if entry.balance is None or has_balance(entry.balance) else None
    return shown and shown[0]


def _by_left(unknown: float, off: float = 0.0) -> Callable[[ListItem], float]:
    """By how far the left share is from `off` percent; `unknown` stands where it is not known."""
    return lambda entry: unknown if (left := left_percent(entry)) is None else abs(left - off)


ORDERS = (
    Order(say("list.newest"), lambda entry: entry.ride.started, True),
    Order(say("list.oldest"), lambda entry: entry.ride.started),
    Order(say("list.longest"), lambda entry: entry.duration_s, True),
    Order(say("list.title"), lambda entry: entry.ride.title.casefold()),
    Order(say("list.least_left"), _by_left(200.0)),
    Order(say("list.most_left"), _by_left(-1.0), True),
    Order(say("list.furthest"), _by_left(-1.0, off=50.0), True),
    Order(say("list.meter"), lambda entry: tuple(meter.casefold() for meter in entry.ride.meters)),
)


def select_rides(entries: Sequence[ListItem], words: str, order: Order) -> list[ListItem]:
    """The rides in which every word occurs (in title, note, date, meter, kind), in that order."""
    searched = words.casefold().split()
    matches = (entry for entry in entries if all(word in _text(entry) for word in searched))
    return sorted(matches, key=order.by, reverse=order.down)


def _text(entry: ListItem) -> str:
    ride = entry.ride
    return " ".join(
        (
            ride.title,
            ride.note,
            f"{ride.started:%Y-%m-%d %A %B}",
            *ride.meters,
            quality_word(entry.balance) if entry.balance else "",
            ride.source,
            ride_state(ride.state, ride.lost, None) or say("state.done"),
            ride.id,
        )
    ).casefold()


class TrendSelection(msgspec.Struct, frozen=True, eq=False):
    """What is shown of a trend: one meter's, and of it one band's."""

    trend: Trend
    changes: tuple[ChangeReport, ...]
    meter: int = 0
    band: int = 0

    @property
    def shown(self) -> MeterTrend | None:
        """The meter's rides; None where there is nothing yet."""
        return self.trend.meters[self.meter] if self.trend.meters else None

    @property
    def series(self) -> BandTrend | None:
        """The power band's."""
        return self.bands[self.band] if self.bands else None

    @property
    def bands(self) -> Sequence[BandTrend]:
        """Of the meter's rides."""
        return self.shown.bands if self.shown is not None else ()

    @property
    def zeros(self) -> dict[date, bool]:
        """The days on which the meter's zero was set, and whether it jumped then."""
        return zero_days(self.shown, self.trend.zeros, self.trend.joined) if self.shown is not None else {}

    def with_meter(self, by: int) -> Self:
        """The meter before or after."""
        return msgspec.structs.replace(
            self, meter=(self.meter + by) % max(1, len(self.trend.meters))
        ).at_longest()

    def with_band(self, by: int) -> Self:
        """The band before or after."""
        return msgspec.structs.replace(self, band=max(0, min(self.band + by, len(self.bands) - 1)))

    def at_longest(self) -> Self:
        """The band that was ridden most."""
        seconds = [sum(row.share.seconds for row in band.rows) for band in self.bands]
        return msgspec.structs.replace(self, band=seconds.index(max(seconds)) if seconds else 0)


def select_trend(
    trend: Trend, changes: tuple[ChangeReport, ...], before: TrendSelection | None
) -> TrendSelection:
    """The meter and the band as before, as far as they are still there; else the band that was ridden most."""
    if before is None or before.meter >= len(trend.meters):
        return TrendSelection(trend, changes).at_longest()
    return TrendSelection(trend, changes, before.meter).with_band(before.band)
