"""What lies in the library's place, the settings' or the profiles' and is none: told at once, and left as it is."""

from __future__ import annotations

import codecs
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from legbal.app.checks import QUESTIONS
from legbal.app.meters import profiles
from legbal.cli import main
from legbal.config import Settings
from legbal.library.connection import BESIDE, open_reading, open_writing
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.ride.inputs import Notification, Setup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other things than files")

codecs.lookup("utf-8-sig")  # is loaded when it is first needed, which without root's rights may be too late


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def socket_at(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # a socket's path may have 108 octets only
    try:
        with closing(socket.socket(socket.AF_UNIX)) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def database(path: Path, *statements: str) -> None:
    """Another program's."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("CREATE TABLE bookmarks (url)", "INSERT INTO bookmarks VALUES ('x')", *statements):
            connection.execute(statement)
        connection.commit()


def newer(path: Path) -> None:
    keep(path, NewRide(setup=Setup()), [Notification(0.0, bytes(4))])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")


def newer_of_other_tables(path: Path) -> None:
    newer(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE inputs RENAME TO packets")


PLACED: list[tuple[Callable[[Path], object], str]] = [
    (os.mkfifo, "it is not a file"),
    (Path.mkdir, "it is not a file"),
    (socket_at, "it is not a file"),
    (lambda path: path.symlink_to("/dev/zero"), "it is not a file"),
    (lambda path: path.symlink_to(path.name), "it is a link to nothing"),
    (lambda path: path.symlink_to("nowhere"), "it is a link to nothing"),
    (database, "it is another program's database"),
    (lambda path: database(path, "PRAGMA user_version = 3"), "it is another program's database"),
    (lambda path: database(path, "PRAGMA user_version = 6"), "it is another program's database"),
    (lambda path: database(path, "PRAGMA user_version = -1"), "it is another program's database"),
    (lambda path: database(path, "PRAGMA application_id = 7"), "it is another program's database"),
    (lambda path: path.write_text("a letter " * 999), "it is no SQLite file"),
    (newer, "has schema 9999; this legbal knows schemas up to"),
    (newer_of_other_tables, "has schema 9999; this legbal knows schemas up to"),
]


@pytest.mark.parametrize(("place", "problem"), PLACED)
def test_what_is_no_library_is_told_and_left_as_it_is(
    home: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], object], problem: str
) -> None:
    """Of the ride `last` too, which is never taken for a file then."""
    path = home / "library.sqlite"
    place(path)
    before = path.read_bytes() if path.is_file() else path.lstat().st_mode
    for arguments in (["rides"], ["review", "last"], ["replay", "last", "--events"], ["change", "list"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
        said, hint, *more = capsys.readouterr().err.splitlines()
        assert said.startswith(f"legbal: the library {path}")
        assert problem in said
        assert "LEGBAL_HOME" in hint or "new library" in hint
        assert not more
    for opening in (open_reading, open_writing):
        with pytest.raises(Exception, match=problem):
            opening(path)
    assert before == (path.read_bytes() if path.is_file() else path.lstat().st_mode)


@pytest.mark.parametrize(
    "place",
    [os.mkfifo, Path.touch, lambda path: path.symlink_to(path.name), lambda path: path.symlink_to("no")],
)
def test_what_lies_in_the_place_of_its_folder_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], object]
) -> None:
    home.rmdir()
    place(home)
    for arguments in (["rides"], ["change", "add", "x", "--date", "2026-05-01"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
        assert f"{home} is not a folder" in capsys.readouterr().err


@pytest.mark.usefixtures("rider_without_rights")
def test_a_folder_without_rights_is_told_of_each_thing_in_it_and_doctor_goes_on(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = open_folder / "home"
    monkeypatch.setenv("LEGBAL_HOME", str(home))
    home.mkdir(mode=0)
    profiles.cache_clear()
    for arguments, named in (
        (["rides"], f"the library {home / 'library.sqlite'}: Permission denied"),
        (["library", "check"], f"the library {home / 'library.sqlite'}: Permission denied"),
        (["config"], f"{home / 'config.toml'}: cannot be read: Permission denied"),
        (["profiles"], f"{home / 'profiles'}: cannot be read: Permission denied"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
        assert named in capsys.readouterr().err
    answers = {
        question.what: question.check(Settings())
        for question in QUESTIONS
        if question.what in ("settings", "password", "meter profiles", "library", "disk")
    }
    assert {what: answer.state for what, answer in answers.items() if answer is not None} == {
        "settings": "fails",
        "meter profiles": "fails",
        "library": "fails",
        "disk": "works",
    }
    home.chmod(0o700)


@pytest.mark.usefixtures("rider_without_rights")
def test_a_library_without_rights_is_told(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(open_folder))
    path = open_folder / "library.sqlite"
    keep(path, NewRide(setup=Setup()), [Notification(0.0, bytes(4))])
    path.chmod(0)
    for arguments in (["rides"], ["change", "list"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
        said, hint = capsys.readouterr().err.splitlines()
        assert said.startswith(f"legbal: the library {path}: you may not read it")
        assert hint == "Give yourself the right to read and write it."


@pytest.mark.usefixtures("rider_without_rights")
def test_a_library_in_a_folder_that_may_not_be_written_is_listed_and_why_it_is_not_up_to_date(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The process that derives rides could not even leave a word there."""
    home = open_folder / "home"
    monkeypatch.setenv("LEGBAL_HOME", str(home))
    keep(home / "library.sqlite", NewRide(setup=Setup(), id="aride"), [Notification(0.0, bytes(4))])
    home.chmod(0o500)
    with pytest.raises(SystemExit) as ended:
        main(["rides"])
    home.chmod(0o700)
    out, err = capsys.readouterr()
    assert (ended.value.code, "aride" in out) == (0, True), err
    assert err.splitlines() == [
        f"legbal: the library {home / 'library.sqlite'}: {home / 'deriving.lock'}: Permission denied"
    ]


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        (os.mkfifo, "it is not a file"),
        (socket_at, "it is not a file"),
        (Path.mkdir, "it is a folder"),
        (lambda path: path.symlink_to("/dev/zero"), "it is not a file"),
    ],
)
@pytest.mark.parametrize("name", ["config.toml", "profiles/own.toml"])
def test_what_is_no_file_of_settings_and_no_profile_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], name: str, place: Callable[[Path], object], problem: str
) -> None:
    (home / name).parent.mkdir(exist_ok=True)
    place(home / name)
    profiles.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main(["config" if name == "config.toml" else "profiles"])
    assert ended.value.code == 1
    said, hint = capsys.readouterr().err.splitlines()
    assert said == f"legbal: {home / name}: cannot be read: {problem}"
    assert hint.startswith("Move it away")


