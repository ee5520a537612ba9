"""`legbal review`: what happened in a ride, printed; without one, the screen of all rides."""

from pathlib import Path
from typing import Any

from legbal.analysis.summary import Summary
from legbal.app.derivation import Derivation
from legbal.app.kept_rides import ReviewedRide, kept_review, kept_summary
from legbal.app.named_ride import open_derivation
from legbal.cli.terminal import complain, need_terminal, print_json, print_lines
from legbal.config import load
from legbal.errors import UsageError
from legbal.present.document import document_text
from legbal.present.headline import headline
from legbal.present.objects import summary_fields
from legbal.present.ride import review_blocks


def review(
    ride: str | None, as_json: bool, everything: bool, history: Path | None, plan: Path | None, **options: Any
) -> None:
    """Reads the ride at once and prints its summary, or opens the screen."""
    if ride is None:
        _screen(as_json, options)
        return
    with open_derivation(ride, load(options), options, history, plan, complain) as (_, derivation):
        if as_json:
            summary = kept_summary(derivation) or _summary_anew(derivation)
            print_json({"headline": headline(summary), **summary_fields(summary), "note": _note(derivation)})
            return
        whole = kept_review(derivation) or _review_anew(derivation)
        note = _note(derivation)
        more = "" if everything else "review.more"
        print_lines(*document_text(review_blocks(whole.summary, whole.events, whole.notes, note, more)))


def _summary_anew(derivation: Derivation) -> Summary:
    # what derives a ride brings numpy along, which one that is kept has no need of
    from legbal.app.ride_values import read_summary

    return read_summary(derivation)


def _review_anew(derivation: Derivation) -> ReviewedRide:
    # as above
    from legbal.app.ride_values import analyse_ride

    whole = analyse_ride(derivation)
    return ReviewedRide(whole.analysis.summary, whole.analysis.events, whole.notes)


def _note(derivation: Derivation) -> str:
    return "" if derivation.in_library is None else derivation.in_library.ride.note


def _screen(as_json: bool, options: dict[str, Any]) -> None:
    hint = "Name a ride to print it: `legbal rides` lists them, `last` is the newest."
    if as_json:
        raise UsageError("--json needs a RIDE", hint=hint)
    need_terminal(hint)
    # the screen, which a ride that is printed does not need
    from legbal.app.review import ReviewService
    from legbal.tui.base_app import BaseApp
    from legbal.tui.screens.rides import RidesScreen

    BaseApp(lambda: RidesScreen(ReviewService(load())), load(options), options).run()
