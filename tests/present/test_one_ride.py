"""One ride on every surface: where two of them say a number, a time or a name, they say the same."""

from __future__ import annotations

import re
from functools import cache

import msgspec
import pytest

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import Summary, summarise
from legbal.cli import rides as cli_rides
from legbal.meters.limits import Remark
from legbal.present.document import document_text, table_text
from legbal.present.headline import essentials, headline
from legbal.present.numbers import days
from legbal.present.ride import findings, sections
from legbal.present.sentences import alert_sentence
from legbal.present.trend import change_blocks
from legbal.remote.rider_group import RiderStatus
from legbal.report.ride import ride_page
from legbal.ride.events import Alert
from legbal.ride.share import Period, Share
from legbal.ride.view import RideView
from legbal.ride.work_interval import Interval
from legbal.tui.render import coach, glance, rides
from legbal.tui.render import ride_page as page
from legbal.tui.render import trend as render_trend
from legbal.tui.render.selection import TrendSelection
from legbal.tui.render.status import Frame
from tests.present.surfaces import INTERVAL, Surfaces, drawn, found, html_lines, surfaces, the_view
from tests.report.rides import about, falling_behind
from tests.tui import months
from tests.tui.pages import entry, kept
from tests.tui.views import RECORDING

BAND = re.compile(
    r"^\W*?(?P<name>(?:above )?[\w₂]+)\s+(?:[<>]?[\d–]+ %\s+)?(?P<time>\d+:[\d:]+)\s+"
    r"(?:\d+\s+)?(?:\d+\s+\d+\s+|—\s+—\s+)?"
    r"(?P<share>\d\d\.\d ± \d\.\d|—)\s*$"
)
ALERT = re.compile(
    r"(?P<clock>\d+:\d\d(?::\d\d)?)\s+(?:▼ drop-off\s+)?(?:\d+\s+)?(?P<leg>[Ll]eft|[Rr]ight) leg "
    r"(?P<extent>\d+(?:\.\d)? points? below \w+)"
)


LIVE = ("live screen", "broker", "after the ride")


def same(pattern: re.Pattern[str], known: Surfaces, count: int, *, of_the_moment: str = "") -> None:
    """Fails where two surfaces differ, or one does not show all rows.

    One field may be another while the ride lasts, and right after it, until its summary is read.
    """
    said = {name: found(pattern, rows) for name, rows in known.items()}
    assert {name: len(rows) for name, rows in said.items()} == dict.fromkeys(known, count)
    for name, rows in said.items():
        apart = {of_the_moment} if name in LIVE else set()
        for row, other in zip(rows, said["report"], strict=True):
            assert {k: row[k] for k in row.keys() - apart} == {k: other[k] for k in other.keys() - apart}, (
                name
            )


def test_intervals_and_bands_are_the_same_everywhere() -> None:
    known = surfaces(falling_behind(), the_view())
    same(INTERVAL, known, len(falling_behind().summary.intervals), of_the_moment="usual")
    same(BAND, known, sum(band.share.seconds > 0 for band in falling_behind().summary.bands))


def test_alerts_are_the_same_everywhere() -> None:
    known = surfaces(falling_behind(), the_view())
    extents = {
        name: [match["extent"] for row in known[name] if (match := ALERT.search(row))]
        for name in ("after the ride", "report")
    }
    assert len(extents["report"]) >= 2
    assert extents["after the ride"] == extents["report"]
    clocks = {
        name: [match["clock"] for row in known[name] if (match := ALERT.search(row))] for name in extents
    }
    assert clocks["after the ride"] == clocks["report"]
    for name in ("terminal", "ride page", "report"):
        told = [re.search(r"[\d.]+ points?", extent) for extent in extents["report"]]
        text = " ".join(known[name])
        for depth in told:
            assert depth is not None
            assert re.search(rf"(?<![\d.]){re.escape(depth[0])}", text), (name, depth)


def test_the_ride_as_a_whole_is_the_same_everywhere() -> None:
    known = surfaces(falling_behind(), the_view())
    ride = falling_behind().summary.ride
    for name in ("terminal", "after the ride", "report"):
        text = " ".join(known[name])
        assert re.search(r"\b15:30\b", text), name
        assert f"± {ride.share.standard_error:.1f}" in text, name
    assert f"{ride.share.left_percent:.1f} ± {ride.share.standard_error:.1f}" in " ".join(known["terminal"])
    assert f"{ride.share.left_percent:.1f} %" in " ".join(known["report"])


