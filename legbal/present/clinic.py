"""What a physiotherapist reads of a ride, or of months of rides, on one page: plain terms, formulas with their sources.

It speaks of the rider, not to the rider.
"""

from collections.abc import Iterable, Iterator, Sequence

from legbal.analysis.posterior import CredibleInterval
from legbal.analysis.power_analysis import ASSUMED_BETWEEN_SD
from legbal.analysis.rider_answers import RiderAnswers
from legbal.analysis.summary import Summary
from legbal.analysis.symmetry import SymmetryReport, SymmetryRow
from legbal.meters.balance_octet import Reference
from legbal.meters.limits import Remark, limits
from legbal.meters.profile import Profile
from legbal.present.balance_remarks import quality_sentence
from legbal.present.certainty import of_drift
from legbal.present.document import Column, Table
from legbal.present.headline import METER_WRONG, facts, headline
from legbal.present.intensity import intensity
from legbal.present.me import answer_texts, of_lasting
from legbal.present.meter import READ_AS
from legbal.present.numbers import (
    clock,
    count,
    duration,
    hours,
    number,
    plus_minus,
    points,
    signed,
)
from legbal.present.remarks import remark
from legbal.ride.inputs import Side
from legbal.ride.share import BalanceQuality, Estimate

TITLE = "Left and right leg in cycling"
NAME, NOTES = "Name:", "Notes"
SHARES, TIRING = "Share of the power by intensity", "Tiring"
OVER_MONTHS, CANNOT_KNOW = "Over months", "What this measurement cannot know"
_MOST_REMARKS = 5
_MANY = 10  # rides, from which on they outweigh what is assumed of days
_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_SPARE = 4  # `Column.drop` of what a phone does without
MOST_ROWS = 9  # a sheet has no more room
# said below in words of their own, or meant for who rides
_LEFT_OUT = (
    "limit.same_meter",
    "limit.change_matters",
    "limit.unlock",
    "limit.by_time",
    "ftp.disproved",
    "ftp.looks_low",
    "ftp.looks_high",
    *METER_WRONG,
)
_BEYOND = (
    "A share tells which leg gives more power at the crank. It does not tell why, and it says nothing of single"
    " muscles, joints, pain or technique.",
    "The crank joins the legs, so one can spare the other. A share is no strength test: the cut-offs of hop and"
    " strength tests, such as a limb symmetry index of 90 %, do not apply. None is established for cycling (Murray et"
    " al., J Sci Cycling 2024).",
    "Only values of one rider, on one meter and at one intensity, can be compared.",
)


def conclusion(report: SymmetryReport) -> str:
    """Both indices of all intensities, with their ranges."""
    whole, side = report.rows[0], report.involved
    index = whole.symmetry
    clear = index.low > 0 or index.high < 0
    more = (
        f"the {'right' if index.value > 0 else 'left'} leg gives more"
        if clear
        else "no clear side difference"
    )
    limb = whole.limb_symmetry
    return (
        f"Symmetry index {signed(index.value)} % ({_reach(index)}): {more}."
        f" Limb symmetry index {number(limb.value, 1)} % ({_reach(limb)}), {side} to {_OTHER[side]}."
    )


def _reach(of: CredibleInterval) -> str:
    return f"{number(of.low)} to {number(of.high)}"


def symmetry_table(report: SymmetryReport) -> Table:
    """A row for each intensity: the left share, both indices with 95 % ranges, the smallest detectable change."""
    columns = (
        Column("intensity", "left", tone="strong"),
        Column("left %"),
        Column("SI, %"),
        Column(f"LSI {report.involved}, %"),
        Column("SDC"),
        Column("rides", drop=_SPARE),
        Column("time", drop=_SPARE),
        Column("watts", drop=_SPARE),
    )
    rows = report.rows[:MOST_ROWS]
    months = not rows[0].seconds
    return Table(columns, [_cells(row, months=months) for row in rows])


def _cells(row: SymmetryRow, *, months: bool) -> tuple[str, ...]:
    if row.band is not None:
        what = intensity(row.band.low_ftp, row.band.high_ftp)
        what += "" if row.band.band in what else f", {row.band.band}"
    else:
        what = "sprints, 5 to 20 s" if row.sprints else "all intensities"
    return (
        what,
        f"{number(row.left.value, 1)} {plus_minus(row.standard_error)}",
        _index(signed(row.symmetry.value), row.symmetry),
        _index(number(row.limb_symmetry.value, 1), row.limb_symmetry),
        number(row.detectable, 1),
        f"{row.rides}" if months else "",
        "" if months else clock(row.seconds),
        "" if months else number(row.power_w),
    )


def _index(value: str, of: CredibleInterval) -> str:
    reach = _reach(of).replace(" ", "\u00a0")  # a narrow column breaks before it, never in it
    return f"{value} ({reach})"


