"""What a review says in words: a difference with its error, and where nothing can be shown, that."""

from __future__ import annotations

import re
from itertools import chain

import msgspec
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.power_analysis import VarianceComponents, smallest
from legbal.analysis.summary import (
    BandDifference,
    FirstLast,
    IntervalSummary,
    SpanAverages,
    Summary,
    summarise,
)
from legbal.present import ride, tables
from legbal.present.certainty import of_drift
from legbal.present.document import document_text
from legbal.present.numbers import duration
from legbal.ride.events import Alert, Clear, ClearReason
from legbal.ride.inputs import Setup
from legbal.ride.ride import fold
from legbal.ride.share import BandShare, Estimate, Share, band_name
from tests.analysis.dropoffs import dropoff


def contrast(difference: float, error: float) -> BandDifference:
    return BandDifference(
        band="90–105 %",
        against="75–90 %",
        difference=Estimate(difference, error),
    )


BANDS = (
    BandShare("75–90 %", 0.75, 0.9, Share(49.6, 0.21, 600.0, 900, 210.0)),
    BandShare("90–105 %", 0.9, 1.05, Share(47.9, 0.34, 600.0, 900, 250.0)),
)


def test_a_contrast_is_told_with_its_interval_and_both_shares_with_their_errors() -> None:
    assert ride.of_band_differences([contrast(-1.7, 0.5)], BANDS) == [
        "47.9 ± 0.3 at threshold against 49.6 ± 0.2 at tempo: −1.7 ± 0.5 (95 %: −2.7 to −0.7)."
    ]
    (row,) = tables.band_differences([contrast(-1.7, 0.5)], BANDS).rows
    assert row[2:4] == ("47.9 ± 0.3", "49.6 ± 0.2")


def test_differences_that_include_zero_are_told_together() -> None:
    said = ride.of_band_differences([contrast(-0.7, 0.5), contrast(-1.7, 0.5), contrast(0.02, 0.3)], BANDS)
    assert len(said) == 2
    assert said[1] == (
        "No clear difference: threshold against tempo (−0.7 ± 0.5), threshold against tempo (0.0 ± 0.3)."
    )


def test_a_ride_with_one_band_has_nothing_to_say() -> None:
    assert ride.of_band_differences([], BANDS) == []


@pytest.mark.parametrize(
    ("slope", "error", "said"),
    [
        (-1.8, 0.5, "The left share clearly fell, by 1.8 points an hour of effort (0.8 to 2.8)."),
        (1.8, 0.5, "The left share clearly rose, by 1.8 points an hour of effort (0.8 to 2.8)."),
        (0.9, 0.5, "The left share likely rose, by 0.9 points an hour of effort (at most 1.9)."),
        (0.5, 0.5, "No clear change of the left share: −0.5 to +1.5 points an hour of effort."),
    ],
)
def test_a_drift_says_which_way_if_at_all(slope: float, error: float, said: str) -> None:
    assert of_drift(Estimate(slope, error)) == said


def ridden_at(*power_w: float) -> list[IntervalSummary]:
    return [
        IntervalSummary(share=Share(49.0, 0.3, 300.0, 450, watts), number=number, start_s=0.0, end_s=300.0)
        for number, watts in zip((1, 5), power_w, strict=True)
    ]


def test_the_last_interval_against_the_first() -> None:
    fell = FirstLast(first=1, last=5, difference=Estimate(-1.5, 0.5))
    assert ride.of_first_last(fell, ridden_at(268.2, 267.6)) == (
        "Interval 5 against interval 1 (both at 268 W): −1.5 ± 0.5 (95 %: −2.5 to −0.5) points."
    )
    unclear = FirstLast(first=1, last=5, difference=Estimate(-0.5, 0.5))
    assert ride.of_first_last(unclear, ridden_at(268.0, 271.0)) == (
        "Interval 5 against interval 1 (271 W and 268 W): no clear change, "
        "−0.5 ± 0.5 (95 %: −1.5 to +0.5) points."
    )