@cache
def edges() -> tuple[RideAnalysis, RideView]:
    """A ride of the values on which surfaces have disagreed: each in an interval."""
    share = Share(47.0, 0.5, 59.0, 300, 250.0)
    intervals = (
        Interval(1, 0.0, 59.6, share, 48.0, None, None),
        Interval(2, 100.0, 400.0, share, 48.0, 0.99, 0.5),
        Interval(3, 500.0, 800.0, share, 48.0, -0.97, 0.5),
        Interval(4, 900.0, 3599.7 + 900, share, None, 0.04, 0.01),
        Interval(5, 5000.0, 5010.0, Share(47.0, 1.4, 8.0, 12, 250.0), 48.0, None, None),
    )
    view = msgspec.structs.replace(the_view(), intervals=intervals, t=5200.0)
    summary: Summary = summarise(view, CyclingDynamics())
    reading = msgspec.structs.replace(falling_behind(), summary=summary)
    return reading, view


@pytest.mark.parametrize(
    ("number", "name", "said"),
    [
        (1, "time", "1:00"),
        (2, "happened", "rose 1.0"),
        (3, "happened", "steady"),
        (4, "time", "1:00:00"),
        (4, "happened", "steady"),
        (5, "share", "—"),
    ],
)
def test_what_lies_on_an_edge_falls_to_the_same_side_everywhere(number: int, name: str, said: str) -> None:
    for surface, rows in surfaces(*edges()).items():
        (row,) = (x for x in found(INTERVAL, rows) if x["number"] == str(number))
        assert row[name] == said, surface


def test_the_meters_of_a_ride_stand_beside_each_other_alike_everywhere() -> None:
    names = ("Ped L", "Ped R")
    item = entry(ride=kept(meters=names))
    shown = {
        "legbal rides": table_text(cli_rides.table([cli_rides._cells(item)])),
        "list of rides": drawn(rides.rows([item], 0, 160)),
        "ride page": drawn(page.head(page.RideContent(item), 160, 10)),
        "report": list(html_lines(ride_page(falling_behind(), about(meters=names)).decode())),
    }
    for surface, rows in shown.items():
        assert re.search(r"Ped L\s+\+\s+Ped R", " ".join(rows)), surface


def test_what_became_of_a_change_is_one_sentence_on_the_screen_and_on_the_command_line() -> None:
    selection = TrendSelection(*months.trend()).at_longest()
    (report,) = selection.changes
    assert selection.series is not None
    said = " ".join("\n".join(document_text(change_blocks(report))).split())
    shown = " ".join(" ".join(drawn(render_trend.words(selection, 160, 40))).split())
    sentence = "lear: up 1.0, 0.4 to 1.6 points."
    assert f"All bands: c{sentence}" in said
    assert f"C{sentence}" in shown
    when = days(report.change.first_day, report.change.last_day)
    assert when in said
    assert when in shown


def test_an_alert_is_as_deep_on_every_screen() -> None:
    alert = Alert(930.0, "dropoff", "left", 3.44, None, None, 900.0, 0, 0.97)
    view = msgspec.structs.replace(the_view(), alert=alert)
    rider = RiderStatus("anna", view, alert, False, 0.0, False)
    assert "left 3.4 usual" in " ".join(drawn(coach.rows([rider], 0, 160)))
    live = " ".join(drawn(glance.draw(Frame(view, view, RECORDING), 160, 17)))
    assert "3.4 points below usual" in live
    assert alert_sentence(alert) == "left leg 3.4 points below usual"


def test_of_a_ride_in_which_the_meter_looked_wrong_no_difference_is_claimed() -> None:
    summary = falling_behind().summary
    assert any("against" in x or "moved" in x for x in findings(summary))
    wrong = msgspec.structs.replace(
        summary,
        meter_wrong=(Period(600.0, None),),
        limits=(Remark("ride.meter_wrong", {"since": 600.0}),),
    )
    assert list(findings(wrong)) == []
    assert essentials(wrong)[0].startswith("From 10:00 on the meter looked wrong")
    assert "do not trust" in headline(wrong)
    assert "against it %" in str(sections(summary)["Power bands"])
    assert "against it %" not in str(sections(wrong)["Power bands"])
