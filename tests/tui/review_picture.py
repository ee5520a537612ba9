"""The documentation's picture of a ride's page: the demonstration, as the review screen shows it.

`python -m tests.tui.review_picture` writes `docs/review.svg` anew.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from legbal.tui.review_app import ReviewApp
from tests.tui import shelves

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "review.svg"
SIZE = (120, 40)


async def picture(library: Path) -> str:
    """The page as SVG, without the web font that Textual's export would fetch."""
    app = ReviewApp(shelves.ridden(library, 1, 930.0))
    async with app.run_test(size=SIZE) as pilot:
        for key in ("", "enter"):
            await pilot.press(*[key] if key else [])
            await pilot.pause()
            await app.workers.wait_for_complete([x for x in app.workers if x.is_running])
            await pilot.pause()
        drawn = app.export_screenshot()
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = asyncio.run(picture(Path(folder) / "library.sqlite"))
    PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
