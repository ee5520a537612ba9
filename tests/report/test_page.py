"""What is on a page, as it is built: no script has run yet."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from legbal.analysis.leg_dynamics import Dynamics, LegDynamics
from legbal.analysis.ride_analysis import RideAnalysis
from legbal.analysis.summary import RideComparison
from legbal.present.document import document_text
from legbal.present.headline import against_last
from legbal.present.interval_words import happened
from legbal.present.numbers import watts
from legbal.present.ride import review_blocks
from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from legbal.ride.events import LinkChange, Pause, Resume
from legbal.ride.share import BalanceQuality, Estimate
from tests.report.months import months_of_rides
from tests.report.rides import HOSTILE, about, falling_behind, longer, without_balance
from tests.report.test_markup import Heard

MOST_OCTETS = 2_000_000


def ride() -> str:
    return ride_page(falling_behind(), about()).decode()


def trend() -> str:
    return trend_page(months_of_rides(60)).decode()


def hostile() -> str:
    """A ride whose every text from outside is hostile."""
    reading = falling_behind()
    events = (*reading.events, LinkChange(t=10.0, state="lost", meter=HOSTILE, remark=HOSTILE))
    summary = msgspec.structs.replace(reading.summary, limits=(HOSTILE,))
    return ride_page(
        RideAnalysis(summary, reading.trace, events),
        RideDetails(title=HOSTILE, meters=(HOSTILE,), note=HOSTILE, notes=((1.0, HOSTILE),), made_of=HOSTILE),
    ).decode()


def data_of(page: str) -> dict[str, Any]:
    """The numbers that the page holds for its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found is not None
    known: dict[str, Any] = json.loads(found.group(1))
    return known


pages = pytest.mark.parametrize("make", [ride, trend, hostile], ids=["ride", "trend", "hostile"])


