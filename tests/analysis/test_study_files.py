"""Many riders' files: who rides what, and what one file says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from legbal.analysis.ride_analysis import analyse as read_ride
from legbal.app.study import COLUMNS
from legbal.app.study_files import RideFile, StudyRider, Task, analyse_file, estimate, files_in, riders_of
from legbal.errors import ConfigError, UsageError
from tests.files.fit_files import START
from tests.meters.profiles import shipped
from tests.ride.unusable import fail_at


def test_a_rider_is_the_folder_below_the_studied_one(folder: Path) -> None:
    found = [(file.rider, file.name) for file in files_in([folder])]
    assert found == [
        *(("anna", f"anna/{month}.fit") for month in range(6)),
        ("ben", "ben/2025/again.FIT"),
        ("ben", "ben/2025/cut.fit"),
        ("ben", "ben/2025/letter.fit"),
        ("ben", "ben/good.fit"),
        ("ben", "ben/ride.jsonl"),
    ]


def test_files_in_the_studied_folder_itself_are_of_its_name_and_each_counts_once(folder: Path) -> None:
    found = [(file.rider, file.name) for file in files_in([folder / "anna", folder / "anna" / "..", folder])]
    assert found[0] == ("anna", "0.fit")
    assert len(found) == 11


def test_a_folder_without_rides_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no FIT file and no capture"):
        files_in([tmp_path])


def test_riders_are_told_by_a_file(tmp_path: Path) -> None:
    path = tmp_path / "riders.toml"
    path.write_text('[anna]\nftp = 250\nweak_leg = "left"\n[ben]\nswap_sides = true\n')
    told = riders_of(path, {"anna", "ben", "carl"})
    assert told == {"anna": StudyRider(ftp=250, weak_leg="left"), "ben": StudyRider(swap_sides=True)}
    assert told["anna"].setup(200).ftp_w == 250
    assert told["ben"].setup(200).ftp_w == 200


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[anna]\nftp = 9999\n", "ftp"),
        ("[anna]\nftpp = 250\n", "ftpp"),
        ("[anna\n", "riders.toml"),
        ("[carla]\nftp = 250\n", "no files of carla"),
        ("ftp = 250\n", "riders.toml"),
    ],
)
def test_what_a_file_of_riders_may_not_say(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "riders.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=reason):
        riders_of(path, {"anna"})


def task(path: Path, rider: StudyRider = StudyRider(ftp=200)) -> Task:  # noqa: B008 - it is frozen
    return Task(RideFile("anna", path.name, str(path)), rider.setup(None), tuple(shipped().values()))


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "# no end\n" * 200_000])
def test_a_file_of_riders_without_end_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "riders.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"riders\.toml: "):
        riders_of(path, set())


def test_one_file_gives_a_row_for_the_ride_and_one_for_each_band(folder: Path) -> None:
    found = analyse_file(task(folder / "anna/0.fit"))
    whole, *bands = found.rows
    assert set(whole) | {"low_ftp", "high_ftp", "ftp_estimated"} >= COLUMNS.keys() - {
        name for name in COLUMNS if name.startswith(("left_", "right_", "combined_"))
    }
    assert (whole["band"], whole["rider"], whole["meter"]) == ("ride", "anna", "Garmin Edge 530")
    assert whole["left_percent"] == pytest.approx(44, abs=0.1)
    assert [(band["band"], band["low_ftp"]) for band in bands] == [("90–105 %", 0.9), ("105–120 %", 1.05)]
    assert sum(band["seconds"] for band in bands) == whole["seconds"]
    assert found.ride.started.timestamp() == START + 631065600


def test_the_rows_say_what_a_review_says(folder: Path) -> None:
    from legbal.sources.recorded_ride import open_ride

    one = task(folder / "ben/ride.jsonl", StudyRider(ftp=250))
    whole, *bands = analyse_file(one).rows
    inputs = list(open_ride(one.file.path, pytest.fail).inputs)
    profile = shipped()["favero-assioma-duo"]
    said = read_ride(msgspec.structs.replace(one.setup, profile=profile), inputs).summary
    assert whole["left_percent"] == said.ride.share.left_percent
    assert [band["left_percent"] for band in bands] == [
        band.share.left_percent for band in said.bands if band.share.seconds
    ]


def test_a_ride_on_which_the_fold_failed_says_so_in_its_rows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at(monkeypatch, 50)
    remarks = {row["remarks"] for row in analyse_file(task(folder / "anna/0.fit")).rows}
    assert remarks == {"legbal could not use 1 of the packets: a defect of its own. They are recorded."}


def test_the_rider_s_own_word_on_the_sides_counts(folder: Path) -> None:
    swapped = analyse_file(task(folder / "anna/0.fit", StudyRider(ftp=200, swap_sides=True))).rows[0]
    assert swapped["swapped"]
    assert swapped["left_percent"] == pytest.approx(56, abs=0.1)


def test_a_ride_speaks_for_an_ftp(folder: Path) -> None:
    ftp = estimate(task(folder / "anna/0.fit", StudyRider()))
    assert ftp is not None
    assert 150 < ftp < 300
