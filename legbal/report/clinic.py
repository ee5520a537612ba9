"""The sheet for a physiotherapist: one page of A4 of a ride, or of the months of rides on one meter."""

from collections.abc import Iterable

from legbal.analysis.rider_answers import RiderAnswers
from legbal.analysis.summary import Summary
from legbal.analysis.symmetry import SymmetryReport
from legbal.present import clinic
from legbal.present.document import Paragraph
from legbal.present.headline import facts
from legbal.present.html import Markup, document, foreign, join, shortened, tag
from legbal.present.numbers import count, days, meter_names, weekday
from legbal.present.sentences import say
from legbal.report.page import sheet
from legbal.report.pictures import with_drawings
from legbal.report.ride import RideDetails
from legbal.ride.share import Share

_LONGEST = 60  # characters of a name or title on the sheet
_MOST_METERS = 2


def ride_sheet(summary: Summary, symmetry: SymmetryReport | None, about: RideDetails) -> bytes:
    """The sheet of one ride in UTF-8; `symmetry` None: it has none."""
    when = None if about.started is None else weekday(about.started)
    meters = meter_names(foreign(x, _LONGEST) for x in about.meters[:_MOST_METERS])
    parts = [foreign(about.title, _LONGEST), when, meters]
    tiring: Iterable[str] = ()
    if symmetry is not None:
        tiring = clinic.tiring_of_ride(summary, symmetry)
    body = _body(
        Markup(" · ".join(filter(None, parts))),
        facts(summary) if symmetry is None else clinic.measured_on_ride(summary),
        symmetry,
        clinic.refusal(summary) if symmetry is None else "",
        (clinic.TIRING, tiring),
        (clinic.CANNOT_KNOW, clinic.cannot_know_of_ride(summary)),
    )
    return sheet(about.title, clinic.TITLE, body, about.made_of)


def months_sheet(answers: RiderAnswers | None, symmetry: SymmetryReport | None) -> bytes:
    """The sheet of the rides on one meter in UTF-8; None of both: there is none with a balance."""
    if answers is None or symmetry is None:
        body = _body(Markup(""), "", None, say("trend.no_rides"))
        return sheet(clinic.TITLE, clinic.TITLE, body, count(0, "ride"))
    rides = count(answers.rides, "ride")
    meter = foreign(answers.meter or say("trend.no_name"), _LONGEST)
    parts = [rides, days(answers.first_day, answers.last_day), meter]
    body = _body(
        Markup(" · ".join(parts)),
        clinic.measured_over_months(answers),
        symmetry,
        "",
        (clinic.TIRING, [clinic.tiring_over_months(answers)]),
        (clinic.OVER_MONTHS, clinic.over_months(answers)),
        (clinic.CANNOT_KNOW, clinic.cannot_know(answers.shows.profile)),
    )
    return sheet(clinic.TITLE, clinic.TITLE, body, rides)


def _body(
    about: Markup,
    measured: str,
    symmetry: SymmetryReport | None,
    refusal: str,
    *parts: tuple[str, Iterable[str]],
) -> Markup:
    """What stands between the heading and the last line; the rest of the sheet is for notes."""
    indices: Iterable[Markup] = ()
    if symmetry is not None:
        shares = [
            (Share(x.left.value, x.standard_error, revolutions=None), None)
            for x in symmetry.rows[: clinic.MOST_ROWS]
        ]
        table, *_ = with_drawings(clinic.symmetry_table(symmetry), shares)
        indices = (
            tag("h2", clinic.SHARES),
            document([table]),
            _paragraphs(clinic.definitions(symmetry), "small"),
        )
    return join(
        [
            tag("p", clinic.NAME, class_="name"),
            tag("p", about, class_="about"),
            tag("p", shortened(measured, 400)),
            tag("p", clinic.conclusion(symmetry) if symmetry else refusal, class_="strong"),
            *indices,
            *(
                join([tag("h2", heading), _paragraphs(texts, "said")])
                for heading, texts in ((x, list(y)) for x, y in parts)
                if texts
            ),
            tag("section", tag("h2", clinic.NOTES), class_="notes"),
        ]
    )


def _paragraphs(texts: Iterable[str], style: str) -> Markup:
    return tag("div", document(Paragraph(x) for x in texts if x), class_=style)
