"""A library as legbal 0.1.0 wrote it before derived values had one table: seven simulated rides and a broken one.

The first was ridden with the meter's name misspelt in its profile; the last has been looked at whole.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from legbal import paths
from legbal.app.derivation import Derivation, DerivedValue
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.app.review import ReviewService
from legbal.app.ride_setup import CONTRIBUTION
from legbal.app.ride_values import ANALYSIS, REGISTRY, SUMMARY, keep_summary
from legbal.cli import main
from legbal.config import Settings
from legbal.library import schema
from legbal.library.connection import open_writing
from legbal.library.derived import CODES, version
from legbal.library.rides import Library, RideRow
from legbal.library.writer import NewRide, keep
from legbal.meters.limits import Remark
from legbal.ride.inputs import Setup
from legbal.ride.ride import Ride
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import shipped
from tests.ride.halves import Crank

FORMER = Path(__file__).with_name("four_migrations.sqlite.gz")
PEDALS = shipped()["favero-assioma-duo"]


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Path:
    """With the code's numbers of then, for what later code says otherwise is derived again."""
    monkeypatch.setitem(CODES, "summary", "5")
    monkeypatch.setitem(CODES, "contribution", "4")
    path = paths.library_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(FORMER.read_bytes()))
    return path


@pytest.fixture
def folds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each ride that is folded in this process."""
    begun: list[str] = []
    real = Ride.__init__

    def counted(self: Ride, *arguments: object) -> None:
        begun.append("ride")
        real(self, *arguments)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Ride, "__init__", counted)
    return begun


def former(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def legbal(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert ended.value.code == 0
        return capsys.readouterr().out

    return run


def test_it_opens_lists_and_trends_without_folding_a_ride(
    path: Path, folds: list[str], legbal: Callable[..., str]
) -> None:
    stated = {
        ride: round(json.loads(value)["ride"]["left_percent"], 3)
        for ride, value in former(
            path, "SELECT id, value FROM derived JOIN rides ON rides.number = ride WHERE what = 'summary'"
        )
    }
    bands = former(
        path,
        "SELECT left_percent FROM bands JOIN rides ON number = ride WHERE seconds >= 60 ORDER BY low_ftp, started",
    )
    service = ReviewService(Settings(), path)
    found = service.trend()
    assert found.pending == 1  # the broken one
    (meter,) = found.meters
    assert [x.share.left_percent for band in meter.bands for x in band.rows] == [left for (left,) in bands]
    assert [len(band.rows) for band in meter.bands] == [7]
    assert bring_up_to_date(path, profiles()) or True
    again = service.trend()
    # what the model makes of them may differ: the cadence is known of what is derived anew alone
    (anew,) = again.meters
    assert [band.rows for band in anew.bands] == [band.rows for band in meter.bands]
    assert (anew.meter, anew.balance, anew.reference) == (meter.meter, meter.balance, meter.reference)
    assert again.failed == ("old99999",)
    listed = {x["ride"]: x["left_percent"] for x in json.loads(legbal("rides", "--json"))}
    assert listed == stated | {"old99999": None}
    assert json.loads(legbal("review", "old00003", "--json"))["ride"]["left_percent"] == stated["old00003"]
    assert folds == []
    assert "warm" in legbal("report", "old00006", "-o", "-")


def test_every_value_of_a_known_profile_is_taken_over_but_for_analyses(path: Path, folds: list[str]) -> None:
    """Former analyses have shares of too few revolutions: each is derived again once somebody looks at it."""
    with Library(path) as library:
        rides = [ride for ride in library.rides() if ride.id != "old99999"]
        for ride in rides:
            derivation = Derivation.current(library, ride, profiles())
            derivation.get(SUMMARY)
            derivation.get(CONTRIBUTION)
            assert folds == [], ride.id
        newest = Derivation.current(library, rides[0], profiles())
        analysed = newest.get_and_save(ANALYSIS)
        assert len(folds) == 1
        assert analysed.notes[0][1] == "warm"
        now, then = analysed.analysis.summary.ride, newest.get(SUMMARY).ride
        assert then.share.seconds == 0  # was not kept
        assert now == replace(
            then, cadence_rpm=now.cadence_rpm, share=replace(then.share, seconds=now.share.seconds)
        )
        assert newest.get(ANALYSIS).analysis.summary == analysed.analysis.summary
        assert len(folds) == 1


def test_values_of_five_migrations_get_their_present_versions_and_no_ride_is_folded(
    path: Path, folds: list[str], legbal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = "SELECT ride, name, version FROM derived_values WHERE version != '' ORDER BY number"
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])
        open_writing(path).close()
        before = former(path, versions)
    open_writing(path).close()
    after = former(path, versions)
    assert [row[:2] for row in after] == [row[:2] for row in before]
    assert not {row[2] for row in after} & {row[2] for row in before}
    assert len(ReviewService(Settings(), path).trend().meters[0].bands[0].rows) == 7
    assert bring_up_to_date(path, profiles())
    legbal("review", "old00003", "--json")
    assert folds == []


def test_values_of_a_profile_corrected_since_the_last_ride_are_taken_over(
    path: Path, folds: list[str], legbal: Callable[..., str]
) -> None:
    """Each ride's setup has the old spelling, each value was derived with the present one."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE rides SET setup = CAST(replace(CAST(setup AS TEXT), 'Assioma', 'Asioma') AS BLOB)"
        )
    assert b"Assioma" not in b"".join(setup for (setup,) in former(path, "SELECT setup FROM rides"))
    assert bring_up_to_date(path, profiles())
    with Library(path) as library:
        for ride in library.rides():
            if ride.id != "old99999":
                derivation = Derivation.current(library, ride, profiles())
                derivation.get(SUMMARY)
                derivation.get(CONTRIBUTION)
        (meter,) = ReviewService(Settings(), path).trend().meters
        assert [len(band.rows) for band in meter.bands] == [7]
    legbal("review", "old00003", "--json")
    assert folds == []


