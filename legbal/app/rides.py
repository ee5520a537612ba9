"""The library's rides, and what the rider changed, as they are listed, found, described and removed.

No ride is read for that, so that lists stay light.

Every method opens the library for itself, so that each may run in whatever thread. All raise LegbalError.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from legbal import paths
from legbal.analysis.efforts import Deficit, Efforts
from legbal.analysis.months import Change, DatedZero, Kind
from legbal.analysis.same_meter import MeterName, SameMeterQuestion, by_name, groups_of
from legbal.app.comparison_cache import compare_with_last
from legbal.app.other_level import current_rides, same_meter_questions, sound_rides
from legbal.errors import LibraryError, ProfileError
from legbal.library import rider
from legbal.library.recorder import close_interrupted
from legbal.library.rides import LAST, Library, RideRow
from legbal.library.same_meters import keep_answer, read_answers
from legbal.library.zero_offsets import read_zeros, remove_zero
from legbal.present.meter import has_balance
from legbal.ride.inputs import Mark
from legbal.ride.share import (
    EMPTY,
    BalanceQuality,
    Error,
    Estimate,
    Number,
    Percent,
    Period,
    Points,
    Share,
)


class _StoredShare(Share, frozen=True):
    """A share as a summary has its fields, among those of the ride or power band."""

    standard_error: Error | None = msgspec.field(default=None, name="left_standard_error")
    revolutions: Number | None = None
    balance: BalanceQuality | None = None  # of a ride
    usual_percent: Percent | None = None


class _StoredRide(_StoredShare, frozen=True):
    duration_s: float | None = None  # without pauses


class _StoredDropOff(msgspec.Struct, frozen=True):
    points: Points


class _StoredDrift(msgspec.Struct, frozen=True):
    slope_per_hour: float
    slope_error: float


class _StoredEfforts(msgspec.Struct, frozen=True):
    seconds: float = 0.0
    drift: _StoredDrift | None = None
    deficits: tuple[Deficit, ...] = ()

    def to_efforts(self) -> Efforts:
        drift = self.drift
        return Efforts(
            seconds=self.seconds,
            drift=None if drift is None else Estimate(drift.slope_per_hour, drift.slope_error),
            deficits=self.deficits,
        )


class _Glance(msgspec.Struct, frozen=True):
    """What lists show of a kept summary: no more is read of it, so that those of older code can be shown too."""

    ride: _StoredRide = _StoredRide()
    intervals: tuple[msgspec.Raw, ...] = ()
    dropoffs: tuple[_StoredDropOff, ...] = ()
    bands: tuple[_StoredShare, ...] = ()
    meter_wrong: tuple[Period, ...] = ()
    efforts: _StoredEfforts | None = None


class ListItem(msgspec.Struct, frozen=True):
    """A ride as lists show it: what is known of it, and its left share as its newest summary has it.

    `balance` is None while nothing is derived from it. `meter_wrong`: somewhere in it the meter looked wrong, or
    its level beside that of others on that meter. `usual_percent`: what earlier rides have at its powers; `intervals`:
    how many; `dropoffs`: how deep each was, points; `efforts`: how the legs tired, without sprints and noise;
    `timer_s`: how long it took without its pauses, seconds.
    """

    ride: RideRow
    share: Share = EMPTY
    balance: BalanceQuality | None = None
    bands: tuple[Share, ...] = ()
    meter_wrong: bool = False
    usual_percent: float | None = None
    intervals: int = 0
    dropoffs: tuple[float, ...] = ()
    efforts: Efforts = Efforts()
    timer_s: float | None = None

    @property
    def duration_s(self) -> float:
        """How long it took, without its pauses where those are known."""
        return self.ride.duration_s if self.timer_s is None else self.timer_s


class RideService:
    """The rides of one library, and what the rider changed.

    Args:
        path: the library file; default: the rider's.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = paths.library_file() if path is None else path

    def items(
        self,
        limit: int | None = None,
        complain: Callable[[str], None] = lambda _: None,
        update: Callable[[], None] = lambda: None,
        *,
        compared: bool = True,
    ) -> list[ListItem]:
        """The rides, newest first, each as its newest summary has it.

        Args:
            limit: at most so many.
            complain: is told what prevents that those which nobody records any more are closed.
            update: brings the summaries up to date.
            compared: those at another level than others on that meter are marked, for which others are read.
        """
        problem = ""
        try:
            close_interrupted(self.path)
        except LibraryError as error:
            problem = str(error)
        with Library(self.path) as library:
            rides = library.rides(limit)
            if problem:  # what is there can be listed all the same
                complain(problem)
            update()
            items = [_list_item(library, ride) for ride in rides]
            return _beside_others(library, items, every=limit is None) if compared and items else items

    def item(self, name: str, *, compared: bool = True) -> ListItem:
        """The ride that `find` finds, as the list has it; unless `compared`, by itself, for which no other is read."""
        with Library(self.path) as library:
            item = _list_item(library, library.find(name))
            return _beside_others(library, [item])[0] if compared else item

    def find(self, name: str) -> RideRow:
        """The ride of that id, or whose id alone begins so, or the newest for "last"."""
        with Library(self.path) as library:
            return library.find(name)

    def names(self, beginning: str, limit: int) -> list[tuple[str, RideRow]]:
        """The names that begin so, at most `limit`, and which ride each `find`s: "last", then ids, the newest first."""
        begins = beginning.lower()
        with Library(self.path) as library:
            named = [(LAST, ride) for ride in library.rides(1) if LAST.startswith(begins)]
            named += [(ride.id, ride) for ride in library.beginning(begins, limit)]
        return named[:limit]

    def note(self, ride: RideRow, t: float, text: str) -> None:
        """Notes something on the moment `t`, ride seconds, of a ride that is over."""
        with Library(self.path) as library:
            library.mark(ride, Mark(t, "note", text))

    def describe(self, ride: RideRow, field: Literal["title", "note"], text: str) -> None:
        """Gives the ride another title or note."""
        with Library(self.path) as library:
            library.describe(ride, field, text)

    def remove(self, ride: RideRow) -> None:
        """Removes a ride that is over, or that nobody records any more, for good."""
        close_interrupted(self.path)
        with Library(self.path) as library:
            library.remove(ride)

    def meters(self) -> list[str]:
        """The names of the meters that were ridden with, the last used first."""
        return [meter.name for meter in rider.read_meters(self.path)]

    def remembered_meters(self) -> list[rider.KnownMeter]:
        """The meters that were ridden with over Bluetooth, the last used first."""
        return rider.read_meters(self.path)

    def same_meter_questions(self) -> list[SameMeterQuestion]:
        """Of which names of meters the rider is to be asked whether they are one; those with the most rides first."""
        with Library(self.path) as library:
            return same_meter_questions(library)

    def meter_names(self) -> list[list[MeterName]]:
        """The meters of the rides, each as its names, the one with the most rides first; the last ridden first."""
        with Library(self.path) as library:
            meters = groups_of(by_name(current_rides(library)), read_answers(library))
        return sorted(meters, key=lambda names: max(x.rides[-1].started for x in names), reverse=True)

    def answer_same(self, meter: str, other: str, same: bool | None) -> tuple[MeterName, MeterName]:
        """Keeps whether two names are of one meter; None: the rider takes the answer back.

        Args:
            meter, other: names that rides have for their meters, or how they begin.
            same: the answer.

        Raises:
            LibraryError: rides have no such name, several, or the same one twice; the library cannot be written.
        """
        with Library(self.path) as library:
            names = by_name(current_rides(library))
        one, two = self._name(names, meter), self._name(names, other)
        if one.name == two.name:
            raise LibraryError(f"both are {one.name!r}", hint="`legbal meters` lists them.")
        keep_answer(self.path, one.name, two.name, same)
        return one, two

    @staticmethod
    def _name(names: Mapping[str, MeterName], typed: str) -> MeterName:
        exact = [x for name, x in names.items() if name.casefold() == typed.casefold()]
        matches = exact or [x for name, x in names.items() if name.casefold().startswith(typed.casefold())]
        if len(matches) != 1:
            shown = ", ".join(sorted(repr(x.name) for x in matches or names.values()))
            raise LibraryError(
                f"{'several meters begin' if matches else 'no ride on a meter that begins'} with {typed!r}",
                hint=f"There are: {shown}."
                if names
                else "`legbal ride` records a ride, `legbal import` adds others.",
            )
        return matches[0]

    def zeros(self, meter: str | None = None) -> list[DatedZero]:
        """The zero offsets that were set, the earliest first; `meter`: only of those whose name begins so."""
        zeros = read_zeros(self.path)
        if meter is None:
            return zeros
        names = {meter.casefold()} | {
            x.name.casefold() for x in self.remembered_meters() if x.answers_to(meter)
        }
        return [zero for zero in zeros if zero.meter.casefold().startswith(tuple(names))]

    def remove_zero(self, number: int) -> None:
        """Removes a zero offset that was set without a ride."""
        remove_zero(self.path, number)

    def changes(self) -> list[Change]:
        """The changes that the rider made, the earliest first."""
        return rider.changes(self.path)

    def add_change(self, words: str, first_day: date, last_day: date | None, kind: Kind) -> Change:
        """Keeps a change that the rider made, on one day or until `last_day`, and gives it its number."""
        return rider.add_change(words, first_day, last_day, kind, path=self.path)

    def remove_change(self, number: int) -> Change:
        """Removes the change of that number, and gives what it was."""
        return rider.remove_change(number, self.path)


