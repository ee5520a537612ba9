"""The library's rides as they are reviewed: one whole, as a report, written out and brought in; and months of them.

Most methods take long enough to be run in a thread beside a screen.
"""

import re
import unicodedata
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from legbal.analysis.rider_answers import answers_of
from legbal.analysis.summary import Summary
from legbal.analysis.symmetry import symmetry_of_months, symmetry_of_ride
from legbal.analysis.trend import meter_trend, study_meters
from legbal.app.derivation import Derivation
from legbal.app.imports import ImportRun, bring_in
from legbal.app.meters import profiles
from legbal.app.other_level import rides_like
from legbal.app.ride_files import ImportResult, ride_files, write_ride
from legbal.app.ride_values import AnalysedRide, analyse_ride, read_summary
from legbal.app.stored_rides import stored_summary
from legbal.app.trends import TrendService
from legbal.config import Settings
from legbal.files.atomic_write import atomic_write
from legbal.files.exporting import Format
from legbal.library.rides import Library, RideRow
from legbal.report.clinic import months_sheet, ride_sheet
from legbal.report.ride import RideDetails, about_ride, ride_page
from legbal.report.trend import trend_page
from legbal.ride.inputs import WeakLeg
from legbal.sources.recorded_ride import RecordedRide

Tell = Callable[[float], None]

_MOST_OCTETS = 200  # of the part of a file's name that is made of a title


class ReviewService(TrendService):
    """The rides of one library, and what is computed of them.

    Args:
        settings: with which files are imported.
        path: the library file; default: the rider's.
    """

    def __init__(self, settings: Settings, path: Path | None = None) -> None:
        super().__init__(path, settings.weak_leg)
        self._settings = settings

    def bring_in(
        self, files: Sequence[Path], meter: str | None = None, options: Mapping[str, object] | None = None
    ) -> Generator[ImportResult, None, None]:
        """Imports files, see `imports.bring_in`."""
        return bring_in(self.path, files, meter, self._settings, options or {})

    def import_run(
        self,
        paths: Sequence[Path],
        meter: str | None = None,
        options: Mapping[str, object] | None = None,
        *,
        named: bool = True,
    ) -> ImportRun:
        """Looks what is in files, folders and archives, and imports that as it is asked for; `named`: by the rider."""
        files = ride_files(paths, named=named)
        return ImportRun(files, self.bring_in(files.paths, meter, options))

    def summary(self, ride: RideRow) -> Summary | None:
        """The ride's summary as it was derived last; None where there is none that can be read."""
        return stored_summary(self.path, ride)

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

    def trend_report(self, path: Path, *, overwrite: bool, tell: Tell = lambda _: None) -> None:
        """Writes the report of months of rides, one HTML page, whole or not at all.

        Args:
            path: where to.
            overwrite: whether a file that is there already may be replaced.
            tell: is called with the part that is done, 0 to 1.
        """
        with atomic_write(path, overwrite=overwrite) as file:
            tell(0.0)
            file.write(self.months_page())

    def months_page(self) -> bytes:
        """The report of months of rides: the six answers, and the trend of each meter. Raises LibraryError."""
        rides, pending, wrong = self._rides(None)
        meters = tuple(study_meters(rides, self.changes(), self._weak))
        first = answers_of(meters[:1], profiles())  # no other meter's answers are on the page
        trends = tuple(map(meter_trend, meters))
        return trend_page(self._trend(trends, rides, pending, wrong), tuple(first))

    def months_sheet(self) -> bytes:
        """The page for a physiotherapist, of the meter with the most rides. Raises LibraryError."""
        rides, _, _ = self._rides(None)
        first = next(study_meters(rides, self.changes(), self._weak), None)
        if first is None:
            return months_sheet(None, None)
        (answers,) = answers_of([first], profiles())
        return months_sheet(answers, symmetry_of_months(first.meter, answers, self._weak))


def make_report(ride: Derivation, about: RideDetails) -> bytes:
    """A ride's report, one HTML page, with the notes of during and after it."""
    analysed = analyse_ride(ride)
    return ride_page(analysed.analysis, msgspec.structs.replace(about, notes=analysed.notes))


def make_sheet(ride: Derivation, about: RideDetails, weak: WeakLeg) -> bytes:
    """A ride's page for a physiotherapist; `weak`: the leg that the rider calls so now, else it was called so then."""
    involved = ride.setup.weak_leg if weak == "unknown" else weak
    within = ride.in_library
    others = None if within is None else rides_like(within.library, within.ride.id)
    summary = read_summary(ride)
    symmetry = symmetry_of_ride(summary, None if involved == "unknown" else involved, others)
    return ride_sheet(summary, symmetry, about)


def default_name(recorded: RecordedRide, derivation: Derivation) -> str:
    """What a file made of a ride is called, without its ending: after the ride, else after what it comes from."""
    if derivation.in_library is not None:
        ride = derivation.in_library.ride
        return file_name(ride.title, ride.started)
    stem = "ride" if recorded.name == "-" else Path(recorded.name).stem
    return stem if recorded.started is None else file_name(stem, recorded.started)


def file_name(title: str, started: datetime) -> str:
    """A file's name without its ending: a ride's day and of its title letters and digits of any script, at most 60.

    A file system takes 255 octets, of which a letter may have four.
    """
    slug = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFKC", title)).strip("-_")[:60]
    slug = slug.encode("utf-8", "ignore")[:_MOST_OCTETS].decode("utf-8", "ignore").strip("-_")
    return "-".join(part for part in (started.strftime("%Y-%m-%d"), slug) if part)
