"""Files from and for the screens of recorded rides: written whole, never over another unasked; imported."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from textual.widgets import Input, Static

from legbal.app.review import ReviewService
from legbal.library.same_meters import read_answers
from legbal.tui.base_screens import ChoiceDialog, ConfirmDialog, MessageDialog
from legbal.tui.path_input import PathDialog
from tests.analysis.shares import EASY, fill, kept, summary
from tests.files.fit_files import fit, head, power_meter, record, records, ride
from tests.shared import shared
from tests.tui.reviewing import asked, page_of, review_app, settled, text, typed, written
from tests.tui.seen import FULL, SMALL

pytestmark = pytest.mark.usefixtures("nothing_blocks")


@pytest.mark.parametrize(("number", "ending"), [("1", "fit"), ("2", "csv"), ("3", "parquet"), ("4", "jsonl")])
async def test_a_ride_is_written_in_every_format(
    service: ReviewService, tmp_path: Path, number: str, ending: str
) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("x")
        await asked(pilot, ChoiceDialog)
        await pilot.press(number)
        await asked(pilot, PathDialog)
        assert pilot.app.screen.query_one(Input).value == str(tmp_path / f"2026-04-11-Threshold-5-5.{ending}")
        await pilot.press("enter")
        await written(pilot)
        assert "Wrote" in text(pilot, "said")
    assert (tmp_path / f"2026-04-11-Threshold-5-5.{ending}").stat().st_size > 1000


async def test_nothing_is_overwritten_unasked(service: ReviewService, tmp_path: Path) -> None:
    there = tmp_path / "mine.csv"
    there.write_text("mine")
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        for key, kept in (("n", True), ("enter", True), ("y", False)):
            await pilot.press("x")
            await asked(pilot, ChoiceDialog)
            await pilot.press("2")
            await typed(pilot, str(there))
            await asked(pilot, ConfirmDialog)
            await pilot.press(key)
            await written(pilot)
            assert (there.read_text() == "mine") is kept


async def test_a_file_that_cannot_be_written_is_told(service: ReviewService, tmp_path: Path) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path / "nowhere" / "report.html"))
        await written(pilot)
        assert "cannot be written" in text(pilot, "said")


async def test_a_report_is_written_from_the_page_into_a_folder(
    service: ReviewService, tmp_path: Path
) -> None:
    async with review_app(service).run_test(size=SMALL) as pilot:
        await page_of(pilot)
        await pilot.press("r")
        await typed(pilot, str(tmp_path))
        await written(pilot)
    page = (tmp_path / "2026-04-11-Threshold-5-5.html").read_text()
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert "[b]left[/b] knee" in page


async def test_a_real_capture_and_a_real_fit_file_are_imported(
    service: ReviewService, tmp_path: Path
) -> None:
    folder = tmp_path / "from the head unit"
    folder.mkdir()
    for name in ("captures/assioma_duo.jsonl", "fit/edge1000_short_5laps.fit"):
        there = shared(f"data/{name}")
        (folder / there.name).symlink_to(there)
    (folder / "broken.fit").write_bytes(b"\x0e\x10no")
    (folder / "notes.txt").write_text("not a ride")
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, f"'{folder}'")
        await pilot.app.workers.wait_for_complete()
        await asked(pilot, MessageDialog)
        told = str(pilot.app.screen.query_one(Static).content)
        assert told.startswith(
            "2 rides added; 1 is damaged: broken.fit; 1 file skipped: neither FIT nor capture."
        )
        assert "broken.fit" in told
        await pilot.press("escape")
        await settled(pilot)
        assert "assioma_duo" in text(pilot, "rides")
        assert "Rides  5" in text(pilot, "review-head")
        await pilot.press("i")
        await typed(pilot, str(folder / "assioma_duo.jsonl"))
        await written(pilot)
        assert "0 rides added; 1 was already here." in text(pilot, "said")


@pytest.mark.parametrize(("key", "answers"), [("1", [True]), ("2", [False]), ("3", []), ("escape", [])])
async def test_rides_under_another_name_of_a_meter_are_asked_about(
    service: ReviewService, tmp_path: Path, key: str, answers: list[bool]
) -> None:
    stated = summary({EASY: (48.0, 0.2)})
    for day in (5, 8):
        kept(service.path, datetime(2026, 1, day, 18, tzinfo=UTC), stated, meter="Pedals 17039")
    fill(service.path)
    pedals = power_meter(manufacturer=69, ant_device_number=17039)
    ridden = [record(t, 200, 0x80 | 50 + t % 4) for t in range(600)]
    (tmp_path / "dash.fit").write_bytes(fit(*head(), pedals, *ridden))
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path / "dash.fit"))
        await asked(pilot, ChoiceDialog)
        question = str(pilot.app.screen.query_one(Static).content)
        assert "Same pedals? Pedals 17039 (2 rides) and Stages Cycling (1 ride)" in question
        await pilot.press(key)
        await written(pilot)
    assert list(read_answers(service.path).values()) == answers


async def test_a_folder_without_rides_is_told(service: ReviewService, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path / "empty"))
        await pilot.app.workers.wait_for_complete()
        await asked(pilot, MessageDialog)
        assert "empty: " in str(pilot.app.screen.query_one(Static).content)
        assert "no FIT file, capture or .zip" in str(pilot.app.screen.query_one(Static).content)


async def test_what_a_web_service_hands_out_is_imported(service: ReviewService, tmp_path: Path) -> None:
    """A .zip with a ride, another file, and a recording without power."""
    with ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.writestr("ride.fit", ride(60))
        packed.writestr("yoga.fit", fit(*head(), *records(range(60), power=None, heart_rate=80)))
        packed.writestr("activities.csv", "id")
    async with review_app(service).run_test(size=FULL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await typed(pilot, str(tmp_path / "export.zip"))
        await written(pilot)
        assert "1 ride added; 1 holds no power: yoga.fit; 1 file skipped: neither FIT nor" in text(
            pilot, "said"
        )


async def test_tab_completes_a_path(service: ReviewService, tmp_path: Path) -> None:
    for name in ("ride-one.fit", "ride-two.fit"):
        (tmp_path / name).touch()
    async with review_app(service).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("i")
        await asked(pilot, PathDialog)
        pilot.app.screen.query_one(Input).value = f"{tmp_path}/ri"
        await pilot.press("tab")
        async with asyncio.timeout(30):
            while pilot.app.screen.query_one(Input).value == f"{tmp_path}/ri":
                await pilot.pause(0.01)
        assert pilot.app.screen.query_one(Input).value == f"{tmp_path}/ride-"
        assert "ride-one.fit   ride-two.fit" in str(pilot.app.screen.query_one(".hint", Static).content)
