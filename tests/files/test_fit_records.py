"""When the records of a FIT file were: clocks set on the way, broken times, and several records a second."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from legbal.errors import FileFormatError
from legbal.files.fit import records as in_time
from legbal.files.fit.reading import FitRide, read
from legbal.files.fit.records import Record
from legbal.ride.inputs import FIT_RECORD, Mark, Notification, Setup
from legbal.ride.ride import fold
from tests.files.fit_files import START, Message, fit, head, record, records

HOUR, DAY = 3600, 24 * 3600
Told = list[tuple[float, dict[str, int]]]


def parsed(path: Path, *messages: tuple[str, Message], more: bytes = b"") -> tuple[FitRide, Told, list[str]]:
    path.write_bytes(fit(*head(), *messages) + more)
    said: list[str] = []
    found = read(path, said.append)
    inputs = [x for x in found.inputs if isinstance(x, Notification) and x.uuid == FIT_RECORD]
    return found, [(x.t, json.loads(x.data)) for x in inputs], [x.removeprefix(f"{path}: ") for x in said]


def shifted(seconds: range, by: int) -> list[tuple[str, Message]]:
    """The records of these seconds by a clock that is this much wrong."""
    return [(name, values | {"timestamp": values["timestamp"] + by}) for name, values in records(seconds)]


@pytest.mark.parametrize("set_at", [10, 101, 450])
@pytest.mark.parametrize("wrong_by", [-400 * DAY, -3 * DAY, HOUR, 10 * HOUR, 3 * DAY, 400 * DAY])
def test_what_was_recorded_before_the_clock_was_set_is_kept(path: Path, wrong_by: int, set_at: int) -> None:
    """As if the clock had been right: before the other records, in its own order, with no hole between."""
    _, right, _ = parsed(path, *records(range(500)))
    found, told, said = parsed(path, *shifted(range(set_at), wrong_by), *records(range(set_at, 500)))
    assert told == right
    assert said == [f"its clock was set on the way, so {set_at} records from before are read as just before"]
    assert found.started is not None
    seconds = (found.started.timestamp() - 631065600) - START
    assert seconds == 0


def test_a_clock_may_be_set_twice(path: Path) -> None:
    parts = *shifted(range(100), -900 * DAY), *shifted(range(100, 200), HOUR), *records(range(200, 300))
    _, told, said = parsed(path, *parts)
    assert [t for t, _ in told] == list(range(300))
    assert said == ["its clock was set on the way, so 200 records from before are read as just before"]


def test_a_few_records_with_broken_times_are_left_out_and_said(path: Path) -> None:
    """In the midst, at the end, once for an hour and once for a year."""
    parts = [
        *records(range(100)), *shifted(range(100, 101), HOUR), *records(range(101, 200)),
        *shifted(range(200, 203), -365 * DAY), *records(range(203, 300)), *shifted(range(300, 301), 90 * DAY),
    ]  # fmt: skip
    _, told, said = parsed(path, *parts)
    assert [t for t, _ in told] == [t for t in range(300) if t not in (100, 200, 201, 202)]
    assert said == ["left out 5 records whose time cannot be of this ride"]


def test_before_the_clock_was_set_there_may_be_no_day_at_all(path: Path) -> None:
    """Seconds since the head unit was switched on."""
    _, right, _ = parsed(path, *records(range(200)))
    found, told, said = parsed(path, *shifted(range(50), 40 - START), *records(range(50, 200)))
    assert told == right
    assert said == ["its clock was set on the way, so 50 records from before are read as just before"]
    assert found.started is not None


def test_a_clock_may_be_lost_on_the_way(path: Path) -> None:
    """As where a head unit starts anew in the midst of a ride."""
    _, right, _ = parsed(path, *records(range(200)))
    found, told, said = parsed(path, *records(range(120)), *shifted(range(120, 200), -100 - START))
    assert told == right
    assert said == ["its clock was lost on the way, so 80 records from after are read as just after"]
    assert found.started is not None


def test_a_ride_whose_clock_was_never_set_is_read_without_a_start(path: Path) -> None:
    """With its laps, which are by the same clock."""
    lap = ("LAP", {"start_time": 40, "timestamp": 100, "lap_trigger": 0})
    last = ("LAP", {"start_time": 100, "timestamp": 240, "lap_trigger": 0})
    _, right, _ = parsed(path, *records(range(200)))
    found, told, said = parsed(path, *shifted(range(200), 40 - START), lap, last)
    assert told == right
    assert said == ["its clock was never set, so the file's own date is taken for the ride's end"]
    assert found.started is None
    assert [item.t for item in found.inputs if isinstance(item, Mark)] == [60]


def test_of_records_without_any_time_that_is_the_reason(path: Path) -> None:
    path.write_bytes(fit(*head(), *[("RECORD", {"power": 200})] * 30))
    with pytest.raises(FileFormatError, match="holds no record of a ride: 30 records without a time"):
        read(path, print)


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_clock_that_stands_still_is_told(path: Path, seconds: int) -> None:
    """From the first second, or from the last but thirty."""
    parts = [record(min(t, seconds - 1), 150 + t) for t in range(seconds + 29)]
    _, _, said = parsed(path, *parts)
    assert said == ["its clock stood still for 30 records, so how long they took is not known"]


def test_a_clock_that_never_goes_on_costs_no_more_than_one_that_does(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record more than five minutes before the one that came before it: none belongs to any other."""
    comparisons = 0

    def counted(before: Record, record: Record) -> bool:
        nonlocal comparisons
        comparisons += 1
        return goes_on(before, record)

    goes_on = in_time._goes_on
    monkeypatch.setattr(in_time, "_goes_on", counted)
    _, _, said = parsed(path, *(record(-301 * n) for n in range(1000)))
    assert comparisons < 30 * 1000
    assert said == ["left out 999 records whose time cannot be of this ride"]


