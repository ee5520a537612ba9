"""The library's rides as they are reviewed: one whole, what months of them say, what is written out and brought in.

Most methods take long enough to be run in a thread beside a screen.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import msgspec

from legbal.analysis.change import MOST_DAYS, ChangeReport
from legbal.analysis.change import report as report_change
from legbal.analysis.months import DatedRide
from legbal.analysis.summary import Summary
from legbal.analysis.trend import Trend, meter_trends
from legbal.app.derivation import Derivation
from legbal.app.meters import profiles
from legbal.app.ride_files import ImportResult, import_file, write_ride
from legbal.app.ride_values import SUMMARY, AnalysedRide, analyse_ride
from legbal.app.rides import RideService
from legbal.config import Settings
from legbal.errors import LibraryError
from legbal.files.atomic_write import atomic_write
from legbal.files.exporting import Format
from legbal.library.derived import basis, current_versions, dated_rides, problems, stale_rides
from legbal.library.rider import read_meters
from legbal.library.rides import Library, RideRow
from legbal.report.ride import RideDetails, about_ride, ride_page
from legbal.report.trend import trend_page

_LONGEST_NAME = 60  # characters
Tell = Callable[[float], None]


class ReviewService(RideService):
    """The rides of one library, and what is computed of them.

    Args:
        settings: with which files are imported.
        path: the library file; default: the rider's.
    """

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        super().__init__(path)
        self._settings = settings

    def bring_in(
        self, path: Path, meter: str | None = None, options: Mapping[str, object] | None = None
    ) -> ImportResult:
        """Imports one file; arguments as of `import_file`."""
        with Library(self.path) as library:
            return import_file(library, path, meter, self._settings, options or {})

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

    def trend(self, *, meter: str | None = None, band: str | None = None, since: date | None = None) -> Trend:
        """The trend of the rides that are summarised by present code and profiles.

        Args:
            meter: only rides on a meter whose name begins so, in whatever case.
            band: only this power band, by its name, in which - may stand for – and % may be left out.
            since: only rides from this day on.

        Raises:
            LibraryError: the library cannot be read, or has rides but none on such a meter or in such a band.
        """
        rides, pending = self._rides(since)
        if meter is not None:
            rides = self._on_meter(rides, meter)
        meters = meter_trends(rides, band)
        if band is not None and rides and not meters:
            names = {row.name: row.low_ftp for ride in rides for row in ride.rows.bands}
            raise LibraryError(
                f"no ride in a power band {band!r}",
                hint=f"There are: {', '.join(sorted(names, key=names.__getitem__))}.",
            )
        return Trend(
            meters=meters,
            changes=tuple(x for x in self.changes() if since is None or x.last_day >= since),
            pending=pending,
            failed=tuple(ride for ride, _ in problems(self.path, basis(profiles()))),
        )

    def change_reports(self, number: int | None = None, *, today: date | None = None) -> list[ChangeReport]:
        """What became of a change, or of every one, the earliest first.

        Args:
            number: of the change; None: all of them.
            today: by the rider's clock (default: this machine's); windows that end before it get no more rides.

        Raises:
            LibraryError: there is no change of that number, or the library cannot be read.
        """
        today = date.today() if today is None else today
        changes = self.changes()
        chosen = [change for change in changes if number in (None, change.number)]
        if number is not None and not chosen:
            raise LibraryError(f"there is no change {number}", hint="`legbal change list` lists them.")
        since = min((change.first_day for change in chosen), default=today) - timedelta(days=MOST_DAYS)
        rides, pending = self._rides(since)
        return [report_change(change, changes, rides, today, pending) for change in chosen]

    def trend_report(self, path: Path, *, overwrite: bool, tell: Tell = lambda _: None) -> None:
        """Writes the report of months of rides; arguments as of `write`."""
        with atomic_write(path, overwrite=overwrite) as file:
            tell(0.0)
            file.write(trend_page(self.trend()))

    def _rides(self, since: date | None) -> tuple[list[DatedRide], int]:
        """The rides that are up to date, the earliest first, and how many others are yet to be derived (again)."""
        by, versions = basis(profiles()), current_versions("bands", profiles())
        pending = sum(version not in versions for version in stale_rides(self.path, by).values())
        return dated_rides(self.path, by, versions, since), pending

    def _on_meter(self, rides: list[DatedRide], name: str) -> list[DatedRide]:
        """The rides on a meter of that address or name, or whose name begins so. Raises LibraryError."""
        begins = {name.casefold()}
        begins |= {meter.name.casefold() for meter in read_meters(self.path) if meter.answers_to(name)}
        matches = [
            ride
            for ride in rides
            if any(part.casefold().startswith(tuple(begins)) for part in ride.rows.meter.split(" + "))
        ]
        if rides and not matches:
            shown = ", ".join(sorted({repr(ride.rows.meter) for ride in rides}))
            raise LibraryError(f"no ride on a meter {name!r}", hint=f"There are rides on {shown}.")
        return matches


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
