"""`legbal library`: a copy while a ride runs, what is wrong with the file, and a new one of what a broken one holds."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from legbal import paths
from legbal.app import upkeep
from legbal.cli import main
from legbal.files import atomic_write as atomic_write_module
from legbal.library.connection import open_writing
from legbal.library.recorder import SystemLock
from legbal.library.rides import Library
from legbal.library.salvage import Salvage, salvage
from legbal.library.writer import NewRide, RideWriter, keep
from legbal.ride.inputs import Notification, Setup
from tests.library.conftest import Heard, recording

PAGE = 4096

Legbal = Callable[..., tuple[int, str, str]]


@pytest.fixture
def legbal(capsys: pytest.CaptureFixture[str]) -> Legbal:
    """Runs `legbal library`; gives exit code, output and what was said on standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["library", *arguments])
        assert isinstance(ended.value.code, int)
        return (ended.value.code, *capsys.readouterr())

    return run


@pytest.fixture
def path() -> Path:
    """A library of two rides."""
    path = paths.library_file()
    for name in ("arideone", "aridetwo"):
        keep(path, NewRide(setup=Setup(), id=name), packets(4000))
    return path


def packets(count: int) -> list[Notification]:
    return [
        Notification(n / 4, bytes((0x23, 0, 200, 0, 96)) + n.to_bytes(4, "little"), meter="M")
        for n in range(count)
    ]


def test_without_a_library_each_says_so(legbal: Legbal) -> None:
    path = paths.library_file()
    assert legbal("check") == (0, f"There is no library yet: the first ride makes {path}\n", "")
    for command in ("backup", "repair"):
        assert legbal(command) == (1, "", f"legbal: there is no library yet: the first ride makes {path}\n")
    assert not path.exists()


def test_a_sound_library_is_said_to_be_and_left_as_it_is(legbal: Legbal, path: Path) -> None:
    before = path.read_bytes()
    code, out, _ = legbal("check")
    assert code == 0
    assert out.splitlines() == [
        f"{path}: 2 rides, 8000 records, {len(before) / 2**20:.1f} MiB, schema 9",
        "It is sound.",
    ]
    assert legbal("repair") == (0, "The library is sound: nothing was changed.\n", "")
    assert legbal("repair", "--json") == (0, "null\n", "")
    assert path.read_bytes() == before
    assert not [file for file in path.parent.iterdir() if "damaged" in file.name]