DROPOFF = dropoff(
    352.0,
    4.5,
    SpanAverages(share=Share(power_w=251.2)),
    SpanAverages(share=Share(power_w=249.0)),
    told_s=380.0,
    sure=0.87,
    difference=Estimate(-4.6, 1.1),
    back_after_s=72.4,
)


def test_a_drop_off_is_told_from_its_onset_to_its_end() -> None:
    assert ride.of_dropoff(1, DROPOFF) == (
        "Drop-off 1: left leg from 5:52 for about 72 s, 4.5 points below usual, 87 % sure; alert after 28 s. "
        "Left share: −4.6 ± 1.1 (95 %: −6.8 to −2.4) during against before. "
        "Power: 251 to 249 W; the right leg took over."
    )


@pytest.mark.parametrize(
    ("ended", "what"),
    [
        ("rest", "the interval ended"),
        ("end", "the ride ended"),
        (None, "the ride ended"),
        ("gap", "the balance was lost"),
        ("meter", "the meter could not be trusted"),
    ],
)
def test_one_that_was_never_back_says_so(ended: ClearReason | None, what: str) -> None:
    never = msgspec.structs.replace(DROPOFF, back_after_s=None, sure=None, covered=None, ended=ended)
    said = ride.of_dropoff(1, never)
    when = f"left leg from 5:52, 4.5 points below usual; alert after 28 s; not back when {what}. "
    assert said.startswith(f"Drop-off 1: {when}")
    assert "; it varies that much anyway, so who made up for it is not known." in said


def test_at_quite_another_power_nobody_can_tell_who_covered() -> None:
    harder = msgspec.structs.replace(
        DROPOFF,
        covered=None,
        during=SpanAverages(
            share=Share(power_w=300.0),
        ),
    )
    assert "Power: 251 to 300 W; a different effort" in ride.of_dropoff(1, harder)


def test_one_too_short_to_compare_is_told_without_figures() -> None:
    said = ride.of_dropoff(1, msgspec.structs.replace(DROPOFF, difference=None, during=SpanAverages()))
    assert said.endswith("alert after 28 s.")


def test_a_span_is_rounded_and_written_as_on_the_live_screen() -> None:
    long = msgspec.structs.replace(DROPOFF, told_s=352.0 + 26.5, back_after_s=152.5)
    said = ride.of_dropoff(1, long)
    assert (duration(26.5), duration(152.5)) == ("27 s", "2:33")
    assert "for about 2:33, " in said
    assert "alert after 27 s." in said


def test_back_is_the_moment_of_the_all_clear_and_nothing_else() -> None:
    alert = Alert(380.0, "dropoff", "left", 4.5, None, None, 352.0, 0, 0.87)
    told = (alert, Clear(440.0, "dropoff", "left", "back"))
    blocks = ride.sections(msgspec.structs.replace(nothing(), dropoffs=(DROPOFF,)), told)
    text = " ".join(document_text(chain(*blocks.values())))
    assert "over at 7:20" in text
    assert not re.search(r"\bback\b", text)


def band(low: float, high: float, seconds: float, error: float | None) -> BandShare:
    return BandShare(band_name(low, high), low, high, Share(49.0, error, seconds=seconds))


def nothing() -> Summary:
    _, view = fold(Setup(), [])
    return summarise(view, CyclingDynamics())


def test_the_smallest_change_is_that_of_the_band_ridden_longest() -> None:
    bands = (band(0.0, 0.55, 100.0, 0.2), band(0.55, 0.75, 900.0, 0.3), band(0.75, 0.9, 2000.0, None))
    scatter = VarianceComponents(within_se=0.3)
    said = ride.of_smallest(msgspec.structs.replace(nothing(), bands=bands, smallest=smallest(scatter)))
    assert "at endurance: " in said
    assert "in 5 rides before and 5 after" in said
    assert "in 10 rides before and 10 after" in said
    assert "one ride before and one after are too few" in said


def test_without_a_balance_there_is_no_smallest_change() -> None:
    assert ride.of_smallest(nothing()) == ""
