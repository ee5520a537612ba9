"""What a broken library still holds is brought into a new one: every row of every page that is whole."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from legbal.library.codec import Gap
from legbal.library.connection import open_writing
from legbal.library.pages import rows
from legbal.library.rider import KnownMeter, add_change, changes, read_meters, remember
from legbal.library.rides import Library
from legbal.library.salvage import Salvage, salvage
from legbal.library.writer import NewRide, Original, RideWriter, keep
from legbal.ride.inputs import Input, Link, Mark, Notification, Setup, Tick
from tests.library.values import gaps
from tests.meters.profiles import shipped

PAGE = 4096
RIDES = ("arideone", "aridetwo", "aridesix")
NOWHERE = Path("nowhere")


def ride(number: int) -> list[Input]:
    """An hour on a meter, with all that a ride is made of."""
    items: list[Input] = [Link(0.0, "connected", meter="ASSIOMA", rssi=-60)]
    for second in range(1, 1801):
        items.append(Tick(float(second)))
        packet = bytes((0x23, 0, 200 + number, 0, 96)) + second.to_bytes(4, "little")
        items.append(Notification(second + 0.25, packet, meter="ASSIOMA"))
        if second % 600 == 0:
            items.append(Mark(second + 0.5, "note", f"minute {second // 60}: heavy legs"))
    return items


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of three rides that is whole."""
    path = tmp_path_factory.mktemp("sound") / "library.sqlite"
    setup = Setup(ftp_w=250.0, profile=shipped()["favero-assioma-duo"])
    file = Original("indoor.fit", random.Random(4).randbytes(9000))  # longer than a page
    for number, name in enumerate(RIDES):
        keep(path, NewRide(setup=setup, id=name, original=file if number == 1 else None), ride(number))
    with Library(path) as library:
        library.describe(library.find(RIDES[0]), "note", "wind " * 3000)  # which goes on in pages of its own
        library.mark(library.find(RIDES[0]), Mark(60.0, "note", "afterwards"))
    remember(KnownMeter(address="AA", name="ASSIOMA", reference="left"), path)
    add_change("left cleat", date(2026, 5, 1), path=path)
    return path


def keys(path: Path) -> dict[int, tuple[float, bytes | None]]:
    with closing(sqlite3.connect(path)) as connection:
        return {key: (t, data) for key, t, data in connection.execute("SELECT key, t, data FROM inputs")}


def inputs_of(broken: bytes, path: Path) -> set[int]:
    """The keys of inputs in the pages of a file."""
    path.write_bytes(broken)
    return {
        row.key
        for row in rows(path, NOWHERE)
        if row.key is not None
        and len(row.values) == 4
        and row.values[0] is None
        and row.values[2] in range(9)
    }


def saved(broken: bytes, folder: Path) -> tuple[Salvage, Path]:
    path, new = folder / "library.sqlite", folder / "new.sqlite"
    path.write_bytes(broken)
    found = salvage(path, new)
    assert path.read_bytes() == broken
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return found, new


def everything(path: Path) -> object:
    with Library(path) as library:
        rides = sorted(library.rides(), key=lambda ride: ride.id)
        return (
            rides,
            [list(library.inputs(ride)) for ride in rides],
            [(library.setup(ride), library.marks(ride), library.original(ride)) for ride in rides],
            read_meters(path),
            changes(path),
        )


@pytest.mark.parametrize("header", [PAGE, 100, 0])
def test_all_of_a_library_whose_header_is_zeroed_comes_over(sound: Path, tmp_path: Path, header: int) -> None:
    broken = bytes(header) + sound.read_bytes()[header:]
    found, new = saved(broken, tmp_path)
    assert everything(new) == everything(sound)
    assert found == Salvage(rides=3, inputs=len(keys(sound)))