_LIMITS = {"summary", "analysis"}
_REGISTRY: tuple[DerivedValue[Any], ...] = REGISTRY


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ({"id": "favero"}, set()),
        ({"name": "Favero Asioma"}, set()),
        ({"version": 9}, set()),
        ({"rate_hz": 3.0}, set()),
        ({"connections": 3}, set()),
        ({"placeholder": "fifty"}, set()),
        ({"unlock": "Pay."}, _LIMITS),
        ({"side": "left"}, _LIMITS),
        ({"falls_back": True}, _LIMITS),
        ({"rezeroes": True}, _LIMITS | {"contribution"}),
        ({"resolution_percent": 2.0}, _LIMITS | {"bands"}),
        ({"kind": "estimated"}, set(CODES)),
        ({"reference": "right"}, set(CODES)),
        ({"swapped": True}, set(CODES)),
        ({"peripherals": 2}, set(CODES)),
        ({"left_names": ("L*",)}, set(CODES)),
    ],
)
def test_the_version_of_a_value_is_changed_by_what_can_change_the_value(
    said: dict[str, object], values: set[str]
) -> None:
    other = msgspec.structs.replace(PEDALS, **said)
    assert {name for name in CODES if version(name, other) != version(name, PEDALS)} == values


@pytest.mark.parametrize("family", ["favero-assioma-duo", "power2max-ngeco", "stages-l", "srm-x-power"])
def test_what_is_not_counted_in_changes_no_value(family: str) -> None:
    """Of a ride with a balance and of one without."""
    profile = shipped()[family]
    simulated = SimulatedRide(profile=PEDALS, seed=4, workout=Workout("one", (Step(90.0, 0.7, 0.7),)))
    crank = Crank("L")
    for inputs in (list(simulated.timeline()), [crank.packet(t, t / 0.7, 200) for t in range(90)]):
        for said in (
            {"id": "another", "name": "Another", "version": 9},
            {"unlock": "Pay."},
            {"side": "right"},
            {"falls_back": not profile.falls_back},
            {"rezeroes": not profile.rezeroes},
            {"resolution_percent": 2.0},
            {"rate_hz": 3.0, "repeats": False, "skips": False, "placeholder": "zero", "locked": True},
        ):
            other = msgspec.structs.replace(profile, **said)
            for value in _REGISTRY:
                then, now = (
                    value.encode(value.compute(Derivation(Setup(ftp_w=250.0, profile=x), inputs)))
                    for x in (profile, other)
                )
                assert then == now or version(value.name, profile) != version(value.name, other), said


def test_a_corrected_word_on_unlocking_is_what_a_ride_without_a_balance_says() -> None:
    profile = shipped()["power2max-ngeco"]
    crank = Crank("power2max")
    ride = keep(
        paths.library_file(),
        NewRide(setup=Setup(ftp_w=250.0, profile=profile)),
        [crank.packet(t, t / 0.7, 200) for t in range(90)],
    )
    with Library() as library:
        keep_summary(library, library.find(ride), [profile], teaches=True)
        for text in (profile.unlock, "Pay."):
            corrected = msgspec.structs.replace(profile, unlock=text)
            summary = Derivation.current(library, library.find(ride), [corrected]).get(SUMMARY)
            assert Remark("limit.unlock", {"text": text}) in summary.limits


def test_review_report_and_the_list_ask_by_one_way_and_the_ride_is_folded_once(
    folds: list[str], legbal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = paths.library_file()
    asked: list[str] = []
    real = Library.derived

    def counted(self: Library, ride: RideRow, name: str, version: str | None = None) -> bytes | None:
        asked.append(name)
        return real(self, ride, name, version)

    inputs = list(
        SimulatedRide(profile=PEDALS, seed=4, workout=Workout("one", (Step(90.0, 0.7, 0.7),))).timeline()
    )
    ride = keep(path, NewRide(setup=Setup(ftp_w=250.0, profile=PEDALS)), inputs)
    folds.clear()
    with Library(path) as library:
        keep_summary(library, library.find(ride), profiles(), teaches=False)
    assert len(folds) == 1
    monkeypatch.setattr(Library, "derived", counted)
    reviewed = json.loads(legbal("review", ride, "--json"))["ride"]
    (listed,) = json.loads(legbal("rides", "--json"))
    assert asked == ["summary", "summary"]
    assert len(folds) == 1
    assert (listed["left_percent"], listed["left_standard_error"]) == (
        reviewed["left_percent"],
        reviewed["left_standard_error"],
    )
    first = legbal("report", ride, "-o", "-")
    assert len(folds) == 2  # its trace second by second
    assert legbal("report", ride, "-o", "-") == first
    assert asked == ["summary", "summary", "analysis", "analysis"]
    assert len(folds) == 2
    with Library(path) as library:
        derivation = Derivation.current(library, library.find(ride), profiles())
        assert derivation.get(ANALYSIS).analysis.summary == derivation.get(SUMMARY)
        assert derivation.new == []


def test_every_derived_value_is_registered_once_with_the_number_of_its_code() -> None:
    assert sorted(value.name for value in REGISTRY) == sorted(CODES)
