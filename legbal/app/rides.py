"""The library's rides as a review screen asks for them: the list, one ride whole, what is written out and brought in.

Every method opens the library for itself, so that each may run in whatever thread; most take long enough to be run in
one beside the screen. All raise LegbalError. What the library's months say, the trend and what became of each change,
is asked for without a screen, too; nothing is written for that.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Literal

import msgspec

from legbal import paths
from legbal.analysis.change import MOST_DAYS, ChangeReport, report
from legbal.analysis.months import DatedRide, Kind
from legbal.analysis.summary import Summary
from legbal.analysis.trend import Trend, meter_trends
from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.app.ride_files import ImportResult, import_file, write_ride
from legbal.app.ride_values import SUMMARY, AnalysedRide, analyse_ride
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.files.atomic_write import atomic_write
from legbal.files.exporting import Format
from legbal.library.derived import (
    ListItem,
    basis,
    current_versions,
    dated_rides,
    problems,
    read_list_item,
    stale_rides,
)
from legbal.library.recorder import close_interrupted
from legbal.library.rider import add_change, changes, read_meters
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.report.ride import RideDetails, about_ride, ride_page
from legbal.report.trend import trend_page
from legbal.ride.inputs import Mark

_LONGEST_NAME = 60  # characters
Tell = Callable[[float], None]


class RideService:
    """The rides of one library.

    Args:
        settings: with which files are imported.
        path: the library file; default: the rider's.
    """

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        self.path = paths.library_file() if path is None else path
        self._settings = settings

    def bring_in(self, path: Path) -> ImportResult:
        """Imports one file."""
        with Library(self.path) as library:
            return import_file(library, path, None, self._settings, {})

    def items(self, limit: int | None = None) -> list[ListItem]:
        """The rides, newest first, at most `limit`, each as its newest summary has it."""
        with suppress(LibraryError):  # what is there can be listed all the same
            close_interrupted(self.path)
        with Library(self.path) as library:
            return [read_list_item(library, ride) for ride in library.rides(limit)]

    def item(self, name: str) -> ListItem:
        """The ride of that id, or "last", as the list has it."""
        with Library(self.path) as library:
            return read_list_item(library, library.find(name))

    def summary(self, ride: RideRow) -> Summary | None:
        """The ride's summary as it was derived last; None where there is none that can be read."""
        with Library(self.path) as library:
            return SUMMARY.read(library.derived(ride, SUMMARY.name))

    def detail(self, ride: RideRow, tell: Tell = lambda _: None) -> AnalysedRide:
        """The whole ride: as it was read before, else read now from its inputs.

        Args:
            ride: which.
            tell: is called with the ride second that has been reached, now and then.
        """
        with Library(self.path) as library:
            return analyse_ride(Derivation.current(library, ride, profiles(), tell))

    def note(self, ride: RideRow, t: float, text: str) -> None:
        """Notes something on the moment `t`, ride seconds, of a ride that is over."""
        with Library(self.path) as library:
            library.mark(ride, Mark(t, "note", text))

    def describe(self, ride: RideRow, field: Literal["title", "note"], text: str) -> None:
        """Gives the ride another title or note."""
        with Library(self.path) as library:
            library.describe(ride, field, text)

    def remove(self, ride: RideRow) -> None:
        """Removes a ride that is over, for good."""
        with Library(self.path) as library:
            library.remove(ride)

    def add_change(self, words: str, day: date, kind: Kind) -> None:
        """Keeps a change that the rider made on that day."""
        add_change(words, day, kind=kind, path=self.path)

    def write(
        self,
        ride: RideRow,
        kind: Format,
        path: Path,
        *,
        overwrite: bool,
        tell: Tell = lambda _: None,
    ) -> None:
        """Writes the ride to a file, whole or not at all.

        Args:
            ride: which.
            kind: the format.
            path: where to.
            overwrite: whether a file that is there already may be replaced.
            tell: is called with the part that is done, 0 to 1.
        """

        @contextmanager
        def parts(most: int) -> Iterator[Callable[[int], None]]:
            done = count(1)
            yield lambda _: tell(next(done) / most)

        with atomic_write(path, overwrite=overwrite) as file, Library(self.path) as library:
            write_ride(
                file, kind, Derivation.current(library, ride, profiles()), lambda _: ride.started, parts
            )

    def report(self, ride: RideRow, path: Path, *, overwrite: bool, tell: Tell = lambda _: None) -> None:
        """Writes the ride's report, one HTML page, whole or not at all; arguments as of `write`."""
        length = max(1.0, ride.duration_s)
        with atomic_write(path, overwrite=overwrite) as file, Library(self.path) as library:
            derivation = Derivation.current(library, ride, profiles(), lambda t: tell(min(1.0, t / length)))
            file.write(make_report(derivation, about_ride(ride)))

    def trend(self) -> tuple[Trend, tuple[ChangeReport, ...]]:
        """Months of rides, and what became of each change that the rider made."""
        families = profiles()
        with Library(self.path) as library:
            return trend(library, families), tuple(change_reports(library, families))

    def trend_report(self, path: Path, *, overwrite: bool, tell: Tell = lambda _: None) -> None:
        """Writes the report of months of rides; arguments as of `write`."""
        with atomic_write(path, overwrite=overwrite) as file:
            tell(0.0)
            file.write(trend_page(self.trend()[0]))


