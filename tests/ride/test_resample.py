"""A ride second by second: what was told in each, from the same fold."""

from __future__ import annotations

import numpy as np
import pytest

from legbal.gatt.fields import REFERENCE_LEFT
from legbal.gatt.measurement import Measurement, encode
from legbal.ride import resample as module
from legbal.ride.baseline_fit import learn
from legbal.ride.inputs import Input, Mark, Notification, PlannedStep, Setup, Tick
from legbal.ride.resample import ResampledRide, resample
from legbal.ride.ride import Ride, fold
from legbal.sources.simulator import demo
from tests.meters.profiles import shipped
from tests.ride.pedalling import FTP, sample
from tests.sources.simulated import notifications

DUO = shipped()["favero-assioma-duo"]


@pytest.fixture(scope="module")
def ride() -> ResampledRide:
    setup = Setup(ftp_w=250, profile=DUO, plan=(PlannedStep(100.0, 200.4), PlannedStep(250.0, 300.0)))
    return resample(setup, notifications(demo(DUO, 1, seconds=300)))


def test_every_second_is_there_once(ride: ResampledRide) -> None:
    assert [x.t for x in ride.seconds] == list(range(len(ride.seconds)))
    assert 299 <= len(ride.seconds) <= 302


def test_the_last_view_is_the_fold_s(ride: ResampledRide) -> None:
    setup = Setup(ftp_w=250, profile=DUO, plan=(PlannedStep(100.0, 200.4), PlannedStep(250.0, 300.0)))
    _, view = fold(setup, notifications(demo(DUO, 1, seconds=300)))
    assert ride.view.ride == view.ride
    assert ride.view.intervals == view.intervals


def test_seconds_weighted_by_their_power_give_the_ride_s_share(ride: ResampledRide) -> None:
    told = [(x.power_w, x.left_percent) for x in ride.seconds if x.power_w and x.left_percent is not None]
    mean = sum(w * left for w, left in told) / sum(w for w, _ in told)
    assert mean == pytest.approx(ride.view.ride.left_percent, abs=0.3)


def test_without_shares_all_else_is_the_same() -> None:
    setup, inputs = Setup(ftp_w=250, profile=DUO), list(notifications(demo(DUO, 1, seconds=120)))
    whole, bare = (module.sample(setup, inputs, balance=balance) for balance in (True, False))
    assert np.isfinite(whole.left_percent).any()
    assert not np.isfinite([bare.left_percent, bare.usual_percent]).any()
    np.testing.assert_array_equal(bare.power_w, whole.power_w)
    np.testing.assert_array_equal(bare.rows, whole.rows)
    assert (bare.events, bare.view.ride) == (whole.events, whole.view.ride)


def test_stretches_leave_no_hole(ride: ResampledRide) -> None:
    assert [(x.start, x.end, x.number) for x in ride.segments] == [
        (0, 100, None),
        (100, 200, 1),
        (200, 250, None),
        (250, 300, 2),
    ]
    assert ride.segments[1].share == ride.view.intervals[0].share
    assert all(x.share.left_percent is not None for x in ride.segments)


def turns(
    first: float,
    last: float,
    power_w: int = 200,
    reference: int = REFERENCE_LEFT,
    octet: int = 96,
    at: float = 0.5,
) -> list[Notification]:
    """A revolution a second, 96 of the octet's 200 half percents; each half a second after the full one."""
    found = []
    for n in range(int(last - first)):
        t = first + n + at
        m = Measurement(
            flags=0x21 | reference,
            power_w=power_w,
            balance_raw=octet,
            crank_revolutions=int(t) & 0xFFFF,
            crank_event_time_raw=int(t * 1024) & 0xFFFF,
        )
        found.append(Notification(t, encode(m)))
    return found


def test_between_two_revolutions_the_last_values_stand_and_then_nothing_is_known() -> None:
    quiet = [Tick(float(t)) for t in range(10, 20)]
    inputs: list[Input] = [*turns(0, 10), *quiet]
    ride = resample(Setup(profile=DUO), inputs)
    assert [x.power_w for x in ride.seconds[8:18]] == [200, 200, 200, 200, 200, 200, None, None, None, None]
    assert [x.left_percent for x in ride.seconds[9:16]] == [48, 48, 48, 48, 48, None, None]


def test_a_second_at_rest_has_power_and_no_balance() -> None:
    ride = resample(Setup(profile=DUO), [*turns(0, 5), *turns(5, 10, power_w=0)])
    assert [x.left_percent for x in ride.seconds[6:]] == [None] * len(ride.seconds[6:])
    assert [x.power_w for x in ride.seconds[6:]] == [0] * len(ride.seconds[6:])


def test_what_the_rider_puts_aside_has_no_share_in_any_second() -> None:
    marked: list[Input] = [
        *turns(0, 5, reference=0),
        Mark(5.1, "reference_right"),
        *turns(6, 10, reference=0),
    ]
    ride = resample(Setup(), marked)
    assert [x.left_percent for x in ride.seconds[:6]] == [None] * 6
    assert ride.seconds[8].left_percent == 52


