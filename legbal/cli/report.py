"""`legbal report`: a ride, or months of rides, as one HTML page; written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from legbal.analysis.ride_analysis import analyse
from legbal.app.meter_profiles import profiles
from legbal.app.months import trend
from legbal.app.ride_setup import review_setup
from legbal.app.rides import RideService
from legbal.cli.options import settings
from legbal.cli.stdio import complain
from legbal.cli.terminal import place, writing
from legbal.cli.trend import wait_for
from legbal.errors import UsageError
from legbal.library.rides import Library
from legbal.report.ride import About, about_kept, ride_page
from legbal.report.trend import trend_page
from legbal.ride.inputs import Input, Mark, Notification
from legbal.sources.open_ride import Recorded, open_ride


def report(
    ride: str | None,
    trend: bool,
    output: Path | None,
    overwrite: bool,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Writes one report."""
    if trend == (ride is not None):
        raise UsageError(
            "name a RIDE, or say --trend" if ride is None else "--trend is of all rides, and takes no RIDE",
            hint="`legbal rides` lists the rides; `last` is the newest.",
        )
    if output is not None and output.suffix.lower() not in ("", ".html", ".htm") and not output.is_dir():
        raise UsageError(
            f"{output}: a report is an HTML page", hint="Name it .html; a browser prints it, as a PDF too."
        )
    name, make = _trend() if ride is None else _ride(ride, history, plan, options)
    with writing(place(output, f"{name}.html"), overwrite=overwrite) as file:
        file.write(make())


def _ride(
    ride: str, history: Path | None, plan: Path | None, options: dict[str, Any]
) -> tuple[str, Callable[[], bytes]]:
    """The name of one ride, and what makes its page: on its meter's profile as it is now."""
    recorded = open_ride(ride, complain)
    typed = (history, plan, *options.values())
    if recorded.setup is not None and all(value is None for value in typed):
        return _as_ridden(recorded.name)
    inputs = list(recorded.inputs)
    setup = review_setup(recorded, inputs, settings(options), options, history, plan, complain)
    about = _about(recorded, inputs)
    return Path(about.made_of).stem, lambda: ride_page(analyse(setup, inputs), about)


def _as_ridden(name: str) -> tuple[str, Callable[[], bytes]]:
    """The id of a ride of the library, and what makes its page: of the reading that is kept of it, or is now."""
    with Library() as library:
        kept = library.find(name)
    return kept.id, lambda: RideService(settings({})).report_page(kept)


def _about(recorded: Recorded, inputs: Sequence[Input]) -> About:
    """What is known of the ride beside what is reckoned from it."""
    notes = [(x.t, x.text) for x in inputs if isinstance(x, Mark) and x.kind == "note"]
    if recorded.setup is not None:  # a ride of the library
        with Library() as library:
            kept = library.find(recorded.name)
            notes += [(x.t, x.text) for x in library.marks(kept) if x.kind == "note"]
        return about_kept(kept, notes)
    meters = dict.fromkeys(x.meter for x in inputs if isinstance(x, Notification) and x.meter)
    file = Path("ride" if recorded.name == "-" else recorded.name)
    return About(title=file.stem, started=recorded.started, meters=tuple(meters), made_of=file.name)


def _trend() -> tuple[str, Callable[[], bytes]]:
    """The name of the page of all rides, and what makes it."""

    def make() -> bytes:
        with Library() as library:
            wait_for(library.path)
            return trend_page(trend(library, profiles()))

    return "trend", make
