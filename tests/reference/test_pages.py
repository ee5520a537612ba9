"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from tests.reference.pages import PAGES, REFERENCE

WRITE = "write them anew: python -m tests.reference"


@pytest.mark.parametrize("name", PAGES)
def test_the_page_follows_from_the_code(name: str) -> None:
    assert (REFERENCE / f"{name}.md").read_text("utf-8") == PAGES[name](), WRITE


def test_no_page_is_left_over() -> None:
    assert {page.stem for page in REFERENCE.glob("*.md")} == set(PAGES), WRITE
