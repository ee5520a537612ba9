"""`legbal me`: the six answers of all rides on a meter."""

from legbal.cli.rides import tell_questions
from legbal.cli.terminal import print_json, print_lines
from legbal.cli.trend import derive_pending, service_of_months
from legbal.config import load
from legbal.present.document import document_text
from legbal.present.me import me_blocks, with_answers, without_balance
from legbal.present.tiring import tiring_blocks


def me(as_json: bool, meter: str | None, by_ride: bool, wait: bool) -> None:
    """Answers with what is up to date, and sees to it that the rest will be."""
    named = None if meter is None else load().meter_named(meter)
    service = service_of_months(wait=wait)
    answers, pending = service.answers(meter=named)
    if as_json:
        print_json([with_answers(each) for each in answers])
    elif answers and by_ride and (tiring := answers[0].tiring) is not None:
        print_lines(*document_text(tiring_blocks(tiring)))
    elif answers:
        print_lines(*document_text(me_blocks(answers[0], answers[1:], typed=True)))
    elif not pending:
        print_lines(*document_text(without_balance(service.meter_without_balance())))
    tell_questions(service)
    derive_pending(service.path, pending, "me")
