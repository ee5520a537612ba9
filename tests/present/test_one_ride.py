"""One ride on every surface: where two of them say a number, a time or a name, they say the same."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cache
from random import Random

import msgspec
import numpy as np
import pytest

from legbal.analysis.change import ChangeReport
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.months import RideShare
from legbal.analysis.power_analysis import VarianceComponents, smallest
from legbal.analysis.ride_analysis import RideAnalysis, analyse
from legbal.analysis.summary import RideSummary, Summary, summarise
from legbal.analysis.trend import BandTrend, MeanShare
from legbal.app.ride_values import AnalysedRide
from legbal.app.rides import ListItem
from legbal.cli import rides as cli_rides
from legbal.config.settings import SpeechLanguage
from legbal.outlets import RunState
from legbal.outlets.audio import Waveform
from legbal.outlets.mqtt import encoding, schema
from legbal.outlets.speech import Speech
from legbal.present.document import Line, document_text, table_text
from legbal.present.numbers import DASH, clock, days, number, share_error
from legbal.present.ride import of_smallest, review_blocks, worth
from legbal.present.sentences import alert_sentence
from legbal.present.trend import change_blocks, rides_table
from legbal.remote.rider_group import RiderStatus
from legbal.report.ride import ride_page
from legbal.ride.events import Alert, IntervalEnd
from legbal.ride.inputs import FIT_RECORD, Input, Notification, Setup
from legbal.ride.resample import resample
from legbal.ride.ride import Ride
from legbal.ride.share import BalanceQuality, BandShare, Share
from legbal.ride.view import Interval, RideView
from legbal.tui.render import averages, coach, ride_trace, rides, shares, status
from legbal.tui.render import ride_page as page
from legbal.tui.render import trend as render_trend
from legbal.tui.render.selection import TrendSelection
from legbal.tui.render.status import Frame
from legbal.tui.render.text_grid import TextGrid
from tests.meters.profiles import shipped
from tests.outlets.access import Access, drain
from tests.report.rides import about, demonstration, falling_behind
from tests.tui import pages
from tests.tui.pages import entry, kept
from tests.tui.views import RECORDING

INTERVAL = re.compile(
    r"^\W*(?P<number>\d+)(?: ▸)?\s+(?:\d[\d:]*\s+)?(?P<time>\d+:[\d:]+)\s+(?P<watts>\d+)\s+(?:\d+\s+\d+\s+|—\s+—\s+)?"
    r"(?P<share>\d\d\.\d ± \d\.\d|—)\s+(?P<usual>[+−]?\d+\.\d|—)\s+(?P<slope>level|[+−]\d+\.\d ± \d+\.\d|—)\s*$"
)
BAND = re.compile(
    r"^\W*?(?P<name>[<>]?[\d–]+ %)\s+(?P<time>\d+:[\d:]+)\s+(?:\d+\s+)?(?:\d+\s+\d+\s+|—\s+—\s+)?"
    r"(?P<share>\d\d\.\d ± \d\.\d|—)\s*$"
)
ALERT = re.compile(
    r"(?P<clock>\d+:\d\d(?::\d\d)?)\s+(?:▼ drop-off\s+)?(?:\d+\s+)?(?P<leg>[Ll]eft|[Rr]ight) leg "
    r"(?P<extent>\d+(?:\.\d)? points? below \w+)"
)

Surfaces = dict[str, list[str]]


@cache
def the_view() -> RideView:
    """The view in which the ride of `falling_behind` ends."""
    return resample(*demonstration()).view


def surfaces(reading: RideAnalysis, view: RideView) -> Surfaces:
    """What each surface that shows tables writes, line by line."""
    frame = Frame(view, view, RECORDING)
    kept = entry(balance=view.balance)
    scene = page.RideContent(kept, reading.summary)
    return {
        "terminal": document_text(review_blocks(reading.summary, reading.events, ())),
        "live screen": drawn(averages.draw_tables(frame, 160, 40)),
        "after the ride": drawn(page.finished("", frame, 160, 40)),
        "ride page": drawn(page.body(scene, 160, 40)),
        "report": list(html_lines(ride_page(reading, about()).decode())),
        "broker": list(broker_lines(view)),
    }


def drawn(rows: list[Line]) -> list[str]:
    """The text of a drawing; tables that stand side by side on lines of their own."""
    return [
        part for row in rows for part in re.split(r" {16,}", "".join(run.text for run in row)) if part.strip()
    ]


def html_lines(text: str) -> Iterator[str]:
    """The rows and paragraphs of a page, cells apart from each other."""
    body = re.sub(r"<svg.*?</svg>", "", text.partition("<main>")[2].partition("</main>")[0], flags=re.DOTALL)
    for row in re.split(r"</(?:tr|p|li|h2|figcaption|div)>", body):
        yield html.unescape(re.sub(r"<[^>]*>", "  ", row)).strip()


def broker_lines(view: RideView) -> Iterator[str]:
    """What who follows the ride sees of it: both messages, written and read, on the live screen's tables."""
    told = schema.read(schema.State, encoding.state(view, id="x", sent=1.0))
    now = schema.read(schema.Live, encoding.live(view, RunState(), id="x", sent=1.0))
    followed = schema.view(now, told, view.trace)
    yield from drawn(averages.draw_tables(Frame(followed, followed, RECORDING), 160, 40))


