"""The screens of recorded rides: every key, on real libraries."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from click.testing import CliRunner
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from legbal.cli import legbal
from legbal.cli.keep import Keeping
from legbal.cli.prepare import profiles
from legbal.cli.shelf import shelf as rider_s
from legbal.companion import Companion
from legbal.errors import UsageError
from legbal.library.changes import changes
from legbal.library.rides import Library
from legbal.review.shelf import Imported, Shelf
from legbal.ride.inputs import Setup
from legbal.sources.simulator import demo
from legbal.tui.app import RideApp
from legbal.tui.render import ride_span
from legbal.tui.review_app import ReviewApp
from legbal.tui.screens.asking import LineQuestion, PathQuestion, SureQuestion, Told
from legbal.tui.screens.questions import ChoiceQuestion
from legbal.tui.screens.ride import RidePage
from legbal.tui.screens.rides import RidesScreen
from legbal.tui.screens.summary import SummaryScreen
from legbal.tui.screens.trend import TrendPage
from legbal.tui.widgets.inked import Inked
from legbal.tui.widgets.ride_list import RideList
from tests.shared import shared
from tests.tui import shelves

FULL, SMALL = (120, 40), (80, 24)
SIZES = [FULL, SMALL, (60, 20), (40, 16)]


@pytest.fixture(autouse=True)
def _nothing_blocks() -> Iterator[None]:
    """What the screens do in the event loop never waits for a file."""
    with blockbuster_ctx(["legbal.tui.screens", "legbal.tui.widgets", "legbal.tui.render"]):
        yield


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three rides, of which tests take copies."""
    path = tmp_path_factory.mktemp("kept") / "library.sqlite"
    shelves.ridden(path, 3, 700.0, days=20)
    return path


@pytest.fixture
def shelf(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """The same rides, the test's own, in the rider's own place."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("LEGBAL_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    with (
        closing(sqlite3.connect(kept)) as there,
        closing(sqlite3.connect(home / "library.sqlite")) as here,
    ):
        there.backup(here)
    return shelves.at(home / "library.sqlite")


async def settled(pilot: Pilot[None]) -> None:
    """Everything that the last key set going has come to its end, or to a question."""
    await pilot.pause()
    app = pilot.app
    while any(worker.is_running and worker.group != "write" for worker in app.workers):
        await app.workers.wait_for_complete(
            [worker for worker in app.workers if worker.is_running and worker.group != "write"]
        )
        await pilot.pause()
    await pilot.pause()


async def written(pilot: Pilot[None]) -> None:
    """What was asked for is written and said."""
    await pilot.app.workers.wait_for_complete()
    await settled(pilot)
    screen = pilot.app.screen
    if hasattr(screen, "beat"):
        screen.beat()
    await pilot.pause()


async def typed(pilot: Pilot[None], text: str) -> None:
    """Another line in the question that is asked, and Enter."""
    await asked(pilot, LineQuestion)
    line = pilot.app.screen.query_one(Input)
    line.value = text
    await pilot.press("enter")


async def asked(pilot: Pilot[None], question: type) -> None:
    """The question is on the screen."""
    for _ in range(200):
        if isinstance(pilot.app.screen, question) and pilot.app.screen.is_mounted:
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{pilot.app.screen} is no {question}")


def text(pilot: Pilot[None], part: str) -> str:
    """What stands in one part of the present screen."""
    return pilot.app.screen.query_one(f"#{part}", Inked).text


async def page_of(pilot: Pilot[None]) -> RidePage:
    """The newest ride's page, read."""
    await settled(pilot)
    await pilot.press("enter")
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, RidePage)
    return screen


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_shows_the_newest_ride_first_with_its_share(
    shelf: Shelf, size: tuple[int, int]
) -> None:
    async with ReviewApp(shelf).run_test(size=size) as pilot:
        await settled(pilot)
        rows = text(pilot, "rides").splitlines()
        assert rows[0].startswith("▸ ")
        assert "Threshold" in rows[0]
        assert "±" in rows[0]
        assert "Base 2" in rows[1]
        assert text(pilot, "review-head").startswith(" Rides  3")


