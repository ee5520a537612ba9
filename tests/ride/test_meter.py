"""What turns out of a meter within a ride: by its profile, its features, and by being watched."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from legbal.gatt.measurement import Measurement, encode
from legbal.outlets import RunState
from legbal.outlets.mqtt.encoding import live
from legbal.outlets.mqtt.schema import Live, read
from legbal.present.remarks import remark
from legbal.ride.events import Event, MeterChange
from legbal.ride.inputs import Mark, Notification, Setup
from legbal.ride.ride import Ride, fold
from legbal.ride.share import BandShare, Share
from legbal.ride.view import BLANK, leave_out_invalid
from tests.meters.profiles import shipped
from tests.ride.folding import packet, pedalled
from tests.ride.halves import TWO, Crank

PROFILES = shipped()


def features(bits: int) -> Notification:
    return Notification(0.0, bits.to_bytes(4, "little"), "2a65", "meter")


def told_of_balance(events: list[Event]) -> list[str]:
    return [remark(e.remark) for e in events if isinstance(e, MeterChange) and e.what == "balance"]


def test_an_unlisted_meter_is_watched_and_a_constant_balance_is_concluded_once() -> None:
    inputs = [packet(i * 0.8, i, power=150 + 40 * (i // 50 % 2), balance=100) for i in range(600)]
    events, view = fold(Setup(), inputs)
    sentence = "The balance never moved from 50 % while power did: this meter does not measure it."
    assert told_of_balance(events) == [sentence]
    said = [remark(limit) for limit in view.limits]
    assert said[0] == sentence
    assert said.count(sentence) == 1


def test_an_unlisted_meter_whose_balance_moves_is_told_once_and_said_to_be_one_or_the_other() -> None:
    inputs = [packet(i * 0.8, i, power=150 + i % 40, balance=92 + i % 7) for i in range(900)]
    events, view = fold(Setup(), inputs)
    (told,) = told_of_balance(events)
    assert "measured or estimated" in told
    assert view.balance == "unknown"
    assert remark(view.limits[0]).startswith("The balance moves from revolution to revolution")
    assert any("Unlisted meter" in said for said in map(remark, view.limits))


def test_a_listed_meter_is_not_watched() -> None:
    inputs = [packet(i * 0.8, i, power=150 + i % 40, balance=92 + i % 7) for i in range(300)]
    events, view = fold(Setup(profile=PROFILES["favero-assioma-duo"]), inputs)
    assert told_of_balance(events) == []
    assert not any("octets" in said for said in map(remark, view.limits))


def test_a_locked_ngeco_says_at_once_what_the_unlock_would_and_would_not_give() -> None:
    inputs = [features(0b1000), *(packet(i * 0.8, i, balance=None) for i in range(3))]
    events, view = fold(Setup(profile=PROFILES["power2max-ngeco"]), inputs)
    assert view.balance == "absent"
    (told,) = told_of_balance(events)
    assert told == remark(view.limits[0])
    assert "features" in told
    assert "paid unlock" in remark(view.limits[1])
    assert "not a measurement" in remark(view.limits[1])


def test_a_balance_that_comes_counts_whatever_the_features_say() -> None:
    _, view = fold(Setup(profile=PROFILES["power2max-ngeco"]), [features(0b1000), *pedalled(10)])
    assert view.balance == "estimated"


@pytest.mark.parametrize("family", ["stages-l", "favero-assioma-uno", "garmin-rally-100"])
def test_a_one_sided_meter_says_that_it_doubles_one_side(family: str) -> None:
    events, view = fold(Setup(profile=PROFILES[family]), [packet(i * 0.8, i) for i in range(30)])
    (told,) = told_of_balance(events)
    assert told.startswith("No balance")
    assert "doubled" in told
    assert view.ride.left_percent is None


@pytest.mark.parametrize("family", [x for x, profile in PROFILES.items() if not profile.has_balance])
def test_a_balance_that_moves_is_shown_whatever_the_family_and_the_contradiction_is_said(family: str) -> None:
    inputs = [packet(i * 0.8, i, power=150 + i % 40, balance=92 + i % 7) for i in range(300)]
    events, view = fold(Setup(profile=PROFILES[family]), inputs)
    absent, told = told_of_balance(events)
    assert absent.startswith("No balance")
    assert told == remark(view.limits[0])
    assert "though this kind of meter should have none: it is shown" in told
    assert view.balance == "unknown"
    assert view.ride.left_percent == pytest.approx(47.5, abs=0.05)  # from the first revolution on
    assert not np.isnan(view.trace.left_percent[-1])


def test_what_a_doubling_meter_fills_in_is_not_shown_as_a_balance() -> None:
    inputs = [packet(i * 0.8, i, power=150 + i % 40, balance=100) for i in range(300)]
    events, view = fold(Setup(profile=PROFILES["stages-l"]), inputs)
    assert len(told_of_balance(events)) == 1
    assert view.balance == "absent"
    assert view.ride.left_percent is view.last_10s.left_percent is None
    assert np.isnan(view.trace.left_percent).all()
    assert view.trace.power_w[-1] > 100


def test_features_that_cannot_be_read_are_told_and_cost_nothing() -> None:
    events, view = fold(Setup(), [Notification(0.0, b"\x01", "2a65", "meter"), *pedalled(10)])
    assert [e.what for e in events if isinstance(e, MeterChange)] == ["undecodable"]
    assert view.ride.left_percent == 48.0


def test_who_the_meter_is_and_what_its_balance_is_are_told_once_at_the_beginning() -> None:
    events, _ = fold(Setup(profile=PROFILES["quarq"]), pedalled(30))
    (told,) = [e for e in events if isinstance(e, MeterChange) and e.what == "identified"]
    assert events[0] is told
    assert remark(told.remark) == "Quarq and SRAM spiders. Balance estimated: one sensor for both sides."
    assert told.meter == "meter"


def test_nothing_is_identified_where_no_profile_is_known() -> None:
    events, _ = fold(Setup(), pedalled(30))
    assert not any(isinstance(e, MeterChange) for e in events)


def test_a_power_beyond_all_legs_counts_to_nothing_and_is_told_once() -> None:
    usual = [packet(i * 0.8, i, power=200, balance=92 + i % 7) for i in range(300)]
    faulty = list(usual)
    for i in (150, 151, 220):
        faulty[i] = packet(i * 0.8, i, power=31_529, balance=20)
    faulty[222] = packet(222 * 0.8, 222, power=-32_768, balance=20)
    events, view = fold(Setup(), faulty)
    _, plain = fold(Setup(), usual)
    assert [
        remark(e.remark).split(" (hex")[0]
        for e in events
        if isinstance(e, MeterChange) and e.what == "undecodable"
    ] == ["instantaneous power at octet 2: 31529 W are more than legs can do"]
    assert view.counts.undecodable == 4
    assert view.ride.power_w == pytest.approx(200.0)
    assert view.ride.left_percent == pytest.approx(plain.ride.left_percent, abs=0.1)


def test_a_power_beyond_all_legs_in_a_fit_record_counts_to_nothing_either() -> None:
    record = b'{"power":%d,"left_right_balance":%d,"cadence":90}'
    inputs = [
        Notification(float(i), record % (200, 0x80 | 50 + i % 3), "fit:record", "m") for i in range(300)
    ]
    inputs[100] = Notification(100.0, record % (47_140, 0x80 | 20), "fit:record", "m")
    _, view = fold(Setup(), inputs)
    assert view.counts.undecodable == 1
    assert view.ride.power_w == pytest.approx(200.0)
    assert view.ride.left_percent == pytest.approx(49.0, abs=0.1)


def test_a_cadence_that_no_crank_can_have_is_left_out() -> None:
    """Of a source that stamps its packets' time and whose count leaps, and of a file that states it."""
    measured = [
        Notification(
            i * 0.25,
            encode(
                Measurement(
                    0x20,
                    200,
                    crank_revolutions=40_000 * (i > 20) + i // 8,
                    crank_event_time_raw=256 * i & 0xFFFF,
                )
            ),
        )
        for i in range(24)
    ]
    record = b'{"power":200,"left_right_balance":178,"cadence":%s}'
    stated = [Notification(float(i), record % x, "fit:record") for i in range(9) for x in (b"-7", b"1e300")]
    for inputs in (measured, stated):
        ride = Ride(Setup())
        for item in inputs:
            ride.feed(item)
            rpm = ride.view().cadence_rpm
            assert rpm is None or 0 <= rpm <= 300
        assert ride.view().ride.power_w == pytest.approx(200.0)


