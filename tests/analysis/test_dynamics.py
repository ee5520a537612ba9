"""Cycling dynamics over a ride and its parts: from records, from laps alone, and from dead spots over Bluetooth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.analysis.dynamics import CyclingDynamics
from legbal.analysis.fit_dynamics import FIELDS, dynamics_of
from legbal.analysis.leg_dynamics import Dynamics
from legbal.analysis.ride_analysis import analyse as read_ride
from legbal.files import capture
from legbal.files.fit.reading import read
from legbal.gatt.measurement import Measurement, encode
from legbal.ride.inputs import FIT_LAP, FIT_RECORD, Input, Notification, PlannedStep, Setup, Tick
from tests.files.fit_files import START, by_fitdecode, fit, head, records
from tests.shared import shared

ALL: dict[str, Any] = {
    "left_torque_effectiveness": 80.5,
    "right_torque_effectiveness": 75,
    "left_pedal_smoothness": 22.5,
    "right_pedal_smoothness": 20,
    "left_pco": -4,
    "right_pco": 2,
    "left_power_phase": [350.0, 210.0],
    "left_power_phase_peak": [75.0, 120.0],
    "right_power_phase": [10.0, 200.0],
    "right_power_phase_peak": [80.0, 125.0],
}


def of(inputs: Any, **options: Any) -> CyclingDynamics:
    found = CyclingDynamics(**options)
    for _ in found.listen(inputs):
        pass
    return found


def told(t: float, power: float = 200, **values: Any) -> Notification:
    return Notification(t, msgspec.json.encode({"power": power, "cadence": 90, **values}), FIT_RECORD, "m")


def over(inputs: Any, *bounds: float, **options: Any) -> Dynamics:
    found = of(inputs, **options).over(*bounds)
    assert found is not None
    return found


def inputs_of(path: Path, *messages: Any) -> tuple[Input, ...]:
    path.write_bytes(fit(*messages))
    return read(path, print).inputs


def test_each_leg_has_what_its_records_say() -> None:
    found = over([told(t, **ALL) for t in range(20)])
    assert found.seconds == found.left.seconds == found.right.seconds == 20
    assert msgspec.structs.asdict(found.left) == pytest.approx(
        {
            "torque_effectiveness_percent": 80.5,
            "pedal_smoothness_percent": 22.5,
            "platform_centre_offset_mm": -4,
            "power_phase_start_deg": 350,
            "power_phase_end_deg": 210,
            "peak_phase_start_deg": 75,
            "peak_phase_end_deg": 120,
            "seconds": 20,
        }
    )
    assert found.right.torque_effectiveness_percent == 75
    assert found.right.power_phase_start_deg == 10


def test_a_ride_without_has_none() -> None:
    assert of([told(t) for t in range(20)]).over() is None
    assert of([]).over() is None


def test_angles_are_averaged_around_the_circle() -> None:
    found = over([told(0, left_power_phase=[350, 180]), told(1, left_power_phase=[20, 200])])
    assert found.left.power_phase_start_deg == pytest.approx(5)
    assert found.left.power_phase_end_deg == pytest.approx(190)


def test_angles_that_point_everywhere_have_no_mean() -> None:
    found = over([told(0, left_power_phase=[0, 90]), told(1, left_power_phase=[180, 90])])
    assert found.left.power_phase_start_deg is None
    assert found.left.power_phase_end_deg == 90


def test_a_record_stands_for_the_time_since_the_one_before() -> None:
    found = over([told(0, left_pco=0), told(1, left_pco=0), told(7, left_pco=8), told(600, left_pco=0)])
    assert found.seconds == 9
    assert found.left.platform_centre_offset_mm == pytest.approx(6 * 8 / 9)


@pytest.mark.parametrize("idle", [{"power": 0}, {"cadence": 0}])
def test_only_pedalling_counts(idle: dict[str, int]) -> None:
    rests = [told(t, **{"left_pco": -90, **idle}) for t in range(10, 100)]
    assert over([told(t, left_pco=5) for t in range(10)] + rests).left.platform_centre_offset_mm == 5


@pytest.mark.parametrize(
    "nothing",
    [
        {"left_torque_effectiveness": 0.0},
        {"left_pedal_smoothness": 0},
        {"left_torque_effectiveness": 127.5},
        {"left_pco": 300},
        {"left_power_phase": [0.0, 0.0]},
        {"left_power_phase": [10.0, 720.0]},
        {"left_pco": "much"},
        {"left_power_phase": [10.0]},
        {"left_power_phase": [10.0, 200.0, 5.0]},
        {"left_pco": 0, "right_pco": 0},
    ],
    ids=str,
)
def test_what_stands_for_none_is_none(nothing: dict[str, Any]) -> None:
    assert of([told(t, **nothing) for t in range(9)]).over() is None


@pytest.mark.parametrize("unknown", ['{"a": 1}', '["a"]', "[null]", "[[1]]", "true"])
def test_a_field_that_nobody_knows_takes_no_other_along(unknown: str) -> None:
    data = f'{{"power": 200, "left_pco": 5, "left_power_phase": ["a", 3], "unknown": {unknown}}}'
    values = dynamics_of([Notification(1.0, data.encode(), FIT_RECORD)])
    assert sorted(x for column in values.values() for x in column if x == x) == [5.0, 200.0]


def test_a_value_that_some_records_lack_is_the_mean_of_the_others() -> None:
    found = over([told(t, left_pedal_smoothness=20 if t % 2 else 255, right_pco=1) for t in range(10)])
    assert found.left.pedal_smoothness_percent == 20
    assert (found.left.seconds, found.right.seconds, found.seconds) == (5, 10, 10)


def test_an_interval_has_its_own() -> None:
    ride = of([told(t, left_pco=1 if t <= 50 else 3) for t in range(101)])
    first, second = ride.over(0, 50), ride.over(50, 100)
    assert first is not None
    assert second is not None
    assert (first.left.platform_centre_offset_mm, first.seconds) == (1, 50)
    assert (second.left.platform_centre_offset_mm, second.seconds) == (3, 50)
    assert ride.over(200, 300) is None


def test_swapped_pedals_are_swapped() -> None:
    found = over([told(t, **ALL) for t in range(5)], swap_sides=True)
    assert (found.left.torque_effectiveness_percent, found.right.torque_effectiveness_percent) == (75, 80.5)
    assert found.left.power_phase_start_deg == 10


def test_one_sensor_for_both_legs_gives_a_combined_smoothness(tmp_path: Path) -> None:
    ride = inputs_of(tmp_path / "a.fit", *head(), *records(range(20), combined_pedal_smoothness=17.5))
    found = over(ride)
    assert found.combined_pedal_smoothness_percent == 17.5
    assert found.left.pedal_smoothness_percent is None


def lap(first: int, last: int, **values: Any) -> tuple[str, dict[str, Any]]:
    return "LAP", {"start_time": START + first, "timestamp": START + last, "lap_trigger": 0, **values}


def test_where_only_laps_have_them_they_are_taken_from_there(tmp_path: Path) -> None:
    laps = [
        lap(0, 60, avg_left_pco=2, avg_power=150, avg_left_power_phase=[351.5625, 199.6875, 208.125, 95.625]),
        lap(60, 90, avg_left_pco=5),
    ]
    ride = inputs_of(tmp_path / "a.fit", *head(), *records(range(91)), *laps)
    assert sum(isinstance(x, Notification) and x.uuid == FIT_LAP for x in ride) == 2
    found = of(ride)
    whole, first = found.over(), found.over(0.5, 59.5)
    assert whole is not None
    assert whole.left.platform_centre_offset_mm == pytest.approx(3)
    assert whole.seconds == 90
    assert first is not None
    assert first.left.platform_centre_offset_mm == 2
    assert first.left.power_phase_start_deg == pytest.approx(351.56, abs=0.01)
    assert found.over(0, 30) is None


def test_or_from_the_session(tmp_path: Path) -> None:
    session = ("SESSION", {"start_time": START, "timestamp": START + 60, "avg_right_pedal_smoothness": 21})
    ride = inputs_of(tmp_path / "a.fit", *head(), *records(range(61)), lap(0, 60), session)
    assert over(ride).right.pedal_smoothness_percent == 21


def test_laps_count_for_nothing_where_records_have_them(tmp_path: Path) -> None:
    ride = inputs_of(
        tmp_path / "a.fit", *head(), *records(range(61), left_pco=1), lap(0, 60, avg_left_pco=100)
    )
    assert over(ride).left.platform_centre_offset_mm == 1


def test_what_only_laps_say_is_in_a_capture_too(tmp_path: Path) -> None:
    values = {f"avg_{name}": value for name, value in ALL.items()}
    ride = inputs_of(tmp_path / "a.fit", *head(), *records(range(61)), lap(0, 60, **values))
    sent = [item for item in ride if isinstance(item, Notification)]
    capture.write(tmp_path / "a.jsonl", sent)
    assert over(capture.read_file(tmp_path / "a.jsonl", lambda _, why: pytest.fail(why))) == over(sent)


def test_a_reading_has_them_for_the_ride_and_each_interval(tmp_path: Path) -> None:
    inputs = inputs_of(tmp_path / "a.fit", *head(), *records(range(300), **ALL))
    setup = Setup(ftp_w=200, plan=(PlannedStep(60.0, 120.0),), swap_sides=True)
    summary = read_ride(setup, inputs).summary
    assert summary.ride.dynamics == over(inputs, swap_sides=True)
    interval = summary.intervals[0]
    assert interval.dynamics is not None
    assert interval.dynamics.seconds == interval.end_s - interval.start_s
    assert interval.dynamics.right.torque_effectiveness_percent == 80.5


def test_a_reading_of_a_ride_without_has_none() -> None:
    assert read_ride(Setup(), [told(float(t)) for t in range(60)]).summary.ride.dynamics is None


def test_dead_spots_come_over_bluetooth() -> None:
    def packet(t: float, power: int, top: int) -> Notification:
        flags = 1 << 9 | 1 << 10
        m = Measurement(flags, power, top_dead_spot_angle_deg=top, bottom_dead_spot_angle_deg=181)
        return Notification(t, encode(m))

    found = over([Tick(0.0), packet(1, 200, 358), packet(2, 200, 4), packet(3, 0, 90)])
    assert found.top_dead_spot_deg == pytest.approx(1)
    assert found.bottom_dead_spot_deg == 181
    assert found.left.seconds == 0


def test_a_broken_packet_says_nothing() -> None:
    assert of([Notification(0, b"\x00\x06\x00"), Notification(0, b"\x00")]).over() is None


_VALUES = st.dictionaries(
    st.sampled_from(["power", "cadence", "start", "seconds", *FIELDS, "other"]),
    st.none()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.lists(st.floats(-1, 400), max_size=3),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([FIT_RECORD, FIT_LAP, "2a63"]), st.binary(max_size=40) | _VALUES.map(json.dumps)
        )
    )
)
def test_whatever_is_sent_the_means_are_what_legs_can_do(sent: list[tuple[str, bytes | str]]) -> None:
    items = [
        Notification(float(t), data.encode() if isinstance(data, str) else data, uuid)
        for t, (uuid, data) in enumerate(sent)
    ]
    found = of(items).over()
    if found is None:
        return
    assert found.seconds > 0
    for leg in (found.left, found.right):
        for name, value in msgspec.structs.asdict(leg).items():
            if value is None:
                continue
            if name.endswith("_percent"):
                assert 0 < value <= 100.001
            elif name.endswith("_deg"):
                assert 0 <= value < 360
            elif name.endswith("_mm"):
                assert abs(value) <= 127.001


def _near(a: float, b: float) -> float:
    """How far two angles are apart, degrees."""
    return abs((a - b + 180) % 360 - 180)


def test_means_of_real_rides_are_those_of_the_head_unit() -> None:
    compared = 0
    for file in sorted(shared("data/fit").glob("*.fit")):
        said = by_fitdecode(file.read_bytes(), scaled=True).get("session", [{}])[0]
        found = of(read(file, print).inputs).over()
        for side in ("left", "right"):
            leg = getattr(found, side, None)
            for name, field, within in (
                ("torque_effectiveness", "torque_effectiveness_percent", 0.5),
                ("pedal_smoothness", "pedal_smoothness_percent", 0.5),
                ("pco", "platform_centre_offset_mm", 0.75),
            ):
                theirs = said.get(f"avg_{side}_{name}")
                ours = getattr(leg, field, None)
                if theirs and ours is not None:
                    compared += 1
                    assert ours == pytest.approx(theirs, abs=within), (file.name, side, name)
            for name, field in (("power_phase", "power_phase"), ("power_phase_peak", "peak_phase")):
                for theirs, end in zip(said.get(f"avg_{side}_{name}") or (), ("start", "end"), strict=False):
                    compared += 1
                    assert _near(theirs, getattr(leg, f"{field}_{end}_deg")) < 3.5, (file.name, side, name)
    assert compared > 20
