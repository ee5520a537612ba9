"""`legbal review`: what happened in a ride, printed; without one, the screen of all rides."""

from pathlib import Path
from typing import Any

from legbal.analysis.summary import Summary
from legbal.app.derivation import Derivation
from legbal.app.named_ride import open_derivation
from legbal.app.stored_rides import ReviewedRide, review_of, summary_of
from legbal.cli.terminal import complain, print_json, print_lines
from legbal.config import load
from legbal.present.document import document_text
from legbal.present.headline import headline
from legbal.present.objects import summary_fields
from legbal.present.ride import review_blocks


def print_review(
    ride: str, as_json: bool, everything: bool, history: Path | None, plan: Path | None, **options: Any
) -> None:
    """Reads the ride at once and prints its summary."""
    with open_derivation(ride, load(options), options, history, plan, complain) as (_, derivation):
        if as_json:
            summary = summary_of(derivation) or _summary_anew(derivation)
            print_json({"headline": headline(summary), **summary_fields(summary), "note": _note(derivation)})
            return
        read = review_of(derivation) or _review_anew(derivation)
        summary, more = read.summary, "" if everything else "review.more"
        blocks = review_blocks(summary, read.events, summary.notes, _note(derivation), more)
        print_lines(*document_text(blocks))


def _summary_anew(derivation: Derivation) -> Summary:
    # what derives a ride brings numpy along, which one that is kept has no need of
    from legbal.app.ride_values import read_summary

    return read_summary(derivation)


def _review_anew(derivation: Derivation) -> ReviewedRide:
    # as above
    from legbal.app.ride_values import analyse_ride

    analysis = analyse_ride(derivation).analysis
    return ReviewedRide(analysis.summary, analysis.events)


def _note(derivation: Derivation) -> str:
    return "" if derivation.in_library is None else derivation.in_library.ride.note