def test_whatever_a_pair_sends_its_view_can_be_published() -> None:
    ride = Ride(TWO)
    for i in range(40):
        crank = Crank("left" if i % 2 else "right")
        ride.feed(crank.packet(i / 2, i / 1.4, (-32_768, 2_999, -2_999, 32_767)[i // 2 % 4]))
        view = ride.view()
        assert read(Live, live(view, RunState(), id="x", sent=1.0)).power_w == pytest.approx(
            view.power_w, abs=0.001
        )


def test_a_number_that_cannot_be_is_left_out_of_a_view() -> None:
    share = Share(left_percent=101.0, standard_error=math.nan, seconds=-1.0, power_w=1e9)
    band = BandShare("<55 %", 0.0, 0.55, share)
    odd = msgspec.structs.replace(
        BLANK, power_w=math.inf, evidence=1.5, cadence_rpm=-1.0, ride=share, bands=(band,), t=-5.0
    )
    left = leave_out_invalid(odd)
    assert (left.power_w, left.evidence, left.cadence_rpm, left.t) == (None, 1.0, None, 0.0)
    assert left.ride == Share(seconds=0.0) == left.bands[0].share
    assert read(Live, live(left, RunState(), id="x", sent=1.0)).ride == Share()
    assert leave_out_invalid(BLANK) is BLANK


def test_a_reference_that_the_meter_leaves_open_is_the_left_leg_s_where_the_rider_says_so() -> None:
    inputs = pedalled(20)
    unnamed = [x for x in inputs if isinstance(x, Notification)]
    octets = [bytes([x.data[0] & ~2, *x.data[1:]]) for x in unnamed]
    open_ = [msgspec.structs.replace(x, data=data) for x, data in zip(unnamed, octets, strict=True)]
    _, before = fold(Setup(), open_)
    events, after = fold(Setup(), [*open_[:10], Mark(open_[10].t, "reference_left"), *open_[10:]])
    assert (before.reference, after.reference) == ("unknown", "assumed_left")
    assert after.ride == before.ride, "what was counted is kept"
    assert any(isinstance(x, MeterChange) and x.what == "reference" for x in events)