@pages
def test_only_its_own_script_and_style_may_pass(make: Any) -> None:
    page = make()
    heard = Heard(page)
    (policy,) = (x["content"] for _, x in heard.elements if x.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed.pop("default-src") == "'none'"
    for element, source in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed.pop(source) == f"'sha256-{digest}'"
    assert allowed == {"base-uri": "'none'", "form-action": "'none'"}
    assert not [x for _, x in heard.elements if any(name == "style" or name.startswith("on") for name in x)]


@pages
def test_nothing_is_loaded_from_anywhere(make: Any) -> None:
    heard = Heard(make())
    names = {name for name, _ in heard.elements}
    assert not names & {"img", "link", "iframe", "object", "embed", "use", "image", "base", "form", "a"}
    assert not [x for _, x in heard.elements if {"src", "href", "xlink:href", "action"} & set(x)]


def test_hostile_texts_are_text() -> None:
    page = hostile()
    scripts = [x for name, x in Heard(page).elements if name == "script"]
    assert [x.get("type") for x in scripts] == ["application/json", None]
    assert "window.ran = &#x27;text&#x27;" in page
    (numbers,) = re.findall(r'id="data">(.*?)</script>', page)
    assert "window.ran" in numbers  # a note, for the line that tells what is pointed at
    assert not set("<>&\u2028\u2029") & set(numbers)
    assert any("window.ran" in span["label"] for span in data_of(page)["time"]["spans"])


@pages
def test_charts_and_tables_can_be_told_by_those_who_do_not_see_them(make: Any) -> None:
    page = make()
    heard = Heard(page)
    charts = [x for name, x in heard.elements if name == "svg" and x.get("role") == "img"]
    assert charts
    for chart in charts:
        for named in str(chart["aria-labelledby"]).split():
            assert f'id="{named}">' in page
    assert page.count("<table>") == page.count("<caption>")
    assert '<th scope="col"' in page
    assert '<th scope="row"' in page
    identities = [x["id"] for _, x in heard.elements if "id" in x]
    assert len(identities) == len(set(identities))


def test_a_ride_is_told_whole() -> None:
    page, summary = ride(), falling_behind().summary
    assert f"{summary.ride.share.left_percent:.1f} %" in page
    for heading in (
        "Findings",
        "Over time",
        "Drop-offs",
        "Share against power",
        "Power bands",
        "Intervals",
    ):
        assert f"<h2>{heading}</h2>" in page
    assert "Cycling dynamics" not in page
    for name in ("balance", "power", "cadence", "against-power", "dropoff-1-share", "dropoff-1-watts"):
        assert f'id="{name}"' in page
    assert page.count('class="span interval"') == 3 * len(summary.intervals)
    assert "left cleat feels loose" in page


def test_a_pause_stands_in_every_chart_over_time() -> None:
    reading = falling_behind()
    short, long = (Pause(t=100.0), Resume(t=130.0, paused_s=30.0)), (Pause(t=800.0),)
    events = (*reading.events, *short, *long)
    page = ride_page(RideAnalysis(reading.summary, reading.trace, events), about()).decode()
    assert page.count("<title>paused</title>") == 2 * 3
    hidden = [x for x in re.findall(r"<g [^>]*data-room[^>]*><text[^>]*>paused", page) if "hidden" in x]
    assert len(hidden) == 3  # there is room for it in the long one alone
    assert "paused" not in ride()


def test_the_numbers_for_the_pointer_are_those_of_every_second() -> None:
    reading = falling_behind()
    time = data_of(ride())["time"]
    assert time["columns"]["x"] == {"from": 0, "step": 1, "count": len(reading.trace.t)}
    power = time["readout"][-2]
    texts = [power["texts"][number] for number in power["at"]]
    assert texts == ["" if v != v else watts(v) for v in reading.trace.power_w.tolist()]


def test_the_same_ride_gives_the_same_page() -> None:
    assert ride() == ride()


@pytest.mark.parametrize("balance", ["constant", "absent"])
def test_a_ride_without_a_balance_says_so_and_draws_what_there_is(balance: BalanceQuality) -> None:
    page = ride_page(without_balance(balance), RideDetails(title="No balance")).decode()
    assert "No balance: " in page
    assert 'id="power"' in page
    assert 'id="balance"' not in page
    assert 'id="cadence"' not in page
    assert "50.0" not in Heard(page).text


def test_a_ride_of_nothing_is_a_page_too() -> None:
    reading = without_balance()
    empty = type(reading.trace)(*(getattr(reading.trace, x)[:0] for x in reading.trace.__struct_fields__))
    assert (
        "<h1>" in ride_page(RideAnalysis(reading.summary, empty, ()), RideDetails(title="Nothing")).decode()
    )


def test_cycling_dynamics_are_drawn_where_there_are_any() -> None:
    reading = falling_behind()
    leg = LegDynamics(
        torque_effectiveness_percent=82.5,
        pedal_smoothness_percent=23.4,
        platform_centre_offset_mm=-1.5,
        power_phase_start_deg=341.0,
        power_phase_end_deg=193.0,
        seconds=600.0,
    )
    known = msgspec.structs.replace(reading.summary.ride, dynamics=Dynamics(left=leg, right=LegDynamics()))
    summary = msgspec.structs.replace(reading.summary, ride=known)
    page = ride_page(RideAnalysis(summary, reading.trace, reading.events), about()).decode()
    assert 'id="crank-left-title"' in page
    assert 'id="crank-right-title"' not in page
    assert "341° to 193° (212°)" in page
    assert "−1.5" in page


@pytest.mark.parametrize("hours", [5, 24])
def test_a_long_ride_stays_small(hours: int) -> None:
    assert len(ride_page(longer(falling_behind(), hours), about())) < MOST_OCTETS


def test_a_thousand_laps_and_notes_stay_small() -> None:
    reading = falling_behind()
    first = reading.summary.intervals[0]
    laps = tuple(
        msgspec.structs.replace(first, number=n, start_s=15.0 * n, end_s=15.0 * n + 9, by="lap")
        for n in range(1200)
    )
    summary = msgspec.structs.replace(reading.summary, intervals=laps)
    long = longer(reading, 5)
    notes = tuple((float(n), "x" * 10_000) for n in range(1000))
    page = ride_page(RideAnalysis(summary, long.trace, long.events), about(title="y" * 100_000, notes=notes))
    assert len(page) < MOST_OCTETS
    assert "and 700 more" in page.decode()


def test_two_thousand_rides_stay_small() -> None:
    assert len(trend_page(months_of_rides(2000, days=1500))) < MOST_OCTETS


@pytest.mark.parametrize(("seconds", "told"), [(59.0, False), (61.0, True)])
def test_how_the_share_moved_within_less_than_a_minute_is_not_told(seconds: float, told: bool) -> None:
    reading = falling_behind()
    steep = msgspec.structs.replace(
        reading.summary.intervals[0],
        start_s=60.0,
        end_s=60.0 + seconds,
        slope_per_minute=66.0,
        slope_error=26.0,
    )
    summary = msgspec.structs.replace(reading.summary, intervals=(steep, *reading.summary.intervals[1:]))
    assert (
        "rose 66.0" in ride_page(msgspec.structs.replace(reading, summary=summary), about()).decode()
    ) is told
    assert happened(steep) == ("rose 66.0 a minute" if told else "—")
    assert any("rose 66.0" in line for line in document_text(review_blocks(summary, (), ()))) is told


def test_a_page_says_when_the_ride_was_in_the_riders_own_time() -> None:
    page = ride_page(falling_behind(), about(started=datetime(2026, 3, 1, 17, 5, tzinfo=UTC))).decode()
    assert "Sun 1 Mar 2026, 17:05" in page


def luminance(colour: str) -> float:
    """Of #rrggbb, as the Web Content Accessibility Guidelines define it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light and print", "dark"])
def test_every_ink_can_be_read_on_paper_and_panel(scheme: int) -> None:
    style = ride().partition("<style>")[2].partition("</style>")[0]
    assert style.count("--paper: ") == 2
    assert (
        "@media screen and (prefers-color-scheme: dark)" in style
    )  # a print is light, whatever the screen is
    colours = dict(re.findall(r"--(\w+): (#\w{6})", style.split(":root")[1 + scheme]))
    for ink in ("ink", "strong", "quiet", "left", "right", "alert", "usual"):
        for ground in ("paper", "panel"):
            light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
            least = 3.0 if ink == "usual" else 4.5  # the usual is a line, never text
            assert (light + 0.05) / (dark + 0.05) >= least, (ink, ground)


@pytest.mark.parametrize("others", [2, 10])
def test_a_ride_is_drawn_against_the_last_ones(others: int) -> None:
    """A point for each of them and one for itself; the range that they let expect has the error of the difference."""
    shares = (*(48.0 + i % 3 for i in range(others)), 45.0)
    compared = RideComparison(difference=Estimate(-3.0, 0.5), shares=shares)
    reading = falling_behind()
    summary = msgspec.structs.replace(reading.summary, comparison=compared)
    page = ride_page(RideAnalysis(summary, reading.trace, reading.events), about()).decode()
    chart = page[page.index('id="against-last"') :].partition("</figure>")[0]
    points = dict(re.findall(r'<path d="([^"]+)" class="(?:dot )?(ride|mean)">', chart))
    drawn = {style: len(path.split("M")) - 1 for path, style in points.items()}
    assert drawn == {"ride": others, "mean": 1}
    assert against_last(compared) in chart
    assert f"your last {others} rides" in page
    assert "against-last" not in ride()
