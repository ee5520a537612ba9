"""`legbal review` and `legbal report`: what happened in a ride, printed or as one HTML page; of months, the page.

A page is written whole or not at all.
"""

from pathlib import Path
from typing import Any

import click

from legbal.app.derivation import Derivation
from legbal.app.review import ReviewService, default_name, make_report, make_sheet
from legbal.app.ride_files import open_derivation
from legbal.app.ride_values import analyse_ride, read_summary
from legbal.cli.terminal import complain, need_terminal, print_json, print_lines, writing
from legbal.cli.trend import service_of_months
from legbal.config import load
from legbal.errors import UsageError
from legbal.present.document import document_text
from legbal.present.headline import headline
from legbal.present.objects import summary_fields
from legbal.present.ride import review_blocks
from legbal.report.ride import RideDetails, about_ride
from legbal.sources.recorded_ride import RecordedRide


def review(
    ride: str | None, as_json: bool, everything: bool, history: Path | None, plan: Path | None, **options: Any
) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    with open_derivation(ride, load(options), options, history, plan, complain) as (_, derivation):
        if as_json:
            summary = read_summary(derivation)
            print_json({"headline": headline(summary), **summary_fields(summary), "note": _note(derivation)})
            return
        whole = analyse_ride(derivation)
        summary, events = whole.analysis.summary, whole.analysis.events
        note = _note(derivation)
        more = "" if everything else "review.more"
        print_lines(*document_text(review_blocks(summary, events, whole.notes, note, more)))


def _note(derivation: Derivation) -> str:
    return "" if derivation.in_library is None else derivation.in_library.ride.note


def _screen(as_json: bool, options: dict[str, Any]) -> None:
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    # the screen, which a ride that is printed does not need
    from legbal.tui.base_app import BaseApp
    from legbal.tui.screens.rides import RidesScreen

    BaseApp(lambda: RidesScreen(ReviewService(load())), load(options), options).run()


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
            months = service_of_months(wait=True)
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