def found(pattern: re.Pattern[str], rows: list[str]) -> list[dict[str, str]]:
    return [match.groupdict() for match in map(pattern.match, rows) if match]


def same(pattern: re.Pattern[str], known: Surfaces, count: int) -> None:
    """Fails where two surfaces differ, or one does not show all rows."""
    said = {name: found(pattern, rows) for name, rows in known.items()}
    assert {name: len(rows) for name, rows in said.items()} == dict.fromkeys(known, count)
    for name, rows in said.items():
        assert rows == said["report"], name


def test_intervals_and_bands_are_the_same_everywhere() -> None:
    known = surfaces(falling_behind(), the_view())
    same(INTERVAL, known, len(falling_behind().summary.intervals))
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
        (2, "slope", "+1.0 ± 0.5"),
        (3, "slope", "level"),
        (4, "time", "1:00:00"),
        (4, "slope", "level"),
        (5, "share", "—"),
    ],
)
def test_what_lies_on_an_edge_falls_to_the_same_side_everywhere(number: int, name: str, said: str) -> None:
    for surface, rows in surfaces(*edges()).items():
        (row,) = (x for x in found(INTERVAL, rows) if x["number"] == str(number))
        assert row[name] == said, surface


def of_share(share: Share, duration_s: float = 600.0) -> tuple[RideAnalysis, RideView]:
    """A ride of which every stretch has this share: as a whole, its interval, its band, its last half minute."""
    interval = Interval(1, 0.0, 600.0, share, 48.0, None, None)
    band = BandShare("<55 %", 0.0, 0.55, share)
    view = msgspec.structs.replace(
        the_view(),
        t=duration_s,
        ride=share,
        last_30s=share,
        interval=interval,
        intervals=(interval,),
        bands=(band,),
    )
    summary = summarise(view, CyclingDynamics())
    return msgspec.structs.replace(falling_behind(), summary=summary), view


def head_in_a_row(ride: RideSummary) -> list[str]:
    """The head of a ride's page where there are few rows."""
    grid = TextGrid(120, 3)
    page._shares(grid, 0, 0, ride, 1)
    return drawn(grid.lines())


def spoken(view: RideView) -> list[str]:
    """What is said aloud at the end of each interval."""
    said: list[str] = []

    def synthesise(text: str, language: SpeechLanguage, words_per_minute: int) -> Waveform:
        assert (language, words_per_minute) == ("en", 160)
        said.append(text)
        return np.zeros(1, dtype=np.float32)

    speech = Speech(list[Waveform]().append, synthesise=synthesise)
    speech.start(Access(view))
    for interval in view.intervals:
        speech.event(IntervalEnd(600.0, number=interval.number, at=600.0))
    drain(speech)
    speech.close()
    return [text for text in said if text.startswith("interval")]


