"""What months of the library's rides say: how the balance has moved, what the rider changed, and what became of that.

Only rides that are derived by present code and profiles are taken; the others are counted.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from legbal.analysis.change import MOST_DAYS, ChangeReport
from legbal.analysis.change import report as report_change
from legbal.analysis.months import DatedRide
from legbal.analysis.trend import Trend, meter_trends
from legbal.app.meters import profiles
from legbal.app.rides import RideService
from legbal.errors import LibraryError
from legbal.files.atomic_write import atomic_write
from legbal.library import rider
from legbal.library.derived import basis, current_versions, dated_rides, problems, stale_rides
from legbal.report.trend import trend_page


class TrendService(RideService):
    """The rides of one library, and what they say of the balance over months and of the rider's changes."""

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

    def trend_report(
        self, path: Path, *, overwrite: bool, tell: Callable[[float], None] = lambda _: None
    ) -> None:
        """Writes the report of months of rides, one HTML page, whole or not at all.

        Args:
            path: where to.
            overwrite: whether a file that is there already may be replaced.
            tell: is called with the part that is done, 0 to 1.
        """
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
        begins |= {meter.name.casefold() for meter in rider.read_meters(self.path) if meter.answers_to(name)}
        matches = [
            ride
            for ride in rides
            if any(part.casefold().startswith(tuple(begins)) for part in ride.rows.meter.split(" + "))
        ]
        if rides and not matches:
            shown = ", ".join(sorted({repr(ride.rows.meter) for ride in rides}))
            raise LibraryError(f"no ride on a meter {name!r}", hint=f"There are rides on {shown}.")
        return matches
