"""What earlier rides teach: a curve over power and cadence, the rider's noise, and how unsure all that is."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from legbal.ride.baseline import Baseline, RideSample, unknown_rider
from legbal.ride.baseline_fit import columns, learn
from legbal.ride.inputs import Setup
from legbal.ride.revolution import Bin
from legbal.ride.taught_seconds import TaughtSeconds
from legbal.ride.usual import UsualBalance
from tests.ride.pedalling import FTP, USUAL, noise, sample, sample_of


def test_too_little_pedalling_teaches_nothing() -> None:
    assert learn([], FTP) is None
    assert learn([RideSample()], FTP) is None
    assert learn([sample(1, seconds=60)], FTP) is None


def test_the_usual_share_is_learnt() -> None:
    baseline = learn([sample(1), sample(2)], FTP)
    assert baseline is not None
    assert baseline.rides == 2
    assert baseline.usual(240) == pytest.approx(USUAL, abs=0.4)
    assert 0.1 < math.hypot(baseline.error[8], baseline.offset_sd) < 2  # at 250 W


def test_power_and_cadence_each_have_their_part() -> None:
    ridden = []
    random = np.random.default_rng(5)
    power = cadence = 0.0
    for i, apart in enumerate(noise(6000, 5)):
        if i % 300 == 0:  # steady, so that what came before is the same
            power, cadence = random.choice([150.0, 250.0]), random.choice([60.0, 90.0])
        left = 48 + (power - 150) / 50 + (cadence - 60) / 10 + apart
        ridden.append(Bin(float(i), power, left, 1, cadence))
    baseline = learn([sample_of(ridden)], FTP)
    assert baseline is not None
    assert baseline.usual(250, 90) - baseline.usual(150, 90) == pytest.approx(2, abs=0.5)
    assert baseline.usual(250, 90) - baseline.usual(250, 60) == pytest.approx(3, abs=1.1)


def test_more_rides_make_the_curve_surer() -> None:
    one, four = learn([sample(1)], FTP), learn([sample(i) for i in range(4)], FTP)
    assert one is not None
    assert four is not None
    assert all(a < b for a, b in zip(four.error, one.error, strict=True))


def test_without_ftp_the_reference_is_hard_pedalling() -> None:
    baseline = learn([sample(1)])
    assert baseline is not None
    assert baseline.reference_w == pytest.approx(240, abs=10)


def test_samples_and_baselines_survive_being_kept() -> None:
    kept = sample(1)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=RideSample) == kept
    baseline = learn([kept], FTP)
    assert msgspec.json.decode(msgspec.json.encode(baseline), type=Baseline) == baseline


def test_seconds_that_teach_are_kept_as_they_were_and_can_be_left_out() -> None:
    told = [Bin(1.25 * i, 200.0 + i, 48.125, 1, 90.5 if i % 2 else None) for i in range(9)]
    taught = TaughtSeconds()
    for second in told:
        taught.append(second)
    assert columns(taught.sample()).T.tolist() == [
        [int(1.25 * i), 200 + i, 48.12, 90 if i % 2 else 0] for i in range(9)
    ]
    taught.keep(since=1.25, until=7.5)
    assert columns(taught.sample())[0].tolist() == [1, 2, 3, 5, 6]
    taught.keep()
    assert len(taught) == 5


def test_a_sample_can_leave_out_what_was_a_drop_off() -> None:
    usual = UsualBalance(Setup(ftp_w=FTP))
    for i in range(10):
        usual.feed(Bin(float(i), 200.0, 48.0, 1, 90.0), in_interval=False, working=False)
    usual.drop_points = 2.0
    usual.take_back(since=6.0)
    assert columns(usual.taught.sample())[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_seconds_without_work_of_both_legs_teach_nothing() -> None:
    told = (None, 200.0), (0.0, 200.0), (100.0, 200.0), (48.0, 0.0)
    assert sample_of(Bin(1.0, power, left, 1, None) for left, power in told) == RideSample()


def test_an_unknown_rider_has_wide_limits() -> None:
    unknown = unknown_rider(None)
    assert unknown.rides == 0
    assert unknown.offset_sd > 3


def test_beyond_the_powers_that_were_ridden_the_usual_share_stays() -> None:
    baseline = learn([sample(1), sample(2)], FTP)
    assert baseline is not None
    assert baseline.usual(5000) == pytest.approx(baseline.left_percent[-1], abs=0.01)
    assert baseline.usual(0) == baseline.left_percent[0]
    assert baseline.usual(240, 400) == baseline.usual(240, 120)
