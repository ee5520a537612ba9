"""The tables about a ride: one row for an interval, whether it is live, over, or has no balance at all."""

from __future__ import annotations

import msgspec
import pytest

from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
from legbal.analysis.summary import SpanAverages
from legbal.present import document, interval_words, tables
from legbal.ride.share import BandShare, Estimate, Share
from legbal.ride.work_interval import Interval, IntervalDropOff
from tests.analysis.dropoffs import dropoff

SHARE = Share(47.2, 0.51, 298.0, 440, 265.4)
INTERVALS = (
    Interval(1, 600.0, 899.6, SHARE, 48.3, -0.99, 0.5),
    Interval(2, 3500.0, 3620.0, SHARE, None, 1.04, 0.5),
    Interval(3, 4000.0, None, Share(47.0, 1.4, 8.0, 12, 250.0), 48.0, 3.0, 0.1),
)


def test_intervals_in_eighty_columns() -> None:
    assert document.table_text(tables.intervals(INTERVALS, 4010.0), 80) == [
        "int.     from  time  watts      left %  vs usual  what happened",
        "1       10:00  5:00    265  47.2 ± 0.5      −1.1  fell 1.0 a minute",
        "2       58:20  2:00    265  47.2 ± 0.5         —  rose 1.0 a minute",
        "3 ▸   1:06:40  0:10    250           —         —  —",
    ]


def test_a_share_is_steady_up_to_the_95_percent_interval_of_its_slope() -> None:
    """0.99 ± 0.5 a minute lies outside 1.96 errors, and is said as on every other surface."""
    level = Interval(1, 0.0, 300.0, SHARE, None, 0.97, 0.5)
    short = Interval(1, 0.0, 59.0, SHARE, None, 0.99, 0.1)
    assert [interval_words.happened(x) for x in (INTERVALS[0], level, short)] == [
        "fell 1.0 a minute",
        "steady",
        "—",
    ]


def test_a_drop_off_is_said_before_any_slope() -> None:
    back, stays = IntervalDropOff("left", 3550.0, 3605.4, 4.5), IntervalDropOff("right", 3610.0, None, 2.96)
    over = msgspec.structs.replace(INTERVALS[1], dropoffs=(back, stays))
    running = msgspec.structs.replace(INTERVALS[2], dropoffs=(stays,))
    assert interval_words.happened(over) == "fell 59:10–1:00:05, −4.5; right fell 1:00:10, −3.0, not back"
    assert interval_words.happened(running, 4010.0) == "right fell 1:00:10, −3.0"


def test_without_a_balance_its_columns_are_gone() -> None:
    headings = document.table_text(tables.intervals(INTERVALS, 4010.0, balance=False))[0].split()
    assert headings == ["int.", "from", "time", "watts"]
    assert "left" not in document.table_text(tables.bands([BandShare("", 0, 0.55, SHARE)], balance=False))[0]


@pytest.mark.parametrize(("width", "gone"), [(70, "left W"), (60, "from"), (45, "what happened")])
def test_what_matters_least_goes_first(width: int, gone: str) -> None:
    lines = document.table_text(tables.intervals(INTERVALS, 4010.0), width)
    assert gone not in lines[0]
    assert all(len(line) <= width for line in lines)
    assert "left %" in lines[0]


def test_bands_by_riders_words() -> None:
    known = [
        BandShare("", 0.0, 0.55, SHARE),
        BandShare("", 0.55, 0.75, Share()),
        BandShare("", 1.2, None, SHARE),
    ]
    assert [row[0] for row in tables.bands(known).rows] == ["recovery", "above VO₂max"]


def test_a_drop_off_and_what_it_changed() -> None:
    before = SpanAverages(
        share=Share(50.0, 0.5, seconds=60.0, revolutions=15, power_w=250.0), cadence_rpm=90.0, seconds=60.0
    )
    during = SpanAverages(
        share=Share(46.0, 0.6, seconds=41.0, revolutions=15, power_w=249.0), cadence_rpm=89.0, seconds=41.0
    )
    drop = dropoff(60.0, 4.0, before, during, difference=Estimate(-4.0, 0.7))
    assert document.table_text(tables.dropoffs([drop])) == [
        "drop-off                 left %  watts  left W  right W  rpm  time",
        "1, left leg  before  50.0 ± 0.5    250     125      125   90  1:00",
        "1            during  46.0 ± 0.6    249     115      134   89  0:41",
        "1            change  −4.0 ± 0.7     −1     −10       +9   −1",
    ]


def test_dynamics_leave_out_what_nobody_measured() -> None:
    leg = LegDynamics(
        torque_effectiveness_percent=71.4, power_phase_start_deg=350, power_phase_end_deg=190, seconds=9
    )
    both = Dynamics(left=leg, right=LegDynamics(), top_dead_spot_deg=12.0)
    assert document.table_text(tables.dynamics(both)) == [
        "cycling dynamics                        left  right",
        "torque effectiveness, %                   71      —",
        "power phase              350° to 190° (200°)      —",
        "top dead spot                            12°    12°",
    ]
    assert document.table_text(tables.interval_dynamics([(1, both), (2, Dynamics())])) == [
        "int.  leg   TE %          power phase",
        "   1  left    71  350° to 190° (200°)",
    ]
    assert document.table_text(tables.interval_dynamics([(1, Dynamics())])) == []
