"""One ride as every surface says it, line by line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache

import msgspec

from legbal.analysis.change import ChangeReport
from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.months import MeanShare, RideShare
from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import summarise
from legbal.analysis.trend import BandTrend
from legbal.app.rides import ListItem
from legbal.cli import rides as cli_rides
from legbal.outlets import RunState
from legbal.outlets.mqtt import encoding, schema
from legbal.present.document import Line, document_text, table_text
from legbal.present.ride import review_blocks
from legbal.present.trend import change_blocks, rides_table
from legbal.remote.rider_group import RiderStatus
from legbal.report.ride import ride_page
from legbal.ride.resample import resample
from legbal.ride.share import BalanceQuality, BandShare, Share
from legbal.ride.view import Glance, RideView
from legbal.ride.work_interval import Interval
from legbal.tui.render import averages, coach, glance, rides
from legbal.tui.render import ride_page as page
from legbal.tui.render.status import Frame
from tests.report.rides import about, demonstration, falling_behind
from tests.tui import months
from tests.tui.pages import entry, kept
from tests.tui.views import RECORDING

INTERVAL = re.compile(
    r"^\W*(?P<number>\d+)(?: ▸)?\s+(?:\d[\d:]*\s+)?(?P<time>\d+:[\d:]+)\s+(?P<watts>\d+)\s+(?:\d+\s+\d+\s+|—\s+—\s+)?"
    r"(?P<share>\d\d\.\d ± \d\.\d|—)\s+(?P<usual>[+−]?\d+\.\d|—)\s+"
    r"(?P<happened>steady|—|(?:right )?(?:fell|rose) [\d.:]+)"
)  # when a leg was back is known better once the ride is over

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
        "after the ride": drawn(page.finished(page.FinishedRide(frame, everything=True), 160, 40)),
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
        yield _as_on_screens(html.unescape(re.sub(r"<[^>]*>", "  ", row)).strip())


def _as_on_screens(row: str) -> str:
    """A row of the page's tables of intervals or bands, its share behind the watts: on a phone it comes second."""
    first, *cells = re.split(r" {4,}", row)
    if len(cells) not in (6, 8) or not re.fullmatch(r"\d\d\.\d ± \d\.\d|—", cells[0]):
        return row
    return "    ".join([first, *cells[1:6], cells[0], *cells[6:]])


def broker_lines(view: RideView) -> Iterator[str]:
    """What who follows the ride sees of it: both messages, written and read, on the live screen's tables."""
    told = schema.read(schema.State, encoding.state(view, id="x", sent=1.0))
    now = schema.read(schema.Live, encoding.live(view, RunState(), id="x", sent=1.0))
    followed = schema.view(now, told, view.trace)
    yield from drawn(averages.draw_tables(Frame(followed, followed, RECORDING), 160, 40))


def found(pattern: re.Pattern[str], rows: list[str]) -> list[dict[str, str]]:
    return [match.groupdict() for match in map(pattern.match, rows) if match]


def of_share(share: Share, duration_s: float = 600.0) -> tuple[RideAnalysis, RideView]:
    """A ride of which every stretch has this share: as a whole, its interval, its band, its last half minute."""
    interval = Interval(1, 0.0, 600.0, share, 48.0, None, None)
    band = BandShare("<55 %", 0.0, 0.55, share)
    view = msgspec.structs.replace(
        the_view(),
        t=duration_s,
        ride=share,
        last_30s=share,
        glance=Glance(share=share),
        interval=interval,
        intervals=(interval,),
        bands=(band,),
    )
    summary = summarise(view, CyclingDynamics())
    return msgspec.structs.replace(falling_behind(), summary=summary), view


def of_change(share: Share, quality: BalanceQuality) -> ChangeReport:
    """What became of a change, with this share before it and after it."""
    _, (report,) = months.trend()
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
        "large": "\n".join(drawn(glance.draw_large(frame, 160, 30))),
        **{name: "\n".join(text) for name, text in surfaces(reading, view).items() if name != "report"},
        "report": html.unescape(re.sub(r"<[^>]*>", " ", head)) + "\n".join(surfaces(reading, view)["report"]),
    }