def definitions(report: SymmetryReport) -> Iterator[str]:
    """What stands in the table, with formulas and where they are from."""
    side, other = report.involved, _OTHER[report.involved]
    of = "of this ride alone" if report.rows[0].seconds else "of all rides"
    which = "the rider calls the weak one" if report.stated else "gives less here; the rider named none"
    yield (
        "left %: the left leg's part of the power of both legs ± standard error. Intensity is in % of FTP, about the"
        " power that can be held for an hour. In brackets, and drawn with 50 % as the dashed line: 95 % ranges,"
        f" {of}; what the meter gets wrong comes on top."
    )
    yield (
        "SI: symmetry index, (right − left) / mean of both × 100; 0 is even, + is more from the right (Robinson et al.,"
        f" J Manipulative Physiol Ther 1987). LSI: limb symmetry index, {side} / {other} × 100; 100 is even (Noyes et"
        f" al., Am J Sports Med 1991). The {side} leg is the one that {which}."
    )
    rides = f"{count(report.scatter_rides, 'ride')} of this rider"
    scatter = f"assumed to be {points(ASSUMED_BETWEEN_SD)}"
    if report.scatter_rides:
        scatter = (
            f"learnt from {rides}" if report.scatter_rides >= _MANY else f"{scatter}, corrected by {rides}"
        )
    yield (
        "SDC: smallest detectable change, in points of left %: two rides at that intensity that differ by less may be"
        f" alike. It is 1.96 × √2 × √(SE² + scatter between days²); that scatter is {scatter} (de Vet et al., J Clin"
        " Epidemiol 2006). A point of left % is about 4 points of SI or LSI."
    )


def measured(balance: BalanceQuality, reference: Reference, *, swapped: bool = False) -> str:
    """How the shares were measured."""
    exchanged = "; sides exchanged, as the rider says" if swapped else ""
    return f"{quality_sentence(balance)}{READ_AS.get(reference, '')}{exchanged}."


def measured_on_ride(summary: Summary) -> str:
    """How a ride was measured, and how much of it there was."""
    return f"{measured(summary.ride.balance, summary.ride.reference)} {facts(summary)}"


def measured_over_months(answers: RiderAnswers) -> str:
    """How the rides of months were measured."""
    return measured(answers.balance, answers.reference, swapped=answers.swapped)


def refusal(summary: Summary) -> str:
    """Why there are no indices of a ride."""
    return f"{headline(summary)} There is no symmetry index of this ride."


def tiring_of_ride(summary: Summary, report: SymmetryReport) -> Iterator[str]:
    """How the involved leg tired on a ride: its drift, and when it fell."""
    side, efforts = report.involved, summary.efforts
    if efforts is None or not efforts.seconds:
        yield "Not known: no effort was long enough."
        return
    yield _drift(efforts.drift, side)
    fell = [x for x in efforts.deficits if x.side == side]
    others = len(efforts.deficits) - len(fell)
    other = f" The {_OTHER[side]} leg did {_times(others).lower()}." if others else ""
    if not fell:
        yield f"In {hours(efforts.seconds)} of effort it never fell 2 points below its level.{other}"
        return
    backs = [x.back_after_s for x in fell if x.back_after_s is not None]
    back = f"; back after {duration(sorted(backs)[len(backs) // 2])}" if backs else ""
    lost = len(fell) - len(backs)
    lasted = f"; not back {_times(lost).lower()} before the effort ended" if lost else ""
    yield (
        f"{_times(len(fell))} it fell 2 points or more below its level, first after {clock(fell[0].effort_s)} of the"
        f" {clock(efforts.seconds)} of effort{back}{lasted}.{other}"
    )


def _times(number: int) -> str:
    return {1: "Once", 2: "Twice"}.get(number, f"{number} times")


def _drift(drift: Estimate | None, side: str) -> str:
    if drift is None:
        return f"Whether the {side} leg's share fell over the ride is not known: that takes 20 minutes of effort."
    own = drift if side == "left" else Estimate(-drift.value, drift.standard_error, drift.quantile)
    return of_drift(own, f"{side} leg's share")


def tiring_over_months(answers: RiderAnswers) -> str:
    """How the weak leg tires, by all rides."""
    _, _, tiring, *_ = answer_texts(answers)
    return tiring.answer


def over_months(answers: RiderAnswers) -> Iterator[str]:
    """Where the level goes, what changes did, and what would show."""
    *_, course, changes, _ = answer_texts(answers)
    yield course.answer
    if answers.changes:
        yield f"Changes: {changes.answer}"
    yield of_lasting(answers.shows)


def cannot_know_of_ride(summary: Summary) -> Sequence[str]:
    """What bounds the numbers of a ride, the meter's limits first."""
    return _cannot_know(x for x in summary.limits if isinstance(x, Remark))


def cannot_know(profile: Profile) -> Sequence[str]:
    """What bounds the numbers of rides on such a meter."""
    return _cannot_know(limits(profile))


def _cannot_know(remarks: Iterable[Remark]) -> Sequence[str]:
    of_meter = [remark(x) for x in remarks if x.code not in _LEFT_OUT]
    return [" ".join(of_meter[:_MOST_REMARKS]), *_BEYOND]
