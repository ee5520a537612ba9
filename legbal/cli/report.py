"""`legbal report`: a ride, or months of rides, as one HTML page, written whole or not at all."""

from pathlib import Path
from typing import Any

import click

from legbal.app.derivation import Derivation
from legbal.app.named_ride import open_derivation
from legbal.app.review import ReviewService, default_name, make_report, make_sheet
from legbal.cli.terminal import complain, writing
from legbal.cli.trend import wait_for_rides
from legbal.config import load
from legbal.errors import UsageError
from legbal.report.ride import RideDetails, about_ride
from legbal.sources.recorded_ride import RecordedRide


def report(
    ride: str | None,
    trend: bool,
    page: str,
    output: Path | None,
    overwrite: bool,
    open_page: bool,
    history: Path | None,
    plan: Path | None,
    **options: Any,
) -> None:
    """Writes one report, and opens it where that is asked for."""
    if trend == (ride is not None):
        raise UsageError(
            "name a RIDE, or say --trend" if ride is None else "--trend is of all rides, and takes no RIDE",
            hint="`legbal rides` lists the rides; `last` is the newest.",
        )
    if output is not None and output.suffix.lower() not in ("", ".html", ".htm") and not output.is_dir():
        raise UsageError(
            f"{output}: a report is an HTML page",
            hint="Name it .html and open it (--open): the browser prints it, or saves it as a PDF, with Ctrl+P.",
        )
    if open_page and str(output) == "-":
        raise UsageError("--open needs a file", hint="Leave -o - out.")
    kind = "-clinic" if page == "clinic" else ""
    if ride is None:
        name = f"trend{kind}.html"
        with writing(output, name, overwrite=overwrite) as file:
            months = ReviewService(load())
            wait_for_rides(months.path)
            file.write(months.months_sheet() if kind else months.months_page())
    else:
        settings = load(options)
        with open_derivation(ride, settings, options, history, plan, complain) as (recorded, derivation):
            about = _about(recorded, derivation)
            name = f"{default_name(recorded, derivation)}{kind}.html"
            with writing(output, name, overwrite=overwrite) as file:
                weak = settings.weak_leg
                file.write(make_sheet(derivation, about, weak) if kind else make_report(derivation, about))
    if open_page:
        path = output or Path()
        _open(path / name if path.is_dir() else path)


def _open(path: Path) -> None:
    """Opens a page in the browser; where there is none the file is there all the same."""
    if click.launch(str(path)):
        complain(f"no browser opens {path}", "Open the file yourself.")


def _about(recorded: RecordedRide, derivation: Derivation) -> RideDetails:
    if derivation.in_library is not None:
        return about_ride(derivation.in_library.ride)
    file = Path("ride" if recorded.name == "-" else recorded.name)
    return RideDetails(title=file.stem, started=recorded.started, meters=derivation.meters, made_of=file.name)
