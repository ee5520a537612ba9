"""The docs' picture of the start screen shows it, and is in its place."""

from __future__ import annotations

from tests.tui.picture import START, start_picture


async def test_the_picture_of_the_start_shows_what_meters_can_measure() -> None:
    text = (await start_picture()).replace("&#160;", " ")
    for part in ("ASSIOMA17039L", "measured", "an estimate", "FTP", "weak leg"):
        assert part in text
    assert START.read_text(encoding="utf-8").startswith("<svg")
