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
from legbal.meters.limits import Remark
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
    assert "Too little to say" in remark(seen.conclusions()[0])


def test_a_meter_without_the_octet_has_no_balance() -> None:
    seen = watch(turn(number, power, None) for number, power in enumerate(unsteady(300)))
    assert (seen.balance, seen.fields, seen.reference_left) == ("absent", ("crank",), None)
    assert remark(seen.conclusions()[0]).startswith("No balance came")


def test_an_unknown_reference_is_seen() -> None:
    octets = [90 + number % 20 for number in range(40)]
    seen = watch(turn(number, 200, octet, left=False) for number, octet in enumerate(octets))
    assert (seen.balance, seen.reference_left, seen.resolution_percent) == ("moves", False, 0.5)
    assert "It does not say which leg the balance is of." in map(remark, seen.conclusions())


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


def moving(octets: Iterable[int], *, left: bool = True) -> Report:
    return watch(turn(n, 200 + 25 * (n % 2), octet, left=left) for n, octet in enumerate(octets))


@pytest.mark.parametrize(
    ("different", "step"), [(7, None), (8, 1.0)]
)  # 1 in 128 may be chance, 1 in 256 is taken for none
def test_a_step_is_told_from_eight_different_octets_on(different: int, step: float | None) -> None:
    octets = [80 + 2 * (n % different) for n in range(60)]
    assert moving(octets).resolution_percent == step


def test_a_step_is_ten_percent_at_the_most() -> None:
    assert moving([25 * (n % 9) for n in range(60)]).resolution_percent == 10.0


@pytest.mark.parametrize("drill", [0, 200, 10, 190])
def test_a_drill_is_no_spread(drill: int) -> None:
    assert moving([100, *[90, 110] * 50, *[drill] * 60]).spread_points == pytest.approx(5.0, abs=0.05)
    assert moving([0, *[0, 200] * 50]).spread_points == pytest.approx(50.0, abs=0.1)


def test_the_spread_is_the_standard_deviation_in_points() -> None:
    assert moving([100, *[90, 110] * 50]).spread_points == pytest.approx(5.0, abs=0.05)
    assert moving([100, *[98, 102] * 50]).spread_points == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("strays", "turns", "balance"),
    [(2, 150, "unknown"), (3, 150, "moves"), (3, 300, "moves"), (3, 301, "constant"), (4, 301, "moves")],
)
def test_a_balance_moves_by_three_other_octets_that_are_more_than_a_hundredth(
    strays: int, turns: int, balance: str
) -> None:
    assert moving([100] * (turns - strays) + [90] * strays).balance == balance


@pytest.mark.parametrize(
    ("turns", "absent", "constant"), [(199, "unknown", "unknown"), (200, "absent", "constant")]
)
def test_two_hundred_revolutions_show_that_there_is_no_balance(
    turns: int, absent: str, constant: str
) -> None:
    assert watch(turn(n, 200, None) for n in range(turns + 1)).balance == absent
    assert moving([100] * (turns + 1)).balance == constant


@pytest.mark.parametrize(("span_w", "balance"), [(24, "unknown"), (25, "constant")])
def test_a_constant_balance_is_told_where_power_moved_by_25_watts(span_w: int, balance: str) -> None:
    assert watch(turn(n, 200 + span_w * (n % 2), 100) for n in range(300)).balance == balance


def test_each_field_is_known_by_its_own_flag() -> None:
    assert moving([90, 91] * 5, left=False).fields == ("balance", "crank")
    torque = Measurement(1 << 2, 200, accumulated_torque_raw=7)
    assert watch([torque] * 5).fields == ("accumulated_torque",)
    assert watch([torque] * 4).fields is None


def test_one_repeat_may_be_chance() -> None:
    riding = [turn(n, 200, 96) for n in range(20)]
    assert watch(riding).repeats is False
    assert watch([*riding, riding[-1]]).repeats is False
    assert watch([*riding, riding[-1], riding[-1]]).repeats is True
    assert watch([*riding[:8], riding[7], riding[7]]).repeats is None, "seven revolutions are too few"
    assert watch([*riding[:9], riding[8], riding[8]]).repeats is True


def test_only_power_above_zero_turns() -> None:
    assert watch(turn(n, n % 2, 96) for n in range(21)).revolutions == 10


