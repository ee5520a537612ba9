"""Rides in .zip archives, as web services hand them out; and archives that are made to harm."""

from __future__ import annotations

import gzip
import json
import os
import struct
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import given

from legbal.app.ride_files import ride_files
from legbal.cli import legbal
from legbal.errors import FileFormatError
from legbal.files import archive, capture
from legbal.library.rides import Library
from legbal.sources.recorded_ride import is_ride_name
from legbal.sources.simulator import demo
from tests.files.fit_files import ride, spoilt
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(legbal, list(map(str, arguments)))


def imported(*paths: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("import", "--json", *paths).stdout.splitlines()]


def packed(path: Path, files: dict[str, bytes], method: int = ZIP_DEFLATED) -> Path:
    with ZipFile(path, "w", method) as opened:
        for name, octets in files.items():
            opened.writestr(ZipInfo(name, (2026, 5, 4, 12, 30, 0)), octets, method)
    return path


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_what_a_web_service_hands_out_comes_in_under_its_name(tmp_path: Path, method: int) -> None:
    path = packed(tmp_path / "123.zip", {"123_ACTIVITY.fit": ride(60), "legal/terms.txt": b"none"}, method)
    (found,) = imported(path)
    assert (found["file"], found["new"], found["error"]) == (str(path / "123_ACTIVITY.fit"), True, None)
    with Library() as library:
        kept = library.find(found["ride"])
        original = library.original(kept)
        assert kept.title == "123_ACTIVITY"
        assert original is not None
        assert (original.name, original.data) == ("123_ACTIVITY.fit", ride(60))


def test_a_whole_account_comes_in_file_by_file(tmp_path: Path) -> None:
    """As a bulk export: packed once more, in folders, with a file that is no ride and one that is damaged."""
    path = packed(
        tmp_path / "export.zip",
        {
            "activities/2.fit.gz": gzip.compress(ride(61)),
            "activities/1.fit": ride(60),
            "activities/3.fit": b"Dear rider",
            "activities.csv": b"id,date",
            "__MACOSX/activities/._1.fit": b"of a Mac",
        },
    )
    result = run("import", path)
    first, second, *left_out = result.stdout.splitlines()
    assert first.startswith("8 Nov 2024, 59 s, left 48.0 %, 1 interval, no drop-off (ride ")
    assert second.startswith("8 Nov 2024, 1 min, left 48.0 %, 1 interval, no drop-off (ride ")
    assert "3.fit: not a FIT file" in result.stderr
    assert left_out == ["1 is damaged: 3.fit", "1 file skipped: neither FIT nor capture"]
    assert result.exit_code == 1


def test_a_ride_in_an_archive_is_replayed_and_reviewed_as_it_lies(tmp_path: Path) -> None:
    one = packed(tmp_path / "one.zip", {"a.fit": ride(60)})
    two = packed(tmp_path / "two.zip", {"a.fit": ride(60), "b.fit": ride(70)})
    (tmp_path / "a.fit").write_bytes(ride(60))
    expected = run("review", "--json", tmp_path / "a.fit").stdout
    assert run("review", "--json", one).stdout == run("review", "--json", two / "a.fit").stdout == expected
    refused = run("review", two)
    assert refused.exit_code == 1
    assert f"{two}: holds 2 rides" in str(refused.exception)


def test_a_capture_in_an_archive_is_dated_by_the_archive(tmp_path: Path) -> None:
    packets = list(notifications(demo(shipped()["favero-assioma-duo"], 1, seconds=60)))
    lines = b"".join(map(capture.line, packets))
    path = packed(tmp_path / "c.zip", {"ride.jsonl": lines, "ride.meta.json": b'{"ftp": 260}'})
    (found,) = imported(path)
    assert found["new"]
    with Library() as library:
        kept = library.find(found["ride"])
        ended = kept.started.timestamp() + kept.duration_s
        assert ended == pytest.approx(datetime(2026, 5, 4, 12, 30).astimezone().timestamp(), abs=2)
        assert library.setup(kept).ftp_w == 260


CLIMBING = ("../a.fit", "/etc/a.fit", "b/../../a.fit", "..\\a.fit", "C:\\a.fit", "C:/a.fit")


@pytest.mark.parametrize("name", CLIMBING)
def test_an_archive_that_leads_out_of_itself_is_refused_whole(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "x.zip", {"good.fit": ride(60), name: ride(61)})
    before = sorted(tmp_path.rglob("*"))
    (found,) = imported(path)
    assert found["ride"] is None
    assert f"{path}: holds a file whose name leads out of the archive: {name}" in found["error"]
    assert sorted(tmp_path.rglob("*")) == before
    assert ride_files([path]).paths == [path]


