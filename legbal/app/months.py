"""What the library's months of rides say: the trend, and what became of each change. Nothing is written."""

from collections.abc import Sequence
from datetime import date, timedelta

from legbal.analysis.change import MOST_DAYS, ChangeReport, report
from legbal.analysis.months import DatedRide
from legbal.analysis.trend import Trend, meter_trends
from legbal.errors import LibraryError
from legbal.library.derived import basis, current_versions, dated_rides, problems, stale_rides
from legbal.library.rider import changes, read_meters
from legbal.library.rides import Library
from legbal.meters.profile import Profile


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
