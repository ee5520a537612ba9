"""The pages on meters say what the profiles say."""

from __future__ import annotations

import re

import pytest

from legbal.meters.profile_file import STATED, parse
from legbal.present.profile import TITLES
from tests.meters.pages import DOCS, OVERVIEW, PAGES, overview, page
from tests.meters.profiles import shipped

WRITING = DOCS / "howto/writing-a-profile.md"
WRITE = "write them anew: python -m tests.meters.pages"


@pytest.mark.parametrize("profile_id", sorted(shipped()))
def test_the_page_on_a_family_follows_from_its_profile(profile_id: str) -> None:
    assert (PAGES / f"{profile_id}.md").read_text("utf-8") == page(shipped()[profile_id]), WRITE


def test_every_family_has_a_page_and_no_page_is_left_over() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == set(shipped()), WRITE


def test_the_table_of_families_follows_from_the_profiles() -> None:
    text = OVERVIEW.read_text("utf-8")
    assert overview(text) == text, WRITE


def test_every_statement_is_explained_and_has_a_title() -> None:
    text = WRITING.read_text("utf-8")
    assert [key for key in STATED if f"| `{key}`" not in text and f"`{key}` |" not in text] == []
    assert tuple(TITLES) == STATED


def test_the_example_on_the_page_is_a_profile() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", WRITING.read_text("utf-8"), re.DOTALL)
    assert parse(example, "docs/howto/writing-a-profile.md").kind == "measured"
