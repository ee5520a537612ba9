"""A library of each released schema opens in the newest legbal with all that is in it; an older one refuses it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from legbal import paths
from legbal.cli import main
from legbal.errors import SchemaError
from legbal.library import schema
from legbal.library.connection import open_reading, open_writing
from legbal.library.rides import Library
from legbal.library.salvage import Salvage, salvage
from legbal.ride.inputs import Notification
from tests.library.schemas import file_of, unpack

NEWEST = len(schema.MIGRATIONS)
RELEASED = range(2, NEWEST + 1)

# by how many inputs each has: the left share as every version showed it, and a digest of its packets
RIDES = {142: (48.2, "aefe45ee9d30"), 139: (45.9, "54058c307e52"), 85: (45.9, "ec9a5243a4a3")}
# when the simulated riders had changed; with the records of a FIT file
RIDES_SINCE_8 = {
    142: (45.1, "a8af2e63b2f5"),
    139: (43.7, "1189cd86931e"),
    85: (46.0, "5d9f8ba8d578"),
    58: (46.0, "624a6e106b11"),
}


def rides_of(number: int) -> dict[int, tuple[float, str]]:
    """The rides of a schema's library: imports came with the third."""
    if number >= 8:
        return RIDES_SINCE_8
    return RIDES if number >= 3 else {count: told for count, told in RIDES.items() if count != 85}


def test_there_is_a_library_of_each_released_schema() -> None:
    missing = [number for number in RELEASED if not file_of(number).exists()]
    assert not missing, "python -m tests.library.schemas writes the newest's"


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    out, _ = capsys.readouterr()  # that rides are derived anew may be said
    assert ended.value.code == 0
    return json.loads(out)


@pytest.mark.parametrize("number", RELEASED)
def test_a_library_of_that_schema_has_all_its_rides_packets_and_numbers_in_the_newest(
    number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = paths.library_file()
    unpack(number, path)
    with Library() as library:
        rides = {ride.inputs: ride for ride in library.rides()}
        assert set(rides) == set(rides_of(number))
        for count, ride in rides.items():
            packets = [(x.t, x.data) for x in library.inputs(ride) if isinstance(x, Notification)]
            assert hashlib.sha256(repr(packets).encode()).hexdigest()[:12] == rides_of(number)[count][1]
        assert [ride.state for ride in rides.values()] == ["done"] * len(rides)
        assert all(library.setup(ride).profile.id for ride in rides.values())
        if number >= 3:
            original = library.original(rides[85])
            assert original is not None
            assert original.name == "indoor.jsonl"
    shares = {ride["inputs"]: ride["left_percent"] for ride in listed(capsys, "rides")}
    assert shares == {count: pytest.approx(rides_of(number)[count][0], abs=0.1) for count in shares}
    words = [change["words"] for change in listed(capsys, "change", "list")]
    assert words == (["left cleat 2 degrees in"] if number >= 4 else [])


@pytest.mark.parametrize("number", RELEASED)
def test_what_a_broken_library_of_that_schema_holds_comes_over(number: int, tmp_path: Path) -> None:
    path, new = tmp_path / "library.sqlite", tmp_path / "new.sqlite"
    unpack(number, path)
    path.write_bytes(bytes(100) + path.read_bytes()[100:])
    saved = salvage(path, new)
    counts = rides_of(number)
    assert saved == Salvage(rides=len(counts), inputs=sum(counts))
    with Library(new) as library:
        assert sorted(ride.inputs for ride in library.rides()) == sorted(counts)
        assert [library.original(ride) is not None for ride in library.rides()].count(True) == len(counts) - 2


@pytest.mark.parametrize("number", RELEASED[:-1])
def test_a_legbal_of_that_schema_refuses_the_newest_library_and_leaves_it_alone(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = paths.library_file()
    unpack(NEWEST, path)
    before = path.read_bytes()
    monkeypatch.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:number])
    for opening in (open_reading, open_writing):
        with pytest.raises(
            SchemaError, match=f"has schema {NEWEST}; this legbal knows schemas up to {number}"
        ):
            opening(path)
    with pytest.raises(SystemExit) as ended:
        main(["review", "last"])
    assert ended.value.code == 1
    assert "update legbal" in capsys.readouterr().err
    assert path.read_bytes() == before
