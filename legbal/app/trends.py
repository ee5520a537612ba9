"""What months of the library's rides say: how the balance has moved, what the rider changed, and what became of that.

Only rides that are derived by present code and profiles are taken; the others are counted.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec

from legbal.analysis.change import ChangeReport
from legbal.analysis.change import report as report_change
from legbal.analysis.months import DatedRide, DatedZero
from legbal.analysis.rider_answers import MeterShows, RiderAnswers, answers_of, meter_shows
from legbal.analysis.same_meter import joined_names
from legbal.analysis.trend import MeterTrend, Trend, meter_trends, study_meters
from legbal.app.meters import current_setup, profiles
from legbal.app.other_level import joined_rides, other_level
from legbal.app.rides import RideService
from legbal.errors import LibraryError
from legbal.library import rider
from legbal.library.derived import basis, current_versions, problems, stale_rides
from legbal.library.rides import Library
from legbal.meters.profile import UNLISTED
from legbal.ride.inputs import Side, WeakLeg


class TrendService(RideService):
    """The rides of one library, and what they say of the balance over months and of the rider's changes.

    Args:
        path: the library file; default: the rider's.
        weak: the leg that the rider calls the weak one.
    """

    def __init__(self, path: Path | None = None, weak: WeakLeg = "unknown") -> None:
        super().__init__(path)
        self._weak: Side | None = None if weak == "unknown" else weak

    def trend(self, *, meter: str | None = None, band: str | None = None, since: date | None = None) -> Trend:
        """The trend of the rides that are summarised by present code and profiles.

        Args:
            meter: only rides on a meter whose name begins so, in whatever case.
            band: only this power band, by its name, in which - may stand for – and % may be left out.
            since: only rides from this day on.

        Raises:
            LibraryError: the library cannot be read, or has rides but none on such a meter or in such a band.
        """
        rides, pending, wrong = self._rides(since)
        if meter is not None:
            rides = self._on_meter(rides, meter)
        meters = meter_trends(rides, band, self.changes(), self._weak)
        if band is not None and rides and not meters:
            names = {row.name: row.low_ftp for ride in rides for row in ride.rows.bands}
            raise LibraryError(
                f"no ride in a power band {band!r}",
                hint=f"There are: {', '.join(sorted(names, key=names.__getitem__))}.",
            )
        return self._trend(meters, rides, pending, wrong, since)

    def _trend(
        self,
        meters: tuple[MeterTrend, ...],
        rides: list[DatedRide],
        pending: int,
        wrong: list[DatedRide],
        since: date | None = None,
    ) -> Trend:
        """The trend of what `_rides` found, that of each meter of them; `since` as of `trend`."""
        return Trend(
            meters=meters,
            changes=tuple(x for x in self.changes() if since is None or x.last_day >= since),
            pending=pending,
            failed=tuple(ride for ride, _ in problems(self.path, basis(profiles()))),
            meter_wrong=tuple(ride.ride for ride in wrong),
            joined=joined_names(rides),
            zeros=self._zeros_of(rides, since),
        )

    def answers(self, *, meter: str | None = None) -> tuple[tuple[RiderAnswers, ...], int]:
        """The six answers of each meter, the one with the most rides first, and how many rides are yet to be derived.

        Args:
            meter: as of `trend`.

        Raises:
            LibraryError: the library cannot be read, or has rides but none on such a meter.
        """
        rides, pending, _ = self._rides(None)
        if meter is not None:
            rides = self._on_meter(rides, meter)
        meters = study_meters(rides, self.changes(), self._weak)
        return tuple(answers_of(meters, profiles())), pending

    def meter_without_balance(self) -> MeterShows:
        """What the meter of the newest ride would show, for who has no ride with a balance. Raises LibraryError."""
        with Library(self.path) as library:
            newest = library.rides(1)
            setups = [current_setup(library, ride, profiles()) for ride in newest]
        return meter_shows(None, setups[0].profile if setups else UNLISTED)

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
        rides, pending, wrong = self._rides(None)
        reports = [report_change(change, changes, rides, today, pending, self._weak) for change in chosen]
        joined, zeros = joined_names(rides), self._zeros_of(rides, None)
        return [
            msgspec.structs.replace(
                x,
                joined=joined,
                zeros=tuple(zero for zero in zeros if _is_around(x, zero.set_at.date())),
                meter_wrong=tuple(ride.ride for ride in wrong if _is_around(x, ride.started.date())),
            )
            for x in reports
        ]

    def _zeros_of(self, rides: Iterable[DatedRide], since: date | None) -> tuple[DatedZero, ...]:
        """The zero offsets of the meters of these rides, set since that day."""
        names = {part for x in rides for name in (x.rows.meter, x.name_then) for part in name.split(" + ")}
        return tuple(
            zero
            for zero in self.zeros()
            if zero.meter in names and (since is None or zero.set_at.date() >= since)
        )

    def _rides(self, since: date | None) -> tuple[list[DatedRide], int, list[DatedRide]]:
        """The rides that are up to date, those of one meter under one name, the earliest first; how many others are yet
        to be derived (again); and those left out, for the meter looked wrong in them.
        """
        by, versions = basis(profiles()), current_versions("bands", profiles())
        with Library(self.path) as library:
            pending = sum(version not in versions for version in stale_rides(library, by).values())
            rides = joined_rides(library)
        others = other_level(rides)
        right, wrong = list[DatedRide](), list[DatedRide]()
        for ride in rides:
            if since is None or ride.started.date() >= since:
                (wrong if ride.rows.meter_wrong or ride.ride in others else right).append(ride)
        return right, pending, wrong

    def _on_meter(self, rides: list[DatedRide], name: str) -> list[DatedRide]:
        """The rides on a meter one of whose names, or whose address, is that or begins so. Raises LibraryError."""
        begins = {name.casefold()}
        begins |= {meter.name.casefold() for meter in rider.read_meters(self.path) if meter.answers_to(name)}
        meters = {
            ride.rows.meter
            for ride in rides
            for part in f"{ride.rows.meter} + {ride.name_then}".split(" + ")
            if part.casefold().startswith(tuple(begins))
        }
        matches = [ride for ride in rides if ride.rows.meter in meters]
        if rides and not matches:
            shown = ", ".join(sorted({repr(ride.rows.meter) for ride in rides}))
            raise LibraryError(f"no ride on a meter {name!r}", hint=f"There are rides on {shown}.")
        return matches


def _is_around(report: ChangeReport, day: date) -> bool:
    """Whether it is one of the days from which a change is told."""
    first = report.before[0] if report.before else report.change.first_day
    last = report.after[1] if report.after else report.change.last_day
    return first <= day <= last
