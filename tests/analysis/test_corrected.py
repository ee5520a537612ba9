"""A corrected profile: old rides are derived anew beside the old, and their packets stay as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from legbal import paths
from legbal.app.companions import RideRecording
from legbal.app.meters import current_setup, profiles
from legbal.app.ride_setup import learn_from_library
from legbal.cli import main
from legbal.library.rides import Library, RideRow
from legbal.meters.profile import Profile
from legbal.ride.inputs import Input, Setup
from legbal.ride.ride import Ride
from legbal.sources.simulator import SimulatedRide
from legbal.sources.simulator.workout import Step, Workout
from tests.meters.profiles import FOLDER, shipped

QUARQ = shipped()["quarq"]
RIDDEN = Workout("ridden", (Step(300.0, 0.6, 0.8),))
OWN = (FOLDER / "quarq.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def _fresh_profiles() -> Iterator[None]:
    """Profiles are read once a process; here they change."""
    profiles.cache_clear()
    yield
    profiles.cache_clear()


def ridden(profile: Profile = QUARQ, **setup: Any) -> RideRow:
    """A ride on a Quarq, recorded and kept with this profile as `legbal ride` does it."""
    kept = RideRecording("ride", complain=print)
    ride = Ride(Setup(profile=profile, **setup))
    recorder = kept.record(ride.setup, datetime.now(UTC))
    recorder.start()
    for item in SimulatedRide(profile=QUARQ, seed=4, workout=RIDDEN).timeline():
        recorder.record(item)
        ride.feed(item)
    recorder.close()
    kept.keep(ride, recorder)
    with Library() as library:
        return library.find("last")


def correct_it() -> None:
    """The rider's own file: the same family, with its sides exchanged."""
    folder = paths.profiles_folder()
    folder.mkdir(parents=True, exist_ok=True)
    own = OWN.replace("[swapped]\nvalue = false", "[swapped]\nvalue = true")
    assert own != OWN
    (folder / "quarq.toml").write_text(own, "utf-8")
    profiles.cache_clear()


def recorded(ride: RideRow) -> list[Input]:
    with Library() as library:
        return list(library.inputs(ride))


def legbal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 0
    out, err = capsys.readouterr()
    return out, err


def test_the_list_shows_the_corrected_share_and_what_was_recorded_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ride = ridden()
    before = recorded(ride)
    (listed,), err = json.loads((said := legbal(capsys, "rides", "--json"))[0]), said[1]
    assert err == ""
    share = listed["left_percent"]
    assert share != 50.0
    correct_it()
    out, err = legbal(capsys, "rides", "--json")
    (listed,) = json.loads(out)
    assert listed["left_percent"] == pytest.approx(100 - share, abs=0.05)
    assert "Updating 1 ride" in err
    assert recorded(ride) == before
    with Library() as library:
        new, old = library.versions(ride, "summary")
        assert library.setup(ride).profile == QUARQ
        kept = library.derived(ride, "summary", old)
    assert old != new
    assert kept is not None
    assert json.loads(kept)["ride"]["left_percent"] == pytest.approx(share, abs=0.0005)


def test_it_is_derived_anew_once(capsys: pytest.CaptureFixture[str]) -> None:
    ridden()
    correct_it()
    assert legbal(capsys, "rides")[1] != ""
    assert legbal(capsys, "rides")[1] == ""


def test_a_correction_taken_back_brings_the_old_share_back(capsys: pytest.CaptureFixture[str]) -> None:
    ridden()
    first = json.loads(legbal(capsys, "rides", "--json")[0])
    correct_it()
    legbal(capsys, "rides")
    (paths.profiles_folder() / "quarq.toml").unlink()
    profiles.cache_clear()
    assert json.loads(legbal(capsys, "rides", "--json")[0]) == first


def test_review_shows_the_corrected_share(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ridden()
    share = json.loads(legbal(capsys, "review", "last", "--json")[0])["ride"]["left_percent"]
    correct_it()
    again = json.loads(legbal(capsys, "review", "last", "--json")[0])["ride"]["left_percent"]
    assert again == pytest.approx(100 - share, abs=0.05)


def test_a_statement_that_says_nothing_of_the_bytes_derives_nothing_anew(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ridden()
    folder = paths.profiles_folder()
    folder.mkdir(parents=True)
    own = OWN.replace("[connections]\nvalue = 1", "[connections]\nvalue = 3")
    assert own != OWN
    (folder / "quarq.toml").write_text(own, "utf-8")
    profiles.cache_clear()
    assert legbal(capsys, "rides")[1] == ""


def test_a_ride_on_an_unlisted_meter_is_derived_anew_when_there_is_a_profile_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ridden(Profile(id="unlisted", name="Unlisted meter"))
    legbal(capsys, "rides")
    with Library() as library:
        ride = library.find("last")
        summary = library.derived(ride, "summary")
    assert summary is not None
    assert json.loads(summary)["ride"]["balance"] == "estimated"


def test_what_the_rider_said_of_the_reference_outlives_a_correction() -> None:
    ride = ridden(msgspec.structs.replace(QUARQ, reference="right"))
    with Library() as library:
        assert current_setup(library, ride, profiles()).profile.reference == "right"


def test_the_usual_is_learnt_from_old_rides_with_the_corrected_profile() -> None:
    """Otherwise the first ride after a correction would be judged against the other leg."""
    ridden()
    meter = recorded_meter()
    soon = datetime.now(UTC) + timedelta(minutes=1)
    swapped = msgspec.structs.replace(QUARQ, swapped=True)
    with Library() as library:
        plain = learn_from_library(library, meter, soon, Setup(profile=QUARQ)).baseline
        turned = learn_from_library(library, meter, soon, Setup(profile=swapped)).baseline
    assert plain is not None
    assert turned is not None
    assert plain.usual(200.0) == pytest.approx(100 - turned.usual(200.0), abs=0.1)


def recorded_meter() -> str:
    with Library() as library:
        (meter,) = library.find("last").meters
    return meter


def test_a_broken_profile_of_the_riders_own_does_not_keep_the_list_from_being_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ridden()
    folder = paths.profiles_folder()
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_text("id = 1", "utf-8")
    profiles.cache_clear()
    out, err = legbal(capsys, "rides")
    assert len(out.splitlines()) == 2
    assert "bad.toml" in err


def test_rides_whose_sides_the_rider_read_the_other_way_round_teach_nothing() -> None:
    ridden(ftp_w=250.0)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    with Library() as library:
        taught = [
            learn_from_library(
                library, recorded_meter(), soon, Setup(profile=QUARQ, swap_sides=swapped)
            ).baseline
            for swapped in (False, True)
        ]
    assert taught[0] is not None
    assert taught[1] is None