def of_change(share: Share, quality: BalanceQuality) -> ChangeReport:
    """What became of a change, with this share before it and after it."""
    _, (report,) = pages.trend()
    mean = MeanShare(share=share, rides=5)
    bands = tuple(msgspec.structs.replace(x, before=mean, after=mean) for x in report.meters[0].bands)
    return msgspec.structs.replace(
        report, meters=(msgspec.structs.replace(report.meters[0], balance=quality, bands=bands),)
    )


def whole(reading: RideAnalysis, view: RideView) -> dict[str, str]:
    """Every surface that says what a ride comes to, whether in a table or not."""
    frame, share = Frame(view, view, RECORDING), reading.summary.ride.share
    duration_s = reading.summary.ride.duration_s
    bands = tuple(band.share for band in reading.summary.bands)
    item = ListItem(kept(duration_s=duration_s), share, view.balance, bands)
    rider = RiderStatus("anna", view, None, False, 0.0, False)
    rows = (RideShare(ride="a", started=kept().started, share=share),)
    trend = BandTrend(
        band="<55 %", low_ftp=0.0, high_ftp=0.55, rows=rows, months=(), slope=None, verdict="too_few"
    )
    page = ride_page(reading, about()).decode().partition("<main>")[2]
    head = page[: page.index("</section>")]
    return {
        "legbal rides": "\n".join(table_text(cli_rides.table([cli_rides._cells(item)]))),
        "list of rides": "\n".join(drawn(rides.rows([item], 0, 160))),
        "coach": "\n".join(drawn(coach.rows([rider], 0, 160))),
        "trend": "\n".join(str(row[1]) for row in rides_table([trend]).rows),
        "change": "\n".join(document_text(change_blocks(of_change(share, view.balance)))),
        "live readings": "\n".join(drawn(averages.draw(frame, 160, 2))),
        "large": "\n".join(drawn(shares.draw_large(frame, 160, 30))),
        **{name: "\n".join(text) for name, text in surfaces(reading, view).items() if name != "report"},
        "report": html.unescape(re.sub(r"<[^>]*>", " ", head)) + "\n".join(surfaces(reading, view)["report"]),
    }


def test_a_share_is_one_text_everywhere_and_the_other_leg_s_is_the_rest() -> None:
    reading, view = of_share(Share(46.44, 1.38, 600.0, 900, 250.0))
    for surface, text in whole(reading, view).items():
        assert re.search(r"46\.4 ± 1\.4", text), surface
    assert "± 1.4 points" in whole(reading, view)["after the ride"]
    report = whole(reading, view)["report"]
    assert "Left 46.4 %, right 53.6 %, each ± 1.4." in report
    assert re.search(r"left\s+46\.4 %\s+± 1\.4 · 116 W", report)
    assert re.search(r"right\s+53\.6 %\s+± 1\.4 · 134 W", report)
    heads = head_in_a_row(reading.summary.ride)
    assert re.search(r"◀ 46\.4 % left +right 53\.6 % ▶ +± 1\.4 points", " ".join(heads))
    assert spoken(view) == ["interval 1: 46, 54"]


