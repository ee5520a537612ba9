"""FIT files that legbal writes, read back by chiptime and by fitdecode, which know nothing of each other."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from legbal.analysis.fit_dynamics import FitDynamics
from legbal.analysis.fit_dynamics import by_second as dynamics_by_second
from legbal.errors import FileFormatError
from legbal.files.exporting import write as export
from legbal.files.fit.reading import read
from legbal.files.fit.writing import RecordedSpan, recorded_spans, write
from legbal.ride.inputs import Input, Mark, Notification, PlannedStep, Setup
from legbal.ride.resample import ResampledRide, Second, Segment, resample
from legbal.ride.ride import fold
from legbal.ride.share import Period, Share
from legbal.sources.simulator import demo
from tests.files.fit_files import START, by_chiptime, by_fitdecode, fit, head, record, records
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications

STARTED = datetime(2026, 6, 1, 18, 30, 5, 250_000, timezone(timedelta(hours=2)))
FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)


def octets(
    ride: ResampledRide,
    started: datetime = STARTED,
    meter: str = "ASSIOMA1L",
    dynamics: Mapping[int, FitDynamics] = MappingProxyType({}),
    timer: Sequence[RecordedSpan] = (),
) -> bytes:
    file = io.BytesIO()
    write(file, ride, started, meter, dynamics, timer or (RecordedSpan(0, ride.segments[-1].end),))
    return file.getvalue()


@pytest.fixture(scope="module")
def demonstration() -> ResampledRide:
    """A simulated ride on pedals, with intervals."""
    profile = shipped()["favero-assioma-duo"]
    setup = Setup(ftp_w=250, profile=profile, plan=(PlannedStep(120.0, 240.0), PlannedStep(300.0, 600.0)))
    return resample(setup, notifications(demo(profile, 3, seconds=600)))


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_what_is_written_is_read_back(demonstration: ResampledRide, decoder: Any) -> None:
    messages = decoder(octets(demonstration))
    first = int((STARTED - FIT_EPOCH).total_seconds())
    told = [x for x in demonstration.seconds if x.power_w is not None]
    assert len(messages["record"]) == len(told) > 590
    for read_back, second in zip(messages["record"], told, strict=True):
        assert read_back["timestamp"] == first + second.t
        assert read_back["power"] == round(second.power_w or 0)
        rpm = second.cadence_rpm
        assert read_back.get("cadence") == (None if rpm is None else round(rpm))
        left = second.left_percent
        expected = {None, 255} if left is None else {0x80 | round(100 - left)}
        assert read_back.get("left_right_balance") in expected


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_laps_and_session_are_work_weighted_hundredths(demonstration: ResampledRide, decoder: Any) -> None:
    messages = decoder(octets(demonstration))
    first = int((STARTED - FIT_EPOCH).total_seconds())
    laps, view = messages["lap"], demonstration.view
    assert [x["start_time"] - first for x in laps[:4]] == [0, 120, 240, 300]
    assert [x["timestamp"] for x in laps[:-1]] == [x["start_time"] for x in laps[1:]]
    assert [x["intensity"] for x in laps[:4]] == [1, 0, 1, 0]
    for lap, interval in zip((laps[1], laps[3]), view.intervals, strict=True):
        assert interval.share.left_percent is not None
        assert lap["left_right_balance"] == 0x8000 | round(100 * (100 - interval.share.left_percent))
    (session,) = messages["session"]
    assert view.ride.left_percent is not None
    assert session["left_right_balance"] == 0x8000 | round(100 * (100 - view.ride.left_percent))
    assert (session["num_laps"], session["sport"], session["start_time"]) == (len(laps), 2, first)
    (activity,) = messages["activity"]
    assert activity["local_timestamp"] - activity["timestamp"] == 7200


def test_both_decoders_read_the_same_from_every_message(demonstration: ResampledRide) -> None:
    written = octets(demonstration)
    one, other = by_chiptime(written), by_fitdecode(written)
    assert one.keys() == other.keys()
    for name in ("record", "event"):
        for a, b in zip(one[name], other[name], strict=True):
            shared = a.keys() & b.keys()
            assert {key: a[key] for key in shared} == {key: b[key] for key in shared}


def test_the_file_names_itself_and_the_meter(demonstration: ResampledRide) -> None:
    messages = by_chiptime(octets(demonstration, meter="Pedals \x1b[31m" + "é" * 80))
    (about,) = messages["file_id"]
    assert (about["type"], about["manufacturer"], about["product_name"]) == (4, 255, "legbal")
    own, meter = messages["device_info"]
    assert (own["device_index"], own["product_name"]) == (0, "legbal")
    assert meter["device_type"] == 11
    assert meter["product_name"].startswith("Pedals [31mé")


def test_a_ride_survives_the_way_out_and_in_again(tmp_path: Path, demonstration: ResampledRide) -> None:
    path = tmp_path / "ride.fit"
    path.write_bytes(octets(demonstration))
    found = read(path, print)
    before_the_first_packet = sum(x.power_w is None for x in demonstration.seconds)
    assert found.started == STARTED.replace(microsecond=0) + timedelta(seconds=before_the_first_packet)
    assert found.meter == "ASSIOMA1L"
    seen = fold(Setup(), found.inputs)[1]
    assert seen.reference == "right"
    assert demonstration.view.ride.left_percent is not None
    assert seen.ride.left_percent == pytest.approx(demonstration.view.ride.left_percent, abs=0.3)


def of_file(path: Path, content: bytes) -> ResampledRide:
    path.write_bytes(content)
    return resample(Setup(), read(path, print).inputs)


def test_records_of_a_fit_file_come_out_as_they_went_in(tmp_path: Path) -> None:
    coasting = [record(t, 0, 0x80 | 50, cadence=0) for t in range(50, 60)]
    ride = of_file(tmp_path / "in.fit", fit(*head(), *records(range(50)), *coasting, *records(range(60, 90))))
    out = by_chiptime(octets(ride))["record"]
    assert [x["power"] for x in out[:50]] == [180 + t % 40 for t in range(50)]
    assert [x["left_right_balance"] for x in out[1:50]] == [0x80 | (51 + t % 3) for t in range(1, 50)]
    assert {x.get("left_right_balance") for x in out[50:60]} == {None}


def test_a_lap_pressed_at_rest_is_a_lap_of_its_own_beside_the_intervals() -> None:
    profile = shipped()["favero-assioma-duo"]
    setup = Setup(ftp_w=250, profile=profile, plan=(PlannedStep(60.0, 120.0),))
    packets: list[Input] = [*notifications(demo(profile, 3, seconds=200)), Mark(150.0, "lap")]
    laps = by_chiptime(octets(resample(setup, sorted(packets, key=lambda x: x.t))))["lap"]
    assert [x["timestamp"] - laps[0]["start_time"] for x in laps][:3] == [60, 120, 150]
    assert [x["lap_trigger"] for x in laps][:3] == [0, 0, 0]


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_cycling_dynamics_come_out_as_they_went_in(tmp_path: Path, decoder: Any) -> None:
    """All steps that the fields have, from 0.5 to 100 %, -127 to 126 mm and around the circle."""
    told = [
        {
            "left_torque_effectiveness": (1 + t % 200) / 2,
            "right_torque_effectiveness": (1 + (t + 70) % 200) / 2,
            "left_pedal_smoothness": (1 + t % 200) / 2,
            "right_pedal_smoothness": (1 + (t + 9) % 200) / 2,
            "combined_pedal_smoothness": (1 + (t + 5) % 200) / 2,
            "left_pco": t % 254 - 127,
            "right_pco": (t + 50) % 254 - 127,
            "left_power_phase": [t % 255 * 360 / 256, (t + 100) % 255 * 360 / 256],
            "left_power_phase_peak": [(t + 9) % 255 * 360 / 256, (t + 100) % 255 * 360 / 256],
            "right_power_phase": [(t + 1) % 255 * 360 / 256, (t + 99) % 255 * 360 / 256],
            "right_power_phase_peak": [(t + 2) % 255 * 360 / 256, (t + 90) % 255 * 360 / 256],
        }
        for t in range(300)
    ]
    read_in = fit(*head(), *[record(t, 200, 0x80 | (51 + t % 3), **values) for t, values in enumerate(told)])
    (tmp_path / "in.fit").write_bytes(read_in)
    inputs = read(tmp_path / "in.fit", print).inputs
    out = decoder(octets(resample(Setup(), inputs), dynamics=dynamics_by_second(inputs)))
    for before, after in zip(decoder(read_in)["record"], out["record"], strict=True):
        assert {name: after[name] for name in told[0]} == {name: before[name] for name in told[0]}


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_the_timer_stands_while_the_head_unit_was_paused(tmp_path: Path, decoder: Any) -> None:
    """Of 200 seconds, 13 and 60 in which nothing was recorded are no riding time: of the session, nor of a lap."""
    ridden = [*range(51), *range(63, 91), *range(150, 201)]
    laps = [("LAP", {"timestamp": START + 80, "start_time": START, "lap_trigger": 0})]
    laps += [("LAP", {"timestamp": START + 200, "start_time": START + 80, "lap_trigger": 7})]
    (tmp_path / "in.fit").write_bytes(fit(*head(), *records(ridden), *laps))
    inputs = read(tmp_path / "in.fit", print).inputs
    ride = resample(Setup(), inputs)
    messages = decoder(octets(ride, timer=recorded_spans(inputs, ride.segments[-1].end)))
    first = messages["session"][0]["start_time"]
    assert [x["timestamp"] - first for x in messages["record"]] == ridden
    clock = [(x["timestamp"] - first, x["event_type"]) for x in messages["event"]]
    assert clock == [(0, 0), (50, 4), (63, 0), (90, 4), (150, 0), (200, 4)]
    (session,) = messages["session"]
    assert in_seconds(session["total_elapsed_time"]) == 200
    assert in_seconds(session["total_timer_time"]) == 200 - 13 - 60
    assert sum(in_seconds(x["total_timer_time"]) for x in messages["lap"]) == 200 - 13 - 60
    assert in_seconds(messages["activity"][0]["total_timer_time"]) == 200 - 13 - 60


def test_a_head_unit_that_writes_every_five_seconds_is_not_paused_between(tmp_path: Path) -> None:
    ridden = [*range(0, 101, 5), *range(160, 301, 5)]
    (tmp_path / "in.fit").write_bytes(fit(*head(), *records(ridden)))
    inputs = read(tmp_path / "in.fit", print).inputs
    assert recorded_spans(inputs, 300) == (RecordedSpan(0, 100), RecordedSpan(160, 300))


def in_seconds(raw: float) -> float:
    """A time in seconds, or raw, in thousandths."""
    return raw / 1000 if isinstance(raw, int) and raw > 1000 else raw


def packets(times: Sequence[float]) -> list[Notification]:
    return [Notification(t, b"\x20\0\x64\0" + bytes(4), meter="m") for t in times]


def test_a_meter_may_be_silent_for_a_minute_and_the_timer_runs_on() -> None:
    assert recorded_spans(packets([0.4, 59.7]), 61) == (RecordedSpan(0, 61),)
    assert recorded_spans(packets([0.4, 60.5]), 61) == (RecordedSpan(0, 1), RecordedSpan(60, 61))


@pytest.mark.parametrize(
    ("pauses", "runs"),
    [
        ([(20.5, 40.5)], [(0, 21), (41, 100)]),
        ([(20.5, 40.5), (60.2, None)], [(0, 21), (41, 61)]),
        ([(0.0, 10.0), (10.5, 11.5)], [(10, 11), (12, 100)]),
        ([(0.0, None)], [(0, 0)]),
        ([(150.0, 160.0)], [(0, 100)]),
        ([(60.2, 60.9), (70.0, 70.0)], [(0, 100)]),
    ],
)
def test_the_timer_stands_still_while_the_rider_pauses(
    pauses: list[tuple[float, float | None]], runs: list[tuple[int, int]]
) -> None:
    inputs = packets([float(t) for t in range(101)])
    assert recorded_spans(inputs, 100, [Period(*x) for x in pauses]) == tuple(runs)


def test_the_timer_starts_with_the_first_packet_and_stops_with_the_last() -> None:
    """A meter that is found late, and a computer that is left on after the ride."""
    assert recorded_spans(packets([90.5, 91.5, 100.5]), 4000) == (RecordedSpan(90, 101),)
    assert recorded_spans(packets([]), 5) == (RecordedSpan(0, 5),)


def test_what_still_stood_when_the_meter_fell_silent_is_not_written() -> None:
    sent = [*packets([t + 0.5 for t in range(30)]), *packets([t + 0.5 for t in range(200, 230)])]
    ride = resample(Setup(), sent)
    messages = by_chiptime(octets(ride, timer=recorded_spans(sent, ride.segments[-1].end)))
    first = messages["session"][0]["start_time"]
    assert {x["timestamp"] - first for x in messages["record"]} <= {*range(31), *range(200, 231)}


def test_a_balance_of_nobody_knows_which_leg_keeps_its_flag_clear(tmp_path: Path) -> None:
    ride = of_file(tmp_path / "in.fit", fit(*head(), *[record(t, 200, 46 + t % 3) for t in range(90)]))
    messages = by_chiptime(octets(ride))
    assert {x["left_right_balance"] for x in messages["record"][1:]} == {46, 47, 48}
    assert messages["session"][0]["left_right_balance"] == pytest.approx(4700, abs=10)


def test_a_constant_balance_is_not_written_as_a_measurement(tmp_path: Path) -> None:
    ride = of_file(tmp_path / "in.fit", fit(*head(), *records(range(400), balance=0x80 | 50)))
    messages = by_chiptime(octets(ride))
    assert not [x for x in messages["record"] if x.get("left_right_balance") is not None]
    assert messages["session"][0].get("left_right_balance") is None


_NONE = np.empty((0, 5))  # revolutions


def some(second: Second) -> ResampledRide:
    """A ride of which nothing matters but one second."""
    view = fold(Setup(), [Notification(0.0, b"\0\0\0\0")])[1]
    return ResampledRide(
        [Second(0, None, None, None), second], [Segment(0, 1, None, Share())], view, (), _NONE
    )


def test_negative_power_is_written_as_none_and_an_impossible_cadence_as_unknown() -> None:
    (only,) = by_chiptime(octets(some(Second(1, -20.0, 300.0, None))))["record"]
    assert only["power"] == 0
    assert only.get("cadence") is None


def test_power_that_a_record_cannot_hold_is_refused() -> None:
    with pytest.raises(FileFormatError, match="power 70000 is more than a FIT file can hold"):
        octets(some(Second(1, 70_000.0, 90.0, None)))


@pytest.mark.parametrize("year", [1970, 1990, 2150])
def test_a_date_that_fit_cannot_tell_is_refused(year: int) -> None:
    with pytest.raises(FileFormatError, match=f"{year} is not a year"):
        octets(some(Second(1, 100.0, 90.0, None)), started=datetime(year, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("decoder", [by_chiptime, by_fitdecode])
def test_a_smart_recorded_ride_comes_out_as_it_was_recorded(tmp_path: Path, decoder: Any) -> None:
    """Steps of one to eight seconds and one of fifteen: no second made up, no pause where the ride went on."""
    ridden, t = [0], 0
    for number in range(150):
        t += (1, 4, 2, 7, 3, 8, 1, 15 if number == 79 else 5)[number % 8]
        ridden.append(t)
    powers = {t: 300 if (t - before) > 4 else 150 for before, t in zip([-1, *ridden], ridden, strict=False)}
    parts = [record(t, powers[t], 0x80 | (51 + t % 3)) for t in ridden]
    (tmp_path / "in.fit").write_bytes(fit(*head(), *parts))
    inputs = read(tmp_path / "in.fit", print).inputs
    file = io.BytesIO()
    export(file, "fit", inputs, Setup(), STARTED)
    messages = decoder(file.getvalue())
    first = messages["session"][0]["start_time"]
    out = {x["timestamp"] - first: x for x in messages["record"]}
    assert list(out) == ridden
    assert {t: x["power"] for t, x in out.items()} == powers
    assert [x["event_type"] for x in messages["event"]] == [0, 4]
    (session,) = messages["session"]
    assert in_seconds(session["total_timer_time"]) == ridden[-1]
    work = sum(powers[t] * (t - before) for before, t in pairwise(ridden))
    assert session["total_work"] == work
    assert session["avg_power"] == round(work / ridden[-1])
    table = io.BytesIO()
    export(table, "csv", inputs, Setup(), STARTED)
    lines = table.getvalue().decode().splitlines()[1:]
    assert [int(line.split(",")[0]) for line in lines] == ridden


def test_a_second_that_a_head_unit_missed_is_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "in.fit").write_bytes(fit(*head(), *records([*range(40), *range(42, 90)])))
    inputs = read(tmp_path / "in.fit", print).inputs
    file = io.BytesIO()
    export(file, "fit", inputs, Setup(), STARTED)
    messages = by_chiptime(file.getvalue())
    first = messages["session"][0]["start_time"]
    assert [x["timestamp"] - first for x in messages["record"]] == [*range(40), *range(42, 90)]
    assert len(messages["event"]) == 2
