"""The ride in one sentence, the lines below it, and what is said where there is little or nothing to say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.summary import (
    DropOffSummary,
    IntervalSummary,
    RideComparison,
    SpanAverages,
    Summary,
    summarise,
)
from legbal.meters.limits import Remark
from legbal.present.document import document_text
from legbal.present.headline import MOST_LINES, caveat, essentials, headline, of_comparison
from legbal.present.ride import review_blocks
from legbal.ride.drill import Drill
from legbal.ride.inputs import Setup, Side
from legbal.ride.ride import fold
from legbal.ride.share import Estimate, Period, Share
from legbal.ride.work_interval import IntervalDropOff
from tests.analysis.dropoffs import dropoff

BEFORE, DURING = (50.0, 0.5, 60.0, 90, 250.0), (45.8, 0.5, 60.0, 90, 251.0)
SHARE = Share(47.9, 0.3, 3600.0, 5400, 250.0)
FELL = IntervalDropOff("left", 1196.0, 1271.0, 4.5)


def interval(
    number: int, *dropoffs: IntervalDropOff, seconds: float = 300.0, by: Any = "power"
) -> IntervalSummary:
    start_s = 600.0 * number
    return IntervalSummary(
        number=number, start_s=start_s, end_s=start_s + seconds, share=SHARE, by=by, dropoffs=dropoffs
    )


def ridden(*intervals: IntervalSummary, usual: float | None = 48.5, **ride: Any) -> Summary:
    _, view = fold(Setup(), [])
    summary = summarise(view, CyclingDynamics())
    fields = {"share": SHARE, "balance": "measured", "reference": "left", "duration_s": 4560.0} | ride
    return msgspec.structs.replace(
        summary,
        ride=msgspec.structs.replace(summary.ride, usual_percent=usual, **fields),
        intervals=intervals,
        limits=(),
    )


def fell(side: Side, points: float, back_s: float | None = 1271.0) -> IntervalDropOff:
    return IntervalDropOff(side, 1196.0, back_s, points)


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (
            ridden(interval(1), interval(2), interval(3, FELL)),
            "Left 47.9 %, 0.6 below your usual; it fell once, in interval 3, by 4.5 points for 75 s.",
        ),
        (ridden(interval(1), usual=47.91), "Left 47.9 %, your usual; no drop-off in 1 interval."),
        (ridden(interval(1), usual=None), "Left 47.9 %; no drop-off in 1 interval."),
        (ridden(usual=47.0), "Left 47.9 %, 0.9 above your usual."),
        (
            ridden(interval(1, fell("right", 3.0)), interval(2, fell("right", 5.0, None)), usual=None),
            "Left 47.9 %; the right leg fell twice; the deepest, in interval 2: 5.0 points until it ended.",
        ),
        (
            ridden(interval(1, fell("right", 3.0), fell("left", 5.0)), interval(2, FELL), usual=None),
            "Left 47.9 %; the left leg fell twice, the right once; the deepest: left, interval 1, 5.0 points for 75 s.",
        ),
    ],
)
def test_a_ride_in_one_sentence(summary: Summary, said: str) -> None:
    assert headline(summary) == said


def test_of_a_summary_kept_before_intervals_knew_their_drop_offs_they_are_told_all_the_same() -> None:
    old = msgspec.structs.replace(ridden(interval(1), interval(2), interval(3)), dropoffs=(fallen(),))
    assert headline(old).endswith("it fell once, in interval 3, by 4.5 points for 75 s.")


def fallen(covered: Any = "other leg") -> DropOffSummary:
    before, during = (SpanAverages(share=Share(*x)) for x in (BEFORE, DURING))
    more = {"difference": Estimate(-4.2, 0.7), "back_after_s": 75.0, "covered": covered}
    return dropoff(1800.0, 4.5, before, during, **more)


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        (ridden(balance="absent", share=Share(power_w=200.0)), "No balance: this meter gives none."),
        (
            ridden(balance="constant", share=Share(power_w=200.0)),
            "No balance: the number never moved while power did.",
        ),
        (
            ridden(share=Share(47.0, 2.0, 5.0, 7, 200.0)),
            "Too short to say: fewer than 15 revolutions with a balance.",
        ),
        (
            msgspec.structs.replace(
                ridden(share=Share(power_w=90.0)), drills=(Drill("left", 0.0, 300.0, 300.0, 400, 90.0),)
            ),
            "No balance: one leg pedalled alone all ride.",
        ),
        (
            msgspec.structs.replace(ridden(interval(1, FELL)), meter_wrong=(Period(720.0, None),)),
            "The meter looked wrong from 12:00 on: do not trust its 47.9 % left.",
        ),
    ],
)
def test_where_there_is_nothing_to_say_one_sentence_says_why(summary: Summary, said: str) -> None:
    assert headline(summary) == said
    assert summary.meter_wrong or "—" not in "\n".join(
        document_text(review_blocks(summary, (), (), more="review.more"))
    )


def test_the_lines_below_are_five_at_most_and_of_what_is_clear() -> None:
    summary = msgspec.structs.replace(
        ridden(interval(3, FELL)),
        dropoffs=(fallen(),),
        drift=Estimate(-1.7, 0.5),
        comparison=RideComparison(difference=Estimate(-1.2, 0.3), shares=(49.0, 49.5, 47.9)),
        drills=(Drill("left", 0.0, 60.0, 60.0, 80, 90.0),),
    )
    assert essentials(summary) == [
        "1:16:00 at 250 W (left 120, right 130); left share 47.9 ± 0.3 over 5400 revolutions.",
        "One leg alone: the left leg 1:00 at 90 W. That is in none of the other numbers.",
        "The left share is clearly 1.2 points lower than on your last 2 rides at equal power (0.6 to 1.8)."
        " ▅▇▁ (47.9 to 49.5 %)",
        "Drop-off 30:00 to 31:15: left −10 W and right +11 W; the right leg took over.",
        "The left share clearly fell, by 1.7 points an hour of effort (0.7 to 2.7).",
    ]
    noisy = msgspec.structs.replace(summary, drift=Estimate(-0.7, 0.5))
    assert len(essentials(noisy)) == MOST_LINES - 1
    wrong = msgspec.structs.replace(
        summary,
        meter_wrong=(Period(720.0, None),),
        limits=(Remark("ride.meter_wrong", {"since": 720.0}),),
    )
    assert not any("equal power" in x or "took over" in x for x in essentials(wrong))


def test_rides_that_are_alike_are_not_drawn_far_apart() -> None:
    alike = RideComparison(difference=Estimate(0.1, 0.8), shares=(49.0, 49.2, 49.1))
    said = (
        "Against your last 2 rides at equal power: not known yet: −1.5 to +1.7 points. ▁▂▁ (49.0 to 49.2 %)"
    )
    assert of_comparison(alike) == said


@pytest.mark.parametrize(
    ("ride", "said"),
    [
        ({}, "Measured; the sides are right to about half a point."),
        ({"balance": "estimated"}, "Estimated by one sensor: its changes tell more than its value."),
        (
            {"balance": "unknown", "reference": "unknown"},
            "Unverified: accuracy unknown; the meter does not say which leg its number is: read as left.",
        ),
        ({"balance": "absent"}, ""),
    ],
)
def test_what_it_is_worth_is_one_line_at_the_end(ride: dict[str, Any], said: str) -> None:
    summary = ridden(interval(1), **ride)
    assert caveat(summary) == said
    lines = document_text(review_blocks(summary, (), ((60.0, "left knee"),), "tired", "review.more"), 200)
    assert lines[0].startswith(("Left 47.9 %", "No balance"))
    closing = (
        ["", said, "More with --all: what the numbers are worth."] if said else ["1:00   ✎ note   left knee"]
    )
    assert lines[-len(closing) :] == closing
    assert "✎ tired" in lines
    assert any("left knee" in line for line in lines)


def test_many_short_efforts_are_one_row_and_what_a_lap_drew_stays() -> None:
    short = [interval(n, seconds=10.0 + n) for n in range(1, 13)]
    by_lap = interval(20, seconds=30.0, by="lap")
    lines = document_text(
        review_blocks(ridden(*short, by_lap, interval(30), interval(31, FELL, seconds=40.0)), (), ())
    )
    table = lines[lines.index("Intervals") + 2 :]
    assert [line.split()[0] for line in table[:3]] == ["20", "30", "31"]
    assert table[3] == "12 efforts under a minute, median 17 s: 250 W, left 47.9 ± 0.1."
