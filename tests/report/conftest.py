"""A Chromium for the tests of a page, and the pages for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from legbal.report.ride import RideDetails, ride_page
from legbal.report.trend import trend_page
from tests.report.browser import Browser, browser
from tests.report.months import months_of_rides, several_meters
from tests.report.rides import HOSTILE, about, falling_behind, longer, without_balance


@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Closed after the last of these tests: idle it takes a core's twentieth for as long as others run."""
    with browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files, by name."""
    folder = tmp_path_factory.mktemp("pages")
    hostile = RideDetails(
        title=HOSTILE, meters=(HOSTILE,), note=HOSTILE, notes=((60.0, HOSTILE),), made_of=HOSTILE
    )
    made = {
        "ride": ride_page(falling_behind(), about()),
        "trend": trend_page(months_of_rides(60)),
        "meters": trend_page(several_meters(("ASSIOMA", 40, 200), ("STAGES", 20, 100), ("POWERTAP", 3, 9))),
        "hostile": ride_page(falling_behind(), hostile),
        "hostile trend": trend_page(months_of_rides(60, meter=HOSTILE)),
        "no balance": ride_page(without_balance(), about()),
        "long": ride_page(longer(falling_behind(), 5), about()),
    }
    for name, octets in made.items():
        (folder / f"{name}.html").write_bytes(octets)
    return {name: folder / f"{name}.html" for name in made}