@pytest.mark.parametrize("seed", range(6))
def test_every_packet_of_a_page_that_is_whole_comes_over_and_the_others_are_counted(
    sound: Path, tmp_path: Path, seed: int
) -> None:
    """Pages overwritten at random, the root of all packets among them half the time."""
    chance = random.Random(seed)
    data = bytearray(sound.read_bytes())
    count = len(data) // PAGE
    for page in chance.sample(range(1, count), count // 8):
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    whole = inputs_of(bytes(data), tmp_path / "whole")
    found, new = saved(bytes(data), tmp_path)
    truth = keys(sound)
    assert whole <= set(truth)
    assert len(whole) < len(truth)
    # links and marks of a ride whose channels are gone say nothing any more
    assert len(whole) - 5 * len(found.nameless) - 15 <= found.inputs <= len(whole)
    kept = set(keys(new).values())
    assert kept <= set(truth.values())
    with Library(new) as library:
        assert sum(known.lost for known in library.rides()) == found.lost
        for known in library.rides():
            library.setup(known)
            times = [x.t for x in library.inputs(known)]
            assert times == sorted(times)
    if found.rides == 3:
        assert found.lost == pytest.approx(len(truth) - found.inputs, abs=0.05 * len(truth))


@pytest.mark.parametrize("share", [0.9, 0.5, 0.2])
def test_what_a_truncated_file_has_left_comes_over(sound: Path, tmp_path: Path, share: float) -> None:
    """Cut in the midst of a page, whose rows are behind the cut as often as not."""
    data = sound.read_bytes()
    cut = data[: int(len(data) * share) + 1000]
    whole = inputs_of(cut, tmp_path / "whole")
    found, new = saved(cut, tmp_path)
    assert len(whole) - 20 <= found.inputs <= len(whole)
    assert set(keys(new).values()) <= set(keys(sound).values())


def test_a_ride_that_lost_its_row_and_its_channels_has_its_packets_and_ticks(
    sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(sound.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM channels WHERE ride = 2")
        connection.execute("DELETE FROM rides WHERE number = 2")
        connection.commit()
    found, new = saved(path.read_bytes(), tmp_path)
    assert found.rides == 3
    (nameless,) = found.nameless
    with Library(new) as library:
        known = library.find(nameless)
        assert (known.title, known.state, known.started) == (
            "Recovered ride",
            "interrupted",
            library.find(RIDES[0]).started,
        )
        inputs = list(library.inputs(known))
    packets = [x.data for x in inputs if isinstance(x, Notification)]
    assert packets == [x.data for x in ride(1) if isinstance(x, Notification)]
    assert sum(isinstance(x, Tick) for x in inputs) == 1800
    assert found.lost == 3  # the link and two marks; how long the ride was, nobody can say


def test_what_is_missing_in_a_ride_is_a_gap_in_its_place(path: Path, tmp_path: Path) -> None:
    items: list[Input | Gap] = [Notification(float(n), bytes(4)) for n in range(100)]
    items.insert(50, Gap(49.1, 49.9, 7))
    with closing(open_writing(path)) as connection:
        RideWriter(NewRide(setup=Setup(), id="aride")).write(connection, items, finish=True)
        connection.execute("DELETE FROM inputs WHERE key & 255 IN (0, 1, 20, 21, 22, 98, 99)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found, new = saved(path.read_bytes(), tmp_path)
    assert (found.inputs, found.lost, found.incomplete) == (93, 7, ("aride",))
    with Library(new) as library:
        known = library.find("aride")
        assert [x.t for x in library.inputs(known)] == [
            n for n in range(100) if n not in (0, 1, 20, 21, 22, 98, 99)
        ]
        assert (known.inputs, known.lost) == (93, 14)
        assert gaps(library, known) == [
            (0, Gap(2.0, 2.0, 2)),
            (18, Gap(19.0, 23.0, 3)),
            (45, Gap(49.1, 49.9, 7)),
            (93, Gap(97.0, 99.0, 2)),
        ]


def with_log(path: Path, write: Callable[[], object]) -> tuple[bytes, bytes]:
    """A library and its write-ahead log while another connection holds both open."""
    with closing(open_writing(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("SELECT count(*) FROM rides").fetchone()
        write()
        return path.read_bytes(), path.with_name(path.name + "-wal").read_bytes()


@pytest.mark.parametrize("left", ["both", "log", "log and a zeroed header", "torn log"])
def test_what_only_the_write_ahead_log_has_comes_over(path: Path, tmp_path: Path, left: str) -> None:
    keep(path, NewRide(setup=Setup(), id="abefore"), ride(0)[:500])
    file, log = with_log(path, lambda: keep(path, NewRide(setup=Setup(), id="ainlog"), ride(1)[:500]))
    folder = tmp_path / "broken"
    folder.mkdir()
    broken = folder / "library.sqlite"
    if left != "log":
        broken.write_bytes(bytes(100) + file[100:] if "header" in left else file)
    log = log[: -PAGE // 2] if left == "torn log" else log
    broken.with_name("library.sqlite-wal").write_bytes(log)
    found = salvage(broken, folder / "new.sqlite")
    with Library(folder / "new.sqlite") as library:
        known = {ride.id: list(library.inputs(ride)) for ride in library.rides()}
    if left == "torn log":  # what was not committed whole is not taken
        assert known["abefore"] == ride(0)[:500]
    else:
        assert known["ainlog"] == ride(1)[:500]
        assert found.lost == 0 or left == "log"
    if left != "log":
        assert known["abefore"] == ride(0)[:500]


@pytest.mark.parametrize("seed", range(3))
def test_a_file_of_chance_is_read_to_its_end(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(chance.randbytes(64 * PAGE))
    for page in range(64):  # as if each were a leaf full of rows
        data[page * PAGE] = chance.choice((2, 10, 13))
    (tmp_path / "chance").write_bytes(data)
    (tmp_path / "log").write_bytes(b"\x37\x7f\x06\x82" + chance.randbytes(40_000))
    found = list(rows(tmp_path / "chance", tmp_path / "log"))
    assert all(isinstance(row.values, tuple) for row in found)