def _list_item(library: Library, ride: RideRow) -> ListItem:
    """The ride as its own summary has it. Raises LibraryError."""
    try:
        glance = msgspec.json.decode(library.derived(ride, "summary") or b"{}", type=_Glance)
    except msgspec.DecodeError as error:
        raise LibraryError(
            f"the summary of ride {ride.id} cannot be read: {error}",
            hint="A newer legbal may have written it: update legbal.",
        ) from error
    worth = glance.ride.balance
    efforts = glance.efforts if worth is not None and has_balance(worth) else None
    return ListItem(
        ride,
        glance.ride,
        worth,
        glance.bands,
        bool(glance.meter_wrong),
        glance.ride.usual_percent,
        len(glance.intervals),
        tuple(x.points for x in glance.dropoffs),
        Efforts() if efforts is None else efforts.to_efforts(),
        glance.ride.duration_s,
    )


def _beside_others(library: Library, items: Sequence[ListItem], *, every: bool = False) -> list[ListItem]:
    """The items with what the library's other rides say of each: that its meter was wrong, and what is usual.

    `every`: they are all rides.
    """
    try:
        sound, others = sound_rides(library, None if every else [x.ride.id for x in items])
    except ProfileError:  # told where rides are derived; the list is shown all the same
        return list(items)
    unknown = {x.ride.id for x in items if x.usual_percent is None}
    comparisons = compare_with_last(library, sound, unknown)
    return [
        msgspec.structs.replace(
            x,
            meter_wrong=x.meter_wrong or x.ride.id in others,
            usual_percent=(
                comparisons[x.ride.id].usual(x.share) if x.ride.id in comparisons else x.usual_percent
            ),
        )
        for x in items
    ]
