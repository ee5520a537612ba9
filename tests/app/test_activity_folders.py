"""Where programs and head units leave rides, on each system: made-up homes and mounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from legbal.app.activity_folders import activity_folders

USER = {"USER": "anna", "XDG_RUNTIME_DIR": "/run/user/1000"}


@pytest.mark.parametrize(
    ("system", "at", "program"),
    [
        ("linux", "home/Documents/Zwift/Activities", "Zwift"),
        ("win32", "home/OneDrive/Documents/Zwift/Activities", "Zwift"),
        (
            "darwin",
            "home/Library/Mobile Documents/com~apple~CloudDocs/Documents/Zwift/Activities",
            "Zwift",
        ),
        ("win32", "home/Documents/TPVirtual/ab12/FITFiles", "TrainingPeaks Virtual"),
        (
            "darwin",
            "home/Library/Containers/com.whoosh.whooshgame/Data/Library/Application Support/Epic/MyWhoosh"
            "/Content/Data",
            "MyWhoosh",
        ),
        (
            "win32",
            "home/AppData/Local/Packages/MyWhooshTechnologyService.MyWhoosh_abc/LocalCache/Local/MyWhoosh"
            "/Content/Data",
            "MyWhoosh",
        ),
        ("linux", "home/Dropbox/Apps/WahooFitness", "Wahoo"),
        ("linux", "media/anna/GARMIN/Garmin/Activities", "Garmin"),
        ("linux", "run/media/anna/GARMIN/GARMIN/ACTIVITY", "Garmin"),
        ("linux", "mnt/edge/GARMIN/Activity", "Garmin"),
        ("linux", "run/user/1000/gvfs/mtp:host=Garmin_Edge_1050/Internal Storage/GARMIN/Activity", "Garmin"),
        ("linux", "run/user/1000/gvfs/mtp:host=Wahoo_ELEMNT/USB storage/exports", "Wahoo"),
        (
            "linux",
            "run/user/1000/gvfs/mtp:host=Hammerhead_Karoo/Internal shared storage/FitFiles",
            "Hammerhead",
        ),
        ("darwin", "Volumes/GARMIN/Garmin/Activity", "Garmin"),
    ],
)
def test_a_folder_is_found_where_the_program_has_it(
    tmp_path: Path, system: str, at: str, program: str
) -> None:
    (tmp_path / at).mkdir(parents=True)
    (tmp_path / "media" / "anna" / "PHOTOS" / "DCIM").mkdir(parents=True)
    found = activity_folders(tmp_path / "home", system, USER, tmp_path)
    assert [(x.program, x.path) for x in found] == [(program, tmp_path / at)]


def test_one_that_is_reached_in_two_ways_is_found_once(tmp_path: Path) -> None:
    (tmp_path / "home" / "OneDrive" / "Documents" / "Zwift" / "Activities").mkdir(parents=True)
    (tmp_path / "home" / "Documents").symlink_to(tmp_path / "home" / "OneDrive" / "Documents")
    assert len(activity_folders(tmp_path / "home", "darwin", USER, tmp_path)) == 1


def test_where_there_is_none_or_no_user_none_is_found(tmp_path: Path) -> None:
    (tmp_path / "home" / "Documents" / "Zwift").mkdir(parents=True)
    for system in ("linux", "darwin", "win32", "freebsd"):
        assert activity_folders(tmp_path / "home", system, {}, tmp_path) == []