@pytest.mark.parametrize("place", [os.mkfifo, Path.touch])
def test_what_is_no_folder_of_profiles_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], object]
) -> None:
    place(home / "profiles")
    profiles.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main(["profiles"])
    assert ended.value.code == 1
    assert f"{home / 'profiles'}: cannot be read: Not a directory" in capsys.readouterr().err


def test_a_file_beside_the_library_that_is_in_the_way_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(home / "recording")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--headless", "--speed", "max", "--seconds", "10"])
    assert ended.value.code == 0
    assert f"not recorded: the library {home / 'library.sqlite'}: {home / 'recording'}: File exists" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("place", [os.mkfifo, Path.mkdir, socket_at, lambda path: path.symlink_to("nowhere")])
def test_what_lies_in_the_place_of_sqlites_own_files_is_named_and_not_waited_for(
    home: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], object], end: str
) -> None:
    path = home / "library.sqlite"
    keep(path, NewRide(setup=Setup()), [Notification(0.0, bytes(4))])
    for beside in BESIDE:
        Path(f"{path}{beside}").unlink(missing_ok=True)
    before = path.read_bytes()
    place(Path(f"{path}{end}"))
    for arguments in (["rides"], ["review", "last"], ["library", "check"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 1
        said, hint = capsys.readouterr().err.splitlines()
        assert said == f"legbal: the library {path}: library.sqlite{end} beside it is not a file"
        assert hint == "Move that away; the library itself is left as it is."
    assert path.read_bytes() == before


def test_a_library_has_the_number_of_its_application_and_a_former_one_none(home: Path) -> None:
    path = home / "library.sqlite"
    keep(path, NewRide(setup=Setup(), id="aride"), [Notification(0.0, bytes(4))])
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"legb"),)
        connection.execute("PRAGMA application_id = 0")  # as former libraries have it
    with Library(path) as library:
        assert library.find("last").id == "aride"