@pytest.mark.parametrize(("rests", "runs_on"), [(2, None), (3, True)])
def test_counts_that_run_on_are_told_from_three_on(rests: int, runs_on: bool | None) -> None:
    riding = [turn(n, 200, 96, event=1000) for n in range(3)]
    standing = [turn(3 + n, 0, 96, event=1000) for n in range(rests)]
    assert watch([*riding, *standing]).counts_while_stopped is runs_on


def test_a_crank_that_stands_or_counts_backwards_does_not_run_on() -> None:
    riding = [turn(n, 200, 96) for n in range(6)]
    assert watch([*riding, *[turn(5, 0, 96)] * 5]).counts_while_stopped is False
    backwards = [turn(n, 0, 96, event=5 * 700) for n in (4, 3, 2, 1, 0)]
    assert watch([*riding, *backwards]).counts_while_stopped is False


@pytest.mark.parametrize(
    ("counts", "skipped"),
    [
        ((65533, 65534, 1, 2), 2),
        ((65533, 65534, 0, 2), 2),
        ((10, 11, 9, 10), 0),
        ((0, 32767), 32766),
        ((0, 32768), 0),  # as far forwards as backwards
        ((0, 40000), 0),
    ],
)
def test_revolutions_are_skipped_across_the_wrap_and_never_backwards(
    counts: tuple[int, ...], skipped: int
) -> None:
    assert watch(turn(n, 200, 96) for n in counts).skipped == skipped


def test_a_meter_without_crank_counts_turns_with_each_measurement() -> None:
    bare = Measurement(_BALANCE, 200, 96)
    seen = watch([bare] * 12)
    assert (seen.notifications, seen.revolutions, seen.skipped, seen.repeats) == (12, 11, 0, None)
    assert watch([turn(10, 200, 96), bare, turn(15, 200, 96)]).skipped == 0


def test_what_comes_at_once_or_out_of_order_says_nothing_of_the_rate() -> None:
    observer = MeterProbe()
    for n in range(21):
        observer.feed(float(n), turn(n, 200, 96))
        observer.feed(float(n), turn(n, 200, 96))
        observer.feed(n - 0.5, turn(n, 200, 96))
    assert observer.report().rate_hz == pytest.approx(1 / 1.5)


def test_what_was_seen_is_concluded_in_the_order_of_its_weight() -> None:
    seen = Report(
        notifications=600,
        revolutions=500,
        balance="moves",
        spread_points=4.2,
        reference_left=False,
        resolution_percent=1.0,
        placeholder="fifty",
        repeats=True,
        skipped=1,
        counts_while_stopped=True,
    )
    assert seen.conclusions() == (
        Remark("probe.moves", {"spread_points": 4.2}),
        Remark("probe.reference"),
        Remark("probe.steps", {"step_percent": 1.0}),
        Remark("probe.at_rest_fifty"),
        Remark("probe.repeats"),
        Remark("probe.skipped", {"revolutions": 1}),
        Remark("probe.counts_while_stopped"),
    )


def test_what_is_as_it_should_be_is_not_concluded() -> None:
    usual = Report(
        notifications=600,
        revolutions=500,
        balance="moves",
        spread_points=4.2,
        reference_left=True,
        resolution_percent=0.5,
        repeats=False,
        counts_while_stopped=False,
    )
    assert usual.conclusions() == (Remark("probe.moves", {"spread_points": 4.2}),)
    still = Report(
        notifications=600, revolutions=500, balance="constant", octet_percent=50.0, placeholder="fifty"
    )
    assert still.conclusions() == (Remark("balance.constant", {"percent": 50.0}),)
    for report in (usual, still):
        with pytest.raises(AttributeError):
            setattr(report, "skipped", 1)  # noqa: B010 - what a type checker would refuse


@pytest.mark.parametrize(("silence_s", "hz"), [(5.0, 20 / 24), (5.1, None)])
def test_a_silence_of_five_seconds_is_no_lost_link(silence_s: float, hz: float | None) -> None:
    observer = MeterProbe()
    for n in range(21):
        observer.feed(float(n) + (silence_s - 1.0 if n > 10 else 0.0), turn(n, 200, 96))
    assert observer.report().rate_hz == (None if hz is None else pytest.approx(hz))


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
