"""The docs' pictures show what the program shows now, fetch nothing, and are used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import pytest_asyncio

from tests.pictures import drawn as pictures
from tests.pictures import ridden
from tests.test_project.checkout import CHECKOUT

WRITE = "draw them anew: python -m tests.pictures"
NAMES = ("live", "alert", "large", "start", "me", "rides", "ride", "trend", "coach", "report")
MOST_OCTETS = 300_000
IMAGE = re.compile(r"!\[([^\]]+)\]\(([^)]+\.svg)\)")


def words(picture: str) -> list[str]:
    """What can be read in it, without numbers and what they put in order: processors round differently."""
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", picture, flags=re.DOTALL)
    return sorted(re.findall(r"[^\W\d_]{2,}", text))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return await pictures.drawn(tmp_path_factory.mktemp("pictures"))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", NAMES)
async def test_the_picture_is_of_the_present_program(drawn: dict[str, str], name: str) -> None:
    assert words((pictures.FOLDER / f"{name}.svg").read_text("utf-8")) == words(drawn[name]), WRITE


@pytest.mark.asyncio(loop_scope="module")
async def test_no_picture_is_left_over_and_all_are_small(drawn: dict[str, str]) -> None:
    assert {path.stem for path in pictures.FOLDER.iterdir()} == set(NAMES) == set(drawn), WRITE
    assert sum(path.stat().st_size for path in pictures.FOLDER.iterdir()) < MOST_OCTETS


@pytest.mark.asyncio(loop_scope="module")
async def test_a_picture_is_the_same_bytes_each_time(drawn: dict[str, str]) -> None:
    assert drawn["report"] == pictures.report()
    assert drawn["alert"] == await pictures.alert(ridden.alerted(pictures.ALERT_S))


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_fetches_and_runs_nothing(name: str) -> None:
    picture = (pictures.FOLDER / f"{name}.svg").read_text("utf-8")
    assert not re.search(
        r"https?://(?!www\.w3\.org/|www\.textualize\.io)|@font-face|@import|<script", picture
    )


def test_every_picture_is_on_a_page_and_says_what_it_shows() -> None:
    pages = [CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")]
    shown: set[Path] = set()
    for page in pages:
        for alt, target in IMAGE.findall(page.read_text("utf-8")):
            assert len(alt) > 20, f"{page}: {alt}"
            shown.add((page.parent / target).resolve())
    assert shown == {pictures.FOLDER / f"{name}.svg" for name in NAMES}