@pytest.mark.parametrize("share", [Share(46.44, 1.38, 8.0, 10, 250.0), Share(46.44, 1.38, 9.0, 14, 250.0)])
def test_a_ride_of_a_few_turns_has_a_share_nowhere(share: Share) -> None:
    reading, view = of_share(share)
    for surface, text in whole(reading, view).items():
        # the share, how sure it is, and the same as each leg's watts
        assert not re.search(r"46\.4|53\.6|± 1\.4|(?<![\d.:])(116|134)(?![\d.:])", text), surface
        assert "—" in text or "fewer than 15 revolutions" in text, surface
    assert not re.search("[▁-▏▐]", whole(reading, view)["list of rides"])  # nor is one drawn
    assert "no share to show" in " ".join(head_in_a_row(reading.summary.ride))
    assert spoken(view) == []
    live = json.loads(encoding.live(view, RunState(), id="x", sent=1.0))
    assert live["last_30s"]["left_percent"] == 46.44  # exact for programs, with its error and revolutions
    with_change = msgspec.structs.replace(
        reading.summary, smallest=smallest(VarianceComponents(within_se=0.5))
    )
    assert of_smallest(with_change)
    assert of_smallest(with_change) not in worth(with_change)


def test_a_ride_has_one_mean_power_and_it_is_over_pedalling() -> None:
    reading, view = falling_behind(), the_view()
    power = f"{reading.summary.ride.share.power_w:.0f} W"
    shown = whole(reading, view)
    for name in ("terminal", "after the ride", "report"):
        assert re.search(rf"(?<!\d){power}", shown[name]), name
    assert f"{power} pedalling" in shown["after the ride"]
    report = ride_page(reading, about()).decode()
    assert f"<dt>power, pedalling</dt><dd>{power}</dd>" in report
    # a chart is over coasting as well: it has no mean beside that one
    assert re.findall(r"<desc[^>]*>(Highest \d+ \w+\.)</desc>", report) == [
        "Highest 336 W.",
        "Highest 95 rpm.",
    ]
    assert not re.search(r"mean power|Mean \d", report)


def test_a_ride_is_as_long_everywhere() -> None:
    reading, view = of_share(Share(46.44, 1.38, 50.0, 80, 250.0), duration_s=59.6)
    shown = whole(reading, view)
    for name in ("legbal rides", "list of rides", "terminal", "after the ride", "report"):
        assert re.search(r"(?<![\d:])1:00(?![\d:])", shown[name]), name
        assert "0:59" not in shown[name], name
    assert "1:00 of ride" in " ".join(head_in_a_row(reading.summary.ride))


def test_revolutions_are_called_so_and_not_counted_where_none_carries_a_balance() -> None:
    reading, view = of_share(Share(46.44, 1.38, 600.0, 900, 250.0))
    for name in ("terminal", "after the ride", "report"):
        text = whole(reading, view)[name]
        assert "900 revolutions" in text, name
        assert not re.search(r"\bturns?\b", text), name
    reading, view = of_share(Share(None, None, 600.0, 0, 250.0))
    assert "0 revolutions" not in " ".join(whole(reading, view).values())  # of an unlisted meter, say
    view = msgspec.structs.replace(view, balance="constant")
    reading = msgspec.structs.replace(reading, summary=summarise(view, CyclingDynamics()))
    for name, text in whole(reading, view).items():
        assert "revolution" not in text or name == "change", name
        assert name not in ("terminal", "after the ride", "report") or "250 W" in text, name


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


def test_the_trace_says_its_moment_as_the_tables_do() -> None:
    trace = falling_behind().trace
    viewport = ride_trace.whole_ride(AnalysedRide(falling_behind(), ()))
    at = float(trace.t[np.isfinite(trace.left_percent + trace.usual_percent)][300])
    rows = drawn(ride_trace.draw(viewport.move(at), 160, 20))
    i = int(np.searchsorted(trace.t, at))
    shown = share_error(Share(trace.left_percent[i], trace.left_standard_error[i], revolutions=None))
    assert f"▲ {clock(at)}   left {shown}   usual {number(trace.usual_percent[i], 1)} (" in " ".join(rows)
    assert clock(at) == f"{int(at) // 60}:{int(at) % 60:02}"


def pointed_at(page: str) -> list[str]:
    """What the line above the charts of a ride's page says of the left share, second by second."""
    stored = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert stored is not None
    left = json.loads(stored[1])["time"]["readout"][0]
    return [left["sentence"].replace("{value}", left["texts"][number]) for number in left["at"]]


