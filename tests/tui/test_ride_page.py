"""The page of one recorded ride: every key, on real libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from legbal.app.companion import Companion
from legbal.app.companions import RideRecording
from legbal.app.meters import profiles
from legbal.app.review import ReviewService
from legbal.library.rides import Library
from legbal.ride.inputs import Setup
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from legbal.tui.base_screens import LineDialog
from legbal.tui.render import ride_trace
from legbal.tui.screens.ride import RidePage, SummaryScreen
from tests.tui.reviewing import SIZES, asked, page_of, review_app, settled, text, typed, written
from tests.tui.seen import FULL, SMALL

pytestmark = pytest.mark.usefixtures("nothing_blocks")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_ride_s_page_has_its_trace_and_all_tables(
    service: ReviewService, size: tuple[int, int]
) -> None:
    async with review_app(service).run_test(size=size) as pilot:
        await page_of(pilot)
        assert text(pilot, "ride-head").startswith(" Threshold 5×5")
        assert any("\u2800" < char < "\u28ff" for char in text(pilot, "ride-trace"))
        body = text(pilot, "ride-body")
        for part in (
            "Intervals",
            "Power bands",
            "Drop-offs",
            "What the numbers are worth",
            "[b]left[/b] knee",
        ):
            assert part in body
        assert "▼" in body


async def test_the_cursor_moves_jumps_zooms_and_says_what_holds_there(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        trace = page.trace
        assert trace is not None
        told = trace.at
        assert "▼ left" in text(pilot, "ride-trace")
        await pilot.press("right", "right", "left")
        assert page.trace is not None
        assert told < page.trace.at < told + 20
        await pilot.press("comma", "comma", "full_stop")
        assert page.trace.at in ride_trace.moments(trace.page)
        await pilot.press("plus", "plus")
        assert page.trace.end - page.trace.start == pytest.approx(trace.length / 4)
        assert page.trace.start <= page.trace.at <= page.trace.end
        await pilot.press("greater_than_sign", *["less_than_sign"] * 9)
        assert page.trace.start == 0.0
        await pilot.press("minus", "0")
        assert (page.trace.start, page.trace.end) == (0.0, trace.length)
        await pilot.press("full_stop", "enter")
        assert page.trace.end - page.trace.start < trace.length
        await pilot.press(*["plus"] * 12)
        assert page.trace.end - page.trace.start == pytest.approx(60.0)


async def test_where_there_is_no_interval_enter_says_so(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        assert page.trace is not None
        page._show_trace(page.trace.move(0.0))
        await pilot.press("enter")
        await pilot.pause()
        assert "no interval at the cursor" in text(pilot, "said")


async def test_the_text_scrolls_and_the_view_changes(service: ReviewService) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        page = await page_of(pilot)
        await pilot.press("down", "pagedown")
        await pilot.pause()
        scrolled = page.query_one("#ride-text").scroll_y
        assert scrolled > 1
        await pilot.press("up", "pageup")
        await pilot.pause()
        assert page.query_one("#ride-text").scroll_y == 0
        for trace, body in ((True, False), (False, True), (True, True)):
            await pilot.press("v")
            await pilot.pause()
            assert page.query_one("#ride-trace").display is trace
            assert page.query_one("#ride-text").display is body


async def test_a_note_is_kept_at_the_cursor_and_shown(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        assert page.trace is not None
        at = page.trace.at
        await pilot.press("n")
        await typed(pilot, "[red]cramp[/red]\x1b[31m")
        await written(pilot)
        assert "[red]cramp[/red]" in text(pilot, "ride-body")
        assert "\x1b" not in text(pilot, "ride-body")
        with Library(service.path) as library:
            (mark,) = library.marks(library.find("last"))
        assert mark.kind == "note"
        assert mark.t == pytest.approx(at)
        await pilot.press("n")
        await asked(pilot, LineDialog)
        await pilot.press("escape")
        await written(pilot)
        with Library(service.path) as library:
            assert len(library.marks(library.find("last"))) == 1


async def test_a_title_is_edited_and_the_list_has_it(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
        await page_of(pilot)
        await pilot.press("e")
        await asked(pilot, LineDialog)
        assert pilot.app.screen.query_one(Input).value == "Threshold 5×5"
        await typed(pilot, "  Alpe [1] ")
        await written(pilot)
        assert text(pilot, "ride-head").startswith(" Alpe [1]")
        await pilot.press("escape")
        await settled(pilot)
        assert "Alpe [1]" in text(pilot, "rides").splitlines()[0]


async def test_the_ride_s_own_note_is_edited_found_and_in_its_report(
    service: ReviewService, tmp_path: Path
) -> None:
    said = "slept badly, [b]left[/b] <i>hip</i> " + "and much more to say " * 20
    async with review_app(service).run_test(size=FULL) as pilot:
        await page_of(pilot)
        await pilot.press("N")
        await typed(pilot, said)
        await written(pilot)
        shown = " ".join(text(pilot, "ride-body").split())
        assert "[b]left[/b] <i>hip</i>" in shown
        assert shown.count("and much more to say") == 20
        await pilot.press("N")
        await asked(pilot, LineDialog)
        assert pilot.app.screen.query_one(Input).value == said.strip()
        await pilot.press("escape")
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("/", *"badly", "enter")
        await settled(pilot)
        assert len(text(pilot, "rides").strip().splitlines()) == 1
    with Library(service.path) as library:
        ride = library.find("last")
        assert ride.note == said.strip()
    service.report(ride, tmp_path / "ride.html", overwrite=False)
    assert "&lt;i&gt;hip&lt;/i&gt;" in (tmp_path / "ride.html").read_text("utf-8")


async def test_the_summary_of_a_live_ride_leads_to_its_page() -> None:
    profile = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    keeping = RideRecording("demo", "Demonstration", complain=print)
    companion = Companion(
        demo(profile, 1, seconds=120.0, speed=None),
        lambda _: Setup(ftp_w=250.0, profile=profile),
        name="demo",
        live=False,
        record=keeping.record,
        keep=keeping.keep,
    )
    app = RideApp(companion)
    async with app.run_test(size=SMALL) as pilot:
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "ride"])
        await pilot.press("q")
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "finish"])
        await pilot.pause()
        await pilot.press("o")
        await asked(pilot, RidePage)
        await settled(pilot)
        assert text(pilot, "ride-head").startswith(" Demonstration")
        assert "intensity" in text(pilot, "ride-body")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, SummaryScreen)