def make_report(ride: Derivation, about: RideDetails) -> bytes:
    """A ride's report, one HTML page, with the notes of during and after it."""
    analysed = analyse_ride(ride)
    return ride_page(analysed.analysis, msgspec.structs.replace(about, notes=analysed.notes))


def file_name(title: str, started: datetime) -> str:
    """A file's name, without its ending, for a ride of this title and day: letters and digits of any script."""
    slug = (
        re.sub(r"[^\w]+", "-", unicodedata.normalize("NFKC", title)).strip("-_")[:_LONGEST_NAME].strip("-_")
    )
    return "-".join(part for part in (started.strftime("%Y-%m-%d"), slug) if part)


def trend(
    library: Library,
    profiles: Sequence[Profile],
    *,
    meter: str | None = None,
    band: str | None = None,
    since: date | None = None,
) -> Trend:
    """The trend of the rides that are summarised by present code and profiles.

    Args:
        library: where they are.
        profiles: the meter families as they are known now.
        meter: only rides on a meter whose name begins so, in whatever case.
        band: only this power band, by its name, in which - may stand for – and % may be left out.
        since: only rides from this day on.

    Raises:
        LibraryError: the library cannot be read, or has rides but none on such a meter or in such a band.
    """
    rides, pending = _rides(library, profiles, since)
    if meter is not None:
        rides = _on_meter(library, rides, meter)
    meters = meter_trends(rides, band)
    if band is not None and rides and not meters:
        names = {row.name: row.low_ftp for ride in rides for row in ride.rows.bands}
        raise LibraryError(
            f"no ride in a power band {band!r}",
            hint=f"There are: {', '.join(sorted(names, key=names.__getitem__))}.",
        )
    return Trend(
        meters=meters,
        changes=tuple(x for x in changes(library.path) if since is None or x.last_day >= since),
        pending=pending,
        failed=tuple(ride for ride, _ in problems(library.path, basis(profiles))),
    )


def change_reports(
    library: Library, profiles: Sequence[Profile], number: int | None = None, *, today: date | None = None
) -> list[ChangeReport]:
    """What became of a change, or of every one, the earliest first.

    Args:
        library: where rides and changes are.
        profiles: the meter families as they are known now.
        number: of the change; None: all of them.
        today: by the rider's clock (default: this machine's); windows that end before it get no more rides.

    Raises:
        LibraryError: there is no change of that number, or the library cannot be read.
    """
    today = date.today() if today is None else today
    all_changes = changes(library.path)
    chosen = [change for change in all_changes if number in (None, change.number)]
    if number is not None and not chosen:
        raise LibraryError(f"there is no change {number}", hint="`legbal change list` lists them.")
    since = min((change.first_day for change in chosen), default=today) - timedelta(days=MOST_DAYS)
    rides, pending = _rides(library, profiles, since)
    return [report(change, all_changes, rides, today, pending) for change in chosen]


def _rides(library: Library, profiles: Sequence[Profile], since: date | None) -> tuple[list[DatedRide], int]:
    """The rides that are up to date, the earliest first, and how many others are yet to be derived (again)."""
    by, versions = basis(profiles), current_versions("bands", profiles)
    pending = sum(version not in versions for version in stale_rides(library.path, by).values())
    return dated_rides(library.path, by, versions, since), pending


def _on_meter(library: Library, rides: list[DatedRide], name: str) -> list[DatedRide]:
    """The rides on a meter of that address or name, or whose name begins so. Raises LibraryError if there are none."""
    begins = {name.casefold()}
    begins |= {meter.name.casefold() for meter in read_meters(library.path) if meter.answers_to(name)}
    matches = [
        ride
        for ride in rides
        if any(part.casefold().startswith(tuple(begins)) for part in ride.rows.meter.split(" + "))
    ]
    if rides and not matches:
        shown = ", ".join(sorted({repr(ride.rows.meter) for ride in rides}))
        raise LibraryError(f"no ride on a meter {name!r}", hint=f"There are rides on {shown}.")
    return matches