def test_a_long_pause_is_no_clock_that_was_set(path: Path) -> None:
    _, told, said = parsed(path, *records(range(100)), *records(range(30 * HOUR, 30 * HOUR + 100)))
    assert told[100][0] == 30 * HOUR
    assert not said


def test_records_a_little_out_of_order_are_put_in_order(path: Path) -> None:
    parts = records(range(100))
    parts[40], parts[45] = parts[45], parts[40]
    _, told, said = parsed(path, *parts)
    _, right, _ = parsed(path, *records(range(100)))
    assert told == right
    assert not said


def test_several_files_in_one_are_each_by_their_own_clock(path: Path) -> None:
    """Nobody knows which came first but by their times."""
    _, told, said = parsed(path, *records(range(HOUR, HOUR + 100)), more=fit(*head(), *records(range(100))))
    assert [t for t, _ in told] == [*range(100), *range(HOUR, HOUR + 100)]
    assert not said


def halves(t: int, *, swap: bool = False) -> list[tuple[str, Message]]:
    """Power in one record, balance in the next of the same second."""
    parts = [record(t, 180 + t % 40, None), record(t, None, 0x80 | (51 + t % 3))]
    return parts[::-1] if swap else parts


@pytest.mark.parametrize("swap", [False, True])
def test_what_two_records_of_one_second_tell_is_of_one_moment(path: Path, swap: bool) -> None:
    _, whole, _ = parsed(path, *records(range(120)))
    found, told, said = parsed(path, *(part for t in range(120) for part in halves(t, swap=swap)))
    assert told == whole
    assert not said
    assert fold(Setup(ftp_w=250), found.inputs)[1].ride.left_percent == pytest.approx(48, abs=0.1)


def test_two_powers_of_one_second_are_two_moments(path: Path) -> None:
    """Of a head unit that writes twice a second none is left out, and each has its weight."""
    parts = [record(t, power, 0x80 | right) for t in range(120) for power, right in ((300, 60), (100, 40))]
    found, told, said = parsed(path, *parts)
    assert [t for t, _ in told[:6]] == [0, 0, 0.5, 1, 1.5, 2]
    assert [x["power"] for _, x in told] == [300, 100] * 120
    assert not said
    view = fold(Setup(ftp_w=250), found.inputs)[1]
    assert view.ride.left_percent == pytest.approx((300 * 40 + 100 * 60) / 400, abs=0.1)
    assert view.ride.power_w == pytest.approx(200, abs=2)


def test_four_records_a_second_that_tell_in_turn_are_two_moments(path: Path) -> None:
    parts = [
        x
        for t in range(60)
        for power in (200, 220)
        for x in (record(t, power, None), record(t, None, 0x80 | 52))
    ]
    _, told, _ = parsed(path, *parts)
    assert [t for t, _ in told[:5]] == [0, 0, 0.5, 1, 1.5]
    assert all("left_right_balance" in values and "power" in values for _, values in told)


def test_a_record_that_is_written_twice_is_one(path: Path) -> None:
    _, told, said = parsed(path, *(x for x in records(range(60)) for _ in range(2)))
    assert [t for t, _ in told] == list(range(60))
    assert not said


def test_balance_that_never_comes_with_power_is_said(path: Path) -> None:
    parts = [record(t, None if t % 2 else 200, 0x80 | 52 if t % 2 else None) for t in range(120)]
    _, told, said = parsed(path, *parts)
    assert len(told) == 120
    assert said == ["holds balance only where it holds no power, so there is no share"]
