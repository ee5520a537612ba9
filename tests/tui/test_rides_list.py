"""The list of recorded rides: every key, on real libraries."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from legbal.app import background, reindex, reindex_process
from legbal.app.review import ReviewService
from legbal.library.rides import Library
from legbal.tui.base_screens import ConfirmDialog
from legbal.tui.screens.rides import RidesScreen
from tests.tui import libraries
from tests.tui.reviewing import SIZES, asked, review_app, settled, text, written
from tests.tui.seen import FULL, SMALL, painted

pytestmark = pytest.mark.usefixtures("nothing_blocks")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_shows_the_newest_ride_first_with_its_share(
    service: ReviewService, size: tuple[int, int]
) -> None:
    async with review_app(service).run_test(size=size) as pilot:
        await settled(pilot)
        rows = text(pilot, "rides").splitlines()
        assert rows[0].startswith("▸ ")
        assert "Threshold" in rows[0]
        assert "±" in rows[0]
        assert "Base 2" in rows[1]
        assert text(pilot, "review-head").startswith(" Rides  3")


async def test_typing_filters_and_escape_brings_all_back(service: ReviewService) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
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


async def test_sorting_goes_through_all_orders_and_keeps_the_ride_under_the_cursor(
    service: ReviewService,
) -> None:
    async with review_app(service).run_test(size=FULL) as pilot:
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
    async with review_app(libraries.listed(tmp_path / "library.sqlite", 300)).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "Ride 300 [red]up" in text(pilot, "rides")
        for key, at in (
            ("up", 1),
            ("down", 2),
            ("pagedown", 21),
            ("end", 300),
            ("down", 300),
            ("pageup", 281),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert f"{at}/300" in text(pilot, "review-head")
        await pilot.press("home")
        await pilot.pause()
        assert "1/300" in text(pilot, "review-head")


async def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    async with review_app(libraries.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("enter", "x", "r")
        assert "Press i to import files" in text(pilot, "rides")


async def test_a_library_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"no library at all, but long enough to be looked at" * 40)
    async with review_app(libraries.at(tmp_path / "library.sqlite")).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "is no SQLite file" in text(pilot, "said")


@pytest.mark.parametrize("key", ["delete", "D"])
async def test_a_ride_is_removed_after_a_yes_and_not_before(service: ReviewService, key: str) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for answer, left in (("n", 3), ("enter", 3), ("escape", 3), ("y", 2)):
            await pilot.press(key)
            await asked(pilot, ConfirmDialog)
            await pilot.press(answer)
            await written(pilot)
            with Library(service.path) as library:
                assert len(library.rides()) == left
        assert "Threshold 5×5 of Sat 11 Apr 2026" in text(pilot, "said")
        assert "Threshold" not in text(pilot, "rides")
        assert len(text(pilot, "rides").strip().splitlines()) == 2


async def test_after_a_ride_is_removed_the_cursor_is_on_the_next_one(tmp_path: Path) -> None:
    service = libraries.listed(tmp_path / "library.sqlite", 50)
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press(*["down"] * 9, "D")
        await asked(pilot, ConfirmDialog)
        await pilot.press("y")
        await written(pilot)
        assert "10/49" in text(pilot, "review-head")
        await pilot.press("end", "D")
        await asked(pilot, ConfirmDialog)
        await pilot.press("y")
        await written(pilot)
        assert "48/48" in text(pilot, "review-head")


async def test_rides_of_older_code_are_derived_anew_beside_the_list(service: ReviewService) -> None:
    with closing(sqlite3.connect(service.path)) as connection, connection:
        connection.execute("DELETE FROM derived_values")
    assert reindex_process.count_stale(service.path) == 3
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        assert reindex_process.count_stale(service.path) == 0
        assert text(pilot, "rides").count("±") == 3


def test_what_another_process_leaves_is_derived_all_the_same(service: ReviewService) -> None:
    with closing(sqlite3.connect(service.path)) as connection, connection:
        connection.execute("DELETE FROM derived_values")
    reindex_process.failure_file(service.path).write_text("of long ago")
    lock = reindex_process.index_lock(service.path)
    assert lock.acquire()
    steps = list[tuple[int, int]]()
    for step in reindex_process.follow(service.path):
        if not steps:
            lock.release()
        steps.append(step)
    assert (steps[0], steps[-1]) == ((0, 3), (3, 3))
    assert reindex_process.count_stale(service.path) == 0


async def test_why_rides_could_not_be_derived_anew_is_said_once(
    service: ReviewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError("deriving")

    def start() -> subprocess.Popen[bytes]:
        reindex._run()
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        return process

    monkeypatch.setattr(reindex, "basis", broken)
    monkeypatch.setattr(reindex_process, "start", start)
    monkeypatch.setattr("os.nice", lambda _: 0)
    with closing(sqlite3.connect(service.path)) as connection, connection:
        connection.execute("DELETE FROM derived_values")
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        said = "Rides could not be updated: ZeroDivisionError: deriving."
        assert said in " ".join(painted(pilot.app).split())
    assert reindex_process.last_failure(service.path) == ""


async def test_a_defect_in_what_a_screen_does_is_said_and_the_screen_stays(
    service: ReviewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("starting")

    monkeypatch.setattr(reindex_process, "start", broken)
    with closing(sqlite3.connect(service.path)) as connection, connection:
        connection.execute("DELETE FROM derived_values")
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        assert "ZeroDivisionError: starting." in " ".join(painted(pilot.app).split())
        await pilot.press("question_mark")
        await pilot.pause()
        assert "Esc" in painted(pilot.app), "the screen answers"


@pytest.mark.skipif(sys.platform == "win32", reason="the program that ends at once has another name there")
@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("/bin/false", "its process ended without a word."),
        ("/no/such/program", "no process starts ([Errno 2] No such file or directory: '/no/such/program')."),
    ],
)
async def test_a_process_that_ends_without_a_word_or_does_not_begin_is_said(
    service: ReviewService, program: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", program)
    monkeypatch.setattr(reindex_process, "_LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(background, "_started", [])
    with closing(sqlite3.connect(service.path)) as connection, connection:
        connection.execute("DELETE FROM derived_values")
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        said = f"Rides could not be updated: {words}"
        assert said in " ".join(painted(pilot.app).split())
    for process in background._started:
        process.wait()
