"""What can be seen of a meter: only what its measurements really show."""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.fields import REFERENCE_LEFT
from legbal.gatt.measurement import Measurement, decode
from legbal.meters.probe import MeterProbe, Report
from legbal.present.remarks import remark
from tests.shared import shared

_BALANCE, _CRANK = 1 << 0, 1 << 5


def watch(measurements: Iterable[Measurement]) -> Report:
    observer = MeterProbe()
    for number, measurement in enumerate(measurements):
        observer.feed(float(number), measurement)
    return observer.report()


def turn(
    number: int, power: int, octet: int | None, *, left: bool = True, event: int | None = None
) -> Measurement:
    flags = _CRANK | (_BALANCE | REFERENCE_LEFT * left if octet is not None else 0)
    return Measurement(
        flags,
        power,
        octet,
        crank_revolutions=number & 0xFFFF,
        crank_event_time_raw=(number * 700 if event is None else event) & 0xFFFF,
    )


def unsteady(count: int) -> list[int]:
    return [int(watts) for watts in np.random.default_rng(1).normal(200.0, 15.0, count)]


def captured(name: str, meter: str | None = None) -> Report:
    observer = MeterProbe()
    for line in shared(f"data/captures/{name}.jsonl").read_text("utf-8").splitlines():
        item = json.loads(line)
        if meter is None or item["meter"] == meter:
            observer.feed(item["t"], decode(bytes.fromhex(item["hex"])))
    return observer.report()


@pytest.mark.parametrize("octet", [0, 100, 200])
def test_a_balance_that_never_moves_while_power_does_is_not_measured(octet: int) -> None:
    seen = watch(turn(number, power, octet) for number, power in enumerate(unsteady(260)))
    assert seen.balance == "constant"
    assert remark(seen.conclusions()[0]) == (
        f"The balance never moved from {octet / 2:g} % while power did: this meter does not measure it."
    )


def test_a_stray_octet_does_not_make_a_constant_balance_move() -> None:
    octets = [100] * 400
    octets[50], octets[300] = 0, 90
    seen = watch(
        turn(n, power, octet) for n, (power, octet) in enumerate(zip(unsteady(400), octets, strict=True))
    )
    assert (seen.balance, seen.octet_percent) == ("constant", 50.0)


def test_a_constant_balance_at_constant_power_or_too_briefly_proves_nothing() -> None:
    assert watch(turn(number, 200, 100) for number in range(400)).balance == "unknown"
    seen = watch(turn(number, power, 100) for number, power in enumerate(unsteady(100)))
    assert seen.balance == "unknown"
    assert "Too little was seen" in remark(seen.conclusions()[0])


def test_a_meter_without_the_octet_has_no_balance() -> None:
    seen = watch(turn(number, power, None) for number, power in enumerate(unsteady(300)))
    assert (seen.balance, seen.fields, seen.reference_left) == ("absent", ("crank",), None)
    assert remark(seen.conclusions()[0]).startswith("No balance came")


def test_an_unknown_reference_is_seen() -> None:
    octets = [90 + number % 20 for number in range(40)]
    seen = watch(turn(number, 200, octet, left=False) for number, octet in enumerate(octets))
    assert (seen.balance, seen.reference_left, seen.resolution_percent) == ("moves", False, 0.5)
    assert "It does not say which side the balance names." in map(remark, seen.conclusions())


def test_few_even_octets_do_not_yet_make_whole_percents() -> None:
    assert watch(turn(number, 200, 90 + number % 3 * 2) for number in range(40)).resolution_percent is None
    assert watch(turn(number, 200, 80 + number % 9 * 2) for number in range(40)).resolution_percent == 1.0


def test_an_octet_above_200_is_no_balance() -> None:
    seen = watch(turn(number, power, 255) for number, power in enumerate(unsteady(300)))
    assert seen.balance == "absent"


def test_a_placeholder_that_could_be_two_things_is_left_open() -> None:
    riding = [turn(number, 200, 100) for number in range(20)]
    rest = turn(19, 0, 100)
    assert watch([*riding, rest, rest]).placeholder is None  # 50 %, or the last one: both fit
    assert watch([*riding, turn(20, 200, 96), turn(20, 0, 100)]).placeholder == "fifty"
    assert watch([*riding, turn(20, 200, 96), turn(20, 0, 96)]).placeholder == "last"
    assert watch([*riding, turn(19, 0, None)]).placeholder == "absent"


def test_skipped_repeated_and_running_counts_are_seen_across_the_wrap() -> None:
    numbers = [*range(65500, 65560), 65562, 65562, 65562, 65565]
    riding = [turn(number, 200, 96) for number in numbers]
    standing = [turn(65566 + number, 0, 100, event=1000) for number in range(6)]
    seen = watch([*riding, *standing])
    assert seen.skipped == 2 + 2
    assert seen.repeats
    assert seen.counts_while_stopped


def test_the_rate_leaves_lost_links_out() -> None:
    observer = MeterProbe()
    t = 0.0
    for number in range(60):
        t += 100.0 if number == 30 else 0.25
        observer.feed(t, turn(number, 200, 96))
    assert observer.report().rate_hz == pytest.approx(4.0)


def test_what_the_captured_assioma_does_is_seen() -> None:
    seen = captured("assioma_duo")
    assert (seen.balance, seen.resolution_percent, seen.reference_left) == ("moves", 1.0, True)
    assert seen.fields == ("balance", "crank")
    assert seen.repeats
    assert seen.skipped > 0
    assert seen.rate_hz == pytest.approx(1.0, abs=0.05)


def test_what_the_captured_stages_does_is_seen() -> None:
    seen = captured("stages_lr_left_crank")
    assert (seen.balance, seen.fields) == ("moves", ("balance", "accumulated_torque", "crank"))
    assert (seen.resolution_percent, seen.reference_left) == (1.0, True)


def test_one_pedal_of_the_captured_powertap_is_too_short_a_look() -> None:
    seen = captured("powertap_p1_two_devices", "left")
    assert (seen.balance, seen.fields) == ("unknown", ("crank",))


@given(st.lists(st.tuples(st.floats(allow_nan=True), st.binary(max_size=24)), max_size=60))
def test_any_measurements_can_be_watched(received: list[tuple[float, bytes]]) -> None:
    observer = MeterProbe()
    for t, octets in received:
        try:
            observer.feed(t, decode(octets))
        except DecodeError:
            continue
    assert observer.report().conclusions()
