"""What review screens ask of a library: the list, a ride whole and kept, files written."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from legbal import paths
from legbal.analysis.ride_analysis import analyse
from legbal.app import reindex_process, ride_values
from legbal.app.meters import current_setup, profiles
from legbal.app.review import ReviewService
from legbal.cli import legbal
from legbal.errors import FileFormatError, LibraryError
from legbal.library.rides import Library
from legbal.present.numbers import signed
from legbal.present.objects import plain
from legbal.ride.events import MeterChange
from tests.analysis.shares import EASY, fill, kept, summary
from tests.library.values import store
from tests.tui import libraries


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> ReviewService:
    """One ride."""
    return libraries.ridden(tmp_path_factory.mktemp("service") / "library.sqlite", 1, 400.0)


def test_a_library_that_is_not_there_has_no_rides(tmp_path: Path) -> None:
    service = libraries.at(tmp_path / "library.sqlite")
    assert service.items() == []
    assert reindex_process.count_stale(service.path) == 0
    with pytest.raises(LibraryError, match="no rides yet"):
        service.item("last")


def test_an_entry_is_what_the_ride_s_summary_says(service: ReviewService) -> None:
    (entry,) = service.items()
    assert service.item("last") == entry
    summary = service.summary(entry.ride)
    assert summary is not None
    assert (entry.share.left_percent, entry.share.standard_error, entry.balance) == (
        summary.ride.share.left_percent,
        summary.ride.share.standard_error,
        "measured",
    )
    assert [band.seconds for band in entry.bands] == [band.share.seconds for band in summary.bands]


def test_a_ride_is_folded_once_and_then_found_as_it_was_read(
    service: ReviewService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ride = service.item("last").ride
    reached: list[float] = []
    first = service.detail(ride, reached.append)
    assert reached
    assert reached == sorted(reached)
    with Library(service.path) as library:
        bare = analyse(current_setup(library, ride, profiles()), library.inputs(ride))
    monkeypatch.setattr(ride_values, "analyse", None)
    second = service.detail(ride)
    assert second.analysis.summary == first.analysis.summary
    assert plain(first.analysis.summary) == plain(bare.summary)
    # the meter's name is of its profile, which may be corrected: it is not kept with the ride
    assert second.analysis.events == tuple(
        x for x in bare.events if not (isinstance(x, MeterChange) and x.what == "identified")
    )
    for name in ("t", "left_percent", "left_standard_error", "usual_percent", "power_w", "cadence_rpm"):
        kept, new = getattr(second.analysis.trace, name), getattr(bare.trace, name)
        np.testing.assert_allclose(kept, new, rtol=1e-6)
    assert second.notes == ((400.0, "[b]left[/b] knee"),)


def test_a_kept_reading_that_cannot_be_read_is_read_anew(service: ReviewService) -> None:
    ride = service.item("last").ride
    page = service.detail(ride)
    with Library(service.path) as library:
        (version,) = library.versions(ride, "analysis")
        store(library, ride, "analysis", version, b"\x93nonsense")
    assert service.detail(ride).analysis.summary == page.analysis.summary


def test_a_note_made_later_stands_in_its_place(service: ReviewService) -> None:
    ride = service.item("last").ride
    service.note(ride, 12.0, "warm")
    assert service.detail(ride).notes == ((12.0, "warm"), (400.0, "[b]left[/b] knee"))


def test_a_title_is_kept(service: ReviewService) -> None:
    ride = service.item("last").ride
    service.describe(ride, "title", "Alpe\ud800")
    assert service.item("last").ride.title == "Alpe?"


def test_writing_tells_how_far_it_is_and_overwrites_nothing(service: ReviewService, tmp_path: Path) -> None:
    ride = service.item("last").ride
    parts: list[float] = []
    service.write(ride, "fit", tmp_path / "ride.fit", overwrite=False, tell=parts.append)
    assert parts == sorted(parts)
    assert 0.9 < parts[-1] <= 1.01
    with pytest.raises(FileFormatError, match="is there already"):
        service.write(ride, "fit", tmp_path / "ride.fit", overwrite=False)
    service.write(ride, "fit", tmp_path / "ride.fit", overwrite=True)


def test_the_list_a_page_and_json_lie_as_far_from_the_last_rides() -> None:
    path = paths.library_file()
    rides = [
        kept(path, libraries.FIRST_DAY + timedelta(days=day), summary({EASY: (left, 0.2)})).id
        for day, left in enumerate([49.0, 48.6, 49.2, 47.5])
    ]
    fill(path)
    service = libraries.at(path)
    listed = [x.usual_percent for x in reversed(service.items())]
    assert listed[:2] == [None, None], "of one ride nobody knows what is usual"
    assert listed[3] is not None
    for ride, usual in zip(rides, listed, strict=True):
        one = service.summary(service.find(ride))
        assert one is not None
        assert (one.ride.usual_percent, service.item(ride).usual_percent) == (usual, usual)
    said = json.loads(CliRunner().invoke(legbal, ["rides", "--json"]).output)
    assert said[0]["usual_percent"] == pytest.approx(listed[3], abs=0.001)
    compared = service.summary(service.find("last"))
    assert compared is not None
    assert compared.comparison is not None
    assert compared.comparison.difference.value < -1.0
    assert (
        f"  {signed(compared.comparison.difference.value)}  " in CliRunner().invoke(legbal, ["rides"]).output
    )