def overlapping() -> bytes:
    """Two names for the same octets: with many of them, a small archive is a large one."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as opened:
        opened.writestr("a.fit", os.urandom(4000))
        opened.writestr("b.fit", os.urandom(10))
        opened.infolist()[1].header_offset = 0
        opened.infolist()[1].compress_size = opened.infolist()[0].compress_size
    return file.getvalue()


def endless_list() -> bytes:
    """A list of so many names that reading it would fill the memory, in which each is sound."""
    file = BytesIO()
    with ZipFile(file, "w") as opened:
        for number in range(21_000):
            opened.writestr(ZipInfo(f"{number:>200}.txt"), b"")
    return file.getvalue()


def too_many() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as opened:
        for number in range(20_001):
            opened.writestr(ZipInfo(str(number)), b"")
    return file.getvalue()


def endless_name() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as opened:
        opened.writestr("a" * 5000 + ".fit", ride(60))
    return file.getvalue()


def lying() -> bytes:
    """It says that its list is longer than the file."""
    file = BytesIO()
    with ZipFile(file, "w") as opened:
        opened.writestr("a.fit", ride(60))
    octets = bytearray(file.getvalue())
    at = octets.rfind(b"PK\5\6")
    struct.pack_into("<I", octets, at + 12, 0xFFFFFFF0)
    return bytes(octets)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (overlapping, "files in it lie in the same place"),
        (endless_list, "it holds too many files"),
        (too_many, "holds more than 20,000 files"),
        (endless_name, "holds a file with a name of 5,004 characters"),
        (lying, "cannot be read"),
        (lambda: b"PK\3\4 no archive", "cannot be read"),
        (lambda: b"", "cannot be read"),
    ],
)
def test_an_archive_that_is_none_of_rides_is_refused(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(make())
    (found,) = imported(path)
    assert found["ride"] is None
    assert reason in found["error"]


@pytest.mark.skipif(os.name != "posix", reason="other systems allow other names")
def test_a_name_that_is_too_long_with_its_archive_keeps_no_other_file_out(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a" * 4080 + ".fit": ride(60), "good.fit": ride(61)})
    odd, good = imported(path)
    assert (odd["ride"], good["new"]) == (None, True)
    assert odd["error"].endswith(".fit: cannot be read: File name too long")


def test_a_file_that_swells_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a.fit": bytes(10 * 2**20), "good.fit": ride(60)})
    swollen, good = imported(path)
    assert f"{path / 'a.fit'}: swells from" in swollen["error"]
    assert good["new"]


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_what_is_packed_in_another_way_is_told(tmp_path: Path, method: int) -> None:
    (found,) = imported(packed(tmp_path / "x.zip", {"a.fit": ride(60)}, method))
    assert "packed in a way that is not read here. Unpack the archive first." in found["error"]


def test_what_is_locked_is_told(tmp_path: Path) -> None:
    octets = bytearray(packed(tmp_path / "x.zip", {"a.fit": ride(60)}).read_bytes())
    octets[octets.find(b"PK\1\2") + 8] |= 1
    octets[6] |= 1
    (tmp_path / "x.zip").write_bytes(octets)
    (found,) = imported(tmp_path / "x.zip")
    assert "locked with a password" in found["error"]


def test_a_file_that_is_not_in_the_archive_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", {"a.fit": ride(60)})
    (found,) = imported(path / "b.fit")
    assert found["error"] == f"{path / 'b.fit'}: there is no such file in the archive"


def an_archive() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as opened:
        opened.writestr("a.fit", ride(5))
        opened.writestr("b.jsonl", b'{"t": 0, "hex": "2300"}')
    return file.getvalue()


@given(spoilt(an_archive(), most=6, shorter_by=40))
def test_whatever_is_in_an_archive_it_is_a_list_and_octets_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzzed") / "x.zip"
    path.write_bytes(octets)
    try:
        for file in archive.list_rides(path, is_ride_name)[0]:
            archive.read_file_octets(file, 2**20)
    except FileFormatError:
        return


@pytest.mark.parametrize("name", ["a.fit", "x.zip"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    os.mkfifo(tmp_path / name)
    (found,) = imported(tmp_path / name)
    assert found["ride"] is None