async def test_typing_filters_and_escape_brings_all_back(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"bas", "space", *"april")
        await settled(pilot)
        assert "No ride has all of these words" in text(pilot, "rides")
        await pilot.press(*["backspace"] * 5, *"march")
        await settled(pilot)
        assert "Base 2" in text(pilot, "rides")
        assert "2 of 3" in text(pilot, "review-head")
        await pilot.press("enter")
        assert "2 of 3" in text(pilot, "review-head")
        await pilot.press("escape")
        await settled(pilot)
        assert len(text(pilot, "rides").splitlines()) == 3
        assert isinstance(pilot.app.screen, RidesScreen)


async def test_sorting_goes_through_all_orders_and_keeps_the_ride_under_the_cursor(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await settled(pilot)
        assert "oldest first   3/3" in text(pilot, "review-head")
        await pilot.press("S", "S")
        await settled(pilot)
        assert "by meter" in text(pilot, "review-head")
        await pilot.press(*"sssssss", "s")
        await settled(pilot)
        assert "by meter" in text(pilot, "review-head")


async def test_the_cursor_stays_among_the_rides(tmp_path: Path) -> None:
    async with ReviewApp(shelves.listed(tmp_path / "library.sqlite", 300)).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "Ride 300 [red]up" in text(pilot, "rides")
        for key, at in (
            ("up", 1),
            ("down", 2),
            ("pagedown", 22),
            ("end", 300),
            ("down", 300),
            ("pageup", 280),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert f"{at}/300" in text(pilot, "review-head")
        await pilot.press("home")
        await pilot.pause()
        assert "1/300" in text(pilot, "review-head")


async def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    async with ReviewApp(shelves.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("enter", "x", "r")
        assert "Press i to import files" in text(pilot, "rides")


async def test_a_library_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no library at all, but long enough to be looked at" * 40)
    async with ReviewApp(shelves.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "is no SQLite file" in text(pilot, "said")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_ride_s_page_has_its_trace_and_all_tables(shelf: Shelf, size: tuple[int, int]) -> None:
    async with ReviewApp(shelf).run_test(size=size) as pilot:
        await page_of(pilot)
        assert text(pilot, "ride-head").startswith(" Threshold 5×5")
        assert any("\u2800" < char < "\u28ff" for char in text(pilot, "ride-trace"))
        body = text(pilot, "ride-body")
        for part in ("intervals", "power bands", "where it fell", "how sure is that", "[b]left[/b] knee"):
            assert part in body
        assert "▼" in body


async def test_the_cursor_moves_jumps_zooms_and_says_what_holds_there(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        trace = page.trace
        assert trace is not None
        told = trace.at
        assert "▼ left" in text(pilot, "ride-trace")
        await pilot.press("right", "right", "left")
        assert page.trace is not None
        assert told < page.trace.at < told + 20
        await pilot.press("comma", "comma", "full_stop")
        assert page.trace.at in ride_span.moments(trace.page)
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


async def test_where_there_is_no_interval_enter_says_so(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        assert page.trace is not None
        page._show_trace(page.trace.moved(0.0))
        await pilot.press("enter")
        await pilot.pause()
        assert "no interval at the cursor" in text(pilot, "said")


async def test_the_text_scrolls_and_the_view_changes(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
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


async def test_a_note_is_kept_at_the_cursor_and_shown(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        page = await page_of(pilot)
        assert page.trace is not None
        at = page.trace.at
        await pilot.press("n")
        await typed(pilot, "[red]cramp[/red]\x1b[31m")
        await written(pilot)
        assert "[red]cramp[/red]" in text(pilot, "ride-body")
        assert "\x1b" not in text(pilot, "ride-body")
        with Library(shelf.path) as library:
            (mark,) = library.marks(library.find("last"))
        assert mark.kind == "note"
        assert mark.t == pytest.approx(at)
        await pilot.press("n")
        await asked(pilot, LineQuestion)
        await pilot.press("escape")
        await written(pilot)
        with Library(shelf.path) as library:
            assert len(library.marks(library.find("last"))) == 1


async def test_a_title_is_edited_and_the_list_has_it(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await page_of(pilot)
        await pilot.press("e")
        await asked(pilot, LineQuestion)
        assert pilot.app.screen.query_one(Input).value == "Threshold 5×5"
        await typed(pilot, "  Alpe [1] ")
        await written(pilot)
        assert text(pilot, "ride-head").startswith(" Alpe [1]")
        await pilot.press("escape")
        await settled(pilot)
        assert "Alpe [1]" in text(pilot, "rides").splitlines()[0]


async def test_the_ride_s_own_note_is_edited_found_and_in_its_report(shelf: Shelf, tmp_path: Path) -> None:
    said = "slept badly, [b]left[/b] <i>hip</i> " + "and much more to say " * 20
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await page_of(pilot)
        await pilot.press("N")
        await typed(pilot, said)
        await written(pilot)
        shown = " ".join(text(pilot, "ride-body").split())
        assert "[b]left[/b] <i>hip</i>" in shown
        assert shown.count("and much more to say") == 20
        await pilot.press("N")
        await asked(pilot, LineQuestion)
        assert pilot.app.screen.query_one(Input).value == said.strip()
        await pilot.press("escape")
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("/", *"badly", "enter")
        await settled(pilot)
        assert len(text(pilot, "rides").strip().splitlines()) == 1
    with Library(shelf.path) as library:
        ride = library.find("last")
        assert ride.note == said.strip()
    shelf.report(ride, tmp_path / "ride.html", overwrite=False)
    assert "&lt;i&gt;hip&lt;/i&gt;" in (tmp_path / "ride.html").read_text("utf-8")


@pytest.mark.parametrize("key", ["delete", "D"])
async def test_a_ride_is_removed_after_a_yes_and_not_before(shelf: Shelf, key: str) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for answer, left in (("n", 3), ("enter", 3), ("escape", 3), ("y", 2)):
            await pilot.press(key)
            await asked(pilot, SureQuestion)
            await pilot.press(answer)
            await written(pilot)
            with Library(shelf.path) as library:
                assert len(library.rides()) == left
        assert "Threshold 5×5 of Sat 11 Apr 2026" in text(pilot, "said")
        assert "Threshold" not in text(pilot, "rides")
        assert len(text(pilot, "rides").strip().splitlines()) == 2


@pytest.mark.parametrize(("number", "ending"), [("1", "fit"), ("2", "csv"), ("3", "parquet"), ("4", "jsonl")])
async def test_a_ride_is_written_in_every_format(
    shelf: Shelf, tmp_path: Path, number: str, ending: str
) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("x")
        await asked(pilot, ChoiceQuestion)
        await pilot.press(number)
        await asked(pilot, PathQuestion)
        assert pilot.app.screen.query_one(Input).value == str(tmp_path / f"2026-04-11-Threshold-5-5.{ending}")
        await pilot.press("enter")
        await written(pilot)
        assert "Wrote" in text(pilot, "said")
    assert (tmp_path / f"2026-04-11-Threshold-5-5.{ending}").stat().st_size > 1000


async def test_nothing_is_overwritten_unasked(shelf: Shelf, tmp_path: Path) -> None:
    there = tmp_path / "mine.csv"
    there.write_text("mine")
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for key, kept in (("n", True), ("enter", True), ("y", False)):
            await pilot.press("x")
            await asked(pilot, ChoiceQuestion)
            await pilot.press("2")
            await typed(pilot, str(there))
            await asked(pilot, SureQuestion)
            await pilot.press(key)
            await written(pilot)
            assert (there.read_text() == "mine") is kept


async def test_a_file_that_cannot_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path / "nowhere" / "report.html"))
        await written(pilot)
        assert "cannot be written" in text(pilot, "said")


async def test_a_report_is_written_from_the_page_into_a_folder(shelf: Shelf, tmp_path: Path) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await page_of(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path))
        await written(pilot)
    page = (tmp_path / "2026-04-11-Threshold-5-5.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "[b]left[/b] knee" in page


async def test_a_real_capture_and_a_real_fit_file_are_imported(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "from the head unit"
    folder.mkdir()
    for name in ("captures/assioma_duo.jsonl", "fit/edge1000_short_5laps.fit"):
        there = shared(f"data/{name}")
        (folder / there.name).symlink_to(there)
    (folder / "broken.fit").write_bytes(b"\x0e\x10no")
    (folder / "notes.txt").write_text("not a ride")
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, f"'{folder}'")
        await pilot.app.workers.wait_for_complete()
        await asked(pilot, Told)
        told = str(pilot.app.screen.query_one(Static).content)
        assert told.startswith("2 rides added, 1 could not be read.")
        assert "broken.fit" in told
        await pilot.press("escape")
        await settled(pilot)
        assert "assioma_duo" in text(pilot, "rides")
        assert "Rides  5" in text(pilot, "review-head")
        await pilot.press("i")
        await typed(pilot, str(folder / "assioma_duo.jsonl"))
        await written(pilot)
        assert "0 rides added, 1 there already." in text(pilot, "said")


async def test_a_folder_without_rides_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path / "empty"))
        await written(pilot)
        assert "no FIT file and no capture" in text(pilot, "said")


async def test_tab_completes_a_path(shelf: Shelf, tmp_path: Path) -> None:
    for name in ("ride-one.fit", "ride-two.fit"):
        (tmp_path / name).touch()
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await asked(pilot, PathQuestion)
        pilot.app.screen.query_one(Input).value = f"{tmp_path}/ri"
        await pilot.press("tab")
        for _ in range(200):
            await pilot.pause(0.01)
            if pilot.app.screen.query_one(Input).value != f"{tmp_path}/ri":
                break
        assert pilot.app.screen.query_one(Input).value == f"{tmp_path}/ride-"
        assert "ride-one.fit   ride-two.fit" in str(pilot.app.screen.query_one(".found", Static).content)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_trend_shows_bands_months_and_words(shelf: Shelf, size: tuple[int, int]) -> None:
    shelf.add_change("left cleat [2°] in", date(2026, 3, 28))
    async with ReviewApp(shelf).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert isinstance(pilot.app.screen, TrendPage)
        assert "105–120 %" in text(pilot, "trend-bands")
        assert "●" in text(pilot, "trend-chart")
        assert "too few rides yet: 3" in " ".join(text(pilot, "trend-words").split())
        assert "left cleat [2°] in" in text(pilot, "trend-words")
        chosen = text(pilot, "trend-words")
        await pilot.press("up", "up", "right")
        await pilot.pause()
        await pilot.press("up")
        assert text(pilot, "trend-words") != chosen
        await pilot.press("down", "pagedown", "pageup", "left")


async def test_a_change_is_added_and_its_day_is_checked(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("c")
        await typed(pilot, "six weeks of single-leg work")
        await asked(pilot, ChoiceQuestion)
        await pilot.press("3")
        await typed(pilot, "soon")
        await pilot.pause()
        assert "soon is no day" in str(pilot.app.screen.query_one(".found", Static).content)
        await typed(pilot, "2026-03-25")
        await written(pilot)
        assert "25 Mar 2026  six weeks of single-leg work" in text(pilot, "trend-words")
    (change,) = changes(shelf.path)
    assert (change.kind, change.first_day) == ("training", date(2026, 3, 25))


async def test_a_report_of_the_trend_is_written(shelf: Shelf, tmp_path: Path) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path / "trend.html"))
        await written(pilot)
        assert "Wrote" in text(pilot, "said")
    assert (tmp_path / "trend.html").read_bytes().lstrip().lower().startswith(b"<!doctype html>")


async def test_a_trend_of_nothing_says_what_it_needs(tmp_path: Path) -> None:
    async with ReviewApp(shelves.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert "a trend needs rides" in text(pilot, "trend-words")
        await pilot.press("up", "right")


async def test_rides_of_older_code_are_derived_anew_beside_the_list(shelf: Shelf) -> None:
    with closing(sqlite3.connect(shelf.path)) as connection, connection:
        connection.execute("DELETE FROM derived")
        connection.execute("DELETE FROM summaries")
        connection.execute("DELETE FROM bands")
    assert shelf.waiting() == 3
    async with ReviewApp(shelf).run_test(size=FULL) as pilot:
        await settled(pilot)
        assert shelf.waiting() == 0
        assert text(pilot, "rides").count("±") == 3


async def test_help_is_there_on_every_screen(shelf: Shelf) -> None:
    async with ReviewApp(shelf).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for key in ("enter", "escape", "t"):
            await pilot.press("question_mark")
            await asked(pilot, Told)
            await pilot.press("escape", key)
            await settled(pilot)
        await pilot.press("question_mark")
        await asked(pilot, Told)


async def test_escape_leads_out(shelf: Shelf) -> None:
    app = ReviewApp(shelf)
    async with app.run_test(size=SMALL) as pilot:
        await page_of(pilot)
        await pilot.press("q")
        await settled(pilot)
        assert isinstance(app.screen, RidesScreen)
        await pilot.press("x")
        await asked(pilot, ChoiceQuestion)
        assert app.screen.query_one(OptionList).option_count == 4
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0


async def test_the_summary_of_a_live_ride_leads_to_its_page() -> None:
    profile = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    keeping = Keeping("demo", "Demonstration")
    companion = Companion(
        demo(profile, 1, seconds=120.0, speed=None),
        lambda _: Setup(ftp_w=250.0, profile=profile),
        name="demo",
        live=False,
        record=keeping.record,
        keep=keeping.keep,
    )
    app = RideApp(companion, shelf=rider_s)
    async with app.run_test(size=SMALL) as pilot:
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "ride"])
        await pilot.press("q")
        await app.workers.wait_for_complete([worker for worker in app.workers if worker.name == "finish"])
        await pilot.pause()
        await pilot.press("o")
        await asked(pilot, RidePage)
        await settled(pilot)
        assert text(pilot, "ride-head").startswith(" Demonstration")
        assert "of FTP" in text(pilot, "ride-body")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, SummaryScreen)


@pytest.mark.parametrize("arguments", [["review"], ["review", "--json"]], ids=" ".join)
def test_without_a_ride_and_without_a_terminal_the_command_says_what_to_do(arguments: list[str]) -> None:
    done = CliRunner().invoke(legbal, arguments)
    assert isinstance(done.exception, UsageError)
    assert "Name a ride" in (done.exception.hint or "")


async def test_the_app_ends_at_once_while_files_are_read(shelf: Shelf, tmp_path: Path) -> None:
    reading, more = threading.Event(), threading.Event()

    def slow(path: Path) -> Imported:
        reading.set()
        more.wait(30)
        return Imported(path, None, "stopped", False)

    for number in range(3):
        (tmp_path / f"{number}.fit").touch()
    shelf.bring_in = slow
    app = ReviewApp(shelf)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path))
        await asyncio.to_thread(reading.wait, 30)
        await asked(pilot, RidesScreen)
        app.screen.query_one(RideList).focus()
        await pilot.press("down", "escape")
        screen = app.screen
        assert isinstance(screen, RidesScreen)
        screen.beat()
        await pilot.pause()
        assert "Esc again stops" in text(pilot, "said")
        await pilot.press("i")
        await pilot.pause()
        assert "imported already" in text(pilot, "said")
        more.set()
        await pilot.press("escape")
        await pilot.pause()
    assert app.return_code == 0


async def test_a_job_that_outlives_its_screen_harms_nothing(shelf: Shelf) -> None:
    app = ReviewApp(shelf)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, RidesScreen)
        await screen.query("*").remove()
        screen.say("1 ride added.")
        await screen.load().wait()
        await pilot.pause()
    assert app.return_code is None
