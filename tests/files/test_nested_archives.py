"""Archives within archives, as services hand out whole accounts; and such as are made to harm."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from legbal.errors import FileFormatError
from legbal.files import archive, zip_archive
from legbal.sources.recorded_ride import is_ride_name
from tests.files.fit_files import fit, head, records, ride
from tests.files.test_archive import CLIMBING, imported, packed, run


def octets(files: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", method) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return file.getvalue()


def no_power(seconds: int) -> bytes:
    return fit(*head(), *records(range(seconds), power=None, heart_rate=99))


GARMIN = {
    "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip": octets(
        {"me@mail.com_1.fit": ride(60), "me@mail.com_2.fit": fit(*head()), "me@mail.com_3.gpx": b"<gpx/>"}
    ),
    "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part2.zip": octets(
        {"me@mail.com_4.fit": ride(61), "me@mail.com_5.fit": no_power(60)}, ZIP_STORED
    ),
    "DI_CONNECT/DI-Connect-Fitness/me@mail.com_0_summarizedActivities.json": b"[]",
    "customer_data/customer.json": b"{}",
}
STRAVA = {
    "activities.csv": b"Activity ID,Activity Date",
    "activities/1.fit.gz": gzip.compress(ride(60)),
    "activities/2.fit.gz": gzip.compress(no_power(60)),
    "activities/3.gpx.gz": gzip.compress(b"<gpx/>"),
    "activities/4.fit": ride(61),
    "media/5.jpg": b"\xff\xd8",
}
TRAININGPEAKS = {
    "2024-11-08-me.2024-11-08-18-00-00-000Z.GarminPing.AAA.FIT.gz": gzip.compress(ride(60)),
    "2024-11-09-me.2024-11-09-18-00-00-000Z.GarminPing.AAB.FIT.gz": gzip.compress(ride(61)),
    "2024-11-10-me.tcx.gz": gzip.compress(b"<tcx/>"),
}
INTERVALS = {"2024-11-08_i1.fit.gz": gzip.compress(ride(60)), "2024-11-09_i2.fit": ride(61)}


@pytest.mark.parametrize(
    ("files", "left_out"),
    [
        (
            GARMIN,
            [
                "1 holds no power: me@mail.com_5.fit",
                "1 holds no ride: me@mail.com_2.fit",
                "3 files skipped: neither FIT nor capture",
            ],
        ),
        (STRAVA, ["1 holds no power: 2.fit.gz", "3 files skipped: neither FIT nor capture"]),
        (TRAININGPEAKS, ["1 file skipped: neither FIT nor capture"]),
        (INTERVALS, []),
    ],
    ids=["Garmin Connect", "Strava", "TrainingPeaks", "intervals.icu"],
)
def test_a_whole_account_comes_in_and_the_others_are_counted(
    tmp_path: Path, files: dict[str, bytes], left_out: list[str]
) -> None:
    path = packed(tmp_path / "export.zip", files)
    before = sorted(tmp_path.rglob("*"))
    result = run("import", path)
    first, second, *others = result.stdout.splitlines()
    for line, seconds in ((first, "59 s"), (second, "1 min")):
        assert line.startswith(f"8 Nov 2024, {seconds}, left 48.0 %, 1 interval, no drop-off (ride ")
    assert others == left_out
    assert "Traceback" not in result.stderr
    assert sorted(x for x in tmp_path.rglob("*") if x.suffix != ".sqlite") == before
    again = run("import", path)
    assert again.stdout.splitlines() == ["2 were already here", *left_out]


def nested(times: int) -> bytes:
    """A ride in an archive in an archive, so many times in all."""
    data = octets({"ride.fit": ride(60)})
    for _ in range(times - 1):
        data = octets({"inner.zip": data})
    return data


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED])
def test_a_ride_in_an_inner_archive_has_a_name_by_which_it_is_read(tmp_path: Path, method: int) -> None:
    path = packed(tmp_path / "x.zip", {"a/inner.ZIP": octets({"b/ride.fit": ride(60)})}, method)
    inner = path / "a" / "inner.ZIP"
    (found,) = imported(inner / "b" / "ride.fit")
    assert found["new"]
    (tmp_path / "ride.fit").write_bytes(ride(60))
    assert [x["new"] for x in imported(inner, path, tmp_path / "ride.fit")] == [False] * 3
    same = [run("review", "--json", name).stdout for name in (inner / "b/ride.fit", inner, path)]
    assert same == [run("review", "--json", tmp_path / "ride.fit").stdout] * 3
    assert archive.modified(inner / "b" / "ride.fit") is not None


def test_three_archives_within_one_another_are_read_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "3.zip").write_bytes(nested(3))
    (tmp_path / "4.zip").write_bytes(nested(4))
    three, four = imported(tmp_path / "3.zip", tmp_path / "4.zip")
    assert three["new"]
    assert "inner.zip/inner.zip/inner.zip: is packed more than 3 times" in four["error"]


@pytest.mark.parametrize("name", CLIMBING)
def test_an_inner_archive_that_leads_out_costs_itself_alone(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "x.zip", {"a.fit": ride(60), "bad.zip": octets({name: ride(61)})})
    before = sorted(tmp_path.rglob("*"))
    good, bad = imported(path)
    assert good["new"]
    assert f"bad.zip: holds a file whose name leads out of the archive: {name}" in bad["error"]
    assert sorted(tmp_path.rglob("*")) == before


def swelling() -> bytes:
    return octets({"inner.zip": octets({"zeros.fit": bytes(50 * 2**20)}, ZIP_STORED)})


def locked() -> bytes:
    data = bytearray(octets({"inner.zip": nested(1)}))
    data[data.rfind(b"PK\1\2") + 8] |= 1
    data[6] |= 1
    return bytes(data)


def damaged() -> bytes:
    inner = bytearray(nested(1))
    data = bytearray(octets({"inner.zip": bytes(inner)}, ZIP_STORED))
    at = data.find(b"inner.zip") + len(b"inner.zip")
    data[at + 60] ^= 0xFF  # within the inner archive, whose checksum the outer one has
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (swelling, "inner.zip: swells from"),
        (locked, "inner.zip: locked with a password"),
        (damaged, "inner.zip: cannot be read: Bad CRC-32"),
        (lambda: octets({"inner.zip": b"no archive"}), "inner.zip: cannot be read: File is not a zip file"),
        (lambda: octets({"inner.zip": octets({})}), "holds no FIT file and no capture"),
    ],
    ids=["swells", "locked", "damaged", "no archive", "empty"],
)
def test_an_inner_archive_that_cannot_be_read_says_why(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    (tmp_path / "x.zip").write_bytes(make())
    (found,) = imported(tmp_path / "x.zip")
    assert found["ride"] is None
    assert reason in found["error"]


@pytest.mark.parametrize(("bound", "most"), [("_MOST_FILES", 8), ("_MOST_OCTETS", 1000)])
def test_all_archives_together_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    """Each of them small: an archive of archives of archives may be any number of files."""
    path = packed(
        tmp_path / "x.zip", {f"{n}.zip": octets({f"{m}.txt": b"" for m in range(3)}) for n in range(4)}
    )
    assert archive.list_rides(path, is_ride_name) == ([], 12)
    monkeypatch.setattr(archive, bound, most)
    with pytest.raises(FileFormatError, match="holds more than any account"):
        archive.list_rides(path, is_ride_name)


def test_one_that_is_too_large_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archive, "_LARGEST_ARCHIVE", 100)

    def none() -> None:
        raise AssertionError("nothing is to be unpacked")

    monkeypatch.setattr(tempfile, "TemporaryFile", none)
    (found,) = imported(packed(tmp_path / "x.zip", {"inner.zip": nested(1)}))
    assert "inner.zip: larger than 0 GiB unpacked" in found["error"]


def test_a_disk_that_is_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    path = packed(tmp_path / "x.zip", {"inner.zip": nested(1)})
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    (found,) = imported(path)
    assert found["error"] == f"{path / 'inner.zip'}: cannot be read: No space left on device"


def opened_files() -> set[str]:
    return {str(x.readlink()) for x in Path("/proc/self/fd").iterdir() if x.is_symlink()}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists what is open")
def test_an_archive_is_opened_once_for_all_its_files_and_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    whole = zip_archive.ZipArchive.__init__

    def counted(self: zip_archive.ZipArchive, path: Path, file: zip_archive._File) -> None:
        opened.append(path)
        whole(self, path, file)

    monkeypatch.setattr(zip_archive.ZipArchive, "__init__", counted)
    path = packed(tmp_path / "x.zip", {"a.fit": ride(60), "inner.zip": octets({"b.fit": ride(61)})})
    rides, _ = archive.list_rides(path, is_ride_name)
    opened.clear()
    before = opened_files()
    with archive.open_throughout():
        for _ in range(3):
            for file in rides:
                archive.read_file_octets(file, 2**20)
        assert opened == [path, path / "inner.zip"]
        assert str(path) in opened_files()
        packed(path, {"c.fit": ride(62)})  # another one, in its place
        assert archive.read_file_octets(path / "c.fit", 2**20) == ride(62)
    assert opened_files() == before