def test_just_after_its_start_a_ride_has_a_share_where_the_live_screen_had_one() -> None:
    """And a dash where that had one, until nothing of the half minute before was ahead of the first revolution."""
    setup, inputs = demonstration()
    viewport = ride_trace.whole_ride(AnalysedRide(falling_behind(), ()))
    page = pointed_at(ride_page(falling_behind(), about()).decode())
    ride, shown = Ride(setup), set()
    for second in range(1, 33):
        for item in inputs:
            if second - 1 < item.t <= second:
                ride.feed(item)
        live = share_error(ride.view().last_30s)
        assert page[second] == f"left {live} %"
        rows = drawn(ride_trace.draw(viewport.move(float(second)), 160, 20))
        assert f"▲ {clock(second)}   left {live}   " in " ".join(rows)
        shown.add(live)
    assert DASH in shown
    assert len(shown) > 10


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_fit_file_of_few_records_has_a_share_in_its_chart_as_on_the_live_screen(every: int) -> None:
    """As on the big figures, which need less: a record every three seconds stands for four turns."""
    random, inputs = Random(1), list[Input]()
    for t in range(every, 601, every):
        values = {"power": 200, "left_right_balance": round(random.gauss(48, 2)), "cadence": 85}
        inputs.append(Notification(float(t), msgspec.json.encode(values), FIT_RECORD, "watch"))
    setup = Setup(ftp_w=220.0, profile=shipped()["favero-assioma-duo"])
    analysis = analyse(setup, inputs)
    viewport = ride_trace.whole_ride(AnalysedRide(analysis, ()))
    page, ride = pointed_at(ride_page(analysis, about()).decode()), Ride(setup)
    for item in inputs:
        ride.feed(item)
        view = ride.view()
        live, second = share_error(view.last_30s), int(item.t)
        assert (live != DASH) == (second >= {1: 16, 2: 22, 3: 27}[every])
        assert page[second] == f"left {live} %"
        assert f"left {live}   " in " ".join(drawn(ride_trace.draw(viewport.move(item.t), 160, 20)))
        assert status.left_10s(view) is not None or second < 10


def test_what_became_of_a_change_is_one_sentence_on_the_screen_and_on_the_command_line() -> None:
    selection = TrendSelection(*pages.trend()).at_longest()
    (report,) = selection.changes
    assert selection.series is not None
    said = " ".join("\n".join(document_text(change_blocks(report))).split())
    shown = " ".join(" ".join(drawn(render_trend.words(selection, 160, 40))).split())
    sentence = "he left share rose: +1.00 ± 0.30 (95 %: +0.40 to +1.60) points."
    assert f"{selection.series.band}: t{sentence}" in said
    assert f"T{sentence}" in shown
    when = days(report.change.first_day, report.change.last_day)
    assert when in said
    assert when in shown


def test_an_alert_is_as_deep_on_every_screen() -> None:
    alert = Alert(930.0, "dropoff", "left", 3.44, None, None, 900.0, 0, 0.97)
    view = msgspec.structs.replace(the_view(), alert=alert)
    rider = RiderStatus("anna", view, alert, False, 0.0, False)
    assert "left 3.4 usual" in " ".join(drawn(coach.rows([rider], 0, 160)))
    live = " ".join(drawn(shares.draw(Frame(view, view, RECORDING), 160, 6)))
    assert "3.4 points below usual" in live
    assert alert_sentence(alert) == "left leg 3.4 points below usual"


def test_what_is_spoken_of_an_interval_is_its_share_in_whole_percents() -> None:
    shown = found(INTERVAL, surfaces(falling_behind(), the_view())["live screen"])
    for text, row in zip(spoken(the_view()), shown, strict=True):
        left = round(float(row["share"].split()[0]))
        assert text == f"interval {row['number']}: {left}, {100 - left}"