def test_a_ride_of_nothing_has_one_second() -> None:
    ride = resample(Setup(), [])
    assert [(x.t, x.power_w) for x in ride.seconds] == [(0, None)]
    assert [(x.start, x.end) for x in ride.segments] == [(0, 1)]


def test_progress_counts_every_second() -> None:
    counted: list[int] = []
    ride = resample(Setup(profile=DUO), turns(0, 10), counted.append)
    assert sum(counted) == len(ride.seconds)


def test_an_interval_of_no_whole_second_is_no_stretch() -> None:
    ride = resample(Setup(profile=DUO, plan=(PlannedStep(3.1, 3.4), PlannedStep(5.0, 8.0))), turns(0, 10))
    assert [(x.start, x.end, x.number) for x in ride.segments] == [(0, 5, None), (5, 8, 2), (8, 10, None)]


def test_a_share_that_turns_out_to_be_none_stands_in_no_second() -> None:
    inputs = [x for n in range(60) for x in turns(10 * n, 10 * n + 10, power_w=150 + 10 * (n % 9))]
    ride = resample(Setup(profile=DUO), inputs)
    assert ride.view.balance == "constant"
    assert {x.left_percent for x in ride.seconds} == {None}
    assert {x.share.left_percent for x in ride.segments} == {None}


def test_what_is_put_aside_before_there_was_any_share_costs_nothing() -> None:
    first, *others = turns(0, 10, reference=0)
    ride = resample(Setup(), [first, Mark(0.6, "reference_right"), *others])
    assert [x.left_percent for x in ride.seconds[:4]] == [None, None, 52, 52]


def test_what_is_told_at_a_full_second_belongs_to_the_second_that_ends_there() -> None:
    inputs = [*turns(0, 5, at=0.0), *turns(5, 9, power_w=300, octet=80, at=0.0)]
    ride = resample(Setup(profile=DUO), inputs)
    assert [(x.t, x.power_w, x.left_percent) for x in ride.seconds[3:7]] == [
        (3, 200, 48),
        (4, 200, 48),
        (5, 300, 40),
        (6, 300, 40),
    ]


def test_each_stretch_has_the_share_of_what_was_told_in_it() -> None:
    """From after its first second on until its last."""
    inputs = [*turns(0, 4, at=0.0), *turns(4, 8, octet=80, at=0.0), *turns(8, 13, octet=110, at=0.0)]
    ride = resample(Setup(profile=DUO, plan=(PlannedStep(3.0, 7.0),)), inputs)
    assert [(x.start, x.end, x.number, x.share.left_percent) for x in ride.segments] == [
        (0, 3, None, 48.0),
        (3, 7, 1, 40.0),
        (7, 12, None, 55.0),
    ]
    assert ride.rows[:, 0].tolist() == [float(t) for t in range(1, 13)]


def test_what_is_usual_in_a_second_is_so_at_the_power_of_the_ten_seconds_before() -> None:
    known = Setup(profile=DUO, ftp_w=FTP, baseline=learn([sample(1), sample(2)], FTP))
    inputs = [*turns(0, 20, power_w=100), *turns(20, 40, power_w=300)]
    ride = resample(known, inputs)
    assert [x.usual_percent for x in ride.seconds[:2]] == [None, None]
    for t, power_w in ((12, 100.0), (21, 120.0), (25, 200.0), (30, 300.0), (40, 300.0)):
        live = Ride(known)
        for item in inputs:
            if item.t <= t:
                live.feed(item)
        assert live.usual_percent(power_w) != live.usual_percent(power_w + 10.0)
        assert ride.seconds[t].usual_percent == live.usual_percent(power_w)


@pytest.mark.parametrize(("power_w", "left"), [(-5, None), (0, None), (1, 48)])
def test_a_second_has_a_balance_where_there_is_power(power_w: int, left: int | None) -> None:
    ride = resample(Setup(profile=DUO), [*turns(0, 5), *turns(5, 8, power_w=power_w)])
    assert [(x.power_w, x.left_percent) for x in ride.seconds[5:8]] == [(200, 48), *[(power_w, left)] * 2]


def test_a_second_has_the_cadence_only_while_its_power_is_known() -> None:
    quiet: list[Input] = [Tick(float(t)) for t in range(10, 20)]
    ride = resample(Setup(profile=DUO), [*turns(0, 10), *quiet])
    assert [x.cadence_rpm for x in ride.seconds[8:18]] == [60.0] * 5 + [0.0] + [None] * 4


def test_a_plan_that_lies_after_the_ride_is_no_stretch_of_it() -> None:
    ride = resample(Setup(profile=DUO, plan=(PlannedStep(8.0, 50.0),)), turns(0, 10))
    assert [(x.start, x.end, x.number) for x in ride.segments] == [(0, 8, None), (8, 10, 1)]
    ride = resample(Setup(profile=DUO, plan=(PlannedStep(20.0, 50.0),)), turns(0, 10))
    assert [(x.start, x.end, x.number) for x in ride.segments] == [(0, 10, None)]
