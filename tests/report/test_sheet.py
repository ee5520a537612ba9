"""The page for a physiotherapist: one sheet of A4, whatever there is to say, with room to write."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from legbal.analysis.efforts import Deficit, Efforts
from legbal.analysis.months import Change
from legbal.analysis.rider_answers import answers_of
from legbal.analysis.symmetry import symmetry_of_months, symmetry_of_ride
from legbal.analysis.trend import study_meters
from legbal.meters.limits import Remark
from legbal.present import clinic
from legbal.report.clinic import months_sheet, ride_sheet
from legbal.ride.share import Estimate, Share
from tests.meters.profiles import shipped
from tests.programs import require_program
from tests.report.browser import Browser
from tests.report.charts import value
from tests.report.months import rides_of_months
from tests.report.rides import HOSTILE, about, falling_behind, without_balance

_LEAST_ROOM = 110.0  # points, 39 mm: to write in
_MOST_WORDS = 200  # characters that a change may have


def rich() -> bytes:
    """A ride with all that can be said of one, and names as long as they come."""
    summary = msgspec.structs.replace(
        falling_behind().summary,
        efforts=Efforts(
            seconds=3000.0,
            drift=Estimate(-2.2, 0.5),
            deficits=(
                *(Deficit("left", 300.0 * i, 3.0, 40.0, 60.0) for i in range(1, 8)),
                Deficit("left", 2500.0, 3.0, 40.0),
                Deficit("right", 2800.0, 2.5, 40.0, 50.0),
            ),
            sprints=Share(44.0, 1.0, 60.0, 100, 700.0),
        ),
        limits=(
            *falling_behind().summary.limits,
            Remark("limit.two_devices"),
            Remark("limit.rezeroes"),
            Remark("limit.falls_back"),
            Remark("ftp.guessed", {"ftp_w": 250.0, "low_w": 230.0, "high_w": 270.0}),
        ),
    )
    known = about(
        title="long " * 40, meters=("M" * 80, "N" * 80), started=datetime(2026, 11, 24, 7, tzinfo=UTC)
    )
    return ride_sheet(summary, symmetry_of_ride(summary, "left"), known)


def bare() -> bytes:
    """A ride of which nothing is known."""
    return ride_sheet(without_balance().summary, None, about(meters=()))


def months() -> bytes:
    """Months of rides, three changes of as many words as one may have."""
    rides = [msgspec.structs.replace(x, family="favero-assioma-duo") for x in rides_of_months(60)]
    changes = [
        Change(
            number=i, kind="fit", first_day=date(2026, 3 + i, 1), last_day=date(2026, 3 + i, 1), words=words
        )
        for i, words in enumerate(["word " * (_MOST_WORDS // 5)] * 3, 1)
    ]
    (meter,) = study_meters(rides, changes, "left")
    (answers,) = answers_of([meter], tuple(shipped().values()))
    return months_sheet(answers, symmetry_of_months(meter.meter, answers, "left"))


@pytest.mark.parametrize("make", [rich, bare, months])
def test_it_is_one_sheet_of_a4_with_room_to_write(
    make: Callable[[], bytes], chromium: Browser, tmp_path: Path
) -> None:
    page, pdf = tmp_path / "sheet.html", tmp_path / "sheet.pdf"
    page.write_bytes(make())
    chromium.open(page)
    pdf.write_bytes(chromium.printed())
    info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages: +1\n", info)
    assert "A4" in info
    words = subprocess.run(
        [require_program("pdftotext"), "-bbox", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    at = {word: float(y) for y, word in re.findall(r'yMin="([\d.]+)".*?>(.*?)</word>', words)}
    assert at["legbal"] - at[clinic.NOTES] > _LEAST_ROOM  # the last line is there, and so all above it
    assert at[clinic.NAME] < 100
    assert chromium.complaints() == []
    chromium.size(390, 800)
    try:
        wide = "Array.from(document.querySelectorAll('.wide'), w => w.scrollWidth - w.clientWidth)"
        assert max(value(chromium, wide), default=0) <= 0  # nor is anything cut on a telephone
    finally:
        chromium.size(1280, 1000)


def test_it_says_what_was_measured_and_what_cannot_be_known() -> None:
    text = rich().decode()
    for said in (
        "Symmetry index +17.1 % (13 to 21): the right leg gives more.",
        "Limb symmetry index 84.2 %",
        "threshold, 90–105 %",
        "sprints, 5 to 20 s",
        "The left leg&#x27;s share clearly fell, by 2.2 points an hour of effort (1.2 to 3.2).",
        "8 times it fell 2 points or more below its level, first after 5:00 of the 50:00 of effort; back after 60 s;",
        "not back once before the effort ended. The right leg did once.",
        "None is established for cycling",
        "assumed to be 0.6 points",
        "the one that the rider calls the weak one",
    ):
        assert said in text
    assert (
        "the rider named none"
        in ride_sheet(falling_behind().summary, symmetry_of_ride(falling_behind().summary), about()).decode()
    )
    assert "learnt from 60 rides of this rider" in months().decode()
    found = symmetry_of_ride(falling_behind().summary)
    assert found is not None
    few = " ".join(clinic.definitions(msgspec.structs.replace(found, scatter_rides=3)))
    assert "assumed to be 0.6 points, corrected by 3 rides of this rider" in few
    assert "No balance" in bare().decode()
    assert "No rides with a balance" in months_sheet(None, None).decode()


def test_it_runs_nothing_and_its_names_are_text() -> None:
    summary = falling_behind().summary
    hostile = about(title=HOSTILE, meters=(HOSTILE,), made_of=HOSTILE)
    page = ride_sheet(summary, symmetry_of_ride(summary), hostile).decode()
    assert "script-src" not in page
    assert not re.search(r"<(script|img)", page)
    assert "default-src &#x27;none&#x27;" in page
