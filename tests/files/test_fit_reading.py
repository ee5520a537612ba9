"""FIT files as head units write them: what becomes of all that is in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from legbal.analysis.fit_file import FitFile, decode
from legbal.app.meters import profile_of
from legbal.files.fit.reading import FitRide, read
from legbal.ride.inputs import FIT_FILE, FIT_RECORD, Mark, Notification, PlannedStep, Setup
from legbal.ride.ride import fold
from legbal.ride.view import RideView
from tests.files.fit_files import START, by_fitdecode, fit, head, power_meter, record, records, ride
from tests.meters.profiles import shipped
from tests.shared import shared


def parsed(path: Path, octets: bytes) -> tuple[FitRide, list[str]]:
    """The ride in a file of these octets, and what was said of it."""
    path.write_bytes(octets)
    said: list[str] = []
    return read(path, said.append), said


def told(found: FitRide) -> list[Notification]:
    return [item for item in found.inputs if isinstance(item, Notification) and item.uuid == FIT_RECORD]


def view(found: FitRide, **setup: Any) -> RideView:
    return fold(Setup(plan=found.plan, **setup), found.inputs)[1]


def test_every_record_is_a_notification_with_its_own_values(path: Path) -> None:
    found, said = parsed(path, fit(*head(), record(0, 210, 0x80 | 48), record(1, 220, 49)))
    assert not said
    assert [json.loads(item.data) for item in told(found)] == [
        {"power": 210, "cadence": 90, "left_right_balance": 0x80 | 48},
        {"power": 220, "cadence": 90, "left_right_balance": 49},
    ]
    assert [item.t for item in told(found)] == [0.0, 1.0]


def test_raw_127_and_128_stay_numbers(path: Path) -> None:
    found, _ = parsed(path, fit(*head(), record(0, balance=127), record(1, balance=128)))
    assert [json.loads(item.data)["left_right_balance"] for item in told(found)] == [127, 128]


def test_fields_absent_from_some_records_and_255_are_left_out(path: Path) -> None:
    found, _ = parsed(
        path,
        fit(*head(), record(0, balance=255), record(1, power=None), record(2, balance=None), record(3)),
    )
    assert [sorted(json.loads(item.data)) for item in told(found)] == [
        ["cadence", "power"],
        ["cadence", "left_right_balance"],
        ["cadence", "power"],
        ["cadence", "left_right_balance", "power"],
    ]


def test_cycling_dynamics_are_kept(path: Path) -> None:
    dynamics: dict[str, Any] = {
        "left_torque_effectiveness": 80.5,
        "right_torque_effectiveness": 79.0,
        "left_pedal_smoothness": 22.0,
        "right_pedal_smoothness": 21.5,
        "left_pco": -5,
        "right_pco": 3,
        "left_power_phase": [340.3125053173829, 222.18750347167975],
        "left_power_phase_peak": [73.12500114257814, 113.90625177978518],
    }
    found, _ = parsed(path, fit(*head(), record(0, **dynamics), record(1)))
    kept = json.loads(told(found)[0].data)
    for name, value in dynamics.items():
        assert kept[name] == pytest.approx(value, abs=0.8)


def test_the_right_flag_says_whose_balance_it_is(path: Path) -> None:
    right = view(parsed(path, fit(*head(), *records(range(100))))[0])
    assert (right.reference, right.balance) == ("right", "unknown")
    assert right.ride.left_percent == pytest.approx(48, abs=0.1)


def test_without_the_flag_left_is_assumed_only_when_the_rider_says_so(path: Path) -> None:
    found, _ = parsed(path, fit(*head(), *[record(t, 200, 46 + t % 3) for t in range(100)]))
    assert view(found).reference == "unknown"
    assumed = view(found, assume_left=True)
    assert assumed.reference == "assumed_left"
    assert assumed.ride.left_percent == pytest.approx(47, abs=0.1)


@pytest.mark.parametrize("placeholder", [0x80 | 50, 0, 100, 0x80 | 100, 255, None])
def test_placeholders_while_coasting_count_for_nothing(path: Path, placeholder: int | None) -> None:
    coasting = [record(t, 0, placeholder, cadence=0) for t in range(60, 200)]
    found, _ = parsed(path, fit(*head(), *records(range(60)), *coasting, *records(range(200, 260))))
    assert view(found).ride.left_percent == pytest.approx(48, abs=0.1)


@pytest.mark.parametrize("constant", [0x80 | 50, 0x80, 0x80 | 100, 50])
def test_a_constant_balance_is_no_measurement(path: Path, constant: int) -> None:
    found, _ = parsed(path, fit(*head(), *records(range(400), balance=constant)))
    seen = view(found)
    assert (seen.balance, seen.ride.left_percent) == ("constant", None)
    assert seen.ride.power_w == pytest.approx(199, abs=2)


def test_manual_laps_are_marks_and_others_are_not(path: Path) -> None:
    laps = [("LAP", {"timestamp": START + t, "lap_trigger": kind}) for t, kind in ((20, 0), (40, 2), (60, 0))]
    found, _ = parsed(path, fit(*head(), *records(range(61)), *laps))
    assert [item for item in found.inputs if isinstance(item, Mark)] == [Mark(20.0, "lap")]


def test_workout_steps_that_were_ridden_are_the_plan(path: Path) -> None:
    steps = [("WORKOUT_STEP", {"message_index": i, "intensity": kind}) for i, kind in enumerate((2, 0, 4))]
    laps = [
        ("LAP", {"start_time": START + a, "timestamp": START + b, "wkt_step_index": i, "lap_trigger": 0})
        for a, b, i in ((0, 60, 0), (60, 90, 1), (90, 120, 2), (120, 150, 1), (150, 180, 1))
    ]
    ridden = [*records(range(180)), *records(range(180, 200), power=60)]
    found, _ = parsed(path, fit(*head(), *steps, *ridden, *laps))
    assert found.plan == (PlannedStep(60.0, 90.0), PlannedStep(120.0, 180.0))
    assert not [item for item in found.inputs if isinstance(item, Mark)]
    assert [(x.start_s, x.end_s, x.by) for x in view(found).intervals] == [
        (60.0, 90.0, "plan"),
        (120.0, 180.0, "plan"),
    ]


def test_the_power_meter_gives_the_ride_its_meter(path: Path) -> None:
    devices = [
        ("DEVICE_INFO", {"timestamp": START, "device_index": 0, "manufacturer": 1, "product": 3121}),
        power_meter(source_type=1, manufacturer=263, product=12, serial_number=77),
    ]
    found, _ = parsed(path, fit(*head(), *devices, *records(range(5))))
    assert found.meter == "Favero Electronics Assioma Duo 77"
    about = {item.uuid: item.data for item in found.inputs if isinstance(item, Notification)}
    assert (about["2a29"], about["2a24"]) == (b"Favero Electronics", b"Assioma Duo")
    assert {item.meter for item in found.inputs if isinstance(item, Notification)} == {found.meter}


def whole_file(found: FitRide) -> FitFile:
    (item,) = (x for x in found.inputs if isinstance(x, Notification) and x.uuid == FIT_FILE)
    assert (item.t, item.meter) == (0.0, found.meter)
    return decode(item.data)


def test_the_meter_s_numbers_and_the_kind_of_ride_are_kept(path: Path) -> None:
    devices = [
        power_meter(source_type=1, manufacturer=69, serial_number=1012720129, ant_device_number=21916),
        ("DEVICE_INFO", {"timestamp": START, "device_index": 6, "device_type": 17, "source_type": 1}),
    ]
    session = ("SESSION", {"timestamp": START + 5, "start_time": START, "sport": 2, "sub_sport": 0})
    found, _ = parsed(path, fit(*head(), *devices, *records(range(5)), session))
    assert whole_file(found) == FitFile(
        sport=2, trainer=True, manufacturer=69, serial_number=1012720129, ant_device_number=21916
    )
    assert whole_file(found).indoors is True


@pytest.mark.parametrize(
    ("session", "indoors"),
    [
        ({"sub_sport": 6}, True),
        ({"sub_sport": 58}, True),
        ({"sub_sport": 7}, False),
        ({"sub_sport": 0, "start_position_lat": 500_000_000}, False),
        ({"sub_sport": 6, "start_position_lat": 500_000_000}, True),  # a receiver can be on indoors
        ({"sub_sport": 0}, None),  # and off outdoors
    ],
)
def test_indoors_or_outdoors_is_what_the_file_says(
    path: Path, session: dict[str, int], indoors: bool | None
) -> None:
    of_ride = ("SESSION", {"timestamp": START + 5, "start_time": START, "sport": 2, **session})
    found, _ = parsed(path, fit(*head(), *records(range(5)), of_ride))
    assert whole_file(found).indoors is indoors


@pytest.mark.parametrize(("sessions", "indoors"), [(0, False), (1, False), (2, None)])
def test_records_with_a_place_are_of_outdoors_unless_they_may_be_of_another_part(
    path: Path, sessions: int, indoors: bool | None
) -> None:
    parts = [
        ("SESSION", {"timestamp": START + end, "start_time": START, "sport": 2}) for end in (4, 5)[:sessions]
    ]
    found, _ = parsed(path, fit(*head(), *records(range(5), position_lat=500_000_000), *parts))
    assert whole_file(found).indoors is indoors


def test_a_head_unit_s_own_parts_are_no_trainer_and_its_numbers_no_meter_s(path: Path) -> None:
    part = ("DEVICE_INFO", {"timestamp": START, "device_index": 0, "device_type": 17, "source_type": 5})
    found, _ = parsed(path, fit(*head(serial_number=99), part, *records(range(5))))
    assert whole_file(found) == FitFile()


@pytest.mark.parametrize("data", [None, b"", b"[1]", b'{"sport": "cycling"}'])
def test_what_cannot_be_read_of_a_file_says_nothing(data: bytes | None) -> None:
    assert decode(data) == FitFile()


def test_pedals_whose_maker_is_saris_are_no_trainer_and_their_balance_is_shown(path: Path) -> None:
    """Saris owned PowerTap: head units write it as the maker of P1 pedals, without a model."""
    ridden = [
        ("RECORD", fields | {"power": 150 + t % 40, "left_right_balance": 0x80 | 48 + t % 3})
        for t, (_, fields) in enumerate(records(range(600)))
    ]
    found, _ = parsed(path, fit(*head(), power_meter(manufacturer=9, serial_number=7), *ridden))
    assert found.meter == "Saris 7"
    family = profile_of(found.inputs)
    for profile in (family, shipped()["trainer"]):  # and were it one, it would be shown, too
        _, view = fold(Setup(profile=profile), found.inputs)
        assert view.balance == "unknown"
        assert view.ride.left_percent == pytest.approx(51.0, abs=0.1)
    assert family.id == "unlisted"


def test_what_is_told_of_two_meters_is_not_mixed(path: Path) -> None:
    devices = [
        power_meter(3),
        power_meter(5, manufacturer=263, product=12),
        power_meter(6, manufacturer=51, product=7, serial_number=66),
        power_meter(5, serial_number=55),
    ]
    found, _ = parsed(path, fit(*head(), *devices, *records(range(5))))
    assert found.meter == "Favero Electronics Assioma Duo 55"


def test_without_one_the_head_unit_does(path: Path) -> None:
    assert parsed(path, ride())[0].meter == "Garmin Edge 530"
    assert (
        parsed(path, ride(product_name="Karoo\x1b[31m 2", manufacturer=289))[0].meter
        == "Hammerhead Karoo[31m 2"
    )
    assert parsed(path, ride(manufacturer=255, product=0))[0].meter == "FIT file"


def test_the_start_is_in_the_zone_of_the_file_s_clock(path: Path) -> None:
    activity = (
        "ACTIVITY",
        {"timestamp": START + 60, "local_timestamp": START + 60 - 7 * 3600, "num_sessions": 1},
    )
    started = parsed(path, fit(*head(), *records(range(60)), activity))[0].started
    assert started is not None
    assert started == datetime(1989, 12, 31, tzinfo=UTC) + timedelta(seconds=START)
    assert started.utcoffset() == timedelta(hours=-7)


def test_without_it_the_start_is_in_this_machine_s_zone(path: Path) -> None:
    started = parsed(path, ride())[0].started
    assert started is not None
    assert started.utcoffset() == started.astimezone().utcoffset()


def test_the_balance_of_every_real_ride_that_says_its_own_is_the_same() -> None:
    """Session field 37: hundredths of the right share, work-weighted. Shorter rides than ten minutes differ by what
    head units count around pauses (docs/import-export.md)."""
    compared = 0
    for file in sorted(shared("data/fit").glob("*.fit")):
        (session,) = by_fitdecode(file.read_bytes(), scaled=True)["session"]
        garmin: Any = session.get("left_right_balance")
        seen = view(read(file, print))
        if garmin is None or session["total_timer_time"] < 600 or seen.balance == "constant":
            continue
        assert garmin & 0x8000
        assert seen.ride.left_percent == pytest.approx(100 - (garmin & 0x3FFF) / 100, abs=0.1), file
        compared += 1
    assert compared >= 2


def test_every_shared_file_is_read_without_a_complaint() -> None:
    for file in sorted(shared("data/fit").glob("*.fit")):
        said: list[str] = []
        assert told(read(file, said.append)), file
        assert not said
