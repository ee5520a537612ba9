"""`legbal trend` and `legbal change report`: months of rides, and what became of the balance after a change."""

from datetime import date
from pathlib import Path

from legbal.app import reindex_process
from legbal.app.trends import TrendService
from legbal.cli.rides import NO_CHANGES, tell_questions
from legbal.cli.terminal import bar, complain, print_json, print_lines
from legbal.config import load
from legbal.present.document import document_text
from legbal.present.intensity import band_of
from legbal.present.numbers import count, day
from legbal.present.sentences import say
from legbal.present.trend import change_blocks, trend_blocks
from legbal.present.trend_objects import with_words


def trend(as_json: bool, meter: str | None, band: str | None, since: date | None, wait: bool) -> None:
    """Answers with what is up to date, and sees to it that the rest will be."""
    named = None if meter is None else load().meter_named(meter)
    service = service_of_months(wait=wait)
    result = service.trend(meter=named, band=None if band is None else band_of(band), since=since)
    if as_json:
        print_json(with_words(result))
    else:
        print_lines(*document_text(trend_blocks(result)))
        if not result.meters and not result.pending:
            none = say("trend.no_rides") if since is None else say("trend.none_since", day=day(since))
            print_lines(f"{none} {say('trend.begin')}" if since is None else none)
    tell_questions(service)
    derive_pending(service.path, result.pending, "trend")


def report(number: int | None, as_json: bool, wait: bool) -> None:
    """Prints before against after."""
    service = service_of_months(wait=wait)
    reports = service.change_reports(number)
    if as_json:
        print_json([with_words(each) for each in reports])
    elif reports:
        blocks = (block for each in reports for block in change_blocks(each))
        print_lines(*document_text(blocks))
    else:
        print_lines(NO_CHANGES)
    if reports:
        derive_pending(service.path, reports[0].pending, "change report")


def derive_pending(path: Path, pending: int, command: str) -> None:
    """Says that rides are yet to be derived, and sees to it that they will be; `command` waits for that."""
    if pending:
        print_lines(
            f"{count(pending, 'ride')} {'is' if pending == 1 else 'are'} being updated and not counted yet; "
            f"`legbal {command} --wait` waits for that.",
            err=True,
        )
    reindex_process.catch_up(path, complain)


def service_of_months(*, wait: bool) -> TrendService:
    """The library, brought up to date if that is waited for. Raises LibraryError, ProfileError."""
    service = TrendService(weak=load().weak_leg)
    if wait:
        wait_for_rides(service.path)
    return service


def wait_for_rides(path: Path) -> None:
    """Brings the library up to date, with a progress bar. Raises LibraryError, ProfileError."""
    with bar("Updating rides", reindex_process.count_stale(path)) as step:
        reindex_process.wait(path, step)
