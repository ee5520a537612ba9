"""What the rider said of two names of a meter is kept, and the history of a ride has the rides under both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from legbal.analysis.fit_file import FitFile, encode
from legbal.analysis.months import RideBands
from legbal.app.meters import profiles
from legbal.app.ride_setup import learn_from_library
from legbal.library.derived import DerivedRow, encode_bands, write_derived
from legbal.library.rides import Library
from legbal.library.same_meters import keep_answer, names_of, read_answers
from legbal.library.writer import NewRide, keep
from legbal.meters.balance_octet import Reference
from legbal.ride.inputs import FIT_FILE, Input, Notification, Setup
from legbal.sources.simulator import demo

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def of_file(meter: str, serial: int = 77) -> list[Input]:
    file = FitFile(manufacturer=263, serial_number=serial)
    return [Notification(0.0, encode(file), FIT_FILE, meter)]


def test_an_answer_is_kept_changed_and_taken_back(path: Path) -> None:
    assert read_answers(path) == {}
    keep_answer(path, "Pedals", "Favero", same=True)
    assert read_answers(path) == {("Favero", "Pedals"): True}
    keep_answer(path, "Favero", "Pedals", same=False)
    assert read_answers(path) == {("Favero", "Pedals"): False}
    keep_answer(path, "Pedals", "Favero", same=None)
    assert read_answers(path) == {}


def test_the_names_of_a_meter_are_those_of_one_serial_number_and_those_that_the_rider_named(
    path: Path,
) -> None:
    assert names_of(path, "Pedals") == {"Pedals"}
    for name, serial in (("Favero Duo", 77), ("Assioma Duo", 77), ("Quarq", 5)):
        keep(path, NewRide(setup=Setup(), source="import"), of_file(name, serial))
    assert names_of(path, "Favero Duo") == {"Favero Duo", "Assioma Duo"}
    keep_answer(path, "Pedals", "Favero Duo", same=True)
    assert names_of(path, "Pedals") == {"Pedals", "Favero Duo", "Assioma Duo"}
    keep_answer(path, "Assioma Duo", "Favero Duo", same=False)
    assert names_of(path, "Pedals") == {"Pedals", "Favero Duo"}


def test_a_pair_has_the_names_of_both_halves_and_of_what_it_is(path: Path) -> None:
    keep_answer(path, "SRM_XP_L + SRM_XP_R", "Srm X-Power 9", same=True)
    assert names_of(path, "SRM_XP_L") >= {"SRM_XP_L", "SRM_XP_R", "Srm X-Power 9"}
    assert "SRM_XP_L" in names_of(path, "Srm X-Power 9")


def history(path: Path) -> int:
    """How many rides a live ride learns from."""
    duo = next(profile for profile in profiles() if profile.id == "favero-assioma-duo")
    with Library(path) as library:
        setup = learn_from_library(library, "ASSIOMA1L", NOON, Setup(ftp_w=250.0, profile=duo), folds=9)
    return setup.baseline.rides if setup.baseline else 0


def imported(path: Path, day: int, reference: Reference = "right", *, hours: float = 0.0) -> None:
    """A ride of the same simulated rider under the name that a file has for the meter."""
    ride = demo(next(x for x in profiles() if x.id == "favero-assioma-duo"), 2, seconds=600)
    inputs = [
        Notification(x.t, x.data, x.uuid, "Favero Duo") if isinstance(x, Notification) else x
        for x in ride.earlier(day)[day - 1].timeline()
    ]
    started = NOON - timedelta(days=day, hours=hours)
    name = keep(path, NewRide(setup=Setup(ftp_w=250.0), source="import", started=started), inputs)
    rows = RideBands(meter="Favero Duo", balance="measured", reference=reference, swapped=False, bands=())
    write_derived(path, name, [DerivedRow(name="bands", version="1", value=encode_bands(rows))])


def live(path: Path, day: int) -> None:
    ride = demo(next(x for x in profiles() if x.id == "favero-assioma-duo"), 2, seconds=600)
    (name,) = (device.name for device in ride.devices)
    inputs = [
        Notification(x.t, x.data, x.uuid, "ASSIOMA1L")
        if isinstance(x, Notification) and x.meter == name
        else x
        for x in ride.earlier(day)[day - 1].timeline()
    ]
    keep(path, NewRide(setup=Setup(ftp_w=250.0), started=NOON - timedelta(days=day)), inputs)


def test_a_live_ride_learns_from_imported_ones_of_its_meter_once_the_rider_said_so(path: Path) -> None:
    live(path, 1)
    imported(path, 2)
    assert history(path) == 1
    keep_answer(path, "ASSIOMA1L", "Favero Duo", same=True)
    assert history(path) == 2
    keep_answer(path, "ASSIOMA1L", "Favero Duo", same=None)
    assert history(path) == 1


def test_a_ride_of_which_no_leg_is_certain_teaches_another_name_nothing(path: Path) -> None:
    live(path, 1)
    imported(path, 2, "unknown")
    keep_answer(path, "ASSIOMA1L", "Favero Duo", same=True)
    assert history(path) == 1


def test_a_ride_that_both_devices_recorded_teaches_once(path: Path) -> None:
    live(path, 1)
    imported(path, 1, hours=0.1)
    keep_answer(path, "ASSIOMA1L", "Favero Duo", same=True)
    assert history(path) == 1
