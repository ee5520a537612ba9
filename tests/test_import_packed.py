"""`legbal import` of what rides are packed in: .fit.gz, folders, archives."""

from __future__ import annotations

import gzip
from pathlib import Path
from zipfile import ZipFile

import pytest

from legbal.library.rides import Library
from tests.files.fit_files import fit, head, records, ride
from tests.test_import_command import folder, objects, run

__all__ = ["folder"]  # a fixture


def test_a_packed_file_is_the_same_as_the_file(folder: Path) -> None:
    """Strava hands out what was uploaded as .fit.gz."""
    (folder / "packed.fit.gz").write_bytes(gzip.compress((folder / "good.fit").read_bytes()))
    packed, plain = objects(run(folder / "packed.fit.gz", folder / "good.fit", "--json"))
    assert (packed["new"], plain["new"]) == (True, False)
    assert packed["ride"] == plain["ride"]
    with Library() as library:
        assert library.find(packed["ride"]).title == "packed"


@pytest.mark.parametrize("cut", [2, 5, 40, -1])
def test_a_packed_file_that_is_damaged_is_told(tmp_path: Path, cut: int) -> None:
    (tmp_path / "packed.fit.gz").write_bytes(gzip.compress(ride(60))[:cut])
    (found,) = objects(run(tmp_path / "packed.fit.gz", "--json"))
    assert "packed.fit.gz: cannot be read: its end is missing. Copy it" in found["error"]


def test_a_packed_file_in_which_something_was_changed_is_told(tmp_path: Path) -> None:
    octets = bytearray(gzip.compress(ride(60)))
    octets[40] ^= 0xFF
    (tmp_path / "packed.fit.gz").write_bytes(octets)
    (found,) = objects(run(tmp_path / "packed.fit.gz", "--json"))
    assert "packed.fit.gz: cannot be read: it is damaged. Copy it" in found["error"]


def test_octets_after_a_packed_file_s_end_are_told_as_those_after_any(tmp_path: Path) -> None:
    (tmp_path / "packed.fit.gz").write_bytes(gzip.compress(ride(60)) + b"\0\0\0")
    (found,) = objects(run(tmp_path / "packed.fit.gz", "--json"))
    assert found["new"]
    assert found["error"].endswith(
        "packed.fit.gz: 3 bytes after its end belong to no ride and are left out; its 60 records are read"
    )


def test_of_a_folder_all_rides_come_in_and_the_others_are_counted(folder: Path) -> None:
    """At any depth, in archives too; what a Mac leaves beside a file is none."""
    (folder / "deeper").mkdir()
    (folder / "deeper" / "second.fit").write_bytes(ride(50))
    (folder / "deeper" / "._second.fit").write_bytes(b"of a Mac")
    with ZipFile(folder / "deeper" / "more.zip", "w") as packed:
        packed.writestr("third.fit", ride(51))
        packed.writestr("notes.txt", "nothing of a ride")
    with ZipFile(folder / "photos.zip", "w") as packed:
        packed.writestr("photo.jpg", "nothing of a ride")
    result = run(folder, "--json")
    assert result.exit_code == 1  # some of the folder's own files are damaged
    assert [Path(x["file"]).name for x in objects(result) if x["new"]] == [
        "flipped.fit", "good.fit", "truncated.fit", "unfinished.fit", "third.fit", "second.fit",
    ]  # fmt: skip
    assert result.stderr == "legbal: 3 files skipped: neither FIT nor capture\n"


def test_a_folder_or_an_archive_without_rides_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with ZipFile(tmp_path / "photos.zip", "w") as packed:
        packed.writestr("photo.jpg", "nothing of a ride")
    folder, archive = objects(run(tmp_path / "empty", tmp_path / "photos.zip", "--json"))
    assert folder["error"].startswith(f"{tmp_path / 'empty'}: no FIT file, capture")
    assert archive["error"] == f"{tmp_path / 'photos.zip'}: holds no FIT file and no capture"


def test_a_folder_of_blank_recordings_leaves_no_blank_rides(tmp_path: Path) -> None:
    """Of a watch: yoga, a run, a ride without a power meter; each is refused with its reason."""
    (tmp_path / "heart.fit").write_bytes(fit(*head(), *records(range(60), power=None, heart_rate=99)))
    (tmp_path / "ride.fit").write_bytes(ride(60))
    (tmp_path / "heart.jsonl").write_text('{"t": 0, "uuid": "2a37", "hex": "0050"}\n' * 9)
    found = {Path(x["file"]).name: x for x in objects(run(tmp_path, "--json"))}
    assert {name: x["new"] for name, x in found.items()} == {
        "heart.fit": False, "heart.jsonl": False, "ride.fit": True,
    }  # fmt: skip
    assert "has no power" in found["heart.fit"]["error"]
    assert "has no power" in found["heart.jsonl"]["error"]
    with Library() as library:
        assert len(library.rides()) == 1
