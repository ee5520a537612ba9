"""What becomes of a balance octet: sides, nonsense octets, meters that measure none, and constant ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.gatt.measurement import decode
from legbal.meters.balance_octet import ConstantBalance, balance_octets
from legbal.meters.limits import limits
from legbal.meters.profile import UNLISTED, Kind, Profile
from legbal.present.remarks import remark
from tests.meters.profiles import shipped

SWAPPED = Profile(id="s", name="s", kind="measured", swapped=True)
RIGHT = Profile(id="r", name="r", kind="measured", reference="right")


def test_the_captured_assioma_octet_is_its_left_share() -> None:
    measurement = decode(bytes.fromhex("2300b0006e630455e9"))
    assert measurement.balance_raw is not None
    correction = balance_octets(shipped()["favero-assioma-duo"])
    assert correction[True].left_percent[measurement.balance_raw] == 55.0
    assert correction[True].reference == "left"


@given(st.integers(0, 200), st.booleans())
def test_sides_are_exchanged_by_the_profile_or_the_rider_but_not_by_both(octet: int, flag: bool) -> None:
    left = octet / 2
    assert balance_octets(UNLISTED)[flag].left_percent[octet] == left
    assert balance_octets(UNLISTED, swap_sides=True)[flag].left_percent[octet] == 100 - left
    assert balance_octets(SWAPPED)[flag].left_percent[octet] == 100 - left
    assert balance_octets(SWAPPED, swap_sides=True)[flag].left_percent[octet] == left


def test_a_reference_that_the_profile_knows_counts_only_where_the_measurement_says_none() -> None:
    correction = balance_octets(RIGHT)
    assert correction[True].left_percent[90] == 45.0
    assert correction[False].left_percent[90] == 55.0
    assert correction[False].reference == "right"


def test_an_unknown_reference_stays_visible_until_the_rider_says_left() -> None:
    assert balance_octets(UNLISTED)[False].reference == "unknown"
    assert balance_octets(UNLISTED, assume_left=True)[False].reference == "assumed_left"
    assert balance_octets(UNLISTED)[True].reference == "left"


@pytest.mark.parametrize("swap_sides", [False, True])
def test_an_octet_above_200_is_no_balance(swap_sides: bool) -> None:
    shares = balance_octets(UNLISTED, swap_sides)[True].left_percent
    assert len(shares) == 256
    assert None not in shares[:201]
    assert set(shares[201:]) == {None}


def test_one_leg_drills_keep_their_0_and_100() -> None:
    assert balance_octets(UNLISTED)[True].left_percent[0] == 0.0
    assert balance_octets(UNLISTED)[True].left_percent[200] == 100.0


@pytest.mark.parametrize("kind", ["bridge", "doubled"])
def test_a_meter_that_measures_no_balance_has_none(kind: Kind) -> None:
    profile = Profile(id="n", name="n", kind=kind)
    assert not profile.has_balance
    assert remark(limits(profile)[0]).startswith("No balance")


@pytest.mark.parametrize(
    ("known", "side"),
    [
        ("4iiii-single", "left"),
        ("favero-assioma-uno", "left"),
        ("garmin-rally-100", "left"),
        ("garmin-rally-110", "left"),
        ("stages-l", "left"),
        ("stages-r", "right"),
    ],
)
def test_a_one_sided_meter_is_told_as_one_side_doubled(known: str, side: str) -> None:
    first, second = limits(shipped()[known])
    assert remark(first) == f"No balance: the {side} side is measured and doubled to stand for both legs."
    assert "power is wrong" in remark(second)


def test_an_ngeco_without_balance_says_what_the_unlock_would_and_would_not_give() -> None:
    first, unlock = limits(shipped()["power2max-ngeco"], absent=True)
    assert remark(first) == "This meter sends no balance."
    assert "paid unlock" in remark(unlock)
    assert "estimate" in remark(unlock)
    assert "not a measurement of each leg" in remark(unlock)


def test_half_of_a_pair_without_the_other_has_no_balance() -> None:
    assert "other one is missing" in remark(limits(shipped()["powertap-p1"], absent=True)[0])


def ridden(count: int, seed: int = 1) -> list[float]:
    """Watts of some revolutions at an unsteady 200 W."""
    return list(np.random.default_rng(seed).normal(200.0, 12.0, count))


@pytest.mark.parametrize("octet", [0.0, 50.0, 100.0, 48.0])
def test_a_balance_that_never_moves_while_power_does_is_constant(octet: float) -> None:
    watch = ConstantBalance()
    told = [watch.feed(octet, power) for power in ridden(400)]
    assert not any(told[: ConstantBalance.REVOLUTIONS])
    assert all(told[ConstantBalance.REVOLUTIONS :])


@pytest.mark.parametrize(("span_w", "constant"), [(24.9, False), (25.0, True)])
def test_a_share_is_constant_from_200_repetitions_over_25_watts_on(span_w: float, constant: bool) -> None:
    watch = ConstantBalance()
    told = [watch.feed(48.0, 200.0 + span_w * (turn % 2)) for turn in range(201)]
    assert told == [False] * 200 + [constant]
    assert watch.percent == (48.0 if constant else 50.0)


@pytest.mark.parametrize(("expected", "stray"), [(True, 3), (False, 10)])
def test_a_constant_balance_is_believed_from_so_many_changes_on(expected: bool, stray: int) -> None:
    watch = ConstantBalance(expected=expected)
    for turn in range(201):
        watch.feed(50.0, 200.0 + 30.0 * (turn % 2))
    assert watch.constant
    told = [watch.feed(share, 200.0) for share in (47.0, 52.0) * 10]
    assert told.index(False) == stray, "each change decays by a hundredth, so one more is needed"


def test_changes_that_lie_far_apart_do_not_add_up() -> None:
    """Each counts a hundredth less with each revolution: 60 apart, no number of them reaches three."""
    watch = ConstantBalance()
    shares = [50.0] * 250 + ([47.0] * 60 + [50.0] * 60) * 20
    told = [watch.feed(share, 200.0 + 30.0 * (turn % 2)) for turn, share in enumerate(shares)]
    assert all(told[201:])


def test_a_constant_balance_at_constant_power_proves_nothing() -> None:
    watch = ConstantBalance()
    assert not any(watch.feed(50.0, 200.0) for _ in range(2000))


def test_a_one_leg_drill_of_two_minutes_is_not_called_constant() -> None:
    watch = ConstantBalance()
    shares = [52.0, 48.0, 50.0] * 20 + [100.0] * 170 + [51.0, 49.0] * 50
    assert not any(watch.feed(share, power) for share, power in zip(shares, ridden(len(shares)), strict=True))


@pytest.mark.parametrize("alone", [0.0, 100.0, 97.5])
def test_however_long_one_leg_pedals_alone_a_balance_that_has_moved_is_not_constant(alone: float) -> None:
    watch = ConstantBalance()
    shares = [52.0, 48.0, 50.0] * 20 + [alone] * 2000 + [51.0, 49.0] * 50
    assert not any(watch.feed(share, power) for share, power in zip(shares, ridden(len(shares)), strict=True))


@pytest.mark.parametrize("filled_in", [0.0, 100.0])
def test_what_is_filled_in_from_the_start_is_constant(filled_in: float) -> None:
    """As a bridge does; two stray values do not make it a balance."""
    watch = ConstantBalance()
    shares = [filled_in] * 50 + [48.0] + [filled_in] * 50 + [47.0] + [filled_in] * 300
    told = [watch.feed(share, power) for share, power in zip(shares, ridden(len(shares)), strict=True)]
    assert told[-1]


def test_a_stray_value_does_not_make_a_constant_balance_move() -> None:
    watch = ConstantBalance()
    shares = [50.0] * 300 + [0.0] + [50.0] * 300
    told = [watch.feed(share, power) for share, power in zip(shares, ridden(601), strict=True)]
    assert all(told[ConstantBalance.REVOLUTIONS + 1 :])


def test_a_balance_that_begins_to_move_is_believed_again() -> None:
    watch = ConstantBalance()
    shares = [50.0] * 300 + list(np.rint(np.random.default_rng(2).normal(49.0, 4.0, 300)))
    told = [watch.feed(share, power) for share, power in zip(shares, ridden(600), strict=True)]
    assert told[299]
    assert not any(told[310:])


def test_a_smoothed_balance_in_whole_percents_is_never_constant() -> None:
    """Ten-second means in whole percents may stay for a minute; that is no constant balance."""
    noise = np.random.default_rng(3).normal(0.0, 4.0, 6000)
    smooth = np.rint(49.0 + np.convolve(noise, np.full(15, 1 / 15), mode="same"))
    watch = ConstantBalance()
    assert not any(watch.feed(share, power) for share, power in zip(smooth, ridden(6000), strict=True))


@pytest.mark.parametrize("smoothed_over", [1, 15])
def test_a_family_without_a_balance_is_believed_one_that_moves(smoothed_over: int) -> None:
    noise = np.random.default_rng(4).normal(0.0, 4.0, 1000)
    shares = np.rint(48.0 + np.convolve(noise, np.full(smoothed_over, 1 / smoothed_over), mode="same"))
    watch = ConstantBalance(expected=False)
    told = [watch.feed(share, power) for share, power in zip(shares, ridden(1000), strict=True)]
    assert all(told[:10])
    assert not any(told[200:])


def test_what_a_family_without_a_balance_fills_in_is_none_however_often_it_changes() -> None:
    watch = ConstantBalance(expected=False)
    filled_in = [50.0, 50.0, 0.0, 100.0, 50.0] * 80
    assert all(watch.feed(share, power) for share, power in zip(filled_in, ridden(400), strict=True))


def test_the_limits_say_what_the_meter_is_first() -> None:
    profiles = shipped()
    assert remark(limits(profiles["favero-assioma-duo"])[0]).startswith("Measured")
    assert remark(limits(profiles["quarq"])[0]).startswith("Estimated")
    assert any("zero" in said for said in map(remark, limits(profiles["power2max-ngeco"])))
    assert any("two devices" in said for said in map(remark, limits(profiles["powertap-p1"])))
    assert any("which leg" in said for said in map(remark, limits(UNLISTED, reference="unknown")))
    assert any("you said" in said for said in map(remark, limits(UNLISTED, reference="assumed_left")))
