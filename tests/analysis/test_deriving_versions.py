"""What is derived anew, and what not: after newer code, for another value, with another profile."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import pytest

from legbal.app import derivation, ride_values
from legbal.app.meters import profiles
from legbal.app.reindex import bring_up_to_date
from legbal.library import derived
from legbal.library.derived import basis, current_versions, dated_rides, stale_rides, version
from legbal.library.rides import Library
from legbal.library.writer import NewRide, keep
from legbal.meters.profile import Profile
from legbal.ride.inputs import Setup
from tests.analysis.deriving import BEGIN, PEDALS, left, recorded, ridden

KEPT = "SELECT ride, name, version, value FROM derived_values ORDER BY ride, name"


@pytest.mark.parametrize("occasion", ["any ride", "lesson", "question"])
def test_another_derived_value_is_an_entry_of_the_registry(
    path: Path, monkeypatch: pytest.MonkeyPatch, occasion: Literal["any ride", "lesson", "question"]
) -> None:
    name: Any = "length"
    length = derivation.DerivedValue[float](
        name,
        lambda ride: max(item.t for item in ride.inputs()),
        msgspec.json.encode,
        msgspec.json.Decoder(float).decode,
        occasion,
    )
    monkeypatch.setitem(derived.CODES, name, "1")
    monkeypatch.setattr(ride_values, "REGISTRY", (*ride_values.REGISTRY, length))
    recorded(path, 2)
    with Library(path) as library:
        first, second = library.rides()
        ride_values.keep_summary(library, first, profiles(), teaches=False)
        bring_up_to_date(path, profiles())  # both of them teach
        found = [library.derived(ride, name) for ride in (first, second)]
        expected = {"any ride": [True, True], "lesson": [False, True], "question": [False, False]}
        assert [value is not None for value in found] == expected[occasion]


@pytest.mark.parametrize(("occasion", "computed"), [("any ride", 4), ("lesson", 4), ("question", 0)])
def test_rides_that_are_there_get_a_new_derived_value_and_again_one_of_newer_code(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    occasion: Literal["any ride", "lesson", "question"],
    computed: int,
) -> None:
    """Once for each of two rides; what had been derived of them before is derived no more."""
    name, folded = cast(Any, "length"), list[str]()

    def length(ride: derivation.Derivation) -> float:
        folded.append("length")
        return max(item.t for item in ride.inputs())

    value = derivation.DerivedValue(name, length, msgspec.json.encode, msgspec.json.decode, occasion)
    recorded(path, 2)
    bring_up_to_date(path, profiles())
    monkeypatch.setattr(ride_values, "summarise_ride", lambda *_: folded.append("summary"))
    monkeypatch.setattr(ride_values, "REGISTRY", (*ride_values.REGISTRY, value))
    for number in ("1", "2"):
        monkeypatch.setitem(derived.CODES, name, number)
        assert left(path) == 2
        bring_up_to_date(path, profiles())
        assert left(path) == 0
    assert folded == ["length"] * computed


def test_what_holds_another_value_changes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: version(name, PEDALS) for name in derived.CODES}
    monkeypatch.setitem(derived.CODES, "summary", "999")
    changed = {name for name in derived.CODES if version(name, PEDALS) != before[name]}
    assert changed == {"summary", "bands", "analysis"}


def test_newer_code_derives_beside_the_old_and_shows_nothing_outdated(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(path, 2)
    bring_up_to_date(path, profiles())
    before = version("summary", PEDALS)
    monkeypatch.setitem(derived.CODES, "summary", "999")
    assert left(path) == 2
    assert dated_rides(path, basis(profiles()), current_versions("bands", profiles())) == []
    assert bring_up_to_date(path, profiles())
    assert len(dated_rides(path, basis(profiles()), ())) == 2
    with Library(path) as library:
        assert library.versions(library.find("last"), "summary") == [version("summary", PEDALS), before]


def test_what_a_corrected_profile_derived_is_not_shown_for_another_meter_s_profile_still_says_it(
    path: Path,
) -> None:
    recorded(path, 1)
    bring_up_to_date(path, (PEDALS, another(PEDALS)))
    corrected = (msgspec.structs.replace(PEDALS, swapped=True), another(PEDALS))
    (found,) = stale_rides(path, basis(corrected)).values()
    assert found not in current_versions("bands", corrected)
    assert dated_rides(path, basis(corrected), current_versions("bands", corrected)) == []


def test_another_id_of_a_profile_derives_nothing_anew(path: Path) -> None:
    recorded(path, 1)
    bring_up_to_date(path, (PEDALS,))
    renamed = (msgspec.structs.replace(PEDALS, id="renamed"),)
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(KEPT).fetchall()
        bring_up_to_date(path, renamed)
        assert connection.execute(KEPT).fetchall() == before
    assert stale_rides(path, basis(renamed)) == {}
    assert len(dated_rides(path, basis(renamed), ())) == 1


def another(profile: Profile) -> Profile:
    return msgspec.structs.replace(profile, id="another", name="Another", recognise=())


def test_a_profile_of_another_meter_derives_nothing_anew(path: Path) -> None:
    """The rides are looked at, and meanwhile still shown."""
    recorded(path, 1)
    bring_up_to_date(path, profiles())
    more = (*profiles(), another(PEDALS))
    assert len(stale_rides(path, basis(more))) == 1
    assert len(dated_rides(path, basis(more), current_versions("bands", more))) == 1
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute(KEPT).fetchall()
        bring_up_to_date(path, more)
        assert connection.execute(KEPT).fetchall() == before
    assert stale_rides(path, basis(more)) == {}


def test_a_ride_on_an_unlisted_meter_stays_shown_when_another_meter_gets_a_profile(path: Path) -> None:
    keep(path, NewRide(setup=Setup(ftp_w=250.0), started=BEGIN), ridden())
    bring_up_to_date(path, ())
    more = (another(PEDALS),)
    (found,) = stale_rides(path, basis(more)).values()
    assert found in current_versions("bands", more)  # a look is enough
    assert len(dated_rides(path, basis(more), current_versions("bands", more))) == 1