def test_a_copy_made_while_a_ride_runs_is_whole_and_a_library_in_its_own_right(
    legbal: Legbal, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    out = tmp_path / "copy.sqlite"
    with recording(
        NewRide(setup=Setup(), id="running"), path, on_change=heard, commit_every_s=0.001
    ) as recorder:
        given = packets(30_000)
        for packet in given[:20_000]:
            recorder.record(packet)
        while recorder.status.written < 5_000:
            assert recorder.status.recording
        assert legbal("backup", "-o", str(out))[0] == 0
        assert legbal("check")[1].splitlines()[1:] == ["ride running is being recorded now", "It is sound."]
        for packet in given[20_000:]:
            recorder.record(packet)
    assert recorder.status.written == 30_000
    if sys.platform != "win32":
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [file.name for file in out.parent.iterdir() if "copy" in file.name] == ["copy.sqlite"]
    home = tmp_path / "other"
    home.mkdir()
    shutil.copy(out, home / "library.sqlite")
    monkeypatch.setenv("LEGBAL_HOME", str(home))
    code, said, _ = legbal("check")
    assert code == 0
    assert said.splitlines()[1:] == [
        "ride running was cut off; what was recorded of it is kept",
        "It is sound.",
    ]
    with Library() as library:
        for name in ("arideone", "aridetwo"):
            assert list(library.inputs(library.find(name))) == packets(4000)
        kept = list(library.inputs(library.find("running")))
    assert len(kept) >= 5_000
    assert kept == given[: len(kept)]


def test_a_copy_goes_where_it_is_told_and_over_nothing_unasked(
    legbal: Legbal,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert legbal("backup")[0] == 0
    (made,) = tmp_path.glob("legbal-*.sqlite")
    assert made.read_bytes()[:15] == b"SQLite format 3"
    made.write_text("mine")
    assert "is there already" in str(legbal("backup")[2])
    assert made.read_text() == "mine"
    made.chmod(0o644)
    assert legbal("backup", "-o", str(tmp_path), "--overwrite")[0] == 0
    assert made.read_bytes()[:15] == b"SQLite format 3"
    if sys.platform != "win32":
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(file.name for file in path.parent.iterdir() if file.name.startswith(".")) == []
    assert "cannot be written" in str(legbal("backup", "-o", str(tmp_path / "no" / "x"))[2])


@pytest.mark.usefixtures("path")
@pytest.mark.skipif(sys.platform == "win32", reason="rights of this kind are POSIX's")
def test_where_files_have_no_links_a_copy_is_the_riders_alone_too(
    legbal: Legbal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic_write_module, "_OWN_FILES", Path("/nowhere"))
    assert legbal("backup", "-o", str(tmp_path / "x.sqlite"))[0] == 0
    assert stat.S_IMODE((tmp_path / "x.sqlite").stat().st_mode) == 0o600


def test_of_a_damaged_library_no_copy_takes_a_good_ones_place(
    legbal: Legbal, path: Path, tmp_path: Path
) -> None:
    good = tmp_path / "copy.sqlite"
    assert legbal("backup", "-o", str(good))[0] == 0
    before = good.read_bytes()
    overwrite(path)
    code, _, err = legbal("backup", "-o", str(good), "--overwrite")
    assert code == 1
    assert "it is damaged" in err
    assert "legbal library repair" in err
    assert good.read_bytes() == before


def overwrite(path: Path) -> None:
    """Damages the pages of the last tables and indexes, and of the first inputs, which follow them."""
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        ((last,),) = connection.execute("SELECT max(rootpage) FROM sqlite_schema")
    data = bytearray(path.read_bytes())
    data[(last - 7) * PAGE : (last + 6) * PAGE] = bytes(range(7, 71)) * (13 * PAGE // 64)
    path.write_bytes(data)


def test_orphans_unreadable_rides_and_those_cut_off_are_found(legbal: Legbal, path: Path) -> None:
    with closing(open_writing(path)) as connection:
        RideWriter(NewRide(setup=Setup(), id="cutoff")).write(connection, packets(10))
        connection.execute("DELETE FROM rides WHERE number = 1")
        connection.execute("UPDATE rides SET setup = '{' WHERE number = 2")
    code, out, _ = legbal("check")
    assert code == 1
    assert "4000 rows in inputs belong to no ride" in out
    assert "1 row in channels belong" in out
    assert "ride aridetwo cannot be read: the setup of ride aridetwo cannot be read" in out
    assert "ride cutoff was cut off" in out
    assert out.endswith(
        "`legbal library repair` makes a new library of what can be read, and keeps the file.\n"
    )
    found = json.loads(legbal("check", "--json")[1])
    assert found["orphans"] == {"channels": 1, "inputs": 4000}
    assert found["cut_off"] == ["cutoff"]
    code, out, _ = legbal("repair")
    assert code == 0
    assert out.startswith("3 rides and 8010 records were brought into a new library.\n")
    assert legbal("check")[0] == 0


@pytest.mark.parametrize("damage", ["pages", "header", "cut", "log"])
def test_a_broken_library_is_replaced_by_what_it_still_holds_and_kept(
    legbal: Legbal, path: Path, damage: str
) -> None:
    """Its write-ahead log with it: beside the new library it would be taken for that one's."""
    with closing(sqlite3.connect(path)) as reader:  # keeps the log from being put into the file
        reader.execute("SELECT 1 FROM rides").fetchone()
        keep(path, NewRide(setup=Setup(), id="ainlog"), packets(200))
        saved = {
            file.name: file.read_bytes()
            for file in path.parent.glob("library.sqlite*")
            if "shm" not in file.name
        }
    for name, octets in saved.items():
        (path.parent / name).write_bytes(octets)
    log = path.with_name("library.sqlite-wal")
    if damage == "pages":
        overwrite(path)
    elif damage == "header":
        path.write_bytes(bytes(PAGE) + path.read_bytes()[PAGE:])
        log.write_bytes(log.read_bytes()[:32])
    elif damage == "cut":
        os.truncate(path, 20 * PAGE)
    else:
        path.unlink()
    broken = {file.name: file.read_bytes() for file in (path, log) if file.exists()}
    code, out, _ = legbal("check")
    assert code == 1
    assert "damaged: " in out
    with pytest.raises(SystemExit):
        main(["rides"])  # which changes nothing either
    done = json.loads(legbal("repair", "--json")[1])
    kept = Path(done["damaged"])
    moved = {
        "library.sqlite" + file.name[len(kept.name) :]: file.read_bytes()
        for file in kept.parent.glob(f"{kept.name}*")
    }
    assert {name: moved[name] for name in broken} == broken
    assert legbal("check")[0] == 0
    with Library() as library:
        rides = {ride.id: list(library.inputs(ride)) for ride in library.rides()}
    assert done["salvage"]["inputs"] == sum(map(len, rides.values()))
    if damage == "header":
        assert rides == {"arideone": packets(4000), "aridetwo": packets(4000)}
    else:
        assert rides["ainlog"] == packets(200)
        assert done["salvage"]["lost"] > 0
    assert not [file for file in path.parent.iterdir() if "repaired" in file.name]


def test_what_was_no_library_stays_where_it_is(legbal: Legbal) -> None:
    path = paths.library_file()
    path.parent.mkdir()
    path.write_text("a letter " * 9999)
    code, _, err = legbal("repair")
    assert (code, "no ride is left in it" in err) == (1, True)
    assert path.read_text() == "a letter " * 9999
    with closing(sqlite3.connect(path.with_name("other.sqlite"))) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    path.with_name("other.sqlite").replace(path)
    for command in ("check", "backup", "repair"):
        assert "another program's database" in str(legbal(command)[2])


def test_nothing_is_repaired_while_a_ride_is_recorded_or_rides_are_derived(
    legbal: Legbal, path: Path
) -> None:
    overwrite(path)
    before = path.read_bytes()
    for lock, said in (
        (path.parent / "recording" / "arunning.lock", "ride arunning is being recorded"),
        (path.parent / "deriving.lock", "rides are being updated"),
    ):
        held = SystemLock(lock)
        assert held.acquire()
        code, _, err = legbal("repair")
        assert (code, said in err) == (1, True)
        held.release()
        lock.unlink()
    assert path.read_bytes() == before
    assert legbal("repair")[0] == 0


def test_no_command_writes_over_the_library(legbal: Legbal, path: Path) -> None:
    before = path.read_bytes()
    for name in ("library.sqlite", "library.sqlite-wal"):
        code, _, err = legbal("backup", "-o", str(path.with_name(name)), "--overwrite")
        assert (code, "is the library itself" in err) == (2, True)
    with pytest.raises(SystemExit) as ended:
        main(["export", "last", "--format", "jsonl", "-o", str(path), "--overwrite"])
    assert ended.value.code == 2
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_library_behind_a_link_is_repaired_where_it_is(legbal: Legbal, path: Path, tmp_path: Path) -> None:
    real = tmp_path / "disk" / "rides.sqlite"
    real.parent.mkdir()
    path.rename(real)
    path.symlink_to(real)
    overwrite(path)
    done = json.loads(legbal("repair", "--json")[1])
    assert Path(done["damaged"]).parent == real.parent
    assert path.is_symlink()
    assert legbal("check")[0] == 0
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_ride_that_begins_during_the_repair_stays_in_the_library(
    legbal: Legbal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(path)
    before = path.read_bytes()
    held = SystemLock(path.parent / "recording" / "begun.lock")

    def slowly(broken: Path, new: Path) -> Salvage:
        assert held.acquire()
        return salvage(broken, new)

    monkeypatch.setattr(upkeep, "salvage", slowly)
    code, _, err = legbal("repair")
    held.release()
    assert (code, "ride begun is being recorded" in err) == (1, True)
    assert path.read_bytes() == before
    assert not [
        file.name for file in path.parent.iterdir() if "repaired" in file.name or "damaged" in file.name
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_file_is_not_replaced(legbal: Legbal, path: Path, tmp_path: Path) -> None:
    assert path.exists()
    os.mkfifo(tmp_path / "pipe")
    code, _, err = legbal("backup", "-o", str(tmp_path / "pipe"), "--overwrite")
    assert (code, "is not a file" in err) == (1, True)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_what_a_repair_that_was_killed_has_left_is_not_taken_for_the_new_library(
    legbal: Legbal, path: Path
) -> None:
    overwrite(path)
    for part in ("", "-wal", "-shm", "-journal"):
        path.with_name(f"library.repaired.sqlite{part}").write_bytes(path.read_bytes()[: 3 * PAGE])
    assert legbal("repair")[0] == 0
    assert legbal("check")[0] == 0
    assert not [file for file in path.parent.iterdir() if "repaired" in file.name]
