"""Writes the reference pages anew."""

from tests.reference.pages import PAGES, REFERENCE

REFERENCE.mkdir(exist_ok=True)
for name, text in PAGES.items():
    (REFERENCE / f"{name}.md").write_text(text(), encoding="utf-8")
